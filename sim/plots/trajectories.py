"""Outcomes month by month: the scenario and its counterfactuals, with the documented value marked where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from sim.evidence import Fact, load_evidence
from sim.messages import text
from sim.observation import END_2023, START, YEAR_2024
from sim.places import CITY
from sim.plots.labels import compared_runs, place_name, run_label
from sim.plots.observed import Observed, yearly_growth
from sim.plots.style import DOCUMENTED, Entry, draw_band, label_months, line_entry, line_look, sheet, style
from sim.units import Language, axis_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.results import RunResult
    from sim.world import Floats

QUJIANG = "qujiang"


@dataclass(frozen=True)
class Panel:
    """One small picture: a curve and the fact it is held against.

    Attributes:
        title: key of a message.
        place, unit: of the curve.
        fact: id of the documented figure.
        curve: from the series of a place to the curve, shape (runs, seeds, rows), in `unit`; NaN where it does
            not exist.
        mark: height of the documented figure in `unit`, given the scenario's mean curve, the start first.
        at_end: whether the figure is reached at the end of its months, not a mean over them.
    """

    title: str
    place: str
    unit: str
    fact: str
    curve: Callable[[Observed, str], Floats]
    mark: Callable[[Fact, Floats], float]
    at_end: bool


def _as_stated(fact: Fact, _mean: Floats) -> float:
    return fact.number


def _as_percent(fact: Fact, _mean: Floats) -> float:
    return 100.0 * fact.number


def _gain_on_start(fact: Fact, mean: Floats) -> float:
    return float(mean[0]) + fact.number / 100.0


def _stock(indicator: str) -> Callable[[Observed, str], Floats]:
    return lambda observed, place: observed.of(indicator, place)


def _gdp_growth(observed: Observed, place: str) -> Floats:
    return yearly_growth(observed.of("gdp", place), observed.output_2022(place))


def _industry_growth(observed: Observed, place: str) -> Floats:
    return yearly_growth(observed.of("value_added_above", place), observed.above_size_2022(place))


def _rural_income_growth(observed: Observed, place: str) -> Floats:
    return yearly_growth(observed.of("income_rural", place))


def _certified_since_2023(observed: Observed, place: str) -> Floats:
    return _since(observed.of("talents_self_certified", place), END_2023)


def _landed_in_2024(observed: Observed, place: str) -> Floats:
    return _since(np.cumsum(observed.of("projects_landed", place), axis=-1), YEAR_2024[0] - 1)


def _since(stock: Floats, month: int) -> Floats:
    """Return what a stock gained since the end of a month, NaN before."""
    row = month - START
    gained = np.full(stock.shape, np.nan)
    gained[..., row:] = stock[..., row:] - stock[..., row : row + 1]
    return gained


def _platform_phd_ratio(observed: Observed, place: str) -> Floats:
    before = observed.of("phds_before", place)
    ratio = np.full(before.shape, np.nan)
    np.divide(observed.of("platform_phds", place), before, out=ratio, where=before > 0.0)
    return ratio


HEADLINES = (
    Panel(
        "plots.urbanisation", QUJIANG, "ratio", "urbanisation_gain", _stock("urbanisation"), _gain_on_start, at_end=True
    ),
    Panel("plots.gdp_growth", QUJIANG, "percent", "gdp_growth", _gdp_growth, _as_percent, at_end=False),
    Panel(
        "plots.industry_growth",
        QUJIANG,
        "percent",
        "industrial_value_added_growth",
        _industry_growth,
        _as_percent,
        at_end=False,
    ),
    Panel(
        "plots.rural_income_growth",
        QUJIANG,
        "percent",
        "rural_income_growth",
        _rural_income_growth,
        _as_percent,
        at_end=False,
    ),
    Panel(
        "plots.forest_let_share",
        CITY,
        "ratio",
        "forest_transfer_rate",
        _stock("forest_transfer_share"),
        _as_stated,
        at_end=True,
    ),
    Panel(
        "plots.relocated", QUJIANG, "persons", "relocated_persons", _stock("relocated_persons"), _as_stated, at_end=True
    ),
)
"""What most readers ask for first."""

REFORM_OUTCOMES = (
    Panel(
        "plots.relocated_hamlets",
        QUJIANG,
        "hamlets",
        "relocated_hamlets",
        _stock("relocated_hamlets"),
        _as_stated,
        at_end=True,
    ),
    Panel(
        "plots.forest_operators",
        CITY,
        "operators",
        "forestry_new_operators",
        _stock("forest_operators"),
        _as_stated,
        at_end=True,
    ),
    Panel(
        "plots.brand_premium",
        CITY,
        "ratio",
        "brand_price_premium",
        _stock("brand_premium"),
        _as_stated,
        at_end=False,
    ),
    Panel("plots.phd_ratio", CITY, "ratio", "platform_phd_ratio", _platform_phd_ratio, _as_stated, at_end=True),
    Panel(
        "plots.talents_certified",
        CITY,
        "persons",
        "talent_self_certified",
        _certified_since_2023,
        _as_stated,
        at_end=True,
    ),
    Panel("plots.projects_landed", QUJIANG, "projects", "projects_landed", _landed_in_2024, _as_stated, at_end=True),
)
"""What single reforms report; drawn for the reforms of the scenario."""


def draw_trajectories(result: RunResult, language: Language = "en") -> Figure:
    """Return the headline outcomes of every run: mean and range over seeds, documented values."""
    return _draw(result, HEADLINES, language)


def draw_reform_outcomes(result: RunResult, language: Language = "en") -> Figure:
    """Return the outcomes that the scenario's reforms report, drawn as `draw_trajectories` does."""
    return _draw(result, reform_panels(result), language)


