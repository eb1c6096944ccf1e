"""Fit tables to margins: proportional fitting, entropy balancing, rounding that keeps the total."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import PopulationError

type Floats = NDArray[np.float64]
type Int64s = NDArray[np.int64]

_ROUNDS = 5_000
_TOLERANCE = 1e-11


def largest_remainder(weights: ArrayLike, total: int) -> Int64s:
    """Return whole numbers nearly proportional to `weights` that sum to `total`.

    The largest fractions are rounded up; ties go to the first.

    Args:
        weights: not negative, with a positive sum, in any shape and unit; the result has that shape.
        total: the wanted sum, 0 or more.
    """
    weights = np.asarray(weights, dtype=np.float64)
    exact = weights.ravel() * (total / weights.sum())
    counts = np.floor(exact).astype(np.int64)
    missing = total - int(counts.sum())
    counts[np.argsort(counts - exact, kind="stable")[:missing]] += 1
    return np.asarray(counts.reshape(weights.shape))


def proportional_fit(seed: Floats, rows: Floats, columns: Floats) -> Floats:
    """Return the table nearest to `seed` (in relative entropy) with the given row and column sums, shape (n, m).

    Args:
        seed: shape (n, m), not negative; zeros stay zero.
        rows: wanted row sums, shape (n,), in the unit of the result.
        columns: wanted column sums, shape (m,), with the same sum.

    Raises:
        PopulationError: no such table exists, or the margins disagree.
    """
    if not math.isclose(rows.sum(), columns.sum(), rel_tol=1e-9):
        raise PopulationError(f"row margins sum to {rows.sum():.9g}, column margins to {columns.sum():.9g}")
    table = seed.astype(np.float64)
    for _ in range(_ROUNDS):
        table *= (rows / table.sum(axis=1))[:, None]
        table *= columns / table.sum(axis=0)
        if np.abs(table.sum(axis=1) - rows).max() <= _TOLERANCE * rows.sum():
            return table
    raise PopulationError("proportional fitting does not converge: the margins contradict the zeros of the table")


def normal_scores(n: int) -> Floats:
    """Return the standard normal quantiles at the middles of `n` equal parts of (0, 1), ascending, shape (n,)."""
    return np.array([NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)])


def entropy_weights(prior: Floats, traits: Floats, means: Floats) -> Floats:
    """Return the distribution nearest to `prior` (in relative entropy) under which each trait has its mean.

    Newton's method on the dual problem, steps halved until it improves. The weights, shape (types,), sum to 1.

    Args:
        prior: positive, shape (types,).
        traits: k traits of each type, in any units, shape (types, k).
        means: wanted mean of each trait, shape (k,).

    Raises:
        PopulationError: no mixture of the types has these means.
    """
    slopes = np.zeros(traits.shape[1])
    centred = traits - means
    value, weights = _dual(prior, centred, slopes)
    for _ in range(200):
        gradient = weights @ centred
        if np.abs(gradient).max() < 1e-10:
            return weights
        curvature = (centred * weights[:, None]).T @ centred - np.outer(gradient, gradient)
        step = np.linalg.solve(curvature + 1e-13 * np.eye(len(slopes)), gradient)
        size = 1.0
        while size > 1e-8:
            new_value, new_weights = _dual(prior, centred, slopes - size * step)
            if new_value < value:
                break
            size /= 2.0
        else:
            break
        slopes, value, weights = slopes - size * step, new_value, new_weights
    if np.abs(weights @ centred).max() > 1e-7:
        raise PopulationError(f"no mix of household types has the wanted means {np.round(means, 4).tolist()}")
    return weights


def _dual(prior: Floats, centred: Floats, slopes: Floats) -> tuple[float, Floats]:
    exponent = centred @ slopes
    top = exponent.max()
    weights = prior * np.exp(exponent - top)
    total = weights.sum()
    return float(top + np.log(total)), weights / total
