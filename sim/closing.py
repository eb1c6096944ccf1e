"""Closing tables: what a run leaves of every household and village at its last month.

Income is that of the last twelve months simulated (of all when there are fewer), summed by the identity of the
household: rows are reused when a household dies out and another is founded, so a sum begins anew whenever the id
of its row changes. Persons are counted in the same months, so that income per person and year stays comparable
for a household founded, grown or shrunk on the way: 12 * income / resident_months.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.calendar import MONTHS_PER_YEAR
from sim.observables.inequality import INCOMES, LOWEST_INCOME, MEMBERS, N_TENTHS
from sim.population.counting import column_sum
from sim.world import CORE, HOME, MOVED, TOWN, Bools, Floats, Ids, Int8s, Int16s, Int64s, World

type Columns = dict[str, NDArray[Any]]
type Matrix32 = NDArray[np.float32]

AWAY = ("away_children", "away_young", "away_mid")

HOUSEHOLD_COLUMNS = {
    "id": "identity, the same in every run with this seed and share",
    "hamlet_id": "identity of its hamlet (registered home, land)",
    "village": "identity of the village of that hamlet",
    "county": "number of the county of that hamlet, 0 to 5",
    "weight": "households of the full city it stands for",
    "residents": "members who live in the city, persons",
    "members": "residents and members away, persons",
    "town": "lives in a town",
    "relocated": "moved under the relocation programme",
    "start_decile": "tenth of disposable income per resident in the starting state, 1 to 10, persons weighted; "
    "0 for a household founded later",
    "start_income": "disposable income of the starting state, CNY/year; missing for a household founded later",
    "income": "disposable income of the last twelve months, CNY",
    "income_wage": "wages and remittances in it, CNY",
    "income_business": "net income of farm, forest and own business in it, CNY",
    "income_property": "rent, dividends and interest in it, CNY",
    "income_transfer": "pensions and subsidies in it, CNY",
    "resident_months": "residents summed over the same months, person-months",
}
"""Columns of the households' closing table and what they hold."""

VILLAGE_COLUMNS = {
    "id": "identity",
    "county": "number of the county, 0 to 5",
    "longitude": "degrees east",
    "latitude": "degrees north",
    "minutes": "travel time to the county seat, minutes",
    "residents": "residents of its households, those who moved to a town included, persons",
    "households": "its households, those who moved included",
    "forest": "transferable forest land, mu",
    "forest_let": "part of it that is let, mu",
    "relocated_persons": "registered persons moved under the relocation programme, persons",
    "income": "disposable income of the last twelve months, CNY/person/year; missing where no household was sampled",
}
"""Columns of the villages' closing table; sums over sampled households carry their weight."""

_BITS = 13
"""Incomes within 1/1024 octave (0.07 percent) share a tenth: the last bits of a float32 that are left out."""
_LOWEST_BIN = int(np.float32(LOWEST_INCOME).view(np.int32)) >> _BITS


