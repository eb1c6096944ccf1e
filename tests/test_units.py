"""Units: known names, quotients, messages for a wrong name, and numbers as tables show them."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.units import UNITS, AxisScale, Language, axis_scale, change_axis_scale, check_unit, format_change, format_value

NEEDED = (
    *(
        "ratio",
        "1/month",
        "1/year",
        "months",
        "years",
        "CNY",
        "CNY/year",
        "CNY/month",
        "CNY/mu",
        "CNY/mu/year",
    ),
    *("CNY/person", "mu", "mu/month", "persons", "households", "firms", "hamlets/month", "homes/month"),
    *("projects/month", "minutes", "km", "km/h", "logit", "log", "hours/month", "day/mu/year", "t"),
    *("sessions/month", "contacts/month", "persons/household", "percentage_points", "dimensionless"),
    *("of 20 indicators", "t_CO2", "kg_CO2/t", "g_CO2/tkm", "CNY/TEU", "working_days", "log/year", "beds"),
)


@pytest.mark.parametrize("name", NEEDED)
def test_units_that_declarations_need_are_known_in_both_languages(name: str) -> None:
    unit = check_unit(name)
    assert unit.name == name
    if name != "dimensionless":
        assert unit.label("en")
        assert unit.label("zh")
        assert unit.label("en") != unit.label("zh")


@pytest.mark.parametrize(
    ("name", "dimension"),
    [("CNY/mu/year", "money/area/time"), ("1/month", "1/time"), ("ratio", "share"), ("firms", "count")],
)
def test_dimension_of_a_quotient_is_the_quotient_of_dimensions(name: str, dimension: str) -> None:
    assert check_unit(name).dimension == dimension


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("person", ["unknown unit 'person'", "Did you mean 'persons'?"]),
        ("CNY/mu/yeer", ["unknown part 'yeer'", "'CNY/mu/yeer'", "Did you mean 'year'?"]),
        ("CNY/months", ["unknown part 'months'", "Did you mean 'month'?"]),
        ("yuan/mu", ["unknown part 'yuan'"]),
        ("persons/ratio", ["unknown part 'ratio'"]),
        ("CNY/", ["unknown part ''"]),
        ("", ["unknown unit ''"]),
    ],
)
def test_an_unknown_unit_is_refused_with_the_nearest_name(name: str, words: list[str]) -> None:
    with pytest.raises(ValueError, match="unknown") as caught:
        check_unit(name)
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (1.9e6, "mu", "1.9 million mu", "190 万亩"),
        (60.0e9, "CNY", "60.0 bn CNY", "600 亿元"),
        (1.06e9, "CNY", "1.06 bn CNY", "10.6 亿元"),
        (1.5e8, "CNY", "150.0 million CNY", "1.5 亿元"),
        (7771.5e9, "CNY", "7,772 bn CNY", "7.772 万亿元"),
        (-1.2e6, "CNY", "-1.2 million CNY", "-120 万元"),
        (13247, "persons", "13,247 persons", "13,247 人"),
        (410_900, "persons", "410,900 persons", "41.09 万人"),
        (0.55, "ratio", "55 %", "55%"),
        (0.116, "ratio", "11.6 %", "11.6%"),
        (-0.3333, "ratio", "-33.33 %", "-33.33%"),
        (1.68, "percentage_points", "1.68 percentage points", "1.68 个百分点"),
        (0.0018, "1/month", "0.0018 per month", "0.0018/月"),
        (0.6, "day/mu/year", "0.6 days per mu per year", "0.6 天/亩/年"),
        (1, "centres", "1 centre", "1 个中心"),
        (1, "homes/month", "1 home per month", "1 套住房/月"),
        (11, "of 20 indicators", "11 of 20 indicators", "11 项（共 20 项指标）"),
        (1, "rank", "1 (rank)", "1（名次）"),
        ((0, 1, 3), "working_days", "0, 1, 3 working days", "0、1、3 个工作日"),
        (0.5, "dimensionless", "0.5", "0.5"),
        (-0.0, "t", "0 t", "0 吨"),
        (math.nan, "t", "n/a", "无"),
        (math.inf, "CNY", "n/a", "无"),
    ],
)
def test_format_value(value: float | tuple[float, ...], unit: str, en: str, zh: str) -> None:
    assert format_value(value, unit) == en
    assert format_value(value, unit, language="zh") == zh


def test_format_value_refuses_an_unknown_unit() -> None:
    with pytest.raises(ValueError, match="unknown unit 'acres'"):
        format_value(1.0, "acres")


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (1.2e6, "CNY", "+1.2 million CNY", "+120 万元"),
        (-3.4e8, "CNY/year", "-340.0 million CNY per year", "-3.4 亿元/年"),
        (0.0168, "ratio", "+1.68 percentage points", "+1.68 个百分点"),
        (-0.5, "percent", "-0.5 percentage points", "-0.5 个百分点"),
        (1.0, "homes", "+1 home", "+1 套住房"),
        (-0.0, "persons", "0 persons", "0 人"),
        (math.nan, "persons", "n/a", "无"),
    ],
)
def test_a_change_has_a_sign_and_shares_change_by_points(value: float, unit: str, en: str, zh: str) -> None:
    assert format_change(value, unit) == en
    assert format_change(value, unit, "zh") == zh


@pytest.mark.parametrize(
    ("largest", "unit", "en", "zh"),
    [
        (13247, "persons", (1e3, "thousand persons"), (1e4, "万人")),
        (9_000, "households", (1.0, "households"), (1.0, "户")),
        (1.9e6, "mu", (1e6, "million mu"), (1e4, "万亩")),
        (6.1e10, "CNY/month", (1e9, "bn CNY per month"), (1e8, "亿元/月")),
        (0.55, "ratio", (0.01, "%"), (0.01, "%")),
        (40_000, "per_1000", (1.0, "per 1,000"), (1.0, "‰")),
        (0.0, "CNY", (1.0, "CNY"), (1.0, "元")),
    ],
)
def test_an_axis_is_scaled_as_its_reader_counts(
    largest: float, unit: str, en: tuple[float, str], zh: tuple[float, str]
) -> None:
    assert axis_scale(largest, unit) == AxisScale(*en)
    assert axis_scale(largest, unit, "zh") == AxisScale(*zh)


def test_differences_of_shares_stand_in_points() -> None:
    assert change_axis_scale(0.02, "ratio", "zh") == AxisScale(0.01, "个百分点")
    assert change_axis_scale(2.0, "percent") == AxisScale(1.0, "percentage points")
    assert change_axis_scale(3e8, "CNY", "zh") == axis_scale(3e8, "CNY", "zh")


@given(st.floats(0.0, 1e13), st.sampled_from(["en", "zh"]))
def test_ticks_stay_short_of_five_digits(largest: float, language: Language) -> None:
    assert largest / axis_scale(largest, "CNY", language).divisor < 1e4 + 1e-6


WORDS = {"": 1.0, "million": 1e6, "bn": 1e9, "万": 1e4, "亿": 1e8, "万亿": 1e12}


def _read_back(text: str) -> float:
    number, _, word = re.fullmatch(r"([\d.,e-]+)( ?)(\D*)", text).groups()  # type: ignore[union-attr]
    return float(number.replace(",", "")) * WORDS[word]


@given(st.floats(1e-3, 1e14), st.sampled_from(["en", "zh"]))
def test_a_formatted_number_reads_back_to_four_digits(value: float, language: Language) -> None:
    text = format_value(value, "dimensionless", language)
    assert _read_back(text) == pytest.approx(value, rel=6e-4)
    assert format_value(-value, "dimensionless", language) == f"-{text}"


def test_no_two_units_share_a_chinese_and_english_label() -> None:
    labels = [(unit.en, unit.zh) for unit in UNITS.values()]
    assert len(labels) == len(set(labels))
