"""The table of a sweep for the terminal: one row a point, one column an outcome that the sweep moves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.table import Table
from rich.text import Text

from sim.cli.tables import HEADLINES, number, plain_table, short_unit
from sim.comparison.chance import CONFIDENCE, is_clear
from sim.observables.indicators import INDICATORS, POSITION
from sim.places import CITY_INDEX, NAMES
from sim.results import RunResult
from sim.results.records import Floats

COLUMN = 14
"""Characters of an outcome's column; as many outcomes are shown as the terminal is wide."""


@dataclass(frozen=True)
class Swept:
    """An outcome at the points of a sweep.

    Attributes:
        head: what stands above the column.
        unit: a unit of `sim.units`.
        by_seed: its value in the last month, shape (points, seeds).
    """

    head: str
    unit: str
    by_seed: Floats

    @property
    def has_spread(self) -> bool:
        """Say whether there are several seeds: one tells nothing of chance."""
        return len(self.by_seed[0]) > 1

    def differs(self, row: int) -> bool:
        """Say whether a point differs from the first one by more than chance; with one seed, whether it differs."""
        difference = self.by_seed[row] - self.by_seed[0]
        return is_clear(difference) if self.has_spread else bool(np.any(difference))

    @property
    def is_moved(self) -> bool:
        """Say whether any point differs from the first one, see `differs`."""
        return any(map(self.differs, range(len(self.by_seed))))

    @property
    def change(self) -> float:
        """Return the largest change against the first point, relative to its value there."""
        means = self.by_seed.mean(axis=1)
        largest = float(np.abs(means - means[0]).max())
        return largest / abs(float(means[0])) if means[0] else math.inf


def sweep_table(result: RunResult, width: int) -> list[Table | Text]:
    """Return the outcomes that a sweep moves, by point; nothing when the scenario sweeps nothing.

    Args:
        result: of a scenario with or without a sweep.
        width: characters of the terminal.
    """
    points: Sequence[Mapping[str, Any]] = result.manifest["scenario"]["sweep"]
    if not points:
        return []
    moved = [each for each in _outcomes(result, [point["label"] for point in points]) if each.is_moved]
    title = f"\nThe sweep: {len(points)} points, outcomes in {result.manifest['last_month']}"
    if not moved:
        beyond = " by more than chance" if len(result.seeds) > 1 else ""
        return [Text(f"{title}\nNo main outcome differs between the points{beyond}.")]
    settings = list(points[0]["values"])
    room = max(1, (width - sum(len(name) + 1 for name in settings)) // COLUMN)
    shown = [each for each in moved if each in sorted(moved, key=lambda each: -each.change)[:room]]
    heads = [f"{each.head} ({short_unit(each.unit)})" for each in shown]
    table = plain_table(title, *settings, *heads, numbers=(*settings, *heads), whole=settings)
    for column in table.columns[len(settings) :]:
        column.max_width = COLUMN
    for row, point in enumerate(points):
        values = ["none" if value is None else _plain(value) for value in point["values"].values()]
        table.add_row(*values, *(_cell(each, row) for each in shown))
    hidden = len(moved) - len(shown)
    more = f"; {hidden} more outcomes change: a wider terminal shows them" if hidden else ""
    return [table, Text(f"{_chance(len(result.seeds))}{more}", "dim")]


def _chance(seeds: int) -> str:
    """Return what the table tells of chance."""
    if seeds == 1:
        return "one seed: nobody can say how much of a difference is chance"
    return f"≈ cannot be told apart from the first row ({CONFIDENCE:.0%} interval of the difference over {seeds} seeds)"


def _outcomes(result: RunResult, labels: Sequence[str]) -> list[Swept]:
    rows = [result.scenarios.index(label) for label in labels]
    costs = result.data.public_cost[rows][..., CITY_INDEX].sum(axis=(2, 3))
    outcomes = [Swept("public cost of all reforms", "CNY", costs)]
    for indicator, place in HEADLINES:
        by_seed = np.array([result.values(indicator, place, label)[:, -1] for label in labels])
        head = f"{indicator.replace('_', ' ')}, {NAMES[place]['en']}"
        outcomes.append(Swept(head, INDICATORS[POSITION[indicator]].unit, by_seed))
    return outcomes


def _plain(value: Any) -> str:
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def _cell(outcome: Swept, row: int) -> str:
    mean = number(float(outcome.by_seed[row].mean()), outcome.unit)
    near = row > 0 and outcome.has_spread and not outcome.differs(row)
    return f"≈ {mean}" if near else mean
