"""Who waits, and for whose money: queues of the reforms, and public cost against the budgets that bound it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from sim.comparison.words import programme_name
from sim.messages import text
from sim.observables.indicators import INDICATORS, POSITION
from sim.places import CITY
from sim.plots.labels import compared_runs, place_name
from sim.plots.observed import Observed
from sim.plots.style import GREY, draw_band, label_months, line_entry, sheet, style
from sim.plots.trajectories import run_entries, seeds_note
from sim.units import Language, axis_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.results import RunResult
    from sim.world import Floats

QUEUES = {
    "relocation_queue": "plots.relocation_queue",
    "forest_block_queue": "plots.forest_block_queue",
    "projects_waiting": "plots.projects_waiting",
}
"""Indicators that count what waits, and the messages that name them."""
BUDGET: dict[str, Any] = {"color": GREY, "linestyle": (0, (6, 2)), "linewidth": 1.2}


@dataclass(frozen=True, eq=False)
class Waiting:
    """One small picture: curves in `unit`, shape (runs, seeds, rows), under a limit (NaN for none)."""

    title: str
    unit: str
    curves: Floats
    limit: float


def waiting(result: RunResult, language: Language = "en") -> list[Waiting]:
    """Return the queues of the city in which anybody waited, and the cumulated cost of each reform with a budget."""
    observed = Observed(result, compared_runs(result))
    city = place_name(CITY, language)
    shown = []
    for indicator, key in QUEUES.items():
        curves = observed.of(indicator, CITY)
        if curves.any():
            title = text("plots.at_place", language, what=text(key, language), place=city)
            shown.append(Waiting(title, INDICATORS[POSITION[indicator]].unit, curves, float("nan")))
    for programme, budget in _budgets(result).items():
        title = text("plots.spent", language, reform=programme_name(programme, language))
        shown.append(Waiting(title, "CNY", np.cumsum(observed.cost(programme, CITY), axis=-1), budget))
    return shown


def _budgets(result: RunResult) -> dict[str, float]:
    """Return the budget (CNY) of each reform of the scenario that has one."""
    policies = result.manifest.get("scenario", {}).get("policies", {})
    return {name: settings["budget"] for name, settings in policies.items() if settings.get("budget") is not None}


def draw_queues(result: RunResult, language: Language = "en") -> Figure:
    """Return the queues, and cumulated cost against budgets; raises ValueError where there is nothing to show."""
    shown = waiting(result, language)
    labels = compared_runs(result)
    with style(language):
        key = run_entries(result, labels, language)
        if any(np.isfinite(panel.limit) for panel in shown):
            key.append(line_entry(text("plots.budget", language), **BUDGET))
        figure, axes = sheet(len(shown), key=key, note=seeds_note(result, language))
        months = Observed(result, labels).months
        for axis, panel in zip(axes, shown, strict=True):
            _draw_panel(axis, panel, months, language)
    return figure


def _draw_panel(axis: Axes, panel: Waiting, months: Floats, language: Language) -> None:
    largest = float(np.nanmax([panel.curves.max(), panel.limit]))
    scale = axis_scale(largest, panel.unit, language)
    for k, by_seed in enumerate(panel.curves / scale.divisor):
        draw_band(axis, months, by_seed, k)
    if np.isfinite(panel.limit):
        axis.axhline(panel.limit / scale.divisor, **BUDGET)
    axis.set_title(panel.title)
    axis.set_ylabel(scale.label)
    axis.set_ylim(0.0, 1.06 * largest / scale.divisor)
    label_months(axis, int(months[0]), int(months[-1]))
