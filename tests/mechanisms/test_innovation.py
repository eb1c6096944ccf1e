"""Innovation: platforms, knowledge, research, public money."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.accounting import Ledger
from sim.levers import PLATFORM_POSTS, PLATFORM_SPILLOVER, RD_SUPPORT, LeverBoard
from sim.mechanisms import innovation
from sim.mechanisms.innovation import MECHANISM, InnovationParameters
from sim.places import KECHENG, N_COUNTIES
from sim.world import World
from tests.worlds import small_world

HERE = np.arange(N_COUNTIES) == KECHENG


def board(posts: float = 0.0, spillover: float = 0.0, support: float = 0.0, budget: float = np.inf) -> LeverBoard:
    levers = LeverBoard(("programme",))
    levers.grant("programme", budget)
    levers.write(PLATFORM_POSTS, "programme", posts, HERE)
    levers.write(PLATFORM_SPILLOVER, "programme", spillover, HERE)
    levers.write(RD_SUPPORT, "programme", support, HERE)
    return levers


def world_with_research(seed: int = 1) -> World:
    world = small_world(seed, villages_per_county=1, hamlets_per_village=1, households=1)
    firms = world.enterprises
    firms.research[:] = np.where(firms.size == 1, 2.0 * firms.value_added, 0.0)
    world.counties.platform_phds[KECHENG] = 30.0
    return world


def run(world: World, levers: LeverBoard, months: int, p: InnovationParameters | None = None) -> Ledger:
    ledger = Ledger(levers.programmes)
    for world.month in range(months):
        innovation.step(world, p or InnovationParameters(), levers, ledger)
    return ledger


def test_neutral_levers_add_no_knowledge_and_move_nobody() -> None:
    world = world_with_research()
    ledger = run(world, LeverBoard(("programme",)), 24)
    assert not world.enterprises.knowledge.any()
    assert world.counties.platform_phds[KECHENG] == 30.0
    assert not ledger.public_total.any()


def test_open_posts_fill_exponentially() -> None:
    world, p = world_with_research(), InnovationParameters()
    run(world, board(posts=130.0), 12, p)
    expected = 130.0 - 100.0 * (1 - p.recruitment) ** 12
    assert world.counties.platform_phds[KECHENG] == pytest.approx(expected)


def test_those_without_a_post_leave_while_a_programme_sets_posts() -> None:
    world, p = world_with_research(), InnovationParameters()
    run(world, board(posts=10.0), 12, p)
    assert world.counties.platform_phds[KECHENG] == pytest.approx(10 + 20 * (1 - p.leaving) ** 12)


def test_platform_effect_is_its_strength_when_all_posts_are_filled() -> None:
    rule = innovation.platform_effect.py_func
    assert [rule(50.0, 100.0, 0.02), rule(200.0, 100.0, 0.02), rule(5.0, 0.0, 0.02)] == [0.01, 0.02, 0.0]


def test_knowledge_comes_to_the_platform_effect() -> None:
    world = world_with_research()
    run(world, board(posts=30.0, spillover=0.02), 600)
    firms = world.enterprises
    reached = firms.knowledge[(firms.research > 0) & (firms.county == KECHENG)]
    np.testing.assert_allclose(reached, 0.02, rtol=0.01)
    assert not firms.knowledge[(firms.research == 0) | (firms.county != KECHENG)].any()


def test_support_raises_knowledge_by_elasticity_times_the_rise_of_research() -> None:
    world, p = world_with_research(), InnovationParameters()
    run(world, board(support=0.1), 900, p)
    firms = world.enterprises
    row = int(np.flatnonzero((firms.research > 0) & (firms.county == KECHENG) & (firms.active == 1))[0])
    extra = 0.1 * (1 + p.crowding)
    assert firms.knowledge[row] == pytest.approx(p.elasticity * extra / (1 + extra), rel=0.01)


def test_public_money_is_the_public_part_of_spending() -> None:
    world, p = world_with_research(), InnovationParameters()
    firms = world.enterprises
    does = (firms.active == 1) & (firms.research > 0) & (firms.county == KECHENG)
    spending = p.research_intensity * float((firms.weight * firms.value_added)[does].sum())
    ledger = run(world, board(support=0.1), 1, p)
    assert ledger.public_total.sum() == pytest.approx(0.1 * spending)


def test_budget_binds() -> None:
    ledger = run(world_with_research(), board(support=0.5, budget=1000.0), 24)
    assert ledger.public_total.sum() == pytest.approx(1000.0)


def test_kernel_equals_the_rule_firm_by_firm() -> None:
    p, world = InnovationParameters(), world_with_research(3)
    firms, wear = world.enterprises, p.obsolescence / 12
    firms.knowledge[:] = 0.01
    before = firms.copy()
    run(world, board(posts=60.0, spillover=0.02, support=0.1), 1, p)
    effect = innovation.platform_effect.py_func(world.counties.platform_phds[KECHENG], 60.0, 0.02)
    target = np.where(HERE, effect, 0.0)
    for i in np.flatnonzero((before.active == 1) & (before.research > 0)):
        support = 0.1 if before.county[i] == KECHENG else 0.0
        extra = support * p.research_intensity * before.value_added[i] * (1 + p.crowding)
        expected = innovation.next_knowledge.py_func(
            0.01, target[before.county[i]], extra, before.research[i], wear, p.elasticity
        )
        assert firms.knowledge[i] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "value", "sign"),
    [
        ("recruitment", 0.3, 1),
        ("research_intensity", 0.07, 1),
        ("obsolescence", 0.25, 1),
        ("elasticity", 0.15, 1),
        ("crowding", -0.3, -1),
    ],
)
def test_parameters_move_knowledge(name: str, value: float, sign: int) -> None:
    knowledge = []
    for p in (InnovationParameters(), InnovationParameters().replaced({name: value})):
        world = world_with_research()
        run(world, board(posts=130.0, spillover=0.02, support=0.1), 12, p)
        knowledge.append(world.enterprises.knowledge.sum())
    assert sign * (knowledge[1] - knowledge[0]) > 0.0


def test_start_places_the_holders_of_the_parameter() -> None:
    world = world_with_research()
    world.counties.phds_before[:] = np.arange(6.0)
    innovation.start(world, InnovationParameters(holders_before=45.0))
    np.testing.assert_allclose(world.counties.platform_phds, 3.0 * np.arange(6.0))


def test_leaving_moves_only_the_surplus() -> None:
    rule = innovation.next_doctorates.py_func
    assert rule(50.0, 20.0, 0.12, 0.05) < rule(50.0, 20.0, 0.12, 0.005) < 50.0
    assert rule(10.0, 20.0, 0.12, 0.05) == rule(10.0, 20.0, 0.12, 0.005)


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 500), st.floats(0, 0.2), st.floats(0, 1.0), st.floats(0, 1e7))
def test_stocks_stay_finite_and_bounded(posts: float, spillover: float, support: float, budget: float) -> None:
    world = world_with_research()
    ledger = run(world, board(posts, spillover, support, budget), 60)
    assert 0.0 <= world.counties.platform_phds[KECHENG] <= max(posts, 30.0) + 1e-9
    assert np.all(np.isfinite(world.enterprises.knowledge))
    assert np.all(world.enterprises.knowledge >= 0.0)
    assert ledger.public_total.sum() <= budget * (1 + 1e-9) + 1e-6


def test_mechanism_declares_its_levers() -> None:
    assert MECHANISM.levers == (PLATFORM_POSTS, PLATFORM_SPILLOVER, RD_SUPPORT)
