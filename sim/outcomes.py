"""Documented against simulated: one row for every target, and published figures beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np

from sim.errors import ResultsError
from sim.evidence import Evidence, Fact
from sim.observables import Record
from sim.observation import (
    OPERATORS,
    QUJIANG,
    YEAR_2022,
    YEAR_2023,
    Operator,
    Window,
    above_size_output,
    output_growth,
    rural_income_growth_fixed,
    window,
)
from sim.places import CITY
from sim.sectors import OFFICIAL, OFFICIAL_OF_SECTOR, SECTORS

type Mark = Literal["✓", "~", "✗", ""]
type Status = Literal["compared", "not modelled yet", "outside the run"]

STANDARD_ERRORS = 2.0
NEAR = 0.10
MARK_MEANING = (
    "✓ the mean lies in the documented interval, give or take its rounding and "
    f"{STANDARD_ERRORS:g} standard errors of the mean over seeds (at most {NEAR:.0%}, so that few seeds earn "
    f"no mark); ~ within {NEAR:.0%}; ✗ further off"
)

TERTIARY = tuple(
    name for name, official in zip(SECTORS, OFFICIAL_OF_SECTOR, strict=True) if OFFICIAL[official] == "tertiary"
)
HALF_2022, HALF_2023 = window("2022-01", "2022-06"), window("2023-01", "2023-06")
NINE_2022, NINE_2023 = window("2022-01", "2022-09"), window("2023-01", "2023-09")
ELEVEN_2022, ELEVEN_2023 = window("2022-01", "2022-11"), window("2023-01", "2023-11")


@dataclass(frozen=True)
class Outcome:
    """One documented figure and its simulated counterpart.

    Attributes:
        id: the fact's id, or the name of a check.
        programme: the reform it speaks of, or ``economy``.
        place, period, unit, bound: as the fact states them; bound is empty for a check.
        documented: the figure; NaN where no document states one.
        simulated: mean over seeds; NaN when not compared.
        spread: standard deviation over seeds (n - 1); NaN for fewer than two seeds.
        seeds: number of seeds.
        mark: see MARK_MEANING; empty when not compared.
        status: whether and why not.
    """

    id: str
    programme: str
    place: str
    period: str
    unit: str
    bound: str
    documented: float
    simulated: float
    spread: float
    seeds: int
    mark: Mark
    status: Status

    @property
    def ratio(self) -> float:
        """Simulated / documented."""
        return self.simulated / self.documented if self.documented else math.nan


@dataclass(frozen=True)
class Check:
    """A published figure that is no target, or a companion of one.

    Attributes:
        id: unique name.
        place: place it speaks of.
        period: period of `sim.evidence`.
        statistic: key and year of the published statistic; None where the figure stands in a note or nowhere.
        noted: the figure of a note; NaN for none.
        operator: the simulated counterpart, a ratio.
    """

    id: str
    place: str
    period: str
    statistic: tuple[str, str] | None
    noted: float
    operator: Operator

    def published(self, evidence: Evidence) -> float:
        """Return the published figure, or NaN."""
        if self.statistic is None:
            return self.noted
        key, year = self.statistic
        return evidence.value(key, self.place, year)


def _growth(place: str, now: Window, before: Window, sectors: tuple[str, ...]) -> Operator:
    return lambda record: output_growth(record, place, now, before, sectors)


def _city_above_size_growth(record: Record) -> float:
    return above_size_output(record, CITY, ELEVEN_2023) / above_size_output(record, CITY, ELEVEN_2022) - 1.0


CHECKS: tuple[Check, ...] = (
    Check(
        "city_gdp_growth",
        CITY,
        "2023",
        ("gdp_growth_real", "2023"),
        math.nan,
        _growth(CITY, YEAR_2023, YEAR_2022, SECTORS),
    ),
    Check(
        "city_gdp_growth_h1",
        CITY,
        "2023H1",
        ("gdp_growth_real_h1", "2023H1"),
        math.nan,
        _growth(CITY, HALF_2023, HALF_2022, SECTORS),
    ),
    Check(
        "city_above_size_growth",
        CITY,
        "2023M1-11",
        ("above_scale_industrial_value_added_growth", "2023M1-11"),
        math.nan,
        _city_above_size_growth,
    ),
    # the growth of services stands in the note of the statistic gdp_tertiary_h1
    Check("city_tertiary_growth_h1", CITY, "2023H1", None, 0.092, _growth(CITY, HALF_2023, HALF_2022, TERTIARY)),
    Check(
        "qujiang_gdp_growth_h1",
        QUJIANG,
        "2023H1",
        ("gdp_growth_real_h1", "2023H1"),
        math.nan,
        _growth(QUJIANG, HALF_2023, HALF_2022, SECTORS),
    ),
    Check(
        "qujiang_gdp_growth_9m",
        QUJIANG,
        "2023M1-9",
        ("gdp_growth_real_9m", "2023"),
        math.nan,
        _growth(QUJIANG, NINE_2023, NINE_2022, SECTORS),
    ),
    # companion of rural_income_growth without its composition effect
    Check("rural_income_growth_fixed", QUJIANG, "2024-01/2024-09", None, math.nan, rural_income_growth_fixed),
)


def evidence_rows(records: Mapping[int, Record], evidence: Evidence) -> list[Outcome]:
    """Return one row for every target, in the order of the evidence; what is not modelled yet is listed
    too.

    Args:
        records: the record of each seed.
        evidence: the facts.
    """
    return [_compare_fact(fact, list(records.values())) for fact in evidence.targets()]


def check_rows(records: Mapping[int, Record], evidence: Evidence) -> list[Outcome]:
    """Return one row for every check that the run covers."""
    rows = []
    for check in CHECKS:
        values = simulate(check.operator, list(records.values()))
        if values is not None:
            mean, spread = _moments(values)
            published = check.published(evidence)
            rows.append(
                Outcome(
                    check.id, "economy", check.place, check.period, "ratio", "", published, mean, spread,
                    len(values), "", "compared",
                )
            )  # fmt: skip
    return rows


def simulate(operator: Operator, records: Sequence[Record]) -> list[float] | None:
    """Return the operator's value for each record, or None when the run does not cover its months."""
    try:
        return [operator(record) for record in records]
    except ResultsError:
        return None


