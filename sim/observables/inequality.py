"""Spread of household income per head: Gini, Theil and its parts, tenths; and the labour force, in one pass.

Incomes are sorted into bins of 1/32 octave by the bits of a float32, and a bin keeps persons and income, so
the measures are those of a population in which everyone in a bin has the bin's mean: the error is of second
order in the width of a bin (2 %), far below sampling error. No household costs a logarithm or a sort.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from sim.mechanisms.hamlet_sums import add_four
from sim.mechanisms.stretches import longest_stretch, stretch_end
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

N_RESIDENCES = 4
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


@dataclass(frozen=True)
class Spread:
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
    histogram = np.zeros((N_COUNTIES, N_ZONES, N_BINS, 2))
    labour = np.zeros((N_COUNTIES, 2))
    fill_histogram(
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.urban,
        hamlets.weight,
        households.residence,
        *(getattr(households, name) for name in (*MEMBERS, *WORKERS, "idle", *INCOMES)),
        histogram,
        labour,
    )
    measures = np.zeros((len(PLACES), N_MEASURES))
    measure_spread(histogram, measures)
    return Spread(measures, labour)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def find_bins(incomes: Float32s, bins: Int32s) -> None:
    """Write the bins of incomes per head (CNY a month), shape (n,), that are at least LOWEST_INCOME."""
    bits = incomes.view(np.int32)
    for j in range(bits.size):
        bins[j] = min((bits[j] >> _SHIFT) - _FIRST_BIN, N_BINS - 1)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def fill_histogram(
    start: Int64s, stop: Int64s, county: Int8s, urban: Int8s, weight: Floats, residence: Int8s,
    infants: Int8s, children: Int8s, young_men: Int8s, young_women: Int8s, mid_men: Int8s, mid_women: Int8s,
    late: Int8s, old: Int8s, farm: Int8s, local: Int8s, local_skilled: Int8s, own: Int8s, idle: Int8s,
    wage: Float32s, business: Float32s, rents: Float32s, transfer: Float32s,
    histogram: Floats, labour: Floats,
) -> None:  # fmt: skip
    """Add up persons and income by county, zone and bin, and workers and idle by county.

    Hamlet columns have shape (hamlets,), household columns (rows,); vacant rows count nobody. Written, in the
    order of rows so that the bits depend on nothing else: `histogram` (6, 2, N_BINS, 2), persons and CNY a
    month; `labour` (6, 2), persons at work and looking for work.
    """
    length = longest_stretch(0, start.size, start, stop)
    members, busy, bins = np.empty(length, np.int8), np.empty(length, np.int8), np.empty(length, np.int32)
    per_head, group = np.empty(length, np.float32), np.empty(N_RESIDENCES, np.int64)
    by_group = histogram.reshape(N_COUNTIES * N_ZONES, N_BINS, 2)
    h = 0
    while h < start.size:
        end = stretch_end(h, start.size, start, stop, county)
        a, b = start[h], stop[end - 1]
        count_members(
            infants[a:b], children[a:b], young_men[a:b], young_women[a:b], mid_men[a:b], mid_women[a:b], late[a:b],
            old[a:b], members,
        )  # fmt: skip
        income_per_head(members, wage[a:b], business[a:b], rents[a:b], transfer[a:b], per_head)
        find_bins(per_head[: b - a], bins)
        add_four(farm[a:b], local[a:b], local_skilled[a:b], own[a:b], busy)
        for k in range(h, end):
            groups_of(county[k], urban[k], group)
            c, d = start[k], stop[k]
            where, head = residence[c:d], slice(c - a, d - a)
            add_incomes(weight[k], where, members[head], per_head[head], bins[head], group, by_group)
            add_labour(county[k], weight[k], where, busy[head], idle[c:d], labour)
        h = end


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def count_members(
    infants: Int8s, children: Int8s, young_men: Int8s, young_women: Int8s, mid_men: Int8s, mid_women: Int8s,
    late: Int8s, old: Int8s, members: Int8s,
) -> None:  # fmt: skip
    """Write the residents of each household, columns of shape (n,), into the head of `members`."""
    for j in range(old.size):
        young, mid = young_men[j] + young_women[j], mid_men[j] + mid_women[j]
        members[j] = infants[j] + children[j] + young + mid + late[j] + old[j]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def income_per_head(
    members: Int8s, wage: Float32s, business: Float32s, rents: Float32s, transfer: Float32s, out: Float32s
) -> None:
    """Write the households' income per head (CNY a month), shape (n,), at least LOWEST_INCOME."""
    for j in range(transfer.size):
        income = wage[j] + business[j] + rents[j] + transfer[j]
        out[j] = max(income / np.float32(max(members[j], 1)), np.float32(LOWEST_INCOME))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def groups_of(county: int, urban: int, group: Int64s) -> None:
    """Write the group, county x N_ZONES + zone, in which households of a hamlet count, by residence, into
    `group`, shape (4,)."""
    own = county * N_ZONES
    group[HOME] = own + (URBAN if urban == 1 else RURAL)
    group[TOWN], group[RESETTLED], group[CORE] = own + URBAN, own + RURAL, KECHENG * N_ZONES + URBAN


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def add_incomes(
    weight: float, residence: Int8s, members: Int8s, per_head: Float32s, bins: Int32s, group: Int64s, by_group: Floats
) -> None:
    """Add persons and income (CNY a month) of a hamlet's households to `by_group`, shape (12, N_BINS, 2)."""
    for row in range(residence.size):
        j = np.uint64(row)  # an unsigned index spares the test for negative ones
        g, k = np.uint64(group[np.uint64(residence[j])]), np.uint64(bins[j])
        persons = weight * members[j]
        by_group[g, k, 0] += persons
        by_group[g, k, 1] += persons * per_head[j]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def add_labour(county: int, weight: float, residence: Int8s, busy: Int8s, idle: Int8s, labour: Floats) -> None:
    """Add persons at work and looking for work of a hamlet's households to `labour`, shape (6, 2)."""
    busy_here, idle_here, busy_core, idle_core = 0, 0, 0, 0
    for j in range(residence.size):
        if residence[j] == CORE:
            busy_core += busy[j]
            idle_core += idle[j]
        else:
            busy_here += busy[j]
            idle_here += idle[j]
    labour[county, 0] += weight * busy_here
    labour[county, 1] += weight * idle_here
    labour[KECHENG, 0] += weight * busy_core
    labour[KECHENG, 1] += weight * idle_core


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def measure_spread(histogram: Floats, measures: Floats) -> None:
    """Write the measures of counties and city, shape (7, N_MEASURES), from histogram (6, 2, N_BINS, 2)."""
    cells = np.zeros((N_COUNTIES, N_ZONES, 3))
    city = np.zeros((N_BINS, 2))
    for c in range(N_COUNTIES):
        bins = np.zeros((N_BINS, 2))
        for zone in range(N_ZONES):
            for k in range(N_BINS):
                persons, income = histogram[c, zone, k, 0], histogram[c, zone, k, 1]
                if persons > 0.0:
                    bins[k, 0] += persons
                    bins[k, 1] += income
                    cells[c, zone, 0] += persons
                    cells[c, zone, 1] += income
                    cells[c, zone, 2] += income * math.log(income / persons)
        city += bins
        lorenz_measures(bins, measures[c])
        theil_measures(cells[c : c + 1], measures[c])
    lorenz_measures(city, measures[CITY_INDEX])
    theil_measures(cells, measures[CITY_INDEX])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def lorenz_measures(bins: Floats, out: Floats) -> None:
    """Write the Gini coefficient and the mean income of each tenth; bins (N_BINS, 2): persons, income."""
    persons, income = bins[:, 0].sum(), bins[:, 1].sum()
    if persons <= 0.0:
        return
    tenth_size = persons / N_TENTHS
    below, doubled_area, tenth, room = 0.0, 0.0, 0, tenth_size
    for k in range(bins.shape[0]):
        n, y = bins[k, 0], bins[k, 1]
        if n <= 0.0:
            continue
        doubled_area += n * (2.0 * below + y)
        below += y
        mean = y / n
        while n > room and tenth < N_TENTHS - 1:
            out[FIRST_TENTH + tenth] += mean * room / tenth_size
            n -= room
            tenth += 1
            room = tenth_size
        out[FIRST_TENTH + tenth] += mean * n / tenth_size
        room -= n
    out[GINI] = 1.0 - doubled_area / (persons * income)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def theil_measures(cells: Floats, out: Floats) -> None:
    """Write Theil's T and its parts; cells (counties, 2, 3): persons, income, sum of income x log income."""
    persons, income, logs = cells[:, :, 0].sum(), cells[:, :, 1].sum(), cells[:, :, 2].sum()
    if persons <= 0.0:
        return
    log_mean = math.log(income / persons)
    total = logs / income - log_mean
    out[THEIL] = total
    out[BETWEEN_ZONES] = between_groups(cells.sum(axis=0), income, log_mean)
    out[BETWEEN_COUNTIES] = between_groups(cells.sum(axis=1), income, log_mean)
    out[WITHIN_ZONES] = total - out[BETWEEN_ZONES]
    out[WITHIN_COUNTIES] = total - out[BETWEEN_COUNTIES]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def between_groups(groups: Floats, income: float, log_mean: float) -> float:
    """Return the part of Theil's T that lies between groups; groups (n, 3): persons, income, unused."""
    part = 0.0
    for g in range(groups.shape[0]):
        if groups[g, 0] > 0.0:
            part += groups[g, 1] / income * (math.log(groups[g, 1] / groups[g, 0]) - log_mean)
    return part
