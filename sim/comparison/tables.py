"""The tables of a comparison as CSV files that spreadsheet programs open with Chinese intact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from sim.calendar import month_label
from sim.comparison import Comparison
from sim.comparison.gains import GROUPINGS, THRESHOLD, Grouping
from sim.comparison.words import GROUPED_BY, group_name, programme_name
from sim.messages import text
from sim.observables.indicators import INDICATORS, POSITION
from sim.places import CITY, NAMES, PLACES, place_index
from sim.results.tables import csv_number, write_csv
from sim.units import Language, check_unit

type Cells = Iterator[list[str]]

DIFFERENCES_FILE, GAINS_FILE, COSTS_FILE = "differences.csv", "gains.csv", "costs.csv"
_RUNS = ("compare.csv_first", "compare.csv_second")
_DIFFERENCES = (
    *_RUNS,
    "compare.csv_code",
    "compare.indicator",
    "compare.unit",
    "compare.csv_place",
    "compare.csv_month",
    "compare.csv_value",
    "compare.csv_value_second",
    "compare.csv_difference",
    "compare.csv_standard_error",
    "compare.csv_seeds",
)
_GAINS = (
    *_RUNS,
    "compare.csv_by",
    "compare.group",
    "compare.csv_households",
    "compare.persons",
    "compare.csv_before",
    "compare.csv_change",
    "compare.csv_standard_error",
    "compare.csv_better",
    "compare.csv_worse",
)
_COSTS = (
    *_RUNS,
    "compare.programme",
    "compare.csv_cost",
    "compare.csv_code",
    "compare.outcome",
    "compare.unit",
    "compare.effect",
    "compare.csv_standard_error",
    "compare.per_unit",
)
"""Messages that head the columns of each table."""


def write_differences(path: Path, comparisons: Iterable[Comparison], language: Language) -> None:
    """Write every indicator's difference at every place and month; the first month is the starting state."""
    rows = (cells for comparison in comparisons for cells in _difference_cells(comparison, language))
    write_csv(path, _header(_DIFFERENCES, language), rows)


def _header(keys: Iterable[str], language: Language) -> list[str]:
    return [text(key, language, threshold=f"{THRESHOLD:g}") for key in keys]


def _difference_cells(comparison: Comparison, language: Language) -> Cells:
    first, second = comparison.values
    difference = first - second
    seeds = len(difference)
    errors = difference.std(axis=0, ddof=1) / np.sqrt(seeds) if seeds > 1 else np.full(difference.shape[1:], np.nan)
    means = (first.mean(axis=0), second.mean(axis=0), difference.mean(axis=0), errors)
    for i, indicator in enumerate(INDICATORS):
        label = indicator.label(language)
        unit = check_unit(indicator.unit).label(language)
        for place in PLACES:
            k = place_index(place)
            for row in range(comparison.rows):
                numbers = (csv_number(float(values[row, k, i])) for values in means)
                where = (NAMES[place][language], month_label(row - 1))
                yield [*comparison.names, indicator.name, label, unit, *where, *numbers, str(seeds)]


def write_gains(
    path: Path, comparisons: Iterable[Comparison], language: Language, by: Sequence[Grouping] = GROUPINGS
) -> None:
    """Write who gains and who loses, by each of some groupings.

    Raises:
        ResultsError: as in `Comparison.gains`.
    """
    rows = (cells for comparison in comparisons for each in by for cells in _gain_cells(comparison, each, language))
    write_csv(path, _header(_GAINS, language), rows)


def _gain_cells(comparison: Comparison, by: Grouping, language: Language) -> Cells:
    for gain in comparison.gains(by):
        numbers = (
            gain.households,
            gain.persons,
            gain.before,
            gain.change,
            gain.standard_error,
            gain.better,
            gain.worse,
        )
        names = (text(GROUPED_BY[by], language), group_name(gain.group, language))
        yield [*comparison.names, *names, *map(csv_number, numbers)]


def write_costs(path: Path, comparisons: Iterable[Comparison], language: Language, place: str = CITY) -> None:
    """Write what each programme costs the public and what a unit of its outcomes costs, at a place."""
    rows = (cells for comparison in comparisons for cells in _cost_cells(comparison, language, place))
    write_csv(path, _header(_COSTS, language), rows)


def _cost_cells(comparison: Comparison, language: Language, place: str) -> Cells:
    for cost in comparison.costs(place):
        indicator = INDICATORS[POSITION[cost.indicator]]
        label = indicator.label(language)
        numbers = (cost.effect, cost.standard_error, cost.cost_per_unit)
        programme = (programme_name(cost.programme, language), csv_number(cost.cost))
        unit = check_unit(cost.effect_unit).label(language)
        yield [*comparison.names, *programme, cost.indicator, label, unit, *map(csv_number, numbers)]
