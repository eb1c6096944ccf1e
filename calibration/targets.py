"""Targets: how far a simulated figure lies from what a document states, in units of what may be wrong.

A figure's error has three parts: the observation error of the statement, the discrepancy of the model (what it leaves
out or what one seed of a granular county cannot be held to), and the standard error of an ensemble's mean. A statement
"more than" or "close to" is an interval with no error inside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.evidence import Evidence, Fact
from sim.observation import OPERATORS
from sim.outcomes import stated_rounding

ABOUT = 0.05
"""Half-width of a figure stated as "about", part of the figure (assumption)."""
UNLISTED_DISCREPANCY = 0.05
"""Discrepancy of a target not listed below, part of the figure (assumption: the fit's bar for the mean error)."""
DISCREPANCY: Mapping[str, float] = {
    "industrial_value_added_growth": 0.085,
    "gdp_growth": 0.015,
    "forest_transfer_rate": 0.01,
    "urbanisation_gain": 0.2,
    "rural_income_growth": 0.006,
}
"""Standard deviation of the model's discrepancy in the target's unit.

The first two are the spread over seeds that a pipeline of few large projects brings (feasibility section 2); the third
is the error of the documented denominator (feasibility section 7); the last two are `assumption`: half the width of
what drift (feasibility section 4) and composition with its trend leave open.
"""


@dataclass(frozen=True)
class Target:
    """One figure the model must produce.

    Attributes:
        id: the fact's id, which is also the name of its operator.
        low, high: the stated interval, one point for a figure as stated; in the fact's unit.
        bound: ``eq``, ``approx``, ``ge`` or ``nearly``.
        error: standard deviation of the observation, in the fact's unit; 0 for an interval.
        discrepancy: standard deviation of the model's discrepancy, in the fact's unit.
    """

    id: str
    low: float
    high: float
    bound: str
    error: float
    discrepancy: float

    def distance(self, value: float) -> float:
        """Return how far a value lies outside the stated interval, with sign: negative below, 0 inside."""
        return min(value - self.low, 0.0) + max(value - self.high, 0.0)

    def implausibility(self, value: float, variance: float = 0.0) -> float:
        """Return the distance in standard deviations.

        Args:
            value: a simulated figure, the mean of an ensemble or an emulator's prediction.
            variance: of that value (ensemble mean, emulator), in the unit squared.

        Raises:
            ValueError: the variance is negative.
        """
        if variance < 0.0:
            raise ValueError(f"a variance cannot be negative: {variance:g}")
        return abs(self.distance(value)) / math.sqrt(self.error**2 + self.discrepancy**2 + variance)


def targets(evidence: Evidence) -> tuple[Target, ...]:
    """Return the targets the model has an operator for, in the order of the evidence."""
    return tuple(_target(fact) for fact in evidence.targets() if fact.id in OPERATORS)


def _target(fact: Fact) -> Target:
    low, high = fact.interval
    unlisted = UNLISTED_DISCREPANCY * abs(fact.number)
    return Target(fact.id, low, high, fact.bound, _observation_error(fact), DISCREPANCY.get(fact.id, unlisted))


def _observation_error(fact: Fact) -> float:
    """Return the standard deviation of an even error over the rounding of a figure, or of "about"."""
    half = ABOUT * abs(fact.number) if fact.bound == "approx" else stated_rounding(fact)
    return half / math.sqrt(3.0)
