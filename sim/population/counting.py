"""Count hamlet by hamlet what weights are fitted to and county rows are summed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sim.places import N_COUNTIES
from sim.population.archetypes import AWAY_MEMBERS, MEMBERS
from sim.world import Floats, Households, World

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
    hamlet = households.hamlet.astype(np.intp)

    def by_hamlet(values: NDArray[Any]) -> Floats:
        return np.bincount(hamlet, values, n)

    residents, away = (column_sum(households, names, np.int16) for names in (MEMBERS, AWAY_MEMBERS))
    place = hamlet * N_PLACES + households.registered
    return HamletCounts(
        households=by_hamlet(households.occupied()),
        at_home=by_hamlet(residents),
        registered=np.bincount(place, residents + away, n * N_PLACES).reshape(n, N_PLACES),
        forest=by_hamlet(households.forest),
        workers=np.stack([by_hamlet(households.local), by_hamlet(households.local_skilled)], axis=1),
    )


def column_sum(households: Households, names: tuple[str, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return the sum of some columns by household row, added in that order as numbers of `dtype`, shape (rows,)."""
    total = np.zeros(len(households), dtype)
    for name in names:
        total += getattr(households, name)
    return total