def _compare_fact(fact: Fact, records: Sequence[Record]) -> Outcome:
    operator = OPERATORS.get(fact.id)
    values = None if operator is None else simulate(operator, records)
    if values is None:
        status: Status = "not modelled yet" if operator is None else "outside the run"
        return _row(fact, math.nan, math.nan, 0, "", status)
    mean, spread = _moments(values)
    return _row(fact, mean, spread, len(values), mark(fact, values), "compared")


def _row(fact: Fact, mean: float, spread: float, seeds: int, sign: Mark, status: Status) -> Outcome:
    return Outcome(
        fact.id, fact.programme, fact.place, fact.period, fact.unit, fact.bound, fact.number, mean, spread,
        seeds, sign, status,
    )  # fmt: skip


def _moments(values: Sequence[float]) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else math.nan


def mark(fact: Fact, values: Sequence[float]) -> Mark:
    """Return the mark of a figure by seed, see MARK_MEANING; one seed has no standard error."""
    mean, spread = _moments(values)
    low, high = fact.interval
    distance = max(low - mean, mean - high, 0.0)
    near = NEAR * abs(low if mean < low else high)
    error = spread / math.sqrt(len(values)) if len(values) > 1 else 0.0
    if distance <= stated_rounding(fact) + min(STANDARD_ERRORS * error, near):
        return "✓"
    return "~" if distance <= near else "✗"


def stated_rounding(fact: Fact) -> float:
    """Return half a unit of the last decimal a figure is written with; nothing for an interval.

    A whole number is exact to half a unit, a ratio to half a percentage point at most.
    """
    if fact.bound in ("ge", "nearly"):
        return 0.0
    exponent = int(Decimal(repr(float(fact.number))).normalize().as_tuple().exponent)
    return 0.5 * 10.0 ** min(exponent, -2 if fact.unit == "ratio" else 0)
