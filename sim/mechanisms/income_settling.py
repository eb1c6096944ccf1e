"""The loop over hamlets that settles a month's accounts, and the sums it makes; `sim.mechanisms.income` states the
equations, `sim.mechanisms.income_kernel` applies them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.accounting import N_COMPONENTS
from sim.mechanisms.income_kernel import (
    COMPONENT_OF,
    FARMERS,
    FARMERS_AT,
    FORESTRY,
    FORESTRY_AT,
    HOUSEHOLDS,
    HOUSEHOLDS_AT,
    N_DUE,
    N_HEADS,
    N_PAYMENTS,
    N_TOTALS,
    PAYER_OF,
    PROPERTY_INCOME_AT,
    REMITTED_AT,
    RENT_AT,
    RESIDENTS,
    RESIDENTS_AT,
    RETURNS_AT,
    RURAL_OWN,
    SALES_AT,
    SPENT,
    SPENT_AT,
    STORED_RENT_AT,
    TILE,
    TRANSFERS_AT,
    URBAN_CORE,
    URBAN_OWN,
    VILLAGE_AT,
    WAGE_INCOME_AT,
    WAGES_AT,
    count_members,
    earn_wages,
    find_premiums,
    note_hamlet,
    own_property,
    place_of,
    receive_support,
    sell,
    spend,
    village_dividend,
    write,
)
from sim.mechanisms.income_terms import CountyTerms, shared_terms
from sim.mechanisms.inner import inner, inner_numpy, inner_sum
from sim.mechanisms.members import FARM, LATE, LOCAL, LOCAL_SKILLED, OLD, OWN
from sim.places import KECHENG, N_COUNTIES
from sim.world import HOME, N_ZONES, RURAL, URBAN, Float32s, Floats, Int8s, Int32s, Int64s

type LandColumns = tuple[Float32s, Float32s, Float32s, Int8s, Float32s]
"""Forest land, land let, own yield, how it is let and lease rent of households, each of shape (rows,)."""
type AccountColumns = tuple[Float32s, Float32s, Float32s, Float32s, Float32s, Float32s]
"""The four income components, income from the forest and consumption of households, each of shape (rows,)."""
type CountyAccounts = tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats, Floats]
"""Income, (6, 8), zone-major; income from the forest, residents and households, (6, 2) by zone; consumption, income and
residents of rural origin, and farm workers, (6,)."""
type Totals = tuple[float, float, float, float, float, float, float, float, float, float, float, float, float]


@inner_sum
def sum_at_home(rows: int, weights: Floats, due: Float32s) -> Totals:
    """Return the weighted sums of `due` over the first rows of a tile, in the order of WAGES to FARMERS.

    `weights` has shape (TILE,), `due` (N_DUE * TILE,).
    """
    wages = remitted = sales = rent = stored = village = returns = transfers = 0.0
    forestry = spent = residents = households = farmers = 0.0
    for row in range(rows):
        j = np.uint64(row)
        weight = weights[j]
        wages += weight * due[WAGES_AT + j]
        remitted += weight * due[REMITTED_AT + j]
        sales += weight * due[SALES_AT + j]
        rent += weight * due[RENT_AT + j]
        stored += weight * due[STORED_RENT_AT + j]
        village += weight * due[VILLAGE_AT + j]
        returns += weight * due[RETURNS_AT + j]
        transfers += weight * due[TRANSFERS_AT + j]
        forestry += weight * due[FORESTRY_AT + j]
        spent += weight * due[SPENT_AT + j]
        residents += weight * due[RESIDENTS_AT + j]
        households += weight * due[HOUSEHOLDS_AT + j]
        farmers += weight * due[FARMERS_AT + j]
    return (
        wages,
        remitted,
        sales,
        rent,
        stored,
        village,
        returns,
        transfers,
        forestry,
        spent,
        residents,
        households,
        farmers,
    )


@inner
def count_movers(first: int, last: int, residence: Int8s) -> int:
    """Return the households of some rows that live elsewhere than in their hamlet; `residence` has shape (rows,)."""
    movers = 0
    for row in range(first, last):
        movers += residence[np.uint64(row)] != HOME
    return movers


@inner_numpy
def add_movers(
    first: int, last: int, tile: int, urban: int, weight: float, residence: Int8s, due: Float32s, totals: Floats
) -> None:
    """Add what the households of a hamlet that live elsewhere received and spent to the weighted `totals` of where they
    live, shape (N_PLACES, N_TOTALS); the tile begins at row `tile`."""
    if count_movers(first, last, residence) == 0:
        return
    for row in range(first, last):
        lives = residence[np.uint64(row)]
        if lives != HOME:
            place, j = place_of(lives, urban), np.uint64(row - tile)
            for k in range(N_TOTALS):
                totals[place, k] += weight * due[np.uint64(TILE * k) + j]


@inner
def first_block(first: int, start: Int64s, stop: Int64s, county: Int8s, urban: Int8s) -> int:
    """Return the first hamlet from `first` on that begins a block.

    Blocks are counted from where county or zone change, so that threads cannot change them. Columns have shape
    (hamlets,).
    """
    h = first
    while h > 0 and county[h - 1] == county[h] and urban[h - 1] == urban[h]:
        h -= 1
    while h < first:
        h = end_of_block(h, start, stop, county, urban)
    return h


@inner
def end_of_block(first: int, start: Int64s, stop: Int64s, county: Int8s, urban: Int8s) -> int:
    """Return the hamlet after the last one that can be settled together with hamlet `first`.

    Hamlets of one block share county and zone, their rows are neighbours and fit in a tile; a larger hamlet is alone.
    Columns have shape (hamlets,).
    """
    end = first + 1
    while (
        end < county.size
        and county[end] == county[first]
        and urban[end] == urban[first]
        and start[end] == stop[end - 1]
        and stop[end] - start[first] <= TILE
    ):
        end += 1
    return end


@njit(cache=True, nogil=True, error_model="numpy")
def settle(
    first: int,
    last: int,
    rates: Floats,
    premiums: Floats,
    counties: CountyTerms,
    dividends: Floats,
    members: Floats,
    village: Int32s,
    block_share: Floats,
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    urban: Int8s,
    weight: Floats,
    residence: Int8s,
    people: Any,
    job_cell: Int8s,
    skill: Float32s,
    own_business: Float32s,
    wealth: Float32s,
    land: LandColumns,
    accounts: AccountColumns,
    totals: Floats,
) -> None:
    """Pay every household and let it spend; write weighted sums by block and place to `totals`, shape (n, 3, N_TOTALS),
    at the first hamlet of the block, for all blocks that begin with one of the hamlets [first, last).

    `rates` is (N_RATES,), `premiums` (21,) by job cell + 1, `dividends` and `members` (households) are by village,
    `village` (n,) is that of the hamlet and `block_share` (n,) what its collective keeps of the rent of a block;
    `people` are the columns of `PEOPLE`.
    """
    heads, due, weights = np.empty(N_HEADS * TILE, np.int8), np.empty(N_DUE * TILE, np.float32), np.empty(TILE)
    late, old, farm, own = people[LATE], people[OLD], people[FARM], people[OWN]
    local, local_skilled = people[LOCAL], people[LOCAL_SKILLED]
    forest, forest_let, forest_yield, let_how, lease_rent = land
    wage_income, business_income, property_income, transfer_income, forestry_income, consumption = accounts
    begin = first_block(first, start, stop, county, urban)
    while begin < last:
        end = end_of_block(begin, start, stop, county, urban)
        zone = URBAN if urban[begin] != 0 else RURAL
        terms, block = shared_terms(county[begin], zone, rates, counties), totals[begin]
        block[:] = 0.0
        for a in range(start[begin], stop[end - 1], TILE):
            b = min(a + TILE, stop[end - 1])
            for h in range(begin, end):
                each = village_dividend(dividends[village[h]], members[village[h]])
                note_hamlet(
                    max(start[h], a), min(stop[h], b), a, each, 1.0 - block_share[h], weight[h], residence, due, weights
                )
            count_members(a, b, people, heads)
            find_premiums(a, b, premiums, job_cell, heads, due)
            earn_wages(a, b, terms, residence, local, local_skilled, skill, forest_let, heads, due)
            sell(a, b, terms, farm, own, own_business, forest, forest_let, forest_yield, heads, due)
            own_property(a, b, terms, forest_let, lease_rent, let_how, wealth, heads, due)
            receive_support(a, b, terms, late, old, farm, heads, due)
            spend(a, b, terms, wealth, heads, due)
            write(a, b, WAGE_INCOME_AT, due, wage_income)
            write(a, b, SALES_AT, due, business_income)
            write(a, b, PROPERTY_INCOME_AT, due, property_income)
            write(a, b, TRANSFERS_AT, due, transfer_income)
            write(a, b, FORESTRY_AT, due, forestry_income)
            write(a, b, SPENT_AT, due, consumption)
            at_home, place = sum_at_home(b - a, weights, due), place_of(HOME, urban[begin])
            for k in range(N_TOTALS):
                block[place, k] += at_home[k]
            for h in range(begin, end):
                add_movers(max(start[h], a), min(stop[h], b), a, urban[h], weight[h], residence, due, block)
        begin = end


@njit(cache=True, nogil=True)
def sum_totals(totals: Floats, start: Int64s, stop: Int64s, county: Int8s, urban: Int8s) -> tuple[Floats, Floats]:
    """Return the totals of all blocks by county and zone, of residence and of the home hamlet, from (n, 3, k) to (6,
    2, k) each; columns of hamlets have shape (n,)."""
    here = np.zeros((N_COUNTIES, N_ZONES, totals.shape[2]))
    origin = np.zeros((N_COUNTIES, N_ZONES, totals.shape[2]))
    h = 0
    while h < county.size:
        c, zone = county[h], URBAN if urban[h] != 0 else RURAL
        for k in range(totals.shape[2]):
            rural, town, core = totals[h, RURAL_OWN, k], totals[h, URBAN_OWN, k], totals[h, URBAN_CORE, k]
            here[c, RURAL, k] += rural
            here[c, URBAN, k] += town
            here[KECHENG, URBAN, k] += core
            origin[c, zone, k] += rural + town + core
        h = end_of_block(h, start, stop, county, urban)
    return here, origin


@njit(cache=True, nogil=True)
def write_receipts(by_residence: Floats, by_origin: Floats, accounts: CountyAccounts) -> None:
    """Write weighted totals by zone, each of shape (6, 2, N_TOTALS), into the county columns."""
    income, forestry_income, residents, households, consumption, rural_income, rural_persons, farm_workers = accounts
    for c in range(N_COUNTIES):
        for zone in range(N_ZONES):
            for component in range(N_COMPONENTS):
                income[c, N_COMPONENTS * zone + component] = 0.0
            for kind in range(N_PAYMENTS):
                income[c, N_COMPONENTS * zone + COMPONENT_OF[kind]] += by_residence[c, zone, kind]
            forestry_income[c, zone] = by_residence[c, zone, FORESTRY]
            residents[c, zone] = by_residence[c, zone, RESIDENTS]
            households[c, zone] = by_residence[c, zone, HOUSEHOLDS]
        consumption[c] = by_residence[c, RURAL, SPENT] + by_residence[c, URBAN, SPENT]
        rural_income[c] = 0.0
        for kind in range(N_PAYMENTS):
            rural_income[c] += by_origin[c, RURAL, kind]
        rural_persons[c] = by_origin[c, RURAL, RESIDENTS]
        farm_workers[c] = by_origin[c, RURAL, FARMERS] + by_origin[c, URBAN, FARMERS]


@inner
def relative_demand(spent: float, then: float, growth: float) -> float:
    """Return local consumption relative to its trend, 1 in January 2023; CNY a month now and `then`."""
    return spent / (then * growth) if then > 0.0 else 1.0


@njit(cache=True, nogil=True)
def close_month(
    totals: Floats,
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    urban: Int8s,
    accounts: CountyAccounts,
    consumption: Floats,
    usual_consumption: Floats,
    growth: float,
    local_demand: Floats,
    paid: Floats,
) -> None:
    """Write the county columns of the month, local demand, and every payment to its payer.

    `totals` to `urban` as in `sum_totals`; `consumption` is that of `accounts`, the usual one that of January 2023, CNY
    a month, and `local_demand` is relative to its trend, (6,) each; `paid` is by county, component and payer, CNY, (6,
    4, 4).
    """
    by_residence, by_origin = sum_totals(totals, start, stop, county, urban)
    write_receipts(by_residence, by_origin, accounts)
    for c in range(N_COUNTIES):
        local_demand[c] = relative_demand(consumption[c], usual_consumption[c], growth)
        for kind in range(N_PAYMENTS):
            payment = by_residence[c, RURAL, kind] + by_residence[c, URBAN, kind]
            paid[c, COMPONENT_OF[kind], PAYER_OF[kind]] += payment
