"""Spread of household income per head: Gini, Theil and its parts, tenths; and the labour force, in one pass.

Incomes are sorted into bins of 1/32 octave by the bits of a float32, and a bin keeps persons and income, so
the measures are those of a population in which everyone in a bin has the bin's mean: the error is of second
order in the width of a bin (2 %), far below sampling error. No household costs a logarithm or a sort.
"""

from __future__ import annotations

import math
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numba import njit

from sim.mechanisms.stretches import TILE
from sim.places import CITY_INDEX, KECHENG, N_COUNTIES, PLACES
from sim.world import (
    CORE,
    HOME,
    N_ZONES,
    RESETTLED,
    RURAL,
    TOWN,
    URBAN,
    Float32s,
    Floats,
    Int8s,
    Int32s,
    Int64s,
    World,
)

LOWEST_INCOME = 8.0
"""CNY per head and month; lower incomes, losses included, count as this much."""
N_OCTAVES = 16
BITS_IN_OCTAVE = 5
N_BINS = N_OCTAVES << BITS_IN_OCTAVE
_SHIFT = 23 - BITS_IN_OCTAVE
_FIRST_BIN = int(np.float32(LOWEST_INCOME).view(np.int32)) >> _SHIFT

_N_RESIDENCES = 4
N_TENTHS = 10
MEASURES = (
    "gini",
    "theil",
    "theil_within_zones",
    "theil_between_zones",
    "theil_within_counties",
    "theil_between_counties",
    *(f"income_decile_{tenth}" for tenth in range(1, N_TENTHS + 1)),
)
N_MEASURES = len(MEASURES)
GINI, THEIL, WITHIN_ZONES, BETWEEN_ZONES, WITHIN_COUNTIES, BETWEEN_COUNTIES, FIRST_TENTH = range(7)

MEMBERS = ("infants", "children", "young_men", "young_women", "mid_men", "mid_women", "late", "old")
WORKERS = ("farm", "local", "local_skilled", "own")
INCOMES = ("wage_income", "business_income", "property_income", "transfer_income")


_columns_of = attrgetter("residence", *MEMBERS, *WORKERS, "idle", *INCOMES)


class Spread(NamedTuple):
    """What one pass over the households yields.

    Attributes:
        measures: by place (city last) and `MEASURES`, shape (7, N_MEASURES); tenths in CNY/person/month.
        labour: persons in family households by county: at work, looking for work; shape (6, 2).
    """

    measures: Floats
    labour: Floats


