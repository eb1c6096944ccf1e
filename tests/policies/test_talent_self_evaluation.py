"""Talent self-evaluation: what it writes, and when."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calendar import parse_month
from sim.levers import TALENT_QUOTA_RATE, TALENT_SUBSIDY, WHITELIST_FIRMS, Lever, LeverBoard
from sim.policies.talent_self_evaluation import POLICY, Settings


def board_of(settings: Settings, month: str) -> LeverBoard:
    levers = LeverBoard((POLICY.name,))
    POLICY(settings).apply(levers, parse_month(month))
    return levers


def test_defaults_are_the_documented_list_from_2024() -> None:
    levers = board_of(Settings(), "2024-01")
    assert np.all(levers.effective(WHITELIST_FIRMS) == 320.0)
    assert np.all(levers.effective(TALENT_QUOTA_RATE) == Settings().quota_rate)
    assert np.all(levers.effective(TALENT_SUBSIDY) == Settings().subsidy)
    assert board_of(Settings(), "2023-12").is_neutral()


def test_ramp_lengthens_the_list_only() -> None:
    levers = board_of(Settings(ramp_months=4), "2024-02")
    assert np.all(levers.effective(WHITELIST_FIRMS) == 160.0)
    assert np.all(levers.effective(TALENT_QUOTA_RATE) == Settings().quota_rate)


@pytest.mark.parametrize(
    ("name", "lever"),
    [("whitelist_firms", WHITELIST_FIRMS), ("quota_rate", TALENT_QUOTA_RATE), ("subsidy", TALENT_SUBSIDY)],
)
def test_each_setting_is_what_its_lever_says(name: str, lever: Lever) -> None:
    levers = board_of(Settings.model_validate({name: 0.5}), "2024-03")
    assert np.all(levers.effective(lever) == 0.5)


def test_end_is_exact() -> None:
    assert not board_of(Settings(end="2024-06"), "2024-06").is_neutral()
    assert board_of(Settings(end="2024-06"), "2024-07").is_neutral()
