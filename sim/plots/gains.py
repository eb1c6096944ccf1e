"""Who gains and who loses: changes of income by tenth, settlement and county."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.comparison import THRESHOLD
from sim.messages import text
from sim.plots.labels import place_name
from sim.plots.style import COLOURS, Entry, round_ticks, sheet, style
from sim.units import Language, axis_scale, format_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.comparison import Comparison, Gain
    from sim.comparison.gains import Grouping

INCOME_UNIT = "CNY/person/year"
GROUPINGS: dict[Grouping, str] = {
    "decile": "plots.by_decile",
    "settlement": "plots.by_settlement",
    "county": "plots.by_county",
}
STANDARD_ERRORS = 2.0
BAR, ROW = 0.75, 0.19
"""Thickness of a bar / distance of bars, and that distance in inches."""
LOOKS: dict[str, dict[str, Any]] = {
    "plots.better": {"facecolor": COLOURS[0], "edgecolor": "white", "linewidth": 0.5},
    "plots.worse": {"facecolor": COLOURS[1], "edgecolor": "white", "linewidth": 0.5, "hatch": "////"},
}


def draw_gains(comparison: Comparison, language: Language = "en", names: tuple[str, str] | None = None) -> Figure:
    """Return the change of income per person by group of households, and how many persons gain or lose.

    Left the mean change with two standard errors over seeds, CNY a person and year; right the part of the persons
    in households that gain, or (to the left of zero) lose, more than the threshold of `Comparison.gains`.

    Args:
        comparison: of two runs.
        language: of the labels.
        names: what the reader calls the two runs; their labels when None.

    Raises:
        ResultsError: the runs left no closing tables, or end in different months.
        PictureError: the Chinese font is not installed.
    """
    groups = {by: comparison.gains(by) for by in GROUPINGS}
    largest = max(abs(gain.change) for gains in groups.values() for gain in gains)
    with style(language):
        scale = axis_scale(largest, INCOME_UNIT, language)
        key = [Entry(text(key, language), Patch(**look)) for key, look in LOOKS.items()]
        first, second = names or comparison.names
        threshold = format_value(THRESHOLD, "CNY", language)
        note = text("plots.gains_note", language, first=first, second=second, threshold=threshold)
        heights = [ROW * len(gains) for gains in groups.values()]
        figure, axes = sheet(
            2 * len(groups), heights=heights, key=key, note=note, left=1.05, between=0.3, below=0.55, share_y="row"
        )
        for row, (by, gains) in enumerate(groups.items()):
            changes, shares = axes[2 * row], axes[2 * row + 1]
            _draw_changes(changes, gains, scale.divisor)
            _draw_shares(shares, gains)
            changes.set_title(text(GROUPINGS[by], language))
            labels = [_group_name(by, gain.group, language) for gain in gains]
            changes.set_yticks(np.arange(len(gains)), labels)
            changes.set_ylim(len(gains) - 0.5, -0.5)
            shares.tick_params(axis="y", labelleft=False)
            for axis in (changes, shares):
                _dress(axis)
        axes[-2].set_xlabel(scale.label)
        axes[-1].set_xlabel(text("plots.share_of_persons", language))
    return figure


def _dress(axis: Axes) -> None:
    """Turn an axis for bars that lie: lines to read by stand upright, groups need no tick."""
    axis.tick_params(axis="y", length=0)
    axis.yaxis.grid(visible=False)
    axis.xaxis.grid(visible=True)
    axis.xaxis.set_major_locator(round_ticks())
    axis.axvline(0.0, color="black", linewidth=0.7)


def _draw_changes(axis: Axes, gains: list[Gain], divisor: float) -> None:
    change = np.array([gain.change for gain in gains]) / divisor
    error = np.array([gain.standard_error for gain in gains]) / divisor
    y = np.arange(len(gains))
    for look, side in (("plots.better", change >= 0.0), ("plots.worse", change < 0.0)):
        axis.barh(y[side], change[side], BAR, **LOOKS[look])
    known = np.isfinite(error)
    whiskers: dict[str, Any] = {"fmt": "none", "ecolor": "black", "elinewidth": 0.9, "capsize": 2.0}
    axis.errorbar(change[known], y[known], xerr=STANDARD_ERRORS * error[known], **whiskers)


def _draw_shares(axis: Axes, gains: list[Gain]) -> None:
    y = np.arange(len(gains))
    axis.barh(y, [100.0 * gain.better for gain in gains], BAR, **LOOKS["plots.better"])
    axis.barh(y, [-100.0 * gain.worse for gain in gains], BAR, **LOOKS["plots.worse"])


def _group_name(by: str, group: str, language: Language) -> str:
    """Return the name of a group; a tenth is its number."""
    if by == "county":
        return place_name(group, language)
    return group if group.isdigit() else text(GROUP_NAMES[group], language)


GROUP_NAMES = {
    "founded_later": "plots.founded_later",
    "rural": "plots.settlement_rural",
    "town": "plots.settlement_town",
    "relocated": "plots.settlement_relocated",
}
