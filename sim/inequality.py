"""Spread of household income per head: Gini, Theil and its parts, tenths; and the labour force, in one pass.

Incomes are sorted into bins of 1/32 octave by the bits of a float32, and a bin keeps persons and income, so the
measures are those of a population in which everyone in a bin has the bin's mean: the error is of second order in
the width of a bin (2 %), far below sampling error. No logarithm and no sort is spent on a household.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.places import CITY_INDEX, KECHENG, N_COUNTIES, PLACES
from sim.world import CORE, HOME, N_ZONES, RURAL, TOWN, URBAN, World

type Floats = NDArray[np.float64]

LOWEST_INCOME = 8.0
"""CNY per head and month; lower incomes, losses included, count as this much (one bin below is never needed)."""
N_OCTAVES = 16
BITS_IN_OCTAVE = 5
N_BINS = N_OCTAVES << BITS_IN_OCTAVE
_SHIFT = 23 - BITS_IN_OCTAVE
_FIRST_BIN = int(np.float32(LOWEST_INCOME).view(np.int32)) >> _SHIFT

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
        measures: by place (city last) and `MEASURES`, shape (7, N_MEASURES); tenths are CNY per person and month.
        labour: persons in family households by county: at work, looking for work; shape (6, 2).
    """

    measures: Floats
    labour: Floats


def income_spread(world: World) -> Spread:
    """Return the spread of income per resident of family households, persons weighted; collective ones are left out."""
    hamlets, households = world.hamlets, world.households
    histogram = np.zeros((N_COUNTIES, N_ZONES, N_BINS, 2))
    labour = np.zeros((N_COUNTIES, 2))
    fill_histogram(
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.urban,
        hamlets.weight,
        households.id,
        households.residence,
        *(getattr(households, name) for name in (*MEMBERS, *WORKERS, "idle", *INCOMES)),
        histogram,
        labour,
    )
    measures = np.zeros((len(PLACES), N_MEASURES))
    measure_spread(histogram, measures)
    return Spread(measures, labour)


@njit(cache=True, nogil=True)
def income_bin(income: float) -> int:
    """Return the bin of an income per head (CNY a month) that is at least LOWEST_INCOME."""
    return min((np.float32(income).view(np.int32) >> _SHIFT) - _FIRST_BIN, N_BINS - 1)


@njit(cache=True, nogil=True)
def fill_histogram(
    start, stop, county, urban, weight, id, residence,
    infants, children, young_men, young_women, mid_men, mid_women, late, old,
    farm, local, local_skilled, own, idle,
    wage, business, prop, transfer,
    histogram, labour,
):  # fmt: skip
    """Add persons and income (CNY a month) to histogram[county, zone, bin, :], and workers and idle to labour[county, :].

    Hamlet columns have shape (hamlets,), household columns (rows,); a vacant row has id 0. `histogram` (6, 2, N_BINS, 2)
    and `labour` (6, 2) are written, in the order of rows, so that the bits depend on nothing else.
    """
    for h in range(start.shape[0]):
        w = weight[h]
        for i in range(start[h], stop[h]):
            if id[i] == 0:
                continue
            c = KECHENG if residence[i] == CORE else county[h]
            busy = farm[i] + local[i] + local_skilled[i] + own[i]
            labour[c, 0] += w * busy
            labour[c, 1] += w * idle[i]
            members = infants[i] + children[i] + young_men[i] + young_women[i]
            members += mid_men[i] + mid_women[i] + late[i] + old[i]
            if members == 0:
                continue
            in_town = residence[i] == TOWN or residence[i] == CORE or (residence[i] == HOME and urban[h] == 1)
            zone = URBAN if in_town else RURAL
            income = max((wage[i] + business[i] + prop[i] + transfer[i]) / members, LOWEST_INCOME)
            k = income_bin(income)
            histogram[c, zone, k, 0] += w * members
            histogram[c, zone, k, 1] += w * members * income


@njit(cache=True, nogil=True)
def measure_spread(histogram, measures):
    """Write the measures of six counties and the city, shape (7, N_MEASURES), from histogram (6, 2, N_BINS, 2)."""
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


@njit(cache=True, nogil=True)
def lorenz_measures(bins, out):
    """Write the Gini coefficient and the mean income of each tenth of persons; bins (N_BINS, 2): persons, income."""
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


@njit(cache=True, nogil=True)
def theil_measures(cells, out):
    """Write Theil's T and its parts; cells (counties, 2 zones, 3): persons, income, sum of income x log income."""
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


@njit(cache=True, nogil=True)
def between_groups(groups, income, log_mean):
    """Return the part of Theil's T that lies between groups; groups (n, 3): persons, income, unused."""
    part = 0.0
    for g in range(groups.shape[0]):
        if groups[g, 0] > 0.0:
            part += groups[g, 1] / income * (math.log(groups[g, 1] / groups[g, 0]) - log_mean)
    return part
