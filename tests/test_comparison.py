"""Comparisons are paired by seed."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from sim.comparison import compare
from sim.errors import ResultsError
from sim.observables.indicators import NAMES, POSITION
from sim.results import RunResult, build_series
from tests.records import flat_record, set_series
from tests.runs import tiny_result


def made(values: dict[int, float], label: str = "a", share: float = 0.01, months: int = 24) -> RunResult:
    """Return results of one scenario whose GDP of the city is given by seed."""
    records = {}
    for seed, value in values.items():
        records[seed] = flat_record(months)
        set_series(records[seed], "gdp", "quzhou", value)
    return RunResult(build_series({label: records}), {"share": {"asked": share}})


def test_the_difference_is_taken_seed_by_seed() -> None:
    difference = compare(made({1: 10.0, 2: 20.0}), made({2: 19.0, 1: 8.0}, "b")).at()[POSITION["gdp"]]
    assert (difference.first, difference.second, difference.difference) == (15.0, 13.5, 1.5)
    assert difference.standard_error == pytest.approx(0.5 * math.sqrt(2) / math.sqrt(2))
    assert difference.seeds == 2


def test_only_common_seeds_and_months_are_compared() -> None:
    comparison = compare(made({1: 10.0, 2: 20.0}), made({2: 5.0, 3: 1.0}, "b", months=6))
    assert comparison.difference.sizes["month"] == 7
    one = comparison.at("2023-03")[POSITION["gdp"]]
    assert (one.difference, one.seeds) == (15.0, 1)
    assert math.isnan(one.standard_error)


def test_a_result_is_compared_with_its_own_counterfactual_by_default() -> None:
    comparison = compare(tiny_result())
    assert comparison.names == ("documented_2024", "none")
    series = tiny_result().series
    expected = series["gdp"].isel(scenario=0) - series["gdp"].isel(scenario=1)
    np.testing.assert_array_equal(comparison.difference["gdp"].values, expected.values)


def test_a_result_does_not_differ_from_itself() -> None:
    comparison = compare(tiny_result(), tiny_result())
    assert all(float(np.abs(comparison.difference[name]).max()) == 0.0 for name in NAMES)
    assert comparison.difference["gdp"].attrs["units"] == "CNY/month"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (made({7: 1.0}), "no seed in common"),
        (made({1: 1.0}, share=0.02), "shares differ"),
    ],
)
def test_what_cannot_be_paired_is_refused(other: RunResult, words: str) -> None:
    with pytest.raises(ResultsError, match=words):
        compare(made({1: 1.0}), other)


def test_wrong_names_are_answered_with_the_nearest() -> None:
    result = tiny_result()
    with pytest.raises(ResultsError, match="Did you mean 'none'"):
        compare(result, against="nome")
    with pytest.raises(ResultsError, match="Did you mean 'qujiang'"):
        compare(result).at(place="quijang")
    with pytest.raises(ResultsError, match="Did you mean 'gini'"):
        compare(result).of("ginni")
    with pytest.raises(ResultsError, match="do not both cover 2031-01"):
        compare(result).at("2031-01")
    with pytest.raises(ResultsError, match="is not a month"):
        compare(result).at("later")
    with pytest.raises(ResultsError, match="no counterfactual"):
        compare(dataclasses.replace(result, series=result.series.isel(scenario=[0])))
