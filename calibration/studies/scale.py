"""Does the sampling share matter? Every fact of the evidence table and some margins at shares 0.01, 0.1 and 1.

A figure agrees between two shares when its means over seeds differ by less than the Welch quantile (at least three
standard errors) at which all comparisons together raise a false alarm in 1 % of the studies (Bonferroni), and, where
the standard error of the difference is below 0.5 % of the figure, by less than 2 %. Seeds do not pair: another share
is another sample.

Run it by ``python -m calibration.studies.scale``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scipy import stats

from calibration.studies.runs import At, Floats, Run, command_of, documented, measure, options, write_table
from sim.observation import END_2024, OPERATORS, QUJIANG, SEPTEMBER_2024, START, Operator
from sim.places import CITY
from sim.scenario import Scenario

FALSE_ALARM_RATE = 0.01
LEAST_LIMIT = 3.0
SHARP = 0.005
"""Standard error of a difference, part of the figure, below which the difference itself is judged."""
TOLERANCE = 0.02
ROUNDING = 1e-9
"""Relative difference of figures that do not depend on chance (sums in another order)."""

MARGINS: Mapping[str, Operator] = {
    f"{indicator} {place} {label}": At(indicator, place, month)
    for indicator, place, month, label in (
        ("residents", CITY, START, "start"),
        ("residents_rural", QUJIANG, START, "start"),
        ("forest_transferable", CITY, START, "start"),
        ("forest_transfer_share", CITY, START, "start"),
        ("income_rural", CITY, START, "start"),
        ("unemployment_rate", CITY, START, "start"),
        ("gini", CITY, START, "start"),
        ("residents", CITY, END_2024, "2024-12"),
        ("residents_rural", QUJIANG, END_2024, "2024-12"),
        ("registered", CITY, END_2024, "2024-12"),
        ("gdp", CITY, END_2024, "2024-12"),
        ("employment_ordinary", CITY, END_2024, "2024-12"),
        ("employment_tertiary", CITY, END_2024, "2024-12"),
        ("unemployment_rate", CITY, END_2024, "2024-12"),
        ("wage_ordinary", CITY, END_2024, "2024-12"),
        ("income_rural", CITY, END_2024, "2024-12"),
        ("income_urban", CITY, END_2024, "2024-12"),
        ("gini", CITY, END_2024, "2024-12"),
        ("forest_let_pooled", CITY, END_2024, "2024-12"),
        ("forest_rent", CITY, END_2024, "2024-12"),
        ("relocation_queue", QUJIANG, SEPTEMBER_2024, "2024-09"),
        ("firms_above", CITY, END_2024, "2024-12"),
    )
}
TABLE: Mapping[str, Operator] = {**OPERATORS, **MARGINS}


@dataclass(frozen=True)
class Comparison:
    """One figure at two shares.

    Attributes:
        figure: a fact's id, or indicator, place and month.
        share, other: the two shares.
        mean, other_mean: means over seeds, in the figure's unit.
        error: standard error of the difference, same unit.
        limit: largest difference allowed, in standard errors.
    """

    figure: str
    share: float
    other: float
    mean: float
    other_mean: float
    error: float
    limit: float

    @property
    def relative(self) -> float:
        """The difference of the means, part of the other mean."""
        return self.mean / self.other_mean - 1.0 if self.other_mean else math.inf

    @property
    def standard_errors(self) -> float:
        """The difference of the means in standard errors; 0 when the two agree to rounding."""
        difference = self.mean - self.other_mean
        if abs(difference) <= ROUNDING * abs(self.other_mean):
            return 0.0
        return difference / self.error if self.error > 0.0 else math.inf

    @property
    def agrees(self) -> bool:
        """Whether the share makes no difference that these seeds can show."""
        sharp = self.error < SHARP * abs(self.other_mean)
        return abs(self.standard_errors) <= self.limit and not (sharp and abs(self.relative) > TOLERANCE)


def compare(values: Mapping[float, Floats], figures: Sequence[str]) -> list[Comparison]:
    """Compare every share with every larger one.

    Args:
        values: by share, shape (seeds, figures).
        figures: names of the columns.
    """
    shares = sorted(values)
    pairs = [(a, b) for i, a in enumerate(shares) for b in shares[i + 1 :]]
    alpha = FALSE_ALARM_RATE / (len(pairs) * len(figures))
    return [
        _compare(name, a, b, values[a][:, k], values[b][:, k], alpha)
        for k, name in enumerate(figures)
        for a, b in pairs
    ]


def _compare(name: str, share: float, other: float, x: Floats, y: Floats, alpha: float) -> Comparison:
    vx, vy = float(x.var(ddof=1)) / x.size, float(y.var(ddof=1)) / y.size
    variance = vx + vy
    freedom = variance**2 / (vx**2 / (x.size - 1) + vy**2 / (y.size - 1)) if variance > 0.0 else math.inf
    limit = max(LEAST_LIMIT, float(stats.t.isf(alpha / 2.0, freedom)))
    return Comparison(name, share, other, float(x.mean()), float(y.mean()), math.sqrt(variance), limit)


def at_shares(
    scenario: Scenario, seeds: Mapping[float, int], table: Mapping[str, Operator] = TABLE
) -> dict[float, Floats]:
    """Return the table's figures by share, shape (seeds, figures); `seeds` says how many by share."""
    return {
        share: measure([Run(replace(scenario, share=share), seed) for seed in range(1, number + 1)], table)
        for share, number in seeds.items()
    }


def main() -> None:
    """Compare the shares and write ``scale.csv``; end with an error when a figure depends on the share."""
    chosen = options(__doc__, {}, seeds_001=120, seeds_01=60, seeds_1=24)
    seeds = {0.01: chosen.seeds_001, 0.1: chosen.seeds_01, 1.0: chosen.seeds_1}
    found = compare(at_shares(documented(1.0), seeds), tuple(TABLE))
    header = ("figure", "share", "other", "mean", "other_mean", "relative", "standard_errors", "limit", "agrees")
    rows = [
        (c.figure, c.share, c.other, c.mean, c.other_mean, c.relative, c.standard_errors, c.limit, c.agrees)
        for c in found
    ]
    write_table(chosen.out / "scale.csv", command_of("scale", chosen), header, rows)
    differing = [c for c in found if not c.agrees]
    print(f"{len(differing)} of {len(found)} comparisons show a difference (false alarm rate {FALSE_ALARM_RATE:.0%})")
    for c in differing:
        print(f"  {c.figure}: {c.share:g} against {c.other:g}: {c.relative:+.2%}, {c.standard_errors:+.1f} se")
    raise SystemExit(1 if differing else 0)


if __name__ == "__main__":
    main()