def income_spread(world: World) -> Spread:
    """Return the spread of income per resident of family households (collective ones are left out)."""
    hamlets, households = world.hamlets, world.households
    histogram = np.zeros((N_COUNTIES * N_ZONES, N_BINS, 2))
    labour = np.zeros((N_COUNTIES, 2))
    per_head = np.empty(len(households), np.float32)
    fill_histogram(
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.urban,
        hamlets.weight,
        *_columns_of(households),
        np.empty((2, len(households)), np.int8),
        per_head,
        per_head.view(np.int32),
        np.empty(_N_RESIDENCES, np.int64),
        histogram,
        labour,
    )
    measures = np.zeros((len(PLACES), N_MEASURES))
    measure_spread(histogram, np.zeros((len(PLACES), N_BINS, 2)), np.zeros((len(PLACES), N_ZONES, 3)), measures)
    return Spread(measures, labour)


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def fill_histogram(
    start: Int64s, stop: Int64s, county: Int8s, urban: Int8s, weight: Floats, residence: Int8s,
    infants: Int8s, children: Int8s, young_men: Int8s, young_women: Int8s, mid_men: Int8s, mid_women: Int8s,
    late: Int8s, old: Int8s, farm: Int8s, local: Int8s, local_skilled: Int8s, own: Int8s, idle: Int8s,
    wage: Float32s, business: Float32s, rents: Float32s, transfer: Float32s,
    persons: Int8s, per_head: Float32s, bits: Int32s, group: Int64s, histogram: Floats, labour: Floats,
) -> None:  # fmt: skip
    """Add up persons and income by county, zone and bin, and workers and idle by county.

    Hamlet columns have shape (hamlets,), household columns (rows,); vacant rows count nobody. Neighbouring hamlets are
    taken together for three short loops that become vector code (few columns each, unsigned positions); these leave
    their notes in the heads of `persons` (2, rows), members and workers, and `per_head` (rows,), CNY a month.

    Args:
        bits: the bits of `per_head`, the same memory.
        group: room for the group, county x N_ZONES + zone, in which a hamlet's households count, by residence, (4,).
        histogram: persons and CNY a month are added, in the order of rows so that the bits depend on nothing else,
            shape (12, N_BINS, 2).
        labour: persons at work and looking for work are added, shape (6, 2).
    """
    members, workers = persons[0], persons[1]
    group[CORE] = KECHENG * N_ZONES + URBAN
    h = 0
    while h < start.size:
        first, end = np.uint64(start[h]), h + 1
        while end < start.size and stop[end] - start[h] <= TILE:
            end += 1
        rows = stop[end - 1] - start[h]
        for row in range(rows):
            j = np.uint64(row)
            i = first + j
            young, mid = young_men[i] + young_women[i], mid_men[i] + mid_women[i]
            members[j] = infants[i] + children[i] + young + mid + late[i] + old[i]
        for row in range(rows):
            j = np.uint64(row)
            i = first + j
            income = wage[i] + business[i] + rents[i] + transfer[i]
            per_head[j] = max(income / np.float32(max(members[j], 1)), np.float32(LOWEST_INCOME))
        for row in range(rows):
            j = np.uint64(row)
            i = first + j
            workers[j] = farm[i] + local[i] + local_skilled[i] + own[i]
        for k in range(h, end):
            c, w = county[k], weight[k]
            group[TOWN], group[RESETTLED] = c * N_ZONES + URBAN, c * N_ZONES + RURAL
            group[HOME] = group[TOWN] if urban[k] == 1 else group[RESETTLED]
            for row in range(start[k], stop[k]):
                i = np.uint64(row)
                j = i - first
                g = np.uint64(group[np.uint64(residence[i])])
                place = np.uint64(bin_of(bits[j]))
                here = w * members[j]
                histogram[g, place, 0] += here
                histogram[g, place, 1] += here * per_head[j]
            busy = seeking = busy_in_core = seeking_in_core = 0
            for row in range(start[k], stop[k]):
                i = np.uint64(row)
                j = i - first
                in_core = residence[i] == CORE
                busy += 0 if in_core else workers[j]
                seeking += 0 if in_core else idle[i]
                busy_in_core += workers[j] if in_core else 0
                seeking_in_core += idle[i] if in_core else 0
            labour[c, 0] += w * busy
            labour[c, 1] += w * seeking
            labour[KECHENG, 0] += w * busy_in_core
            labour[KECHENG, 1] += w * seeking_in_core
        h = end


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def bin_of(bits: int) -> int:
    """Return the bin of an income per head of at least LOWEST_INCOME from its bits as a float32."""
    return min((bits >> _SHIFT) - _FIRST_BIN, N_BINS - 1)


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def measure_spread(histogram: Floats, bins: Floats, cells: Floats, measures: Floats) -> None:
    """Write the measures of counties and city, shape (7, N_MEASURES), zero before, from histogram (12, N_BINS, 2).

    `bins` (7, N_BINS, 2), persons and income by place, and `cells` (7, 2, 3), persons, income and sum of income x log
    income by place and zone, are zero before; the city's stand last.
    """
    for c in range(N_COUNTIES):
        for zone in range(N_ZONES):
            persons = income = logs = 0.0
            for k in range(N_BINS):
                n, y = histogram[c * N_ZONES + zone, k, 0], histogram[c * N_ZONES + zone, k, 1]
                if n > 0.0:
                    persons += n
                    income += y
                    logs += y * math.log(y / n)
                    for place in (c, CITY_INDEX):
                        bins[place, k, 0] += n
                        bins[place, k, 1] += y
            for place in (c, CITY_INDEX):
                cells[place, zone, 0] += persons
                cells[place, zone, 1] += income
                cells[place, zone, 2] += logs
    for place in range(N_COUNTIES + 1):
        persons, income = (
            cells[place, RURAL, 0] + cells[place, URBAN, 0],
            cells[place, RURAL, 1] + cells[place, URBAN, 1],
        )
        if persons > 0.0:
            lorenz_measures(bins, persons, income, place, measures)
            theil_measures(cells, persons, income, place, measures)


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def lorenz_measures(bins: Floats, persons: float, income: float, place: int, out: Floats) -> None:
    """Write a place's Gini coefficient and the mean income of each tenth.

    `bins` (7, N_BINS, 2) holds persons and income by place; `persons` and `income` are the sums of this one.
    """
    tenth_size = persons / N_TENTHS
    below, doubled_area, tenth, room = 0.0, 0.0, 0, tenth_size
    for k in range(N_BINS):
        n, y = bins[place, k, 0], bins[place, k, 1]
        if n <= 0.0:
            continue
        doubled_area += n * (2.0 * below + y)
        below += y
        while n > room and tenth < N_TENTHS - 1:
            part = y * (room / n)
            out[place, FIRST_TENTH + tenth] += part
            n, y = n - room, y - part
            tenth += 1
            room = tenth_size
        out[place, FIRST_TENTH + tenth] += y
        room -= n
    for tenth in range(N_TENTHS):
        out[place, FIRST_TENTH + tenth] /= tenth_size
    out[place, GINI] = 1.0 - doubled_area / (persons * income)


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def theil_measures(cells: Floats, persons: float, income: float, place: int, out: Floats) -> None:
    """Write a place's Theil's T and its parts; a county has one county.

    `cells` (7, 2, 3) holds persons, income and sum of income x log income by place and zone; `persons` and `income`
    are the sums of this one.
    """
    log_mean = math.log(income / persons)
    between_zones = between_counties = 0.0
    for zone in range(N_ZONES):
        between_zones += part_of_group(cells[place, zone, 0], cells[place, zone, 1], income, log_mean)
    if place == CITY_INDEX:
        for c in range(N_COUNTIES):
            n, y = cells[c, RURAL, 0] + cells[c, URBAN, 0], cells[c, RURAL, 1] + cells[c, URBAN, 1]
            between_counties += part_of_group(n, y, income, log_mean)
    total = (cells[place, RURAL, 2] + cells[place, URBAN, 2]) / income - log_mean
    out[place, THEIL] = total
    out[place, BETWEEN_ZONES], out[place, WITHIN_ZONES] = between_zones, total - between_zones
    out[place, BETWEEN_COUNTIES], out[place, WITHIN_COUNTIES] = between_counties, total - between_counties


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def part_of_group(persons: float, own: float, income: float, log_mean: float) -> float:
    """Return what a group adds to the part of Theil's T between groups; `own` is its income, `income` that of all."""
    return own / income * (math.log(own / persons) - log_mean) if persons > 0.0 else 0.0
