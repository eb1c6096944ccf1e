"""What a unit of an outcome cost: shown where chance cannot explain the effect, whichever way it points."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sim.comparison import compare
from sim.places import CITY, CITY_INDEX
from sim.report.costs import DASH, UnitCostRow, unit_cost_rows
from sim.results import RunRecords, RunResult
from sim.units import Language
from tests.records import flat_record, set_series

LANGUAGES: tuple[Language, Language] = ("en", "zh")


def result(label: str, moved: Sequence[float], cost: float) -> RunResult:
    """Return a year in which relocation moves some persons, by seed, and costs so much CNY a month."""
    records = {}
    for seed, persons in enumerate(moved, start=1):
        record = flat_record(12, ("relocation",), value=0.0)
        set_series(record, "relocated_persons", CITY, persons)
        record.public_cost[1:, 0, CITY_INDEX] = cost
        records[seed] = record
    return RunResult(RunRecords.gathered({label: records}), {"share": {"asked": 0.01}})


def row_of(moved: Sequence[float], cost: float, others_cost: float) -> UnitCostRow:
    """Return the row of persons moved beyond a run that moves a hundred."""
    comparison = compare(result("a", moved, cost), result("b", [100.0] * len(moved), others_cost))
    return unit_cost_rows(comparison, ("relocation",), "en")[0]


def test_less_reached_with_less_money_shows_what_a_unit_saves() -> None:
    row = row_of([60.0, 61.0, 59.0], 1e5, 5e5)
    assert row.cost == "−4.8 million CNY"
    assert row.effect.startswith("−40 persons ±")
    assert row.per_unit == "120,000 CNY per person"


def test_the_outcome_is_named_in_the_language_of_the_report() -> None:
    comparison = compare(result("a", [140.0, 141.0], 5e5), result("b", [100.0, 100.0], 1e5))
    english, chinese = (unit_cost_rows(comparison, ("relocation",), language)[0] for language in LANGUAGES)
    assert english.outcome == "Registered persons relocated since January 2023"
    assert chinese.outcome == "累计搬迁人数"


def test_more_reached_with_more_money_shows_what_a_unit_costs() -> None:
    assert row_of([140.0, 141.0, 139.0], 5e5, 1e5).per_unit == "120,000 CNY per person"


@pytest.mark.parametrize(
    ("moved", "cost", "others_cost"),
    [
        ([140.0, 101.0, 139.0], 5e5, 1e5),
        ([60.0, 99.0, 61.0], 1e5, 5e5),
        ([140.0], 5e5, 1e5),
        ([60.0], 1e5, 5e5),
        ([140.0, 141.0, 139.0], 1e5, 5e5),
    ],
    ids=["unclear gain", "unclear loss", "one seed", "one seed, less", "more with less"],
)
def test_an_effect_that_may_be_chance_has_no_cost_per_unit(
    moved: Sequence[float], cost: float, others_cost: float
) -> None:
    assert row_of(moved, cost, others_cost).per_unit == DASH
