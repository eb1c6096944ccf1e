"""Indices of functions whose exact values are known; what must not be analysed is refused."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.sensitivity.sobol import TOTAL_OF_NOTHING, Floats, design, indices, varies

SAMPLES = 4096
ERROR = 0.02
"""Largest error of an index at SAMPLES base points; the points are fixed by the seed, so nothing is left to chance."""


def ishigami(points: Floats) -> Floats:
    x = np.pi * (2.0 * points - 1.0)
    return np.asarray(np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def exact_ishigami() -> tuple[Floats, Floats]:
    """Return first-order and total indices (Ishigami and Homma 1990), a fourth input that nothing reads included."""
    a, b = 7.0, 0.1
    alone = np.array([0.5 * (1.0 + b * np.pi**4 / 5.0) ** 2, a**2 / 8.0, 0.0, 0.0])
    together = b**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    variance = alone.sum() + together
    return alone / variance, (alone + together * np.array([1.0, 0.0, 1.0, 0.0])) / variance


G_WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])


def sobol_g(points: Floats) -> Floats:
    return np.asarray(((np.abs(4.0 * points - 2.0) + G_WEIGHTS) / (1.0 + G_WEIGHTS)).prod(axis=1))


def exact_g() -> tuple[Floats, Floats]:
    """Return first-order and total indices of the G function (Saltelli and Sobol 1995)."""
    alone = 1.0 / (3.0 * (1.0 + G_WEIGHTS) ** 2)
    variance = (1.0 + alone).prod() - 1.0
    return alone / variance, alone * (1.0 + alone).prod() / (1.0 + alone) / variance


def test_ishigami_with_a_dummy() -> None:
    first, total = exact_ishigami()
    found = indices(ishigami(design(4, SAMPLES, seed=3)), 4, seed=3)
    np.testing.assert_allclose(found.first, first, atol=ERROR)
    np.testing.assert_allclose(found.total, total, atol=ERROR)
    assert found.total[3] <= TOTAL_OF_NOTHING
    assert found.converged


def test_sobol_g_in_eight_dimensions() -> None:
    first, total = exact_g()
    found = indices(sobol_g(design(8, SAMPLES, seed=5)), 8, seed=5)
    np.testing.assert_allclose(found.first, first, atol=ERROR)
    np.testing.assert_allclose(found.total, total, atol=ERROR)


def test_intervals_cover_the_exact_indices() -> None:
    """Of 30 designs, at 95 % coverage fewer than 24 of the largest total index happen with chance 0.0006."""
    _, total = exact_ishigami()
    covered = 0
    for seed in range(1, 31):
        found = indices(ishigami(design(4, 256, seed)), 4, seed)
        covered += abs(found.total[0] - total[0]) <= found.total_error[0]
    assert covered >= 24


def test_few_samples_are_called_not_converged() -> None:
    assert not indices(ishigami(design(4, 16, seed=1)), 4, seed=1).converged


def test_the_design_is_balanced_and_belongs_to_its_seed() -> None:
    points = design(3, 64, seed=2)
    assert points.shape == (64 * 5, 3)
    assert ((points >= 0.0) & (points < 1.0)).all()
    np.testing.assert_array_equal(points, design(3, 64, seed=2))
    assert not np.array_equal(points, design(3, 64, seed=3))
    base = points[::5]
    assert (np.sort((base * 64).astype(int), axis=0) == np.arange(64)[:, None]).all(), "one point in each 64th"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([1.0, np.nan] * 5), "5 of 10 values are not finite"),
        (np.array([1.0, np.inf, 2.0, 3.0, 4.0]), "1 of 5"),
        (np.full(10, 3.7), "does not vary"),
        (np.arange(11.0), "no whole number of base points"),
    ],
)
def test_what_cannot_be_analysed_is_refused(values: Floats, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        indices(values, 3, seed=1)


def test_rounding_is_no_variation() -> None:
    assert not varies(1e12 + np.array([0.0, 1e-4, 0.0]))
    assert not varies(np.zeros(4))
    assert varies(np.array([0.0, 1e-9]))
