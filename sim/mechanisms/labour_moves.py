"""A month of the labour market household by household: who loses, finds and leaves work.

A household loses, and its farm workers and underplaced members find, at most one job a month each way (the chances
are linear in the number of workers); those who look for work draw one by one. To most households nothing can happen:
a first pass in vector code compares each one's draws with bounds of its chances, a second one looks at those left.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.mechanisms.hamlet_sums import CORE_TOWN, OWN_COUNTY, county_of
from sim.mechanisms.labour_kernels import (
    CARE_WEIGHT,
    EMPLOYED,
    FARM_WEIGHT,
    REFUGE,
    TOWN_QUIT,
    TRADE_DOWN_WEIGHT,
    UPGRADE_WEIGHT,
    drawn_cell,
    found_job,
    lost_job,
    search_intensity,
    skilled_idle,
    underplaced,
)
from sim.mechanisms.stretches import flagged_rows, longest_stretch, stretch_end
from sim.places import KECHENG
from sim.randomness import uniform, uniform_of
from sim.sectors import NO_JOB, ORDINARY, TERTIARY
from sim.world import CORE, HOME, RESETTLED, Float32s, Floats, Ids, Int8s, Int64s

ROUNDING = 1e-12
"""Part by which a bound exceeds what it bounds, so that rounding cannot matter."""


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
    counts: Floats,
) -> None:
    """Separate, hire and shift workers, and pass on businesses without an owner; bring the employed in `counts`,
    shape (n, 2, N_COUNTS), up to date."""
    length = longest_stretch(first, last, start, stop)
    flags, due = np.empty(length, np.int8), np.empty(length, np.int64)
    h = first
    while h < last:
        end = stretch_end(h, last, start, stop, county)
        a, b = start[h], stop[end - 1]
        hired = highest(finding, county[h])
        _flag(
            separation_stream,
            farm_stream,
            highest(separation, county[h]),
            weights[UPGRADE_WEIGHT] * hired,
            weights[FARM_WEIGHT] * hired,
            weights[TOWN_QUIT],
            ids[a:b],
            residence[a:b],
            tertiary[a:b],
            farm[a:b],
            local[a:b],
            local_skilled[a:b],
            idle[a:b],
            job_cell[a:b],
            flags,
        )
        number = flagged_rows(flags[: b - a], a, due)
        _change(
            due[:number],
            h,
            separation_stream,
            finding_stream,
            farm_stream,
            cell_stream,
            stop,
            county,
            urban,
            remote,
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
            counts,
        )
        h = end


@njit(cache=True, nogil=True)
def highest(rates: Floats, county: int) -> float:
    """Return a bound of the rates of either skill where households of a county's hamlets live; `rates` (6, 2)."""
    here = max(rates[county, ORDINARY], rates[county, TERTIARY])
    return max(here, max(rates[KECHENG, ORDINARY], rates[KECHENG, TERTIARY])) * (1.0 + ROUNDING)


@njit(cache=True, nogil=True)
def _flag(
    separation_stream: np.uint64,
    farm_stream: np.uint64,
    lost: float,
    upgraded: float,
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
    flags: Int8s,
) -> None:
    """Write 1 into `flags` for households to whom something may happen, 0 for the others.

    Something may happen to those who have job seekers or a job cell that is out of date, and to those whose draws lie
    below a bound of their chances: `lost` of a worker to lose a job, `upgraded` of an underplaced one to move up,
    `hired` of a farm worker to find a job, `quits` of one who lives in a town to give up the farm.
    """
    for j in range(ids.size):
        at_work = local[j] + local_skilled[j]
        changes = (idle[j] != 0) | ((at_work == 0) != (job_cell[j] == NO_JOB))
        loses = uniform(separation_stream, ids[j]) < lost * at_work
        upgrading = underplaced(local[j], idle[j], tertiary[j], local_skilled[j])
        rises = uniform_of(farm_stream, ids[j], 0) < upgraded * upgrading
        leaves = uniform(farm_stream, ids[j]) < (hired + quits * (residence[j] != HOME)) * farm[j]
        flags[j] = (changes | loses | rises | leaves) & (ids[j] != 0)


@njit(cache=True, nogil=True)
def _change(
    due: Int64s,
    h: int,
    separation_stream: np.uint64,
    finding_stream: np.uint64,
    farm_stream: np.uint64,
    cell_stream: np.uint64,
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
    counts: Floats,
) -> None:
    """Let a month of the labour market pass for the households in the rows `due`, the first of hamlet h or a later one.

    Changes of the employed are added to `counts`, shape (n, 2, N_COUNTS).
    """
    for row in due:
        i = np.uint64(row)
        while row >= stop[h]:
            h += 1
        c = county_of(residence[i], county[h])
        rural_home = urban[h] == 0 and (residence[i] == HOME or residence[i] == RESETTLED)
        n_farm, n_local, n_skilled, n_idle = farm[i], local[i], local_skilled[i], idle[i]
        if n_farm + n_local + n_skilled + n_idle == 0:
            continue
        if n_idle > 0 and own[i] == 0 and own_business[i] > 0.0:
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
            intensity = search_intensity(remote[h], residence[i], infants[i], old[i], weights[CARE_WEIGHT])
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
        side = CORE_TOWN if residence[i] == CORE else OWN_COUNTY
        counts[h, side, EMPLOYED + ORDINARY] += local[i] - n_local
        counts[h, side, EMPLOYED + TERTIARY] += local_skilled[i] - n_skilled
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
