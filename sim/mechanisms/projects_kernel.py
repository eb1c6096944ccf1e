"""The list of projects month by month: scalar rules and loops; `sim.mechanisms.projects` states the equations."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from sim.places import N_COUNTIES
from sim.randomness import child_id, normal, uniform
from sim.sectors import FORESTRY_PROCESSING, MANUFACTURING
from sim.world import BUILDING, OPERATING, SIGNED, Floats, Ids, Int8s, Int32s, Int64s

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
def sign_due(
    signing: np.uint64,
    valuing: np.uint64,
    month: int,
    channel: int,
    spread: float,
    forestry_share: float,
    due: Floats,
    mean_value: Floats,
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
) -> None:
    """Add `due` projects, shape (6,), to the credit of a channel, (6, 2), and write a row for each whole one.

    So many rows must be unused or hold a plant that operates.
    """
    for c in range(N_COUNTIES):
        credit[c, channel] += due[c]
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
            value[row] = mean_value[c] * factor
            signed[row], enterprise[row] = month, -1
            landed[row] = completed[row] = 0


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
def spend_on_building(
    month: int,
    county: Int8s,
    state: Int8s,
    value: Floats,
    landed: Int32s,
    completed: Int32s,
    part: float,
    spending: Floats,
    finished: Int64s,
) -> int:
    """Write construction value added by county, (6,), and the rows whose building is finished; return their number."""
    for c in range(N_COUNTIES):
        spending[c] = 0.0
    number = 0
    for row in range(state.size):
        if state[row] == BUILDING:
            if completed[row] <= month:
                finished[number] = row
                number += 1
            else:
                spending[county[row]] += part * value[row] / (completed[row] - landed[row])
    return number
