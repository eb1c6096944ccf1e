"""A run's results: in memory arrays and an xarray dataset, on disk a folder that is whole or absent.

The folder holds ``manifest.json``, ``series.nc``, ``evidence.csv``, ``public_cost.csv``, plots, and the tables
``households/*.parquet`` and ``villages/*.parquet``. Same scenario, seeds and version give the same bytes of data,
whatever the threads; only the manifest carries timings.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.calendar import parse_month
from sim.closing import HOUSEHOLD_COLUMNS, VILLAGE_COLUMNS
from sim.errors import ResultsError
from sim.evidence import load_evidence
from sim.observables import Record
from sim.outcomes import Outcome, check_rows, evidence_rows
from sim.places import CITY
from sim.results.folders import MANIFEST_FILE, replaced_folder
from sim.results.netcdf import read_series, write_series
from sim.results.records import PUBLIC_COST, Floats, RunRecords
from sim.results.snapshots import Snapshot, StoredColumns, closing_file, write_columns
from sim.results.tables import write_evidence, write_public_cost
from sim.world import Households

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["PUBLIC_COST", "RunRecords", "RunResult", "Snapshot"]

type Draw = Callable[[RunResult, Path], object]

SERIES_FILE = "series.nc"
HOUSEHOLDS, VILLAGES = "households", "villages"
"""Folders of the tables."""
SNAPSHOT_COLUMNS = {
    **{field.name: f"{field.metadata['meaning']}, {field.metadata['unit']}" for field in fields(Households)},
    **{name: HOUSEHOLD_COLUMNS[name] for name in ("county", "hamlet_id", "weight")},
}
"""Columns of the household tables of the months asked for, and what they hold."""


@dataclass(frozen=True, eq=False)
class RunResult:
    """What a scenario and its counterfactuals gave, seed by seed.

    Attributes:
        data: every indicator as arrays; the first scenario is the one asked for, the others are other points of its
            sweep and its counterfactuals; the first month, December 2022, is the start.
        manifest: the scenario as resolved, versions, timings, share, seeds, failures.
        snapshots: household tables of the months asked for.
        households, villages: the closing tables of every scenario and seed, see `sim.closing`.
    """

    data: RunRecords
    manifest: dict[str, Any]
    snapshots: tuple[Snapshot, ...] = field(default=())
    households: tuple[Snapshot, ...] = field(default=())
    villages: tuple[Snapshot, ...] = field(default=())

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Return the labels of the scenario, of other points of its sweep and of its counterfactuals."""
        return self.data.scenarios

    @property
    def seeds(self) -> tuple[int, ...]:
        """Return the seeds that succeeded in every scenario."""
        return self.data.seeds

    @cached_property
    def series(self) -> xr.Dataset:
        """Every indicator as a variable over scenario x seed x month x place, with units and names."""
        return self.data.dataset()

    def values(self, indicator: str, place: str = CITY, scenario: str | None = None) -> Floats:
        """Return an indicator by seed and month, start first, shape (seeds, months + 1), in the indicator's unit.

        Raises:
            ResultsError: there is no such indicator, place or scenario.
        """
        return self.data.series(indicator, place, scenario)

    def records(self, scenario: str | None = None) -> dict[int, Record]:
        """Return the record of each seed, of the scenario itself or of another one.

        Raises:
            ResultsError: there is no such scenario.
        """
        return self.data.of(scenario)

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
            draw: draws pictures of the result into ``plots``, for instance `sim.plots.save_plots`. When it breaks,
                the data are written all the same, and then its error is raised.

        Raises:
            ResultsError: the folder exists and `force` is False, or cannot be written.
        """
        fault = None
        with replaced_folder(Path(folder), force=force) as draft:
            write_series(draft / SERIES_FILE, self.data)
            write_evidence(draft / "evidence.csv", [*self.evidence, *self.checks])
            write_public_cost(draft / "public_cost.csv", self.data)
            self._write_tables(draft)
            if draw is not None:
                fault = self._fault_of(draw, draft / "plots")
            text = json.dumps(self.manifest, indent=2, ensure_ascii=False, allow_nan=False)
            (draft / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")
        if fault is not None:
            fault.add_note(f"The data are whole in {folder}; only pictures or the report are missing.")
            raise fault
        return Path(folder)

    def _fault_of(self, draw: Draw, folder: Path) -> Exception | None:
        """Draw, and return the error that broke it; a disk that cannot be written breaks the data as well."""
        try:
            draw(self, folder)
        except OSError:
            raise
        except Exception as error:
            return error
        return None

    def _write_tables(self, draft: Path) -> None:
        for snapshot in self.snapshots:
            write_columns(draft / HOUSEHOLDS / snapshot.file_name, snapshot.columns, SNAPSHOT_COLUMNS)
        for table in self.households:
            path = draft / HOUSEHOLDS / closing_file(table.scenario, table.seed)
            write_columns(path, table.columns, HOUSEHOLD_COLUMNS)
        for table in self.villages:
            write_columns(draft / VILLAGES / closing_file(table.scenario, table.seed), table.columns, VILLAGE_COLUMNS)

    @classmethod
    def load(cls, folder: str | Path) -> RunResult:
        """Read a run folder; household and village tables are read when looked at, snapshots stay on disk.

        Raises:
            ResultsError: it is no run folder, or it is damaged.
        """
        path = Path(folder)
        if not (path / MANIFEST_FILE).is_file():
            raise ResultsError(f"{path}: no run folder (it has no {MANIFEST_FILE})")
        try:
            manifest = json.loads((path / MANIFEST_FILE).read_text(encoding="utf-8"))
            data = read_series(path / SERIES_FILE, manifest["seeds"])
            last = parse_month(manifest["last_month"])
        except (OSError, TypeError, ValueError, KeyError) as error:
            raise ResultsError(f"{path}: the run folder is damaged: {error}") from error
        closing = {name: _stored_tables(path / name, data, last) for name in (HOUSEHOLDS, VILLAGES)}
        return cls(data, manifest, **closing)


def _stored_tables(folder: Path, data: RunRecords, month: int) -> tuple[Snapshot, ...]:
    """Return the closing tables of a folder, unread; none when an earlier version wrote the folder."""
    runs = [(scenario, seed) for scenario in data.scenarios for seed in data.seeds]
    if not any((folder / closing_file(*run)).exists() for run in runs):
        return ()
    return tuple(
        Snapshot(scenario, seed, month, StoredColumns(folder / closing_file(scenario, seed))) for scenario, seed in runs
    )
