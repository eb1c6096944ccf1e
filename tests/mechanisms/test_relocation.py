from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.accounting import Ledger
from sim.levers import (
    RELOCATION_CONSENT,
    RELOCATION_CONSULTATIONS,
    RELOCATION_HOMES,
    RELOCATION_SUBSIDY,
    Lever,
    LeverBoard,
)
from sim.mechanisms import relocation, relocation_consultations, relocation_moves
from sim.mechanisms.relocation_parameters import RelocationParameters
from sim.observables.inequality import MEMBERS
from sim.places import QUJIANG
from sim.randomness import Purpose, uniform
from sim.world import (
    AWARE_RELOCATION,
    CONSULTED,
    DECLINED,
    HOME,
    LEAVING,
    MOVED,
    MOVED_WHOLE,
    NOT_ASKED,
    RESETTLED,
    STAYING,
    TOWN,
    WAITING,
    World,
)
from tests.mechanisms.land_runs import PROGRAMME, board, run
from tests.mechanisms.land_worlds import land_world
from tests.worlds import small_world

AWAY = ("away_children", "away_young", "away_mid")
PLENTY = {RELOCATION_CONSULTATIONS: 100.0, RELOCATION_HOMES: 1e5, RELOCATION_SUBSIDY: 8_400.0}


def after(
    changes: dict[str, float] | None = None,
    levers: dict[Lever, float] | None = None,
    months: int = 30,
    seed: int = 1,
) -> World:
    world = land_world(seed, hamlets=600)
    run(world, [relocation.MECHANISM], board(PLENTY | (levers or {})), months, {"relocation": changes or {}})
    return world


def willing(world: World) -> int:
    """Return the households that accepted and go (accepters of hamlets that stay partly decline)."""
    return int(np.isin(world.households.relocation, (WAITING, MOVED)).sum())


def whole(world: World) -> int:
    return int(np.isin(world.hamlets.relocation, (LEAVING, MOVED_WHOLE)).sum())


def moved_persons(world: World) -> float:
    rows = np.flatnonzero(world.households.relocation == MOVED)
    weight = world.hamlets.weight[world.households.hamlet[rows]]
    return float(weight @ registered_members(world)[rows])


def registered_members(world: World) -> np.ndarray:
    """Return the registered persons of each household, at home and away."""
    return np.sum([getattr(world.households, name).astype(float) for name in (*MEMBERS, *AWAY)], axis=0)


def test_the_mean_logit_gives_the_mean_acceptance() -> None:
    assert relocation.mean_logit(0.5, 2.0) == pytest.approx(0.0, abs=1e-9)
    assert relocation.mean_logit(0.6, 1e-9) == pytest.approx(math.log(0.6 / 0.4), abs=1e-6)
    z = np.random.default_rng(1).standard_normal(200_000)
    mean = np.mean(1.0 / (1.0 + np.exp(-(relocation.mean_logit(0.6, 2.0) + 2.0 * z))))
    assert mean == pytest.approx(0.6, abs=0.004)


def test_the_acceptance_rule_at_its_reference_and_its_signs() -> None:
    rule = np.array([0.5, 0.8, 0.01, 0.45, 0.35, 12.0])
    chance = relocation_consultations.acceptance_chance.py_func
    assert chance(0.0, 0.45, 0.35, 12.0, rule) == 0.5
    assert chance(0.0, 1.0, 0.35, 12.0, rule) > 0.5
    assert chance(0.0, 0.45, 1.0, 12.0, rule) < 0.5
    assert chance(0.0, 0.45, 0.35, 40.0, rule) < 0.5


def test_preparation_is_geometric() -> None:
    state = land_world(hamlets=12).lasting_stream(Purpose.RELOCATION_PREPARATION)
    months = [relocation_moves.preparation_months.py_func(state, np.uint64(i), 0.2) for i in range(1, 20_001)]
    assert np.mean(months) == pytest.approx(5.0, rel=0.05)
    assert np.mean(np.array(months) == 1) == pytest.approx(0.2, abs=0.015)
    assert min(months) == 1
    assert relocation_moves.preparation_months.py_func(state, np.uint64(1), 1.0) == 1.0


