"""Bars, queues and sweeps: what they show equals the result."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.comparison import compare
from sim.observables.indicators import INCOME_PARTS
from sim.plots import draw_gains, draw_income_parts, draw_queues, draw_sweep
from sim.plots.income import income_bars
from sim.plots.queues import waiting
from sim.plots.sweeps import outcome_values, setting_unit, swept_lines, varying_outcomes
from sim.results.manifest import Point
from tests.plots.results import bound_result, swept_result
from tests.runs import tiny_result
from tests.test_comparison import made


def test_parts_of_income_add_up_to_the_years_income() -> None:
    bars = income_bars(tiny_result(), "rural")
    assert bars.years == (2023, 2024)
    assert bars.parts.shape == (4, 2, 2)
    for run, label in enumerate(tiny_result().scenarios):
        income = tiny_result().values("income_rural", "quzhou", label).mean(axis=0)
        np.testing.assert_allclose(bars.parts[:, :, run].sum(axis=0), [income[1:13].sum(), income[13:25].sum()])


def test_income_stacks_stand_on_each_other() -> None:
    figure = draw_income_parts(tiny_result(), "zh")
    bars = income_bars(tiny_result(), "rural")
    heights = sorted(bar.get_height() for bar in figure.axes[0].patches)
    np.testing.assert_allclose(heights, np.sort(bars.parts.ravel() / 1e4))
    top = max(bar.get_y() + bar.get_height() for bar in figure.axes[0].patches)
    assert top == pytest.approx(bars.parts.sum(axis=0).max() / 1e4)
    assert figure.axes[0].get_ylabel() == "万元/人/年"
    assert len(figure.legends[0].get_texts()) == len(INCOME_PARTS)


def test_long_runs_show_the_first_and_last_year_and_some_between() -> None:
    assert income_bars(made({1: 1.0}, months=156), "rural").years == (2023, 2027, 2031, 2035)
    assert income_bars(made({1: 1.0}, months=17), "rural").years == (2023,)


def test_bars_of_gains_are_those_of_the_comparison() -> None:
    comparison = compare(tiny_result())
    axes = draw_gains(comparison, "en", ("one", "other")).axes
    gains = comparison.gains("decile")
    bars = {round(bar.get_y() + bar.get_height() / 2.0): bar.get_width() for bar in axes[0].patches}
    np.testing.assert_allclose([bars[k] for k in range(len(gains))], [gain.change for gain in gains])
    shares = [bar.get_width() for bar in axes[1].patches]
    expected = [100.0 * gain.better for gain in gains] + [-100.0 * gain.worse for gain in gains]
    np.testing.assert_allclose(shares, expected)
    county = [label.get_text() for label in axes[4].get_yticklabels()]
    assert county == ["Kecheng", "Qujiang", "Longyou", "Jiangshan", "Changshan", "Kaihua"]


def test_queues_are_drawn_where_somebody_waits() -> None:
    shown = waiting(tiny_result(), "en")
    homes = next(panel for panel in shown if "home" in panel.title)
    expected = [tiny_result().values("relocation_queue", "quzhou", label) for label in tiny_result().scenarios]
    np.testing.assert_array_equal(homes.curves, expected)
    assert all(np.isnan(panel.limit) for panel in shown)
    empty = tiny_result().data
    nothing = dataclasses.replace(tiny_result(), data=dataclasses.replace(empty, values=0.0 * empty.values))
    assert waiting(nothing) == []


def test_a_budget_is_a_line_that_the_cost_does_not_cross() -> None:
    budget = next(panel for panel in waiting(bound_result()) if np.isfinite(panel.limit))
    assert budget.limit == 3.53e8
    own, documented = budget.curves[0], budget.curves[1]
    cost = bound_result().data.public_cost[0, :, :, bound_result().data.programmes.index("relocation"), -1]
    np.testing.assert_allclose(own, np.cumsum(cost, axis=1))
    assert own.max() < 1.1 * budget.limit < documented.max()
    axis = next(axis for axis in draw_queues(bound_result()).axes if axis.get_title("left").startswith("Spent"))
    assert np.asarray(axis.get_lines()[-1].get_ydata()) == pytest.approx(353.0)
    assert axis.get_ylabel() == "million CNY"


def test_a_sweep_stands_at_its_values_with_the_difference_from_the_counterfactual() -> None:
    result = swept_result()
    outcome = next(o for o in varying_outcomes(result) if o.indicator == "relocated_persons")
    values = outcome_values(result, outcome)
    for label in ("relocation_homes", "relocation.homes_per_month=75"):
        moved = result.values("relocated_persons", "quzhou", label)[:, -1]
        none = result.values("relocated_persons", "quzhou", "none")[:, -1]
        np.testing.assert_allclose(values[label], moved - none)
    figure = draw_sweep(result, "zh")
    axis = next(axis for axis in figure.axes if "搬迁人数" in axis.get_title("left"))
    assert list(axis.get_lines()[0].get_xdata()) == [75, 150, 300, 600]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["300", "75", "150", "600"]
    assert axis.get_xlabel() == "套住房/月"


def test_outcomes_that_do_not_vary_are_left_out() -> None:
    titles = {outcome.indicator for outcome in varying_outcomes(swept_result())}
    assert "relocated_persons" in titles
    assert "forest_transfer_share" not in titles


def point(label: str, **values: object) -> Point:
    return Point(label, values, {})


def test_points_that_differ_in_another_setting_stand_on_another_line() -> None:
    points = (point("a", x=2.0, y="p"), point("b", x=1.0, y="p"), point("c", x=2.0, y="q"), point("d", x=1.0, y="q"))
    lines = swept_lines(points)
    assert [(line.others, line.labels, list(line.x)) for line in lines] == [
        ("y = p", ("b", "a"), [1.0, 2.0]),
        ("y = q", ("d", "c"), [1.0, 2.0]),
    ]
    (months,) = swept_lines((point("a", start="2024-01"), point("b", start="2023-01")))
    assert (months.labels, list(months.x), months.others) == (("a", "b"), [0.0, 1.0], "")


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("relocation.homes_per_month", "homes/month"),
        ("relocation.start", "month"),
        ("information.effect", "1/contact"),
    ],
)
def test_settings_and_parameters_have_the_unit_they_declare(name: str, unit: str) -> None:
    assert setting_unit(name) == unit
