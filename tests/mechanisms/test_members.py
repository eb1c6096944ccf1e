"""The people of a household in one array: positions, counts, and who leaves which work first."""

from __future__ import annotations

import numpy as np
import pytest

from sim.identities import ADULTS, AT_HOME, WORKERS
from sim.mechanisms import members
from sim.world import Int8s, Int64s


def people(**counts: int) -> Int8s:
    """Return a household's array with some counts, persons; the others are 0."""
    return np.array([counts.get(name, 0) for name in members.PEOPLE], dtype=np.int8)


def test_positions_are_those_of_the_columns() -> None:
    named = {name: getattr(members, name.upper()) for name in members.PEOPLE}
    assert list(named.values()) == list(range(members.N_PEOPLE))


@pytest.mark.parametrize(
    ("part", "names"),
    [
        (members.RESIDENTS, AT_HOME),
        (members.ADULTS, ADULTS),
        (members.WORKERS, WORKERS),
    ],
)
def test_parts_hold_the_classes_of_the_identities(part: Int64s, names: tuple[str, ...]) -> None:
    assert set(members.PEOPLE[part[0] : part[1]]) == set(names)
    assert members.count.py_func(people(**dict.fromkeys(names, 2)), part) == 2 * len(names)


@pytest.mark.parametrize(
    ("order", "first"),
    [(members.IDLE_FIRST, "idle"), (members.JOB_FIRST, "local_skilled"), (members.FARM_FIRST, "farm")],
)
def test_work_is_left_in_order_until_none_is_left(order: Int64s, first: str) -> None:
    who = people(farm=1, local_skilled=1, own=1, idle=1)
    assert members.PEOPLE[members.stop_work.py_func(who, order)] == first
    assert who.sum() == 3
    assert sorted(members.stop_work.py_func(who, order) for _ in range(4))[0] == -1
    assert not who.any()


def test_an_own_business_stays_with_the_old_household() -> None:
    assert members.stop_work.py_func(people(own=1), members.EMPLOYEE) == -1


def test_skills_fall_with_the_adults() -> None:
    who = people(tertiary=3, local_skilled=2)
    members.keep_skills.py_func(who, 1)
    np.testing.assert_array_equal(who, people(tertiary=1, local=1, local_skilled=1))
