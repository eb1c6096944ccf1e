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
from sim.mechanisms.members import FARM, IDLE, INFANTS, LOCAL, LOCAL_SKILLED, N_PEOPLE, OLD, OWN, read_work
from sim.mechanisms.members import TERTIARY as EDUCATED
from sim.mechanisms.stretches import flagged_rows, longest_stretch, stretch_end
from sim.places import KECHENG
from sim.randomness import uniform, uniform_of
from sim.sectors import NO_JOB, ORDINARY, TERTIARY
from sim.world import CORE, HOME, RESETTLED, Bools, Float32s, Floats, Ids, Int8s, Int64s

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
    was, who = np.empty(N_PEOPLE, np.int8), np.empty(N_PEOPLE, np.int8)
    own = people[OWN]
    h = first
    while h < last:
        end = stretch_end(h, last, start, stop, county)
        a, b = start[h], stop[end - 1]
        bounds = bounds_of(county[h], weights, separation, finding)
        _flag(a, b, separation_stream, farm_stream, bounds, ids, residence, people, job_cell, flags)
        for row in due[: flagged_rows(flags[: b - a], a, due)]:
            i = np.uint64(row)
            while row >= stop[h]:
                h += 1
            _read(i, people, was)
            if was[FARM] + was[LOCAL] + was[LOCAL_SKILLED] + was[IDLE] == 0:
                continue
            if was[IDLE] > 0 and own[i] == 0 and own_business[i] > 0.0:
                own[i] = 1
                was[IDLE] -= 1
            for k in range(N_PEOPLE):
                who[k] = was[k]
            c = county_of(residence[i], county[h])
            rural_home = urban[h] == 0 and residence[i] in (HOME, RESETTLED)
            _lose(separation_stream, ids[i], separation[c], farm_return[c] if rural_home else 0.0, who)
            if was[FARM] + was[IDLE] > 0 or was[EDUCATED] > was[LOCAL_SKILLED]:
                intensity = search_intensity(remote[h], residence[i], was[INFANTS], was[OLD], weights[CARE_WEIGHT])
                refuge = weights[REFUGE] if rural_home else 0.0
                quits = weights[TOWN_QUIT] if residence[i] not in (HOME, RESETTLED) else 0.0
                _search(finding_stream, farm_stream, ids[i], intensity, finding[c], weights, refuge, quits, was, who)
            _write(i, who, people)
            side = CORE_TOWN if residence[i] == CORE else OWN_COUNTY
            counts[h, side, EMPLOYED + ORDINARY] += who[LOCAL] - was[LOCAL]
            counts[h, side, EMPLOYED + TERTIARY] += who[LOCAL_SKILLED] - was[LOCAL_SKILLED]
            if who[LOCAL] + who[LOCAL_SKILLED] == 0:
                job_cell[i] = NO_JOB
            elif was[LOCAL] + was[LOCAL_SKILLED] == 0 or job_cell[i] == NO_JOB:
                job_cell[i] = drawn_cell(uniform(cell_stream, ids[i]), cells[c])
        h = end


@inner
def highest(rates: Floats, county: int) -> float:
    """Return a bound of the rates of either skill where households of a county's hamlets live; `rates` (6, 2)."""
    here = max(rates[county, ORDINARY], rates[county, TERTIARY])
    return max(here, max(rates[KECHENG, ORDINARY], rates[KECHENG, TERTIARY])) * (1.0 + ROUNDING)


@inner
def bounds_of(county: int, weights: Floats, separation: Floats, finding: Floats) -> tuple[float, float, float, float]:
    """Return bounds of the monthly chances of households of a county's hamlets.

    They are those of a worker to lose a job, of an underplaced one to move up, of a farm worker to find a job, and of
    one who lives in a town to give up the farm. `separation` and `finding` have shape (6, 2).
    """
    found = highest(finding, county)
    return (
        highest(separation, county),
        weights[UPGRADE_WEIGHT] * found,
        weights[FARM_WEIGHT] * found,
        weights[TOWN_QUIT],
    )


