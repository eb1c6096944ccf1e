"""The loop over hamlets that settles a month's accounts, and the sums it makes; `sim.mechanisms.income` states the
equations, `sim.mechanisms.income_kernel` applies them."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.accounting import N_COMPONENTS
from sim.mechanisms.income_kernel import (
    CHILD,
    COMPONENT_OF,
    DISSAVED,
    FARM_FOREST,
    FARMERS,
    FARMERS_AT,
    FLOOR_TREND,
    FOREST_TREND,
    FORESTRY,
    FORESTRY_AT,
    HOUSEHOLDS,
    HOUSEHOLDS_AT,
    N_DUE,
    N_HEADS,
    N_PAYMENTS,
    N_PLACES,
    N_TOTALS,
    OWN_TREND,
    PROPENSITY,
    PROPERTY_INCOME_AT,
    REMITTED_AT,
    RENT_AT,
    RESIDENTS,
    RESIDENTS_AT,
    RETURN,
    RETURNS_AT,
    RURAL_OWN,
    SALES_AT,
    SAVED,
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
    WEALTH_TERM,
    Terms,
    count_members,
    earn_wages,
    fill_hamlet_terms,
    find_premiums,
    own_property,
    place_of,
    receive_support,
    sell,
    spend,
    village_dividend,
    write,
)
from sim.mechanisms.inner import inner, inner_numpy, inner_sum
from sim.places import KECHENG, N_COUNTIES
from sim.sectors import ORDINARY, TERTIARY
from sim.world import HOME, N_ZONES, RURAL, URBAN, Float32s, Floats, Int8s, Int32s, Int64s

type Totals = tuple[float, float, float, float, float, float, float, float, float, float, float, float, float]


@inner_sum
def sum_at_home(first: int, last: int, tile: int, residence: Int8s, due: Float32s) -> Totals:
    """Return the sums of `due` over the households that live in their hamlet, in the order of WAGES to FARMERS.

    `residence` has shape (rows,), `due` (N_DUE * TILE,).
    """
    wages = remitted = sales = rent = stored = village = returns = transfers = 0.0
    forestry = spent = residents = households = farmers = 0.0
    for row in range(first, last):
        j = np.uint64(row - tile)
        here = residence[np.uint64(row)] == HOME
        wages += np.float64(due[WAGES_AT + j]) if here else 0.0
        remitted += np.float64(due[REMITTED_AT + j]) if here else 0.0
        sales += np.float64(due[SALES_AT + j]) if here else 0.0
        rent += np.float64(due[RENT_AT + j]) if here else 0.0
        stored += np.float64(due[STORED_RENT_AT + j]) if here else 0.0
        village += np.float64(due[VILLAGE_AT + j]) if here else 0.0
        returns += np.float64(due[RETURNS_AT + j]) if here else 0.0
        transfers += np.float64(due[TRANSFERS_AT + j]) if here else 0.0
        forestry += np.float64(due[FORESTRY_AT + j]) if here else 0.0
        spent += np.float64(due[SPENT_AT + j]) if here else 0.0
        residents += np.float64(due[RESIDENTS_AT + j]) if here else 0.0
        households += np.float64(due[HOUSEHOLDS_AT + j]) if here else 0.0
        farmers += np.float64(due[FARMERS_AT + j]) if here else 0.0
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
def add_up(first: int, last: int, tile: int, urban: int, residence: Int8s, due: Float32s, totals: Floats) -> None:
    """Add what households of a hamlet received and spent to the `totals` of where they live, shape (N_PLACES,
    N_TOTALS); the tile begins at row `tile`."""
    usual = sum_at_home(first, last, tile, residence, due)
    for k in range(N_TOTALS):
        totals[place_of(HOME, urban), k] += usual[k]
    if count_movers(first, last, residence) == 0:
        return
    for row in range(first, last):
        lives = residence[np.uint64(row)]
        if lives != HOME:
            place, j = place_of(lives, urban), np.uint64(row - tile)
            for k in range(N_TOTALS):
                totals[place, k] += due[np.uint64(TILE * k) + j]


@inner
def end_of_block(first: int, last: int, start: Int64s, stop: Int64s, county: Int8s, urban: Int8s) -> int:
    """Return the hamlet after the last one that can be settled together with hamlet `first`.

    Hamlets of one block share county and zone, their rows are neighbours and fit in a tile; a larger hamlet is alone.
    Columns have shape (hamlets,).
    """
    end = first + 1
    while (
        end < last
        and county[end] == county[first]
        and urban[end] == urban[first]
        and start[end] == stop[end - 1]
        and stop[end] - start[first] <= TILE
    ):
        end += 1
    return end


@inner_numpy
def shared_terms(
    here: int,
    zone: int,
    rates: Floats,
    wage: Floats,
    remittance: Floats,
    farm_income: Floats,
    forest_pay: Floats,
    brand: Floats,
    pensions: Floats,
    dividend: Floats,
    stored_part: Floats,
    floors: Floats,
    scale: Floats,
) -> Terms:
    """Return the terms of households from a county and zone; arrays have the shapes of those of `settle`."""
    forest_share = rates[FARM_FOREST]
    return Terms(
        wage=np.float32(wage[here, ORDINARY]),
        wage_skilled=np.float32(wage[here, TERTIARY]),
        core_wage=np.float32(wage[KECHENG, ORDINARY]),
        core_wage_skilled=np.float32(wage[KECHENG, TERTIARY]),
        wage_scale=np.float32(scale[here, zone, 0]),
        business_scale=np.float32(scale[here, zone, 1]),
        property_scale=np.float32(scale[here, zone, 2]),
        transfer_scale=np.float32(scale[here, zone, 3]),
        remittance=np.float32(remittance[here]),
        day_work=np.float32(forest_pay[here]),
        per_farmer=np.float32(farm_income[here]),
        forest_share=np.float32(forest_share),
        brand=np.float32(brand[here]),
        forest_part=np.float32(forest_share * brand[here] / (1.0 - forest_share + forest_share * brand[here])),
        own_trend=np.float32(rates[OWN_TREND]),
        forest_factor=np.float32(brand[here] * rates[FOREST_TREND]),
        per_pooled=np.float32(dividend[here]),
        stored_part=np.float32(stored_part[here]),
        interest=np.float32(rates[RETURN]),
        pension=np.float32(pensions[zone, 0]),
        pension_old=np.float32(pensions[zone, 1]),
        child=np.float32(rates[CHILD]),
        floor=np.float32(floors[here, zone] * rates[FLOOR_TREND]),
        propensity=np.float32(rates[PROPENSITY]),
        wealth_term=np.float32(rates[WEALTH_TERM]),
        saved_part=np.float32(rates[SAVED]),
        dissaved_part=np.float32(rates[DISSAVED]),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def settle(
    first: int,
    last: int,
    rates: Floats,
    wage: Floats,
    remittance: Floats,
    farm_income: Floats,
    premiums: Floats,
    forest_pay: Floats,
    brand: Floats,
    pensions: Floats,
    dividend: Floats,
    stored_part: Floats,
    floors: Floats,
    scale: Floats,
    dividends: Floats,
    members: Floats,
    village: Int32s,
    block_share: Floats,
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    urban: Int8s,
    residence: Int8s,
    minors: tuple[Int8s, Int8s],
    working_age: tuple[Int8s, Int8s, Int8s, Int8s],
    late: Int8s,
    old: Int8s,
    away: tuple[Int8s, Int8s],
    farm: Int8s,
    local: Int8s,
    local_skilled: Int8s,
    own: Int8s,
    job_cell: Int8s,
    skill: Float32s,
    forest: Float32s,
    forest_let: Float32s,
    forest_yield: Float32s,
    let_how: Int8s,
    lease_rent: Float32s,
    own_business: Float32s,
    wage_income: Float32s,
    business_income: Float32s,
    property_income: Float32s,
    transfer_income: Float32s,
    forestry_income: Float32s,
    consumption: Float32s,
    wealth: Float32s,
    totals: Floats,
) -> None:
    """Pay every household and let it spend; write sums by hamlet and place to `totals`, shape (n, 3, N_TOTALS).

    `wage` is (6, 2), `remittance` and `farm_income` (6,), `premiums` (21,) by job cell + 1, `scale` (6, 2, 4),
    `floors` and `pensions` (6, 2) and (2, 2) by origin zone, `forest_pay`, `brand`, `dividend` and `stored_part`
    (6,), `dividends` and `members` (households) are by village, `village` (n,) is that of the hamlet, and
    `block_share` (n,) what its collective keeps of the rent of a block.
    """
    heads, due = np.empty(N_HEADS * TILE, np.int8), np.empty(N_DUE * TILE, np.float32)
    for h in range(first, last):
        for place in range(N_PLACES):
            for k in range(N_TOTALS):
                totals[h, place, k] = 0.0
    begin = first
    while begin < last:
        end = end_of_block(begin, last, start, stop, county, urban)
        here, zone = county[begin], URBAN if urban[begin] != 0 else RURAL
        terms = shared_terms(
            here,
            zone,
            rates,
            wage,
            remittance,
            farm_income,
            forest_pay,
            brand,
            pensions,
            dividend,
            stored_part,
            floors,
            scale,
        )
        for a in range(start[begin], stop[end - 1], TILE):
            b = min(a + TILE, stop[end - 1])
            for h in range(begin, end):
                each = village_dividend(dividends[village[h]], members[village[h]])
                fill_hamlet_terms(max(start[h], a), min(stop[h], b), a, each, 1.0 - block_share[h], due)
            count_members(a, b, minors, working_age, late, old, away, heads)
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
            for h in range(begin, end):
                add_up(max(start[h], a), min(stop[h], b), a, urban[h], residence, due, totals[h])
        begin = end


@njit(cache=True, nogil=True)
def sum_totals(totals: Floats, weight: Floats, county: Int8s, urban: Int8s) -> tuple[Floats, Floats]:
    """Return weighted totals by county and zone, of residence and of the home hamlet, from (n, 3, k) to (6,
    2, k) each."""
    here = np.zeros((N_COUNTIES, N_ZONES, totals.shape[2]))
    origin = np.zeros((N_COUNTIES, N_ZONES, totals.shape[2]))
    for h in range(totals.shape[0]):
        c, zone = county[h], URBAN if urban[h] != 0 else RURAL
        for k in range(totals.shape[2]):
            rural, town, core = totals[h, RURAL_OWN, k], totals[h, URBAN_OWN, k], totals[h, URBAN_CORE, k]
            here[c, RURAL, k] += weight[h] * rural
            here[c, URBAN, k] += weight[h] * town
            here[KECHENG, URBAN, k] += weight[h] * core
            origin[c, zone, k] += weight[h] * (rural + town + core)
    return here, origin


@njit(cache=True, nogil=True)
def write_receipts(
    by_residence: Floats,
    by_origin: Floats,
    income: Floats,
    forestry_income: Floats,
    residents: Floats,
    households: Floats,
    consumption: Floats,
    rural_income: Floats,
    rural_persons: Floats,
    farm_workers: Floats,
) -> None:
    """Write weighted totals by zone, each of shape (6, 2, N_TOTALS), into the county columns.

    `income` is (6, 8), zone-major; the columns up to `households` are (6, 2) by zone, the others (6,).
    """
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
