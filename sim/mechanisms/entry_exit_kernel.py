"""Entry, exit and growth firm by firm: scalar rules and loops; `sim.mechanisms.entry_exit` states the equations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from sim.calendar import MONTHS_PER_YEAR
from sim.mechanisms.inner import inner_numpy
from sim.places import N_COUNTIES
from sim.randomness import child_id, uniform
from sim.sectors import ABOVE, BELOW, FORESTRY_PROCESSING, MANUFACTURING, N_SECTORS
from sim.world import Floats, Ids, Int8s, Int32s, Int64s

COUNT, WANTED, WORKERS = range(3)

MARKS = ("county", "sector", "size", "active")
COUNTY, SECTOR, SIZE, ACTIVE = range(4)
"""The first of a firm's `marks`, its columns of bytes."""

AMOUNTS = (
    "capital",
    "labour",
    "desired_labour",
    "value_added",
    "investment",
    "talents",
    "certified",
    "certified_year",
    "research",
)
"""What a firm that crosses the threshold takes along from the row it comes from, in part."""
NUMBERS = (*AMOUNTS, "weight", "scale", "demand", "ramp")
N_AMOUNTS = len(AMOUNTS)
LABOUR, DESIRED_LABOUR, VALUE_ADDED = range(1, 4)
WEIGHT, SCALE, DEMAND, RAMP = range(N_AMOUNTS, N_AMOUNTS + 4)
"""The first of a firm's `numbers`, its columns in double precision."""

LEAST_WEIGHT = 0.01
"""Firms a row stands for below which no row is left behind: they cross the threshold too, ratio; assumption."""
LARGEST_FACTOR = 4.0
"""Upper bound of a firm's closure hazard relative to the mean, ratio; assumption."""
LEAST_OUTPUT = 1e-6
"""Output relative to the mean from which on a smaller firm counts as one of this size, ratio; only avoids a
division by zero, as the bound of the hazard is reached far above it."""


@njit(cache=True, nogil=True, error_model="numpy")
def closure_factor(relative_output: float, margin: float, size_elasticity: float, response: float) -> float:
    """Return a firm's closure hazard relative to a firm of mean size and ordinary margin, at most 4."""
    factor = relative_output**-size_elasticity * math.exp(-response * margin)
    return min(factor, LARGEST_FACTOR)


@njit(cache=True, nogil=True, error_model="numpy")
def sum_below(
    county: Int8s,
    sector: Int8s,
    size: Int8s,
    active: Int8s,
    weight: Floats,
    desired: Floats,
    labour: Floats,
    out: Floats,
) -> None:
    """Add number, wanted and actual workers of small firms by cell to `out` (3, 6, 10)."""
    for i in range(active.size):
        if active[i] == 1 and size[i] == BELOW:
            out[COUNT, county[i], sector[i]] += weight[i]
            out[WANTED, county[i], sector[i]] += weight[i] * desired[i]
            out[WORKERS, county[i], sector[i]] += weight[i] * labour[i]


@njit(cache=True, nogil=True, error_model="numpy")
def net_entry(margin: float, crowd: float, response: float, crowding: float) -> float:
    """Return net entry a year, log.

    Args:
        margin: log of wanted over actual workers, less its ordinary value.
        crowd: log of firms over those of the start.
        response, crowding: elasticities a year to the two.
    """
    return response * margin - crowding * crowd