@inner
def _flag(
    first: int,
    last: int,
    separation_stream: np.uint64,
    farm_stream: np.uint64,
    bounds: tuple[float, float, float, float],
    ids: Ids,
    residence: Int8s,
    people: Any,
    job_cell: Int8s,
    flags: Bools,
) -> None:
    """Flag the households in rows [first, last) to whom something may happen.

    Something may happen to those who have job seekers or a job cell that is out of date, and to those whose draws lie
    below the `bounds` of their chances.
    """
    tertiary, farm, idle = people[EDUCATED], people[FARM], people[IDLE]
    local, local_skilled = people[LOCAL], people[LOCAL_SKILLED]
    lost, upgraded, hired, quits = bounds
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)  # unsigned indices spare the test for negative ones
        at_work = local[i] + local_skilled[i]
        changes = (idle[i] != 0) | ((at_work == 0) != (job_cell[i] == NO_JOB))
        loses = uniform(separation_stream, ids[i]) < lost * at_work
        upgrading = underplaced(local[i], idle[i], tertiary[i], local_skilled[i])
        rises = uniform_of(farm_stream, ids[i], 0) < upgraded * upgrading
        leaves = uniform(farm_stream, ids[i]) < (hired + quits * (residence[i] != HOME)) * farm[i]
        flags[j] = (changes | loses | rises | leaves) & (ids[i] != 0)


@inner
def _read(i: np.uint64, people: Any, who: Int8s) -> None:
    """Copy those counts of household i that matter to the labour market into `who`, shape (N_PEOPLE,)."""
    who[INFANTS], who[OLD] = people[INFANTS][i], people[OLD][i]
    read_work(i, people, who)


@inner
def _write(i: np.uint64, who: Int8s, people: Any) -> None:
    """Copy what the labour market changes from `who` to household i."""
    people[FARM][i], people[IDLE][i] = who[FARM], who[IDLE]
    people[LOCAL][i], people[LOCAL_SKILLED][i] = who[LOCAL], who[LOCAL_SKILLED]


@inner
def _lose(stream: np.uint64, agent: np.uint64, rates: Floats, farm_return: float, who: Int8s) -> None:
    """Let a household lose at most one job, at `rates` by skill, shape (2,); its worker goes back to the farm with the
    chance `farm_return`."""
    draw = uniform(stream, agent)
    kind = lost_job(draw, who[LOCAL], who[LOCAL_SKILLED], rates[ORDINARY], rates[TERTIARY])
    if kind != NO_JOB:
        who[LOCAL if kind == ORDINARY else LOCAL_SKILLED] -= 1
        who[FARM if uniform_of(stream, agent, 0) < farm_return else IDLE] += 1


@inner
def _search(
    finding_stream: np.uint64,
    farm_stream: np.uint64,
    agent: np.uint64,
    intensity: float,
    finding: Floats,
    weights: Floats,
    refuge: float,
    quits: float,
    was: Int8s,
    who: Int8s,
) -> None:
    """Let those who sought work before this month's losses, `was`, find jobs or go back to the land with hazard
    `refuge`, a farm worker find one or give up the farm with hazard `quits`, and an underplaced member move up.

    `finding` are the chances by skill, shape (2,).
    """
    chance, chance_skilled = intensity * finding[ORDINARY], intensity * finding[TERTIARY]
    educated = skilled_idle(was[IDLE], was[EDUCATED], was[LOCAL_SKILLED])
    for k in range(was[IDLE]):
        draw = uniform_of(finding_stream, agent, k)
        kind = found_job(draw, k < educated, chance, chance_skilled, weights[TRADE_DOWN_WEIGHT])
        if kind != NO_JOB:
            who[IDLE] -= 1
            who[LOCAL if kind == ORDINARY else LOCAL_SKILLED] += 1
        elif uniform_of(farm_stream, agent, k + 1) < refuge:
            who[IDLE] -= 1
            who[FARM] += 1
    hired, left = was[FARM] * weights[FARM_WEIGHT] * chance, was[FARM] * quits
    draw = uniform(farm_stream, agent)
    if draw < hired + left:
        who[FARM] -= 1
        who[LOCAL if draw < hired else IDLE] += 1
    upgrading = underplaced(was[LOCAL], was[IDLE], was[EDUCATED], was[LOCAL_SKILLED])
    rises = uniform_of(farm_stream, agent, 0) < weights[UPGRADE_WEIGHT] * upgrading * chance_skilled
    if rises and who[LOCAL] > 0:
        who[LOCAL] -= 1
        who[LOCAL_SKILLED] += 1
