"""Fill household rows hamlet by hamlet: who lives there, what they do, what land they hold.

What a household is depends on the seed, its hamlet and its number in the hamlet, never on the sampling share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.population.archetypes import AWAY_MEMBERS, MEMBERS, N_ADULT_GROUPS, N_MEMBERS
from sim.population.filling_kernels import (
    ACTIVITIES,
    N_ADULT_DRAWS,
    bits_of,
    choose_types,
    fill_work,
    gammas,
    lognormals,
    round_keys,
)
from sim.population.margins import N_ZONES
from sim.population.persons import N_STRATA, HouseholdTypes
from sim.population.work import SKILLED_SHARE, WorkChances
from sim.randomness import Purpose, child_id, draw_states
from sim.world import World

type Int8s = NDArray[np.int8]
type Int64s = NDArray[np.int64]
type Floats = NDArray[np.float64]

PROFIT_OF_WAGE = np.array([1.2, 0.9, 0.7])
"""Mean profit of an own-account worker relative to the ordinary wage, by zone (assumption)."""
WEALTH_MONTHS = np.array([14.0, 9.0, 7.0])
"""Median liquid wealth per resident in months of the ordinary wage, by zone (assumption)."""
SKILL_SD = 0.3
"""Log sd of the wage multiplier, whose mean is 1 (assumption)."""
YIELD_SD = 0.6
"""Log sd of the own net yield of forest land (feasibility scan)."""
PROFIT_SD = 0.6
"""Log sd of own-account profit (assumption)."""
WEALTH_SD = 1.0
"""Log sd of liquid wealth (assumption)."""


@dataclass(frozen=True, eq=False)
class HamletPlan:
    """What the fill needs to know of each sampled hamlet, shape (hamlets,) each.

    Attributes:
        stratum: county x zone of composition.
        position: its first household among those of the stratum.
        households: family households.
        forest: transferable forest land in mu.
    """

    stratum: Int64s
    position: Int64s
    households: Int64s
    forest: Floats


def fill_households(
    world: World,
    plan: HamletPlan,
    types: HouseholdTypes,
    chances: WorkChances,
    cell_ends: Floats,
    wage: Floats,
    forest_yield: float,
) -> None:
    """Fill the household table; its rows are laid out and its hamlets are described already.

    Args:
        world: the world; only its households change.
        plan: who lives in each hamlet.
        types: household types by stratum.
        chances: chances of activities.
        cell_ends: cumulative distribution of jobs over cells by county, shape (6, cells).
        wage: ordinary wage by county, CNY a month, shape (6,).
        forest_yield: mean own net yield in CNY/mu/year.
    """
    people = _fill_people(world, plan, types)
    _fill_work(world, plan, chances, cell_ends, people[N_MEMBERS - N_ADULT_GROUPS : N_MEMBERS])
    county, zone = np.divmod(plan.stratum, N_ZONES)
    residents = people[:N_MEMBERS].sum(axis=0, dtype=np.int8)
    profit, wealth = wage[county] * PROFIT_OF_WAGE[zone], wage[county] * WEALTH_MONTHS[zone]
    world.over_hamlets(_draw_traits, world, residents, profit, wealth)
    world.over_hamlets(_draw_land, world, plan.forest, forest_yield)


def _fill_people(world: World, plan: HamletPlan, types: HouseholdTypes) -> Int8s:
    """Write who lives where; return residents and away members by column and household row, shape (11, rows)."""
    hamlets, households = world.hamlets, world.households
    households.hamlet[:] = np.repeat(np.arange(len(hamlets), dtype=np.int32), hamlets.stop - hamlets.start)
    state = world.lasting_stream(Purpose.POPULATION_TYPE)
    keys = np.array([child_id(state, np.uint64(s)) for s in range(N_STRATA)], dtype=np.uint64)
    bits = np.array([bits_of(size) for size in np.diff(types.first).tolist()])
    kinds = np.full(len(households), types.members.shape[1] - 1, np.uint64)
    world.over_hamlets(
        choose_types,
        hamlets.start,
        plan.households,
        plan.stratum,
        plan.position,
        hamlets.id,
        round_keys(keys),
        bits,
        types.first,
        types.order,
        households.id,
        kinds,
    )
    of_row = kinds.view(np.int64)
    people = types.members.take(of_row, axis=1)
    for name, persons in zip((*MEMBERS, *AWAY_MEMBERS), people, strict=True):
        getattr(households, name)[:] = persons
    households.registered[:] = types.registered.take(of_row)
    return people


def _fill_work(world: World, plan: HamletPlan, chances: WorkChances, cell_ends: Floats, adults: Int8s) -> None:
    """Write education, activities and job cells; `adults` by member group, shape (6, rows)."""
    households, state = world.households, world.lasting_stream(Purpose.POPULATION_WORK)
    activities = np.zeros((len(ACTIVITIES), len(households)), np.int8)
    world.over_hamlets(
        fill_work,
        world.hamlets.start,
        plan.households,
        plan.stratum,
        state,
        draw_states(state, N_ADULT_DRAWS),
        chances.active,
        chances.tertiary,
        chances.farm,
        chances.own,
        chances.idle,
        SKILLED_SHARE,
        cell_ends,
        households.id,
        adults,
        activities,
        households.job_cell,
    )
    for name, persons in zip(ACTIVITIES, activities, strict=True):
        getattr(households, name)[:] = persons


def _draw_traits(first: int, last: int, world: World, residents: Int8s, profit: Floats, wealth: Floats) -> None:
    """Draw skill, profit and wealth of the households of hamlets [first, last).

    `profit` is the mean of one who runs a business, CNY a month, and `wealth` the median of a resident, CNY, both by
    hamlet, shape (hamlets,).
    """
    households = world.households
    rows = slice(world.hamlets.start[first], world.hamlets.stop[last - 1])
    ids, hamlet, own = households.id[rows], households.hamlet[rows], households.own[rows]
    state = world.lasting_stream(Purpose.POPULATION_SKILL)
    of_skill, of_wealth = draw_states(state, 2)
    households.skill[rows] = lognormals(of_skill, ids, -(SKILL_SD**2) / 2.0, SKILL_SD) * (ids != 0)
    households.wealth[rows] = wealth[hamlet] * residents[rows] * lognormals(of_wealth, ids, 0.0, WEALTH_SD)
    owners = np.flatnonzero(own)
    each = profit[hamlet[owners]] * lognormals(state, ids[owners], -(PROFIT_SD**2) / 2.0, PROFIT_SD)
    households.own_business[rows][owners] = own[owners] * each


def _draw_land(first: int, last: int, world: World, land: Floats, forest_yield: float) -> None:
    """Draw the yield of forest land, of mean `forest_yield`, and share the land of hamlets [first, last) out.

    Households get parts in proportion to gamma draws of shape 2; `land` by hamlet, mu, shape (hamlets,).
    """
    hamlets, households = world.hamlets, world.households
    begin, end = hamlets.start[first], hamlets.stop[last - 1]
    hamlet = households.hamlet[begin:end]
    rows = begin + np.flatnonzero((land > 0.0)[hamlet] & (households.id[begin:end] != 0))
    ids, hamlet = households.id[rows], households.hamlet[rows]
    state = world.lasting_stream(Purpose.POPULATION_FOREST)
    households.forest_yield[rows] = forest_yield * lognormals(state, ids, -(YIELD_SD**2) / 2.0, YIELD_SD)
    claims = gammas(*draw_states(state, 6)[4:], ids).astype(np.float32)
    total = np.bincount(hamlet, claims, len(hamlets))
    households.forest[rows] = claims * np.divide(land, total, out=np.zeros(len(land)), where=total > 0.0)[hamlet]