def test_consultation_is_the_plain_loop() -> None:
    world, twin = small_world(), small_world()
    run(world, [relocation.MECHANISM], board(PLENTY | {RELOCATION_HOMES: 0.0}), 1)
    p, hamlets, households = RelocationParameters(), twin.hamlets, twin.households
    rule = np.array(
        [p.work_weight, p.age_weight, p.land_weight, p.reference_working, p.reference_old, p.reference_land]
    )
    taste = twin.lasting_stream(Purpose.RELOCATION_ACCEPTANCE)
    alone = twin.lasting_stream(Purpose.RELOCATION_SINGLE)
    wages = twin.counties.wage[:, 0]
    for h in np.flatnonzero(hamlets.eligible):
        logit = relocation.mean_logit(p.acceptance, p.hamlet_spread) + p.hamlet_spread * hamlets.attachment[h]
        logit += p.wage_weight * math.log(wages[hamlets.county[h]] / wages.mean())
        rows = [i for i in range(hamlets.start[h], hamlets.stop[h]) if households.id[i]]
        accepts = {}
        for i in rows:
            working = sum(int(getattr(households, n)[i]) for n in ("young_men", "young_women", "mid_men", "mid_women"))
            rest = sum(int(getattr(households, n)[i]) for n in ("infants", "children", "late", "old"))
            persons = max(working + rest, 1)
            chance = relocation_consultations.acceptance_chance.py_func(
                logit, working / persons, households.old[i] / persons, households.forest[i], rule
            )
            accepts[i] = uniform(taste, households.id[i]) < chance
        leaves = sum(accepts.values()) >= p.consent_threshold * len(rows)
        for i in rows:
            goes = leaves or (accepts[i] and uniform(alone, households.id[i]) < p.single_share)
            households.relocation[i] = WAITING if goes else DECLINED
        hamlets.relocation[h] = LEAVING if leaves else CONSULTED
    assert np.array_equal(world.households.relocation, households.relocation)
    assert np.array_equal(world.hamlets.relocation, hamlets.relocation)
    assert np.array_equal(world.households.aware & AWARE_RELOCATION > 0, households.relocation != NOT_ASKED)


def test_without_levers_nobody_is_touched() -> None:
    world = small_world()
    before = world.households.copy()
    ledger = run(world, [relocation.MECHANISM], LeverBoard(()), 12)
    for name in before.column_names():
        assert np.array_equal(getattr(world.households, name), getattr(before, name)), name
    assert not world.counties.homes.any()
    assert ledger.public_total.sum() == 0.0


def test_the_most_urgent_are_consulted_first_and_only_the_eligible() -> None:
    world = land_world(hamlets=600)
    levers = board({RELOCATION_CONSULTATIONS: 5.0})
    run(world, [relocation.MECHANISM], levers, 3)
    asked = world.hamlets.relocation != STAYING
    assert np.all(world.hamlets.eligible[asked] == 1)
    assert asked.sum() == 15
    assert np.all(world.hamlets.hazard[asked] == 1) or np.all(
        world.hamlets.relocation[(world.hamlets.eligible == 1) & (world.hamlets.hazard == 1)] != STAYING
    )


