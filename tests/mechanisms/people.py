"""Steps of the people mechanisms on a small world, for their tests."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from sim.accounting import Ledger
from sim.identities import household_weights, persons
from sim.levers import LeverBoard
from sim.mechanisms import demography, income, labour, migration
from sim.world import World
from tests.worlds import small_world

MODULES: tuple[ModuleType, ...] = (labour, migration, income, demography)


def people_world(seed: int = 1, households: int = 30) -> World:
    """Return a small world with educated members, own businesses and village dividends."""
    world = small_world(seed, villages_per_county=3, hamlets_per_village=4, households=households)
    rng, table = np.random.default_rng(seed), world.households
    adults = persons(world, ("young_men", "young_women", "mid_men", "mid_women", "late", "old"))
    table.tertiary[:] = rng.binomial(adults.astype(int), 0.25)
    table.local_skilled[:] = np.minimum(table.tertiary, table.local)
    table.local[:] -= table.local_skilled
    table.own[:] = (table.own_business > 0) & (table.old > 0)
    table.infants[:] *= table.id != 0
    world.villages.dividends[:] = rng.uniform(0.0, 500.0, len(world.villages))
    return world


def default(module: ModuleType, **changes: float) -> Any:
    """Return a mechanism's parameters, some of them changed."""
    return module.MECHANISM.parameters().replaced(changes)


def begin(world: World, module: ModuleType, **changes: float) -> Any:
    """Start one mechanism; return its parameters."""
    parameters = default(module, **changes)
    module.start(world, parameters)
    return parameters


def run(world: World, module: ModuleType, parameters: Any, months: int = 1) -> Ledger:
    """Step one mechanism some months with neutral levers; return the last month's ledger."""
    levers, ledger = LeverBoard([]), Ledger([])
    for _ in range(months):
        ledger.open_month()
        module.step(world, parameters, levers, ledger)
        world.month += 1
    return ledger


def total(world: World, *columns: str) -> float:
    """Return a weighted sum of member columns."""
    return float(household_weights(world) @ persons(world, columns))
