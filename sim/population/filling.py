"""Fill household rows hamlet by hamlet: who lives there, what they do, what land they hold.

What a household is depends on the seed, its hamlet and its number in the hamlet, never on the sampling share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.population.archetypes import ADULT_GROUPS, AWAY_MEMBERS, MEMBERS
from sim.population.filling_kernels import fill_people, fill_traits, fill_work
from sim.population.persons import N_STRATA, HouseholdTypes
from sim.population.work import SKILLED_SHARE, WorkChances
from sim.randomness import Purpose, child_id
from sim.world import World

type Int64s = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Ids = NDArray[np.uint64]

ACTIVITIES = ("tertiary", "farm", "local", "local_skilled", "own", "idle")
"""Columns that `fill_work` counts, in its order."""
PROFIT_OF_WAGE = (1.2, 0.9, 0.7)
"""Mean profit of an own-account worker relative to the ordinary wage, by zone (assumption)."""
WEALTH_MONTHS = (14.0, 9.0, 7.0)
"""Median liquid wealth per resident in months of the ordinary wage, by zone (assumption)."""


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
    _fill_people(world, plan, types)
    _fill_work(world, plan, chances, cell_ends)
    _fill_traits(world, plan, wage, forest_yield)


def _fill_people(world: World, plan: HamletPlan, types: HouseholdTypes) -> None:
    hamlets, households = world.hamlets, world.households
    world.over_hamlets(
        fill_people,
        hamlets.start,
        hamlets.stop,
        plan.households,
        plan.stratum,
        plan.position,
        hamlets.id,
        _stratum_keys(world),
        types.first,
        types.order,
        types.members,
        types.registered,
        households.id,
        households.hamlet,
        households.registered,
        tuple(getattr(households, name) for name in (*MEMBERS, *AWAY_MEMBERS)),
    )


def _stratum_keys(world: World) -> Ids:
    state = world.lasting_stream(Purpose.POPULATION_TYPE)
    return np.array([child_id(state, np.uint64(s)) for s in range(N_STRATA)], dtype=np.uint64)


def _fill_work(world: World, plan: HamletPlan, chances: WorkChances, cell_ends: Floats) -> None:
    households = world.households
    world.over_hamlets(
        fill_work,
        world.hamlets.start,
        plan.households,
        plan.stratum,
        world.lasting_stream(Purpose.POPULATION_WORK),
        (chances.active, chances.tertiary, chances.farm),
        chances.own,
        chances.idle,
        SKILLED_SHARE,
        cell_ends,
        households.id,
        tuple(getattr(households, name) for name in ADULT_GROUPS),
        tuple(getattr(households, name) for name in ACTIVITIES),
        households.job_cell,
    )


def _fill_traits(world: World, plan: HamletPlan, wage: Floats, forest_yield: float) -> None:
    households = world.households
    residents = np.add.reduce([getattr(households, name) for name in MEMBERS], dtype=np.int8)
    world.over_hamlets(
        fill_traits,
        world.hamlets.start,
        plan.households,
        plan.stratum,
        plan.forest,
        world.lasting_stream(Purpose.POPULATION_SKILL),
        world.lasting_stream(Purpose.POPULATION_FOREST),
        wage,
        forest_yield,
        PROFIT_OF_WAGE,
        WEALTH_MONTHS,
        households.id,
        households.own,
        residents,
        households.skill,
        households.own_business,
        households.wealth,
        households.forest,
        households.forest_yield,
    )
