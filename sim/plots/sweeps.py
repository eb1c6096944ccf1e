"""Outcomes against the setting that a scenario sweeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from sim.calendar import MONTHS_PER_YEAR
from sim.messages import text
from sim.places import CITY
from sim.plots.labels import place_name, run_label, swept_name
from sim.plots.observed import Observed
from sim.plots.style import line_entry, line_look, sheet, style
from sim.registry import default_parameters, installed_policies
from sim.results.manifest import Point, sweep_points
from sim.units import Language, axis_scale, change_axis_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.results import RunResult
    from sim.world import Floats


LEAST_VARIATION = 0.01


@dataclass(frozen=True)
class SweptOutcome:
    """An outcome of a whole run.

    Attributes:
        title: key of a message.
        unit: of the value.
        indicator: whose series it is made of.
        value: from that series, shape (runs, seeds, rows), to one number a run and seed, shape (runs, seeds).
    """

    title: str
    unit: str
    indicator: str
    value: Callable[[Floats], Floats]


def _last(series: Floats) -> Floats:
    return series[..., -1]


def _sum(series: Floats) -> Floats:
    return series[..., 1:].sum(axis=-1)


def _last_year(series: Floats) -> Floats:
    """Return the sum of the last twelve months; of a shorter run, its mean month times twelve."""
    return MONTHS_PER_YEAR * series[..., 1:][..., -MONTHS_PER_YEAR:].mean(axis=-1)


OUTCOMES = (
    SweptOutcome("plots.total_cost", "CNY", "public_cost", _sum),
    SweptOutcome("plots.rural_income_last_year", "CNY/person/year", "income_rural", _last_year),
    SweptOutcome("plots.gdp_last_year", "CNY/year", "gdp", _last_year),
    SweptOutcome("plots.urbanisation", "ratio", "urbanisation", _last),
    SweptOutcome("plots.forest_let_share", "ratio", "forest_transfer_share", _last),
    SweptOutcome("plots.relocated", "persons", "relocated_persons", _last),
    SweptOutcome("plots.relocation_queue", "households", "relocation_queue", _last),
    SweptOutcome("plots.projects_operating", "projects", "projects_operating", _last),
)


@dataclass(frozen=True, eq=False)
class SweptLine:
    """Points of a sweep that differ in its first setting alone, in the order of that setting.

    Attributes:
        others: the settings they share, as a label; empty when one setting is swept.
        labels: their runs.
        x: where they stand on the horizontal axis, shape (labels,), in the setting's unit or 0, 1, 2 ... in order.
    """

    others: str
    labels: tuple[str, ...]
    x: Floats


def swept_lines(points: tuple[Point, ...]) -> list[SweptLine]:
    """Return the lines of a sweep's picture; values that are no numbers stand at 0, 1, 2 ... in the order written."""
    first = next(iter(points[0].values))
    positions = _positions([point.values[first] for point in points])
    lines: dict[str, list[tuple[float, str]]] = {}
    for point in points:
        others = ", ".join(f"{name} = {_shown(value)}" for name, value in point.values.items() if name != first)
        lines.setdefault(others, []).append((positions[_shown(point.values[first])], point.label))
    return [
        SweptLine(others, tuple(label for _, label in sorted(line)), np.array(sorted(x for x, _ in line)))
        for others, line in lines.items()
    ]


def _positions(values: list[Any]) -> dict[str, float]:
    distinct = {_shown(value): value for value in values}
    if _are_numbers(values):
        return {shown: float(value) for shown, value in distinct.items()}
    return {shown: float(k) for k, shown in enumerate(distinct)}


