"""What chance leaves standing of a mean over seeds: its standard error, and whether it is told apart from zero."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.results.records import Floats

CONFIDENCE = 0.95
"""Probability with which an interval covers the mean it is stated for."""


def standard_error(values: Floats) -> float:
    """Return the standard error of the mean of values by seed, shape (seeds,), in their unit; NaN for one."""
    return float(np.std(values, ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.nan


def student(seeds: int, comparisons: int = 1) -> float:
    """Return how many standard errors an interval of a mean over some seeds reaches; NaN for one seed.

    With several comparisons each interval is as much wider as makes all of them hold together with probability
    CONFIDENCE (Bonferroni).
    """
    if seeds == 1:
        return math.nan
    from scipy.special import stdtrit  # slow to import: what has one seed does without

    outside = (1.0 - CONFIDENCE) / comparisons
    return float(stdtrit(seeds - 1, 1.0 - outside / 2.0))


def is_clear(values: Floats) -> bool:
    """Say whether the mean of values by seed, shape (seeds,), any unit, is told apart from zero; with one seed: no."""
    return abs(float(np.mean(values))) > student(len(values)) * standard_error(values)
