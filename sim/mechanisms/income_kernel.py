"""The household's month in money: scalar rules and the loop over households; `sim.mechanisms.income` states
the equations."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.mechanisms.hamlet_sums import CORE_TOWN, OWN_COUNTY, county_of
from sim.places import KECHENG, N_COUNTIES
from sim.sectors import ORDINARY, TERTIARY
from sim.world import (
    CORE,
    HOME,
    N_ZONES,
    POOLED,
    RESETTLED,
    RURAL,
    STORED,
    TOWN,
    URBAN,
    Float32s,
    Floats,
    Ids,
    Int8s,
    Int64s,
)

LOCAL_WAGES, FOREST_WORK, REMITTED, SALES, RENT, STORED_RENT, CONSORTIUM, VILLAGE, RETURNS, TRANSFERS = range(10)
N_FLOWS = 10
"""Payments by their payer, the columns of `flows`."""

RECEIVED_WAGE, RECEIVED_BUSINESS, RECEIVED_PROPERTY, RECEIVED_TRANSFER = range(4)
FORESTRY, RESIDENTS, HOUSEHOLDS, SPENT, FARMERS = range(4, 9)
N_TOTALS = 9
"""What is summed by where households live, the columns of `totals`."""

MONTHLY = 1.0 / 12.0

RURAL_OWN, URBAN_OWN, URBAN_CORE = range(3)
N_PLACES = 3
"""Where households of a hamlet live."""

(
    FARM_FOREST,
    OWN_TREND,
    FOREST_TREND,
    RETURN,
    CHILD,
    FLOOR_TREND,
    PROPENSITY,
    WEALTH_TERM,
    SAVED,
    DISSAVED,
) = range(10)
N_RATES = 10
"""Positions in the array of monthly rates and amounts that the kernel takes."""


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
    return farm * per_worker * (1.0 - forest_part + forest_part * brand)


@njit(cache=True, nogil=True)
def own_forest(kept: float, yearly: float, factor: float) -> float:
    """Return the net income in CNY a month of land kept (mu) at a net yield (CNY/mu/year)."""
    return max(kept, 0.0) * yearly * factor * MONTHLY


@njit(cache=True, nogil=True)
def spending(
    residents: int, income: float, wealth: float, floor: float, propensity: float, wealth_term: float
) -> float:
    """Return consumption in CNY a month: never more than income and wealth allow, nothing where nobody
    lives."""
    if residents == 0:
        return 0.0
    wanted = floor * residents + propensity * income + wealth_term * wealth
    return max(0.0, min(wanted, income + wealth))


@njit(cache=True, nogil=True)
def saved(income: float, spent: float, saved_part: float, dissaved_part: float) -> float:
    """Return what a month adds to liquid wealth: part of what is saved (the rest goes into homes), all that
    is drawn."""
    left = income - spent
    return left * (saved_part if left > 0.0 else dissaved_part)


@njit(cache=True, nogil=True)
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
    floors: Floats,
    scale: Floats,
    village_dividend: Floats,
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    urban: Int8s,
    ids: Ids,
    residence: Int8s,
    infants: Int8s,
    children: Int8s,
    young_men: Int8s,
    young_women: Int8s,
    mid_men: Int8s,
    mid_women: Int8s,
    late: Int8s,
    old: Int8s,
    away_young: Int8s,
    away_mid: Int8s,
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
    flows: Floats,
    totals: Floats,
) -> None:
    """Pay every household and let it spend; sum payments (n, 2, N_FLOWS) and receipts (n, 3, N_TOTALS) by
    hamlet.

    `wage` is (6, 2), `remittance` and `farm_income` (6,), `premiums` (21,) by job cell + 1, `scale` (6, 2, 4),
    `floors` and `pensions` (6, 2) and (2, 2) by
    origin zone, `forest_pay`, `brand` and `dividend` (6,), `village_dividend` (n,).
    """
    for number in range(first, last):
        h = np.uint64(number)
        flows[h], totals[h] = 0.0, 0.0
        zone = URBAN if urban[h] != 0 else RURAL
        here = county[h]
        scales, per_village = scale[here, zone], village_dividend[h]
        branded = rates[FARM_FOREST] * brand[here]
        forest_part = branded / (1.0 - rates[FARM_FOREST] + branded)
        for row in range(start[h], stop[h]):
            i = np.uint64(row)  # an unsigned index spares the test for negative ones
            if ids[i] == 0:
                continue
            place = np.uint64(place_of(residence[i], urban[h]))
            c = county_of(residence[i], here)
            minors = infants[i] + children[i]
            working_age = young_men[i] + young_women[i] + mid_men[i] + mid_women[i]
            people = minors + working_age + late[i] + old[i]
            if people + away_young[i] + away_mid[i] == 0:
                wage_income[i] = business_income[i] = property_income[i] = transfer_income[i] = 0.0
                forestry_income[i] = consumption[i] = 0.0
                continue
            side = np.uint64(CORE_TOWN if place == URBAN_CORE else OWN_COUNTY)

            jobs = scales[RECEIVED_WAGE] * local_wages(
                wage[c, ORDINARY],
                wage[c, TERTIARY],
                local[i],
                local_skilled[i],
                premiums[job_cell[i] + 1],
                skill[i],
            )
            remitted = scales[RECEIVED_WAGE] * remittance[here] * (away_young[i] + away_mid[i]) if people > 0 else 0.0
            works = working_age + late[i] > 0 and (residence[i] == HOME or residence[i] == RESETTLED)
            labour = forest_let[i] * forest_pay[here] if works else 0.0

            fields = scales[RECEIVED_BUSINESS] * farm_sales(farm[i], farm_income[here], rates[FARM_FOREST], brand[here])
            grown = own_forest(forest[i] - forest_let[i], forest_yield[i], brand[here] * rates[FOREST_TREND])
            trade = scales[RECEIVED_BUSINESS] * own_business[i] * rates[OWN_TREND] if own[i] > 0 else 0.0

            rent = forest_let[i] * lease_rent[i] * MONTHLY
            pooled = forest_let[i] * dividend[here] * MONTHLY if let_how[i] == POOLED else 0.0
            interest = scales[RECEIVED_PROPERTY] * rates[RETURN] * max(wealth[i], 0.0)

            support = scales[RECEIVED_TRANSFER] * (
                late[i] * pensions[zone, 0] + old[i] * pensions[zone, 1] + minors * rates[CHILD]
            )

            wages, business = jobs + remitted + labour, fields + grown + trade
            rents = rent + pooled + per_village + interest
            income = wages + business + rents + support
            spent = spending(
                people,
                income,
                wealth[i],
                floors[here, zone] * rates[FLOOR_TREND],
                rates[PROPENSITY],
                rates[WEALTH_TERM],
            )
            from_forest = labour + grown + rent + pooled + fields * forest_part

            wage_income[i], business_income[i] = wages, business
            property_income[i], transfer_income[i] = rents, support
            forestry_income[i], consumption[i] = from_forest, spent
            wealth[i] = max(0.0, wealth[i] + saved(income, spent, rates[SAVED], rates[DISSAVED]))

            flows[h, side, LOCAL_WAGES] += jobs
            flows[h, side, FOREST_WORK] += labour
            flows[h, side, REMITTED] += remitted
            flows[h, side, SALES] += fields + grown + trade
            flows[h, side, STORED_RENT if let_how[i] == STORED else RENT] += rent
            flows[h, side, CONSORTIUM] += pooled
            flows[h, side, VILLAGE] += per_village
            flows[h, side, RETURNS] += interest
            flows[h, side, TRANSFERS] += support

            totals[h, place, RECEIVED_WAGE] += wages
            totals[h, place, RECEIVED_BUSINESS] += business
            totals[h, place, RECEIVED_PROPERTY] += rents
            totals[h, place, RECEIVED_TRANSFER] += support
            totals[h, place, FORESTRY] += from_forest
            totals[h, place, RESIDENTS] += people
            totals[h, place, HOUSEHOLDS] += people > 0
            totals[h, place, SPENT] += spent
            totals[h, place, FARMERS] += farm[i]


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
