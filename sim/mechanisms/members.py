"""The people of a household as one short array, and what it means to leave work: shared by the moves of persons.

Few households have an event in a month. A kernel copies the counts of one that has into an array `who`, shape
(N_PEOPLE,), in the order of `PEOPLE`, lets the rules change it, and copies it back.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from sim.mechanisms.inner import inner
from sim.world import Households, Int8s, Int64s

MEMBERS = ("infants", "children", "young_men", "young_women", "mid_men", "mid_women", "late", "old")
AWAY = ("away_children", "away_young", "away_mid")
WORK = ("farm", "local", "local_skilled", "own", "idle")
PEOPLE = (*MEMBERS, *AWAY, *WORK, "tertiary")
INFANTS, CHILDREN, YOUNG_MEN, YOUNG_WOMEN, MID_MEN, MID_WOMEN, LATE, OLD = range(8)
AWAY_CHILDREN, AWAY_YOUNG, AWAY_MID = range(8, 11)
FARM, LOCAL, LOCAL_SKILLED, OWN, IDLE, TERTIARY = range(11, 17)
N_CLASSES = 11
N_PEOPLE = 17
"""Household columns that count persons: members at home and away by class, what those at home do, the educated."""

RESIDENTS: Int64s = np.array([INFANTS, AWAY_CHILDREN])
ADULTS: Int64s = np.array([YOUNG_MEN, AWAY_CHILDREN])
OF_WORKING_AGE: Int64s = np.array([YOUNG_MEN, LATE])
WORKERS: Int64s = np.array([FARM, TERTIARY])
"""Parts of the array: members at home, of them those from 15 years on and those aged 15-59, and those who work or look
for work; first position and the one after the last."""

_PEOPLE_OF = attrgetter(*PEOPLE)

IDLE_FIRST: Int64s = np.array([IDLE, FARM, LOCAL, LOCAL_SKILLED, OWN])
JOB_FIRST: Int64s = np.array([LOCAL, LOCAL_SKILLED, OWN, FARM, IDLE])
FARM_FIRST: Int64s = np.array([FARM, LOCAL, LOCAL_SKILLED, OWN, IDLE])
EMPLOYEE: Int64s = np.array([LOCAL, LOCAL_SKILLED, IDLE, FARM])
"""Orders in which work is left: by out-migrants, by those who retire or die, by the old among them, and by members
who found a household (an own business stays with the old one)."""


def people_of(households: Households) -> tuple[Int8s, ...]:
    """Return the columns of `PEOPLE`, each of shape (rows,)."""
    columns: tuple[Int8s, ...] = _PEOPLE_OF(households)
    return columns


@inner
def read_members(i: np.uint64, people: Any, who: Int8s) -> None:
    """Copy the members of household i by class from the columns of `PEOPLE`, each of shape (rows,), into `who`, shape
    (N_PEOPLE,).

    Line by line, as a loop over columns would look each one up when the kernel runs.
    """
    who[INFANTS] = people[INFANTS][i]
    who[CHILDREN] = people[CHILDREN][i]
    who[YOUNG_MEN] = people[YOUNG_MEN][i]
    who[YOUNG_WOMEN] = people[YOUNG_WOMEN][i]
    who[MID_MEN] = people[MID_MEN][i]
    who[MID_WOMEN] = people[MID_WOMEN][i]
    who[LATE] = people[LATE][i]
    who[OLD] = people[OLD][i]
    who[AWAY_CHILDREN] = people[AWAY_CHILDREN][i]
    who[AWAY_YOUNG] = people[AWAY_YOUNG][i]
    who[AWAY_MID] = people[AWAY_MID][i]


@inner
def read_work(i: np.uint64, people: Any, who: Int8s) -> None:
    """Copy what the members of household i do, and their education, into `who`, shape (N_PEOPLE,)."""
    who[FARM] = people[FARM][i]
    who[LOCAL] = people[LOCAL][i]
    who[LOCAL_SKILLED] = people[LOCAL_SKILLED][i]
    who[OWN] = people[OWN][i]
    who[IDLE] = people[IDLE][i]
    who[TERTIARY] = people[TERTIARY][i]


@inner
def write_people(i: np.uint64, who: Int8s, people: Any) -> None:
    """Copy `who`, shape (N_PEOPLE,), into the columns of `PEOPLE`, each of shape (rows,), for household i."""
    people[INFANTS][i] = who[INFANTS]
    people[CHILDREN][i] = who[CHILDREN]
    people[YOUNG_MEN][i] = who[YOUNG_MEN]
    people[YOUNG_WOMEN][i] = who[YOUNG_WOMEN]
    people[MID_MEN][i] = who[MID_MEN]
    people[MID_WOMEN][i] = who[MID_WOMEN]
    people[LATE][i] = who[LATE]
    people[OLD][i] = who[OLD]
    people[AWAY_CHILDREN][i] = who[AWAY_CHILDREN]
    people[AWAY_YOUNG][i] = who[AWAY_YOUNG]
    people[AWAY_MID][i] = who[AWAY_MID]
    people[FARM][i] = who[FARM]
    people[LOCAL][i] = who[LOCAL]
    people[LOCAL_SKILLED][i] = who[LOCAL_SKILLED]
    people[OWN][i] = who[OWN]
    people[IDLE][i] = who[IDLE]
    people[TERTIARY][i] = who[TERTIARY]


@inner
def count(who: Int8s, part: Int64s) -> int:
    """Return the persons of `who`, shape (N_PEOPLE,), in a part of it, shape (2,): `ADULTS`, `WORKERS`, ..."""
    persons = 0
    for k in range(part[0], part[1]):
        persons += who[k]
    return persons


@inner
def stop_work(who: Int8s, order: Int64s) -> int:
    """Take one worker of `who`, shape (N_PEOPLE,), out of the first activity of `order`, shape (n,), that has one.

    Returns which, -1 where there is none.
    """
    for activity in order:
        if who[activity] > 0:
            who[activity] -= 1
            return activity
    return -1


@inner
def keep_skills(who: Int8s, adults: int) -> None:
    """Bring the educated of `who`, shape (N_PEOPLE,), down to its adults, and its skilled workers to the educated."""
    who[TERTIARY] = min(who[TERTIARY], adults)
    if who[LOCAL_SKILLED] > who[TERTIARY]:
        who[LOCAL] += who[LOCAL_SKILLED] - who[TERTIARY]
        who[LOCAL_SKILLED] = who[TERTIARY]
