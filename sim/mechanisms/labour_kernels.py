"""The labour market household by household: scalar rules and the loops that apply them.

`sim.mechanisms.labour` states the equations. A household loses, and its farm workers and underplaced
members find, at most one job a month each way (the chances are linear in the number of workers); those who
look for work draw one by one.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.mechanisms.hamlet_sums import CORE_TOWN, OWN_COUNTY, county_of, widest_hamlet
from sim.places import KECHENG
from sim.randomness import uniform, uniform_of
from sim.sectors import N_JOB_CELLS, N_SKILLS, NO_JOB, ORDINARY, TERTIARY
from sim.world import CORE, HOME, RESETTLED, Float32s, Floats, Ids, Int8s, Int64s

SEEKERS, EMPLOYED, FARM_SEEKERS, RURAL_EMPLOYED = 0, N_SKILLS, 2 * N_SKILLS, 2 * N_SKILLS + 1
N_COUNTS = 2 * N_SKILLS + 2
"""Columns of the head-count: seekers and employed by skill, effective seekers on farms, employed of rural
hamlets."""

type Heads = tuple[float, float, float, float, float, float]
"""A head-count in the order of these columns."""

FARM_WEIGHT, UPGRADE_WEIGHT, TRADE_DOWN_WEIGHT, CARE_WEIGHT, TOWN_QUIT, REFUGE = range(6)
N_WEIGHTS = 6
"""Positions in the array of search weights that the kernels take."""


@njit(cache=True, nogil=True)
def search_intensity(remote: float, residence: int, infants: int, old: int, care: float) -> float:
    """Return the search intensity in [0, 1]: `remote` is that of the hamlet, town dwellers live next to the
    jobs."""
    place = remote if residence == HOME else 1.0
    return place * (1.0 - care * min(1.0, infants + 0.25 * old))


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
    urban: Int8s,
    remote: Floats,
    weights: Floats,
    residence: Int8s,
    infants: Int8s,
    old: Int8s,
    tertiary: Int8s,
    farm: Int8s,
    local: Int8s,
    local_skilled: Int8s,
    idle: Int8s,
    counts: Floats,
) -> None:
    """Count seekers and employed by hamlet and side into `counts`, shape (n, 2, N_COUNTS)."""
    farm_weight, upgrade_weight = weights[FARM_WEIGHT], weights[UPGRADE_WEIGHT]
    trade_down, care = weights[TRADE_DOWN_WEIGHT], weights[CARE_WEIGHT]
    for h in range(first, last):
        counts[h] = 0.0
        own_county = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)  # in scalars: most households live in the county of their hamlet
        rural, near = urban[h] == 0, remote[h]
        for row in range(start[h], stop[h]):
            i = np.uint64(row)  # an unsigned index spares the test for negative ones
            lives, n_local, n_skilled, n_idle = residence[i], local[i], local_skilled[i], idle[i]
            intensity = search_intensity(near, lives, infants[i], old[i], care)
            educated = skilled_idle(n_idle, tertiary[i], n_skilled)
            upgrading = underplaced(n_local, n_idle, tertiary[i], n_skilled)
            on_farm = farm_weight * intensity * farm[i]
            more = (
                on_farm + intensity * (n_idle - educated + trade_down * educated),
                intensity * (educated + upgrade_weight * upgrading),
                1.0 * n_local,
                1.0 * n_skilled,
                on_farm,
                1.0 * (n_local + n_skilled) if rural and lives in (HOME, RESETTLED) else 0.0,
            )
            if lives == CORE:
                _add(more, counts[h, CORE_TOWN])
            else:
                own_county = _plus(own_county, more)
        _add(own_county, counts[h, OWN_COUNTY])


@njit(cache=True, nogil=True)
def _plus(sums: Heads, more: Heads) -> Heads:
    """Return the sum of two head-counts."""
    return (
        sums[0] + more[0],
        sums[1] + more[1],
        sums[2] + more[2],
        sums[3] + more[3],
        sums[4] + more[4],
        sums[5] + more[5],
    )


@njit(cache=True, nogil=True)
def _add(more: Heads, counts: Floats) -> None:
    """Add a head-count to `counts`, shape (N_COUNTS,)."""
    for k in range(N_COUNTS):
        counts[k] += more[k]


@njit(cache=True, nogil=True)
def change_jobs(
    first: int,
    last: int,
    separation_stream: np.uint64,
    finding_stream: np.uint64,
    farm_stream: np.uint64,
    cell_stream: np.uint64,
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    urban: Int8s,
    remote: Floats,
    weights: Floats,
    separation: Floats,
    finding: Floats,
    farm_return: Floats,
    cells: Floats,
    ids: Ids,
    residence: Int8s,
    infants: Int8s,
    old: Int8s,
    tertiary: Int8s,
    farm: Int8s,
    local: Int8s,
    local_skilled: Int8s,
    idle: Int8s,
    own: Int8s,
    own_business: Float32s,
    job_cell: Int8s,
    employed: Floats,
) -> None:
    """Separate, hire and shift workers, and pass on businesses without an owner; write the employed by skill
    into `employed`, shape (n, 2, 2)."""
    due = np.empty(widest_hamlet(first, last, start, stop), np.int64)
    for h in range(first, last):
        c = county[h]
        number = _find_due(
            start[h],
            stop[h],
            separation_stream,
            farm_stream,
            highest_rate(separation, c),
            weights[FARM_WEIGHT] * highest_rate(finding, c),
            weights[TOWN_QUIT],
            ids,
            residence,
            tertiary,
            farm,
            local,
            local_skilled,
            idle,
            job_cell,
            due,
        )
        _change(
            due[:number],
            separation_stream,
            finding_stream,
            farm_stream,
            cell_stream,
            c,
            urban[h] == 0,
            remote[h],
            weights,
            separation,
            finding,
            farm_return,
            cells,
            ids,
            residence,
            infants,
            old,
            tertiary,
            farm,
            local,
            local_skilled,
            idle,
            own,
            own_business,
            job_cell,
        )
        _count_employed(start[h], stop[h], residence, local, local_skilled, employed[h])


@njit(cache=True, nogil=True)
def _find_due(
    start: int,
    stop: int,
    separation_stream: np.uint64,
    farm_stream: np.uint64,
    lost: float,
    hired: float,
    quits: float,
    ids: Ids,
    residence: Int8s,
    tertiary: Int8s,
    farm: Int8s,
    local: Int8s,
    local_skilled: Int8s,
    idle: Int8s,
    job_cell: Int8s,
    due: Int64s,
) -> int:
    """Write into `due` the rows to which something may happen, and return how many they are.

    A row with job seekers always is one; `lost` and `hired` bound the chances of a worker and a farmer, `quits` the
    chance of a farmer who lives in a town.
    """
    number = 0
    for row in range(start, stop):
        i = np.uint64(row)  # an unsigned index spares the test for negative ones
        at_work = local[i] + local_skilled[i]
        seeks = (idle[i] != 0) | ((local[i] != 0) & (tertiary[i] > local_skilled[i]))
        seeks |= (at_work == 0) != (job_cell[i] == NO_JOB)
        loses = uniform(separation_stream, ids[i]) < lost * at_work
        moves = uniform(farm_stream, ids[i]) < (hired + quits * (residence[i] != HOME)) * farm[i]
        due[number] = row
        number += (seeks | loses | moves) & (ids[i] != 0)
    return number


@njit(cache=True, nogil=True)
def _count_employed(
    start: int, stop: int, residence: Int8s, local: Int8s, local_skilled: Int8s, employed: Floats
) -> None:
    """Write the employed of a hamlet by side and skill into `employed`, shape (2, 2)."""
    ordinary, skilled, core_ordinary, core_skilled = 0, 0, 0, 0
    for row in range(start, stop):
        i = np.uint64(row)
        in_core = residence[i] == CORE
        ordinary += local[i]
        skilled += local_skilled[i]
        core_ordinary += local[i] * in_core
        core_skilled += local_skilled[i] * in_core
    employed[OWN_COUNTY, ORDINARY], employed[CORE_TOWN, ORDINARY] = ordinary - core_ordinary, core_ordinary
    employed[OWN_COUNTY, TERTIARY], employed[CORE_TOWN, TERTIARY] = skilled - core_skilled, core_skilled


@njit(cache=True, nogil=True)
def highest_rate(rates: Floats, county: int) -> float:
    """Return the highest rate of either skill where households of a county's hamlets live; `rates` (6, 2)."""
    here = max(rates[county, ORDINARY], rates[county, TERTIARY])
    return max(here, max(rates[KECHENG, ORDINARY], rates[KECHENG, TERTIARY]))


