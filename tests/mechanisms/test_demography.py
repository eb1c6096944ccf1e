"""Demography: nobody lost, hazards in closed form, dissolution and founding of households."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from sim.identities import ADULTS, AT_HOME, AWAY, WORKERS, check_households, persons
from sim.mechanisms import demography, members
from sim.mechanisms import demography_kernel as kernel
from sim.randomness import Purpose, child_id
from sim.world import World
from tests.mechanisms.people import begin, default, people_world, run, total

CHANGES = {
    "fertility_young": 0.085,
    "fertility_mid": 0.006,
    "fertility_trend": -0.05,
    "mortality": 1.15,
    "work_entry": 0.25,
    "tertiary_entry": 0.5,
    "retires_60": 0.8,
    "retires_65": 0.2,
    "back_to_farm": 0.8,
    "leaving_home": 0.06,
    "couples": 0.9,
}


def keep_consistent(world: World) -> None:
    """Drop work and education that members who are gone held."""
    table, adults = world.households, persons(world, ADULTS)
    for name in (*WORKERS, "tertiary"):
        getattr(table, name)[persons(world, WORKERS) > adults] = 0


def lived(months: int, **changes: float) -> World:
    world = people_world(households=80)
    run(world, demography, begin(world, demography, **changes), months)
    return world


@pytest.mark.parametrize("name", list(CHANGES))
def test_every_parameter_matters(name: str) -> None:
    names = (*AT_HOME, *AWAY, *WORKERS, "tertiary", "id")
    changed, usual = lived(60, **{name: CHANGES[name]}), lived(60)
    assert any((getattr(changed.households, n) != getattr(usual.households, n)).any() for n in names)


def test_nobody_is_lost_and_workers_are_adults() -> None:
    world = people_world(households=60)
    p = begin(world, demography)
    for _ in range(36):
        world.counties.arrivals[:] = 0.0
        home, everybody = total(world, *AT_HOME), total(world, *AT_HOME, *AWAY)
        run(world, demography, p)
        counties = world.counties
        natural = counties.births.sum() - counties.deaths.sum()
        assert total(world, *AT_HOME, *AWAY) == pytest.approx(everybody + natural)
        assert total(world, *AT_HOME) == pytest.approx(home + natural + counties.arrivals.sum())
        family = counties.registered.sum() - counties.collective_registered.sum()
        assert family == pytest.approx(total(world, *AT_HOME, *AWAY))
        check_households(world)
        assert (world.households.tertiary <= persons(world, ADULTS)).all()


def test_births_and_deaths_have_their_closed_form() -> None:
    world = people_world(households=400)
    p = begin(world, demography)
    table = world.households
    women, middle = total(world, "young_women"), total(world, "mid_women")
    hazards = demography.monthly_hazards(p, 0)
    births = p.fertility_young / 12 * women + p.fertility_mid / 12 * middle
    deaths = sum(hazards[k, kernel.DIES] * total(world, name) for k, name in enumerate(members.MEMBERS))
    draws = []
    for seed in range(40):
        again = people_world(households=400)
        again.seed = seed
        run(again, demography, p)
        draws.append([again.counties.births.sum(), again.counties.deaths.sum()])
    mean, error = np.mean(draws, axis=0), np.std(draws, axis=0) / np.sqrt(40)
    assert np.all(np.abs(mean - [births, deaths]) < 4.0 * error + 1e-9)
    assert len(table) == len(again.households)


def test_a_household_without_members_is_dissolved_and_its_land_kept() -> None:
    world = people_world()
    p = begin(world, demography)
    table = world.households
    row = int(np.flatnonzero(table.forest > 0)[0])
    for name in (*AT_HOME, *AWAY, *WORKERS):
        getattr(table, name)[row] = 0
    for name in ("young_men", "young_women"):
        getattr(table, name)[table.hamlet == table.hamlet[row]] = 0  # so that nobody founds a household there
    keep_consistent(world)
    land, wealth, hamlet = float(table.forest[row]), float(table.wealth[row]), int(table.hamlet[row])
    run(world, demography, p)
    assert table.id[row] == 0
    assert table.forest[row] == 0.0
    assert table.wealth[row] == 0.0
    assert table.hamlet[row] == hamlet
    assert world.hamlets.orphan_forest[hamlet] == pytest.approx(land)
    assert world.hamlets.orphan_wealth[hamlet] == wealth > 0.0
    assert world.hamlets.orphan_wealth.sum() == wealth


def test_new_households_take_vacant_rows_of_their_hamlet_with_a_childs_id() -> None:
    world = people_world(households=40)
    table = world.households
    table.young_men[table.id != 0] = 2
    table.mid_men[table.id != 0] = 2
    p = begin(world, demography, leaving_home=0.06)
    before = table.id.copy()
    wealth, stream = table.wealth.astype(float).sum(), world.stream(Purpose.HOUSEHOLD_FORMATION)
    run(world, demography, p)
    new = np.flatnonzero((before == 0) & (table.id != 0))
    assert len(new) > 0
    children = {int(child_id(stream, parent)) for parent in before[before != 0]}
    assert {int(i) for i in table.id[new]} <= children
    assert (persons(world, AT_HOME)[new] >= 1).all()
    assert table.forest[new].sum() == 0.0
    assert table.wealth.astype(float).sum() == pytest.approx(wealth, rel=1e-6)


def test_two_adults_stay_where_a_household_is_founded() -> None:
    world = people_world(households=60)
    table = world.households
    p = begin(world, demography, leaving_home=0.06, couples=0.9)
    founded = 0
    for _ in range(60):
        parents, stream = table.id.copy(), world.stream(Purpose.HOUSEHOLD_FORMATION)
        run(world, demography, p)
        here = (parents != 0) & (table.id == parents)
        left = np.array([here[row] and child_id(stream, parents[row]) in table.id for row in range(len(table))])
        assert (persons(world, ADULTS)[left] >= 2).all()
        founded += left.sum()
    assert founded > 10


@njit
def leave_home(kind: int, detail: Any, agent: Any, chances: Any, who: Any, new: Any) -> int:
    """Call the rule, which only compiled code may call."""
    return kernel._leave_home(kind, detail, agent, chances, who, new)


@pytest.mark.parametrize(("others", "movers"), [(1, 1), (2, 3), (3, 3)])
def test_a_couple_takes_its_infant_where_two_others_stay_and_else_one_leaves_alone(others: int, movers: int) -> None:
    who, new = np.zeros(members.N_PEOPLE, np.int8), np.zeros(members.N_PEOPLE, np.int8)
    who[[members.YOUNG_MEN, members.YOUNG_WOMEN, members.INFANTS]], who[members.OLD] = 1, others
    chances = demography.kernel_chances(default(demography, couples=0.9))
    chances[kernel.COUPLE] = 1.0
    before = who.copy()
    assert leave_home(members.YOUNG_WOMEN, np.uint64(1), np.uint64(2), chances, who, new) == movers
    np.testing.assert_array_equal(who + new, before)
    assert who[slice(*members.ADULTS)].sum() >= 2
    assert new[members.YOUNG_WOMEN] == 1


def test_members_away_come_home_at_sixty_the_last_one_with_the_children() -> None:
    who = np.zeros(members.N_PEOPLE, dtype=np.int8)
    who[members.AWAY_CHILDREN], who[members.AWAY_MID] = 2, 1
    assert kernel._age_away.py_func(members.AWAY_MID, True, who) == 3
    assert who[members.LATE] == 1
    assert who[members.CHILDREN] == 2
    assert who[members.FARM] == 1
    assert kernel._age_away.py_func(members.AWAY_MID, True, who) == 0


def test_event_of_divides_a_hazard_in_order() -> None:
    hazards = np.array([0.1, 0.2, 0.0, 0.3, 0.4])
    expected = {0.05: 0, 0.15: 1, 0.35: 3, 0.95: 4}
    assert {position: kernel.event_of.py_func(position, hazards) for position in expected} == expected


def test_ageing_in_closed_form() -> None:
    hazards = demography.monthly_hazards(default(demography), 0)
    assert hazards[members.CHILDREN, kernel.AGES] == pytest.approx(1 / 144)
    assert hazards[members.OLD, kernel.AGES] == 0.0
    later = demography.monthly_hazards(default(demography, fertility_trend=-0.05), 120)
    assert later[members.YOUNG_WOMEN, kernel.BEARS] == pytest.approx(
        hazards[members.YOUNG_WOMEN, kernel.BEARS] * np.exp(-0.5)
    )
