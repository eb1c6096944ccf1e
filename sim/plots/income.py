"""What income is made of: its parts stacked, by year, with and without the reforms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.calendar import MONTHS_PER_YEAR, START_YEAR
from sim.messages import text
from sim.observables.indicators import INCOME_PARTS, ZONES
from sim.places import CITY
from sim.plots.labels import compared_runs, run_label
from sim.plots.observed import Observed
from sim.plots.style import NOTE_SIZE, Entry, bar_look, sheet, style
from sim.units import Language, axis_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.results import RunResult
    from sim.world import Floats

INCOME_UNIT = "CNY/person/year"
ZONE_TITLES = {"rural": "plots.income_rural", "urban": "plots.income_urban"}
MOST_YEARS = 4
"""Years shown; of a longer run the first, the last and some between."""
SCENARIO, OTHER = "A", "B"
"""Letters below the bars that stand for the two runs."""


@dataclass(frozen=True)
class IncomeBars:
    """Income of a zone by part, year and run, CNY a person and year, mean over seeds.

    Attributes:
        years: calendar years shown.
        parts: shape (parts, years, runs), the parts in the order of `INCOME_PARTS`.
    """

    years: tuple[int, ...]
    parts: Floats


def income_bars(result: RunResult, zone: str) -> IncomeBars:
    """Return the bars of a zone (``rural`` or ``urban``) for the scenario and its first counterfactual, if any."""
    observed = Observed(result, compared_runs(result)[:2])
    full = (len(observed.months) - 1) // MONTHS_PER_YEAR
    chosen = np.unique(np.linspace(0, full - 1, min(full, MOST_YEARS)).round().astype(int))
    parts = []
    for part in INCOME_PARTS:
        monthly = observed.of(f"{part}_income_{zone}", CITY)[..., 1 : 1 + full * MONTHS_PER_YEAR].mean(axis=1)
        yearly = monthly.reshape(len(observed.labels), full, MONTHS_PER_YEAR).sum(axis=-1)
        parts.append(yearly[:, chosen].T)
    return IncomeBars(tuple(START_YEAR + int(year) for year in chosen), np.array(parts))


def has_whole_year(result: RunResult) -> bool:
    """Return whether the run covers a calendar year."""
    return result.data.rows - 1 >= MONTHS_PER_YEAR


def draw_income_parts(result: RunResult, language: Language = "en") -> Figure:
    """Return income per resident by its parts, stacked by year, rural and urban, with and without the reforms."""
    runs = compared_runs(result)[:2]
    bars = {zone: income_bars(result, zone) for zone in ZONES}
    largest = max(float(zone.parts.clip(min=0.0).sum(axis=0).max()) for zone in bars.values())
    with style(language):
        scale = axis_scale(largest, INCOME_UNIT, language)
        which = 0 if language == "en" else 1
        names = [words[which] for words in INCOME_PARTS.values()]
        key = [Entry(name, Patch(**bar_look(k))) for k, name in enumerate(names)]
        figure, axes = sheet(
            2, heights=2.5, key=key, note=_runs_note(result, runs, language), share_y="all", between=0.3
        )
        for axis, zone in zip(axes, ZONES, strict=True):
            _stack(axis, bars[zone], scale.divisor)
            axis.set_title(text(ZONE_TITLES[zone], language))
        axes[0].set_ylabel(scale.label)
        axes[0].set_ylim(0.0, 1.1 * largest / scale.divisor)
    return figure


def _runs_note(result: RunResult, runs: tuple[str, ...], language: Language) -> str:
    names = [run_label(result, run, language) for run in runs]
    if len(names) == 1:
        return names[0]
    return text("plots.runs_note", language, scenario=names[0], other=names[1], a=SCENARIO, b=OTHER)


def _stack(axis: Axes, bars: IncomeBars, divisor: float) -> None:
    """Draw a stack for each year and run, its total above it, to ten yuan where the axis is scaled."""
    runs = bars.parts.shape[2]
    width = 0.8 / runs
    years = np.arange(len(bars.years))
    decimals = max(0, round(math.log10(divisor)) - 1)
    ticks: list[float] = []
    labels: list[str] = []
    for run in range(runs):
        x = years + (run - (runs - 1) / 2.0) * width
        bottom = np.zeros(len(years))
        for k, part in enumerate(bars.parts[:, :, run] / divisor):
            axis.bar(x, part, 0.92 * width, bottom, **bar_look(k))
            bottom = bottom + part
        for position, total in zip(x, bottom, strict=True):
            axis.annotate(
                f"{total:.{decimals}f}", (position, total), xytext=(0, 2), textcoords="offset points", ha="center",
                size=NOTE_SIZE - 1.0,
            )  # fmt: skip
        ticks.extend(x)
        letter = "" if runs == 1 else f"{(SCENARIO, OTHER)[run]}\n"
        labels.extend(f"{letter}{year}" for year in bars.years)
    axis.set_xticks(ticks, labels)
    axis.tick_params(axis="x", length=0)
