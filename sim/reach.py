"""What a setting of a reform reaches: the levers it moves, found by moving it, and the mechanisms that read them.

Nothing is declared twice: a reform is run on an empty lever board with the setting at its default and at other
allowed values, and what differs is what the setting writes. Which mechanism reads a lever is what the mechanism
declares; a test compares that with what it asks the board for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from sim.calendar import MONTHS_PER_YEAR, month_label, parse_month
from sim.levers import LEVERS, Lever, LeverBoard
from sim.places import COUNTIES
from sim.policies.base import Policy, Timing
from sim.registry import MECHANISMS

WATCHED_MONTHS = 5 * MONTHS_PER_YEAR
"""Months in which a reform is watched: every reform has begun and every documented year has passed."""


@dataclass(frozen=True)
class Reach:
    """What a setting does.

    Attributes:
        levers: the levers it moves, in the order of `LEVERS`.
        cost: whether it changes what the reform spends on itself each month.
        stops: whether the model reads it to stop the reform when its money is gone.
    """

    levers: tuple[Lever, ...]
    cost: bool
    stops: bool = False


def readers(lever: Lever) -> tuple[str, ...]:
    """Return the names of the mechanisms that read a lever, in the order of a month."""
    return tuple(mechanism.name for mechanism in MECHANISMS if lever in mechanism.levers)


def reach(kind: type[Policy[Any]], name: str) -> Reach:
    """Return what a setting of a reform moves within the first five years; a budget moves no lever but stops all.

    Args:
        kind: the reform.
        name: the setting.
    """
    if name == "budget":
        return Reach((), cost=False, stops=True)
    levers, costs = _trace(kind(kind.Settings()))
    moved, spends = np.zeros(len(LEVERS), dtype=bool), False
    for settings in _elsewhere(kind, name):
        other_levers, other_costs = _trace(kind(settings))
        moved |= (levers != other_levers).any(axis=(0, 2))
        spends = spends or bool((costs != other_costs).any())
    return Reach(tuple(lever for lever, is_moved in zip(LEVERS, moved, strict=True) if is_moved), spends)


def _trace(policy: Policy[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return lever values, shape (months, levers, counties), and running costs in CNY, shape (months, counties)."""
    board = LeverBoard([policy.name])
    values = np.empty((WATCHED_MONTHS, len(LEVERS), len(COUNTIES)))
    costs = np.empty((WATCHED_MONTHS, len(COUNTIES)))
    for month in range(WATCHED_MONTHS):
        board.reset()
        policy.apply(board, month)
        values[month] = [board.effective(lever) for lever in LEVERS]
        costs[month] = policy.running_cost(month)
    return values, costs


def _elsewhere(kind: type[Policy[Any]], name: str) -> Iterator[Timing]:
    """Yield the documented settings with one of them at other values its bounds allow."""
    documented = kind.Settings().model_dump()
    for value in _other_values(kind.Settings.model_fields[name], documented):
        try:
            yield kind.Settings.model_validate({**documented, name: value})
        except ValidationError:
            continue


def _other_values(field: FieldInfo, documented: dict[str, Any]) -> tuple[Any, ...]:
    """Return values to try in place of a setting's default; those that are not allowed are sorted out later."""
    default = field.default
    unit = field.json_schema_extra["unit"] if isinstance(field.json_schema_extra, dict) else ""
    if unit == "month":
        later = parse_month(documented["start"]) + 2
        return (month_label(later), month_label(later + MONTHS_PER_YEAR))
    if isinstance(default, tuple):
        return (default[:1], *(((word,) for word in COUNTIES) if unit == "places" else ()))
    if isinstance(default, bool) or not isinstance(default, int | float):
        return (not default,) if isinstance(default, bool) else (1.0,)
    low = next((rule.ge for rule in field.metadata if hasattr(rule, "ge")), default)
    high = next((rule.le for rule in field.metadata if hasattr(rule, "le")), default)
    return (low, high, 2 * default, default + 1, type(default)((low + default) / 2))


BURN_IN = ("production", "projects", "entry_exit")
"""The mechanisms whose parameters also shape the economy of 2020-22, from which the starting world comes."""


def parameter_readers(mechanism: str) -> tuple[str, ...]:
    """Return who reads a mechanism's parameters: itself, its own starting state, the burn-in of 2020-22."""
    found = next(each for each in MECHANISMS if each.name == mechanism)
    start = (f"the starting state of {mechanism}",) if found.start is not None else ()
    return (mechanism, *start, *(("the burn-in of 2020-22",) if mechanism in BURN_IN else ()))
