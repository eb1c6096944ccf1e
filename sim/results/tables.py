"""The tables of a run folder: evidence and public cost as CSV, households as Parquet."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.outcomes import Outcome

if TYPE_CHECKING:
    import xarray as xr

EVIDENCE_HEADER = (
    "programme",
    "id",
    "place",
    "period",
    "unit",
    "bound",
    "documented",
    "simulated",
    "sd_over_seeds",
    "seeds",
    "ratio",
    "mark",
    "status",
)
PUBLIC_COST_HEADER = ("scenario", "seed", "month", "programme", "place", "cost_cny")


def write_evidence(path: Path, rows: Iterable[Outcome]) -> None:
    """Write outcomes as CSV; a number that does not exist is an empty cell."""
    _write_csv(path, EVIDENCE_HEADER, (_evidence_cells(row) for row in rows))


def _evidence_cells(row: Outcome) -> list[str]:
    return [
        row.programme,
        row.id,
        row.place,
        row.period,
        row.unit,
        row.bound,
        _number(row.documented),
        _number(row.simulated),
        _number(row.spread),
        str(row.seeds),
        _number(row.ratio),
        row.mark,
        row.status,
    ]


def write_public_cost(path: Path, costs: xr.DataArray) -> None:
    """Write CNY by scenario, seed, month, programme and place as CSV; rows without cost are left out."""
    _write_csv(path, PUBLIC_COST_HEADER, _cost_cells(costs))


def _cost_cells(costs: xr.DataArray) -> Iterable[list[str]]:
    axes = [[str(label) for label in costs[name].values] for name in costs.dims]
    months = costs.dims.index("month")
    axes[months] = [label[:7] for label in axes[months]]
    values = costs.values
    for position in np.argwhere(values != 0.0):
        labels = [axis[k] for axis, k in zip(axes, position, strict=True)]
        yield [*labels, _number(float(values[tuple(position)]))]


def _number(value: float) -> str:
    return f"{value:.10g}" if math.isfinite(value) else ""


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write UTF-8 with a byte order mark, so that spreadsheet programs read Chinese text."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_households(path: Path, columns: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Write a household table as Parquet; the folder is made when it does not exist.

    Args:
        path: the file, replaced when it exists.
        columns: values by column name, one a household, each shape (households,), in the units of the table.

    Raises:
        pyarrow.ArrowInvalid: columns differ in length or have two dimensions.
        OSError: the file cannot be written.
    """
    import pyarrow
    import pyarrow.parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(pyarrow.table(dict(columns)), path, compression="zstd")
