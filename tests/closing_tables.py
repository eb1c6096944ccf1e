"""Hand-made closing tables of households, and results that hold nothing else of interest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.results import RunRecords, RunResult, Snapshot
from tests.records import flat_record

KINDS = {
    "id": np.uint64,
    "county": np.int8,
    "weight": np.float32,
    "town": np.bool_,
    "relocated": np.bool_,
    "start_decile": np.int8,
    "income": np.float32,
    "resident_months": np.int16,
}


def columns_of(**values: ArrayLike) -> dict[str, NDArray[Any]]:
    """Return the columns that pairing reads; what is left out is the same for all (one person, income 0)."""
    rows = len(np.asarray(values["id"]))
    usual = {"county": 0, "weight": 1.0, "town": False, "relocated": False, "start_decile": 1, "income": 0.0}
    full = {**usual, "resident_months": 12, **values}
    return {name: np.broadcast_to(np.asarray(full[name], kind), rows).copy() for name, kind in KINDS.items()}


def result_of(tables: Mapping[str, Sequence[Mapping[str, NDArray[Any]]]], months: int = 24) -> RunResult:
    """Return a result whose scenarios left the given tables of households, one a seed (1, 2, ...)."""
    seeds = range(1, len(next(iter(tables.values()))) + 1)
    records = {label: {seed: flat_record(months) for seed in seeds} for label in tables}
    households = tuple(
        Snapshot(label, seed, months - 1, table)
        for label, by_seed in tables.items()
        for seed, table in zip(seeds, by_seed, strict=True)
    )
    return RunResult(RunRecords.gathered(records), {"share": {"asked": 0.01}}, households=households)