class ClosingAccounts:
    """The accounts of one run that its closing tables need.

    Args:
        world: the starting state.
        months: months to be simulated.
    """

    def __init__(self, world: World, months: int) -> None:
        households = world.households
        self._before = months - MONTHS_PER_YEAR
        self._passed = 0
        self._start_ids = households.id.copy()
        self._start_income = np.asarray(MONTHS_PER_YEAR * column_sum(world.households, INCOMES, np.float32))
        self._start_tenth = income_tenths(world)
        self._owner: Ids = np.zeros(len(households), np.uint64)
        self._sums: Matrix32 = np.zeros((len(households), len(INCOMES)), np.float32)
        self._resident_months: Int16s = np.zeros(len(households), np.int16)

    def add_month(self, world: World) -> None:
        """Add the income of the month just simulated, when it is among the last twelve."""
        self._passed += 1
        if self._passed <= self._before:
            return
        households, hamlets = world.households, world.hamlets
        world.over_hamlets(
            add_month,
            hamlets.start,
            hamlets.stop,
            households.id,
            tuple(getattr(households, name) for name in MEMBERS),
            tuple(getattr(households, name) for name in INCOMES),
            self._owner,
            self._sums,
            self._resident_months,
        )

    def households(self, world: World) -> Columns:
        """Return HOUSEHOLD_COLUMNS of the occupied rows, each shape (households,)."""
        table, hamlets = world.households, world.hamlets
        rows = np.flatnonzero(table.occupied())
        hamlet, ids = table.hamlet[rows], table.id[rows]
        from_start = self._start_ids[rows] == ids
        sums = self._sums[rows]
        residents = column_sum(world.households, MEMBERS, np.int8)[rows]
        columns: Columns = {
            "id": ids,
            "hamlet_id": hamlets.id[hamlet].astype(np.uint32),
            "village": world.villages.id[hamlets.village[hamlet]].astype(np.uint32),
            "county": hamlets.county[hamlet],
            "weight": hamlets.weight[hamlet].astype(np.float32),
            "residents": residents,
            "members": residents + column_sum(world.households, AWAY, np.int8)[rows],
            "town": _in_town(world, rows),
            "relocated": table.relocation[rows] == MOVED,
            "start_decile": np.where(from_start, self._start_tenth[rows], 0).astype(np.int8),
            "start_income": np.where(from_start, self._start_income[rows], np.float32(np.nan)),
            "income": sums.sum(axis=1),
        }
        for position, name in enumerate(INCOMES):
            columns[f"income_{name.removesuffix('_income')}"] = np.ascontiguousarray(sums[:, position])
        return columns | {"resident_months": self._resident_months[rows]}

    def villages(self, world: World, households: Columns) -> Columns:
        """Return VILLAGE_COLUMNS of all villages, each shape (villages,), from the households' closing table."""
        villages, hamlets = world.villages, world.hamlets
        rows = np.flatnonzero(world.households.occupied())
        village = hamlets.village[world.households.hamlet[rows]]
        weight = hamlets.weight[world.households.hamlet[rows]]

        def added(values: NDArray[Any]) -> Floats:
            return np.bincount(village, weight * values, len(villages))

        orphan = np.bincount(hamlets.village, hamlets.weight * hamlets.orphan_forest, len(villages))
        person_years = added(households["resident_months"]) / MONTHS_PER_YEAR
        income = np.full(len(villages), np.nan)
        np.divide(added(households["income"]), person_years, out=income, where=person_years > 0.0)
        sums = {
            "residents": added(households["residents"]),
            "households": np.bincount(village, weight, len(villages)),
            "forest": added(world.households.forest[rows]) + orphan,
            "forest_let": added(world.households.forest_let[rows]),
            "relocated_persons": added(np.where(households["relocated"], households["members"], 0)),
            "income": income,
        }
        places = {name: getattr(villages, name) for name in ("longitude", "latitude", "minutes")}
        named: Columns = {"id": villages.id.astype(np.uint32), "county": villages.county.copy()}
        return named | {name: values.astype(np.float32) for name, values in (places | sums).items()}


def income_tenths(world: World) -> Int8s:
    """Return the tenth of disposable income per resident of each household row, 1 to 10, shape (rows,).

    Persons count, not households: each tenth holds a tenth of all residents of family households. Rows without
    residents have 0. Incomes are sorted into bins by the bits of a float32, so no household costs a sort.
    """
    residents = column_sum(world.households, MEMBERS, np.int8)
    income = column_sum(world.households, INCOMES, np.float32)
    rows = np.flatnonzero(residents > 0)
    per_head = np.maximum(income[rows] / residents[rows].astype(np.float32), np.float32(LOWEST_INCOME))
    bins = (per_head.view(np.int32) >> _BITS) - _LOWEST_BIN
    persons = np.bincount(bins, residents[rows] * world.hamlets.weight[world.households.hamlet[rows]])
    middle = np.cumsum(persons) - 0.5 * persons
    tenth_of_bin = np.minimum(N_TENTHS * middle / persons.sum(), N_TENTHS - 1).astype(np.int8) + np.int8(1)
    tenths = np.zeros(len(residents), np.int8)
    tenths[rows] = tenth_of_bin[bins]
    return tenths


def _in_town(world: World, rows: Int64s) -> Bools:
    residence = world.households.residence[rows]
    urban = world.hamlets.urban[world.households.hamlet[rows]] == 1
    return np.asarray((residence == TOWN) | (residence == CORE) | ((residence == HOME) & urban))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def add_month(
    first: int, last: int, start: Int64s, stop: Int64s, ids: Ids, members: Any, incomes: Any,
    owner: Ids, sums: Matrix32, resident_months: Int16s,
) -> None:  # fmt: skip
    """Add a month of the households of hamlets [first, last) to the sums of their rows.

    `members` are eight columns of persons, `incomes` four of CNY/month, `ids` theirs, each shape (rows,). Written:
    `owner` (rows,), whose sums a row holds; `sums` (rows, 4), CNY; `resident_months` (rows,), person-months.
    """
    infants, children, young_men, young_women, mid_men, mid_women, late, old = members
    wage, business, rents, transfer = incomes
    for h in range(first, last):
        for i in range(start[h], stop[h]):
            if ids[i] == 0:
                continue
            if owner[i] != ids[i]:
                owner[i] = ids[i]
                resident_months[i] = 0
                for k in range(4):
                    sums[i, k] = 0.0
            sums[i, 0] += wage[i]
            sums[i, 1] += business[i]
            sums[i, 2] += rents[i]
            sums[i, 3] += transfer[i]
            at_home = infants[i] + children[i] + young_men[i] + young_women[i]
            resident_months[i] += at_home + mid_men[i] + mid_women[i] + late[i] + old[i]