def reform_panels(result: RunResult) -> tuple[Panel, ...]:
    """Return the panels of reforms that the scenario runs and whose months it covers."""
    evidence, last = load_evidence(), result.data.rows - 1 + START
    return tuple(
        panel
        for panel in REFORM_OUTCOMES
        for fact in (evidence.fact(panel.fact),)
        if fact.programme in result.data.programmes and fact.months[1] <= last
    )


def _draw(result: RunResult, panels: tuple[Panel, ...], language: Language) -> Figure:
    evidence, observed = load_evidence(), Observed(result, compared_runs(result))
    with style(language):
        documented = line_entry(text("plots.documented", language), **(DOCUMENTED | {"linestyle": "-"}))
        key = [*run_entries(result, observed.labels, language), documented]
        figure, axes = sheet(len(panels), key=key, note=seeds_note(result, language))
        for panel, axis in zip(panels, axes, strict=True):
            _draw_panel(axis, panel, observed, evidence.fact(panel.fact), language)
    return figure


def run_entries(result: RunResult, labels: tuple[str, ...], language: Language) -> list[Entry]:
    """Return an entry of a key for each run, in the look of its line."""
    return [line_entry(run_label(result, label, language), **line_look(k)) for k, label in enumerate(labels)]


def seeds_note(result: RunResult, language: Language) -> str:
    """Return what lines and bands show."""
    seeds = len(result.seeds)
    return text("plots.seeds", language, seeds=seeds) if seeds > 1 else text("plots.one_seed", language)


def _draw_panel(axis: Axes, panel: Panel, observed: Observed, fact: Fact, language: Language) -> None:
    curves = panel.curve(observed, panel.place)
    height = panel.mark(fact, curves[0].mean(axis=0))
    is_covered = fact.months[1] <= observed.months[-1]
    largest = max(float(np.abs(curves[np.isfinite(curves)]).max(initial=0.0)), abs(height) if is_covered else 0.0)
    scale = axis_scale(largest, panel.unit, language)
    for k, by_seed in enumerate(curves / scale.divisor):
        draw_band(axis, observed.months, by_seed, k)
    if is_covered:
        months = fact.months[1:] if panel.at_end else fact.months
        axis.plot(months, [height / scale.divisor] * len(months), **DOCUMENTED, zorder=4)
    place = place_name(panel.place, language)
    axis.set_title(text("plots.at_place", language, what=text(panel.title, language), place=place))
    axis.set_ylabel(scale.label)
    label_months(axis, int(observed.months[0]), int(observed.months[-1]))
