"""A month of the labour market household by household: who loses, finds and leaves work.

A household loses, and its farm workers and underplaced members find, at most one job a month each way (the chances
are linear in the number of workers); those who look for work draw one by one. To most households nothing can happen:
a first pass in vector code compares each one's draws with bounds of its chances, a second one looks at those left.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.mechanisms.hamlet_sums import CORE_TOWN, OWN_COUNTY, county_of
from sim.mechanisms.inner import inner
from sim.mechanisms.labour_kernels import (
    CARE_WEIGHT,
    EMPLOYED,
    FARM_WEIGHT,
    REFUGE,
    REMOTENESS,
    TOWN_QUIT,
    TRADE_DOWN_WEIGHT,
    UPGRADE_WEIGHT,
    drawn_cell,
    found_job,
    lost_job,
    remoteness_factor,
    search_intensity,
    skilled_idle,
    underplaced,
)
from sim.mechanisms.members import FARM, IDLE, INFANTS, LOCAL, LOCAL_SKILLED, OLD, OWN
from sim.mechanisms.members import TERTIARY as EDUCATED
from sim.mechanisms.stretches import flagged_rows, longest_stretch, stretch_end
from sim.places import KECHENG
from sim.randomness import uniform, uniform_of
from sim.sectors import NO_JOB, ORDINARY, TERTIARY
from sim.world import CORE, HOME, RESETTLED, Bools, Float32s, Floats, Ids, Int8s, Int64s

type Work = tuple[int, int, int, int]
"""Members of a household on the farm, in ordinary and in skilled local jobs, and without work, persons."""
type Bounds = tuple[float, float, float, float, float, float, float]

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
    minutes: Floats,
    weights: Floats,
    separation: Floats,
    finding: Floats,
    farm_return: Floats,
    cells: Floats,
    ids: Ids,
    residence: Int8s,
    people: Any,
    own_business: Float32s,
    job_cell: Int8s,
    counts: Floats,
) -> None:
    """Separate, hire and shift workers, and pass on businesses without an owner; bring the employed in `counts`,
    shape (n, 2, N_COUNTS), up to date.

    `people` are the columns of `sim.mechanisms.members.PEOPLE`.
    """
    length = longest_stretch(first, last, start, stop)
    flags, due = np.empty(length, np.bool_), np.empty(length, np.int64)
    own, infants, old, educated = people[OWN], people[INFANTS], people[OLD], people[EDUCATED]
    streams = (separation_stream, finding_stream, farm_stream)
    h = first
    while h < last:
        end = stretch_end(h, last, start, stop, county)
        a, b = start[h], stop[end - 1]
        bounds = bounds_of(county[h], weights, separation, finding)
        _flag(a, b, streams, bounds, ids, residence, people, own_business, job_cell, flags)
        for row in due[: flagged_rows(flags[: b - a], a, due)]:
            i = np.uint64(row)
            while row >= stop[h]:
                h += 1
            farm, local, local_skilled, idle = _read_work(i, people)
            if farm + local + local_skilled + idle == 0:
                continue
            if idle > 0 and own[i] == 0 and own_business[i] > 0.0:
                own[i] = 1
                idle -= 1
            was = (farm, local, local_skilled, idle)
            c = county_of(residence[i], county[h])
            lives_on_land = residence[i] == HOME or residence[i] == RESETTLED
            rural_home = urban[h] == 0 and lives_on_land
            work = _lose(separation_stream, ids[i], separation[c], farm_return[c] if rural_home else 0.0, was)
            if farm + idle > 0 or educated[i] > local_skilled:
                remote = remoteness_factor(minutes[h], weights[REMOTENESS])
                intensity = search_intensity(remote, residence[i], infants[i], old[i], weights[CARE_WEIGHT])
                refuge = weights[REFUGE] if rural_home else 0.0
                quits = 0.0 if lives_on_land else weights[TOWN_QUIT]
                work = _search(streams, ids[i], intensity, finding[c], weights, refuge, quits, educated[i], was, work)
            _write_work(i, work, people)
            _, local_now, skilled_now, _ = work
            side = CORE_TOWN if residence[i] == CORE else OWN_COUNTY
            counts[h, side, EMPLOYED + ORDINARY] += local_now - local
            counts[h, side, EMPLOYED + TERTIARY] += skilled_now - local_skilled
            if local_now + skilled_now == 0:
                job_cell[i] = NO_JOB
            elif local + local_skilled == 0 or job_cell[i] == NO_JOB:
                job_cell[i] = drawn_cell(uniform(cell_stream, ids[i]), cells[c])
        h = end


@inner
def highest(rates: Floats, county: int) -> float:
    """Return a bound of the rates of either skill where households of a county's hamlets live; `rates` (6, 2)."""
    here = max(rates[county, ORDINARY], rates[county, TERTIARY])
    return max(here, max(rates[KECHENG, ORDINARY], rates[KECHENG, TERTIARY])) * (1.0 + ROUNDING)


@inner
def bounds_of(county: int, weights: Floats, separation: Floats, finding: Floats) -> Bounds:
    """Return bounds of the monthly chances of households of a county's hamlets.

    They are those of a worker to lose a job, of an underplaced one to move up, of a farm worker to find a job, and of
    one who lives in a town to give up the farm; of one without work to find a job, of an educated one, and to go back
    to the land. `separation` and `finding` have shape (6, 2).
    """
    found = highest(finding, county)
    return (
        highest(separation, county),
        weights[UPGRADE_WEIGHT] * found,
        weights[FARM_WEIGHT] * found,
        weights[TOWN_QUIT],
        found,
        found + weights[TRADE_DOWN_WEIGHT] * found,
        weights[REFUGE],
    )


