"""Observation operators on hand-made records with known answers."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from sim.errors import ResultsError
from sim.evidence import load_evidence
from sim.observables import Record
from sim.observation import (
    FORESTRY_CHAIN_2022,
    FORESTRY_OUTPUT_2022,
    OPERATORS,
    PRICE_GROWTH,
    above_size_output,
    output_growth,
    rural_income_growth_fixed,
    window,
)
from sim.places import CITY, place_index
from sim.sectors import SECTORS
from tests.records import flat_record, set_series

MONTHS = np.arange(-1, 24)
"""Calendar month of each row of a record of 24 months."""
IN_2024 = MONTHS >= 12


def observed(target: str, record: Record) -> float:
    return OPERATORS[target](record)


def test_every_operator_belongs_to_a_target_and_says_what_it_measures() -> None:
    targets = {fact.id for fact in load_evidence().targets()}
    assert set(OPERATORS) <= targets
    for operator in OPERATORS.values():
        assert any(word in (inspect.getdoc(operator) or "") for word in ("City", "Qujiang"))


@pytest.mark.parametrize(
    ("target", "indicator", "place", "month"),
    [
        ("forest_transfer_area", "forest_let", CITY, 23),
        ("forest_transfer_rate", "forest_transfer_share", CITY, 23),
        ("forestry_leading_firms", "forest_leading_firms", CITY, 23),
        ("forestry_new_operators", "forest_operators", CITY, 23),
    ],
)
def test_stocks_are_read_at_the_end_of_2024(target: str, indicator: str, place: str, month: int) -> None:
    record = flat_record()
    set_series(record, indicator, place, np.where(month == MONTHS, 7.0, 1.0))
    assert observed(target, record) == 7.0


def test_platform_ratio_divides_two_stocks_of_the_city() -> None:
    record = flat_record()
    set_series(record, "platform_phds", CITY, np.where(MONTHS == 23, 120.0, 1.0))
    set_series(record, "phds_before", CITY, 100.0)
    assert observed("platform_phd_ratio", record) == pytest.approx(1.2)


def test_certified_talents_are_those_of_2024_alone() -> None:
    record = flat_record()
    set_series(record, "talents_self_certified", CITY, np.maximum(MONTHS + 1, 0) * 2.0)
    set_series(record, "talents_certified", CITY, 1000.0)
    assert observed("talent_self_certified", record) == 24.0


@pytest.mark.parametrize("target", ["relocated_persons", "relocated_hamlets"])
def test_relocation_counts_qujiang_to_september_2024(target: str) -> None:
    record = flat_record()
    set_series(record, target, "qujiang", 5.0 + 10.0 * (MONTHS + 1))
    set_series(record, target, CITY, 1e6)
    assert observed(target, record) == 210.0


def test_urbanisation_gain_is_in_points_from_end_to_end_of_year() -> None:
    record = flat_record()
    set_series(record, "urbanisation", "qujiang", 0.47 + 0.001 * (MONTHS + 1))
    assert observed("urbanisation_gain", record) == pytest.approx(1.2)


def test_projects_are_counted_from_january_to_september_2024() -> None:
    record = flat_record()
    set_series(record, "projects_landed", "qujiang", np.where((MONTHS >= 12) & (MONTHS <= 20), 1.5, 100.0))
    assert observed("projects_landed", record) == pytest.approx(13.5)


def test_brand_premium_is_the_mean_of_2024() -> None:
    record = flat_record()
    set_series(record, "brand_premium", CITY, np.where(IN_2024, 0.1 + 0.01 * (MONTHS - 12), 9.0))
    assert observed("brand_price_premium", record) == pytest.approx(0.155)


def test_growth_compares_the_same_nine_months() -> None:
    record = flat_record()
    late = (MONTHS % 12) >= 9
    for sector in SECTORS:
        set_series(record, f"value_added_{sector}", "qujiang", np.where(late, 1e3, np.where(IN_2024, 11.0, 10.0)))
    set_series(record, "value_added_above", "qujiang", np.where(late, 1e3, np.where(IN_2024, 13.0, 10.0)))
    assert observed("gdp_growth", record) == pytest.approx(0.10)
    assert observed("industrial_value_added_growth", record) == pytest.approx(0.30)


def test_rural_income_is_the_current_rural_residents_and_a_fixed_panel_stands_beside_it() -> None:
    record = flat_record()
    late = (MONTHS % 12) >= 9
    set_series(record, "income_rural", "qujiang", np.where(late, 1e4, np.where(IN_2024, 108.0, 100.0)))
    set_series(record, "origin_rural_income", "qujiang", np.where(late, 1e4, np.where(IN_2024, 107.0, 100.0)))
    assert observed("rural_income_growth", record) == pytest.approx(0.08)
    assert rural_income_growth_fixed(record) == pytest.approx(0.07)


def test_composition_alone_moves_the_cross_section_but_not_the_panel() -> None:
    """Ten poor persons leave the rural mean in 2024; nobody's income changes."""
    record = flat_record()
    persons, income = np.where(IN_2024, 90.0, 100.0), np.where(IN_2024, 9_500.0, 10_000.0)
    set_series(record, "income_rural", "qujiang", income / persons)
    set_series(record, "origin_rural_income", "qujiang", 100.0)
    assert observed("rural_income_growth", record) == pytest.approx(9_500 / 90 / 100 - 1)
    assert rural_income_growth_fixed(record) == 0.0


def test_forestry_income_is_the_city_year_on_year() -> None:
    record = flat_record()
    set_series(record, "forestry_income_rural", CITY, np.where(IN_2024, 54.0, 50.0))
    assert observed("forestry_income_growth", record) == pytest.approx(0.08)


def test_forestry_output_has_its_assumed_level_when_nothing_grows() -> None:
    record = flat_record()
    assert observed("forestry_gross_output", record) == pytest.approx(FORESTRY_OUTPUT_2022 * (1 + PRICE_GROWTH) ** 2)
    assert sum(FORESTRY_CHAIN_2022.values()) == pytest.approx(1.0)


def test_forestry_output_follows_volume_and_brand_price() -> None:
    record = flat_record()
    set_series(record, "brand_premium", CITY, np.where(IN_2024, 0.4, 0.2))
    set_series(record, "branded_share", CITY, 0.5)
    set_series(record, "value_added_forestry_processing", CITY, 2.0)
    price = 1.2 / 1.1
    chain = 0.6 * 2.0 * price + 0.2 * price + 0.2
    level = FORESTRY_OUTPUT_2022 * (1 + PRICE_GROWTH) ** 2
    assert observed("forestry_gross_output", record) == pytest.approx(level * chain)


def test_growth_of_2023_is_measured_on_the_year_before_the_run() -> None:
    record = flat_record(months=12)
    record.value_added_2022[:6, place_index(CITY)] = 0.5
    record.above_2022[:, place_index(CITY)] = 0.8
    half = window("2023-01", "2023-06")
    assert output_growth(record, CITY, half, window("2022-01", "2022-06"), SECTORS) == pytest.approx(1.0)
    assert output_growth(record, CITY, half, window("2022-07", "2022-12"), SECTORS) == pytest.approx(0.0)
    assert above_size_output(record, CITY, window("2022-01", "2022-11")) == pytest.approx(8.8)


def test_a_short_run_does_not_answer() -> None:
    with pytest.raises(ResultsError, match="does not cover"):
        observed("gdp_growth", flat_record(months=12))
