from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.levers import LeverBoard
from sim.mechanisms import drift
from sim.places import KECHENG, QUJIANG
from sim.randomness import Purpose, uniform
from sim.sectors import ORDINARY
from sim.world import CORE, HOME, RESETTLED, TOWN, WAITING, World
from tests.mechanisms.land_runs import run
from tests.mechanisms.land_worlds import land_world
from tests.worlds import small_world

NEUTRAL = LeverBoard(())
FAST = {"hazard": 0.0026}


def moved(world: World) -> float:
    """Return the weighted number of households in a town."""
    weight = world.hamlets.weight[world.households.hamlet]
    return float(weight[np.isin(world.households.residence, (TOWN, CORE))].sum())


def after(months: int = 12, changes: dict[str, float] | None = None, seed: int = 1) -> World:
    world = land_world(seed, hamlets=300)
    run(world, [drift.MECHANISM], NEUTRAL, months, {"drift": changes or {}})
    return world


def test_the_hazard_at_the_reference_is_the_base_and_never_exceeds_one() -> None:
    rule = drift.drift_hazard.py_func
    assert rule(0.002, 0.3, 40.0, 40.0, 1.0, 0.5) == 0.002
    assert rule(0.002, 0.0, 90.0, 40.0, 1.0, 0.0) == 0.002
    assert rule(0.5, 0.6, 400.0, 40.0, 4.0, 1.5) == 1.0


def test_the_number_of_movers_follows_the_hazard() -> None:
    world = after(24, {"remoteness": 0.0})
    households = int(world.households.occupied().sum())
    expected = households * (1.0 - (1.0 - 0.0018) ** 24)
    assert abs(moved(world) - expected) < 4.0 * np.sqrt(expected)  # two-sided false alarm below 1e-4


def test_the_kernel_is_the_plain_loop() -> None:
    world, twin = small_world(), small_world()
    parameters = drift.DriftParameters().replaced({"hazard": 0.0026, "core_share": 0.25})
    run(world, [drift.MECHANISM], NEUTRAL, 60, {"drift": {"hazard": 0.0026, "core_share": 0.25}})
    h = twin.hamlets
    wage = twin.counties.wage[:, ORDINARY] / twin.counties.wage[:, ORDINARY].mean()
    for _ in range(60):
        moving, destination = twin.stream(Purpose.DRIFT), twin.stream(Purpose.DRIFT_DESTINATION)
        for i in np.flatnonzero(twin.households.id):
            row = twin.households.hamlet[i]
            if h.urban[row] or twin.households.residence[i] != HOME:
                continue
            hazard = drift.drift_hazard.py_func(
                parameters.hazard,
                parameters.remoteness,
                h.minutes[row],
                parameters.reference_minutes,
                wage[h.county[row]],
                parameters.wage_response,
            )
            agent = twin.households.id[i]
            if uniform(moving, agent) < hazard:
                far = h.county[row] != KECHENG and uniform(destination, agent) < parameters.core_share
                twin.households.residence[i] = CORE if far else TOWN
        twin.month += 1
    assert np.array_equal(world.households.residence, twin.households.residence)
    assert moved(world) > 0


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"hazard": 0.0026}, True),
        ({"hazard": 0.0012}, False),
        ({"reference_minutes": 20.0}, True),
        ({"reference_minutes": 60.0}, False),
    ],
)
def test_a_parameter_moves_the_flow(changes: dict[str, float], more: bool) -> None:
    assert (moved(after(36, changes)) > moved(after(36))) is more


def test_remoteness_pushes_the_remote() -> None:
    def mean_minutes(changes: dict[str, float]) -> float:
        world = after(36, changes)
        gone = np.isin(world.households.residence, (TOWN, CORE))
        return float(world.hamlets.minutes[world.households.hamlet[gone]].mean())

    assert mean_minutes({"remoteness": 0.6}) > mean_minutes({"remoteness": 0.0})


def test_a_high_wage_draws_its_own_county() -> None:
    def qujiang(response: float) -> int:
        world = land_world(3, hamlets=300)
        world.counties.wage[QUJIANG] *= 1.5
        run(world, [drift.MECHANISM], NEUTRAL, 24, {"drift": {"wage_response": response}})
        there = world.hamlets.county[world.households.hamlet] == QUJIANG
        return int(np.sum(there & (world.households.residence == TOWN)))

    assert qujiang(1.5) > qujiang(0.0)


def test_the_core_takes_its_share_of_the_other_counties_only() -> None:
    world = after(36, {"core_share": 0.25})
    core = world.households.residence == CORE
    assert 0.15 < core.sum() / moved(world) < 0.35
    assert not np.any(world.hamlets.county[world.households.hamlet[core]] == KECHENG)
    assert not np.any(after(36, {"core_share": 0.0}).households.residence == CORE)


def test_who_waits_for_a_home_and_who_lives_in_town_stays() -> None:
    world = small_world()
    world.households.relocation[:] = WAITING
    before = world.households.residence.copy()
    run(world, [drift.MECHANISM], NEUTRAL, 60, {"drift": FAST})
    assert np.array_equal(world.households.residence, before)


def test_the_resettled_drift_too() -> None:
    world = land_world(hamlets=100)
    world.households.residence[world.households.id != 0] = RESETTLED
    run(world, [drift.MECHANISM], NEUTRAL, 60, {"drift": FAST})
    assert moved(world) > 0


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), months=st.integers(1, 24))
def test_urban_and_vacant_rows_are_never_touched(seed: int, months: int) -> None:
    world = small_world(seed)
    land = world.households.forest.copy()
    run(world, [drift.MECHANISM], NEUTRAL, months, {"drift": FAST})
    urban = world.hamlets.urban[world.households.hamlet] == 1
    assert np.all(world.households.residence[urban | (world.households.id == 0)] == HOME)
    assert np.array_equal(world.households.forest, land)
