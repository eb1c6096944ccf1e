"""The household's month in money: scalar rules, and the loops that apply them to the households of a hamlet;
`sim.mechanisms.income` states the equations.

The loops are many and short, without branches, so that the compiler makes vector code of them: each reads a few
household columns and writes pieces of one array, `due`. A loop over rows [first, last) works on at most TILE of
them; what it finds for row first + j stands at place j of a piece of `due`, shape (N_DUE * TILE,), as at
`due[SALES_AT + j]`, or of `heads`, shape (N_HEADS * TILE,). Constant distances tell the compiler that the pieces do not
overlap.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.accounting import BUSINESS, COLLECTIVES, ENTERPRISES, OUTSIDE_ACCOUNT, PROPERTY, PUBLIC, TRANSFER, WAGE
from sim.mechanisms.income_terms import Terms
from sim.mechanisms.inner import inner_numpy
from sim.mechanisms.members import (
    AWAY_MID,
    AWAY_YOUNG,
    CHILDREN,
    INFANTS,
    LATE,
    MID_MEN,
    MID_WOMEN,
    OLD,
    YOUNG_MEN,
    YOUNG_WOMEN,
)
from sim.world import CORE, HOME, POOLED, RESETTLED, STORED, TOWN, Float32s, Floats, Int8s

WAGES, REMITTED, SALES, RENT, STORED_RENT, VILLAGE, RETURNS, TRANSFERS = range(8)
N_PAYMENTS = 8
"""What a household is paid, by kind and payer: wages and pay for forest work of enterprises, remittances, sales, rent
and dividend of enterprises, rent of the storage platform, village dividend, return on wealth, transfers."""

COMPONENT_OF = (WAGE, WAGE, BUSINESS, PROPERTY, PROPERTY, PROPERTY, PROPERTY, TRANSFER)
PAYER_OF = (
    ENTERPRISES,
    OUTSIDE_ACCOUNT,
    OUTSIDE_ACCOUNT,
    ENTERPRISES,
    PUBLIC,
    COLLECTIVES,
    OUTSIDE_ACCOUNT,
    PUBLIC,
)
"""Income component and payer of each kind of payment."""

FORESTRY, SPENT, RESIDENTS, HOUSEHOLDS, FARMERS = range(8, 13)
N_TOTALS = 13
"""What is summed by where households live: payments, then income from the forest, consumption, heads."""

TILE = 656
"""Rows that a loop works on at a time; larger hamlets are done in several tiles. Pieces fit the first cache together;
a power of two would put them on the same lines of it."""


def _pieces(number: int) -> tuple[np.uint64, ...]:
    """Return where the pieces of an array of pieces begin; unsigned positions spare the test for negative ones."""
    return tuple(np.uint64(TILE * k) for k in range(number))


N_DUE = 15
(
    WAGES_AT,
    REMITTED_AT,
    SALES_AT,
    RENT_AT,
    STORED_RENT_AT,
    VILLAGE_AT,
    RETURNS_AT,
    TRANSFERS_AT,
    FORESTRY_AT,
    SPENT_AT,
    RESIDENTS_AT,
    HOUSEHOLDS_AT,
    FARMERS_AT,
    WAGE_INCOME_AT,
    PROPERTY_INCOME_AT,
) = _pieces(N_DUE)
"""What a household's month consists of, the pieces of `due`: what is summed, in that order, then two components."""

N_HEADS = 4
MINORS_AT, WORKING_AT, PEOPLE_AT, ABSENT_AT = _pieces(N_HEADS)
"""Pieces of `heads`: residents below 15, residents aged 15-64, all residents, adults away."""

MONTHLY: Any = np.float32(1.0 / 12.0)
ONE: Any = np.float32(1.0)
NOTHING: Any = np.float32(0.0)
"""In single precision, as household columns are, so that all that is computed from them stays in it: vector code takes
twice as many at a time."""

RURAL_OWN, URBAN_OWN, URBAN_CORE = range(3)
N_PLACES = 3
"""Where households of a hamlet live."""


@njit(cache=True, nogil=True)
def place_of(residence: int, urban: int) -> int:
    """Return where a household of a rural (0) or urban (1) hamlet lives."""
    if residence == CORE:
        return URBAN_CORE
    if residence == TOWN or (residence == HOME and urban != 0):
        return URBAN_OWN
    return RURAL_OWN


@njit(cache=True, nogil=True)
def local_wages(
    wage: float, wage_skilled: float, local: int, local_skilled: int, premium: float, skill: float
) -> float:
    """Return wages from local jobs in CNY a month, before scaling."""
    return (wage * local + wage_skilled * local_skilled) * premium * skill


@njit(cache=True, nogil=True)
def farm_sales(farm: int, per_worker: float, forest_part: float, brand: float) -> float:
    """Return farm net income in CNY a month, before scaling; the brand raises the forest products in it."""
    return farm * per_worker * (ONE - forest_part + forest_part * brand)


