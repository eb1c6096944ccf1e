from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.levers import FOREST_PUBLICITY, LeverBoard
from sim.mechanisms import information
from sim.randomness import Purpose, uniform
from sim.world import AWARE_FOREST, World
from tests.mechanisms.land_runs import board, run
from tests.mechanisms.land_worlds import land_world
from tests.worlds import small_world


def mean_aware(months: int = 3, contacts: float = 0.2, changes: dict[str, float] | None = None) -> float:
    world = land_world(hamlets=200)
    levers = board({FOREST_PUBLICITY: contacts})
    run(world, [information.MECHANISM], levers, months, {"information": changes or {}})
    return float(world.hamlets.aware_share.mean())


def test_without_contacts_nobody_learns_even_from_those_who_know() -> None:
    assert information.awareness_chance.py_func(0.0, 1.0, 0.5, 0.8) == 0.0
    world = land_world(hamlets=30)
    run(world, [information.MECHANISM], LeverBoard(()), 12)
    assert not world.households.aware.any()
    assert not world.hamlets.aware_share.any()


def test_limits_of_the_rule() -> None:
    rule = information.awareness_chance.py_func
    assert rule(2.0, 0.0, 0.5, 0.3) == pytest.approx(1.0 - math.exp(-1.0))
    assert rule(1e-12, 1.0, 0.5, 0.3) == pytest.approx(0.3)
    assert rule(1e6, 0.0, 0.5, 0.0) == 1.0


def test_without_word_of_mouth_the_aware_share_has_a_closed_form() -> None:
    expected = 1.0 - math.exp(-0.5 * 0.2 * 6)
    assert mean_aware(6, 0.2, {"word_of_mouth": 0.0}) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"effect": 1.5}, True),
        ({"effect": 0.1}, False),
        ({"word_of_mouth": 0.8}, True),
        ({"word_of_mouth": 0.0}, False),
    ],
)
def test_a_parameter_moves_awareness(changes: dict[str, float], more: bool) -> None:
    assert (mean_aware(changes=changes) > mean_aware()) is more


def test_the_kernel_is_the_plain_loop() -> None:
    world, twin = small_world(), small_world()
    run(world, [information.MECHANISM], board({FOREST_PUBLICITY: 0.4}), 3)
    households, hamlets = twin.households, twin.hamlets
    for _ in range(3):
        state = twin.stream(Purpose.AWARENESS)
        for h in np.flatnonzero(hamlets.urban == 0):
            chance = information.awareness_chance.py_func(0.4, hamlets.aware_share[h], 0.5, 0.3)
            rows = np.arange(hamlets.start[h], hamlets.stop[h])
            rows = rows[households.id[rows] != 0]
            for i in rows:
                if not households.aware[i] & AWARE_FOREST and uniform(state, households.id[i]) < chance:
                    households.aware[i] |= AWARE_FOREST
            hamlets.aware_share[h] = np.mean(households.aware[rows] & AWARE_FOREST)
        twin.month += 1
    assert np.array_equal(world.households.aware, households.aware)
    assert np.allclose(world.hamlets.aware_share, hamlets.aware_share)


def shares_are_counts(world: World) -> bool:
    rural = world.hamlets.urban == 0
    rows = world.households.id != 0
    n = len(world.hamlets)
    known = np.bincount(world.households.hamlet[rows], world.households.aware[rows] & AWARE_FOREST, n)
    total = np.bincount(world.households.hamlet[rows], minlength=n)
    return bool(np.allclose(world.hamlets.aware_share[rural], (known / total)[rural]))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), contacts=st.floats(0.01, 3.0))
def test_who_knows_never_forgets_and_shares_are_counts(seed: int, contacts: float) -> None:
    world = small_world(seed)
    levers = board({FOREST_PUBLICITY: contacts})
    run(world, [information.MECHANISM], levers, 1)
    before = world.households.aware.copy()
    run(world, [information.MECHANISM], levers, 2)
    assert np.all(world.households.aware & before == before)
    assert not world.households.aware[world.households.id == 0].any()
    assert shares_are_counts(world)
