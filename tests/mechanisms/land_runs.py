"""Run land-and-homes mechanisms in tests: a lever board of one programme, and months in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.accounting import Ledger
from sim.levers import Lever, LeverBoard
from sim.mechanisms import forest_transfer
from sim.mechanisms.base import Mechanism
from sim.mechanisms.forest_rules import ForestParameters
from sim.world import World
from tests.mechanisms.land_worlds import land_world

PROGRAMME = "programme"
NEUTRAL = LeverBoard(())


def board(values: Mapping[Lever, float], budget: float | None = None) -> LeverBoard:
    """Return levers to which one programme contributes `values` in all counties."""
    levers = LeverBoard([PROGRAMME])
    if budget is not None:
        levers.grant(PROGRAMME, budget)
    for lever, value in values.items():
        levers.write(lever, PROGRAMME, value, np.ones(6, dtype=np.bool_))
    return levers


def run(
    world: World,
    mechanisms: Sequence[Mechanism],
    levers: LeverBoard,
    months: int,
    changes: Mapping[str, Mapping[str, float]] | None = None,
    start: bool = True,
) -> Ledger:
    """Start and step mechanisms for some months with constant levers; return the ledger."""
    ledger = Ledger(levers.programmes)
    parameters: dict[str, Any] = {m.name: m.parameters().replaced((changes or {}).get(m.name, {})) for m in mechanisms}
    for mechanism in mechanisms:
        if start and mechanism.start is not None:
            mechanism.start(world, parameters[mechanism.name])
    for _ in range(months):
        ledger.open_month()
        for mechanism in mechanisms:
            mechanism.step(world, parameters[mechanism.name], levers, ledger)
        world.month += 1
    return ledger


def let_share(world: World) -> float:
    """Return the let share of transferable land."""
    return float(world.counties.forest_let.sum() / world.counties.forest_total.sum())


def started(changes: Mapping[str, float] | None = None, hamlets: int = 300, seed: int = 1) -> World:
    """Return a world whose forest leases of January 2023 are drawn."""
    world = land_world(seed, hamlets=hamlets)
    forest_transfer.start(world, ForestParameters().replaced(changes or {}))
    return world


def forest_after(
    months: int,
    levers: LeverBoard = NEUTRAL,
    changes: Mapping[str, float] | None = None,
    demand: float = 1.5,
    hamlets: int = 300,
    seed: int = 1,
) -> World:
    """Run forest transfer alone, with operators that want `demand` times the land let at the start."""
    world = started(changes, hamlets, seed)
    world.counties.forest_demand[:] = demand * world.base.forest_let
    run(world, [forest_transfer.MECHANISM], levers, months, {"forest_transfer": changes or {}}, start=False)
    return world
