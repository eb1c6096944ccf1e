"""The household's month in money: scalar rules and the loop over households; `sim.mechanisms.income` states
the equations."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.mechanisms.hamlet_sums import CORE_TOWN, OWN_COUNTY
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

type Payments = tuple[float, float, float, float, float, float, float, float, float, float]
type Rest = tuple[float, float, float, float, float]

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
def plus_payments(sums: Payments, more: Payments) -> Payments:
    """Return the sums of two sets of payments, in the order of LOCAL_WAGES to TRANSFERS."""
    jobs, labour, remitted, sales, rent, stored, pooled, village, interest, support = more
    return (
        sums[LOCAL_WAGES] + jobs,
        sums[FOREST_WORK] + labour,
        sums[REMITTED] + remitted,
        sums[SALES] + sales,
        sums[RENT] + rent,
        sums[STORED_RENT] + stored,
        sums[CONSORTIUM] + pooled,
        sums[VILLAGE] + village,
        sums[RETURNS] + interest,
        sums[TRANSFERS] + support,
    )


@njit(cache=True, nogil=True)
def plus_rest(sums: Rest, more: Rest) -> Rest:
    """Return the sums of two sets of forestry income, residents, households, spending and farmers."""
    return (sums[0] + more[0], sums[1] + more[1], sums[2] + more[2], sums[3] + more[3], sums[4] + more[4])


@njit(cache=True, nogil=True)
def book(payments: Payments, rest: Rest, flows: Floats, totals: Floats) -> None:
    """Add payments to `flows`, shape (N_FLOWS,), and what they and the `rest` come to to `totals`, shape
    (N_TOTALS,)."""
    for k in range(N_FLOWS):
        flows[k] += payments[k]
    totals[RECEIVED_WAGE] += payments[LOCAL_WAGES] + payments[REMITTED] + payments[FOREST_WORK]
    totals[RECEIVED_BUSINESS] += payments[SALES]
    rents = payments[RENT] + payments[STORED_RENT] + payments[CONSORTIUM]
    totals[RECEIVED_PROPERTY] += rents + payments[VILLAGE] + payments[RETURNS]
    totals[RECEIVED_TRANSFER] += payments[TRANSFERS]
    for k in range(len(rest)):
        totals[FORESTRY + k] += rest[k]


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
    # What a county or hamlet shares, and the sums of those who live in the usual place, are kept in scalars: the
    # compiler cannot know that writing a household's columns leaves them alone.
    forest_share, own_trend, interest_rate, child = rates[FARM_FOREST], rates[OWN_TREND], rates[RETURN], rates[CHILD]
    propensity, wealth_term = rates[PROPENSITY], rates[WEALTH_TERM]
    saved_part, dissaved_part = rates[SAVED], rates[DISSAVED]
    core_wage, core_wage_skilled = wage[KECHENG, ORDINARY], wage[KECHENG, TERTIARY]
    for number in range(first, last):
        h = np.uint64(number)
        flows[h], totals[h] = 0.0, 0.0
        zone = URBAN if urban[h] != 0 else RURAL
        here, usual = county[h], place_of(HOME, urban[h])
        of_wage, of_business = scale[here, zone, RECEIVED_WAGE], scale[here, zone, RECEIVED_BUSINESS]
        of_property, of_transfer = scale[here, zone, RECEIVED_PROPERTY], scale[here, zone, RECEIVED_TRANSFER]
        per_village, per_migrant = village_dividend[h], remittance[here]
        day_work, per_pooled, branded = forest_pay[here], dividend[here], brand[here]
        per_farmer, of_forest = farm_income[here], brand[here] * rates[FOREST_TREND]
        pension, pension_old = pensions[zone, 0], pensions[zone, 1]
        floor = floors[here, zone] * rates[FLOOR_TREND]
        own_wage, own_wage_skilled = wage[here, ORDINARY], wage[here, TERTIARY]
        forest_part = forest_share * branded / (1.0 - forest_share + forest_share * branded)
        paid = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        counted = (0.0, 0.0, 0.0, 0.0, 0.0)
        for row in range(start[h], stop[h]):
            i = np.uint64(row)  # an unsigned index spares the test for negative ones
            if ids[i] == 0:
                continue
            lives, minors = residence[i], infants[i] + children[i]
            working_age = young_men[i] + young_women[i] + mid_men[i] + mid_women[i]
            n_late, n_old, absent = late[i], old[i], away_young[i] + away_mid[i]
            people = minors + working_age + n_late + n_old
            if people + absent == 0:
                wage_income[i] = business_income[i] = property_income[i] = transfer_income[i] = 0.0
                forestry_income[i] = consumption[i] = 0.0
                continue
            in_core = lives == CORE
            jobs = of_wage * local_wages(
                core_wage if in_core else own_wage,
                core_wage_skilled if in_core else own_wage_skilled,
                local[i],
                local_skilled[i],
                premiums[np.uint64(job_cell[i] + 1)],
                skill[i],
            )
            remitted = of_wage * per_migrant * absent if people > 0 else 0.0
            let, how, liquid = forest_let[i], let_how[i], wealth[i]
            works = working_age + n_late > 0 and lives in (HOME, RESETTLED)
            labour = let * day_work if works else 0.0

            fields = of_business * farm_sales(farm[i], per_farmer, forest_share, branded)
            grown = own_forest(forest[i] - let, forest_yield[i], of_forest)
            profit = own_business[i]
            trade = of_business * profit * own_trend if own[i] > 0 else 0.0

            rent = let * lease_rent[i] * MONTHLY
            pooled = let * per_pooled * MONTHLY if how == POOLED else 0.0
            interest = of_property * interest_rate * max(liquid, 0.0)
            support = of_transfer * (n_late * pension + n_old * pension_old + minors * child)

            wages, business = jobs + remitted + labour, fields + grown + trade
            rents = rent + pooled + per_village + interest
            income = wages + business + rents + support
            spent = spending(people, income, liquid, floor, propensity, wealth_term)
            from_forest = labour + grown + rent + pooled + fields * forest_part

            wage_income[i], business_income[i] = wages, business
            property_income[i], transfer_income[i] = rents, support
            forestry_income[i], consumption[i] = from_forest, spent
            wealth[i] = max(0.0, liquid + saved(income, spent, saved_part, dissaved_part))

            stored_rent = rent if how == STORED else 0.0
            payments = (
                jobs,
                labour,
                remitted,
                business,
                rent - stored_rent,
                stored_rent,
                pooled,
                per_village,
                interest,
                support,
            )
            rest = (from_forest, 1.0 * people, 1.0 if people > 0 else 0.0, spent, 1.0 * farm[i])
            place = place_of(lives, urban[h])
            if place == usual:
                paid, counted = plus_payments(paid, payments), plus_rest(counted, rest)
            else:
                book(payments, rest, flows[h, CORE_TOWN if in_core else OWN_COUNTY], totals[h, place])
        book(paid, counted, flows[h, OWN_COUNTY], totals[h, usual])


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
