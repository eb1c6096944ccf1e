from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.accounting import Ledger
from sim.levers import FOREST_BLOCK_CAPACITY, FOREST_OPERATOR_SUPPORT, LeverBoard
from sim.mechanisms import brand, forest_market, forest_transfer
from sim.mechanisms.forest_market import MarketParameters
from sim.sectors import FORESTRY_PROCESSING
from sim.world import POOLED, SINGLE, World
from tests.mechanisms.land_runs import PROGRAMME, board, run
from tests.mechanisms.land_worlds import land_world
from tests.worlds import small_world

NEUTRAL = LeverBoard(())
LAND = [brand.MECHANISM, forest_market.MECHANISM, forest_transfer.MECHANISM]
SUPPORTED = {FOREST_OPERATOR_SUPPORT: 0.3}


def market(let: float = 1_000.0, demand: float = 1_050.0, pooled: float = 0.0) -> World:
    """Return a world whose six markets hold the same land; nothing but the market moves."""
    world = land_world(hamlets=12)
    counties, base = world.counties, world.base
    counties.forest_let[:, SINGLE] = let - pooled
    counties.forest_let[:, POOLED] = pooled
    base.forest_let[:] = let
    base.forest_demand[:] = counties.forest_demand[:] = demand
    base.pooled_share[:] = pooled / let
    forest_market.start(world, MarketParameters())
    return world


def step(world: World, levers: LeverBoard = NEUTRAL, months: int = 1, **changes: float) -> World:
    parameters = MarketParameters().replaced(changes)
    for _ in range(months):
        forest_market.step(world, parameters, levers, Ledger(levers.programmes))
        world.month += 1
    return world


def test_the_return_is_one_at_the_start_and_multiplies_its_parts() -> None:
    rule = forest_market.relative_return.py_func
    assert rule(0.0, 0.05, 0.05, 0.0, 1.0, 0.5) == 1.0
    assert rule(0.2, 0.1, 0.1, 0.4, 1.5, 0.5) == pytest.approx(1.2 * 1.2 / 1.5)


def test_rent_rests_at_equilibrium_and_has_a_closed_form_under_constant_excess() -> None:
    rule = forest_market.next_rent.py_func
    assert rule(44.0, 10.0, 10.0, 0.05, 30.0, 130.0) == 44.0
    assert rule(44.0, 10.0, 0.0, 0.05, 30.0, 130.0) == 44.0
    rent = 44.0
    for _ in range(12):
        rent = rule(rent, 11.0, 10.0, 0.05, 30.0, 130.0)
    assert rent == pytest.approx(44.0 * np.exp(12 * 0.05 * 0.1))
    assert rule(129.0, 100.0, 10.0, 0.15, 30.0, 130.0) == 130.0
    assert rule(30.5, 0.0, 10.0, 0.15, 30.0, 130.0) == 30.0


def test_operators_rest_when_entry_equals_exit() -> None:
    rule = forest_market.next_operators.py_func
    assert rule(100.0, 1.0, 0.0, 0.005, 1.0, 0.005) == pytest.approx(100.0)
    assert rule(100.0, 1.0, 3.0, 0.005, 1.0, 0.005) == pytest.approx(103.0)
    assert rule(100.0, 2.0, 0.0, 0.005, 1.0, 0.005) > 100.0


def test_leading_firms_follow_the_pareto_law() -> None:
    """The number above a fixed size of a Pareto population whose every member doubles."""
    sizes = (1.0 - np.random.default_rng(1).random(400_000)) ** (-1.0 / 0.82)
    counted = np.sum(2.0 * sizes > 50.0) / np.sum(sizes > 50.0)
    assert forest_market.graded_firms(1.0, 2.0, 1.0, 0.82, 0.2) == pytest.approx(counted, rel=0.03)


def test_leading_firms_are_graded_in_december_only() -> None:
    world = market()
    world.base.value_added_by_month[:, :, FORESTRY_PROCESSING] = 1.0e6
    world.counties.value_added[:, FORESTRY_PROCESSING] = 2.0e6
    step(world, months=11)
    assert np.all(world.counties.leading_firms == world.base.leading_firms)
    step(world)
    assert np.allclose(world.counties.leading_firms, world.base.leading_firms * 2.0**0.82)


@pytest.mark.parametrize(("name", "value"), [("size_exponent", 1.07), ("land_grading", 0.5)])
def test_a_parameter_moves_the_number_of_leading_firms(name: str, value: float) -> None:
    def firms(**changes: float) -> float:
        world = market()
        world.base.value_added_by_month[:, :, FORESTRY_PROCESSING] = 1.0e6
        world.counties.value_added[:, FORESTRY_PROCESSING] = 2.0e6
        world.counties.forest_let[:, SINGLE] *= 1.5
        world.month = 11
        return float(step(world, **changes).counties.leading_firms.sum())

    assert firms(**{name: value}) > firms()