@njit(cache=True, nogil=True, error_model="numpy")
def move_below(
    state: np.uint64,
    renewal: float,
    response: float,
    crowding: float,
    stealing: float,
    margin_0: Floats,
    firms_0: Floats,
    sums: Floats,
    ids: Ids,
    county: Int8s,
    sector: Int8s,
    size: Int8s,
    active: Int8s,
    weight: Floats,
    capital: Floats,
    labour: Floats,
    desired: Floats,
    demand: Floats,
    age: Int32s,
    talents: Floats,
    aware: Int8s,
) -> None:
    """Let small firms enter, share their market and turn over; add what they were before to `sums`, as `sum_below`.

    The ordinary margin, log, and the number of firms at the start have shape (6, 10); `renewal` is a chance.
    """
    sum_below(county, sector, size, active, weight, desired, labour, sums)
    margin, crowd = np.empty((N_COUNTIES, N_SECTORS)), np.empty((N_COUNTIES, N_SECTORS))
    log_ratios(sums, firms_0, margin, crowd)
    growth, shrink = np.empty((N_COUNTIES, N_SECTORS)), np.empty((N_COUNTIES, N_SECTORS))
    for c in range(N_COUNTIES):
        for s in range(N_SECTORS):
            rate = net_entry(margin[c, s] - margin_0[c, s], crowd[c, s], response, crowding) / MONTHS_PER_YEAR
            growth[c, s], shrink[c, s] = math.exp(rate), math.exp(-stealing * rate)
    for i in range(active.size):
        if active[i] == 0 or size[i] != BELOW:
            continue
        c, s = county[i], sector[i]
        weight[i] *= growth[c, s]
        capital[i] *= shrink[c, s]
        labour[i] *= shrink[c, s]
        demand[i] *= shrink[c, s]
        if uniform(state, ids[i]) < renewal:
            ids[i] = child_id(state, ids[i])
            age[i], talents[i], aware[i] = 0, 0.0, 0


@njit(cache=True, nogil=True, error_model="numpy")
def close_firms(
    state: np.uint64,
    hazard: float,
    size_elasticity: float,
    response: float,
    ids: Ids,
    age: Int32s,
    project: Int32s,
    marks: Any,
    numbers: Any,
    plant_of_project: Int32s,
) -> None:
    """Close firms above designated size by chance; plants still ramping up never do.

    Columns of the enterprises have shape (firms,); those of bytes and of double precision come as tuples, `MARKS` and
    `NUMBERS` first.
    """
    size, active, ramp = marks[SIZE], marks[ACTIVE], numbers[RAMP]
    labour, desired, value_added = numbers[LABOUR], numbers[DESIRED_LABOUR], numbers[VALUE_ADDED]
    mean_output = mean_above(active, size, value_added)
    for i in range(active.size):
        if active[i] == 0 or size[i] != ABOVE or ramp[i] < 1.0:
            continue
        draw = uniform(state, ids[i])
        if draw >= hazard * LARGEST_FACTOR or labour[i] <= 0.0 or desired[i] <= 0.0:
            continue
        margin = math.log(desired[i] / labour[i])
        relative = max(value_added[i] / mean_output, LEAST_OUTPUT)
        if draw < hazard * closure_factor(relative, margin, size_elasticity, response):
            clear_row(i, ids, age, project, marks, numbers, plant_of_project)


@inner_numpy
def clear_row(
    i: int, ids: Ids, age: Int32s, project: Int32s, marks: Any, numbers: Any, plant_of_project: Int32s
) -> None:
    """Make a row of the enterprises spare; the project it came from, if any, loses its plant.

    Columns come as in `close_firms`, of shape (firms,), `plant_of_project` of shape (projects,).
    """
    if project[i] >= 0:
        plant_of_project[project[i]] = -1
    ids[i], age[i], project[i] = 0, 0, -1
    for column in marks:
        column[i] = 0
    for column in numbers:
        column[i] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def ordinary_hazards(hazard: float, size_elasticity: float, size: Int8s, active: Int8s, value_added: Floats) -> Floats:
    """Return each firm's closure hazard at its ordinary margin, in the unit of `hazard`, 0 below designated size.

    Columns of the enterprises and the result have shape (firms,).
    """
    hazards = np.zeros(active.size)
    mean_output = mean_above(active, size, value_added)
    for i in range(active.size):
        if active[i] == 1 and size[i] == ABOVE:
            relative = max(value_added[i] / mean_output, LEAST_OUTPUT)
            hazards[i] = hazard * closure_factor(relative, 0.0, size_elasticity, 0.0)
    return hazards


@inner_numpy
def mean_above(active: Int8s, size: Int8s, value_added: Floats) -> float:
    """Return the mean value added of firms above designated size, CNY a month, at least 1.

    Columns have shape (firms,).
    """
    total, number = 0.0, 0
    for i in range(active.size):
        if active[i] == 1 and size[i] == ABOVE:
            total += value_added[i]
            number += 1
    return max(total / max(number, 1), 1.0)


