"""One small picture for each county: an indicator of every run, or what the reforms changed in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from sim.messages import text
from sim.observables.indicators import INDICATORS, POSITION
from sim.places import COUNTIES
from sim.plots.labels import compared_runs, indicator_name, place_name, run_label
from sim.plots.observed import MONTHS_AVERAGED, Observed, trailing_sum
from sim.plots.style import Entry, draw_band, label_months, line_entry, line_look, sheet, style
from sim.plots.trajectories import run_entries, seeds_note
from sim.units import AxisScale, Language, axis_scale, change_axis_scale

if TYPE_CHECKING:
    from sim.results import RunResult
    from sim.world import Floats

DEFAULT_INDICATOR = "income_rural"
COLUMNS = 3


def draw_counties(result: RunResult, language: Language = "en", indicator: str = DEFAULT_INDICATOR) -> Figure:
    """Return an indicator of each county under every run; flows are means of three months.

    Args:
        result: what was simulated.
        language: of the labels.
        indicator: name of an indicator that counties have.

    Raises:
        ResultsError: there is no such indicator.
    """
    observed = Observed(result, compared_runs(result))
    values = {county: _smooth(observed, indicator, county) for county in COUNTIES}
    with style(language):
        scale = axis_scale(_largest(values), INDICATORS[POSITION[indicator]].unit, language)
        key = run_entries(result, observed.labels, language)
        note = _note(indicator_name(indicator, language), indicator, result, language)
        return _draw(values, observed.months, scale, key, note, language)


def draw_county_effects(result: RunResult, language: Language = "en", indicator: str = DEFAULT_INDICATOR) -> Figure:
    """Return the scenario less each counterfactual by county, seed by seed; flows are means of three months.

    Arguments and errors as in `draw_counties`.
    """
    observed = Observed(result, compared_runs(result))
    runs = {county: _smooth(observed, indicator, county) for county in COUNTIES}
    values = {county: curves[:1] - curves[1:] for county, curves in runs.items()}
    with style(language):
        scale = change_axis_scale(_largest(values), INDICATORS[POSITION[indicator]].unit, language)
        others = [run_label(result, label, language) for label in observed.labels[1:]]
        key = [
            line_entry(text("plots.against", language, other=other), **line_look(k)) for k, other in enumerate(others)
        ]
        title = text("plots.change_of", language, what=indicator_name(indicator, language))
        return _draw(values, observed.months, scale, key, _note(title, indicator, result, language), language)


def _largest(values: Mapping[str, Floats]) -> float:
    return max(float(np.abs(curves[np.isfinite(curves)]).max(initial=0.0)) for curves in values.values())


def _smooth(observed: Observed, indicator: str, county: str) -> Floats:
    """Return a stock as it is and a flow as the mean of the last three months, NaN before; (runs, seeds, rows)."""
    values = observed.of(indicator, county)
    if INDICATORS[POSITION[indicator]].kind == "stock":
        return values
    smooth = np.full(values.shape, np.nan)
    sums = trailing_sum(values[..., 1:], MONTHS_AVERAGED)
    smooth[..., values.shape[-1] - sums.shape[-1] :] = sums / MONTHS_AVERAGED
    return smooth


def _note(title: str, indicator: str, result: RunResult, language: Language) -> str:
    key = "plots.flow_note" if INDICATORS[POSITION[indicator]].kind == "flow" else "plots.stock_note"
    return text(key, language, what=title, lines=seeds_note(result, language))


def _draw(
    values: Mapping[str, Floats], months: Floats, scale: AxisScale, key: list[Entry], note: str, language: Language
) -> Figure:
    figure, axes = sheet(len(COUNTIES), columns=COLUMNS, heights=1.4, key=key, note=note, between=0.5, share_y="all")
    for position, (axis, (county, curves)) in enumerate(zip(axes, values.items(), strict=True)):
        for k, by_seed in enumerate(curves / scale.divisor):
            draw_band(axis, months, by_seed, k)
        axis.set_title(place_name(county, language))
        if position % COLUMNS == 0:
            axis.set_ylabel(scale.label)
        label_months(axis, int(months[0]), int(months[-1]), ticks=3)
    return figure
