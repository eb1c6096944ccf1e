"""Counts by hamlet are those of the household rows."""

from __future__ import annotations

import numpy as np

from sim.population.archetypes import AWAY_MEMBERS, MEMBERS
from sim.population.counting import N_PLACES, column_sum, count_hamlets
from tests.worlds import small_world


def test_counts_are_sums_over_the_rows_of_a_hamlet() -> None:
    world = small_world(3)
    households, n = world.households, len(world.hamlets)
    home, away = (column_sum(households, names, np.float64) for names in (MEMBERS, AWAY_MEMBERS))
    counts = count_hamlets(world)
    by_hamlet = {
        "households": households.id != 0,
        "at_home": home,
        "forest": households.forest.astype(np.float64),
    }
    for name, values in by_hamlet.items():
        np.testing.assert_allclose(getattr(counts, name), np.bincount(households.hamlet, values, n))
    place = households.hamlet * N_PLACES + households.registered
    expected = np.bincount(place, home + away, n * N_PLACES).reshape(n, N_PLACES)
    np.testing.assert_array_equal(counts.registered, expected)
    for skill, column in enumerate((households.local, households.local_skilled)):
        np.testing.assert_array_equal(counts.workers[:, skill], np.bincount(households.hamlet, column, n))
