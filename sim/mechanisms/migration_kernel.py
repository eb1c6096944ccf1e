"""Who leaves the city and who comes back; `sim.mechanisms.migration` states the equations."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.mechanisms.hamlet_sums import CORE_TOWN, OWN_COUNTY, county_of
from sim.mechanisms.members import NOBODY, keep_skills, leaver_of_work, take_from
from sim.places import KECHENG
from sim.randomness import uniform, uniform_of
from sim.world import CORE, HOME, Floats, Ids, Int8s, Int64s

MID, CARE, RETURN, OLD, CHILD, EDUCATED = range(6)
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
    infants: Int8s,
    children: Int8s,
    young_men: Int8s,
    young_women: Int8s,
    mid_men: Int8s,
    mid_women: Int8s,
    old: Int8s,
    away_young: Int8s,
    away_mid: Int8s,
    sums: Floats,
) -> None:
    """Sum exposed young equivalents, expected returns at the start and members away, persons, shape (n, 2, 3)."""
    for h in range(first, last):
        sums[h] = 0.0
        for row in range(start[h], stop[h]):
            i = np.uint64(row)  # an unsigned index spares the test for negative ones
            side = CORE_TOWN if residence[i] == CORE else OWN_COUNTY
            young, mid = young_men[i] + young_women[i], mid_men[i] + mid_women[i]
            factor = mobility(rates[CARE], remote[h], infants[i] + children[i] + old[i], residence[i] == HOME)
            sums[h, side, 0] += exposed(young, mid, rates[MID]) * factor
            sums[h, side, 1] += return_chance(away_young[i] + away_mid[i], rates[RETURN], old[i], rates[OLD])
            sums[h, side, 2] += away_young[i] + away_mid[i]


@njit(cache=True, nogil=True)
def highest_chances(
    county: int, urban: int, remote: float, rates: Floats, out_hazard: Floats, return_hazard: Floats
) -> tuple[float, float]:
    """Return bounds of the chance to leave and to return per member of a hamlet's households, wherever they live.

    Rates have shape (N_RATES,), hazards to leave (6, 2) and to return (6,).
    """
    out = max(out_hazard[county, urban], out_hazard[KECHENG, urban])
    leaves = out * max(1.0, remote) * max(1.0, rates[MID])
    returns = max(return_hazard[county], return_hazard[KECHENG]) * (1.0 + max(0.0, rates[OLD]))
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
    infants: Int8s,
    children: Int8s,
    young_men: Int8s,
    young_women: Int8s,
    mid_men: Int8s,
    mid_women: Int8s,
    late: Int8s,
    old: Int8s,
    away_children: Int8s,
    away_young: Int8s,
    away_mid: Int8s,
    tertiary: Int8s,
    farm: Int8s,
    local: Int8s,
    local_skilled: Int8s,
    own: Int8s,
    idle: Int8s,
    sums: Floats,
) -> None:
    """Let at most one member of each household leave or return; count persons into `sums`, shape (n, 2,
    2)."""
    for h in range(first, last):
        sums[h] = 0.0
        leaves, returns = highest_chances(county[h], urban[h], remote[h], rates, out_hazard, return_hazard)
        for row in range(start[h], stop[h]):
            i = np.uint64(row)  # an unsigned index spares the test for negative ones
            young, mid = young_men[i] + young_women[i], mid_men[i] + mid_women[i]
            away = away_young[i] + away_mid[i]
            draw = uniform(stream, ids[i])
            if draw >= leaves * (young + mid) + returns * away:
                continue
            c = county_of(residence[i], county[h])
            side = CORE_TOWN if residence[i] == CORE else OWN_COUNTY
            factor = mobility(rates[CARE], remote[h], infants[i] + children[i] + old[i], residence[i] == HOME)
            leaving = exposed(young, mid, rates[MID]) * factor * out_hazard[c, urban[h]]
            returning = return_chance(away, return_hazard[c], old[i], rates[OLD])
            if draw < leaving:
                within = draw / leaving * exposed(young, mid, rates[MID])
                second, third = uniform_of(detail_stream, ids[i], 0), uniform_of(detail_stream, ids[i], 1)
                adults = young + mid + late[i] + old[i]
                _leave_work(second, i, young + mid, adults, tertiary, farm, local, local_skilled, own, idle)
                if within < young:
                    is_man = within < young_men[i]
                    young_men[i] -= is_man
                    young_women[i] -= not is_man
                    away_young[i] += 1
                else:
                    is_man = within - young < rates[MID] * mid_men[i]
                    mid_men[i] -= is_man
                    mid_women[i] -= not is_man
                    away_mid[i] += 1
                sums[h, side, DEPARTED] += 1
                if children[i] > 0 and third < rates[CHILD]:
                    children[i] -= 1
                    away_children[i] += 1
                    sums[h, side, DEPARTED] += 1
            elif draw < leaving + returning:
                within = (draw - leaving) / returning * away
                second, third = uniform_of(detail_stream, ids[i], 0), uniform_of(detail_stream, ids[i], 1)
                is_man = second < 0.5
                if within < away_young[i]:
                    away_young[i] -= 1
                    young_men[i] += is_man
                    young_women[i] += not is_man
                else:
                    away_mid[i] -= 1
                    mid_men[i] += is_man
                    mid_women[i] += not is_man
                idle[i] += 1
                tertiary[i] += third < rates[EDUCATED]
                sums[h, side, ARRIVED] += 1
                with_child = away == 1 or uniform_of(detail_stream, ids[i], 2) < rates[CHILD]
                coming = away_children[i] if away == 1 else min(1, away_children[i])
                if with_child and coming > 0:
                    away_children[i] -= coming
                    children[i] += coming
                    sums[h, side, ARRIVED] += coming


@njit(cache=True, nogil=True)
def _leave_work(
    draw: float,
    i: int,
    of_age: int,
    adults: int,
    tertiary: Int8s,
    farm: Int8s,
    local: Int8s,
    local_skilled: Int8s,
    own: Int8s,
    idle: Int8s,
) -> None:
    """Take a leaver out of work and education; one without work may leave.

    The leaver is one of those `of_age` (15-59), itself included, on whom most of the household's work rests; `adults`
    counts the old as well.
    """
    workers = farm[i] + local[i] + local_skilled[i] + own[i] + idle[i]
    if idle[i] > 0 or draw * of_age < workers:
        activity = leaver_of_work(idle[i], farm[i], local[i], local_skilled[i], own[i], True)
        if activity != NOBODY:
            take_from(activity, i, farm, local, local_skilled, own, idle)
    tertiary[i] -= tertiary[i] > 0 and draw * adults < tertiary[i]
    keep_skills(i, tertiary, adults - 1, local, local_skilled)
