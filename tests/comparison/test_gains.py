"""Who gains and who loses: exact small cases, limits, and sums that must add up."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.comparison import GROUPINGS, THRESHOLD, Gain, compare
from sim.comparison.chance import standard_error
from sim.comparison.gains import gap_error, ratio_deviations
from sim.errors import ResultsError
from tests.closing_tables import columns_of, result_of
from tests.runs import tiny_result


def by_group(gains: list[Gain]) -> dict[str, Gain]:
    return {gain.group: gain for gain in gains}


def test_a_run_gains_nothing_against_itself() -> None:
    comparison = compare(tiny_result(), tiny_result())
    for by in GROUPINGS:
        gains = comparison.gains(by)
        assert gains
        assert {(g.change, g.standard_error, g.better, g.worse) for g in gains} == {(0.0, 0.0, 0.0, 0.0)}
    assert comparison.paired_share == pytest.approx(1.0, rel=1e-6)


def test_a_small_case_by_hand() -> None:
    """Two households in seed 1, weights 2 and 1 with 3 and 1 persons; one of them in seed 2."""
    before = columns_of(id=[5, 9], weight=[2, 1], resident_months=[36, 12], income=[3000, 500], start_decile=[1, 10])
    after = columns_of(id=[9, 5], weight=[1, 2], resident_months=[12, 36], income=[700, 6000], start_decile=[10, 1])
    other = columns_of(id=[7], weight=[4], resident_months=[12], income=[100])
    later = columns_of(id=[7], weight=[4], resident_months=[12], income=[50])
    comparison = compare(result_of({"with": [after, later], "none": [before, other]}))
    tenths = by_group(comparison.gains("decile"))
    assert list(tenths) == ["1", "10"]
    # seed 1: 6 persons gain 1000; seed 2: 4 persons lose 50
    assert tenths["1"].persons == 5.0
    assert tenths["1"].households == 3.0
    assert tenths["1"].change == pytest.approx((6 * 1000 - 4 * 50) / 10)
    assert tenths["1"].before == pytest.approx((6 * 1000 + 4 * 100) / 10)
    assert (tenths["1"].better, tenths["1"].worse) == (0.6, 0.0)
    assert tenths["10"].persons == 0.5
    assert tenths["10"].change == pytest.approx(200.0)
    rest = np.array([6000 - 580 * 6, -200 - 580 * 4])
    assert tenths["1"].standard_error == pytest.approx(math.sqrt((rest**2).sum() / 2) / 5)


def test_households_that_only_one_run_has_are_left_out() -> None:
    one = columns_of(id=[1, 2, 4], income=[110, 0, 70], resident_months=[12, 12, 0])
    other = columns_of(id=[1, 3, 4], income=[100, 900, 60])
    comparison = compare(result_of({"with": [one], "none": [other]}))
    (everybody,) = comparison.gains("all")
    assert (everybody.persons, everybody.change) == (1.0, 10.0)
    assert math.isnan(everybody.standard_error)
    assert comparison.paired_share == pytest.approx(1 / 3)


def test_income_is_per_year_and_resident_whatever_the_months() -> None:
    one = columns_of(id=[1], income=[300], resident_months=[6])
    other = columns_of(id=[1], income=[100], resident_months=[3])
    (gain,) = compare(result_of({"with": [one], "none": [other]}, months=3)).gains("all")
    assert gain.before == 400.0
    assert gain.change == 200.0
    assert gain.persons == 1.0


def test_settlement_is_that_at_the_end_of_the_first_run_and_relocated_goes_before() -> None:
    one = columns_of(id=[1, 2, 3, 4], town=[True, False, True, False], relocated=[True, False, False, False])
    other = columns_of(id=[1, 2, 3, 4], town=[False, True, False, False], relocated=[False, False, False, True])
    gains = by_group(compare(result_of({"with": [one], "none": [other]})).gains("settlement"))
    assert {name: gain.persons for name, gain in gains.items()} == {"rural": 1.0, "town": 1.0, "relocated": 2.0}


def test_the_threshold_separates_gain_from_loss() -> None:
    changes = np.array([THRESHOLD, THRESHOLD + 1.0, -THRESHOLD, -THRESHOLD - 1.0])
    one, other = columns_of(id=[1, 2, 3, 4], income=1000.0 + changes), columns_of(id=[1, 2, 3, 4], income=1000.0)
    (gain,) = compare(result_of({"with": [one], "none": [other]})).gains("all")
    assert (gain.better, gain.worse) == (0.25, 0.25)


def test_runs_that_cannot_be_paired_say_why() -> None:
    table = columns_of(id=[1])
    one, other = result_of({"a": [table]}), result_of({"b": [table]}, months=6)
    with pytest.raises(ResultsError, match="end in different months"):
        compare(one, other).gains("all")
    with pytest.raises(ResultsError, match="'a' has no closing table of households for seed 1"):
        compare(dataclasses.replace(one, households=()), one).gains("all")
    with pytest.raises(ResultsError, match="Did you mean 'decile'"):
        compare(one, one).gains("deciles")  # type: ignore[arg-type]


def tables(draw: st.DrawFn, ids: list[int]) -> dict:
    rows = len(ids)
    lists = {
        "county": st.integers(0, 5),
        "weight": st.floats(0.5, 50.0, width=32),
        "town": st.booleans(),
        "relocated": st.booleans(),
        "start_decile": st.integers(0, 10),
        "income": st.floats(-1e4, 1e6, width=32),
        "resident_months": st.integers(1, 96),
    }
    drawn = {name: draw(st.lists(values, min_size=rows, max_size=rows)) for name, values in lists.items()}
    return columns_of(id=ids, **drawn)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[dict], list[dict]]:
    """Two runs with some seeds, whose households overlap in part; lasting traits are those of the household."""
    one, other = [], []
    for _ in range(draw(st.integers(1, 3))):
        ids = draw(st.lists(st.integers(1, 30), min_size=1, max_size=12, unique=True))
        one.append(tables(draw, ids))
        kept = draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
        other.append(tables(draw, kept))
    return one, other


@given(pairs())
def test_gains_of_groups_weighted_by_persons_add_up_to_the_mean_change_of_all(runs: tuple) -> None:
    comparison = compare(result_of({"with": runs[0], "none": runs[1]}))
    (everybody,) = comparison.gains("all")
    for by in ("decile", "county", "settlement"):
        gains = comparison.gains(by)
        persons = math.fsum(gain.persons for gain in gains)
        assert persons == pytest.approx(everybody.persons)
        scale = 1e-9 * max(1.0, max(abs(gain.change) for gain in gains))
        for name in ("change", "before", "better", "worse"):
            total = math.fsum(gain.persons * getattr(gain, name) for gain in gains)
            assert total / persons == pytest.approx(getattr(everybody, name), rel=1e-9, abs=scale)


@given(pairs())
def test_who_gains_in_one_direction_loses_in_the_other(runs: tuple) -> None:
    one = [{**a, "resident_months": np.full_like(a["resident_months"], 12)} for a in runs[0]]
    other = [{**b, "resident_months": np.full_like(b["resident_months"], 12)} for b in runs[1]]
    for a, b in zip(one, other, strict=True):
        where = [list(a["id"]).index(k) for k in b["id"]]
        b["weight"] = a["weight"][where]
    result = result_of({"a": one, "b": other})
    there, back = (compare(dataclasses.replace(result, data=result.data.chosen(order))) for order in ("ab", "ba"))
    (gain,), (loss,) = there.gains("all"), back.gains("all")
    assert gain.change == pytest.approx(-loss.change, rel=1e-9, abs=1e-6)
    assert (gain.better, gain.worse) == pytest.approx((loss.worse, loss.better))
    assert gain.persons == pytest.approx(loss.persons)


def test_the_error_of_a_mean_is_the_usual_one_when_groups_keep_their_size() -> None:
    values = np.array([1.0, 4.0, 7.0, 3.0])
    error = standard_error(ratio_deviations(5.0 * values, np.full(4, 5.0)))
    assert error == pytest.approx(values.std(ddof=1) / 2.0)
    assert math.isnan(standard_error(ratio_deviations(values[:1], np.ones(1))))


def tenths(poor: Sequence[float], rich: Sequence[float], sizes: Sequence[float] = (1, 1, 1, 1)) -> list[Gain]:
    """Return what two tenths gain whose changes by seed are given; `sizes` are the households of the first."""
    after = [
        columns_of(id=[1, 2], start_decile=[1, 10], weight=[size, 1], income=[1000.0 + low, 1000.0 + high])
        for size, low, high in zip(sizes, poor, rich, strict=False)
    ]
    before = [{**table, "income": np.full_like(table["income"], 1000.0)} for table in after]
    return compare(result_of({"with": after, "none": before})).gains("decile")


def test_tenths_that_share_their_chance_have_a_difference_without_error() -> None:
    poor = [10.0, 40.0, 70.0, 30.0]
    low, high = tenths(poor, [change + 5.0 for change in poor])
    assert low.standard_error == pytest.approx(high.standard_error)
    assert low.standard_error > 10.0
    assert gap_error(high, low) == pytest.approx(0.0, abs=1e-9)
    up, down = tenths(poor, [-change for change in poor])
    assert gap_error(up, down) == pytest.approx(2.0 * up.standard_error)


def test_the_errors_of_independent_tenths_add_as_squares() -> None:
    low, high = tenths([10.0, 10.0, 20.0, 20.0], [5.0, 9.0, 5.0, 9.0])
    assert gap_error(high, low) == pytest.approx(math.hypot(low.standard_error, high.standard_error))


def test_the_error_of_a_gap_is_that_of_the_ratios_when_one_seed_at_a_time_is_left_out() -> None:
    """The linear approximation against the jackknife, for groups whose size changes with the seed."""
    poor, rich, sizes = [90.0, 110.0, 105.0, 96.0], [60.0, 58.0, 64.0, 61.0], [10.0, 11.0, 9.0, 10.5]
    low, high = tenths(poor, rich, sizes)
    left = [np.delete(np.arange(4), seed) for seed in range(4)]
    gaps = [np.mean(np.take(rich, k)) - np.average(np.take(poor, k), weights=np.take(sizes, k)) for k in left]
    assert gap_error(high, low) == pytest.approx(math.sqrt(3 * np.var(gaps)), rel=0.05)


def test_one_seed_tells_no_error_of_a_gap() -> None:
    low, high = tenths([10.0], [20.0])
    assert math.isnan(gap_error(high, low))