@njit(cache=True, nogil=True)
def own_forest(kept: float, yearly: float, factor: float) -> float:
    """Return the net income in CNY a month of land kept (mu) at a net yield (CNY/mu/year)."""
    return max(kept, NOTHING) * yearly * factor * MONTHLY


@njit(cache=True, nogil=True)
def village_dividend(paid: float, households: float) -> float:
    """Return what a household receives of the dividends its collective pays, CNY a month."""
    return paid / households if households > 0.0 else 0.0


@njit(cache=True, nogil=True)
def spending(
    residents: int, income: float, wealth: float, floor: float, propensity: float, wealth_term: float
) -> float:
    """Return consumption in CNY a month: never more than income and wealth allow, nothing where nobody
    lives."""
    if residents == 0:
        return NOTHING
    wanted = floor * residents + propensity * income + wealth_term * wealth
    return max(NOTHING, min(wanted, income + wealth))


@njit(cache=True, nogil=True)
def saved(income: float, spent: float, saved_part: float, dissaved_part: float) -> float:
    """Return what a month adds to liquid wealth: part of what is saved (the rest goes into homes), all that
    is drawn."""
    left = income - spent
    return left * (saved_part if left > NOTHING else dissaved_part)


@inner_numpy
def count_members(first: int, last: int, people: Any, heads: Int8s) -> None:
    """Count minors, residents aged 15-64, all residents, and adults away; `people` are the columns of `PEOPLE`, each of
    shape (rows,)."""
    infants, children, late, old = people[INFANTS], people[CHILDREN], people[LATE], people[OLD]
    young_men, young_women = people[YOUNG_MEN], people[YOUNG_WOMEN]
    mid_men, mid_women = people[MID_MEN], people[MID_WOMEN]
    away_young, away_mid = people[AWAY_YOUNG], people[AWAY_MID]
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)
        heads[MINORS_AT + j] = infants[i] + children[i]
        heads[ABSENT_AT + j] = away_young[i] + away_mid[i]
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)
        heads[WORKING_AT + j] = young_men[i] + young_women[i] + mid_men[i] + mid_women[i] + late[i]
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)
        heads[PEOPLE_AT + j] = heads[MINORS_AT + j] + heads[WORKING_AT + j] + old[i]


@njit(cache=True, nogil=True)
def is_alive(heads: Int8s, j: np.uint64) -> bool:
    """Say whether a household has a resident or an adult away; another one gets nothing until it is dissolved.

    `heads` has shape (N_HEADS * TILE,).
    """
    return heads[PEOPLE_AT + j] + heads[ABSENT_AT + j] > 0


@inner_numpy
def find_premiums(first: int, last: int, premiums: Floats, job_cell: Int8s, heads: Int8s, due: Float32s) -> None:
    """Look up the premium of each household's job cell, 0 where nobody is left, into the piece of its wages.

    `premiums` has shape (cells + 1,), `job_cell` (rows,); `heads` and `due` as in the file's docstring.
    """
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)
        due[WAGES_AT + j] = premiums[np.uint64(job_cell[i] + 1)] if is_alive(heads, j) else NOTHING


@inner_numpy
def earn_wages(
    first: int,
    last: int,
    terms: Terms,
    residence: Int8s,
    local: Int8s,
    local_skilled: Int8s,
    skill: Float32s,
    forest_let: Float32s,
    heads: Int8s,
    due: Float32s,
) -> None:
    """Pay local jobs and work on let land, and let members away send money home; household columns have shape
    (rows,)."""
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)
        in_core = residence[i] == CORE
        jobs = local_wages(
            terms.core_wage if in_core else terms.wage,
            terms.core_wage_skilled if in_core else terms.wage_skilled,
            local[i],
            local_skilled[i],
            due[WAGES_AT + j],
            skill[i],
        )
        works = (heads[WORKING_AT + j] > 0) & ((residence[i] == HOME) | (residence[i] == RESETTLED))
        labour = forest_let[i] * terms.day_work if works else NOTHING
        due[WAGES_AT + j] = terms.wage_scale * jobs + labour
        due[FORESTRY_AT + j] = labour
        absent = heads[ABSENT_AT + j] if heads[PEOPLE_AT + j] > 0 else 0
        due[REMITTED_AT + j] = terms.wage_scale * terms.remittance * absent


