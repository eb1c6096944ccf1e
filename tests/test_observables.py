"""The record: what a row holds, how the city follows, and that nothing is counted twice."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.accounting import Ledger
from sim.errors import ResultsError
from sim.levers import LeverBoard
from sim.observables import Record, follow_counties, observe, sum_firms, sum_projects
from sim.observables.indicators import INDICATORS, NAMES, POSITION, Indicator
from sim.places import CITY, CITY_INDEX, N_COUNTIES, PLACES, QUJIANG
from sim.sectors import OFFICIAL, SECTORS
from sim.world import BUILDING, OPERATING, SIGNED, World
from tests.worlds import small_world


def observed(world: World) -> dict[str, np.ndarray]:
    row = observe(world, Ledger(["relocation"]))
    return {name: row[:, POSITION[name]] for name in NAMES}


def test_names_are_unique_and_what_they_refer_to_exists() -> None:
    assert len(set(NAMES)) == len(INDICATORS)
    assert all(other in POSITION for indicator in INDICATORS for other in indicator.of)
    assert all(indicator.en and indicator.zh for indicator in INDICATORS)


def test_an_indicator_needs_a_known_unit() -> None:
    with pytest.raises(ValueError, match="unknown unit"):
        Indicator("x", "furlongs", "x", "x", "flow")


def test_row_zero_is_the_start_and_rows_fill_one_after_the_other() -> None:
    world, ledger = small_world(), Ledger(["relocation"])
    record = Record(2, ["relocation"], world.base)
    for residents in (100.0, 200.0, 300.0):
        world.counties.residents[:] = residents
        record.take(world, ledger)
    assert record.series("family_residents_rural", "qujiang").tolist() == [100.0, 200.0, 300.0]
    assert record.at("family_residents_rural", "qujiang", -1) == 100.0
    assert record.total("family_residents_rural", CITY, 0, 1) == 6 * 500.0
    assert record.mean("family_residents_rural", CITY, 0, 1) == 6 * 250.0
    with pytest.raises(ResultsError, match="full"):
        record.take(world, ledger)


def test_months_outside_the_run_and_unknown_names_are_refused() -> None:
    world = small_world()
    record = Record(1, [], world.base)
    record.take(world, Ledger([]))
    with pytest.raises(ResultsError, match="does not cover"):
        record.at("gdp", CITY, 0)
    with pytest.raises(ResultsError, match="Did you mean 'gini'"):
        record.series("ginni", CITY)
    with pytest.raises(ResultsError, match="month 0 on"):
        record.total("gdp", CITY, -1, 0)


def test_public_cost_is_kept_by_programme_and_place() -> None:
    world, ledger, levers = small_world(), Ledger(["a", "b"]), LeverBoard(["a", "b"])
    ledger.spend_programme(levers, "b", np.arange(6.0))
    record = Record(0, ["a", "b"], world.base)
    record.take(world, ledger)
    assert record.public_cost[0, 0].sum() == 0.0
    assert record.public_cost[0, 1].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 15.0]
    assert record.at("public_cost", CITY, -1) == 15.0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_the_city_is_the_sum_or_the_weighted_mean_of_its_counties(seed: int) -> None:
    world = small_world(seed)
    rng = np.random.default_rng(seed)
    for name in world.counties.column_names():
        getattr(world.counties, name)[:] = rng.uniform(1.0, 9.0, getattr(world.counties, name).shape)
    row = observed(world)
    for indicator in INDICATORS:
        counties, city = row[indicator.name][:N_COUNTIES], row[indicator.name][CITY_INDEX]
        if indicator.city == "sum":
            np.testing.assert_allclose(city, counties.sum())
        elif indicator.city in ("ratio", "mean"):
            assert counties.min() - 1e-9 <= city <= counties.max() + 1e-9
        if indicator.city == "ratio":
            top, bottom = (row[name] for name in indicator.of)
            np.testing.assert_allclose(row[indicator.name] * bottom, top, atol=1e-9)


def test_parts_add_up() -> None:
    row = observed(small_world())
    for whole, parts in {
        "gdp": [f"value_added_{sector}" for sector in SECTORS],
        "residents": ["residents_rural", "residents_urban"],
        "forest_let": ["forest_let_single", "forest_let_pooled", "forest_let_stored"],
    }.items():
        np.testing.assert_allclose(row[whole], sum(row[part] for part in parts))
    np.testing.assert_allclose(row["gdp"], sum(row[f"value_added_{sector}"] for sector in OFFICIAL))


def test_collective_residents_count_as_urban() -> None:
    world = small_world()
    world.counties.residents[:] = [300.0, 600.0]
    world.counties.collective_residents[:] = 100.0
    row = observed(world)
    assert row["urbanisation"][QUJIANG] == pytest.approx(0.7)
    assert row["residents"][CITY_INDEX] == 6000.0


def test_a_ratio_without_a_base_is_zero() -> None:
    out = np.ones((len(PLACES), 3))
    out[:, 1] = 0.0
    follow_counties(out, np.zeros((0, 1), np.int64), np.array([[2, 0, 1]]), np.zeros((0, 2), np.int64))
    assert out[:, 2].tolist() == [0.0] * len(PLACES)


def test_unemployment_counts_persons_who_look_for_work() -> None:
    world = small_world()
    households, weight = world.households, world.hamlets.weight[world.households.hamlet]
    idle = float((weight * households.idle).sum())
    work = sum(float((weight * getattr(households, name)).sum()) for name in ("farm", "local", "local_skilled", "own"))
    row = observed(world)
    assert row["unemployed"][CITY_INDEX] == pytest.approx(idle)
    assert row["unemployment_rate"][CITY_INDEX] == pytest.approx(idle / (idle + work))


def test_projects_are_counted_by_state_and_month_of_signing() -> None:
    state = np.array([0, SIGNED, SIGNED, BUILDING, OPERATING], dtype=np.int8)
    county = np.array([1, 1, 1, 1, 2], dtype=np.int8)
    signed = np.array([5, 5, 4, 5, 0], dtype=np.int32)
    value = np.array([9.0, 2.0, 3.0, 4.0, 5.0])
    totals = np.zeros((6, 5))
    sum_projects(state, county, signed, value, 5, np.arange(5), totals)
    assert totals[1].tolist() == [2.0, 6.0, 2.0, 1.0, 0.0]
    assert totals[2].tolist() == [0.0, 0.0, 0.0, 0.0, 1.0]


def test_firms_are_weighted_and_closed_ones_left_out() -> None:
    firms = small_world().enterprises.taken(np.arange(3))
    firms.active[:], firms.county[:], firms.size[:] = [1, 1, 0], [1, 1, 1], [0, 1, 1]
    firms.weight[:], firms.investment[:], firms.certified[:] = (
        [20.0, 1.0, 1.0],
        [2.0, 3.0, 99.0],
        [0.0, 4.0, 99.0],
    )
    firms.city_administered[:] = [0, 1, 1]
    totals = np.zeros((6, 4))
    columns = ("active", "county", "size", "city_administered", "weight", "investment", "certified")
    sum_firms(*(getattr(firms, name) for name in columns), np.arange(4), totals)
    assert totals[1].tolist() == [21.0, 1.0, 43.0, 4.0]


def test_observing_changes_nothing_and_a_record_can_be_sent_to_another_process() -> None:
    world = small_world()
    before = world.households.copy()
    record = Record(0, ["relocation"], world.base)
    record.take(world, Ledger(["relocation"]))
    for name in before.column_names():
        np.testing.assert_array_equal(getattr(before, name), getattr(world.households, name))
    again = pickle.loads(pickle.dumps(record))
    np.testing.assert_array_equal(again.values, record.values)
