"""Documented against simulated: marks, rows, and what is missing."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.evidence import Fact, load_evidence
from sim.observation import OPERATORS
from sim.outcomes import CHECKS, check_rows, evidence_rows, mark, stated_rounding
from tests.records import flat_record

EVIDENCE = load_evidence()
FACT = EVIDENCE.fact("gdp_growth")


def fact(value: float, bound: str = "eq", unit: str = "persons") -> Fact:
    return dataclasses.replace(FACT, value=value, bound=bound, unit=unit)


@pytest.mark.parametrize(
    ("stated", "values", "expected"),
    [
        (fact(100.0), [100.4, 100.4], "✓"),
        (fact(100.0), [101.0, 101.0], "~"),
        (fact(100.0), [115.0, 115.0], "✗"),
        (fact(100.0), [112.0, 90.0, 112.0], "✓"),
        (fact(100.0), [40.0, 300.0], "✗"),
        (fact(100.0, "ge"), [104.0, 104.0], "✓"),
        (fact(100.0, "ge"), [99.0, 99.0], "~"),
        (fact(100.0, "ge"), [89.0, 89.0], "✗"),
        (fact(100.0, "nearly"), [96.0], "✓"),
        (fact(0.116, unit="ratio"), [0.1164], "✓"),
        (fact(0.116, unit="ratio"), [0.118], "~"),
    ],
)
def test_marks(stated: Fact, values: list[float], expected: str) -> None:
    assert mark(stated, values) == expected


@given(st.floats(1.0, 1e6), st.floats(1.2, 3.0), st.integers(1, 10))
def test_noise_does_not_buy_a_mark(value: float, factor: float, seeds: int) -> None:
    """A mean 20 % or more off is a miss however wide the seeds scatter (beyond half a unit of rounding)."""
    mean, spread = factor * (value + 1.0), 10.0 * value
    values = [mean + spread, mean - spread] * seeds
    assert mark(fact(round(value, 2)), values) == "✗"


def test_rounding_is_half_a_unit_of_what_is_written() -> None:
    assert stated_rounding(fact(13247.0)) == 0.5
    assert stated_rounding(fact(60e9)) == 0.5
    assert stated_rounding(fact(1.68)) == pytest.approx(0.005)
    assert stated_rounding(fact(1.0, unit="ratio")) == pytest.approx(0.005)
    assert stated_rounding(fact(0.339, unit="ratio")) == pytest.approx(0.0005)
    assert stated_rounding(fact(500.0, "nearly")) == 0.0


def test_every_target_has_a_row_and_what_is_not_modelled_says_so() -> None:
    rows = evidence_rows({1: flat_record(), 2: flat_record(value=2.0)}, EVIDENCE)
    assert [row.id for row in rows] == [target.id for target in EVIDENCE.targets()]
    for row in rows:
        assert row.status == ("compared" if row.id in OPERATORS else "not modelled yet")
        assert (row.mark == "") == (row.id not in OPERATORS)
        assert math.isnan(row.simulated) == (row.id not in OPERATORS)


def test_mean_spread_and_ratio_are_over_seeds() -> None:
    rows = evidence_rows({1: flat_record(value=10.0), 2: flat_record(value=14.0)}, EVIDENCE)
    row = next(row for row in rows if row.id == "forest_transfer_area")
    assert (row.simulated, row.seeds) == (12.0, 2)
    assert row.spread == pytest.approx(math.sqrt(8.0))
    assert row.ratio == pytest.approx(12.0 / 1.9e6)


def test_one_seed_has_no_spread() -> None:
    row = evidence_rows({1: flat_record()}, EVIDENCE)[0]
    assert math.isnan(row.spread)
    assert row.seeds == 1


def test_a_run_that_ends_early_says_which_targets_it_cannot_answer() -> None:
    rows = evidence_rows({1: flat_record(months=12)}, EVIDENCE)
    status = {row.id: row.status for row in rows}
    assert status["gdp_growth"] == "outside the run"
    assert status["urbanisation_gain"] == "compared"


def test_checks_carry_the_published_figures() -> None:
    rows = {row.id: row for row in check_rows({1: flat_record()}, EVIDENCE)}
    assert set(rows) == {check.id for check in CHECKS}
    assert rows["city_gdp_growth"].documented == EVIDENCE.value("gdp_growth_real", "quzhou", "2023")
    assert rows["city_gdp_growth"].simulated == pytest.approx(0.0)
    assert math.isnan(rows["rural_income_growth_fixed"].documented)
    assert check_rows({1: flat_record(months=3)}, EVIDENCE) == []
