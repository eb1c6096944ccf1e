"""Out-migration from the city and return.

A household's young and mid members leave, one a month, and its away members come back, with the monthly
hazards

    out    = base.out_migration[county, zone] * exp(income_response * (g - g_0)) * taste * care * remote
    return = return_hazard * exp(-income_response * (g - g_0)) * (1 + return_for_old * old present)

    g      = log(outside wage) - log(wage) - 0.1 * log(job finding chance),   g_0 its value in January 2023
    taste  = 1 for the young, mid_mobility for the mid
    care   = 1 - care_bond where infants, children or old are at home
    remote = 1 + remote_push * (hours to the county seat), for those who live in their own hamlet

Only the change of the outside advantage matters: its level in January 2023 is part of `base.out_migration`.
That is set once, at the start, so that each county's returns exceed its departures by `net_return` of those
away in a year (those who come home at 60 come on top, see demography): the away members that the registers
and the census imply fix the stock, the census and bulletins of 2020-23 its change. Those who leave are idle
first, then on the farm, then in a job; those who return look for work. A child may go along and comes back
with the last parent. Persons stay registered; nobody else changes county here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from sim.accounting import Ledger
from sim.calendar import MONTHS_PER_YEAR
from sim.levers import LeverBoard
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.hamlet_sums import N_SIDES, by_county
from sim.mechanisms.members import people_of
from sim.mechanisms.migration_kernel import (
    CARE,
    CHILD,
    EDUCATED,
    MID,
    N_RATES,
    REMOTE,
    RETURN,
    RETURN_FOR_OLD,
    count_exposed,
    migrate,
    write_moves,
)
from sim.parameters import ParameterSet, parameter
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.sectors import ORDINARY
from sim.world import RURAL, URBAN, Floats, World

WAIT_WEIGHT = 0.1
"""Rise of the log expected local wage with the log chance to find work: part of a year spent searching;
assumption."""
LEAST_CHANCE = 0.02
"""Monthly chance to find work that is added so that a dead market stays finite, ratio; assumption."""


@dataclass(frozen=True)
class MigrationParameters(ParameterSet):
    """Parameters of migration."""

    income_response: float = parameter(
        1.5,
        unit="elasticity",
        low=0.5,
        high=3.0,
        source="migration_income_distance_elasticity 1.5 (IZA DP 7160); range assumption",
        meaning="response of both hazards to the log of the outside wage over the expected local wage",
    )
    outside_wage: float = parameter(
        5240.0,
        unit="CNY/month",
        low=4800.0,
        high=5700.0,
        prior="fixed",
        source="migrant_worker_monthly_income: 5,441 away in 2023 less a year's growth",
        meaning="wage of migrants outside the city in January 2023",
    )
    outside_trend: float = parameter(
        0.038,
        unit="1/year",
        low=0.025,
        high=0.050,
        source="migrant_worker_monthly_income 2022-23 and its bulletin; 0.036 to 0.038",
        meaning="nominal growth of the outside wage",
    )
    return_hazard: float = parameter(
        0.010,
        unit="1/month",
        low=0.005,
        high=0.020,
        source="assumption: spells of eight years",
        meaning="hazard of a member away to come back in January 2023",
    )
    net_return: float = parameter(
        -0.005,
        unit="1/year",
        low=-0.03,
        high=0.02,
        source="resident_population 2021-23 (+4,000 to +6,000 a year) less natural change and returns at 60",
        meaning="returns less departures of January 2023, as part of the members away",
    )
    mid_mobility: float = parameter(
        0.35,
        unit="ratio",
        low=0.15,
        high=0.8,
        source="assumption: migrants are young",
        meaning="hazard of those aged 35-59 to leave relative to the young",
    )
    care_bond: float = parameter(
        0.4,
        unit="ratio",
        low=0.1,
        high=0.7,
        source="assumption",
        meaning="fall of the hazard to leave where children or old people are at home",
    )
    remote_push: float = parameter(
        0.5,
        unit="1/hour",
        low=0.0,
        high=1.5,
        source="assumption",
        meaning="rise of the hazard to leave with travel time to the county seat",
    )
    return_for_old: float = parameter(
        0.3,
        unit="ratio",
        low=0.0,
        high=1.0,
        source="assumption",
        meaning="rise of the hazard to return where old people are at home",
    )
    child_follows: float = parameter(
        0.25,
        unit="ratio",
        low=0.05,
        high=0.6,
        source="assumption: most children of migrants stay with grandparents or are not yet born",
        meaning="chance that a child at home goes with a member who leaves",
    )
    returner_tertiary: float = parameter(
        0.15,
        unit="ratio",
        low=0.05,
        high=0.4,
        source="migrant_worker survey 2023: 15.8 percent have college or above",
        meaning="chance that a member who returns has tertiary education",
    )


def kernel_rates(p: MigrationParameters) -> Floats:
    """Return the rates of the kernels in the order they expect, shape (N_RATES,)."""
    rates = np.empty(N_RATES)
    rates[MID], rates[CARE], rates[REMOTE] = p.mid_mobility, p.care_bond, p.remote_push
    rates[RETURN], rates[RETURN_FOR_OLD] = p.return_hazard, p.return_for_old
    rates[CHILD], rates[EDUCATED] = p.child_follows, p.returner_tertiary
    return rates


@njit(cache=True, nogil=True)
def advantage_gained(outside: float, wage: float, normal_wage: float, finding: float, normal_finding: float) -> float:
    """Return by how much the log advantage of the outside wage exceeds that of January 2023.

    The expected local wage falls with the wait for work, 1/finding months, against a spell of employment.

    Args:
        outside: log growth of the outside wage since then.
        wage, normal_wage: ordinary wage now and then, CNY/month.
        finding, normal_finding: monthly chance to find ordinary work now and then.
    """
    chance = math.log((finding + LEAST_CHANCE) / (normal_finding + LEAST_CHANCE))
    return outside - math.log(wage / normal_wage) - WAIT_WEIGHT * min(max(chance, -1.0), 1.0)


@njit(cache=True, nogil=True)
def hazard_factor(response: float, gained: float) -> float:
    """Return the factor of a gain of the outside advantage on the hazard to leave; returns are divided by it."""
    return math.exp(response * min(max(gained, -1.0), 1.0))


@njit(cache=True, nogil=True)
def hazard_factors(
    response: float, outside: float, wage: Floats, normal_wage: Floats, finding: Floats, filling: Floats, tight: Floats
) -> Floats:
    """Return these factors by county, shape (6,); wages, finding, normal filling and tightness have shape (6, 2)."""
    factors = np.empty(N_COUNTIES)
    for c in range(N_COUNTIES):
        normal_finding = filling[c, ORDINARY] * tight[c, ORDINARY]
        gained = advantage_gained(
            outside, wage[c, ORDINARY], normal_wage[c, ORDINARY], finding[c, ORDINARY], normal_finding
        )
        factors[c] = hazard_factor(response, gained)
    return factors


def month_factors(world: World, p: MigrationParameters) -> Floats:
    """Return the factors of the month on the hazards to leave by county, shape (6,); returns are divided by them."""
    counties, base = world.counties, world.base
    outside = p.outside_trend * world.month / MONTHS_PER_YEAR
    return hazard_factors(
        p.income_response, outside, counties.wage, base.wage, counties.finding, base.filling, base.tightness
    )


def start(world: World, p: MigrationParameters) -> None:
    """Set each county's hazard to leave so that departures balance returns but for the net return."""
    households, hamlets = world.households, world.hamlets
    sums = np.empty((len(hamlets), N_SIDES, 3))
    world.over_hamlets(
        count_exposed,
        kernel_rates(p),
        hamlets.start,
        hamlets.stop,
        hamlets.minutes,
        households.residence,
        people_of(households),
        sums,
    )
    world.counties.outside_wage[:] = p.outside_wage
    for zone in (RURAL, URBAN):
        weight = np.where(hamlets.urban == zone, hamlets.weight, 0.0)
        persons, returns, away = by_county(sums, weight, hamlets.county).T
        departures = np.maximum(returns - p.net_return / MONTHS_PER_YEAR * away, 0.0)
        hazard = np.divide(departures, persons, out=np.zeros_like(persons), where=persons > 0.0)
        world.base.out_migration[:, zone] = hazard


def step(world: World, p: MigrationParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Let members leave the city and come back."""
    households, hamlets, counties = world.households, world.hamlets, world.counties
    counties.outside_wage[:] = p.outside_wage * math.exp(p.outside_trend * world.month / MONTHS_PER_YEAR)
    sums = np.empty((len(hamlets), N_SIDES, 2))
    world.over_hamlets(
        migrate,
        world.stream(Purpose.OUT_MIGRATION),
        world.stream(Purpose.RETURN_MIGRATION),
        kernel_rates(p),
        world.base.out_migration,
        month_factors(world, p),
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.urban,
        hamlets.minutes,
        households.id,
        households.residence,
        people_of(households),
        sums,
    )
    write_moves(sums, hamlets.weight, hamlets.county, counties.arrivals, counties.departures)


MECHANISM = Mechanism(
    name="migration",
    phase=Phase.LABOUR,
    meaning="Moves members of households out of the city and back by the outside wage against the local one.",
    parameters=MigrationParameters,
    levers=(),
    step=step,
    start=start,
)
