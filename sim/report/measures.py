"""What the report measures: yearly flows and stocks at the end, seed by seed, and their paired differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MONTHS_PER_YEAR
from sim.comparison.chance import standard_error, student
from sim.places import CITY

if TYPE_CHECKING:
    from sim.results import RunResult

type Floats = NDArray[np.float64]
type Verdict = Literal["sure", "unsure", "same", "single"]

NEGLIGIBLE = 1e-5
"""Differences below this part of a level are none that a reader could use."""
REFORM_MEASURES = {
    "forest_tenure": "forest_transfer_share",
    "talent_self_evaluation": "talents_self_certified",
    "relocation": "relocated_persons",
    "investment_attraction": "projects_operating",
    "innovation_platform": "platform_phds",
}
"""The indicator that each reform moves most directly."""


@dataclass(frozen=True)
class Measure:
    """One figure of a run.

    Attributes:
        name: of its message, ``report.measure_<name>``.
        place: what it speaks of.
        unit: a unit of `sim.units`.
        values: the figure of each seed, given a result and the label of one of its scenarios, shape (seeds,).
    """

    name: str
    place: str
    unit: str
    values: Callable[[RunResult, str], Floats]


@dataclass(frozen=True)
class Effect:
    """One figure in a scenario and in another, paired by seed.

    Attributes:
        measure: what is measured.
        value, other: means over seeds, in the measure's unit.
        difference: mean of first minus other.
        low, high: ends of the interval that covers the mean difference with probability CONFIDENCE (of
            `sim.comparison.chance`), by Student's t over seeds; NaN for one seed.
        seeds: number of pairs.
    """

    measure: Measure
    value: float
    other: float
    difference: float
    low: float
    high: float
    seeds: int

    @property
    def verdict(self) -> Verdict:
        """Return what the spread over seeds allows to say."""
        ends = [self.difference] if self.seeds == 1 else [self.low, self.high]
        if max(map(abs, ends)) <= NEGLIGIBLE * max(abs(self.value), abs(self.other)):
            return "same"
        if self.seeds == 1:
            return "single"
        return "sure" if self.low > 0.0 or self.high < 0.0 else "unsure"

    @property
    def relative(self) -> float:
        """Difference / value in the other scenario; NaN where that is zero."""
        return self.difference / self.other if self.other else math.nan


def yearly(indicator: str, unit: str, place: str = CITY) -> Measure:
    """Return the sum of a monthly flow over the last twelve months, or over all when there are fewer."""
    return Measure(indicator, place, unit, lambda result, label: last_year(result, label, indicator, place).sum(axis=1))


def monthly_mean(indicator: str, unit: str, place: str = CITY) -> Measure:
    """Return the mean of a rate over the last twelve months, or over all when there are fewer."""
    return Measure(
        indicator, place, unit, lambda result, label: last_year(result, label, indicator, place).mean(axis=1)
    )


def at_end(indicator: str, unit: str, place: str = CITY) -> Measure:
    """Return a stock at the end of the last month."""
    return Measure(indicator, place, unit, lambda result, label: result.values(indicator, place, label)[:, -1])


def last_year(result: RunResult, label: str, indicator: str, place: str) -> Floats:
    """Return the last twelve simulated months of an indicator, or all, shape (seeds, months)."""
    return result.values(indicator, place, label)[:, 1:][:, -MONTHS_PER_YEAR:]


def _urban_rural_ratio(result: RunResult, label: str) -> Floats:
    urban, rural = (last_year(result, label, f"income_{zone}", CITY).sum(axis=1) for zone in ("urban", "rural"))
    return urban / rural


GDP = yearly("gdp", "CNY")
RURAL_INCOME = yearly("income_rural", "CNY")
RESIDENTS = at_end("residents", "persons")
URBAN_RURAL = Measure("urban_rural_ratio", CITY, "dimensionless", _urban_rural_ratio)
DIRECT = {
    "forest_transfer_share": at_end("forest_transfer_share", "ratio"),
    "talents_self_certified": at_end("talents_self_certified", "persons"),
    "relocated_persons": at_end("relocated_persons", "persons"),
    "projects_operating": at_end("projects_operating", "projects"),
    "platform_phds": at_end("platform_phds", "persons"),
}
"""What the reforms move directly, over the whole city."""


def table_measures(counties: tuple[str, ...]) -> tuple[Measure, ...]:
    """Return the rows of the table of effects: the city's, and a few of the counties that are in focus."""
    focus = [
        measure
        for county in counties
        for measure in (
            yearly("gdp", "CNY", county),
            yearly("value_added_above", "CNY", county),
            yearly("income_rural", "CNY", county),
            at_end("urbanisation", "ratio", county),
        )
    ]
    city = (
        GDP,
        RURAL_INCOME,
        yearly("income_urban", "CNY"),
        URBAN_RURAL,
        monthly_mean("gini", "ratio"),
        yearly("forestry_income_rural", "CNY"),
        at_end("unemployment_rate", "ratio"),
        RESIDENTS,
        at_end("urbanisation", "ratio"),
        *DIRECT.values(),
        at_end("relocation_queue", "households"),
        monthly_mean("forest_rent", "CNY/mu/year"),
    )
    return (*city, *focus)


def effect(measure: Measure, result: RunResult, other: str, scenario: str | None = None) -> Effect:
    """Return the paired difference of a measure: a scenario, the first by default, less another."""
    value = measure.values(result, result.scenarios[0] if scenario is None else scenario)
    against = measure.values(result, other)
    difference = value - against
    low, high = interval(difference)
    return Effect(measure, float(value.mean()), float(against.mean()), float(difference.mean()), low, high, len(value))


def interval(values: Floats) -> tuple[float, float]:
    """Return the interval of the mean of independent values, shape (n,), by Student's t, in their unit; NaN for one."""
    reach = student(len(values)) * standard_error(values)
    mean = float(values.mean())
    return mean - reach, mean + reach
