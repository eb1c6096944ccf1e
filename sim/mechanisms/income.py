"""Household accounts: the four official income components of every household, its consumption and its wealth.

In one month, nominal CNY, with a scale s by county and zone of origin (see below) and growth factors g from
January 2023:

    wage      = s * (w_ordinary * local + w_tertiary * local_skilled) * premium(job cell) * skill
              + s * remit_share * outside wage * (away young + away mid)
              + forest_days * forest_day_wage/12 * land let        if it lives in its hamlet and can work
    business  = s * farm_income * g_farm * (F/F_0)^(e-1) * farm workers * (1 - f + f * brand) + s * own business * g_own
              + yield/12 * g_forest * land kept * brand,         brand = 1 + brand premium * branded share
    property  = p * lease rent/12 * land let + consortium dividend/12 * pooled land + village dividend
              + s * return/12 * wealth
    transfer  = s * g_transfer * (pension(zone) * (late + old) + child_support * children)
    consumption = floor_share * income_2022(zone) * g_floor * residents + propensity * income
              + wealth_effect * wealth
    wealth'   = wealth + liquid_share * saving              (all of it when it is drawn down)

F counts the farm workers of the county: land is fixed, so that its farm income answers to them with elasticity e only.
f is the part of farm income from forest products outside leased land, p the part of an agreed rent that its owner
gets: less the collective's share where land lies in a block, what the platform can pay where it is stored. What a
contract names (forest pay, rent, dividends, yield of land kept) is paid as agreed. All else is survey income whose
level the model's wages and stocks cannot know: `base.income_scale` is fixed once, in `start`, so that each county,
zone and component has its published income of 2022. It belongs to the hamlet, not to the residence: a household
that moves to town keeps its scale and gains only through better access to jobs, so that moving makes no income from
nothing. Scales are never fitted again.

Payers: local wages, forest work, rent and consortium dividends come from enterprises, village dividends
from collectives, rent of stored land and transfers from the public, remittances, sales and returns on
wealth from outside. What they pay is summed apart from the household columns.
"""

from __future__ import annotations

import math
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from sim.accounting import N_COMPONENTS, Ledger
from sim.calendar import MONTHS_PER_YEAR
from sim.levers import FOREST_DIVIDEND, LeverBoard
from sim.mechanisms import income_kernel as kernel
from sim.mechanisms import income_terms as terms
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.income_parameters import JOB_PREMIUM, WEALTH_RETURN, IncomeParameters
from sim.mechanisms.income_settling import close_month, settle, sum_totals, write_receipts
from sim.mechanisms.members import people_of
from sim.places import N_COUNTIES
from sim.world import Base, Counties, Floats, World

__all__ = ["MECHANISM", "IncomeParameters", "start", "step"]

_LAND_OF = attrgetter("forest", "forest_let", "forest_yield", "let_how", "lease_rent")
_ACCOUNTS_OF = attrgetter(
    "wage_income", "business_income", "property_income", "transfer_income", "forestry_income", "consumption"
)
_COUNTY_ACCOUNTS_OF = attrgetter(
    "income",
    "forestry_income",
    "residents",
    "households",
    "consumption",
    "origin_rural_income",
    "origin_rural_persons",
    "farm_workers",
)
"""Columns in the order of `LandColumns`, `AccountColumns` and `CountyAccounts` in `sim.mechanisms.income_settling`."""


def grown(rate: float, month: int) -> float:
    """Return a growth factor since January 2023 at a yearly (log) rate."""
    return math.exp(rate * month / MONTHS_PER_YEAR)


def kernel_rates(p: IncomeParameters, month: int, moves_wealth: float) -> Floats:
    """Return the kernel's monthly rates, shape (N_RATES,); `moves_wealth` is the part of a month's saving that is
    booked (0 or 1)."""
    rates, transfer_growth = np.empty(terms.N_RATES), grown(p.transfer_trend, month)
    rates[terms.REMITTED_SHARE] = p.remit_share
    rates[terms.DAY_PAY] = p.forest_days * p.forest_day_wage / MONTHS_PER_YEAR
    rates[terms.FARM_PAY] = p.farm_income * grown(p.farm_trend, month)
    rates[terms.FARM_RESPONSE] = p.farm_labour_elasticity - 1.0
    rates[terms.FARM_FOREST] = p.farm_forest_share
    rates[terms.OWN_TREND] = grown(p.own_business_trend, month)
    rates[terms.FOREST_TREND] = grown(p.forest_trend, month)
    rates[terms.RETURN] = WEALTH_RETURN / MONTHS_PER_YEAR
    rates[terms.PENSION_RURAL] = p.pension_rural * transfer_growth
    rates[terms.PENSION_URBAN] = p.pension_urban * transfer_growth
    rates[terms.CHILD] = p.child_support * transfer_growth
    rates[terms.FLOOR] = p.floor_share * grown(p.consumption_trend, month) / MONTHS_PER_YEAR
    rates[terms.PROPENSITY] = p.propensity
    rates[terms.WEALTH_TERM] = p.wealth_effect
    rates[terms.SAVED] = p.liquid_share * moves_wealth
    rates[terms.DISSAVED] = moves_wealth
    return rates


