"""The tables of a run folder: evidence and public cost as CSV."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from sim.calendar import month_label
from sim.outcomes import Outcome
from sim.places import PLACES
from sim.results.records import RunRecords

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
    write_csv(path, EVIDENCE_HEADER, (_evidence_cells(row) for row in rows))


def _evidence_cells(row: Outcome) -> list[str]:
    return [
        row.programme,
        row.id,
        row.place,
        row.period,
        row.unit,
        row.bound,
        csv_number(row.documented),
        csv_number(row.simulated),
        csv_number(row.spread),
        str(row.seeds),
        csv_number(row.ratio),
        row.mark,
        row.status,
    ]


def write_public_cost(path: Path, records: RunRecords) -> None:
    """Write CNY by scenario, seed, month, programme and place as CSV; rows without cost are left out."""
    write_csv(path, PUBLIC_COST_HEADER, _cost_cells(records))


def _cost_cells(records: RunRecords) -> Iterable[list[str]]:
    seeds = [str(seed) for seed in records.seeds]
    months = [month_label(row - 1) for row in range(records.rows)]
    axes = (records.scenarios, seeds, months, records.programmes, PLACES)
    positions = np.nonzero(records.public_cost)
    for *position, cost in zip(*positions, records.public_cost[positions], strict=True):
        yield [*(axis[k] for axis, k in zip(axes, position, strict=True)), csv_number(float(cost))]


def csv_number(value: float) -> str:
    """Return a number with ten significant digits; an empty cell for one that does not exist."""
    return f"{value:.10g}" if math.isfinite(value) else ""


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write UTF-8 with a byte order mark, so that spreadsheet programs read Chinese text."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
