"""What the reforms cost the public, and what a unit of their outcomes costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.comparison.chance import student
from sim.comparison.costs import ALL, CostOfOutcome
from sim.comparison.words import programme_name
from sim.observables.indicators import INDICATORS, POSITION
from sim.places import CITY_INDEX
from sim.report.words import EFFECT_DIGITS, change, level, plus_minus, rounding_step, significant
from sim.units import Language

if TYPE_CHECKING:
    from sim.comparison import Comparison
    from sim.report.measures import Floats
    from sim.results import RunResult

DASH = "–"


@dataclass(frozen=True)
class CostRow:
    """Public cost of a reform over the whole run: mean and standard deviation over seeds, in words."""

    reform: str
    cost: str
    spread: str


@dataclass(frozen=True)
class UnitCostRow:
    """What a unit of an outcome cost, in words: reform, its cost, what was reached with it, cost of one unit."""

    reform: str
    cost: str
    outcome: str
    effect: str
    per_unit: str


def cost_rows(result: RunResult, language: Language) -> list[CostRow]:
    """Return the public cost of each reform of the scenario and, for several, of all together."""
    costs = public_costs(result, result.scenarios[0])
    on = result.manifest["scenario"]["policies"]
    by_reform = {name: costs[:, k] for k, name in enumerate(result.data.programmes) if name in on}
    rows = [_cost_row(programme_name(name, language), by_seed, language) for name, by_seed in by_reform.items()]
    return rows if len(rows) < 2 else [*rows, _cost_row(programme_name(ALL, language), costs.sum(axis=1), language)]


def public_costs(result: RunResult, scenario: str) -> Floats:
    """Return the city's public cost over the whole run, CNY, shape (seeds, programmes)."""
    costs: Floats = result.data.public_cost[result.data.position(scenario), ..., CITY_INDEX].sum(axis=1)
    return costs


def _cost_row(title: str, by_seed: Floats, language: Language) -> CostRow:
    spread = float(np.std(by_seed, ddof=1)) if len(by_seed) > 1 else math.nan
    return CostRow(title, level(float(by_seed.mean()), "CNY", language), plus_minus(spread, "CNY", language))


def unit_cost_rows(comparison: Comparison, reforms: Sequence[str], language: Language) -> list[UnitCostRow]:
    """Return what a unit of each outcome cost beyond the run it is compared with.

    Args:
        comparison: of the two runs.
        reforms: those by which they differ; the cost of others differs by chance alone.
        language: of the words.
    """
    return [_unit_cost_row(row, comparison, language) for row in comparison.costs() if row.programme in (*reforms, ALL)]


def _unit_cost_row(row: CostOfOutcome, comparison: Comparison, language: Language) -> UnitCostRow:
    reach = student(len(comparison.left.run.seeds)) * row.standard_error
    step = rounding_step(row.effect, reach)
    effect = change(round(row.effect / step) * step, row.effect_unit, language)
    return UnitCostRow(
        programme_name(row.programme, language),
        change(significant(row.cost), "CNY", language),
        INDICATORS[POSITION[row.indicator]].label(language),
        f"{effect} {plus_minus(row.standard_error, row.effect_unit, language)}".rstrip(),
        level(row.cost_per_unit, row.unit, language, EFFECT_DIGITS) if math.isfinite(row.cost_per_unit) else DASH,
    )
