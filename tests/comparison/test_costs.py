"""Public cost and cost per unit of outcome."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.comparison import compare
from sim.comparison.costs import OUTCOMES, CostOfOutcome
from sim.observables.indicators import POSITION
from sim.places import PLACES, place_index
from sim.policies.base import Policy
from sim.registry import POLICIES
from sim.results import RunRecords, RunResult
from sim.units import check_unit
from tests.records import flat_record, set_series
from tests.runs import tiny_result


def result(label: str, moved: list[float], cost: float, gdp: float = 0.0, programme: str = "relocation") -> RunResult:
    """Return a year whose `moved` persons by seed and monthly cost (CNY) and GDP of the city are given."""
    records = {}
    for seed, persons in enumerate(moved, start=1):
        record = flat_record(12, (programme,), value=0.0)
        set_series(record, "relocated_persons", "quzhou", persons)
        set_series(record, "gdp", "quzhou", gdp)
        record.public_cost[1:, 0, place_index("quzhou")] = cost
        records[seed] = record
    return RunResult(RunRecords.gathered({label: records}), {"share": {"asked": 0.01}})


def of(costs: list[CostOfOutcome], programme: str, indicator: str) -> CostOfOutcome:
    return next(row for row in costs if (row.programme, row.indicator) == (programme, indicator))


def test_cost_and_effect_by_hand() -> None:
    comparison = compare(result("a", [95.0, 105.0], 50.0, gdp=20.0), result("b", [0.0, 0.0], 0.0, gdp=10.0))
    moved = of(comparison.costs(), "relocation", "relocated_persons")
    assert (moved.cost, moved.effect, moved.effect_unit) == (600.0, 100.0, "persons")
    assert moved.standard_error == pytest.approx(5.0)
    assert (moved.cost_per_unit, moved.unit) == (6.0, "CNY/person")
    output = of(comparison.costs(), "all", "gdp")
    assert (output.cost, output.effect, output.cost_per_unit, output.unit) == (600.0, 120.0, 5.0, "CNY/CNY")


@pytest.mark.parametrize("moved", [[-100.0, -90.0], [0.0, 0.0], [-10.0, 30.0], [-30.0, 10.0]])
def test_an_effect_that_is_none_or_not_clear_has_no_cost_per_unit(moved: list[float]) -> None:
    comparison = compare(result("a", moved, 50.0), result("b", [0.0, 0.0], 0.0))
    assert math.isnan(of(comparison.costs(), "relocation", "relocated_persons").cost_per_unit)


def test_more_for_less_has_no_cost_per_unit_and_less_for_less_saves_it() -> None:
    few, many = result("a", [3.0, 3.5], 1.0), result("b", [9.0, 9.5], 5.0)
    for one, other in ((few, many), (many, few)):
        row = of(compare(one, other).costs(), "relocation", "relocated_persons")
        assert abs(row.cost) == 48.0
        assert row.cost_per_unit == 8.0
    dear = result("b", [3.0, 3.5], 5.0)
    row = of(compare(result("a", [9.0, 9.5], 1.0), dear).costs(), "relocation", "relocated_persons")
    assert (row.cost, row.effect) == (-48.0, 6.0)
    assert math.isnan(row.cost_per_unit)


def test_one_seed_has_no_cost_per_unit_because_it_tells_nothing_of_chance() -> None:
    row = of(compare(result("a", [9.0], 5.0), result("b", [3.0], 1.0)).costs(), "relocation", "relocated_persons")
    assert (row.cost, row.effect) == (48.0, 6.0)
    assert math.isnan(row.cost_per_unit)


@pytest.mark.parametrize(("width", "is_clear"), [(12.0, True), (13.0, False)])
def test_a_cost_per_unit_needs_the_t_of_its_number_of_seeds(width: float, is_clear: bool) -> None:
    """Two seeds: the interval reaches 12.7 standard errors, here each half of `width`."""
    moved = [79.0 - 0.5 * width, 79.0 + 0.5 * width]
    row = of(compare(result("a", moved, 50.0), result("b", [0.0, 0.0], 0.0)).costs(), "relocation", "relocated_persons")
    assert row.standard_error == pytest.approx(0.5 * width)
    assert math.isfinite(row.cost_per_unit) == is_clear


def test_a_programme_that_others_touch_in_passing_is_not_listed() -> None:
    costs = compare(result("a", [3.0], 1000.0), result("b", [1.0], 999.5)).costs()
    assert {row.programme for row in costs} == {"all"}


def test_equal_costs_are_not_listed_and_another_programme_is() -> None:
    one = result("a", [5.0], 10.0)
    assert compare(one, result("b", [0.0], 10.0)).costs() == []
    costs = compare(one, result("b", [0.0], 10.0, programme="forest_tenure")).costs()
    assert {(row.programme, row.cost) for row in costs} == {("relocation", 120.0), ("forest_tenure", -120.0)}


def test_a_run_costs_nothing_against_itself() -> None:
    assert compare(tiny_result(), tiny_result()).costs() == []


def test_costs_of_a_real_run_are_those_booked() -> None:
    costs = {row.programme: row.cost for row in compare(tiny_result()).costs()}
    data = tiny_result().data
    booked = data.public_cost[0, :, :, :, place_index("quzhou")].sum(axis=1).mean(axis=0)
    for programme, cost in zip(data.programmes, booked, strict=True):
        assert costs.get(programme, 0.0) == pytest.approx(cost)
    assert costs["all"] == pytest.approx(booked.sum())


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_every_reform_has_an_outcome_whose_unit_can_be_divided_by(policy: type[Policy]) -> None:
    assert set(OUTCOMES[policy.name]) <= set(POSITION)
    moved = result("a", [1.0], 1.0, programme=policy.name)
    for row in compare(moved, result("b", [0.0], 0.0)).costs():
        check_unit(row.unit)
        check_unit(row.effect_unit)


def test_places_have_their_own_costs() -> None:
    comparison = compare(result("a", [9.0], 1.0), result("b", [0.0], 0.0))
    assert [bool(comparison.costs(place)) for place in PLACES] == [False] * 6 + [True]
    assert np.isfinite(comparison.costs()[0].cost)
