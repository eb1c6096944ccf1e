from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.levers import BRAND_ELIGIBILITY, BRAND_PROMOTION, LeverBoard
from sim.mechanisms import brand
from sim.model import CountyModel
from sim.world import World
from tests.mechanisms.land_runs import board, run
from tests.mechanisms.land_worlds import land_world
from tests.models import scenario_of
from tests.worlds import small_world

clearing = brand.clearing_premium.py_func


def after(levers: LeverBoard, months: int = 60, changes: dict[str, float] | None = None) -> World:
    world = land_world(hamlets=12)
    run(world, [brand.MECHANISM], levers, months, {"brand": changes or {}})
    return world


def premium(levers: LeverBoard, months: int = 60, changes: dict[str, float] | None = None) -> float:
    return float(after(levers, months, changes).counties.brand_premium.mean())


def test_the_clearing_premium_clears_and_agrees_with_the_computed_points() -> None:
    for eligible, expected in [(0.25, 0.219), (0.35, 0.191), (0.50, 0.162)]:  # feasibility section 3
        found = clearing(0.10, 0.09, eligible, 0.12, 0.06)
        assert found == pytest.approx(expected, abs=5e-4)
        demand = brand.branded_demand.py_func(found, 0.10, 0.09)
        assert demand == pytest.approx(brand.branded_supply.py_func(found, eligible, 0.12, 0.06))


def test_symmetric_market_clears_at_the_common_mean() -> None:
    assert clearing(0.1, 0.05, 1.0, 0.1, 0.05) == pytest.approx(0.1)


def test_the_starting_state_clears_and_rests_without_levers() -> None:
    world = after(LeverBoard(()), 0)
    start = world.counties.brand_premium.copy()
    run(world, [brand.MECHANISM], LeverBoard(()), 24, start=False)
    assert np.allclose(world.counties.brand_premium, start)
    assert 0.25 < start.mean() < 0.35


def test_without_a_policy_the_premium_of_the_model_rests_but_for_the_chance_of_quality() -> None:
    scenario = scenario_of(0.005, 12, {})
    still = {"village_accounts.quality_shock": 0.0, "village_accounts.quality_effect": 0.0}
    quiet = dataclasses.replace(scenario, parameters=scenario.parameters.replaced(still))
    for known, most in ((quiet, 1e-12), (scenario, 1e-3)):
        model = CountyModel(known, seed=1)
        start = model.world.counties.brand_premium.copy()
        for _ in range(12):
            model.step()
            assert np.abs(model.world.counties.brand_premium - start).max() < most


def test_promotion_raises_and_eligibility_lowers_the_premium() -> None:
    base = premium(LeverBoard(()))
    assert premium(board({BRAND_PROMOTION: 0.05})) > base
    assert premium(board({BRAND_ELIGIBILITY: 0.15})) < base
    assert after(board({BRAND_ELIGIBILITY: 0.15})).counties.branded_share.mean() > 0.15


@pytest.mark.parametrize(
    ("changes", "higher"),
    [
        ({"willingness": 0.2}, True),
        ({"demand_scale": 0.15}, True),
        ({"supply_cost": 0.18}, True),
        ({"supply_scale": 0.10}, True),
        ({"eligible": 0.2}, False),
    ],
)
def test_a_parameter_moves_the_premium(changes: dict[str, float], higher: bool) -> None:
    levers = LeverBoard(())
    assert (premium(levers, 0, changes) > premium(levers, 0)) is higher


def test_speed_closes_the_gap() -> None:
    levers = board({BRAND_ELIGIBILITY: 0.15})
    assert premium(levers, 3, {"speed": 0.6}) < premium(levers, 3, {"speed": 0.1})


def test_good_quality_earns_a_higher_premium() -> None:
    world = land_world(hamlets=12)
    world.villages.brand_quality[:] = 1.5
    run(world, [brand.MECHANISM], LeverBoard(()), 0)
    assert world.counties.brand_premium.mean() > premium(LeverBoard(()), 0)


@settings(max_examples=25, deadline=None)
@given(
    promotion=st.floats(0.0, 0.2),
    eligibility=st.floats(0.0, 1.5),
    months=st.integers(0, 12),
    seed=st.integers(0, 99),
)
def test_premium_and_share_stay_in_range(promotion: float, eligibility: float, months: int, seed: int) -> None:
    world = small_world(seed)
    run(world, [brand.MECHANISM], board({BRAND_PROMOTION: promotion, BRAND_ELIGIBILITY: eligibility}), months)
    assert np.all((world.counties.brand_premium >= 0.0) & (world.counties.brand_premium <= 2.0))
    assert np.all((world.counties.branded_share >= 0.0) & (world.counties.branded_share <= 1.0))
