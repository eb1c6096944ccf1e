"""The picture of a study: total and first-order indices with their intervals, one panel an outcome."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.plots.style import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from calibration.sensitivity.results import OutputResult, StudyResult

COLUMNS = 3
PANEL_WIDTH, BAR_HEIGHT, HEAD = 3.4, 0.24, 0.75
"""Inches."""


def draw_indices(result: StudyResult) -> Figure:
    """Return bars of the total index of every factor, the first-order index beside it, both with 95 % intervals."""
    outputs = [output for output in result.outputs if output.indices is not None]
    factors = list(result.study.factors)
    rows = max(1, math.ceil(len(outputs) / COLUMNS))
    figure = Figure(figsize=(2.2 + COLUMNS * PANEL_WIDTH, rows * (HEAD + BAR_HEIGHT * len(factors)) + 0.8))
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False)
    for axis, output in zip(axes.flat, outputs, strict=False):
        _draw_panel(axis, output, factors)
    for axis in axes.flat[len(outputs) :]:
        axis.set_visible(False)
    if outputs:
        handles, labels = axes.flat[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="lower center", ncols=2, frameon=False, fontsize=9)
    height = figure.get_figheight()
    figure.subplots_adjust(left=0.22, right=0.98, top=1 - 0.35 / height, bottom=0.75 / height, hspace=0.45, wspace=0.08)
    return figure


def _draw_panel(axis: Axes, output: OutputResult, factors: list[str]) -> None:
    found = output.indices
    assert found is not None
    places = np.arange(len(factors))
    axis.barh(places - 0.2, found.total, 0.38, color=COLOURS[0], label="total index, 95 % interval")
    axis.barh(places + 0.2, found.first, 0.38, color=COLOURS[4], label="first-order index, 95 % interval")
    look: dict[str, Any] = {"fmt": "none", "ecolor": "black", "elinewidth": 0.9, "capsize": 2}
    axis.errorbar(found.total, places - 0.2, xerr=found.total_error, **look)
    axis.errorbar(found.first, places + 0.2, xerr=found.first_error, **look)
    axis.set_yticks(places, factors, fontsize=8)
    axis.set_xlim(-0.15, 1.3)
    axis.axvline(0.0, color="black", linewidth=0.8)
    axis.invert_yaxis()
    axis.set_title(output.name, fontsize=9, loc="left")
    axis.tick_params(axis="x", labelsize=8)
    axis.spines[["top", "right"]].set_visible(False)
