"""Innovation platforms: posts by county, costs, neutrality."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calendar import parse_month
from sim.levers import PLATFORM_POSTS, PLATFORM_SPILLOVER, RD_SUPPORT, LeverBoard
from sim.places import KECHENG, QUJIANG
from sim.policies.innovation_platform import POLICY, Settings

MONTH = parse_month("2024-06")


def board_of(settings: Settings, month: int = MONTH) -> LeverBoard:
    levers = LeverBoard((POLICY.name,))
    POLICY(settings).apply(levers, month)
    return levers


def test_posts_are_teams_times_size_and_mostly_in_kecheng() -> None:
    posts = board_of(Settings()).effective(PLATFORM_POSTS)
    assert posts.sum() == pytest.approx(Settings().teams * Settings().posts_per_team)
    assert posts[KECHENG] == pytest.approx(Settings().kecheng_share * posts.sum())
    assert np.ptp(np.delete(posts, KECHENG)) == pytest.approx(0.0)


@pytest.mark.parametrize("places", [("kecheng",), ("qujiang",), ("qujiang", "kaihua")])
def test_all_posts_stand_where_the_reform_runs(places: tuple[str, ...]) -> None:
    policy = POLICY(Settings(places=places))
    posts = policy.posts
    assert posts.sum() == pytest.approx(100.0)
    np.testing.assert_array_equal(posts > 0, policy.counties)


def test_cost_is_posts_times_pay_and_zero_while_it_does_not_run() -> None:
    policy = POLICY(Settings())
    yearly = 12 * policy.running_cost(MONTH).sum()
    assert yearly == pytest.approx(100 * Settings().post_cost)
    assert policy.running_cost(MONTH)[QUJIANG] > 0.0
    assert not policy.running_cost(parse_month("2023-12")).any()


def test_ramp_scales_every_lever_and_off_is_neutral() -> None:
    levers = board_of(Settings(ramp_months=12))
    assert levers.effective(PLATFORM_POSTS).sum() == pytest.approx(50.0)
    assert levers.effective(PLATFORM_SPILLOVER)[0] == pytest.approx(Settings().spillover / 2)
    assert levers.effective(RD_SUPPORT)[0] == pytest.approx(Settings().research_support / 2)
    assert board_of(Settings(), parse_month("2023-12")).is_neutral()
