"""What a mechanism is: one process of the model with its parameters, the levers it reads, and its monthly step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sim.accounting import Ledger
from sim.levers import Lever, LeverBoard
from sim.parameters import ParameterSet
from sim.world import World

type Step = Callable[[World, Any, LeverBoard, Ledger], None]
"""step(world, parameters, levers, ledger): move the world by one month; `world.month` says which."""


class Phase(StrEnum):
    """The phases of a month, in order."""

    INFORMATION = "information"
    ENTERPRISES = "enterprises"
    LABOUR = "labour"
    LAND_AND_HOMES = "land and homes"
    HOUSEHOLD_ACCOUNTS = "household accounts"
    VILLAGE_ACCOUNTS = "village accounts"
    DEMOGRAPHY = "demography"


@dataclass(frozen=True)
class Mechanism:
    """One process of the model.

    Attributes:
        name: unique; the first part of its parameters' flat names.
        phase: when in the month it runs; inside a phase the registry's order counts.
        meaning: what it does, in one sentence.
        parameters: its parameter set.
        levers: the levers it reads.
        step: moves the world by one month.
        start: optional; completes the starting state (called once, before month 0 is recorded).
    """

    name: str
    phase: Phase
    meaning: str
    parameters: type[ParameterSet]
    levers: tuple[Lever, ...]
    step: Step
    start: Callable[[World, Any], None] | None = None
