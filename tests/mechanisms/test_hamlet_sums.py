"""Sums by hamlet: weights, sides, and the column sums that kernels share."""

from __future__ import annotations

import numpy as np
import pytest

from sim.mechanisms.hamlet_sums import CORE_TOWN, N_SIDES, OWN_COUNTY, by_county, widest_hamlet
from sim.mechanisms.stretches import flagged_rows, longest_way
from sim.places import KECHENG, N_COUNTIES


def test_households_in_the_core_town_count_for_kecheng() -> None:
    sums = np.zeros((2, N_SIDES, 1))
    sums[1, OWN_COUNTY], sums[1, CORE_TOWN] = 3.0, 2.0
    out = by_county(sums, np.array([1.0, 10.0]), np.array([0, 4], dtype=np.int8))
    expected = np.zeros((N_COUNTIES, 1))
    expected[4], expected[KECHENG] = 30.0, 20.0
    np.testing.assert_array_equal(out, expected)


def test_the_widest_hamlet_is_sought_in_its_run_only() -> None:
    start, stop = np.array([0, 4, 20]), np.array([4, 20, 22])
    assert widest_hamlet(0, 3, start, stop) == 16
    assert widest_hamlet(2, 3, start, stop) == 2
    assert widest_hamlet(1, 1, start, stop) == 0


def test_the_longest_way_is_sought_in_its_run_only() -> None:
    minutes = np.array([70.0, 15.0, 30.0, 90.0])
    assert longest_way(1, 3, minutes) == 30.0
    assert longest_way(2, 2, minutes) == 0.0


@pytest.mark.parametrize("flags", [0, 1, 7, 8, 9, 100])
@pytest.mark.parametrize("part", [0.0, 0.02, 0.5, 1.0])
def test_flagged_rows_come_in_order(flags: int, part: float) -> None:
    flagged, rows = np.random.default_rng(flags).random(flags) < part, np.full(flags, -1)
    found = flagged_rows(flagged, 10, rows)
    np.testing.assert_array_equal(rows[:found], 10 + np.flatnonzero(flagged))
