"""Sobol indices: the design and the estimators of SALib, behind two functions.

First-order index of a factor: the part of an outcome's variance that goes when the factor is known (Saltelli 2010);
total index: the part that stays when everything else is known (Jansen 1999), interactions included. Intervals are the
bootstrap's at 95 %. Nothing is estimated from a value that is not finite or an outcome that does not vary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from SALib.analyze import sobol as analyzer
from SALib.sample import sobol as sampler

type Floats = NDArray[np.float64]

CONFIDENCE = 0.95
RESAMPLES = 1000
TOTAL_OF_NOTHING = 0.03
"""Largest total index the dummy may show (shared standard of the field's checks: it should be zero)."""
WIDEST_INTERVAL = 0.1
"""Full width of the interval of the largest total index at which a study counts as converged."""
LEAST_SPREAD = 1e-12
"""Relative spread below which an outcome counts as constant: rounding, not variation."""


@dataclass(frozen=True)
class Indices:
    """Indices of one outcome by factor, each array shape (factors,), dimensionless.

    Attributes:
        first, total: estimates; sampling error may carry them a little below 0 or above 1.
        first_error, total_error: half-widths of the 95 % bootstrap intervals.
    """

    first: Floats
    first_error: Floats
    total: Floats
    total_error: Floats

    @property
    def converged(self) -> bool:
        """Say whether the interval of the largest total index is narrow enough to rely on."""
        return bool(2.0 * self.total_error[int(np.argmax(self.total))] <= WIDEST_INTERVAL)


def design(factors: int, samples: int, seed: int) -> Floats:
    """Return the points in the unit cube, shape (samples x (factors + 2), factors): scrambled, balanced.

    Args:
        factors: number of inputs.
        samples: base points, a power of two.
        seed: of the scrambling, not 0.
    """
    points = sampler.sample(_problem(factors), samples, calc_second_order=False, scramble=True, seed=seed)
    return np.asarray(points, dtype=np.float64)


def varies(values: Floats) -> bool:
    """Say whether an outcome varies over the design, beyond rounding; `values` in its unit, shape (rows,)."""
    return bool(np.std(values) > LEAST_SPREAD * max(1e-300, float(np.abs(values).max())))


def indices(values: Floats, factors: int, seed: int) -> Indices:
    """Return the indices of one outcome.

    Args:
        values: the outcome at every row of `design`, shape (samples x (factors + 2),).
        factors: number of inputs.
        seed: of the bootstrap, not 0.

    Raises:
        ValueError: a value is not finite, the outcome does not vary, or the rows do not fit the factors.
    """
    if not np.isfinite(values).all():
        raise ValueError(f"{int((~np.isfinite(values)).sum())} of {values.size} values are not finite")
    if not varies(values):
        raise ValueError("the outcome does not vary over the design")
    if values.size % (factors + 2):
        raise ValueError(f"{values.size} values are no whole number of base points for {factors} factors")
    found: dict[str, Any] = analyzer.analyze(
        _problem(factors),
        values,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        seed=seed,
    )
    return Indices(
        *(np.asarray(found[name], dtype=np.float64) for name in ("S1", "S1_conf", "ST", "ST_conf")),
    )


def _problem(factors: int) -> dict[str, Any]:
    return {
        "num_vars": factors,
        "names": [f"x{i}" for i in range(factors)],
        "bounds": [[0.0, 1.0]] * factors,
    }
