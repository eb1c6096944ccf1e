"""Count hamlet by hamlet what weights are fitted to and county rows are summed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.places import N_COUNTIES
from sim.population.archetypes import AWAY_MEMBERS, MEMBERS
from sim.world import Floats, Ids, Int8s, Int64s, World

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
    households, n = world.households, len(world.hamlets)
    counts = HamletCounts(*(np.zeros(shape) for shape in (n, n, (n, N_PLACES), n, (n, 2))))
    world.over_hamlets(
        _count,
        world.hamlets.start,
        world.hamlets.stop,
        households.id,
        households.registered,
        tuple(getattr(households, name) for name in MEMBERS),
        tuple(getattr(households, name) for name in AWAY_MEMBERS),
        households.forest,
        households.local,
        households.local_skilled,
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
    members: tuple[Int8s, ...],
    away: tuple[Int8s, ...],
    forest: NDArray[np.float32],
    local: Int8s,
    local_skilled: Int8s,
    number: Floats,
    at_home: Floats,
    by_place: Floats,
    land: Floats,
    workers: Floats,
) -> None:
    for h in range(first, last):
        here = slice(start[h], stop[h])
        persons = np.zeros(stop[h] - start[h], np.int64)
        _add_columns(members, here, persons)
        at_home[h] = persons.sum()
        _add_columns(away, here, persons)
        for k, place in enumerate(registered[here]):
            by_place[h, place] += persons[k]
        number[h] = (ids[here] != 0).sum()
        for mu in forest[here]:
            land[h] += mu
        workers[h, 0], workers[h, 1] = local[here].sum(), local_skilled[here].sum()


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _add_columns(columns: Any, here: slice, persons: Int64s) -> None:
    for m in range(len(columns)):
        column = columns[m][here]
        for k in range(persons.size):
            persons[k] += column[k]
