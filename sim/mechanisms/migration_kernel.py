"""Who leaves the city and who comes back; `sim.mechanisms.migration` states the equations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.mechanisms.hamlet_sums import CORE_TOWN, N_SIDES, OWN_COUNTY, county_of
from sim.mechanisms.inner import inner
from sim.mechanisms.members import (
    ADULTS,
    AWAY_CHILDREN,
    AWAY_MID,
    AWAY_YOUNG,
    CHILDREN,
    IDLE,
    IDLE_FIRST,
    INFANTS,
    MID_MEN,
    MID_WOMEN,
    N_PEOPLE,
    OF_WORKING_AGE,
    OLD,
    TERTIARY,
    WORKERS,
    YOUNG_MEN,
    YOUNG_WOMEN,
    count,
    keep_skills,
    read_members,
    read_work,
    stop_work,
    write_people,
)
from sim.places import KECHENG
from sim.randomness import uniform, uniform_of
from sim.world import CORE, HOME, Floats, Ids, Int8s, Int64s

MID, CARE, RETURN, RETURN_FOR_OLD, CHILD, EDUCATED = range(6)
N_RATES = 6
"""Positions in the array of rates that the kernels take."""
ARRIVED, DEPARTED = range(2)
ROUNDING = 1e-12
"""Part by which a bound exceeds what it bounds, so that rounding cannot matter."""


@njit(cache=True, nogil=True)
def mobility(care: float, remote: float, dependants: int, lives_at_home: bool) -> float:
    """Return the factor of a household on the hazard to leave; `remote` is that of its hamlet."""
    return (1.0 - care if dependants > 0 else 1.0) * (remote if lives_at_home else 1.0)


@njit(cache=True, nogil=True)
def exposed(young: int, mid: int, mid_mobility: float) -> float:
    """Return the members who may leave, in young equivalents (persons)."""
    return young + mid_mobility * mid


@njit(cache=True, nogil=True)
def return_chance(away: int, hazard: float, old: int, return_for_old: float) -> float:
    """Return the chance that one of the members away comes back this month."""
    return away * hazard * (1.0 + return_for_old * (old > 0))


@njit(cache=True, nogil=True)
def count_exposed(
    first: int,
    last: int,
    rates: Floats,
    start: Int64s,
    stop: Int64s,
    remote: Floats,
    residence: Int8s,
    people: Any,
    sums: Floats,
) -> None:
    """Sum exposed young equivalents, expected returns at the start and members away, persons, shape (n, 2, 3).

    `people` are the columns of `PEOPLE`.
    """
    infants, children, old = people[INFANTS], people[CHILDREN], people[OLD]
    young_men, young_women, mid_men, mid_women = (
        people[YOUNG_MEN],
        people[YOUNG_WOMEN],
        people[MID_MEN],
        people[MID_WOMEN],
    )
    away_young, away_mid = people[AWAY_YOUNG], people[AWAY_MID]
    for h in range(first, last):
        for side in range(N_SIDES):
            for k in range(3):
                sums[h, side, k] = 0.0
        for row in range(start[h], stop[h]):
            i = np.uint64(row)  # an unsigned index spares the test for negative ones
            side = CORE_TOWN if residence[i] == CORE else OWN_COUNTY
            young, mid, away = young_men[i] + young_women[i], mid_men[i] + mid_women[i], away_young[i] + away_mid[i]
            factor = mobility(rates[CARE], remote[h], infants[i] + children[i] + old[i], residence[i] == HOME)
            sums[h, side, 0] += exposed(young, mid, rates[MID]) * factor
            sums[h, side, 1] += return_chance(away, rates[RETURN], old[i], rates[RETURN_FOR_OLD])
            sums[h, side, 2] += away


@inner
def highest_chances(
    county: int, urban: int, remote: float, rates: Floats, out_hazard: Floats, return_hazard: Floats
) -> tuple[float, float]:
    """Return bounds of the chance to leave and to return per member of a hamlet's households, wherever they live.

    Rates have shape (N_RATES,), hazards to leave (6, 2) and to return (6,).
    """
    out = max(out_hazard[county, urban], out_hazard[KECHENG, urban])
    leaves = out * max(1.0, remote) * max(1.0, rates[MID])
    returns = max(return_hazard[county], return_hazard[KECHENG]) * (1.0 + max(0.0, rates[RETURN_FOR_OLD]))
    return leaves * (1.0 + ROUNDING), returns * (1.0 + ROUNDING)


@njit(cache=True, nogil=True)
def migrate(
    first: int,
    last: int,
    stream: np.uint64,
    detail_stream: np.uint64,
    rates: Floats,
    out_hazard: Floats,
    return_hazard: Floats,
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    urban: Int8s,
    remote: Floats,
    ids: Ids,
    residence: Int8s,
    people: Any,
    sums: Floats,
) -> None:
    """Let at most one member of each household leave or return; count persons into `sums`, shape (n, 2, 2).

    `people` are the columns of `PEOPLE`; rates have shape (N_RATES,), hazards to leave (6, 2) and to return (6,).
    """
    infants, children, old = people[INFANTS], people[CHILDREN], people[OLD]
    young_men, young_women = people[YOUNG_MEN], people[YOUNG_WOMEN]
    mid_men, mid_women = people[MID_MEN], people[MID_WOMEN]
    away_young, away_mid = people[AWAY_YOUNG], people[AWAY_MID]
    who = np.empty(N_PEOPLE, np.int8)
    for h in range(first, last):
        sums[h, OWN_COUNTY, ARRIVED], sums[h, OWN_COUNTY, DEPARTED] = 0.0, 0.0
        sums[h, CORE_TOWN, ARRIVED], sums[h, CORE_TOWN, DEPARTED] = 0.0, 0.0
        leaves, returns = highest_chances(county[h], urban[h], remote[h], rates, out_hazard, return_hazard)
        for row in range(start[h], stop[h]):
            i = np.uint64(row)  # an unsigned index spares the test for negative ones
            young, mid, away = young_men[i] + young_women[i], mid_men[i] + mid_women[i], away_young[i] + away_mid[i]
            draw = uniform(stream, ids[i])
            if draw >= leaves * (young + mid) + returns * away:
                continue
            c = county_of(residence[i], county[h])
            factor = mobility(rates[CARE], remote[h], infants[i] + children[i] + old[i], residence[i] == HOME)
            leaving = exposed(young, mid, rates[MID]) * factor * out_hazard[c, urban[h]]
            returning = return_chance(away, return_hazard[c], old[i], rates[RETURN_FOR_OLD])
            if draw >= leaving + returning:
                continue
            side = CORE_TOWN if residence[i] == CORE else OWN_COUNTY
            read_members(i, people, who)
            read_work(i, people, who)
            if draw < leaving:
                sums[h, side, DEPARTED] += _leave(draw / leaving, detail_stream, ids[i], rates, who)
            else:
                sums[h, side, ARRIVED] += _return((draw - leaving) / returning, detail_stream, ids[i], rates, who)
            write_people(i, who, people)


@inner
def _leave(position: float, detail_stream: np.uint64, agent: np.uint64, rates: Floats, who: Int8s) -> int:
    """Let the member at a position in [0, 1) of those who may leave go, perhaps with a child; return how many leave."""
    young, mid = who[YOUNG_MEN] + who[YOUNG_WOMEN], who[MID_MEN] + who[MID_WOMEN]
    within = position * exposed(young, mid, rates[MID])
    draw, child_draw = uniform_of(detail_stream, agent, 0), uniform_of(detail_stream, agent, 1)
    _leave_work(draw, who)
    if within < young:
        who[YOUNG_MEN if within < who[YOUNG_MEN] else YOUNG_WOMEN] -= 1
        who[AWAY_YOUNG] += 1
    else:
        who[MID_MEN if within - young < rates[MID] * who[MID_MEN] else MID_WOMEN] -= 1
        who[AWAY_MID] += 1
    if who[CHILDREN] > 0 and child_draw < rates[CHILD]:
        who[CHILDREN] -= 1
        who[AWAY_CHILDREN] += 1
        return 2
    return 1


@inner
def _leave_work(draw: float, who: Int8s) -> None:
    """Take a leaver, who is still counted, out of work and education; one without work may leave.

    The leaver is one of those aged 15-59, on whom most of the household's work rests; the educated may be old as well.
    """
    of_age, adults = count(who, OF_WORKING_AGE), count(who, ADULTS)
    if who[IDLE] > 0 or draw * of_age < count(who, WORKERS):
        stop_work(who, IDLE_FIRST)
    who[TERTIARY] -= who[TERTIARY] > 0 and draw * adults < who[TERTIARY]
    keep_skills(who, adults - 1)


@inner
def _return(position: float, detail_stream: np.uint64, agent: np.uint64, rates: Floats, who: Int8s) -> int:
    """Let the member at a position in [0, 1) of those away come home and look for work, with a child perhaps, the last
    one with all; return how many come."""
    away = who[AWAY_YOUNG] + who[AWAY_MID]
    is_man = uniform_of(detail_stream, agent, 0) < 0.5
    if position * away < who[AWAY_YOUNG]:
        who[AWAY_YOUNG] -= 1
        who[YOUNG_MEN if is_man else YOUNG_WOMEN] += 1
    else:
        who[AWAY_MID] -= 1
        who[MID_MEN if is_man else MID_WOMEN] += 1
    who[IDLE] += 1
    who[TERTIARY] += uniform_of(detail_stream, agent, 1) < rates[EDUCATED]
    coming = who[AWAY_CHILDREN]
    if away > 1:
        coming = min(coming, 1) if uniform_of(detail_stream, agent, 2) < rates[CHILD] else 0
    who[AWAY_CHILDREN] -= coming
    who[CHILDREN] += coming
    return 1 + coming
