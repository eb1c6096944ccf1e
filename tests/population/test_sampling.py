"""Calibration of weights: the equations behind it, exact totals inside the bounds, and what gives way outside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.population.sampling import WEIGHT_BOUNDS, calibrate, solve


@settings(deadline=None, max_examples=50)
@given(k=st.integers(1, 8), rank=st.integers(0, 8), power=st.floats(0.0, 3.0), seed=st.integers(0, 2**32 - 1))
def test_a_solution_satisfies_its_equations(k: int, rank: int, power: float, seed: int) -> None:
    """Also where equations depend on each other and where their sizes differ by orders of magnitude."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(k, rank)) * (rng.random((k, 1)) ** power)
    matrix = factor @ factor.T
    right = factor @ rng.normal(size=rank)
    solution = right.copy()
    solve(k, matrix.copy(), solution, np.empty(k))
    largest = max(float(np.abs(right).max()), 1e-30)  # an equation left out as implied holds to 1e-10 of its size
    np.testing.assert_allclose(matrix @ solution, right, rtol=0.0, atol=1e-10 * largest)


def test_an_implied_equation_is_left_out() -> None:
    matrix = np.diag([4.0, 0.0, 2.0])
    matrix[0, 2] = matrix[2, 0] = 1.0
    right = np.array([9.0, 0.0, 4.0])
    solve(3, matrix, right, np.empty(3))
    assert right.tolist() == pytest.approx([2.0, 0.0, 1.0])


def calibrated(
    first: np.ndarray, weights: np.ndarray, rows: np.ndarray, totals: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return the calibrated weights and the gap left; totals need not be near 1 here."""
    weights, k = weights.copy(), len(totals)
    gap = calibrate(0, first.size, rows, totals, first, weights, np.empty((3, first.size)), np.empty((k + 4, k)))
    return weights, gap


def test_weights_meet_totals_with_the_least_change() -> None:
    """Against the closed form of linear calibration, where no bound binds."""
    rng = np.random.default_rng(1)
    first, rows = rng.uniform(1.0, 2.0, 40), rng.uniform(0.5, 1.5, (3, 40)) / 60.0
    totals = rows @ first * np.array([1.02, 0.98, 1.01])
    weights, gap = calibrated(first, first, rows, totals)
    slopes = np.linalg.solve((rows * first) @ rows.T, totals - rows @ first)
    np.testing.assert_allclose(weights, first * (1.0 + slopes @ rows), rtol=1e-12)
    assert gap < 1e-14


def test_weights_stop_at_their_bounds_and_the_others_go_on() -> None:
    first = np.ones(4)
    rows = np.array([[0.25, 0.25, 0.25, 0.25], [0.0, 0.1, 0.2, 0.7]])
    weights, gap = calibrated(first, first, rows, np.array([1.0, 0.5]))
    assert gap < 1e-12
    assert weights.min() == pytest.approx(WEIGHT_BOUNDS[0])
    assert np.all((weights >= WEIGHT_BOUNDS[0] - 1e-12) & (weights <= WEIGHT_BOUNDS[1] + 1e-12))


def test_totals_out_of_reach_are_met_in_part_and_what_holds_stays() -> None:
    first = np.ones(3)
    rows = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 1.0]]) / 3.0
    weights, gap = calibrated(first, first, rows, np.array([1.0, 3.0]))
    assert gap > 0.1
    assert rows[0] @ weights == pytest.approx(1.0)
    assert np.all((weights >= WEIGHT_BOUNDS[0] - 1e-12) & (weights <= WEIGHT_BOUNDS[1] + 1e-12))


def test_the_first_constraints_can_be_met_alone() -> None:
    rng = np.random.default_rng(2)
    first, rows = np.ones(10), rng.uniform(0.0, 0.2, (3, 10))
    weights = first.copy()
    space = np.empty((3, 10)), np.empty((7, 3))
    gap = calibrate(0, 10, rows, rows[:2] @ first * 1.1, first, weights, *space)
    assert gap < 1e-12
    np.testing.assert_allclose(rows[:2] @ weights, rows[:2] @ first * 1.1)


def test_other_units_are_left_alone() -> None:
    first, rows = np.ones(6), np.full((1, 6), 0.25)
    weights = first.copy()
    calibrate(1, 5, rows, np.array([1.2]), first, weights, np.empty((3, 6)), np.empty((5, 1)))
    np.testing.assert_allclose(weights, [1.0, 1.2, 1.2, 1.2, 1.2, 1.0])