@inner_numpy
def sell(
    first: int,
    last: int,
    terms: Terms,
    farm: Int8s,
    own: Int8s,
    own_business: Float32s,
    forest: Float32s,
    forest_let: Float32s,
    forest_yield: Float32s,
    heads: Int8s,
    due: Float32s,
) -> None:
    """Let the farm, land kept and the own business bring their net income; household columns have shape (rows,)."""
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)
        alive = is_alive(heads, j)
        fields = terms.business_scale * farm_sales(farm[i], terms.per_farmer, terms.forest_share, terms.brand)
        grown = own_forest(forest[i] - forest_let[i], forest_yield[i], terms.forest_factor)
        profit = own_business[i] * terms.own_trend if own[i] > 0 else NOTHING
        due[SALES_AT + j] = fields + grown + terms.business_scale * profit if alive else NOTHING
        due[FORESTRY_AT + j] += grown + fields * terms.forest_part if alive else NOTHING


@inner_numpy
def own_property(
    first: int,
    last: int,
    terms: Terms,
    forest_let: Float32s,
    lease_rent: Float32s,
    let_how: Int8s,
    wealth: Float32s,
    heads: Int8s,
    due: Float32s,
) -> None:
    """Pay rent, consortium and village dividends, and the return on wealth; household columns have shape (rows,).

    The owners' part of the rent of blocks stands in the piece of rents.
    """
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)
        alive = is_alive(heads, j)
        let = forest_let[i] * MONTHLY if alive else NOTHING
        agreed, owners_part = let * lease_rent[i], due[RENT_AT + j]
        pooled = let * terms.per_pooled if let_how[i] == POOLED else NOTHING
        stored = agreed * terms.stored_part if let_how[i] == STORED else NOTHING
        leased = agreed * (owners_part if let_how[i] == POOLED else ONE) if let_how[i] != STORED else NOTHING
        village = due[VILLAGE_AT + j] if alive else NOTHING
        returns = terms.property_scale * terms.interest * (max(wealth[i], NOTHING) if alive else NOTHING)
        due[RENT_AT + j] = leased + pooled
        due[STORED_RENT_AT + j] = stored
        due[VILLAGE_AT + j] = village
        due[RETURNS_AT + j] = returns
        due[PROPERTY_INCOME_AT + j] = leased + stored + pooled + village + returns
        due[FORESTRY_AT + j] += leased + stored + pooled


@inner_numpy
def receive_support(
    first: int, last: int, terms: Terms, late: Int8s, old: Int8s, farm: Int8s, heads: Int8s, due: Float32s
) -> None:
    """Pay pensions and child support, and note the heads; household columns have shape (rows,)."""
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)
        support = (late[i] + old[i]) * terms.pension + heads[MINORS_AT + j] * terms.child
        due[TRANSFERS_AT + j] = terms.transfer_scale * support
        due[RESIDENTS_AT + j] = heads[PEOPLE_AT + j]
        due[HOUSEHOLDS_AT + j] = ONE if heads[PEOPLE_AT + j] > 0 else NOTHING
        due[FARMERS_AT + j] = farm[i] if is_alive(heads, j) else NOTHING


@inner_numpy
def spend(first: int, last: int, terms: Terms, wealth: Float32s, heads: Int8s, due: Float32s) -> None:
    """Let households spend what they want to, and save or draw the rest; `wealth` has shape (rows,)."""
    for row in range(first, last):
        i, j = np.uint64(row), np.uint64(row - first)
        due[WAGE_INCOME_AT + j] = due[WAGES_AT + j] + due[REMITTED_AT + j]
        earned = due[WAGE_INCOME_AT + j] + due[SALES_AT + j]
        income = earned + due[PROPERTY_INCOME_AT + j] + due[TRANSFERS_AT + j]
        people = heads[PEOPLE_AT + j]
        spent = spending(people, income, wealth[i], terms.floor, terms.propensity, terms.wealth_term)
        due[SPENT_AT + j] = spent
        wealth[i] = max(NOTHING, wealth[i] + saved(income, spent, terms.saved_part, terms.dissaved_part))


@inner_numpy
def note_hamlet(
    first: int,
    last: int,
    tile: int,
    each: float,
    owners_part: float,
    weight: float,
    residence: Int8s,
    due: Float32s,
    weights: Floats,
) -> None:
    """Note what households of a hamlet share, in the rows [first, last) of the tile that begins at row `tile`: the
    dividend that `each` is due from its village, CNY a month, and the owners' part of the rent of blocks, ratio, into
    `due`, shape (N_DUE * TILE,), and their weight, 0 where they live elsewhere, into `weights`, shape (TILE,)."""
    for row in range(first, last):
        j = np.uint64(row - tile)
        due[VILLAGE_AT + j] = each
        due[RENT_AT + j] = owners_part
        weights[j] = weight if residence[np.uint64(row)] == HOME else 0.0


@inner_numpy
def write(first: int, last: int, piece: np.uint64, due: Float32s, column: Float32s) -> None:
    """Write a piece of `due` into a household column, CNY a month, shape (rows,)."""
    for row in range(first, last):
        column[np.uint64(row)] = due[piece + np.uint64(row - first)]
