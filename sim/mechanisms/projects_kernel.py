"""The list of projects month by month: scalar rules and loops; `sim.mechanisms.projects` states the equations."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from sim.calendar import MONTHS_PER_YEAR
from sim.mechanisms.inner import inner_numpy
from sim.places import N_COUNTIES
from sim.randomness import child_id, normal, uniform
from sim.sectors import ABOVE, FORESTRY_PROCESSING, MANUFACTURING, N_SECTORS
from sim.world import BUILDING, OPERATING, SIGNED, Floats, Ids, Int8s, Int32s

ORDINARY, CAMPAIGN = range(2)
"""Columns of the signing credit."""

LARGE = 100e6
"""Signed value from which a landing counts, CNY; fact projects_landed."""

CROWDING_POWER = 4.0
"""How sharply landing slows where land runs out, power of the ratio to the limit; assumption."""

UNUSED = 0


@njit(cache=True, nogil=True, error_model="numpy")
def gamma_quantile(normal: float, mean: float, spread: float) -> float:
    """Return a gamma draw from a standard normal one, by Wilson and Hilferty's cube (1931).

    Args:
        normal: standard normal draw.
        mean: mean of the gamma distribution.
        spread: its coefficient of variation.
    """
    shape = 1.0 / spread**2
    root = 1.0 - 1.0 / (9.0 * shape) + normal / (3.0 * math.sqrt(shape))
    return mean * max(root, 0.0) ** 3


@njit(cache=True, nogil=True, error_model="numpy")
def landing_probability(hazard: float, speed: float, burden: float, limit: float) -> float:
    """Return the chance to land this month.

    Args:
        hazard: a month, with land to spare.
        speed: factor of approval.
        burden: signed value under construction in years of county GDP.
        limit: burden that halves the hazard.
    """
    land = 1.0 / (1.0 + (burden / limit) ** CROWDING_POWER)
    return 1.0 - math.exp(-hazard * speed * land)


@njit(cache=True, nogil=True, error_model="numpy")
def ordinary_due(gdp: Floats, rate: float, value: float) -> Floats:
    """Return ordinary projects due a month in one county or in many.

    Args:
        gdp: CNY a year, a number or shape (n,).
        rate: value signed a year relative to it.
        value: mean value of a project, CNY.
    """
    return gdp * rate / MONTHS_PER_YEAR / value


@njit(cache=True, nogil=True, error_model="numpy")
def find_due(
    rate: float, ordinary_value: float, value_added: Floats, campaign: Floats, campaign_value: Floats, due: Floats
) -> None:
    """Write the projects that become due this month to `due`, by channel and county, shape (2, 6).

    `rate` and `ordinary_value` are those of `ordinary_due`, and `value_added` is by county and sector, CNY a month,
    (6, 10). The number that `campaign` wants, (6,), includes ordinary ones; it needs a value, CNY, (6,).
    """
    for c in range(N_COUNTIES):
        total = 0.0
        for s in range(N_SECTORS):
            total += value_added[c, s]
        due[ORDINARY, c] = ordinary_due(MONTHS_PER_YEAR * total, rate, ordinary_value)
        due[CAMPAIGN, c] = max(campaign[c] - due[ORDINARY, c], 0.0) if campaign_value[c] > 0.0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def sign_due(
    signing: np.uint64,
    valuing: np.uint64,
    month: int,
    spread: float,
    forestry_share: float,
    due: Floats,
    ordinary_value: float,
    campaign_value: Floats,
    credit: Floats,
    ids: Ids,
    county: Int8s,
    sector: Int8s,
    state: Int8s,
    campaign: Int8s,
    value: Floats,
    signed: Int32s,
    landed: Int32s,
    completed: Int32s,
    enterprise: Int32s,
    project_of_firm: Int32s,
) -> int:
    """Add `due` projects, shape (2, 6), to the credit of counties, (6, 2), and write a row for each whole one.

    Mean values are in CNY, those of campaigns by county, (6,). A row must be unused or hold a plant that operates.
    Returns how many such rows are missing; then nothing is signed.
    """
    missing = rows_missing(due, credit, state)
    if missing > 0:
        return missing
    for channel in range(due.shape[0]):
        for c in range(N_COUNTIES):
            credit[c, channel] += due[channel, c]
            whole = math.floor(credit[c, channel])
            credit[c, channel] -= whole
            for n in range(whole):
                row = free_row(state, completed)
                if state[row] == OPERATING and enterprise[row] >= 0:
                    project_of_firm[enterprise[row]] = -1
                number = n * N_COUNTIES * 2 + c * 2 + channel
                ids[row] = child_id(signing, np.uint64(number + 1))
                factor = math.exp(spread * normal(valuing, ids[row]) - 0.5 * spread**2)
                forestry = uniform(signing, ids[row]) < forestry_share
                county[row], sector[row] = c, FORESTRY_PROCESSING if forestry else MANUFACTURING
                state[row], campaign[row] = SIGNED, channel == CAMPAIGN
                value[row] = (campaign_value[c] if channel == CAMPAIGN else ordinary_value) * factor
                signed[row], enterprise[row] = month, -1
                landed[row] = completed[row] = 0
    return 0


@inner_numpy
def rows_missing(due: Floats, credit: Floats, state: Int8s) -> int:
    """Return how many rows the list lacks for the projects due, (2, 6), besides their credit, (6, 2)."""
    missing = 0
    for channel in range(due.shape[0]):
        for c in range(N_COUNTIES):
            missing += math.floor(credit[c, channel] + due[channel, c])
    for row in range(state.size):
        if missing <= 0:
            break
        missing -= state[row] == UNUSED or state[row] == OPERATING
    return missing


@njit(cache=True, nogil=True, inline="always")
def free_row(state: Int8s, completed: Int32s) -> int:
    """Return a row for a new project: an unused one, else that of the plant that has operated longest, else -1.

    Columns have shape (projects,).
    """
    oldest = -1
    for row in range(state.size):
        if state[row] == UNUSED:
            return row
        if state[row] == OPERATING and (oldest < 0 or completed[row] < completed[oldest]):
            oldest = row
    return oldest


@njit(cache=True, nogil=True, error_model="numpy")
def begin_building(
    landing: np.uint64,
    building: np.uint64,
    month: int,
    hazard: float,
    limit: float,
    months: float,
    spread: float,
    speed: Floats,
    value_added_2022: Floats,
    ids: Ids,
    county: Int8s,
    state: Int8s,
    value: Floats,
    landed: Int32s,
    completed: Int32s,
    landed_projects: Floats,
) -> None:
    """Land signed projects by chance, set when they will be finished, and count the large ones by county, (6,)."""
    burden = np.zeros(N_COUNTIES)
    for row in range(state.size):
        if state[row] == BUILDING:
            burden[county[row]] += value[row]
    for c in range(N_COUNTIES):
        gdp = 0.0
        for s in range(value_added_2022.shape[1]):
            gdp += value_added_2022[c, s]
        burden[c] /= max(gdp, 1.0)
        landed_projects[c] = 0.0
    for row in range(state.size):
        c = county[row]
        if state[row] == SIGNED and uniform(landing, ids[row]) < landing_probability(
            hazard, speed[c], burden[c], limit
        ):
            duration = round(gamma_quantile(normal(building, ids[row]), months, spread))
            state[row], landed[row] = BUILDING, month
            completed[row] = month + max(duration, 1)
            landed_projects[c] += value[row] >= LARGE


@njit(cache=True, nogil=True, error_model="numpy")
def advance(
    landing: np.uint64,
    building: np.uint64,
    month: int,
    hazard: float,
    limit: float,
    months: float,
    spread: float,
    realised: float,
    construction: float,
    capital_output: float,
    speed: Floats,
    value_added_2022: Floats,
    ids: Ids,
    county: Int8s,
    sector: Int8s,
    state: Int8s,
    value: Floats,
    landed: Int32s,
    completed: Int32s,
    enterprise: Int32s,
    landed_projects: Floats,
    spending: Floats,
    firm_ids: Ids,
    firm_county: Int8s,
    firm_sector: Int8s,
    firm_size: Int8s,
    active: Int8s,
    weight: Floats,
    project: Int32s,
    capital: Floats,
    labour: Floats,
    demand: Floats,
    value_added: Floats,
) -> None:
    """Let projects land, spend on building, write its value added by county, (6,), and open the plants finished.

    `realised` is the part of the signed value that is invested, `construction` the value added of building it, a part
    of the signed value too, and `capital_output` the capital of a plant per yuan of yearly value added, in years.
    """
    begin_building(landing, building, month, hazard, limit, months, spread, speed, value_added_2022, ids, county,
                   state, value, landed, completed, landed_projects)  # fmt: skip
    for c in range(N_COUNTIES):
        spending[c] = 0.0
    for row in range(state.size):
        if state[row] != BUILDING:
            continue
        if completed[row] > month:
            spending[county[row]] += construction * value[row] / (completed[row] - landed[row])
            continue
        invested = realised * value[row]
        capacity = invested / capital_output / MONTHS_PER_YEAR
        firm = spare_row(active)
        if firm >= 0:
            firm_ids[firm], firm_county[firm], firm_sector[firm] = ids[row], county[row], sector[row]
            firm_size[firm], active[firm], weight[firm], project[firm] = ABOVE, 1, 1.0, row
            capital[firm], demand[firm] = invested, capacity
            enterprise[row], state[row] = firm, OPERATING
            continue
        firm = firm_to_enlarge(county[row], sector[row], firm_county, firm_sector, firm_size, active, demand)
        if firm >= 0:
            factor = 1.0 + capacity / (weight[firm] * max(value_added[firm], demand[firm], 1.0))
            capital[firm] *= factor
            labour[firm] *= factor
            demand[firm] *= factor
            state[row] = OPERATING


@inner_numpy
def spare_row(active: Int8s) -> int:
    """Return the first row of the enterprises that is spare, all zeros, or -1; `active` has shape (firms,)."""
    for i in range(active.size):
        if active[i] == 0:
            return i
    return -1


@inner_numpy
def firm_to_enlarge(
    county: int, sector: int, counties: Int8s, sectors: Int8s, size: Int8s, active: Int8s, demand: Floats
) -> int:
    """Return the row of the firm of a county that a plant of a sector goes to, or -1; columns have shape (firms,).

    Above designated size before below, its own sector before others, then the largest.
    """
    best, best_rank = -1, -1
    for i in range(active.size):
        if active[i] == 0 or counties[i] != county:
            continue
        rank = 2 * (size[i] == ABOVE) + (sectors[i] == sector)
        if rank > best_rank or (rank == best_rank and demand[i] > demand[best]):
            best, best_rank = i, rank
    return best