def test_consultations_use_the_capacity_in_real_hamlets_at_every_weight() -> None:
    for weight in (1.0, 7.0):
        world = land_world(hamlets=600, weight=weight)
        run(world, [relocation.MECHANISM], board({RELOCATION_CONSULTATIONS: 3.0}), 12)
        asked = float(world.hamlets.weight[world.hamlets.relocation != STAYING].sum())
        assert asked + world.counties.consult_credit[QUJIANG] == pytest.approx(36.0)
        assert asked <= 36.0 + weight


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"acceptance": 0.78}, True),
        ({"acceptance": 0.4}, False),
        ({"single_share": 0.7}, True),
        ({"single_share": 0.2}, False),
        ({"reference_subsidy": 50_000.0, "subsidy_weight": 1.0}, False),
        ({"reference_working": 0.8, "work_weight": 1.5}, False),
        ({"reference_old": 0.7, "age_weight": 2.0}, True),
        ({"reference_land": 50.0, "land_weight": 0.05}, True),
    ],
)
def test_a_parameter_moves_who_goes(changes: dict[str, float], more: bool) -> None:
    assert (willing(after(changes, months=1)) > willing(after(months=1))) is more


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"hamlet_spread": 3.0}, True),
        ({"hamlet_spread": 1.0}, False),
        ({"consent_threshold": 0.8}, True),
        ({"consent_threshold": 1.0}, False),
    ],
)
def test_a_parameter_moves_the_hamlets_that_leave_as_a_whole(changes: dict[str, float], more: bool) -> None:
    assert (whole(after(changes, months=1)) > whole(after(months=1))) is more


@pytest.mark.parametrize("name", ["work_weight", "age_weight", "land_weight", "subsidy_weight"])
def test_a_weight_changes_who_accepts(name: str) -> None:
    levers = {RELOCATION_SUBSIDY: 40_000.0}
    with_it, without = after(levers=levers, months=1), after({name: 0.0}, levers, months=1)
    assert not np.array_equal(with_it.households.relocation, without.households.relocation)


def test_subsidy_wage_and_a_lower_consent_share_raise_acceptance() -> None:
    base = after(months=1)
    assert willing(after(levers={RELOCATION_SUBSIDY: 40_000.0}, months=1)) > willing(base)
    assert whole(after(levers={RELOCATION_CONSENT: 0.8}, months=1)) > whole(base)

    def rich(weight: float) -> int:
        world = land_world(hamlets=600)
        world.counties.wage[QUJIANG] *= 2.0
        run(world, [relocation.MECHANISM], board(PLENTY), 1, {"relocation": {"wage_weight": weight}})
        return willing(world)

    assert rich(3.0) > rich(0.0)


def test_quick_preparation_moves_people_earlier() -> None:
    slow, quick = after({"preparation_hazard": 0.08}, months=3), after({"preparation_hazard": 0.5}, months=3)
    assert moved_persons(quick) > moved_persons(slow)


def test_town_share_splits_the_movers() -> None:
    world = after({"town_share": 0.6})
    moved = world.households.relocation == MOVED
    share = np.mean(world.households.residence[moved] == TOWN)
    assert share == pytest.approx(0.6, abs=0.06)
    assert np.all(np.isin(world.households.residence[moved], (TOWN, RESETTLED)))


def test_a_hamlet_that_leaves_goes_with_all_its_households_and_those_formed_meanwhile() -> None:
    world = land_world(hamlets=600)
    levers = board(PLENTY)
    run(world, [relocation.MECHANISM], levers, 1)
    h = int(np.flatnonzero(world.hamlets.relocation == LEAVING)[0])
    new = int(world.hamlets.stop[h]) - 1
    world.households.id[new], world.households.mid_men[new] = 77, 1
    run(world, [relocation.MECHANISM], levers, 60, start=False)
    rows = np.arange(world.hamlets.start[h], world.hamlets.stop[h])
    assert np.all(world.households.relocation[rows] == MOVED)
    assert world.hamlets.relocation[h] == MOVED_WHOLE
    assert np.isclose(
        world.counties.relocated_hamlets.sum(),
        world.hamlets.weight[world.hamlets.relocation == MOVED_WHOLE].sum(),
    )


def test_homes_bind_and_the_queue_is_counted() -> None:
    world = after(levers={RELOCATION_HOMES: 3.0}, months=12)
    counties = world.counties
    weight = world.hamlets.weight[world.households.hamlet]
    assert counties.homes_built[QUJIANG] == 36.0
    assert weight[world.households.relocation == MOVED].sum() + counties.homes.sum() == pytest.approx(36.0 * 6)
    assert counties.relocation_queue.sum() == weight[world.households.relocation == WAITING].sum() > 0