@inner
def _flag(
    first: int,
    last: int,
    streams: tuple[np.uint64, np.uint64, np.uint64],
    bounds: Bounds,
    ids: Ids,
    residence: Int8s,
    people: Any,
    own_business: Float32s,
    job_cell: Int8s,
    flags: Bools,
) -> None:
    """Flag the households in rows [first, last) to whom something may happen.

    Something may happen to those with several job seekers, a business without an owner or a job cell that is out of
    date, and to those whose draws lie below the `bounds` of their chances; `streams` as in `_search`.
    """
    tertiary, farm, idle, own = people[EDUCATED], people[FARM], people[IDLE], people[OWN]
    local, local_skilled = people[LOCAL], people[LOCAL_SKILLED]
    separation_stream, finding_stream, farm_stream = streams
    lost, upgraded, hired, quits, found, found_educated, refuge = bounds
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)  # unsigned indices spare the test for negative ones
        at_work = local[i] + local_skilled[i]
        outdated = ((at_work == 0) != (job_cell[i] == NO_JOB)) & (farm[i] + at_work + idle[i] != 0)
        inherits = (idle[i] != 0) & (own[i] == 0) & (own_business[i] > 0.0)
        loses = uniform(separation_stream, ids[i]) < lost * at_work
        finds = uniform_of(finding_stream, ids[i], 0) < (found_educated if tertiary[i] > local_skilled[i] else found)
        seeks = (idle[i] != 0) & (finds | (idle[i] > 1) | (uniform_of(farm_stream, ids[i], 1) < refuge))
        upgrading = underplaced(local[i], idle[i], tertiary[i], local_skilled[i])
        rises = uniform_of(farm_stream, ids[i], 0) < upgraded * upgrading
        leaves = uniform(farm_stream, ids[i]) < (hired + quits * (residence[i] != HOME)) * farm[i]
        flags[j] = (outdated | inherits | loses | seeks | rises | leaves) & (ids[i] != 0)


@inner
def _read_work(i: np.uint64, people: Any) -> Work:
    """Return the work of household i."""
    return int(people[FARM][i]), int(people[LOCAL][i]), int(people[LOCAL_SKILLED][i]), int(people[IDLE][i])


@inner
def _write_work(i: np.uint64, work: Work, people: Any) -> None:
    """Write the work of household i."""
    people[FARM][i], people[LOCAL][i], people[LOCAL_SKILLED][i], people[IDLE][i] = work


@inner
def _lose(stream: np.uint64, agent: np.uint64, rates: Floats, farm_return: float, work: Work) -> Work:
    """Let a household lose at most one job, at `rates` by skill, shape (2,); its worker goes back to the farm with the
    chance `farm_return`. Return the work after it."""
    farm, local, local_skilled, idle = work
    kind = lost_job(uniform(stream, agent), local, local_skilled, rates[ORDINARY], rates[TERTIARY])
    if kind == NO_JOB:
        return work
    if kind == ORDINARY:
        local -= 1
    else:
        local_skilled -= 1
    if uniform_of(stream, agent, 0) < farm_return:
        farm += 1
    else:
        idle += 1
    return farm, local, local_skilled, idle


@inner
def _search(
    streams: tuple[np.uint64, np.uint64, np.uint64],
    agent: np.uint64,
    intensity: float,
    finding: Floats,
    weights: Floats,
    refuge: float,
    quits: float,
    educated: int,
    was: Work,
    work: Work,
) -> Work:
    """Let those who sought work before this month's losses, `was`, find jobs or go back to the land with hazard
    `refuge`, a farm worker find one or give up the farm with hazard `quits`, and an underplaced member move up.

    Returns the work after it; `streams` are those of separation, finding and leaving the farm, `finding` the chances by
    skill, shape (2,).
    """
    _, finding_stream, farm_stream = streams
    farmers, in_jobs, in_skilled_jobs, seekers = was
    farm, local, local_skilled, idle = work
    chance, chance_skilled = intensity * finding[ORDINARY], intensity * finding[TERTIARY]
    for k in range(seekers):
        draw = uniform_of(finding_stream, agent, k)
        skilled = k < skilled_idle(seekers, educated, in_skilled_jobs)
        kind = found_job(draw, skilled, chance, chance_skilled, weights[TRADE_DOWN_WEIGHT])
        back_to_land = kind == NO_JOB and uniform_of(farm_stream, agent, k + 1) < refuge
        idle -= kind != NO_JOB or back_to_land
        local += kind == ORDINARY
        local_skilled += kind == TERTIARY
        farm += back_to_land
    hired, left = farmers * weights[FARM_WEIGHT] * chance, farmers * quits
    draw = uniform(farm_stream, agent)
    if draw < hired + left:
        farm -= 1
        local += draw < hired
        idle += draw >= hired
    upgrading = underplaced(in_jobs, seekers, educated, in_skilled_jobs)
    rises = uniform_of(farm_stream, agent, 0) < weights[UPGRADE_WEIGHT] * upgrading * chance_skilled
    if rises and local > 0:
        local -= 1
        local_skilled += 1
    return farm, local, local_skilled, idle
