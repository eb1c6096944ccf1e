"""The labour market household by household: scalar rules, and the loops that count who seeks and who works.

`sim.mechanisms.labour` states the equations, `sim.mechanisms.labour_moves` lets a month of the market pass.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.mechanisms.hamlet_sums import CORE_TOWN, N_SIDES, OWN_COUNTY
from sim.mechanisms.inner import inner
from sim.mechanisms.members import FARM, IDLE, INFANTS, LOCAL, LOCAL_SKILLED, OLD
from sim.mechanisms.members import TERTIARY as EDUCATED
from sim.mechanisms.stretches import longest_stretch, stretch_end
from sim.sectors import N_JOB_CELLS, N_SKILLS, NO_JOB, ORDINARY, TERTIARY
from sim.world import CORE, HOME, RESETTLED, Floats, Int8s, Int64s

SEEKERS, EMPLOYED = 0, N_SKILLS
N_COUNTS = 2 * N_SKILLS
"""Columns of the head-count: effective seekers and employed by skill."""
FARM_SEEKERS, RURAL_EMPLOYED = range(2)
"""Columns of the count of those who may leave the farm or come back to it: effective seekers on farms, employed of
rural hamlets who live there."""

FARM_WEIGHT, UPGRADE_WEIGHT, TRADE_DOWN_WEIGHT, CARE_WEIGHT, TOWN_QUIT, REFUGE, REMOTENESS = range(7)
"""Positions in the array of search weights that the kernels take."""

MINUTES_PER_HOUR = 60.0


@inner
def remoteness_factor(minutes: float, push: float) -> float:
    """Return the part of search intensity that travel from the hamlet leaves; `push` is its fall per hour."""
    return 1.0 / (1.0 + push * minutes / MINUTES_PER_HOUR)


@njit(cache=True, nogil=True)
def place_factor(remote: float, residence: int) -> float:
    """Return the part of search intensity that travel leaves: `remote` in the hamlet; town dwellers live next to the
    jobs."""
    return remote if residence == HOME else 1.0


@njit(cache=True, nogil=True)
def care_factor(infants: int, old: int, care: float) -> float:
    """Return the part of search intensity that care leaves; an infant takes the part `care`, as do four old."""
    return 1.0 - care * min(1.0, infants + 0.25 * old)


@njit(cache=True, nogil=True)
def search_intensity(remote: float, residence: int, infants: int, old: int, care: float) -> float:
    """Return the search intensity in [0, 1]; `remote` is that of the hamlet."""
    return place_factor(remote, residence) * care_factor(infants, old, care)


@njit(cache=True, nogil=True)
def skilled_idle(idle: int, tertiary: int, local_skilled: int) -> int:
    """Return how many of those who look for work can take a skilled job: the educated come first
    (assumption)."""
    return min(idle, max(0, tertiary - local_skilled))


@njit(cache=True, nogil=True)
def underplaced(local: int, idle: int, tertiary: int, local_skilled: int) -> int:
    """Return how many educated members hold an ordinary job."""
    return min(local, max(0, tertiary - local_skilled - idle))


@njit(cache=True, nogil=True)
def lost_job(draw: float, local: int, local_skilled: int, rate: float, rate_skilled: float) -> int:
    """Return which kind of job a household loses: ORDINARY, TERTIARY or NO_JOB for none."""
    if draw < local * rate:
        return ORDINARY
    if draw < local * rate + local_skilled * rate_skilled:
        return TERTIARY
    return NO_JOB


@njit(cache=True, nogil=True)
def found_job(draw: float, educated: bool, finding: float, finding_skilled: float, trade_down: float) -> int:
    """Return which kind of job a seeker finds: ORDINARY, TERTIARY or NO_JOB for none."""
    if not educated:
        return ORDINARY if draw < finding else NO_JOB
    if draw < finding_skilled:
        return TERTIARY
    return ORDINARY if draw < finding_skilled + trade_down * finding else NO_JOB


@njit(cache=True, nogil=True)
def drawn_cell(draw: float, cumulative: Floats) -> int:
    """Return the job cell in whose part of the cumulative vacancy shares, shape (20,), the draw lies."""
    for cell in range(N_JOB_CELLS):
        if draw < cumulative[cell]:
            return cell
    return N_JOB_CELLS - 1


@njit(cache=True, nogil=True)
def count_heads(
    first: int,
    last: int,
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    minutes: Floats,
    weights: Floats,
    residence: Int8s,
    people: Any,
    counts: Floats,
) -> None:
    """Count seekers and employed by hamlet and side into `counts`, shape (n, 2, N_COUNTS).

    `people` are the columns of `sim.mechanisms.members.PEOPLE`.
    """
    length = longest_stretch(first, last, start, stop)
    ordinary, skilled = np.empty(length), np.empty(length)
    h = first
    while h < last:
        end = stretch_end(h, last, start, stop, county)
        a = start[h]
        _search(a, stop[end - 1], weights, people, ordinary, skilled)
        for k in range(h, end):
            remote = remoteness_factor(minutes[k], weights[REMOTENESS])
            _add_heads(start[k], stop[k], a, remote, residence, people, ordinary, skilled, counts[k])
        h = end


@inner
def _search(first: int, last: int, weights: Floats, people: Any, ordinary: Floats, skilled: Floats) -> None:
    """Write the effective seekers of households [first, last) who lived next to the jobs into `ordinary` and
    `skilled`."""
    infants, old, tertiary, farm = people[INFANTS], people[OLD], people[EDUCATED], people[FARM]
    local, local_skilled, idle = people[LOCAL], people[LOCAL_SKILLED], people[IDLE]
    farm_weight, upgrade_weight = weights[FARM_WEIGHT], weights[UPGRADE_WEIGHT]
    trade_down, care = weights[TRADE_DOWN_WEIGHT], weights[CARE_WEIGHT]
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)  # an unsigned index spares the test for negative ones
        intensity = care_factor(infants[i], old[i], care)
        educated = skilled_idle(idle[i], tertiary[i], local_skilled[i])
        upgrading = underplaced(local[i], idle[i], tertiary[i], local_skilled[i])
        ordinary[j] = intensity * (farm_weight * farm[i] + (idle[i] - educated) + trade_down * educated)
        skilled[j] = intensity * (educated + upgrade_weight * upgrading)


@inner
def _add_heads(
    start: int,
    stop: int,
    origin: int,
    remote: float,
    residence: Int8s,
    people: Any,
    ordinary: Floats,
    skilled: Floats,
    counts: Floats,
) -> None:
    """Write the head-count of one hamlet by side into `counts`, shape (2, N_COUNTS).

    Its rows are start to stop; `ordinary` and `skilled` are those of the rows from `origin` on.
    """
    local, local_skilled = people[LOCAL], people[LOCAL_SKILLED]
    seeking, seeking_skilled, at_work, at_skilled_work = 0.0, 0.0, 0, 0
    for k in range(N_COUNTS):
        counts[CORE_TOWN, k] = 0.0
    for row in range(start, stop):
        i, j = np.uint64(row), np.uint64(row - origin)
        if residence[i] == CORE:
            counts[CORE_TOWN, SEEKERS + ORDINARY] += ordinary[j]
            counts[CORE_TOWN, SEEKERS + TERTIARY] += skilled[j]
            counts[CORE_TOWN, EMPLOYED + ORDINARY] += local[i]
            counts[CORE_TOWN, EMPLOYED + TERTIARY] += local_skilled[i]
        else:
            place = place_factor(remote, residence[i])
            seeking += place * ordinary[j]
            seeking_skilled += place * skilled[j]
            at_work += local[i]
            at_skilled_work += local_skilled[i]
    counts[OWN_COUNTY, SEEKERS + ORDINARY], counts[OWN_COUNTY, SEEKERS + TERTIARY] = seeking, seeking_skilled
    counts[OWN_COUNTY, EMPLOYED + ORDINARY], counts[OWN_COUNTY, EMPLOYED + TERTIARY] = at_work, at_skilled_work


@njit(cache=True, nogil=True)
def count_rural(
    first: int,
    last: int,
    start: Int64s,
    stop: Int64s,
    urban: Int8s,
    minutes: Floats,
    weights: Floats,
    residence: Int8s,
    people: Any,
    counts: Floats,
) -> None:
    """Count effective seekers on farms and the employed who live in rural hamlets, by hamlet and side, into
    `counts`, shape (n, 2, 2); `people` are the columns of `PEOPLE`."""
    infants, old, farm = people[INFANTS], people[OLD], people[FARM]
    local, local_skilled = people[LOCAL], people[LOCAL_SKILLED]
    for h in range(first, last):
        for side in range(N_SIDES):
            counts[h, side, FARM_SEEKERS], counts[h, side, RURAL_EMPLOYED] = 0.0, 0.0
        remote = remoteness_factor(minutes[h], weights[REMOTENESS])
        for i in range(start[h], stop[h]):
            side = CORE_TOWN if residence[i] == CORE else OWN_COUNTY
            intensity = search_intensity(remote, residence[i], infants[i], old[i], weights[CARE_WEIGHT])
            counts[h, side, FARM_SEEKERS] += weights[FARM_WEIGHT] * intensity * farm[i]
            if urban[h] == 0 and residence[i] in (HOME, RESETTLED):
                counts[h, side, RURAL_EMPLOYED] += local[i] + local_skilled[i]