def _are_numbers(values: list[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def draw_sweep(result: RunResult, language: Language = "en") -> Figure:
    """Return the city's outcomes against the first swept setting: mean over seeds, bars from lowest to highest seed.

    Where every point has a counterfactual the difference from it is shown, seed by seed, else the outcome itself.
    """
    points = sweep_points(result.manifest)
    lines = swept_lines(points)
    outcomes = varying_outcomes(result)
    first = next(iter(points[0].values))
    scale_of = change_axis_scale if _others(points) else axis_scale
    with style(language):
        looks = [line_look(k) | {"marker": "o", "markersize": 4} for k in range(len(lines))]
        key = [line_entry(line.others, **look) for line, look in zip(lines, looks, strict=True) if line.others]
        figure, axes = sheet(
            len(outcomes), key=key, note=_note(result, points, language), between_rows=0.78, below=0.55
        )
        for axis, outcome in zip(axes, outcomes, strict=True):
            values = outcome_values(result, outcome)
            scale = scale_of(max(float(np.abs(found).max()) for found in values.values()), outcome.unit, language)
            for line, look in zip(lines, looks, strict=True):
                _draw_line(axis, line.x, np.array([values[label] for label in line.labels]) / scale.divisor, look)
            place = place_name(CITY, language)
            axis.set_title(text("plots.at_place", language, what=text(outcome.title, language), place=place))
            axis.set_ylabel(scale.label)
            _label_setting(axis, first, [point.values[first] for point in points], language)
    return figure


def outcome_values(result: RunResult, outcome: SweptOutcome) -> dict[str, Floats]:
    """Return an outcome of each point by its label, in the outcome's unit, shape (seeds,).

    It is less that of the point's counterfactual if all have one.
    """
    points = sweep_points(result.manifest)
    values = _values(result, outcome, [point.label for point in points])
    others = _others(points)
    if others:
        values = values - _values(result, outcome, others)
    return {point.label: found for point, found in zip(points, values, strict=True)}


def _values(result: RunResult, outcome: SweptOutcome, labels: list[str]) -> Floats:
    return outcome.value(Observed(result, labels).of(outcome.indicator, CITY))


def _others(points: tuple[Point, ...]) -> list[str]:
    """Return the label of each point's first counterfactual; nothing when a point has none."""
    firsts = [next(iter(point.against.values()), "") for point in points]
    return firsts if all(firsts) else []


def varying_outcomes(result: RunResult) -> list[SweptOutcome]:
    """Return the outcomes whose means over seeds differ between points by more than LEAST_VARIATION of the largest."""
    varying = []
    for outcome in OUTCOMES:
        means = np.array([found.mean() for found in outcome_values(result, outcome).values()])
        if np.ptp(means) > LEAST_VARIATION * np.abs(means).max():
            varying.append(outcome)
    return varying


def _note(result: RunResult, points: tuple[Point, ...], language: Language) -> str:
    setting = swept_name(next(iter(points[0].values)), language)
    sentences = [text("plots.sweep_across", language, setting=setting)]
    if _others(points):
        first = next(iter(points[0].against.values()))
        sentences.append(text("plots.sweep_difference", language, other=run_label(result, first, language)))
    seeds = len(result.seeds)
    sentences.append(text("plots.sweep_seeds" if seeds > 1 else "plots.one_seed", language, seeds=seeds))
    sentences.append(text("plots.last_year", language))
    return (" " if language == "en" else "").join(sentences)


def _draw_line(axis: Axes, x: Floats, values: Floats, look: dict[str, Any]) -> None:
    mean = values.mean(axis=1)
    reach = np.abs([values.min(axis=1) - mean, values.max(axis=1) - mean])
    axis.errorbar(x, mean, reach, capsize=2.5, elinewidth=0.9, **look)


def _label_setting(axis: Axes, name: str, values: list[Any], language: Language) -> None:
    positions = _positions(values)
    if not _are_numbers(values):
        axis.set_xticks(list(positions.values()), list(positions))
        return
    scale = axis_scale(max(abs(float(value)) for value in values), setting_unit(name), language)
    axis.set_xticks(list(positions.values()), [f"{x / scale.divisor:g}" for x in positions.values()])
    axis.set_xlabel(scale.label)


def setting_unit(name: str) -> str:
    """Return the unit of a setting of a reform or of a parameter."""
    reform, _, setting = name.partition(".")
    policies = installed_policies()
    fields = policies[reform].Settings.model_fields if reform in policies else {}
    if setting in fields:
        about = fields[setting].json_schema_extra
        return str(about["unit"]) if isinstance(about, dict) else "dimensionless"
    return default_parameters().declarations()[name].unit
