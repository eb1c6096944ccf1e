"""The series of a result as plain arrays, and the curves pictures draw from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.calendar import MONTHS_PER_YEAR
from sim.observables.indicators import POSITION
from sim.observation import START
from sim.places import place_index
from sim.sectors import SECTORS

if TYPE_CHECKING:
    from sim.results import RunResult
    from sim.world import Floats

MONTHS_AVERAGED = 3
"""Growth is that of three months on the same months of the year before: single months are noisy."""


class Observed:
    """Some runs of a result as arrays over run x seed x row; row 0 is the starting state, December 2022.

    Args:
        result: what was simulated.
        labels: runs to take, in the order of the pictures.

    Attributes:
        labels: as given.
        months: month index of each row, shape (rows,), from `START` on.
    """

    def __init__(self, result: RunResult, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self._data = result.data.chosen(labels)
        self.months: Floats = np.arange(START, START + self._data.rows, dtype=np.float64)

    def of(self, indicator: str, place: str) -> Floats:
        """Return an indicator of a place, shape (runs, seeds, rows), in its unit; KeyError for an unknown one."""
        return self._data.values[..., place_index(place), POSITION[indicator]]

    def cost(self, programme: str, place: str) -> Floats:
        """Return the public cost of a programme, shape (runs, seeds, rows), CNY of the month."""
        return self._data.public_cost[..., self._data.programmes.index(programme), place_index(place)]

    def output_2022(self, place: str) -> Floats:
        """Return value added of each month of 2022, shape (runs, seeds, 12), CNY."""
        return np.asarray(self._data.value_added_2022[:, :, :, place_index(place), : len(SECTORS)].sum(axis=-1))

    def above_size_2022(self, place: str) -> Floats:
        """Return value added of above-size industry of each month of 2022, shape (runs, seeds, 12), CNY."""
        return self._data.above_2022[..., place_index(place)]


def yearly_growth(flows: Floats, year_before: Floats | None = None) -> Floats:
    """Return growth (percent) of MONTHS_AVERAGED months on the same months of the year before.

    Args:
        flows: a monthly flow, start first (its flow is not used), shape (..., rows).
        year_before: the twelve months before, shape (..., 12); None when unknown.

    Returns:
        Shape (..., rows); NaN where the year before is not known or zero.
    """
    known = flows[..., 1:] if year_before is None else np.concatenate([year_before, flows[..., 1:]], axis=-1)
    sums = trailing_sum(known, MONTHS_AVERAGED)
    growth = np.full(flows.shape, np.nan)
    rows = min(max(sums.shape[-1] - MONTHS_PER_YEAR, 0), flows.shape[-1] - 1)
    if rows > 0:
        before = sums[..., -rows - MONTHS_PER_YEAR : -MONTHS_PER_YEAR]
        ratio = np.divide(sums[..., -rows:], before, out=np.full(before.shape, np.nan), where=before > 0.0)
        growth[..., -rows:] = 100.0 * (ratio - 1.0)
    return growth


def trailing_sum(flows: Floats, months: int) -> Floats:
    """Return the sum of each run of some months, shape (..., rows - months + 1)."""
    total = np.cumsum(flows, axis=-1)
    total = np.concatenate([np.zeros((*total.shape[:-1], 1)), total], axis=-1)
    return np.asarray(total[..., months:] - total[..., :-months])
