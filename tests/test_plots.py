"""Pictures: what they show, and that they are drawn without a warning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.evidence import load_evidence
from sim.places import COUNTIES, NAMES
from sim.plots import LABELS, PANELS, draw_trajectories, draw_villages, save_plots, save_village_map
from sim.results import RunResult
from tests.records import flat_record
from tests.runs import tiny_result
from tests.test_comparison import made
from tests.worlds import small_world

PNG = b"\x89PNG"


def test_trajectories_show_every_scenario_and_the_documented_value() -> None:
    figure = draw_trajectories(tiny_result())
    for panel, axis in zip(PANELS, figure.axes, strict=True):
        labels = [str(line.get_label()) for line in axis.get_lines()]
        assert labels == ["documented_2024", "none", "documented"]
        assert axis.get_title("left") == LABELS[panel.label]["en"]


def test_documented_values_stand_at_their_height_and_months() -> None:
    figure = draw_trajectories(tiny_result())
    marks = {p.fact: axis.get_lines()[-1] for p, axis in zip(PANELS, figure.axes, strict=True)}
    assert np.asarray(marks["gdp_growth"].get_ydata()) == pytest.approx(11.6)
    assert list(np.asarray(marks["gdp_growth"].get_xdata())) == [12, 20]
    assert list(np.asarray(marks["forest_transfer_rate"].get_xdata())) == [23]
    start = float(tiny_result().series["urbanisation"].isel(scenario=0, month=0).sel(place="qujiang").mean())
    assert np.asarray(marks["urbanisation_gain"].get_ydata()) == pytest.approx(100 * start + 1.68)


def test_growth_curves_compare_with_the_year_before() -> None:
    record = flat_record()
    record.value_added_2022[:] = 0.05
    curves = {panel.label: panel.curve(record) for panel in PANELS}
    assert len(curves["gdp"]) == 25
    assert np.isnan(curves["gdp"][:3]).all()
    assert curves["gdp"][3] == pytest.approx(100.0)
    assert curves["gdp"][-1] == pytest.approx(0.0)
    assert np.isnan(curves["rural_income"][:15]).all()


def test_a_run_of_one_seed_and_few_months_can_be_drawn(tmp_path: Path) -> None:
    short: RunResult = made({1: 1.0}, months=2)
    (path,) = save_plots(short, tmp_path / "plots")
    assert path.read_bytes().startswith(PNG)


def test_the_map_holds_every_village_inside_six_borders(tmp_path: Path) -> None:
    villages, evidence = small_world().villages, load_evidence()
    figure = draw_villages(villages, evidence)
    dots = figure.axes[0].collections[-1]
    np.testing.assert_allclose(dots.get_offsets(), np.column_stack([villages.longitude, villages.latitude]))
    assert {text.get_text() for text in figure.axes[0].texts} == {NAMES[county]["en"] for county in COUNTIES}
    save_village_map(villages, evidence, tmp_path / "deep" / "map.png")
    assert (tmp_path / "deep" / "map.png").read_bytes().startswith(PNG)
