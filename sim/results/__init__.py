"""A run's results: in memory an xarray dataset, on disk a folder that is whole or absent.

The folder holds ``manifest.json``, ``series.nc``, ``evidence.csv``, ``public_cost.csv``, plots, and
``households/*.parquet`` where asked for. Same scenario, seeds and version give the same bytes of data,
whatever the threads; only the manifest carries timings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.calendar import MONTHS_PER_YEAR, START_YEAR, month_label
from sim.errors import ResultsError, nearest
from sim.evidence import load_evidence
from sim.observables import Record
from sim.observables.indicators import INDICATORS
from sim.outcomes import Outcome, check_rows, evidence_rows
from sim.places import PLACES
from sim.results.folders import replaced_folder
from sim.results.tables import write_evidence, write_households, write_public_cost
from sim.sectors import SECTORS
from sim.world import Base

if TYPE_CHECKING:
    import xarray as xr

type Draw = Callable[[RunResult, Path], object]
type Columns = Mapping[str, np.ndarray[Any, Any]]

MANIFEST_FILE = "manifest.json"
SERIES_FILE = "series.nc"
PUBLIC_COST = "public_cost_by_programme"
VALUE_ADDED_2022 = "value_added_2022"
ABOVE_2022 = "value_added_above_2022"
MONTH_DIMENSIONS = ("scenario", "seed", "month", "place")


@dataclass(frozen=True)
class Snapshot:
    """The households of one run at the end of a month: columns of equal length, `weight` included."""

    scenario: str
    seed: int
    month: int
    columns: Columns

    @property
    def file_name(self) -> str:
        """Return the name of its Parquet file."""
        return f"{self.scenario.replace(' ', '_')}_seed{self.seed}_{month_label(self.month)}.parquet"


@dataclass(frozen=True, eq=False)
class RunResult:
    """What a scenario and its counterfactuals gave, seed by seed.

    Attributes:
        series: every indicator as a variable over scenario x seed x month x place; the first scenario is the
            one asked for, the others are its counterfactuals; the first month, December 2022, is the start.
        manifest: the scenario as resolved, versions, timings, share, seeds, failures.
        snapshots: household tables of the months asked for.
    """

    series: xr.Dataset
    manifest: dict[str, Any]
    snapshots: tuple[Snapshot, ...] = field(default=())

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Return the labels of the scenario and its counterfactuals."""
        return tuple(str(label) for label in self.series["scenario"].values)

    @property
    def seeds(self) -> tuple[int, ...]:
        """Return the seeds that succeeded in every scenario."""
        return tuple(int(seed) for seed in self.series["seed"].values)

    def records(self, scenario: str | None = None) -> dict[int, Record]:
        """Return the record of each seed, of the scenario itself or of a counterfactual.

        Raises:
            ResultsError: there is no such counterfactual.
        """
        label = self.scenarios[0] if scenario is None else scenario
        if label not in self.scenarios:
            raise ResultsError(f"no scenario '{label}' in these results. {nearest(label, self.scenarios)}".rstrip())
        chosen = self.series.sel(scenario=label)
        return {seed: read_record(chosen.sel(seed=seed)) for seed in self.seeds}

    @cached_property
    def evidence(self) -> list[Outcome]:
        """Every target against what the scenario gave."""
        return evidence_rows(self.records(), load_evidence())

    @cached_property
    def checks(self) -> list[Outcome]:
        """Published figures that are no targets, where the run covers them."""
        return check_rows(self.records(), load_evidence())

    def save(self, folder: str | Path, *, force: bool = False, draw: Draw | None = None) -> Path:
        """Write the run folder and return its path.

        Everything is written beside it first and renamed at the end, so the folder is whole or absent.

        Args:
            folder: where to; folders above it are made.
            force: replace an earlier run folder.
            draw: draws pictures of the result into ``plots``, for instance `sim.plots.save_plots`.

        Raises:
            ResultsError: the folder exists and `force` is False, or cannot be written.
        """
        with replaced_folder(Path(folder), force=force) as draft:
            self.series.to_netcdf(draft / SERIES_FILE, engine="h5netcdf")
            write_evidence(draft / "evidence.csv", [*self.evidence, *self.checks])
            write_public_cost(draft / "public_cost.csv", self.series[PUBLIC_COST])
            for snapshot in self.snapshots:
                write_households(draft / "households" / snapshot.file_name, snapshot.columns)
            if draw is not None:
                draw(self, draft / "plots")
            text = json.dumps(self.manifest, indent=2, ensure_ascii=False, allow_nan=False)
            (draft / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")
        return Path(folder)

    @classmethod
    def load(cls, folder: str | Path) -> RunResult:
        """Read a run folder; household tables stay on disk.

        Raises:
            ResultsError: it is no run folder, or it is damaged.
        """
        import xarray as xr

        path = Path(folder)
        if not (path / MANIFEST_FILE).is_file():
            raise ResultsError(f"{path}: no run folder (it has no {MANIFEST_FILE})")
        try:
            manifest = json.loads((path / MANIFEST_FILE).read_text(encoding="utf-8"))
            series = xr.load_dataset(path / SERIES_FILE, engine="h5netcdf")
        except (OSError, ValueError) as error:
            raise ResultsError(f"{path}: the run folder is damaged: {error}") from error
        return cls(series, manifest)


def months_axis(rows: int) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """Return the first day of each month of a record, December 2022 first, shape (rows,)."""
    first = np.datetime64(f"{START_YEAR - 1}-{MONTHS_PER_YEAR}", "M")
    return (first + np.arange(rows)).astype("datetime64[ns]")


def build_series(records: Mapping[str, Mapping[int, Record]]) -> xr.Dataset:
    """Return the dataset of the records by scenario and seed; all cover the same months and seeds."""
    import xarray as xr

    scenarios, seeds = list(records), list(next(iter(records.values())))
    table = [[records[scenario][seed] for seed in seeds] for scenario in scenarios]
    values = np.array([[record.values[: record.rows] for record in row] for row in table])
    programmes = table[0][0].programmes
    costs = np.array([[_costs(record, programmes) for record in row] for row in table])
    variables: dict[str, Any] = {
        indicator.name: (MONTH_DIMENSIONS, values[..., i], _attributes(i)) for i, indicator in enumerate(INDICATORS)
    }
    cost_attributes = {
        "units": "CNY/month",
        "long_name": "Public cost by programme",
        "long_name_zh": "各项改革公共支出",
    }
    variables[PUBLIC_COST] = (("scenario", "seed", "month", "programme", "place"), costs, cost_attributes)
    base = np.array([[record.value_added_2022 for record in row] for row in table])
    above = np.array([[record.above_2022 for record in row] for row in table])
    base_attributes = {
        "units": "CNY/month",
        "long_name": "Value added of 2022",
        "long_name_zh": "2022年增加值",
    }
    above_attributes = base_attributes | {
        "long_name": "Above-size industry of 2022",
        "long_name_zh": "2022年规上工业增加值",
    }
    variables[VALUE_ADDED_2022] = (
        ("scenario", "seed", "month_of_2022", "place", "sector"),
        base,
        base_attributes,
    )
    variables[ABOVE_2022] = (("scenario", "seed", "month_of_2022", "place"), above, above_attributes)
    return xr.Dataset(
        variables,
        coords={
            "scenario": scenarios,
            "seed": seeds,
            "month": months_axis(values.shape[2]),
            "place": list(PLACES),
            "programme": list(programmes),
            "month_of_2022": np.arange(1, MONTHS_PER_YEAR + 1),
            "sector": list(SECTORS),
        },
        attrs={"title": scenarios[0], "comment": "the first month is the starting state at the end of 2022"},
    )


def _costs(record: Record, programmes: tuple[str, ...]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a run's public cost on the programmes of the scenario; one that is off cost nothing."""
    costs = np.zeros((record.rows, len(programmes), len(PLACES)))
    for position, programme in enumerate(programmes):
        if programme in record.programmes:
            costs[:, position] = record.public_cost[: record.rows, record.programmes.index(programme)]
    return costs


def _attributes(position: int) -> dict[str, str]:
    indicator = INDICATORS[position]
    return {
        "units": indicator.unit,
        "long_name": indicator.en,
        "long_name_zh": indicator.zh,
        "kind": indicator.kind,
        "city": " ".join((indicator.city, *indicator.of)),
    }


def read_record(run: xr.Dataset) -> Record:
    """Return the record of one scenario and seed of a dataset."""
    programmes = [str(name) for name in run["programme"].values]
    record = Record(run.sizes["month"] - 1, programmes, Base())
    for position, indicator in enumerate(INDICATORS):
        record.values[:, :, position] = run[indicator.name].values
    record.public_cost[:] = run[PUBLIC_COST].values
    record.value_added_2022 = run[VALUE_ADDED_2022].values
    record.above_2022 = run[ABOVE_2022].values
    record.rows = run.sizes["month"]
    return record
