"""What all runs of a result observed, as plain arrays: light to make, to write and to read; a dataset on request."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MONTHS_PER_YEAR, START_YEAR
from sim.errors import ResultsError, nearest
from sim.observables import Record
from sim.observables.indicators import INDICATORS, NAMES, POSITION
from sim.places import PLACES, place_index
from sim.sectors import SECTORS
from sim.world import Base

if TYPE_CHECKING:
    import xarray as xr

type Floats = NDArray[np.float64]

PUBLIC_COST = "public_cost_by_programme"
VALUE_ADDED_2022 = "value_added_2022"
ABOVE_2022 = "value_added_above_2022"
MONTH_DIMENSIONS = ("scenario", "seed", "month", "place")
FIRST_MONTH = np.datetime64(f"{START_YEAR - 1}-{MONTHS_PER_YEAR}", "M")
"""Month of the starting state, December 2022."""
COMMENT = "the first month is the starting state at the end of 2022"


@dataclass(frozen=True)
class Variable:
    """A variable of the series: its dimensions, and what units and names it carries."""

    dimensions: tuple[str, ...]
    attributes: Mapping[str, str]


def _attributes(position: int) -> dict[str, str]:
    indicator = INDICATORS[position]
    return {
        "units": indicator.unit,
        "long_name": indicator.en,
        "long_name_zh": indicator.zh,
        "kind": indicator.kind,
        "city": " ".join((indicator.city, *indicator.of)),
    }


def _named(units: str, en: str, zh: str) -> dict[str, str]:
    return {"units": units, "long_name": en, "long_name_zh": zh}


VARIABLES: Mapping[str, Variable] = {
    **{name: Variable(MONTH_DIMENSIONS, _attributes(i)) for i, name in enumerate(NAMES)},
    PUBLIC_COST: Variable(
        ("scenario", "seed", "month", "programme", "place"),
        _named("CNY/month", "Public cost by programme", "各项改革公共支出"),
    ),
    VALUE_ADDED_2022: Variable(
        ("scenario", "seed", "month_of_2022", "place", "sector"),
        _named("CNY/month", "Value added of 2022", "2022年增加值"),
    ),
    ABOVE_2022: Variable(
        ("scenario", "seed", "month_of_2022", "place"),
        _named("CNY/month", "Above-size industry of 2022", "2022年规上工业增加值"),
    ),
}


@dataclass(frozen=True, eq=False)
class RunRecords:
    """The records of all scenarios and seeds of a result.

    Attributes:
        scenarios: labels; the scenario asked for first.
        seeds: seeds, the same in every scenario.
        programmes: names of the policies that any scenario runs.
        values: every indicator, start first, shape (scenarios, seeds, months + 1, 7, indicators).
        public_cost: CNY of the month, shape (scenarios, seeds, months + 1, programmes, 7).
        value_added_2022: CNY of each month of 2022, shape (scenarios, seeds, 12, 7, N_SECTORS).
        above_2022: CNY of above-size industry in each month of 2022, shape (scenarios, seeds, 12, 7).
    """

    scenarios: tuple[str, ...]
    seeds: tuple[int, ...]
    programmes: tuple[str, ...]
    values: Floats
    public_cost: Floats
    value_added_2022: Floats
    above_2022: Floats

    @classmethod
    def gathered(cls, records: Mapping[str, Mapping[int, Record]]) -> RunRecords:
        """Return records by scenario and seed as one; all cover the same months and seeds."""
        seeds = tuple(next(iter(records.values())))
        table = [[by_seed[seed] for seed in seeds] for by_seed in records.values()]
        programmes = tuple(dict.fromkeys(name for row in table for name in row[0].programmes))
        return cls(
            tuple(records),
            seeds,
            programmes,
            np.array([[record.values[: record.rows] for record in row] for row in table]),
            np.array([[_costs(record, programmes) for record in row] for row in table]),
            np.array([[record.value_added_2022 for record in row] for row in table]),
            np.array([[record.above_2022 for record in row] for row in table]),
        )

    @property
    def rows(self) -> int:
        """Return the months on the month axis, the starting state included."""
        return int(self.values.shape[2])

    def position(self, scenario: str | None) -> int:
        """Return where a scenario stands; None is the first.

        Raises:
            ResultsError: there is no such scenario.
        """
        if scenario is None:
            return 0
        if scenario not in self.scenarios:
            raise ResultsError(
                f"no scenario '{scenario}' in these results. {nearest(scenario, self.scenarios)}".rstrip()
            )
        return self.scenarios.index(scenario)

    def of(self, scenario: str | None) -> dict[int, Record]:
        """Return the record of each seed of a scenario; errors as in `position`."""
        row = self.position(scenario)
        return {seed: self._record(row, column) for column, seed in enumerate(self.seeds)}

    def _record(self, row: int, column: int) -> Record:
        record = Record(self.rows - 1, self.programmes, Base())
        record.values, record.public_cost = self.values[row, column], self.public_cost[row, column]
        record.value_added_2022 = self.value_added_2022[row, column]
        record.above_2022 = self.above_2022[row, column]
        record.rows = self.rows
        return record

    def series(self, indicator: str, place: str, scenario: str | None = None) -> Floats:
        """Return an indicator of a place by seed and month, start first, shape (seeds, months + 1).

        Raises:
            ResultsError: there is no such indicator, place or scenario.
        """
        if indicator not in POSITION:
            raise ResultsError(f"no indicator '{indicator}'. {nearest(indicator, NAMES)}".rstrip())
        if place not in PLACES:
            raise ResultsError(f"no place '{place}'. {nearest(place, PLACES)}".rstrip())
        return self.values[self.position(scenario), :, :, place_index(place), POSITION[indicator]]

    def chosen(self, scenarios: Sequence[str]) -> RunRecords:
        """Return the records of some scenarios, in that order; errors as in `position`."""
        rows = [self.position(scenario) for scenario in scenarios]
        arrays = {name: getattr(self, name)[rows] for name in _ARRAYS}
        return dataclasses.replace(self, scenarios=tuple(scenarios), **arrays)

    def array(self, name: str) -> NDArray[Any]:
        """Return the values of one of VARIABLES, in its unit, the shape in the order of its dimensions."""
        if name in POSITION:
            return self.values[..., POSITION[name]]
        others = {PUBLIC_COST: self.public_cost, VALUE_ADDED_2022: self.value_added_2022, ABOVE_2022: self.above_2022}
        return others[name]

    def dataset(self) -> xr.Dataset:
        """Return every variable with its coordinates, units and names; arrays are shared, not copied."""
        import xarray as xr

        variables = {name: (v.dimensions, self.array(name), dict(v.attributes)) for name, v in VARIABLES.items()}
        coordinates = {
            "scenario": list(self.scenarios),
            "seed": list(self.seeds),
            "month": months_axis(self.rows).astype("datetime64[ns]"),
            "place": list(PLACES),
            "programme": list(self.programmes),
            "month_of_2022": np.arange(1, MONTHS_PER_YEAR + 1),
            "sector": list(SECTORS),
        }
        return xr.Dataset(variables, coordinates, {"title": self.scenarios[0], "comment": COMMENT})


def months_axis(rows: int) -> NDArray[np.datetime64]:
    """Return the months of a record, the starting state's first, shape (rows,)."""
    return FIRST_MONTH + np.arange(rows).astype("timedelta64[M]")


_ARRAYS = ("values", "public_cost", "value_added_2022", "above_2022")


def _costs(record: Record, programmes: tuple[str, ...]) -> Floats:
    """Return a run's public cost on some programmes; one that is off cost nothing."""
    costs = np.zeros((record.rows, len(programmes), len(PLACES)))
    for position, programme in enumerate(programmes):
        if programme in record.programmes:
            costs[:, position] = record.public_cost[: record.rows, record.programmes.index(programme)]
    return costs