@njit(cache=True, nogil=True, error_model="numpy")
def graduate(
    state: np.uint64,
    hazard: float,
    output: float,
    firms_below: Floats,
    ids: Ids,
    age: Int32s,
    project: Int32s,
    marks: Any,
    numbers: Any,
    plant_of_project: Int32s,
) -> None:
    """Let small firms that together make `output`, CNY a month, cross the threshold as one firm in a spare row.

    They come from the largest small firm of the county, the part of what its row stands for that makes so much. Every
    amount goes along in that part, so that totals are kept. Certified talents too are then means over firms, not whole
    persons. `firms_below` counts small firms by county and sector, (6, 10); columns come as in `close_firms`.
    """
    size, active, weight, value_added = marks[SIZE], marks[ACTIVE], numbers[WEIGHT], numbers[VALUE_ADDED]
    due = find_graduates(state, hazard, firms_below, active)
    for nth in range(due.shape[0]):
        row = due[nth, 1]
        source = largest_below(due[nth, 0], output, marks[COUNTY], marks[SECTOR], size, active, weight, value_added)
        if source < 0:
            continue
        part = moving_part(weight[source], value_added[source], output)
        for column in marks:
            column[row] = column[source]
        for k in range(len(numbers)):
            numbers[k][row] = numbers[k][source] * (part if k < N_AMOUNTS else 1.0)
        ids[row], age[row], project[row] = child_id(state, ids[source] + np.uint64(nth)), age[source], -1
        size[row], weight[row] = ABOVE, 1.0
        numbers[DEMAND][row], numbers[SCALE][row] = value_added[row], 0.0
        weight[source] -= part
        if weight[source] <= 0.0:
            clear_row(source, ids, age, project, marks, numbers, plant_of_project)


@inner_numpy
def find_graduates(state: np.uint64, hazard: float, firms_below: Floats, active: Int8s) -> Int64s:
    """Return county and spare row of every firm that crosses the threshold this month, shape (n, 2).

    Each county's number is what `hazard` a month makes of its small industrial firms, (6, 10), rounded by chance; the
    last ones stay below where rows run out.
    """
    found, n, row = np.empty((active.size, 2), np.int64), 0, 0
    for c in range(firms_below.shape[0]):
        due = hazard * (firms_below[c, FORESTRY_PROCESSING] + firms_below[c, MANUFACTURING])
        for _ in range(math.floor(due + uniform(state, np.uint64(c)))):
            while row < active.size and active[row] != 0:
                row += 1
            if row < active.size:
                found[n, 0], found[n, 1] = c, row
                n, row = n + 1, row + 1
    return found[:n]


@inner_numpy
def largest_below(
    county: int,
    output: float,
    counties: Int8s,
    sector: Int8s,
    size: Int8s,
    active: Int8s,
    weight: Floats,
    value_added: Floats,
) -> int:
    """Return the row of a county's largest small industrial firm that stands for at least `output` (CNY a month), or
    -1; columns have shape (firms,)."""
    best = -1
    for i in range(active.size):
        if active[i] == 0 or size[i] != BELOW or counties[i] != county:
            continue
        if sector[i] != FORESTRY_PROCESSING and sector[i] != MANUFACTURING:
            continue
        if weight[i] * value_added[i] >= output and (best < 0 or value_added[i] > value_added[best]):
            best = i
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def moving_part(weight: float, value_added: float, output: float) -> float:
    """Return how many firms of a row cross the threshold to make `output`: all where next to none would be left.

    `weight` is the number of firms the row stands for, at least output / value added; both in CNY a month.
    """
    part = output / value_added
    return part if weight - part >= LEAST_WEIGHT else weight


@njit(cache=True, nogil=True, error_model="numpy")
def log_ratios(sums: Floats, firms_0: Floats, margin: Floats, crowd: Floats) -> None:
    """Write the log of wanted over actual workers, and of firms over those of the start, 0 where one is not positive.

    `sums` come from `sum_below`, (3, 6, 10); all others have shape (6, 10).
    """
    for c in range(N_COUNTIES):
        for s in range(N_SECTORS):
            wanted, workers = sums[WANTED, c, s], sums[WORKERS, c, s]
            margin[c, s] = math.log(wanted / workers) if wanted > 0.0 and workers > 0.0 else 0.0
            firms, before = sums[COUNT, c, s], firms_0[c, s]
            crowd[c, s] = math.log(firms / before) if firms > 0.0 and before > 0.0 else 0.0
