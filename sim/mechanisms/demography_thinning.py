"""Find the few households to whom something may happen this month, before any of their columns is looked at in
detail.

A household is concerned when its draw lies below a bound that no sum of hazards exceeds: the members of classes that
change often (`QUICK`: infants, the young, those about to be 65) times the highest hazard of these classes, plus the
others, those away included, times the highest of theirs. The loops run over columns, without branches.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.mechanisms.inner import inner
from sim.mechanisms.members import (
    AWAY_CHILDREN,
    AWAY_MID,
    AWAY_YOUNG,
    CHILDREN,
    INFANTS,
    LATE,
    MID_MEN,
    MID_WOMEN,
    N_CLASSES,
    OLD,
    YOUNG_MEN,
    YOUNG_WOMEN,
)
from sim.randomness import uniform
from sim.world import Bools, Floats, Ids, Int8s

IS_QUICK = (True, False, True, True, False, False, True, False, False, False, False)
"""Classes that change often, in the order of `sim.mechanisms.members.PEOPLE`; `count_people` adds them up."""


@njit(cache=True, nogil=True)
def highest_hazards(bound: Floats) -> tuple[float, float]:
    """Return the highest total hazard of the quick classes and of all others; `bound` by class, shape (11,)."""
    quick, slow = 0.0, 0.0
    for k in range(N_CLASSES):
        if IS_QUICK[k]:
            quick = max(quick, bound[k])
        else:
            slow = max(slow, bound[k])
    return quick, slow


@njit(cache=True, nogil=True)
def count_people(first: int, last: int, people: Any, quick: Int8s, slow: Int8s) -> None:
    """Write the members of households [first, last) in quick classes, and the others, into the head of two arrays, each
    of shape (n,); `people` are the columns of `PEOPLE`."""
    infants, young_men, young_women, late = people[INFANTS], people[YOUNG_MEN], people[YOUNG_WOMEN], people[LATE]
    children, mid_men, mid_women, old = people[CHILDREN], people[MID_MEN], people[MID_WOMEN], people[OLD]
    away_children, away_young, away_mid = people[AWAY_CHILDREN], people[AWAY_YOUNG], people[AWAY_MID]
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)  # unsigned indices spare the test for negative ones
        quick[j] = infants[i] + young_men[i] + young_women[i] + late[i]
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)
        slow[j] = children[i] + mid_men[i] + mid_women[i] + old[i] + away_children[i] + away_young[i] + away_mid[i]


@inner
def count_members(i: np.uint64, people: Any) -> int:
    """Return the members of household i at home and away; `people` as in `count_people`."""
    at_home = people[INFANTS][i] + people[CHILDREN][i] + people[YOUNG_MEN][i] + people[YOUNG_WOMEN][i]
    at_home += people[MID_MEN][i] + people[MID_WOMEN][i] + people[LATE][i] + people[OLD][i]
    return at_home + people[AWAY_CHILDREN][i] + people[AWAY_YOUNG][i] + people[AWAY_MID][i]


@njit(cache=True, nogil=True)
def flag(stream: np.uint64, ids: Ids, quick: Int8s, slow: Int8s, highest: tuple[float, float], flags: Bools) -> None:
    """Flag the households, shape (n,), whose draw lies below their bound, or that have lost their last member."""
    of_quick, of_slow = highest
    for j in range(ids.size):
        below = uniform(stream, ids[j]) < of_quick * quick[j] + of_slow * slow[j]
        flags[j] = below | ((quick[j] + slow[j] == 0) & (ids[j] != 0))
