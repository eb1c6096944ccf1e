"""The difference between two results, paired by seed: common draws leave the effect of the reforms alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.calendar import parse_month
from sim.errors import ResultsError, nearest
from sim.observables.indicators import INDICATORS, NAMES, POSITION
from sim.places import CITY, PLACES, place_index
from sim.results import RunResult

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Difference:
    """First minus second of one indicator, place and month, each a mean over paired seeds.

    Attributes:
        indicator, unit, place: what is compared.
        first, second: the two values, in `unit`.
        difference: first minus second.
        standard_error: of the difference, from its spread over seeds; NaN for one seed.
        seeds: number of paired seeds.
    """

    indicator: str
    unit: str
    place: str
    first: float
    second: float
    difference: float
    standard_error: float
    seeds: int


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two runs side by side.

    Attributes:
        first, second: every indicator over seed x month x place, on the seeds and months both have.
        difference: first minus second.
        names: labels of the two.
    """

    first: xr.Dataset
    second: xr.Dataset
    difference: xr.Dataset
    names: tuple[str, str]

    def at(self, month: str | None = None, place: str = CITY) -> list[Difference]:
        """Return every indicator's difference at a place in a month such as ``2024-12``, the last by default.

        Raises:
            ResultsError: the runs do not both cover the month, or there is no such place.
        """
        return [self.of(name, month, place) for name in NAMES]

    def of(self, indicator: str, month: str | None = None, place: str = CITY) -> Difference:
        """Return one indicator's difference; arguments and errors as in `at`."""
        row = self.difference.sizes["month"] - 1 if month is None else self._row(month)
        if place not in PLACES:
            raise ResultsError(f"no place '{place}'. {nearest(place, PLACES)}".rstrip())
        if indicator not in POSITION:
            raise ResultsError(f"no indicator '{indicator}'. {nearest(indicator, NAMES)}".rstrip())
        return self._difference(indicator, INDICATORS[POSITION[indicator]].unit, row, place)

    def _row(self, month: str) -> int:
        try:
            row = parse_month(month) + 1
        except ValueError as error:
            raise ResultsError(str(error)) from error
        if not 0 <= row < self.difference.sizes["month"]:
            raise ResultsError(f"the runs do not both cover {month}")
        return row

    def _difference(self, name: str, unit: str, row: int, place: str) -> Difference:
        first, second, difference = (
            data[name].values[:, row, place_index(place)] for data in (self.first, self.second, self.difference)
        )
        seeds = len(difference)
        error = float(np.std(difference, ddof=1)) / math.sqrt(seeds) if seeds > 1 else math.nan
        return Difference(
            name,
            unit,
            place,
            float(first.mean()),
            float(second.mean()),
            float(difference.mean()),
            error,
            seeds,
        )


def compare(first: RunResult, second: RunResult | None = None, *, against: str | None = None) -> Comparison:
    """Compare two results seed by seed, or one with a counterfactual of its own.

    Args:
        first: results of the scenario of interest.
        second: results of another scenario; None for `first` itself.
        against: label of a counterfactual in `second`; its scenario when None, or the first counterfactual
            when `second` is None.

    Raises:
        ResultsError: nothing to compare with, no common seed, or another share (its draws are not paired).
    """
    other = first if second is None else second
    label = against if against is not None else _default_label(first, second)
    if label not in other.scenarios:
        raise ResultsError(f"no scenario '{label}' in these results. {nearest(label, other.scenarios)}".rstrip())
    if _share(first) != _share(other):
        raise ResultsError(
            f"shares differ ({_share(first):g} and {_share(other):g}), so households cannot be paired; "
            "run both with one --share"
        )
    seeds = [seed for seed in first.seeds if seed in other.seeds]
    if not seeds:
        raise ResultsError("the two results have no seed in common; run both with the same --seeds")
    months = min(first.series.sizes["month"], other.series.sizes["month"])
    chosen = {"seed": seeds}
    left = first.series[list(NAMES)].sel(scenario=first.scenarios[0]).sel(chosen).isel(month=slice(months))
    right = other.series[list(NAMES)].sel(scenario=label).sel(chosen).isel(month=slice(months))
    left, right = left.drop_vars("scenario"), right.drop_vars("scenario")
    difference = left - right
    for name in NAMES:
        difference[name].attrs = dict(left[name].attrs)
    return Comparison(left, right, difference, (first.scenarios[0], label))


def _default_label(first: RunResult, second: RunResult | None) -> str:
    if second is not None:
        return second.scenarios[0]
    if len(first.scenarios) < 2:
        raise ResultsError("these results hold no counterfactual to compare with")
    return first.scenarios[1]


def _share(result: RunResult) -> float:
    return float(result.manifest["share"]["asked"])