@njit(cache=True, nogil=True)
def _change(
    due: Int64s,
    separation_stream: np.uint64,
    finding_stream: np.uint64,
    farm_stream: np.uint64,
    cell_stream: np.uint64,
    own_county: int,
    rural: bool,
    remote: float,
    weights: Floats,
    separation: Floats,
    finding: Floats,
    farm_return: Floats,
    cells: Floats,
    ids: Ids,
    residence: Int8s,
    infants: Int8s,
    old: Int8s,
    tertiary: Int8s,
    farm: Int8s,
    local: Int8s,
    local_skilled: Int8s,
    idle: Int8s,
    own: Int8s,
    own_business: Float32s,
    job_cell: Int8s,
) -> None:
    """Let a month of the labour market pass for the households of a hamlet in the rows `due`."""
    for row in due:
        i = np.uint64(row)
        c = county_of(residence[i], own_county)
        rural_home = rural and (residence[i] == HOME or residence[i] == RESETTLED)
        n_farm, n_local, n_skilled, n_idle = farm[i], local[i], local_skilled[i], idle[i]
        if n_farm + n_local + n_skilled + n_idle == 0:
            continue
        if own[i] == 0 and own_business[i] > 0.0 and n_idle > 0:
            own[i], idle[i], n_idle = 1, n_idle - 1, n_idle - 1
        if n_local + n_skilled > 0:
            draw = uniform(separation_stream, ids[i])
            kind = lost_job(draw, n_local, n_skilled, separation[c, ORDINARY], separation[c, TERTIARY])
            if kind != NO_JOB:
                local[i] -= kind == ORDINARY
                local_skilled[i] -= kind == TERTIARY
                if rural_home and uniform_of(separation_stream, ids[i], 0) < farm_return[c]:
                    farm[i] += 1
                else:
                    idle[i] += 1
        if n_farm + n_idle > 0 or tertiary[i] > n_skilled:
            intensity = search_intensity(remote, residence[i], infants[i], old[i], weights[CARE_WEIGHT])
            chance, chance_skilled = intensity * finding[c, ORDINARY], intensity * finding[c, TERTIARY]
            educated = skilled_idle(n_idle, tertiary[i], n_skilled)
            for k in range(n_idle):
                draw = uniform_of(finding_stream, ids[i], k)
                kind = found_job(draw, k < educated, chance, chance_skilled, weights[TRADE_DOWN_WEIGHT])
                if kind != NO_JOB:
                    idle[i] -= 1
                    local[i] += kind == ORDINARY
                    local_skilled[i] += kind == TERTIARY
                elif rural_home:
                    back_to_land = uniform_of(farm_stream, ids[i], k + 1) < weights[REFUGE]
                    idle[i] -= back_to_land
                    farm[i] += back_to_land
            if n_farm > 0:
                in_town = residence[i] != HOME and residence[i] != RESETTLED
                _leave_farm(
                    uniform(farm_stream, ids[i]),
                    i,
                    n_farm * weights[FARM_WEIGHT] * chance,
                    n_farm * weights[TOWN_QUIT] if in_town else 0.0,
                    farm,
                    local,
                    idle,
                )
            upgrading = underplaced(n_local, n_idle, tertiary[i], n_skilled)
            if upgrading > 0 and local[i] > 0:
                draw = uniform_of(farm_stream, ids[i], 0)
                if draw < weights[UPGRADE_WEIGHT] * upgrading * chance_skilled:
                    local[i] -= 1
                    local_skilled[i] += 1
        if local[i] + local_skilled[i] == 0:
            job_cell[i] = NO_JOB
        elif n_local + n_skilled == 0 or job_cell[i] == NO_JOB:
            job_cell[i] = drawn_cell(uniform(cell_stream, ids[i]), cells[c])


@njit(cache=True, nogil=True)
def _leave_farm(draw: float, i: int, hired: float, quits: float, farm: Int8s, local: Int8s, idle: Int8s) -> None:
    """Move one farm worker to a job with chance `hired`, or out of farming with chance `quits`."""
    if draw < hired + quits:
        farm[i] -= 1
        local[i] += draw < hired
        idle[i] += draw >= hired
