"""Conservation laws and identities of one month, checked in tests and on request in any run.

Persons and forest land are conserved, and wealth where households are founded and dissolved; no household has more
workers than adults or lets more land than it holds; the four income components have payers; owners of stored land
receive what the public books for it, and what owners of blocks leave their collective is what it books; public cost is
not negative; levers are neutral when no policy runs; shares lie in [0, 1]; nothing is NaN, and nothing is negative that
cannot be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.accounting import N_COMPONENTS, PROPERTY, PUBLIC, Ledger, check_payers
from sim.errors import IdentityError
from sim.levers import FOREST_STORAGE_BUDGET, LeverBoard
from sim.places import KECHENG, N_COUNTIES
from sim.tables import Table
from sim.world import CORE, POOLED, World

type Floats = NDArray[np.float64]

AT_HOME = ("infants", "children", "young_men", "young_women", "mid_men", "mid_women", "late", "old")
ADULTS = AT_HOME[2:]
AWAY = ("away_children", "away_young", "away_mid")
WORKERS = ("farm", "local", "local_skilled", "own", "idle")
SINGLE_PRECISION = 2.0**-23
"""Relative tolerance of sums of household columns of which some were split."""
INCOMES = ("wage_income", "business_income", "property_income", "transfer_income")
SHARES = {
    "hamlets": ("certified", "aware_share", "transfer_share", "block_share"),
    "counties": ("branded_share", "stored_part"),
}
SIGNED_COLUMNS = frozenset(
    {
        "attachment",
        "block_credit",
        "consult_credit",
        "job_cell",
        "shock",
        "wealth",
        "business_income",
        "enterprise",
        "project",
        "signed",
        "landed",
        "completed",
        "income",
        "forestry_income",
    }
)
"""Columns that may be negative: debts, logarithms, codes with -1 for none, losses, months before 2023."""


def household_weights(world: World) -> Floats:
    """Return how many real households each row stands for, vacant rows 0; shape (rows,)."""
    return np.where(world.households.id != 0, world.hamlets.weight[world.households.hamlet], 0.0)


def persons(world: World, columns: tuple[str, ...]) -> Floats:
    """Return the sum of some member columns by household row, shape (rows,)."""
    return np.sum([getattr(world.households, name).astype(np.float64) for name in columns], axis=0)


@dataclass(frozen=True)
class Stocks:
    """Weighted stocks at one moment: persons registered, persons at home, forest land (mu)."""

    registered: float
    at_home: float
    forest: float

    @classmethod
    def of(cls, world: World) -> Stocks:
        """Return the weighted stocks of the whole city."""
        weights = household_weights(world)
        at_home = float(weights @ persons(world, AT_HOME))
        land = float(weights @ world.households.forest.astype(np.float64))
        orphan = float(world.hamlets.weight @ world.hamlets.orphan_forest)
        return cls(at_home + float(weights @ persons(world, AWAY)), at_home, land + orphan)


def wealth(world: World) -> float:
    """Return the weighted wealth of households and of those that died out, CNY."""
    held = float(household_weights(world) @ world.households.wealth.astype(np.float64))
    return held + float(world.hamlets.weight @ world.hamlets.orphan_wealth)


class MonthCheck:
    """Check one month after the other; raises IdentityError with the first law that is broken."""

    def __init__(self, world: World) -> None:
        self.before = Stocks.of(world)
        self.wealth = wealth(world)

    def open(self, world: World) -> None:
        """Remember the stocks before the month."""
        self.before = Stocks.of(world)

    def open_demography(self, world: World) -> None:
        """Remember the wealth that income, rent and support of the month have left, before households change."""
        self.wealth = wealth(world)

    def close(self, world: World, ledger: Ledger, levers: LeverBoard) -> None:
        """Check every identity of the month that has just been simulated.

        Raises:
            IdentityError: the first law that is broken.
        """
        self._check_stocks(world)
        check_households(world)
        check_payers(ledger.paid, received(world))
        check_stored_rent(ledger)
        check_block_rent(world)
        check_ranges(world)
        if not levers.programmes and not levers.is_neutral():
            raise IdentityError("a lever is moved though no policy runs")
        if np.any(ledger.public_cost < 0.0):
            raise IdentityError("public cost by programme is negative")

    def _check_stocks(self, world: World) -> None:
        after, before, counties = Stocks.of(world), self.before, world.counties
        natural = float(counties.births.sum() - counties.deaths.sum())
        moved = float(counties.arrivals.sum() - counties.departures.sum())
        _equal("registered persons", after.registered, before.registered + natural)
        _equal("persons at home", after.at_home, before.at_home + natural + moved)
        _equal("forest land", after.forest, before.forest)
        _equal("wealth in demography", wealth(world), self.wealth, SINGLE_PRECISION)


def received(world: World) -> Floats:
    """Return household income by county of residence and component, CNY of the month, shape (6, 4)."""
    households = world.households
    county = world.hamlets.county[households.hamlet].astype(np.int64)
    county = np.where(households.residence == CORE, KECHENG, county)
    weights = household_weights(world)
    out = np.zeros((N_COUNTIES, N_COMPONENTS))
    for component, name in enumerate(INCOMES):
        out[:, component] = np.bincount(county, weights * getattr(households, name), N_COUNTIES)
    return out


def check_stored_rent(ledger: Ledger) -> None:
    """Check that owners of stored land receive what the public books for it, to single precision.

    Raises:
        IdentityError: they do not.
    """
    _equal(
        "rents of stored land, received and booked,",
        float(ledger.paid[:, PROPERTY, PUBLIC].sum()),
        ledger.spent.get(FOREST_STORAGE_BUDGET.name, 0.0),
        tolerance=1e-6,
    )


def check_block_rent(world: World) -> None:
    """Check that each collective books the rent that the owners of its blocks leave to it.

    Villages where a household with land in a block was dissolved this month, after the accounts, are left out.

    Raises:
        IdentityError: a collective books more or less.
    """
    households, hamlets, villages = world.households, world.hamlets, world.villages
    rows = np.flatnonzero(households.let_how == POOLED)
    hamlet, land = households.hamlet[rows], households.forest_let[rows].astype(np.float64)
    left = land * households.lease_rent[rows] * hamlets.block_share[hamlet]
    lost = hamlets.pooled_forest - np.bincount(hamlet, land, len(hamlets)) > 1e-6
    whole = np.bincount(hamlets.village, lost, len(villages)) == 0
    by_village = np.bincount(hamlets.village[hamlet], hamlets.weight[hamlet] * left, len(villages))
    gap = np.abs(villages.weight * villages.block_rent - by_village)[whole]
    if np.any(gap > 1e-9 * by_village[whole] + 1e-6):
        raise IdentityError("a collective does not book the rent that owners of its blocks leave to it")


def check_households(world: World) -> None:
    """Check each household: workers within adults, skilled jobs within its graduates, land let within land held.

    Raises:
        IdentityError: a household breaks one of these.
    """
    households = world.households
    if np.any(persons(world, WORKERS) > persons(world, ADULTS)):
        raise IdentityError("a household has more workers than adults")
    if np.any(households.local_skilled > households.tertiary):
        raise IdentityError("a household has more skilled jobs than members with tertiary education")
    if np.any(households.forest_let > households.forest * np.float32(1 + 1e-6)):
        raise IdentityError("a household lets more forest land than it holds")


def check_ranges(world: World) -> None:
    """Check that numbers are finite, shares lie in [0, 1], and counts and stocks are not negative.

    Raises:
        IdentityError: with the table and column.
    """
    for name in ("households", "hamlets", "villages", "enterprises", "projects", "counties"):
        table: Table = getattr(world, name)
        for column in table.column_names():
            values = getattr(table, column)
            if values.dtype.kind == "f" and not np.all(np.isfinite(values)):
                raise IdentityError(f"{name}.{column} is not finite")
            if values.dtype.kind != "u" and column not in SIGNED_COLUMNS and np.any(values < 0):
                raise IdentityError(f"{name}.{column} is negative")
            if column in SHARES.get(name, ()) and np.any(values > 1.0 + 1e-9):
                raise IdentityError(f"{name}.{column} exceeds 1")


def _equal(what: str, found: float, expected: float, tolerance: float = 1e-9) -> None:
    if abs(found - expected) > tolerance * max(abs(expected), 1.0) + 1e-6:
        raise IdentityError(f"{what} are not conserved: {found:.9g} found, {expected:.9g} expected")
