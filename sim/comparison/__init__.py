"""The difference between two results, paired by seed and household: common draws leave the effect of the reforms.

Errors are standard errors over seeds. They cover chance alone: which hamlets are sampled and what happens to whom in
the runs compared; with drawn parameters also their prior. They do not cover what the model leaves out or gets wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.calendar import month_label, parse_month
from sim.comparison.chance import standard_error
from sim.comparison.costs import CostOfOutcome, costs_of_outcomes
from sim.comparison.gains import GROUPINGS, THRESHOLD, Gain, Grouping, Pairs, gains_by, pair_households
from sim.comparison.pairing import Side, check_paired, side_by_side
from sim.errors import ResultsError, nearest
from sim.observables.indicators import INDICATORS, NAMES, POSITION
from sim.places import CITY, PLACES, place_index
from sim.results import RunResult

if TYPE_CHECKING:
    import xarray as xr

    from sim.results.records import Floats

__all__ = [
    "GROUPINGS",
    "THRESHOLD",
    "Comparison",
    "CostOfOutcome",
    "Difference",
    "Gain",
    "Grouping",
    "Side",
    "compare",
    "compare_all",
    "side_by_side",
]


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
        left, right: the scenario of interest, and the one it is held against; same seeds and share.
    """

    left: Side
    right: Side

    @property
    def names(self) -> tuple[str, str]:
        """Return the labels of the two."""
        return self.left.label, self.right.label

    @property
    def rows(self) -> int:
        """Return the months both have, the starting state included."""
        return min(self.left.run.data.rows, self.right.run.data.rows)

    @property
    def last_month(self) -> str:
        """Return the last month both have, as ``2024-12``."""
        return month_label(self.rows - 2)

    @cached_property
    def first(self) -> xr.Dataset:
        """Every indicator of the first run over seed x month x place, on the months both have."""
        return self._dataset(self.left)

    @cached_property
    def second(self) -> xr.Dataset:
        """Every indicator of the second run, as `first`."""
        return self._dataset(self.right)

    @cached_property
    def difference(self) -> xr.Dataset:
        """Return first minus second, units kept."""
        difference = self.first - self.second
        for name in NAMES:
            difference[name].attrs = dict(self.first[name].attrs)
        return difference

    def _dataset(self, side: Side) -> xr.Dataset:
        chosen = side.run.series[list(NAMES)].sel(scenario=side.label).isel(month=slice(self.rows))
        return chosen.sel(seed=list(self.left.run.seeds)).drop_vars("scenario")

    def at(self, month: str | None = None, place: str = CITY) -> list[Difference]:
        """Return every indicator's difference at a place in a month such as ``2024-12``, the last by default.

        Raises:
            ResultsError: the runs do not both cover the month, or there is no such place.
        """
        return [self.of(name, month, place) for name in NAMES]

    def of(self, indicator: str, month: str | None = None, place: str = CITY) -> Difference:
        """Return one indicator's difference; arguments as in `at`.

        Raises:
            ResultsError: there is no such indicator, month or place; the message gives the nearest name.
        """
        row = self.rows - 1 if month is None else self._row(month)
        if place not in PLACES:
            raise ResultsError(f"no place '{place}'. {nearest(place, PLACES)}".rstrip())
        if indicator not in POSITION:
            raise ResultsError(f"no indicator '{indicator}'. {nearest(indicator, NAMES)}".rstrip())
        position = (row, place_index(place), POSITION[indicator])
        first, second = (values[:, *position] for values in self.values)
        return Difference(
            indicator,
            INDICATORS[POSITION[indicator]].unit,
            place,
            float(first.mean()),
            float(second.mean()),
            float((first - second).mean()),
            standard_error(first - second),
            len(first),
        )

    def _row(self, month: str) -> int:
        try:
            row = parse_month(month) + 1
        except ValueError as error:
            raise ResultsError(str(error)) from error
        if not 0 <= row < self.rows:
            raise ResultsError(f"the runs do not both cover {month}")
        return row

    @cached_property
    def values(self) -> tuple[Floats, Floats]:
        """Every indicator of the two runs on the months both have, each shape (seeds, months, 7, indicators)."""
        return self.left.values()[:, : self.rows], self.right.values(self.left.run.seeds)[:, : self.rows]

    def gains(self, by: Grouping = "decile") -> list[Gain]:
        """Return who gains and who loses, by group of households.

        Args:
            by: ``decile`` of income in the starting state of the second run; ``county`` of the home hamlet;
                ``settlement``: relocated in either run, else in a town or rural as at the end of the first; ``all``.

        Raises:
            ResultsError: the runs end in different months, or left no closing tables.
        """
        return gains_by(self.pairs, by)

    @cached_property
    def pairs(self) -> list[Pairs]:
        """The households that both runs have, seed by seed; errors as in `gains`."""
        return [pair_households(self.left, self.right, seed) for seed in self.left.run.seeds]

    @property
    def paired_share(self) -> float:
        """Return the part of the second run's persons whose household the first has too; errors as in `gains`."""
        return float(np.mean([pairs.paired_share for pairs in self.pairs]))

    def costs(self, place: str = CITY) -> list[CostOfOutcome]:
        """Return what each programme costs the public more than in the second run, and what came of it at a place.

        The effects are those of all that differs between the two runs; they are a programme's own when nothing else
        differs.
        """
        return costs_of_outcomes(self.left, self.right, self.rows, place)


def compare(first: RunResult, second: RunResult | None = None, *, against: str | None = None) -> Comparison:
    """Compare two results seed by seed, or one with a counterfactual of its own.

    Args:
        first: results of the scenario of interest.
        second: results of another scenario; None for `first` itself.
        against: label of a scenario in `second`; its first when None, or the first counterfactual when `second` is
            None.

    Raises:
        ResultsError: nothing to compare with, or other seeds or another share: then the draws are not paired.
    """
    other = first if second is None else second
    label = against if against is not None else _default_label(first, second)
    other.data.position(label)
    check_paired(first, other)
    return Comparison(Side(first, first.scenarios[0]), Side(other, label))


def _default_label(first: RunResult, second: RunResult | None) -> str:
    if second is not None:
        return second.scenarios[0]
    if len(first.scenarios) < 2:
        raise ResultsError("these results hold no counterfactual to compare with")
    return first.scenarios[1]


def compare_all(results: Sequence[RunResult], against: str | None = None) -> list[Comparison]:
    """Compare the first of several results with each other one, or a single one with all its other scenarios.

    Args:
        results: one or more.
        against: label of the scenario to compare with, in each of the others or in the single one.

    Raises:
        ResultsError: as in `compare`.
    """
    first, *others = results
    if others:
        return [compare(first, other, against=against) for other in others]
    if against is not None or len(first.scenarios) < 2:
        return [compare(first, against=against)]
    return [compare(first, against=label) for label in first.scenarios[1:]]
