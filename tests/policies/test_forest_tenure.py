from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.calendar import parse_month
from sim.levers import (
    BRAND_ELIGIBILITY,
    FOREST_BLOCK_CAPACITY,
    FOREST_CERTIFICATION,
    FOREST_OPERATOR_SUPPORT,
    FOREST_STORAGE_BUDGET,
    FOREST_TRANSACTION_COST,
    LEVERS,
    LeverBoard,
)
from sim.places import KAIHUA, N_COUNTIES
from sim.policies.forest_tenure import POLICY, ForestTenureSettings

START = parse_month("2024-01")


def written(month: int = START, **settings: object) -> LeverBoard:
    policy = POLICY(ForestTenureSettings(**settings))
    levers = LeverBoard([POLICY.name])
    policy.apply(levers, month)
    return levers


def test_before_its_start_and_after_its_end_every_lever_is_neutral() -> None:
    assert written(START - 1).is_neutral()
    assert written(START + 13, end="2025-01").is_neutral()
    assert not written(START).is_neutral()
    assert not np.any(POLICY(ForestTenureSettings()).running_cost(START - 1))


def test_it_writes_only_the_levers_it_declares() -> None:
    levers = written()
    assert {lever for lever in LEVERS if levers.written(lever).any()} == set(POLICY.levers)


def test_the_documented_settings_give_six_centres() -> None:
    levers = written()
    assert levers.effective(FOREST_BLOCK_CAPACITY).sum() == pytest.approx(6 * 9_200.0)
    assert np.allclose(levers.effective(FOREST_TRANSACTION_COST), 0.6)
    assert np.allclose(levers.effective(FOREST_CERTIFICATION), 2_200.0)
    assert np.allclose(levers.effective(BRAND_ELIGIBILITY), 0.15)


def test_centres_and_money_are_spread_over_the_places() -> None:
    levers = written(places=("kaihua",))
    assert levers.effective(FOREST_BLOCK_CAPACITY)[KAIHUA] == pytest.approx(6 * 9_200.0)
    assert levers.effective(FOREST_BLOCK_CAPACITY).sum() == pytest.approx(6 * 9_200.0)
    assert levers.effective(FOREST_STORAGE_BUDGET).sum() == pytest.approx(50_000.0)
    cost = POLICY(ForestTenureSettings(places=("kaihua",))).running_cost(START)
    assert cost[KAIHUA] == pytest.approx(6 * 1_200_000.0 / 12.0)
    assert cost.sum() == cost[KAIHUA]


def test_without_centres_contracts_cost_what_they_cost() -> None:
    assert np.all(written(service_centres=0.0).effective(FOREST_TRANSACTION_COST) == 1.0)


@given(ramp=st.integers(1, 24), month=st.integers(0, 30))
def test_the_ramp_scales_capacity_support_and_cost(ramp: int, month: int) -> None:
    settings = ForestTenureSettings(ramp_months=ramp)
    strength = min(1.0, (month + 1) / ramp)
    levers = written(START + month, ramp_months=ramp)
    assert np.allclose(levers.effective(FOREST_BLOCK_CAPACITY), strength * 9_200.0)
    assert np.allclose(levers.effective(FOREST_OPERATOR_SUPPORT), strength * 0.2)
    assert np.allclose(POLICY(settings).running_cost(START + month), np.full(N_COUNTIES, strength * 100_000.0))


@pytest.mark.parametrize("name", sorted(set(ForestTenureSettings.model_fields) - {"places", "start", "end", "budget"}))
def test_a_setting_out_of_bounds_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        ForestTenureSettings(**{name: -1})
