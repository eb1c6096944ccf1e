"""The summary of a long run against values worked out by hand, and six years that stay within their bounds."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.studies.runs import Run, documented, simulate_all, whole
from calibration.studies.to_2035 import BOUNDS, COLUMNS, STOCKS, summary, unstable, yearly
from sim.places import CITY
from sim.scenario import Scenario
from tests.records import flat_record, set_series


def test_flows_are_summed_over_the_year_and_stocks_read_in_december() -> None:
    record = flat_record(24)
    for name in COLUMNS:
        set_series(record, name, CITY, np.arange(25.0))
    found = yearly(record)
    assert found.shape == (2, len(COLUMNS))
    for k, name in enumerate(COLUMNS):
        expected = [12.0, 24.0] if name in STOCKS else [78.0, 222.0]
        np.testing.assert_array_equal(found[:, k], expected, err_msg=name)


def test_growth_and_contributions() -> None:
    years = np.ones((2, 3, len(COLUMNS)))
    gdp, tertiary = COLUMNS.index("gdp"), COLUMNS.index("value_added_tertiary")
    years[:, :, gdp] = [110.0, 121.0, 121.0]
    years[:, :, tertiary] = [50.0, 55.5, 55.5]
    figures = summary(years, gdp_2022=100.0)
    np.testing.assert_allclose(figures["gdp_growth"], [0.1, 0.1, 0.0], atol=1e-15)
    np.testing.assert_allclose(figures["points_of_tertiary"][1:], [0.05, 0.0])
    assert np.isnan(figures["points_of_tertiary"][0])
    np.testing.assert_array_equal(figures["residents"], [1.0, 1.0, 1.0])


def test_a_year_out_of_bounds_or_not_finite_is_named() -> None:
    middle = {bound.figure: (bound.low + bound.high) / 2.0 for bound in reversed(BOUNDS)}
    figures = {name: np.full(13, value) for name, value in middle.items()}
    assert unstable(figures) == []
    figures["residents"][4] = 1.0e6
    figures["gini"][12] = np.nan
    assert [text.split(",")[0] for text in unstable(figures)] == ["residents in 2027 is 1e+06", "gini in 2035 is nan"]


@pytest.mark.parametrize("variant", [lambda scenario: scenario, Scenario.none], ids=["with", "without"])
def test_six_years_stay_within_their_bounds(variant: object) -> None:
    scenario = documented(0.003, months=72)
    runs = [Run(variant(scenario), seed) for seed in (1, 2, 3)]  # type: ignore[operator]
    records = simulate_all(runs, whole, workers=1)
    base = float(np.mean([record.value_added_2022[:, -1].sum() for record in records]))
    assert unstable(summary(np.array([yearly(record) for record in records]), base)) == []
