"""The labour market: limits, balance at the start, wages, and the loop against plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms import labour
from sim.mechanisms import labour_kernels as kernels
from sim.mechanisms import labour_market as market
from sim.randomness import Purpose, uniform, uniform_of
from sim.sectors import NO_JOB, ORDINARY, TERTIARY
from sim.world import TOWN, World
from tests.mechanisms.people import begin, people_world, run, total

CHANGES = {
    "separation": 0.03,
    "hiring_speed": 0.6,
    "firing_speed": 0.4,
    "matching_efficiency": 0.25,
    "matching_elasticity": 0.3,
    "normal_turnover": 0.006,
    "farm_search": 0.2,
    "farm_refuge": 0.12,
    "upgrade_search": 0.3,
    "trade_down": 1.0,
    "remoteness_search": 1.5,
    "care_search": 0.6,
    "town_farm_exit": 0.3,
    "wage_trend": 0.055,
    "wage_response": 0.06,
    "participation_drift": 0.02,
}


def state(world: World) -> list[bytes]:
    names = ("farm", "local", "local_skilled", "idle")
    columns = [getattr(world.households, name).tobytes() for name in names]
    return [*columns, world.counties.wage.tobytes(), world.enterprises.labour.tobytes()]


def busy_world() -> World:
    """Return a world in which some firms want more, some fewer workers, and some households live in town."""
    world = people_world()
    world.enterprises.desired_labour[::2] *= 1.3
    world.enterprises.desired_labour[1::2] *= 0.9
    world.households.residence[::5] = TOWN
    return world


@pytest.mark.parametrize("name", list(CHANGES))
def test_every_parameter_matters(name: str) -> None:
    changed, usual = busy_world(), busy_world()
    run(changed, labour, begin(changed, labour, **{name: CHANGES[name]}), 6)
    run(usual, labour, begin(usual, labour), 6)
    assert state(changed) != state(usual)


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e6), st.floats(0.1, 0.9), st.floats(0.3, 0.7))
def test_matches_are_at_most_the_shorter_side(v: float, s: float, speed: float, power: float) -> None:
    new = market.matches.py_func(v, s, speed, power)
    assert 0.0 <= new <= min(v, s)


def test_normal_filling_makes_hires_replace_separations() -> None:
    seekers, losses = np.array([60.0]), np.array([18.0])
    filling = labour.normal_filling(losses / seekers, 0.4, 0.5)
    assert filling == pytest.approx(0.4**2 / 0.3)
    assert market.matches.py_func(losses / filling, seekers, 0.4, 0.5) == pytest.approx(losses)


def test_wages_follow_their_trend_in_a_normal_market_and_rise_with_tightness() -> None:
    trend, response = 0.045, 0.02
    growth = market.wage_growth.py_func
    assert growth(1.0, 1.0, trend, response) * 12 == pytest.approx(trend)
    assert growth(np.e, 1.0, trend, response) * 12 == pytest.approx(trend + response)
    assert np.isfinite(growth(0.0, 1.0, trend, response))


def test_small_market_rules() -> None:
    assert market.ratio.py_func(1.0, 0.0) == 0.0
    assert market.taken_away.py_func(10.0, 8.0) == pytest.approx(0.2)
    assert market.taken_away.py_func(10.0, 12.0) == pytest.approx(-0.2)
    assert market.taken_away.py_func(10.0, 0.0) == 0.0
    cells = np.empty((6, 20))
    market.cumulative_cells(np.ones((6, 10, 2)), cells)
    np.testing.assert_allclose(cells, np.tile(np.linspace(0.05, 1.0, 20), (6, 1)))


def test_firms_and_households_keep_the_same_count() -> None:
    world = people_world(households=60)
    p = begin(world, labour)
    run(world, labour, p, 24)
    posts = labour.by_skill(labour.Posts.of(world).labour).sum(axis=1)
    counted = (world.counties.employment * world.base.labour_ratio).sum(axis=1)
    assert posts == pytest.approx(counted, rel=0.12)


def test_more_wanted_workers_raise_employment_and_wages() -> None:
    calm, boom = people_world(households=60), people_world(households=60)
    boom.enterprises.desired_labour[:] *= 1.2
    for world in (calm, boom):
        run(world, labour, begin(world, labour), 12)
    assert boom.counties.employment.sum() > 1.02 * calm.counties.employment.sum()
    assert (boom.counties.wage[:, ORDINARY] > calm.counties.wage[:, ORDINARY]).all()
    assert total(boom, "idle") < total(calm, "idle")


def test_surplus_workers_lose_their_jobs() -> None:
    world = people_world(households=60)
    p = begin(world, labour)
    before = world.counties.employment.sum()
    world.enterprises.desired_labour[:] = 0.0
    run(world, labour, p, 12)
    assert world.counties.employment.sum() < 0.7 * before


def test_a_month_moves_workers_between_activities_and_makes_none() -> None:
    world = busy_world()
    p = begin(world, labour)
    before = total(world, "farm", "local", "local_skilled", "own", "idle")
    run(world, labour, p, 12)
    assert total(world, "farm", "local", "local_skilled", "own", "idle") == pytest.approx(before)
    table = world.households
    assert (table.local_skilled <= table.tertiary).all()
    assert ((table.local + table.local_skilled > 0) == (table.job_cell != NO_JOB))[table.id != 0].all()


def test_farm_workers_who_live_in_town_leave_the_farm() -> None:
    world = people_world()
    world.households.residence[:] = TOWN
    p = begin(world, labour)
    before = total(world, "farm")
    run(world, labour, p, 24)
    assert total(world, "farm") < 0.3 * before


def test_a_business_without_an_owner_passes_to_a_member_who_looks_for_work() -> None:
    world = people_world()
    p = begin(world, labour)
    table = world.households
    row = int(np.flatnonzero(table.idle > 0)[0])
    table.own[row], table.own_business[row] = 0, 3000.0
    run(world, labour, p)
    assert table.own[row] == 1


def test_rules_at_their_limits() -> None:
    assert kernels.remoteness_factor.py_func(0.0, 0.5) == 1.0
    assert kernels.remoteness_factor.py_func(120.0, 0.5) == 0.5
    assert kernels.search_intensity.py_func(0.5, 0, 0, 0, 0.3) == 0.5
    assert kernels.search_intensity.py_func(0.5, TOWN, 9, 9, 0.3) == pytest.approx(0.7)
    assert kernels.skilled_idle.py_func(2, 1, 1) == 0
    assert kernels.underplaced.py_func(2, 0, 2, 1) == 1
    assert kernels.lost_job.py_func(0.0, 0, 0, 0.5, 0.5) == NO_JOB
    assert kernels.lost_job.py_func(0.6, 1, 1, 0.5, 0.5) == TERTIARY
    assert kernels.found_job.py_func(0.3, True, 0.5, 0.2, 1.0) == ORDINARY
    assert kernels.drawn_cell.py_func(0.99, np.linspace(0.05, 1.0, 20)) == 19


def test_job_losses_and_finds_equal_a_plain_loop() -> None:
    world = people_world()
    table = world.households
    table.farm[:], table.tertiary[:], table.local_skilled[:], table.own_business[:] = 0, 0, 0, 0.0
    p = begin(world, labour)
    before = {name: getattr(table, name).copy() for name in ("local", "idle")}
    separation, finding = world.stream(Purpose.SEPARATION), world.stream(Purpose.JOB_FINDING)
    run(world, labour, p)
    for i in np.flatnonzero(table.id):
        h, agent = table.hamlet[i], table.id[i]
        c = world.hamlets.county[h]
        lost = kernels.lost_job.py_func(uniform(separation, agent), before["local"][i], 0, p.separation, 0.0)
        remote = kernels.remoteness_factor.py_func(world.hamlets.minutes[h], p.remoteness_search)
        share = kernels.search_intensity.py_func(remote, 0, table.infants[i], table.old[i], p.care_search)
        chance = share * world.counties.finding[c, ORDINARY]
        found = sum(uniform_of(finding, agent, k) < chance for k in range(before["idle"][i]))
        assert table.local[i] == before["local"][i] - (lost == ORDINARY) + found
