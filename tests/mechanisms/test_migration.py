"""Migration: conservation, direction of each parameter, balance at the start."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.identities import AT_HOME, AWAY, check_households
from sim.mechanisms import migration
from sim.mechanisms import migration_kernel as kernel
from sim.randomness import Purpose, uniform
from sim.world import World
from tests.mechanisms.people import begin, people_world, run, total

CHANGES = {
    "income_response": 3.0,
    "outside_trend": 0.05,
    "return_hazard": 0.02,
    "net_return": 0.02,
    "mid_mobility": 0.8,
    "care_bond": 0.7,
    "remote_push": 1.5,
    "return_for_old": 1.0,
    "child_follows": 0.6,
    "returner_tertiary": 0.4,
}


def moved(months: int = 12, **changes: float) -> World:
    world = people_world(households=60)
    parameters = begin(world, migration, **changes)
    world.counties.finding[:] = 0.3
    run(world, migration, parameters, months)
    return world


@pytest.mark.parametrize("name", list(CHANGES))
def test_every_parameter_matters(name: str) -> None:
    names = (*AT_HOME, *AWAY, "tertiary")
    changed, usual = moved(**{name: CHANGES[name]}), moved()
    assert any((getattr(changed.households, n) != getattr(usual.households, n)).any() for n in names)


def test_the_advantage_grows_with_the_outside_trend_and_falls_with_local_wages() -> None:
    world = people_world()
    p = begin(world, migration, outside_trend=0.03)
    world.base.filling[:] = world.base.tightness[:] = np.sqrt(0.3)
    world.counties.finding[:] = 0.3
    assert migration.month_factors(world, p) == pytest.approx(1.0)
    world.month = 24
    assert migration.month_factors(world, p) == pytest.approx(math.exp(0.06 * p.income_response))
    world.counties.wage[:] *= math.exp(0.06)
    assert migration.month_factors(world, p) == pytest.approx(1.0)


def test_the_outside_wage_follows_its_level_and_trend() -> None:
    world = people_world()
    p = begin(world, migration, outside_wage=5_000.0, outside_trend=0.04)
    assert world.counties.outside_wage == pytest.approx(5_000.0)
    run(world, migration, p, 13)
    assert world.counties.outside_wage == pytest.approx(5_000.0 * math.exp(0.04))


def test_departures_balance_returns_but_for_the_net_return() -> None:
    world = people_world()
    p = begin(world, migration, net_return=0.02)
    table = world.households
    households = range(len(table))
    rates = migration.kernel_rates(p)
    leaving, returning = 0.0, 0.0
    for i in households:
        h = table.hamlet[i]
        weight = world.hamlets.weight[h]
        young, mid = table.young_men[i] + table.young_women[i], table.mid_men[i] + table.mid_women[i]
        dependants = int(table.infants[i]) + int(table.children[i]) + int(table.old[i])
        remote = kernel.remote_factor.py_func(world.hamlets.minutes[h], p.remote_push)
        factor = kernel.mobility.py_func(rates[kernel.CARE], remote, dependants, table.residence[i] == 0)
        persons = kernel.exposed.py_func(young, mid, p.mid_mobility)
        leaving += weight * persons * factor * world.base.out_migration[world.hamlets.county[h], world.hamlets.urban[h]]
        away = table.away_young[i] + table.away_mid[i]
        returning += weight * kernel.return_chance.py_func(away, p.return_hazard, table.old[i], p.return_for_old)
    assert returning - leaving == pytest.approx(0.02 / 12 * total(world, "away_young", "away_mid"))


def test_persons_move_and_none_is_lost() -> None:
    world = people_world(households=60)
    p = begin(world, migration)
    for _ in range(12):
        home, registered = total(world, *AT_HOME), total(world, *AT_HOME, *AWAY)
        run(world, migration, p)
        counties = world.counties
        assert total(world, *AT_HOME, *AWAY) == pytest.approx(registered)
        net = counties.arrivals.sum() - counties.departures.sum()
        assert total(world, *AT_HOME) - home == pytest.approx(net)
        check_households(world)


def test_nobody_leaves_or_comes_when_hazards_are_zero() -> None:
    world = people_world()
    p = begin(world, migration)
    world.base.out_migration[:] = 0.0
    world.households.away_young[:] = 0
    world.households.away_mid[:] = 0
    run(world, migration, p, 6)
    assert world.counties.departures.sum() == 0.0
    assert world.counties.arrivals.sum() == 0.0


def test_better_local_wages_bring_people_back() -> None:
    worlds = [people_world(households=60) for _ in range(2)]
    for world, factor in zip(worlds, (1.0, 1.4), strict=True):
        p = begin(world, migration)
        world.counties.wage[:] *= factor
        run(world, migration, p, 12)
    poor, rich = (total(world, "away_young", "away_mid") for world in worlds)
    assert rich < poor


def test_who_moves_equals_a_plain_loop() -> None:
    world = people_world()
    p = begin(world, migration)
    table, stream = world.households, world.stream(Purpose.OUT_MIGRATION)
    before = {name: getattr(table, name).copy() for name in (*AT_HOME, *AWAY)}
    factors = migration.month_factors(world, p)
    out, back = world.base.out_migration * factors[:, None], p.return_hazard / factors
    run(world, migration, p)
    for i in np.flatnonzero(table.id):
        was = {name: int(column[i]) for name, column in before.items()}
        h = table.hamlet[i]
        c = world.hamlets.county[h]
        young, mid = was["young_men"] + was["young_women"], was["mid_men"] + was["mid_women"]
        dependants = was["infants"] + was["children"] + was["old"]
        remote = kernel.remote_factor.py_func(world.hamlets.minutes[h], p.remote_push)
        factor = kernel.mobility.py_func(p.care_bond, remote, dependants, table.residence[i] == 0)
        leaving = kernel.exposed.py_func(young, mid, p.mid_mobility) * factor * out[c, world.hamlets.urban[h]]
        away = was["away_young"] + was["away_mid"]
        returning = kernel.return_chance.py_func(away, back[c], was["old"], p.return_for_old)
        draw = uniform(stream, table.id[i])
        change = 1 if draw < leaving else -1 if draw < leaving + returning else 0
        assert table.away_young[i] + table.away_mid[i] - away == change
