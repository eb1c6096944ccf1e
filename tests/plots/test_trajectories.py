"""Trajectories: the numbers of the result, the documented values where and when documents state them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.observation import OPERATORS
from sim.places import COUNTIES
from sim.plots import draw_counties, draw_county_effects, draw_reform_outcomes, draw_trajectories
from sim.plots.labels import compared_runs, run_label, swept_name
from sim.plots.observed import Observed, trailing_sum, yearly_growth
from sim.plots.trajectories import HEADLINES, REFORM_OUTCOMES, Panel, reform_panels
from sim.results.manifest import sweep_points
from tests.plots.results import bound_result, single_result, swept_result
from tests.runs import tiny_result
from tests.test_comparison import made

RUNS = 2


def panel_axes(panels: tuple[Panel, ...]) -> dict[str, object]:
    draw = draw_trajectories if panels is HEADLINES else draw_reform_outcomes
    return {panel.fact: axis for panel, axis in zip(panels, draw(tiny_result()).axes, strict=True)}


def test_lines_are_the_means_of_the_result() -> None:
    axis = panel_axes(HEADLINES)["relocated_persons"]
    for label, line in zip(tiny_result().scenarios, axis.get_lines(), strict=False):
        mean = tiny_result().values("relocated_persons", "qujiang", label).mean(axis=0)
        scale = float(axis.get_ylabel() == "thousand persons") * 999.0 + 1.0
        np.testing.assert_allclose(line.get_ydata() * scale, mean)
        assert line.get_xdata()[0] == -1
        assert line.get_xdata()[-1] == 23


def test_shares_stand_in_percent() -> None:
    axis = panel_axes(HEADLINES)["forest_transfer_rate"]
    mean = tiny_result().values("forest_transfer_share").mean(axis=0)
    np.testing.assert_allclose(axis.get_lines()[0].get_ydata(), 100.0 * mean)
    assert axis.get_ylabel() == "%"


def test_documented_values_stand_at_their_height_and_months() -> None:
    marks = {fact: axis.get_lines()[RUNS] for fact, axis in panel_axes(HEADLINES).items()}
    assert np.asarray(marks["gdp_growth"].get_ydata()) == pytest.approx(11.6)
    assert list(marks["gdp_growth"].get_xdata()) == [12, 20]
    assert list(marks["forest_transfer_rate"].get_xdata()) == [23]
    assert np.asarray(marks["forest_transfer_rate"].get_ydata()) == pytest.approx(55.0)
    assert list(marks["urbanisation_gain"].get_xdata()) == [11]
    start = tiny_result().values("urbanisation", "qujiang")[:, 0].mean()
    assert np.asarray(marks["urbanisation_gain"].get_ydata()) == pytest.approx(100.0 * start + 1.68)


AT_THE_END = [panel for panel in (*HEADLINES, *REFORM_OUTCOMES) if panel.at_end and panel.fact != "urbanisation_gain"]


@pytest.mark.parametrize("panel", AT_THE_END, ids=lambda panel: panel.fact)
def test_the_curve_reaches_what_the_evidence_table_says(panel: Panel) -> None:
    observed = Observed(tiny_result(), compared_runs(tiny_result()))
    axis = panel_axes(HEADLINES if panel in HEADLINES else REFORM_OUTCOMES)[panel.fact]
    month = int(axis.get_lines()[RUNS].get_xdata()[-1])
    at_mark = panel.curve(observed, panel.place)[0, :, month + 1]
    records = tiny_result().records().values()
    np.testing.assert_allclose(at_mark, [OPERATORS[panel.fact](record) for record in records])


def test_a_documented_value_beyond_the_run_is_not_marked() -> None:
    short = made({1: 1.0}, months=12)
    axes = dict(zip([panel.fact for panel in HEADLINES], draw_trajectories(short).axes, strict=True))
    assert len(axes["gdp_growth"].get_lines()) == 1
    assert len(axes["urbanisation_gain"].get_lines()) == 2


def test_reforms_that_do_not_run_have_no_panel() -> None:
    assert {panel.fact for panel in reform_panels(made({1: 1.0}))} == {"relocated_hamlets"}
    assert reform_panels(made({1: 1.0}, months=12)) == ()
    assert len(reform_panels(tiny_result())) == len(REFORM_OUTCOMES)


def test_growth_compares_three_months_with_those_of_the_year_before() -> None:
    flows = np.array([[0.0, *range(1, 25)]])
    growth = yearly_growth(flows)
    assert np.isnan(growth[0, :15]).all()
    assert growth[0, 15] == pytest.approx(100.0 * ((13 + 14 + 15) / (1 + 2 + 3) - 1))
    known = yearly_growth(flows, np.full((1, 12), 2.0))
    assert np.isnan(known[0, :3]).all()
    assert known[0, 3] == pytest.approx(100.0 * ((1 + 2 + 3) / 6.0 - 1))
    assert known[0, -1] == growth[0, -1]
    assert np.isnan(yearly_growth(np.zeros((1, 25)), np.zeros((1, 12)))).all()
    assert yearly_growth(flows[:, :2]).shape == (1, 2)


def test_sums_of_the_months_before() -> None:
    np.testing.assert_array_equal(trailing_sum(np.array([[1.0, 2.0, 3.0, 4.0]]), 3), [[6.0, 9.0]])


def test_counties_show_each_countys_own_numbers() -> None:
    figure = draw_counties(tiny_result(), indicator="forest_transfer_share")
    for county, axis in zip(COUNTIES, figure.axes, strict=True):
        mean = tiny_result().values("forest_transfer_share", county).mean(axis=0)
        np.testing.assert_allclose(axis.get_lines()[0].get_ydata(), 100.0 * mean)


def test_county_effects_are_differences_seed_by_seed() -> None:
    figure = draw_county_effects(tiny_result(), indicator="residents_rural")
    one, other = (tiny_result().values("residents_rural", "qujiang", label) for label in tiny_result().scenarios)
    axis = figure.axes[COUNTIES.index("qujiang")]
    np.testing.assert_allclose(axis.get_lines()[0].get_ydata(), (one - other).mean(axis=0))
    (shade,) = axis.collections
    assert shade.get_paths()[0].vertices[:, 1].min() == pytest.approx((one - other).min())
    assert draw_county_effects(tiny_result(), indicator="urbanisation").axes[0].get_ylabel() == "percentage points"


def test_runs_are_called_by_their_title_or_counterfactual() -> None:
    result = bound_result()
    assert [run_label(result, label, "zh") for label in result.scenarios] == [
        "搬迁资金减半",
        "各项改革均按文件实施",
        "不实施改革",
    ]
    assert run_label(result, "without relocation and nobody_knows", "en") == (
        "Without “Relocation of hill hamlets”, “nobody_knows”"
    )
    assert run_label(made({1: 1.0}), "a", "en") == "a"


def test_other_points_of_a_sweep_stay_out_of_the_trajectories() -> None:
    result = swept_result()
    assert len(result.scenarios) == 5
    assert compared_runs(result) == ("relocation_homes", "none")
    assert [point.values["relocation.homes_per_month"] for point in sweep_points(result.manifest)] == [
        300,
        75,
        150,
        600,
    ]
    assert sweep_points(single_result().manifest) == ()


def test_settings_and_parameters_are_called_by_their_meaning() -> None:
    assert "安置住房" in swept_name("relocation.homes_per_month", "zh")
    assert swept_name("relocation.start", "en") == "first month"
    assert "知晓" in swept_name("information.effect", "zh")
    assert swept_name("mine.own", "zh") == "mine.own"
