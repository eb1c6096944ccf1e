"""Every identity of persons and household accounts, month by month, in random small worlds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.accounting import Ledger
from sim.errors import IdentityError
from sim.identities import MonthCheck
from sim.levers import FOREST_DIVIDEND, LeverBoard
from sim.mechanisms import demography, income, labour, migration
from sim.parameters import Parameters
from sim.world import CORE, POOLED, RESETTLED, STORED, TOWN, World
from tests.mechanisms.people import MODULES, people_world

ORDER = (labour, migration, income, demography)


def random_world(seed: int, households: int) -> World:
    world = people_world(seed, households)
    rng, table = np.random.default_rng(seed), world.households
    table.residence[:] = rng.choice([0, 0, 0, TOWN, RESETTLED, CORE], len(table))
    table.let_how[:] = np.where(table.forest_let > 0, rng.choice([1, POOLED, STORED], len(table)), 0)
    table.registered[table.id != 0] = rng.integers(0, 7, int((table.id != 0).sum()))
    world.counties.branded_share[:] = rng.random(6)
    world.counties.collective_workers[:] = rng.uniform(0.0, 50.0, (6, 2))
    world.enterprises.desired_labour[:] *= rng.uniform(0.6, 1.5, len(world.enterprises))
    return world


def simulate(world: World, parameters: Parameters, dividend: float, months: int) -> None:
    levers, ledger = LeverBoard(["consortium"]), Ledger(["consortium"])
    for module in ORDER:
        module.start(world, parameters[module.MECHANISM.name])
    check = MonthCheck(world)
    for _ in range(months):
        ledger.open_month()
        levers.reset()
        levers.write(FOREST_DIVIDEND, "consortium", dividend, np.ones(6, dtype=bool))
        check.open(world)
        for module in ORDER:
            if module is demography:
                check.open_demography(world)
            module.step(world, parameters[module.MECHANISM.name], levers, ledger)
        check.close(world, ledger, levers)
        world.month += 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.integers(3, 25), st.floats(0.0, 60.0))
def test_identities_hold_every_month(seed: int, households: int, dividend: float) -> None:
    defaults = Parameters({module.MECHANISM.name: module.MECHANISM.parameters() for module in MODULES})
    simulate(random_world(seed, households), defaults.drawn(np.random.default_rng(seed)), dividend, 12)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_do_not_change_a_bit(threads: int) -> None:
    defaults = Parameters({module.MECHANISM.name: module.MECHANISM.parameters() for module in MODULES})
    one, several = random_world(5, 20), random_world(5, 20)
    several.threads = threads
    for world in (one, several):
        simulate(world, defaults, 10.0, 6)
    for name in one.households.column_names():
        assert getattr(one.households, name).tobytes() == getattr(several.households, name).tobytes()
    assert one.counties.income.tobytes() == several.counties.income.tobytes()
    assert one.counties.wage.tobytes() == several.counties.wage.tobytes()


def test_wealth_lost_with_a_household_is_found() -> None:
    world = people_world(households=10)
    check = MonthCheck(world)
    check.open(world)
    check.open_demography(world)
    check.close(world, Ledger([]), LeverBoard([]))
    world.households.wealth[0] = 0.0
    with pytest.raises(IdentityError, match="wealth in demography"):
        check.close(world, Ledger([]), LeverBoard([]))
