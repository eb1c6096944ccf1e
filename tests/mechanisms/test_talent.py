"""Talent: whitelist, quota, use, subsidy and budget."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.accounting import Ledger
from sim.levers import TALENT_QUOTA_RATE, TALENT_SUBSIDY, WHITELIST_FIRMS, LeverBoard
from sim.mechanisms import talent
from sim.mechanisms.talent import MECHANISM, TalentParameters
from sim.places import KECHENG, N_COUNTIES, QUJIANG
from sim.randomness import Purpose, uniform_of
from sim.world import World
from tests.worlds import small_world

EVERYWHERE = np.ones(N_COUNTIES, dtype=bool)


def board(firms: float = 320.0, rate: float = 0.05, subsidy: float = 20_000.0, budget: float = np.inf) -> LeverBoard:
    levers = LeverBoard(("programme",))
    levers.grant("programme", budget)
    levers.write(WHITELIST_FIRMS, "programme", firms, EVERYWHERE)
    levers.write(TALENT_QUOTA_RATE, "programme", rate, EVERYWHERE)
    levers.write(TALENT_SUBSIDY, "programme", subsidy, EVERYWHERE)
    return levers


def world_of_firms(seed: int = 1) -> World:
    """Return a world in which the city administers 300 firms in two counties."""
    world = small_world(seed, villages_per_county=1, hamlets_per_village=1, households=1)
    rng, firms = np.random.default_rng(seed), world.enterprises
    firms.weight[:] = 1.0
    firms.active[:300], firms.city_administered[:300] = 1, 1
    firms.id[:300] = np.arange(300, dtype=np.uint64) + 1
    firms.county[:300] = np.where(rng.random(300) < 0.8, KECHENG, QUJIANG)
    firms.city_administered[300:] = 0
    firms.talents[:300] = rng.lognormal(np.log(30.0) - 0.405, 0.9, 300)
    firms.research[:300] = rng.lognormal(15.0, 1.0, 300)
    return world


def run(world: World, levers: LeverBoard, p: TalentParameters, months: int, first: int = 12) -> tuple[float, Ledger]:
    """Return persons certified and the ledger after some months from January 2024."""
    ledger, total = Ledger(levers.programmes), 0.0
    for world.month in range(first, first + months):
        talent.step(world, p, levers, ledger)
        total += world.counties.talents_certified.sum()
    return total, ledger


def benefit_of(p: TalentParameters, wage: np.ndarray, subsidy: float) -> np.ndarray:
    """Return the net benefit of firms without research, CNY a person."""
    gain = talent.months_of_wage(p)
    return talent.net_benefit.py_func(wage, subsidy, gain, p.evaluation_cost, p.research_relief, 0.0)


def test_neutral_levers_touch_nobody() -> None:
    world = world_of_firms()
    total, ledger = run(world, LeverBoard(("programme",)), TalentParameters(), 12)
    assert total == 0.0
    assert not world.enterprises.whitelisted.any()
    assert not world.enterprises.aware.any()
    assert not ledger.public_total.any()


def test_quota_is_whole_places() -> None:
    places = talent.quota.py_func(np.array([0.0, 19.9, 20.0, 59.0, 60.0]), np.array(0.05))
    np.testing.assert_array_equal(places, [0, 0, 1, 2, 3])


def listed(world: World, firms: float, places: np.ndarray = EVERYWHERE) -> np.ndarray:
    """Return the rows on a list of so many firms that is open to some counties."""
    levers = LeverBoard(("programme",))
    levers.write(WHITELIST_FIRMS, "programme", firms, places)
    run(world, levers, TalentParameters(), 1)
    return np.flatnonzero(world.enterprises.whitelisted)


def test_whitelist_takes_the_firms_with_most_talent() -> None:
    world = world_of_firms()
    firms = world.enterprises
    rows = listed(world, 100.0)
    assert len(rows) == 100
    others = np.setdiff1d(np.flatnonzero(firms.city_administered), rows)
    assert firms.talents[rows].min() >= firms.talents[others].max()
    only = listed(world, 100.0, np.arange(N_COUNTIES) == QUJIANG)
    assert set(firms.county[only]) == {QUJIANG}


def test_among_firms_with_equal_talents_research_decides_then_the_lower_id() -> None:
    world = world_of_firms()
    firms = world.enterprises
    firms.talents[:300], firms.research[:300] = 20.0, np.repeat([3.0, 1.0, 2.0], 100)
    firms.id[:300] = np.random.default_rng(1).permutation(firms.id[:300])
    lowest = 200 + np.sort(np.argsort(firms.id[200:300])[:30])
    np.testing.assert_array_equal(listed(world, 130.0), [*range(100), *lowest])


def test_firms_of_the_county_administration_are_never_listed() -> None:
    world = world_of_firms()
    world.enterprises.city_administered[:100] = 0
    run(world, board(1000.0), TalentParameters(), 3)
    assert not world.enterprises.whitelisted[:100].any()
    assert world.enterprises.whitelisted[100:300].all()


def test_quota_binds_and_starts_again_in_january() -> None:
    world, p = world_of_firms(), TalentParameters(use=0.15, awareness=1.0, evaluation_cost=10_000.0)
    firms = world.enterprises
    run(world, board(rate=0.02), p, 12)
    assert np.all(firms.certified_year <= np.floor(firms.talents * 0.02 + 1e-9))
    first = firms.certified.copy()
    run(world, board(rate=0.02), p, 1, first=24)
    assert np.all(firms.certified_year <= firms.certified - first)


def test_year_of_use_follows_the_closed_form() -> None:
    """Open places are used with the hazard of the rule; standard error 8 percent, the bar is 4."""
    p = TalentParameters(research_relief=0.0, awareness=1.0)
    totals, expected = [], 0.0
    for seed in range(6):
        world = world_of_firms(seed)
        world.enterprises.aware[:300] = 1
        firms = world.enterprises
        wage = world.counties.wage[firms.county[:300], 1]
        benefit = benefit_of(p, wage, 20_000.0)
        places = talent.quota.py_func(firms.talents[:300], np.array(0.05))
        expected += float((places * (1 - (1 - talent.use_chance.py_func(benefit, p.use, p.benefit_scale)) ** 12)).sum())
        totals.append(run(world, board(), p, 12)[0])
    assert sum(totals) == pytest.approx(expected, rel=0.32)


def test_hazard_is_the_declared_one_where_benefit_equals_cost() -> None:
    p = TalentParameters()
    assert talent.use_chance.py_func(0.0, p.use, p.benefit_scale) == pytest.approx(1 - np.exp(-p.use))
    assert talent.use_chance.py_func(1e9, p.use, p.benefit_scale) == pytest.approx(1 - np.exp(-2 * p.use))


def test_draws_are_those_of_firm_and_place() -> None:
    world = world_of_firms()
    state = world.stream(Purpose.TALENT)
    for firm in world.enterprises.id[:50]:
        expected = sum(uniform_of(state, firm, k) < 0.3 for k in range(4))
        assert talent.used_places(state, firm, 4.0, 0.3) == expected


def test_subsidy_is_booked_to_the_programme() -> None:
    world = world_of_firms()
    total, ledger = run(world, board(), TalentParameters(use=0.15), 6)
    assert total > 0.0
    assert ledger.public_total.sum() == pytest.approx(20_000.0 * total)


def test_budget_binds() -> None:
    total, ledger = run(world_of_firms(), board(budget=200_000.0), TalentParameters(use=0.15), 12)
    assert 0.0 < ledger.public_total.sum() <= 200_000.0
    assert total <= 10.0


def test_counts_agree_between_firms_and_counties() -> None:
    world = world_of_firms()
    total, _ = run(world, board(), TalentParameters(use=0.15), 12)
    assert world.enterprises.certified.sum() == total
    assert world.counties.talents_certified[[2, 3, 4, 5]].sum() == 0.0


@pytest.mark.parametrize(
    ("name", "value", "sign"),
    [
        ("use", 0.1, 1),
        ("awareness", 0.1, -1),
        ("pay_premium", 0.08, 1),
        ("retention", 10.0, 1),
        ("evaluation_cost", 100_000.0, -1),
        ("research_relief", 0.9, 1),
        ("benefit_scale", 5_000.0, -1),
    ],
)
def test_parameters_move_certification(name: str, value: float, sign: int) -> None:
    base = TalentParameters(use=0.05, evaluation_cost=60_000.0, awareness=1.0)
    totals = [
        sum(run(world_of_firms(seed), board(subsidy=0.0), p, 12)[0] for seed in range(4))
        for p in (base, base.replaced({name: value}))
    ]
    assert sign * (totals[1] - totals[0]) > 0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100), st.floats(0, 400), st.floats(0, 0.2), st.floats(0, 1e5), st.floats(0, 1e6))
def test_never_above_quota_or_budget(seed: int, firms: float, rate: float, subsidy: float, budget: float) -> None:
    world = world_of_firms(seed)
    _, ledger = run(world, board(firms, rate, subsidy, budget), TalentParameters(use=0.15), 12)
    table = world.enterprises
    assert np.all(table.certified_year <= np.floor(table.talents * rate + 1e-9))
    assert table.whitelisted.sum() <= firms
    assert ledger.public_total.sum() <= budget + 1e-6


def test_mechanism_declares_its_levers() -> None:
    assert MECHANISM.levers == (WHITELIST_FIRMS, TALENT_QUOTA_RATE, TALENT_SUBSIDY)
