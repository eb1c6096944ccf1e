"""Who leaves the city and who comes back; `sim.mechanisms.migration` states the equations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.mechanisms.hamlet_sums import CORE_TOWN, N_SIDES, OWN_COUNTY, by_county, county_of
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
from sim.mechanisms.stretches import flagged_rows, longest_stretch, longest_way, stretch_end
from sim.places import KECHENG, N_COUNTIES
from sim.randomness import uniform, uniform_of
from sim.world import CORE, HOME, N_ZONES, RURAL, URBAN, Bools, Floats, Ids, Int8s, Int64s

MID, CARE, REMOTE, RETURN, RETURN_FOR_OLD, CHILD, EDUCATED = range(7)
N_RATES = 7
"""Positions in the array of rates that the kernels take."""
ARRIVED, DEPARTED = range(2)
ROUNDING = 1e-12
"""Part by which a bound exceeds what it bounds, so that rounding cannot matter."""
MINUTES_PER_HOUR = 60.0


@inner
def remote_factor(minutes: float, push: float) -> float:
    """Return the factor of remoteness on the hazard to leave; `push` is its rise per hour to the county seat."""
    return 1.0 + push * minutes / MINUTES_PER_HOUR


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
    minutes: Floats,
    residence: Int8s,
    people: Any,
    sums: Floats,
) -> None:
    """Sum exposed young equivalents, expected returns at the start and members away, persons, shape (n, 2, 3).

    `people` are the columns of `PEOPLE`.
    """
    infants, children, old = people[INFANTS], people[CHILDREN], people[OLD]
    for h in range(first, last):
        for side in range(N_SIDES):
            for k in range(3):
                sums[h, side, k] = 0.0
        remote = remote_factor(minutes[h], rates[REMOTE])
        for row in range(start[h], stop[h]):
            i = np.uint64(row)  # an unsigned index spares the test for negative ones
            side = CORE_TOWN if residence[i] == CORE else OWN_COUNTY
            young, mid, away = _movers(i, people)
            factor = mobility(rates[CARE], remote, infants[i] + children[i] + old[i], residence[i] == HOME)
            sums[h, side, 0] += exposed(young, mid, rates[MID]) * factor
            sums[h, side, 1] += return_chance(away, rates[RETURN], old[i], rates[RETURN_FOR_OLD])
            sums[h, side, 2] += away


@njit(cache=True, nogil=True)
def migrate(
    first: int,
    last: int,
    stream: np.uint64,
    detail_stream: np.uint64,
    rates: Floats,
    out_migration: Floats,
    factors: Floats,
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    urban: Int8s,
    minutes: Floats,
    ids: Ids,
    residence: Int8s,
    people: Any,
    sums: Floats,
) -> None:
    """Let at most one member of each household leave or return; count persons into `sums`, shape (n, 2, 2).

    `people` are the columns of `PEOPLE`; rates have shape (N_RATES,), `out_migration` hazards to leave at the start (6,
    2), and `factors` of the month (6,).
    """
    out, back = hazards_of_month(rates, out_migration, factors)
    length = longest_stretch(first, last, start, stop)
    flags, due, who = np.empty(length, np.bool_), np.empty(length, np.int64), np.empty(N_PEOPLE, np.int8)
    infants, children, old = people[INFANTS], people[CHILDREN], people[OLD]
    sums[first:last] = 0.0
    h = first
    while h < last:
        end = stretch_end(h, last, start, stop, county)
        a, b = start[h], stop[end - 1]
        leaves, returns = highest_chances(county[h], longest_way(h, end, minutes), rates, out, back)
        _flag(a, b, stream, leaves, returns, ids, people, flags)
        for row in due[: flagged_rows(flags[: b - a], a, due)]:
            i = np.uint64(row)
            while row >= stop[h]:
                h += 1
            young, mid, away = _movers(i, people)
            draw, c = uniform(stream, ids[i]), county_of(residence[i], county[h])
            remote = remote_factor(minutes[h], rates[REMOTE])
            factor = mobility(rates[CARE], remote, infants[i] + children[i] + old[i], residence[i] == HOME)
            leaving = exposed(young, mid, rates[MID]) * factor * out[c, urban[h]]
            returning = return_chance(away, back[c], old[i], rates[RETURN_FOR_OLD])
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
        h = end


@inner
def hazards_of_month(rates: Floats, out_migration: Floats, factors: Floats) -> tuple[Floats, Floats]:
    """Return the month's hazards to leave by county and zone of the hamlet, shape (6, 2), and to return, shape (6,);
    arguments as in `migrate`."""
    out, back = np.empty((N_COUNTIES, N_ZONES)), np.empty(N_COUNTIES)
    for c in range(N_COUNTIES):
        back[c] = rates[RETURN] / factors[c]
        for zone in range(N_ZONES):
            out[c, zone] = out_migration[c, zone] * factors[c]
    return out, back


@inner
def highest_chances(county: int, minutes: float, rates: Floats, out: Floats, back: Floats) -> tuple[float, float]:
    """Return bounds of the chance to leave and to return per member of the households of a county's hamlets at most
    `minutes` away, wherever they live.

    Rates have shape (N_RATES,), the month's hazards to leave, `out`, (6, 2) and to return, `back`, (6,).
    """
    here, core = max(out[county, RURAL], out[county, URBAN]), max(out[KECHENG, RURAL], out[KECHENG, URBAN])
    leaves = max(here, core) * max(1.0, remote_factor(minutes, rates[REMOTE])) * max(1.0, rates[MID])
    returns = max(back[county], back[KECHENG]) * (1.0 + max(0.0, rates[RETURN_FOR_OLD]))
    return leaves * (1.0 + ROUNDING), returns * (1.0 + ROUNDING)


@inner
def _flag(
    first: int, last: int, stream: np.uint64, leaves: float, returns: float, ids: Ids, people: Any, flags: Bools
) -> None:
    """Flag the households in rows [first, last) whose draw lies below the bounds of their chances."""
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)  # unsigned indices spare the test for negative ones
        young, mid, away = _movers(i, people)
        flags[j] = uniform(stream, ids[i]) < leaves * (young + mid) + returns * away


@inner
def _movers(i: np.uint64, people: Any) -> tuple[int, int, int]:
    """Return the young and the mid members at home of household i, and those away, persons."""
    young = people[YOUNG_MEN][i] + people[YOUNG_WOMEN][i]
    mid = people[MID_MEN][i] + people[MID_WOMEN][i]
    return young, mid, people[AWAY_YOUNG][i] + people[AWAY_MID][i]


@njit(cache=True, nogil=True)
def write_moves(sums: Floats, weight: Floats, county: Int8s, arrivals: Floats, departures: Floats) -> None:
    """Write the persons who came and who left by county, shape (6,) each; `sums` as in `migrate`, the columns of
    hamlets have shape (hamlets,)."""
    moved = by_county(sums, weight, county)
    for c in range(N_COUNTIES):
        arrivals[c], departures[c] = moved[c, ARRIVED], moved[c, DEPARTED]


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
