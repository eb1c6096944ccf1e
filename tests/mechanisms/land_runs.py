"""Run land-and-homes mechanisms in tests: a lever board of one programme, and months in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.accounting import Ledger
from sim.levers import Lever, LeverBoard
from sim.mechanisms.base import Mechanism
from sim.world import World

PROGRAMME = "programme"


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
    parameters: dict[str, Any] = {
        m.name: m.parameters().replaced((changes or {}).get(m.name, {})) for m in mechanisms
    }
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