def county_terms(counties: Counties, base: Base, dividend: Floats) -> terms.CountyTerms:
    """Return the columns from which the terms of households follow; `dividend` is the consortium's, CNY/mu/year, shape
    (6,)."""
    return (
        counties.wage,
        base.wage,
        counties.outside_wage,
        counties.farm_workers,
        base.farm_workers,
        counties.brand_premium,
        counties.branded_share,
        dividend,
        counties.stored_part,
        base.income_target,
        base.income_scale,
    )


class Receipts(NamedTuple):
    """What one month's accounts sum to, weighted, each of shape (6, 2, N_TOTALS).

    Attributes:
        by_residence: by county and zone of residence.
        by_origin: by county and zone of the home hamlet.
    """

    by_residence: Floats
    by_origin: Floats


def components(totals: Floats) -> Floats:
    """Return the four income components in totals by kind, CNY, shape (..., N_TOTALS) to (..., 4)."""
    first_kind = np.searchsorted(kernel.COMPONENT_OF, range(N_COMPONENTS))
    return np.asarray(np.add.reduceat(totals[..., : kernel.N_PAYMENTS], first_kind, axis=-1))


def settle_accounts(world: World, p: IncomeParameters, dividend: Floats, moves_wealth: float) -> Floats:
    """Pay every household for this month; `dividend` is the consortium's, CNY/mu/year, shape (6,).

    Returns the totals of `settle`, shape (hamlets, 3, N_TOTALS).
    """
    households, hamlets = world.households, world.hamlets
    totals = np.empty((len(hamlets), kernel.N_PLACES, kernel.N_TOTALS))
    world.over_hamlets(
        settle,
        kernel_rates(p, world.month, moves_wealth),
        JOB_PREMIUM,
        county_terms(world.counties, world.base, dividend),
        world.villages.dividends,
        world.villages.households,
        hamlets.village,
        hamlets.block_share,
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.urban,
        hamlets.weight,
        households.residence,
        people_of(households),
        households.job_cell,
        households.skill,
        households.own_business,
        households.wealth,
        _LAND_OF(households),
        _ACCOUNTS_OF(households),
        totals,
    )
    return totals


def receipts(world: World, totals: Floats) -> Receipts:
    """Return what the totals of `settle_accounts`, shape (hamlets, 3, N_TOTALS), sum to by county and zone."""
    hamlets = world.hamlets
    return Receipts(*sum_totals(totals, hamlets.start, hamlets.stop, hamlets.county, hamlets.urban))


def fitted_scale(world: World, p: IncomeParameters) -> Floats:
    """Return the scales at which income of January 2023 is the published one of 2022, shape (6, 2, 4).

    Income is linear in the scale: what is paid at scale 0 is contractual, the rest is scaled. A scale is 1
    where there is
    nothing to scale, and 0 where contracts already pay more than the statistics say.
    """
    base, none = world.base, np.zeros(N_COUNTIES)
    base.income_scale[:] = 0.0
    contractual = receipts(world, settle_accounts(world, p, none, 0.0)).by_origin
    base.income_scale[:] = 1.0
    parts = components(receipts(world, settle_accounts(world, p, none, 0.0)).by_origin - contractual)
    monthly = base.income_target[:, :, None] * base.income_shares / MONTHS_PER_YEAR
    wanted = monthly * contractual[:, :, kernel.RESIDENTS, None] - components(contractual)
    return np.maximum(np.divide(wanted, parts, out=np.ones_like(parts), where=parts > 0.0), 0.0)


def start(world: World, p: IncomeParameters) -> None:
    """Fix the income scales and the consumption of January 2023, and fill the accounts of the starting
    state."""
    world.base.income_scale[:] = fitted_scale(world, p)
    sums = receipts(world, settle_accounts(world, p, np.zeros(N_COUNTIES), 0.0))
    write_receipts(sums.by_residence, sums.by_origin, _COUNTY_ACCOUNTS_OF(world.counties))
    world.base.consumption[:] = world.counties.consumption
    world.base.farm_workers[:] = world.counties.farm_workers
    world.counties.local_demand[:] = 1.0


def step(world: World, p: IncomeParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Settle the accounts of a month and book every payment to its payer."""
    hamlets, counties = world.hamlets, world.counties
    close_month(
        settle_accounts(world, p, levers.effective(FOREST_DIVIDEND), 1.0),
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.urban,
        _COUNTY_ACCOUNTS_OF(counties),
        counties.consumption,
        world.base.consumption,
        grown(p.consumption_trend, world.month),
        counties.local_demand,
        ledger.paid,
    )


MECHANISM = Mechanism(
    name="income",
    phase=Phase.HOUSEHOLD_ACCOUNTS,
    meaning="Pays every household its four official income components and lets it spend and save.",
    parameters=IncomeParameters,
    levers=(FOREST_DIVIDEND,),
    step=step,
    start=start,
)
