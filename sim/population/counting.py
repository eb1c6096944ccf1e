"""Count hamlet by hamlet what weights are fitted to and county rows are summed from."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import DTypeLike, NDArray

from sim.mechanisms.hamlet_sums import widest_hamlet
from sim.places import N_COUNTIES
from sim.population.archetypes import AWAY_MEMBERS, MEMBERS
from sim.sectors import N_SKILLS, ORDINARY, TERTIARY
from sim.world import Float32s, Floats, Households, Ids, Int8s, Int64s, World

_members_of, _away_members_of = operator.attrgetter(*MEMBERS), operator.attrgetter(*AWAY_MEMBERS)

N_PLACES = N_COUNTIES + 1
"""Registered places: six counties and outside."""


@dataclass(frozen=True, eq=False)
class HamletCounts:
    """Unweighted sums over the households of each hamlet.

    Attributes:
        households: number of households, shape (hamlets,).
        at_home: residents, shape (hamlets,).
        registered: members, away ones included, by registered place of the household, shape (hamlets, 7).
        forest: transferable forest land, mu, shape (hamlets,).
        workers: residents in local jobs by skill (ordinary, tertiary), shape (hamlets, 2).
    """

    households: Floats
    at_home: Floats
    registered: Floats
    forest: Floats
    workers: Floats


def count_hamlets(world: World) -> HamletCounts:
    """Count the households of every hamlet; spare rows count for nothing."""
    households, hamlets = world.households, world.hamlets
    n = len(hamlets)
    counts = HamletCounts(np.zeros(n), np.zeros(n), np.zeros((n, N_PLACES)), np.zeros(n), np.zeros((n, N_SKILLS)))
    world.over_hamlets(
        _count,
        hamlets.start,
        hamlets.stop,
        households.id,
        households.registered,
        households.forest,
        households.local,
        households.local_skilled,
        _members_of(households),
        _away_members_of(households),
        counts.households,
        counts.at_home,
        counts.registered,
        counts.forest,
        counts.workers,
    )
    return counts


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _count(
    first: int,
    last: int,
    start: Int64s,
    stop: Int64s,
    ids: Ids,
    registered: Int8s,
    forest: Float32s,
    local: Int8s,
    local_skilled: Int8s,
    members: tuple[Int8s, ...],
    away: tuple[Int8s, ...],
    households: Floats,
    at_home: Floats,
    by_place: Floats,
    land: Floats,
    workers: Floats,
) -> None:
    """Add what the households of hamlets [first, last) are and hold to the counts of `HamletCounts`, zero before.

    Columns of the households have shape (rows,).
    """
    persons = np.empty(widest_hamlet(first, last, start, stop), np.int64)
    for h in range(first, last):
        begin, n = start[h], stop[h] - start[h]
        for j in range(n):
            persons[j] = 0
        for column in members:
            for j in range(n):
                persons[j] += column[begin + j]
        for j in range(n):
            at_home[h] += persons[j]
        for column in away:
            for j in range(n):
                persons[j] += column[begin + j]
        for j in range(n):
            i = begin + j
            households[h] += ids[i] != 0
            by_place[h, registered[i]] += persons[j]
            land[h] += forest[i]
            workers[h, ORDINARY] += local[i]
            workers[h, TERTIARY] += local_skilled[i]


def column_sum(households: Households, names: tuple[str, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return the sum of some columns by household row, added in that order as numbers of `dtype`, shape (rows,)."""
    total = np.zeros(len(households), dtype)
    for name in names:
        total += getattr(households, name)
    return total
