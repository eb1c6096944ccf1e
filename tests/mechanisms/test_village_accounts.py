from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.levers import LeverBoard
from sim.mechanisms import village_accounts
from sim.mechanisms.village_accounts import VillageParameters
from sim.world import World
from tests.mechanisms.land_runs import run
from tests.mechanisms.land_worlds import land_world
from tests.worlds import small_world

NEUTRAL = LeverBoard(())


def after(
    months: int = 12,
    levers: LeverBoard = NEUTRAL,
    changes: dict[str, float] | None = None,
    pooled: float = 0.0,
    rent: float = 0.0,
) -> World:
    """Run village accounts; `pooled` is the part of each hamlet's land in blocks, `rent` what is kept of a mu's."""
    world = land_world(hamlets=2_000)
    held = np.bincount(world.households.hamlet, world.households.forest, len(world.hamlets))
    world.hamlets.pooled_forest[:] = pooled * held
    world.hamlets.collective_rent[:] = rent * world.hamlets.pooled_forest
    run(world, [village_accounts.MECHANISM], levers, months, {"village_accounts": changes or {}})
    return world


def test_the_median_gives_the_published_share() -> None:
    assert village_accounts.starting_median(0.5, 0.8) == pytest.approx(500_000.0)
    incomes = after(0).villages.collective_income
    # 400 villages: standard error 0.025, two-sided false alarm below 1e-4
    assert np.mean(incomes > 500_000.0) == pytest.approx(0.5196, abs=0.1)


def test_urban_communities_have_no_collective_income() -> None:
    world = small_world()
    run(world, [village_accounts.MECHANISM], NEUTRAL, 6)
    assert np.all(world.villages.collective_income[world.villages.urban == 1] == 0.0)
    assert np.all(world.villages.collective_income[world.villages.urban == 0] > 0.0)


def test_income_grows_by_the_trend_in_a_year() -> None:
    world = after(12)
    assert np.allclose(world.villages.collective_income, 1.07 * world.villages.operating_base)


def test_pooled_rent_is_shared_pro_rata_to_the_sampled_weight() -> None:
    world, none = after(12, pooled=0.5, rent=4.0), after(12)
    gain = world.villages.collective_income - none.villages.collective_income
    assert np.allclose(gain, 4.0 * 0.5 * world.villages.forest)
    assert np.allclose(gain, world.villages.block_rent)
    half = land_world(hamlets=2_000)
    half.hamlets.weight *= 2.0
    half.villages.weight *= 2.0
    half.hamlets.collective_rent[:] = world.hamlets.collective_rent
    run(half, [village_accounts.MECHANISM], NEUTRAL, 12)
    assert np.allclose(half.villages.collective_income, world.villages.collective_income)
    half.villages.weight[:] = 0.0
    run(half, [village_accounts.MECHANISM], NEUTRAL, 1, start=False)
    assert not half.villages.block_rent.any()


def test_pooled_land_of_which_nothing_is_kept_gives_the_collective_nothing() -> None:
    assert np.array_equal(after(6, pooled=0.5).villages.collective_income, after(6).villages.collective_income)


def test_income_is_paid_out_spent_or_saved() -> None:
    world = land_world(hamlets=200)
    run(world, [village_accounts.MECHANISM], NEUTRAL, 0)
    before = world.villages.collective_assets.copy()
    run(world, [village_accounts.MECHANISM], NEUTRAL, 1, start=False)
    monthly = world.villages.collective_income / 12.0
    p = VillageParameters()
    saved = world.villages.collective_assets - before
    assert np.allclose(saved + world.villages.dividends + p.spending_share * monthly, monthly)


@pytest.mark.parametrize(
    ("name", "value", "column"),
    [
        ("well_off_share", 0.65, "collective_income"),
        ("income_spread", 1.2, "collective_income"),
        ("trend", 0.12, "collective_income"),
        ("dividend_share", 0.3, "dividends"),
        ("spending_share", 0.4, "collective_assets"),
        ("starting_assets", 20.0, "collective_assets"),
        ("quality_effect", 0.2, "brand_quality"),
        ("ecology_effect", 0.2, "ecology"),
        ("persistence", 0.85, "ecology"),
    ],
)
def test_a_higher_or_lower_parameter_raises_its_column(name: str, value: float, column: str) -> None:
    changed = getattr(after(changes={name: value}, pooled=0.6).villages, column).mean()
    base = getattr(after(pooled=0.6).villages, column).mean()
    assert changed > base


def test_quality_is_stationary_and_its_spread_follows_the_shock() -> None:
    rule = village_accounts.slow_index.py_func
    assert rule(1.0, 1.0, 0.95, 0.0) == 1.0
    assert rule(0.01, 0.0, 0.9, -5.0) == 0.0
    world = after(120)
    expected = 0.01 / np.sqrt(1.0 - 0.95**2)
    assert world.villages.brand_quality.std() == pytest.approx(expected, rel=0.2)
    assert world.villages.brand_quality.mean() == pytest.approx(1.0, abs=0.01)
    assert after(24, changes={"quality_shock": 0.0}).villages.brand_quality.std() == 0.0


def test_an_index_goes_to_its_aim() -> None:
    world = after(240, pooled=0.6)
    assert np.allclose(world.villages.ecology, 1.03, atol=1e-3)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), rent=st.floats(0.0, 500.0), months=st.integers(0, 24))
def test_accounts_stay_finite_and_not_negative(seed: int, rent: float, months: int) -> None:
    world = small_world(seed)
    world.hamlets.pooled_forest[:], world.hamlets.collective_rent[:] = 10.0, rent
    run(world, [village_accounts.MECHANISM], NEUTRAL, months)
    for name in ("collective_income", "collective_assets", "dividends", "brand_quality", "ecology"):
        column = getattr(world.villages, name)
        assert np.all(np.isfinite(column))
        assert np.all(column >= 0.0)