@pytest.mark.parametrize(
    ("name", "value", "higher"),
    [
        ("elasticity", 2.0, True),
        ("block_gain", 1.0, True),
        ("elasticity", 0.4, False),
        ("block_gain", 0.1, False),
    ],
)
def test_a_parameter_moves_demand(name: str, value: float, higher: bool) -> None:
    def demand(**changes: float) -> float:
        world = market(pooled=100.0)
        world.counties.block_queue[:] = 500.0
        return float(step(world, board(SUPPORTED), **changes).counties.forest_demand.sum())

    assert (demand(**{name: value}) > demand()) is higher


@pytest.mark.parametrize(
    ("name", "value", "higher"),
    [
        ("entry_hazard", 0.02, True),
        ("entry_response", 3.0, True),
        ("exit_hazard", 0.015, False),
        ("founded_share", 0.7, True),
    ],
)
def test_a_parameter_moves_the_operators(name: str, value: float, higher: bool) -> None:
    def operators(**changes: float) -> float:
        world = market()
        world.counties.forest_flow[:, POOLED] = 100.0
        return float(step(world, board(SUPPORTED), **changes).counties.operators.sum())

    assert (operators(**{name: value}) > operators()) is higher


def test_rent_speed_and_bounds_move_the_rent() -> None:
    def rent(demand: float = 1_500.0, months: int = 1, **changes: float) -> float:
        return float(step(market(demand=demand), months=months, **changes).counties.forest_rent.mean())

    assert rent(rent_speed=0.15) > rent() > rent(rent_speed=0.01)
    assert rent(9_000.0, 60, highest_rent=80.0) < rent(9_000.0, 60)
    assert rent(10.0, 60, lowest_rent=10.0) < rent(10.0, 60)


def test_blocks_raise_demand_only_above_their_starting_share() -> None:
    world = market(demand=1_050.0, pooled=300.0)
    assert np.allclose(step(world).counties.forest_demand, 1_050.0)
    world = market(demand=1_050.0, pooled=300.0)
    world.counties.block_queue[:] = 500.0
    assert np.all(step(world).counties.forest_demand > 1_050.0)


def test_support_brand_and_blocks_raise_rent_and_land_let() -> None:
    def year(levers: LeverBoard) -> World:
        world = land_world(hamlets=300)
        run(world, LAND, levers, 24)
        return world

    base, supported = year(NEUTRAL), year(board(SUPPORTED))
    blocks = year(board(SUPPORTED | {FOREST_BLOCK_CAPACITY: 1e6}))
    assert supported.counties.forest_rent.mean() > base.counties.forest_rent.mean()
    assert supported.counties.operators.sum() > base.counties.operators.sum()
    assert blocks.counties.forest_let.sum() > 1.1 * supported.counties.forest_let.sum()
    assert blocks.counties.operators.sum() > supported.counties.operators.sum()


@pytest.mark.parametrize(("budget", "part"), [(np.inf, 1.0), (60.0, 0.5), (0.0, 0.0)])
def test_support_is_a_part_of_the_rent_and_stops_where_the_budget_ends(budget: float, part: float) -> None:
    world = market(let=1_000.0)
    world.counties.forest_rent[:] = 48.0
    levers, ledger = board({FOREST_OPERATOR_SUPPORT: 0.005}), Ledger([PROGRAMME])
    levers.grant(PROGRAMME, budget)
    assert forest_market.paid_part(world, levers, ledger) == pytest.approx(part)
    assert ledger.public_total.sum() == pytest.approx(part * 6 * 0.005 * 48.0 * 1_000.0 / 12)


def test_without_a_reform_nothing_explodes_by_2035() -> None:
    world = land_world(hamlets=100)
    run(world, LAND, NEUTRAL, 156)
    assert np.all((world.counties.forest_rent > 35.0) & (world.counties.forest_rent < 70.0))
    let = world.counties.forest_let.sum(axis=1)
    assert np.all(let < 0.6 * world.counties.forest_total)
    assert np.all(world.counties.operators < 2.0 * world.base.operators)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    support=st.floats(0.0, 1.0),
    capacity=st.floats(0.0, 1_000.0),
    months=st.integers(1, 15),
)
def test_rent_operators_and_firms_stay_in_range(seed: int, support: float, capacity: float, months: int) -> None:
    world = small_world(seed)
    levers = board({FOREST_OPERATOR_SUPPORT: support, FOREST_BLOCK_CAPACITY: capacity})
    ledger = run(world, LAND, levers, months)
    counties = world.counties
    assert np.all((counties.forest_rent >= 30.0) & (counties.forest_rent <= 130.0))
    for column in (counties.operators, counties.leading_firms, counties.forest_demand):
        assert np.all(np.isfinite(column))
        assert np.all(column >= 0.0)
    assert ledger.programmes == (PROGRAMME,)
    assert (ledger.public_total.sum() > 0.0) == (support > 0.0)
