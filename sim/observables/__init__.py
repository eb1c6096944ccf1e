"""The record: every indicator of every place for each month of a run, and what each programme cost.

Row 0 is the starting state, row k the calendar month k - 1. Collective households count as urban residents
(assumption: their residents live in dormitories and barracks of the towns); incomes per head and their spread
are those of family households.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit

from sim.accounting import Ledger
from sim.errors import ResultsError, nearest
from sim.observables.counties import observe_counties
from sim.observables.indicators import INDICATORS, POSITION
from sim.observables.inequality import MEASURES, income_spread
from sim.places import CITY_INDEX, N_COUNTIES, PLACES, place_index
from sim.sectors import ABOVE
from sim.world import BUILDING, OPERATING, SIGNED, Base, Floats, Int8s, Int32s, Int64s, World

__all__ = ["INDICATORS", "POSITION", "Record", "observe"]

_AT = POSITION


def _positions(*names: str) -> Int64s:
    return np.array([_AT[name] for name in names])


def _followers(city: str) -> Int64s:
    """Return the positions of the indicators that follow the counties in one way, and of those they follow from.

    The shape is (n, 1 + those of each).
    """
    return np.array([[_AT[i.name], *(_AT[name] for name in i.of)] for i in INDICATORS if i.city == city])


_SPREAD = slice(_AT[MEASURES[0]], _AT[MEASURES[0]] + len(MEASURES))
_OF_FIRMS = _positions("firms", "firms_above", "investment", "talents_self_certified")
_OF_PROJECTS = _positions(
    "projects_signed", "projects_signed_value", "projects_waiting", "projects_building", "projects_operating"
)
_TURNS = 4
_SUMS, _RATIOS, _MEANS = _followers("sum"), _followers("ratio"), _followers("mean")


class Record:
    """What was observed in a run.

    Args:
        months: months to be simulated.
        programmes: names of the policies of the run.
        base: the starting state's constants; the year 2022 is kept as the base of 2023 growth.

    Attributes:
        values: by row (start, months), place (city last) and indicator, shape (months + 1, 7, indicators).
        public_cost: CNY of the month by row, programme and place, shape (months + 1, programmes, 7).
        value_added_2022: CNY of each month of 2022 by place and sector, shape (12, 7, N_SECTORS).
        above_2022: CNY of above-size industry in each month of 2022 by place, shape (12, 7).
        rows: rows filled so far.
    """

    def __init__(self, months: int, programmes: Sequence[str], base: Base) -> None:
        self.months = months
        self.programmes = tuple(programmes)
        self.values: Floats = np.zeros((months + 1, len(PLACES), len(INDICATORS)))
        self.public_cost: Floats = np.zeros((months + 1, len(self.programmes), len(PLACES)))
        by_month, above = base.value_added_by_month, base.above_by_month
        self.value_added_2022: Floats = np.concatenate([by_month, by_month.sum(axis=1, keepdims=True)], axis=1)
        self.above_2022: Floats = np.concatenate([above, above.sum(axis=1, keepdims=True)], axis=1)
        self.rows = 0

    def take(self, world: World, ledger: Ledger) -> None:
        """Fill the next row from the world as it is and the ledger's page of the month.

        Raises:
            ResultsError: every row is filled.
        """
        if self.rows > self.months:
            raise ResultsError(f"the record holds {self.months} months and is full")
        self.values[self.rows] = observe(world, ledger)
        cost = self.public_cost[self.rows]
        cost[:, :N_COUNTIES] = ledger.public_cost
        np.add.reduce(ledger.public_cost, axis=1, out=cost[:, CITY_INDEX])
        self.rows += 1

    def row(self, month: int) -> int:
        """Return the row of a calendar month; -1 (December 2022) is the starting state.

        Raises:
            ResultsError: the run does not cover it.
        """
        if not -1 <= month < self.rows - 1:
            raise ResultsError(f"the run does not cover month {month}; it has months -1 to {self.rows - 2}")
        return month + 1

    def series(self, indicator: str, place: str) -> Floats:
        """Return an indicator of a place, start first, shape (rows,).

        Raises:
            ResultsError: there is no such indicator; the message gives the nearest name.
        """
        if indicator not in _AT:
            raise ResultsError(f"no indicator '{indicator}'. {nearest(indicator, _AT)}".rstrip())
        return self.values[: self.rows, place_index(place), _AT[indicator]]

    def at(self, indicator: str, place: str, month: int) -> float:
        """Return an indicator at the end of (a stock) or in (a flow) a calendar month."""
        return float(self.series(indicator, place)[self.row(month)])

    def total(self, indicator: str, place: str, first: int, last: int) -> float:
        """Return the sum of a monthly indicator over calendar months `first` to `last`, both included.

        Raises:
            ResultsError: there is no such indicator, or `first` lies before month 0.
        """
        if first < 0:
            raise ResultsError(f"flows are recorded from month 0 on, not from {first}")
        return float(self.series(indicator, place)[self.row(first) : self.row(last) + 1].sum())

    def mean(self, indicator: str, place: str, first: int, last: int) -> float:
        """Return the mean of a monthly indicator over calendar months `first` to `last`, both included."""
        return self.total(indicator, place, first, last) / (last - first + 1)


def observe(world: World, ledger: Ledger) -> Floats:
    """Return every indicator by place (city last), shape (7, indicators)."""
    out = np.zeros((len(PLACES), len(INDICATORS)))
    county = out[:N_COUNTIES]
    observe_counties(world.counties, county)
    _observe_agents(county, world)
    np.add.reduce(ledger.public_cost, axis=0, out=county[:, _AT["public_cost"]])
    spread = income_spread(world)
    county[:, _AT["labour_force"]] = spread.labour[:, 0] + spread.labour[:, 1]
    county[:, _AT["unemployed"]] = spread.labour[:, 1]
    out[:, _SPREAD] = spread.measures
    follow_counties(out, _SUMS, _RATIOS, _MEANS)
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def follow_counties(out: Floats, sums: Int64s, ratios: Int64s, means: Int64s) -> None:
    """Write the city's sums, all ratios of sums and the city's weighted means, 0 where the divisor is 0.

    `out` has shape (7, indicators). The other arguments name its columns: a row of `sums` (n, 1) is a sum, of `ratios`
    (n, 3) a ratio, what is above and what below, of `means` (n, 2) a mean and its weight.
    """
    for k in range(sums.shape[0]):
        total = 0.0
        for county in range(N_COUNTIES):
            total += out[county, sums[k, 0]]
        out[CITY_INDEX, sums[k, 0]] = total
    for k in range(ratios.shape[0]):
        for place in range(out.shape[0]):
            bottom = out[place, ratios[k, 2]]
            out[place, ratios[k, 0]] = out[place, ratios[k, 1]] / bottom if bottom != 0.0 else 0.0
    for k in range(means.shape[0]):
        weight = weighted = 0.0
        for county in range(N_COUNTIES):
            weight += out[county, means[k, 1]]
            weighted += out[county, means[k, 1]] * out[county, means[k, 0]]
        out[CITY_INDEX, means[k, 0]] = weighted / weight if weight != 0.0 else 0.0


def _observe_agents(out: Floats, world: World) -> None:
    """Add to `out`, zero before, shape (6, indicators), what is added up from firms, projects and villages."""
    firms, projects, villages = world.enterprises, world.projects, world.villages
    sum_firms(
        firms.active,
        firms.county,
        firms.size,
        firms.city_administered,
        firms.weight,
        firms.investment,
        firms.certified,
        _OF_FIRMS,
        out,
    )
    sum_projects(projects.state, projects.county, projects.signed, projects.value, world.month, _OF_PROJECTS, out)
    add_by_county(villages.county, villages.collective_income, _AT["collective_income"], out)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def add_by_county(county: Int8s, values: Floats, column: int, totals: Floats) -> None:
    """Add up values by county, neighbours mostly of one, into a column of `totals`, shape (6, n)."""
    first = 0
    while first < county.size:
        end, total = first, 0.0
        while end < county.size and county[end] == county[first]:
            total += values[end]
            end += 1
        totals[county[first], column] += total
        first = end


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sum_firms(
    active: Int8s, county: Int8s, size: Int8s, of_city: Int8s, weight: Floats,
    investment: Floats, certified: Floats, columns: Int64s, totals: Floats,
) -> None:  # fmt: skip
    """Add up by county into four columns of `totals`, shape (6, n).

    They are firms, firms above size, investment (CNY/month), persons certified by firms the city administers. Firms
    take turns in writing to four sums, so that an addition need not wait for the one before.
    """
    sums = np.zeros((_TURNS, N_COUNTIES, 4))
    for row in range(active.shape[0]):
        i = np.uint64(row)
        own, w = sums[i % np.uint64(_TURNS), np.uint64(county[i])], weight[i] * active[i]
        own[0] += w
        own[1] += w * (size[i] == ABOVE)
        own[2] += w * investment[i]
        own[3] += w * (of_city[i] == 1) * certified[i]
    for turn in range(_TURNS):
        for c in range(N_COUNTIES):
            for k in range(4):
                totals[c, columns[k]] += sums[turn, c, k]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sum_projects(
    state: Int8s, county: Int8s, signed: Int32s, value: Floats, month: int, columns: Int64s, totals: Floats
) -> None:
    """Add up by county into five columns of `totals`, shape (6, n).

    They are projects signed this month and their value (CNY), and those that wait, are built and operate.
    """
    for i in range(state.shape[0]):
        if state[i] == 0:
            continue
        c = county[i]
        if signed[i] == month:
            totals[c, columns[0]] += 1.0
            totals[c, columns[1]] += value[i]
        if state[i] == SIGNED:
            totals[c, columns[2]] += 1.0
        elif state[i] == BUILDING:
            totals[c, columns[3]] += 1.0
        elif state[i] == OPERATING:
            totals[c, columns[4]] += 1.0