def test_the_longest_waiting_are_served_first() -> None:
    world = after(levers={RELOCATION_HOMES: 2.0, RELOCATION_CONSULTATIONS: 8.0}, months=20)
    households = world.households
    assert households.relocation_wait[households.relocation == MOVED].min() >= 1
    waiting = households.relocation_wait[households.relocation == WAITING]
    assert waiting.max() <= 20


def test_the_budget_binds_and_who_is_not_paid_waits() -> None:
    world = land_world(hamlets=600)
    levers = board(PLENTY, budget=1.0e6)
    ledger = run(world, [relocation.MECHANISM], levers, 24)
    spent = float(ledger.public_total.sum())
    assert 0.9e6 < spent <= 1.0e6
    assert spent == pytest.approx(8_400.0 * moved_persons(world))
    assert world.counties.relocation_queue.sum() > 0


def test_when_no_programme_runs_any_more_who_waits_waits_on() -> None:
    world = land_world(hamlets=600)
    levers = board(PLENTY | {RELOCATION_HOMES: 5.0})
    run(world, [relocation.MECHANISM], levers, 6)
    world.counties.homes += 1_000.0
    moved, waiting = moved_persons(world), world.counties.relocation_queue.sum()
    assert waiting > 0
    levers.reset()
    run(world, [relocation.MECHANISM], levers, 6, start=False)
    assert moved_persons(world) == moved
    assert world.counties.relocation_queue.sum() >= waiting


def test_support_is_wealth_of_the_mover_and_public_cost() -> None:
    world, start = after(), land_world(1, hamlets=600)
    gained = world.households.wealth.astype(float) - start.households.wealth
    rows = np.flatnonzero(world.households.relocation == MOVED)
    assert np.allclose(gained[rows], 8_400.0 * registered_members(world)[rows])
    assert np.isclose(gained.sum(), gained[rows].sum())
    assert np.array_equal(world.households.property_income, start.households.property_income)
    assert np.array_equal(world.households.forest, start.households.forest)


def test_without_support_homes_still_move_people_at_no_cost() -> None:
    world = land_world(hamlets=600)
    ledger = run(world, [relocation.MECHANISM], board(PLENTY | {RELOCATION_SUBSIDY: 0.0}), 12)
    assert moved_persons(world) > 0
    assert ledger.public_total.sum() == 0.0


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    consultations=st.floats(0.0, 10.0),
    homes=st.floats(0.0, 40.0),
    subsidy=st.floats(0.0, 50_000.0),
    budget=st.floats(0.0, 5e6),
)
def test_homes_money_and_persons_are_conserved(
    seed: int, consultations: float, homes: float, subsidy: float, budget: float
) -> None:
    world = small_world(seed)
    values = {RELOCATION_CONSULTATIONS: consultations, RELOCATION_HOMES: homes, RELOCATION_SUBSIDY: subsidy}
    levers, parameters = board(values, budget), RelocationParameters()
    ledger = Ledger([PROGRAMME])
    for _ in range(10):
        relocation.step(world, parameters, levers, ledger)
        world.month += 1
        counties, households = world.counties, world.households
        weight = world.hamlets.weight[households.hamlet]
        moved = households.relocation == MOVED
        housed = float(weight[moved].sum())
        assert housed + counties.homes.sum() == pytest.approx(counties.homes_built.sum())
        assert np.all(counties.homes >= 0.0)
        assert counties.relocated_persons.sum() == pytest.approx(moved_persons(world))
        assert ledger.public_total.sum() == pytest.approx(subsidy * moved_persons(world), abs=1.0)
        assert ledger.public_total.sum() <= budget * (1 + 1e-9) + 1e-6
        assert np.all((households.residence != HOME) == moved)
        assert np.all(households.relocation[households.id == 0] == NOT_ASKED)
