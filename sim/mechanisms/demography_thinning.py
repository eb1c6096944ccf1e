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

from sim.mechanisms.hamlet_sums import add_four
from sim.randomness import uniform
from sim.world import Bools, Floats, Ids, Int8s

IS_QUICK = (True, False, True, True, False, False, True, False)
"""Member classes that change often, in the order of the kernel's MEMBERS."""


@njit(cache=True, nogil=True)
def class_bound(hazards: Floats) -> Floats:
    """Return the total hazard of a member by class, shape (8,), from hazards by class and event, shape (8, 5)."""
    bound = np.zeros(hazards.shape[0])
    for k in range(hazards.shape[0]):
        for event in range(hazards.shape[1]):
            bound[k] += hazards[k, event]
    return bound


@njit(cache=True, nogil=True)
def highest_hazards(bound: Floats, away_hazards: Floats) -> tuple[float, float]:
    """Return the highest total hazard of the quick classes, shape (8,) in `bound`, and of all others, (3,) away."""
    quick, slow = 0.0, np.max(away_hazards)
    for k in range(bound.size):
        if IS_QUICK[k]:
            quick = max(quick, bound[k])
        else:
            slow = max(slow, bound[k])
    return quick, slow


@njit(cache=True, nogil=True)
def count_people(first: int, last: int, members: Any, away: Any, quick: Int8s, slow: Int8s) -> None:
    """Write the members of households [first, last) in quick classes, and the others, into the head of two arrays, each
    of shape (n,)."""
    infants, children, young_men, young_women, mid_men, mid_women, late, old = members
    away_children, away_young, away_mid = away
    a, b = first, last
    add_four(infants[a:b], young_men[a:b], young_women[a:b], late[a:b], quick)
    add_four(children[a:b], mid_men[a:b], mid_women[a:b], old[a:b], slow)
    add_four(slow, away_children[a:b], away_young[a:b], away_mid[a:b], slow)


@njit(cache=True, nogil=True)
def flag(stream: np.uint64, ids: Ids, quick: Int8s, slow: Int8s, highest: tuple[float, float], flags: Bools) -> None:
    """Flag the households, shape (n,), whose draw lies below their bound, or that have lost their last member."""
    of_quick, of_slow = highest
    for j in range(ids.size):
        below = uniform(stream, ids[j]) < of_quick * quick[j] + of_slow * slow[j]
        flags[j] = below | ((quick[j] + slow[j] == 0) & (ids[j] != 0))
