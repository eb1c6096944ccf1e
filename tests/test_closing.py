"""Closing tables: income by household identity, the same bits for any threads, sums that fit the record."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from sim.closing import HOUSEHOLD_COLUMNS, VILLAGE_COLUMNS, ClosingAccounts, Columns, income_tenths
from sim.model import CountyModel
from sim.observables.inequality import INCOMES, MEMBERS
from sim.places import CITY
from sim.runs import Job, simulate
from sim.world import MOVED, World
from tests.models import scenario_of
from tests.runs import tiny_result

SHARE = 0.002


def income(world: World) -> np.ndarray:
    return np.sum([getattr(world.households, name).astype(np.float64) for name in INCOMES], axis=0)


def residents(world: World) -> np.ndarray:
    return np.sum([getattr(world.households, name).astype(np.float64) for name in MEMBERS], axis=0)


def closing_of(months: int) -> tuple[CountyModel, Columns, dict[int, float], dict[int, float]]:
    """Return a model after some months, its closing table, and income and person-months by id, summed plainly."""
    model = CountyModel(scenario_of(SHARE, months), seed=3)
    accounts = ClosingAccounts(model.world, months)
    money: dict[int, float] = defaultdict(float)
    persons: dict[int, float] = defaultdict(float)
    for month in range(months):
        model.run_for(1)
        accounts.add_month(model.world)
        if month >= months - 12:
            table, people = income(model.world), residents(model.world)
            for row in np.flatnonzero(model.world.households.occupied()):
                key = int(model.world.households.id[row])
                money[key] += table[row]
                persons[key] += people[row]
    return model, accounts.households(model.world), money, persons


@pytest.mark.parametrize("months", [5, 30])
def test_income_is_summed_by_identity_over_the_last_twelve_months(months: int) -> None:
    model, table, money, persons = closing_of(months)
    assert set(table) == set(HOUSEHOLD_COLUMNS)
    np.testing.assert_array_equal(table["id"], model.world.households.id[model.world.households.occupied()])
    keys = [int(key) for key in table["id"]]
    np.testing.assert_allclose(table["income"], [money[key] for key in keys], rtol=2e-6, atol=0.5)
    np.testing.assert_array_equal(table["resident_months"], [persons[key] for key in keys])
    parts = sum(table[f"income_{part}"].astype(np.float64) for part in ("wage", "business", "property", "transfer"))
    np.testing.assert_allclose(table["income"], parts, rtol=1e-6, atol=0.5)


def test_a_household_in_a_row_used_before_does_not_inherit() -> None:
    """Rows do change hands in this run; otherwise the test above would prove little."""
    model = CountyModel(scenario_of(SHARE, 30), seed=3)
    start = model.world.households.id.copy()
    accounts = ClosingAccounts(model.world, 30)
    for _ in range(30):
        model.run_for(1)
        accounts.add_month(model.world)
    table = accounts.households(model.world)
    rows = np.flatnonzero(model.world.households.occupied())
    founded = start[rows] != table["id"]
    assert np.count_nonzero(founded & (start[rows] != 0)) > 0
    np.testing.assert_array_equal(table["start_decile"] == 0, founded)
    np.testing.assert_array_equal(np.isnan(table["start_income"]), founded)


def test_the_same_bits_for_any_number_of_threads() -> None:
    job = Job("run", scenario_of(SHARE, 14), seed=2)
    one, three = simulate(job, threads=1), simulate(job, threads=3)
    for left, right in ((one.households, three.households), (one.villages, three.villages)):
        for name in left.columns:
            np.testing.assert_array_equal(left.columns[name], right.columns[name], err_msg=name)


def test_each_tenth_holds_a_tenth_of_the_persons_and_they_are_ordered() -> None:
    world = CountyModel(scenario_of(0.01, 1), seed=1).world
    tenths, people = income_tenths(world), residents(world)
    persons = people * world.hamlets.weight[world.households.hamlet]
    held = np.bincount(tenths, persons, 11)
    assert held[0] == 0.0
    np.testing.assert_allclose(held[1:] / held.sum(), 0.1, atol=0.003)
    lived_in = people > 0
    per_head = income(world)[lived_in] / people[lived_in]
    tops = [per_head[tenths[lived_in] == tenth].max() for tenth in range(1, 10)]
    bottoms = [per_head[tenths[lived_in] == tenth].min() for tenth in range(2, 11)]
    assert all(bottom > 0.999 * top for top, bottom in zip(tops, bottoms, strict=True))


def test_starting_income_is_the_published_one_at_a_yearly_rate() -> None:
    world = CountyModel(scenario_of(SHARE, 1), seed=1).world
    table = ClosingAccounts(world, 1).households(world)
    counties = world.counties
    assert np.dot(table["weight"].astype(float), table["start_income"]) == pytest.approx(
        12.0 * counties.income.sum(), rel=1e-5
    )
    assert np.dot(table["weight"].astype(float), table["residents"]) == pytest.approx(counties.residents.sum())
    assert not table["income"].any()


def test_closing_tables_fit_the_record() -> None:
    result = tiny_result()
    for households, villages in zip(result.households, result.villages, strict=True):
        assert (households.scenario, households.seed) == (villages.scenario, villages.seed)
        of = {"scenario": households.scenario, "place": CITY}
        seed = result.seeds.index(households.seed)
        weight = households.columns["weight"].astype(np.float64)
        total = sum(result.values(f"income_total_{zone}", **of)[seed, -12:].sum() for zone in ("rural", "urban"))
        # households that died out within the year are missing from the table
        assert np.dot(weight, households.columns["income"]) == pytest.approx(total, rel=0.01)
        moved = result.values("relocated_persons", **of)[seed, -1]
        assert villages.columns["relocated_persons"].sum() == pytest.approx(moved, rel=0.1)
        let = result.values("forest_let", **of)[seed, -1]
        assert villages.columns["forest_let"].sum() == pytest.approx(let, rel=1e-5)
        land = result.values("forest_transferable", **of)[seed, -1]
        assert villages.columns["forest"].sum() == pytest.approx(land, rel=1e-5)


def test_villages_add_up_their_households() -> None:
    households, villages = tiny_result().households[0].columns, tiny_result().villages[0].columns
    assert set(villages) == set(VILLAGE_COLUMNS)
    weight = households["weight"].astype(np.float64)
    village = int(households["village"][0])
    inside = households["village"] == village
    row = int(np.flatnonzero(villages["id"] == village)[0])
    assert villages["households"][row] == pytest.approx(weight[inside].sum(), rel=1e-5)
    assert villages["residents"][row] == pytest.approx(np.dot(weight, households["residents"] * inside), rel=1e-5)
    income_sum = np.dot(weight, households["income"] * inside)
    person_years = np.dot(weight, households["resident_months"] * inside) / 12
    assert villages["income"][row] == pytest.approx(income_sum / person_years, rel=1e-5)
    empty = villages["households"] == 0.0
    assert empty.any()
    assert np.isnan(villages["income"][empty]).all()


def test_relocated_households_are_those_the_programme_moved() -> None:
    model = CountyModel(scenario_of(0.005, 20), seed=1)
    accounts = ClosingAccounts(model.world, 20)
    for _ in range(20):
        model.run_for(1)
        accounts.add_month(model.world)
    table = accounts.households(model.world)
    moved = model.world.households.relocation[model.world.households.occupied()] == MOVED
    assert moved.any()
    np.testing.assert_array_equal(table["relocated"], moved)
    assert (table["members"] >= table["residents"]).all()
