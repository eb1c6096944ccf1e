"""Comparisons are paired by seed."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from sim.comparison import compare, compare_all
from sim.errors import ResultsError
from sim.observables.indicators import NAMES, POSITION
from sim.results import RunRecords, RunResult
from tests.records import flat_record, set_series
from tests.runs import tiny_result


def made(values: dict[int, float], label: str = "a", share: float = 0.01, months: int = 24) -> RunResult:
    """Return results of one scenario whose GDP of the city is given by seed."""
    records = {}
    for seed, value in values.items():
        records[seed] = flat_record(months)
        set_series(records[seed], "gdp", "quzhou", value)
    return RunResult(RunRecords.gathered({label: records}), {"share": {"asked": share}})


def test_the_difference_is_taken_seed_by_seed() -> None:
    difference = compare(made({1: 10.0, 2: 20.0}), made({2: 19.0, 1: 8.0}, "b")).at()[POSITION["gdp"]]
    assert (difference.first, difference.second, difference.difference) == (15.0, 13.5, 1.5)
    assert difference.standard_error == pytest.approx(0.5 * math.sqrt(2) / math.sqrt(2))
    assert difference.seeds == 2


def test_only_common_months_are_compared_and_one_seed_has_no_error() -> None:
    comparison = compare(made({1: 10.0}), made({1: 5.0}, "b", months=6))
    assert comparison.difference.sizes["month"] == 7
    assert comparison.last_month == "2023-06"
    one = comparison.at("2023-03")[POSITION["gdp"]]
    assert (one.difference, one.seeds) == (5.0, 1)
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
        (made({7: 1.0}), r"seeds differ \(1 and 7\).*run both with the same --seeds"),
        (made({1: 1.0, 2: 1.0}), r"seeds differ \(1 and 1, 2\)"),
        (made(dict.fromkeys(range(1, 21), 1.0)), r"1, 2, 3, 4, 5, 6, ... 20 in all"),
        (made({1: 1.0}, share=0.02), r"shares differ \(0.01 and 0.02\)"),
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
        compare(dataclasses.replace(result, data=result.data.chosen(["documented_2024"])))


def test_several_runs_are_each_held_against_the_first() -> None:
    one, two, three = made({1: 1.0}), made({1: 3.0}, "b"), made({1: 7.0}, "c")
    found = compare_all([one, two, three])
    assert [(each.names, each.of("gdp").difference) for each in found] == [(("a", "b"), -2.0), (("a", "c"), -6.0)]
    with pytest.raises(ResultsError, match="seeds differ"):
        compare_all([one, two, made({2: 1.0}, "c")])


def test_a_single_run_is_held_against_all_its_other_scenarios_or_the_one_asked_for() -> None:
    assert [each.names for each in compare_all([tiny_result()])] == [("documented_2024", "none")]
    assert [each.names for each in compare_all([tiny_result()], "none")] == [("documented_2024", "none")]
    with pytest.raises(ResultsError, match="no counterfactual"):
        compare_all([made({1: 1.0})])


def test_seeds_are_matched_by_number_not_by_position() -> None:
    comparison = compare(made({1: 10.0, 2: 20.0}), made({2: 20.0, 1: 10.0}, "b"))
    assert comparison.of("gdp").standard_error == 0.0
    assert float(np.abs(comparison.difference["gdp"]).max()) == 0.0
