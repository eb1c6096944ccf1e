"""Investment attraction: documented signing, assumed years, neutrality."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calendar import parse_month
from sim.levers import APPROVAL_SPEED, SIGNED_PROJECTS, SIGNED_VALUE, LeverBoard
from sim.places import N_COUNTIES, QUJIANG
from sim.policies.investment_attraction import POLICY, Settings


def board_of(settings: Settings, month: str) -> LeverBoard:
    levers = LeverBoard((POLICY.name,))
    POLICY(settings).apply(levers, parse_month(month))
    return levers


def test_nine_months_of_2024_sign_what_is_documented() -> None:
    months = [f"2024-{m:02d}" for m in range(1, 10)]
    boards = [board_of(Settings(), month) for month in months]
    projects = sum(b.effective(SIGNED_PROJECTS)[QUJIANG] for b in boards)
    value = sum(b.effective(SIGNED_PROJECTS)[QUJIANG] * b.effective(SIGNED_VALUE)[QUJIANG] for b in boards)
    assert projects == pytest.approx(14)
    assert value == pytest.approx(10e9)


@pytest.mark.parametrize(("month", "value"), [("2023-06", 13e9), ("2025-01", 5e9), ("2035-12", 5e9)])
def test_other_years_sign_the_assumed_value(month: str, value: float) -> None:
    levers = board_of(Settings(), month)
    signed = levers.effective(SIGNED_PROJECTS) * levers.effective(SIGNED_VALUE) * 12
    assert signed[QUJIANG] == pytest.approx(value)
    assert signed.sum() == pytest.approx(value)


def test_default_approval_is_neutral_and_a_ramp_raises_it_step_by_step() -> None:
    assert np.all(board_of(Settings(), "2024-01").effective(APPROVAL_SPEED) == 1.0)
    ramped = Settings(approval_speed=2.0, ramp_months=10, start="2024-01")
    speeds = [board_of(ramped, m).effective(APPROVAL_SPEED)[QUJIANG] for m in ("2024-01", "2024-05", "2024-12")]
    assert 1.0 < speeds[0] < speeds[1] < speeds[2] == pytest.approx(2.0)


def test_before_start_and_after_end_levers_are_neutral() -> None:
    for month in ("2023-12", "2024-07"):
        assert board_of(Settings(start="2024-01", end="2024-06"), month).is_neutral()


@pytest.mark.parametrize(
    ("name", "value", "month", "signed"),
    [
        ("projects", 2.0, "2024-03", 2.0 * 10e9 / 14 * 12),
        ("project_value", 1e9, "2024-03", 14 / 9 * 1e9 * 12),
        ("project_value", 1e9, "2023-03", 13e9),
        ("value_before", 6e9, "2023-03", 6e9),
        ("value_after", 9e9, "2030-03", 9e9),
    ],
)
def test_each_setting_moves_the_value_signed_in_its_years(name: str, value: float, month: str, signed: float) -> None:
    levers = board_of(Settings.model_validate({name: value}), month)
    found = levers.effective(SIGNED_PROJECTS) * levers.effective(SIGNED_VALUE) * 12
    assert found[QUJIANG] == pytest.approx(signed)


def test_places_can_be_chosen() -> None:
    levers = board_of(Settings(places=("kecheng", "longyou")), "2024-02")
    assert np.count_nonzero(levers.effective(SIGNED_PROJECTS)) == 2
    assert len(levers.effective(SIGNED_PROJECTS)) == N_COUNTIES


def test_the_campaign_costs_its_promotion_while_it_runs() -> None:
    policy = POLICY(Settings(promotion_cost=12e6, end="2024-06"))
    assert policy.running_cost(parse_month("2024-06"))[QUJIANG] == pytest.approx(1e6)
    assert policy.running_cost(parse_month("2024-06")).sum() == pytest.approx(1e6)
    assert policy.running_cost(parse_month("2024-07")).sum() == 0.0
