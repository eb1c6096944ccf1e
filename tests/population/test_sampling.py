"""The small eigenvalue solver behind the calibration of weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.population.sampling import eigen


@settings(deadline=None, max_examples=50)
@given(k=st.integers(1, 8), rank=st.integers(0, 8), power=st.floats(0.0, 3.0), seed=st.integers(0, 2**32 - 1))
def test_eigenvectors_put_the_matrix_together_again(k: int, rank: int, power: float, seed: int) -> None:
    """Also where rows depend on each other and where their sizes differ by orders of magnitude."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(k, rank)) * (rng.random((k, 1)) ** power)
    matrix = factor @ factor.T
    values, vectors = eigen(matrix)
    scale = max(float(np.abs(matrix).max()), 1e-30)
    np.testing.assert_allclose(np.sort(values), np.linalg.eigvalsh(matrix), atol=1e-13 * scale)
    np.testing.assert_allclose(vectors.T @ np.diag(values) @ vectors, matrix, atol=1e-13 * scale)
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(k), atol=1e-13)


def test_a_diagonal_matrix_is_its_own_solution() -> None:
    values, vectors = eigen(np.diag([3.0, 0.0, 1.0]))
    assert values.tolist() == [3.0, 0.0, 1.0]
    assert vectors == pytest.approx(np.eye(3))
