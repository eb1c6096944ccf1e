"""Maps: every village in its place with the number of the closing tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.evidence import load_evidence
from sim.places import COUNTIES, NAMES
from sim.plots import draw_forest_map, draw_income_change_map, draw_relocation_map, draw_villages, save_village_map
from sim.plots.maps import border_rings, village_means
from tests.runs import tiny_result
from tests.worlds import small_world


def test_the_map_holds_every_village_inside_six_borders(tmp_path: Path) -> None:
    villages, evidence = small_world().villages, load_evidence()
    figure = draw_villages(villages, evidence)
    dots = figure.axes[0].collections[-1]
    np.testing.assert_allclose(dots.get_offsets(), np.column_stack([villages.longitude, villages.latitude]))
    assert {text.get_text() for text in figure.axes[0].texts} == {NAMES[county]["en"] for county in COUNTIES}
    save_village_map(villages, evidence, tmp_path / "deep" / "map.png")
    assert (tmp_path / "deep" / "map.png").read_bytes().startswith(b"\x89PNG")


def test_thinned_borders_stay_where_they_are() -> None:
    evidence = load_evidence()
    full = [polygon[0] for county in COUNTIES for polygon in evidence.borders[county].polygons]
    for ring, thin in zip(full, border_rings(evidence), strict=True):
        assert len(thin) < len(ring)
        np.testing.assert_array_equal(thin[[0, -1]], ring[[0, -1]])
        np.testing.assert_allclose(thin.min(axis=0), ring.min(axis=0), atol=0.003)
        np.testing.assert_allclose(thin.max(axis=0), ring.max(axis=0), atol=0.003)


def test_village_means_are_those_of_the_closing_tables() -> None:
    result = tiny_result()
    label = result.scenarios[0]
    means = village_means(result, label)
    tables = [table.columns for table in result.villages if table.scenario == label]
    for name, own in (("relocated_persons", means.relocated), ("forest_let", means.forest_let)):
        total = np.mean([table[name].astype(float).sum() for table in tables])
        assert own.sum() == pytest.approx(total)
    assert (np.diff(means.id) > 0).all()
    village = int(means.id[np.nanargmax(means.residents)])
    rows = [np.flatnonzero(table["id"] == village)[0] for table in tables]
    weight = np.array([float(table["residents"][row]) for table, row in zip(tables, rows, strict=True)])
    income = np.array([float(table["income"][row]) for table, row in zip(tables, rows, strict=True)])
    expected = np.average(np.nan_to_num(income), weights=weight)
    assert means.income[means.id == village] == pytest.approx(expected)


def test_colours_of_the_forest_map_are_shares_let() -> None:
    means = village_means(tiny_result(), tiny_result().scenarios[0])
    dots = draw_forest_map(tiny_result()).axes[0].collections[-1]
    there = means.forest > 0.0
    np.testing.assert_allclose(dots.get_array(), 100.0 * means.forest_let[there] / means.forest[there])
    assert dots.get_array().max() <= 100.0 + 1e-4


def test_circles_grow_with_the_persons_moved() -> None:
    means = village_means(tiny_result(), tiny_result().scenarios[0])
    moved = means.relocated[means.relocated > 0.0]
    sizes = draw_relocation_map(tiny_result()).axes[0].collections[-1].get_sizes()
    assert len(sizes) == len(moved)
    assert np.corrcoef(sizes, moved)[0, 1] == pytest.approx(1.0)


def test_gains_point_up_and_losses_down() -> None:
    result = tiny_result()
    one, other = (village_means(result, label) for label in result.scenarios)
    change = one.income - other.income
    axis = draw_income_change_map(result).axes[0]
    losses, gains = axis.collections[-2:]
    same = next(line for line in axis.get_lines() if line.get_marker() == ".")
    assert len(losses.get_offsets()) <= (change < 0.0).sum()
    assert len(gains.get_offsets()) <= (change > 0.0).sum()
    shown = len(losses.get_offsets()) + len(gains.get_offsets()) + len(same.get_xdata())
    assert shown == np.isfinite(change).sum()
