"""Hand-made records for tests of what is observed and written."""

from __future__ import annotations

import numpy as np

from sim.observables import Record
from sim.observables.indicators import POSITION
from sim.places import place_index
from sim.world import Base


def flat_record(months: int = 24, programmes: tuple[str, ...] = ("relocation",), value: float = 1.0) -> Record:
    """Return a full record in which every indicator has the same value everywhere, 2022 included."""
    record = Record(months, programmes, Base())
    record.values[:] = value
    record.value_added_2022[:] = value
    record.above_2022[:] = value
    record.rows = months + 1
    return record


def set_series(record: Record, indicator: str, place: str, values: object) -> None:
    """Set an indicator of a place for all rows, start first, from a number or an array."""
    record.values[:, place_index(place), POSITION[indicator]] = np.asarray(values, dtype=np.float64)
