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
from typing import NamedTuple

import numpy as np

from sim.accounting import N_COMPONENTS, Ledger
from sim.calendar import MONTHS_PER_YEAR
from sim.levers import FOREST_DIVIDEND, LeverBoard
from sim.mechanisms import income_kernel as kernel
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.income_parameters import JOB_PREMIUM, WEALTH_RETURN, IncomeParameters
from sim.mechanisms.income_settling import settle, sum_totals, write_receipts
from sim.places import N_COUNTIES
from sim.sectors import ORDINARY
from sim.world import Floats, World

__all__ = ["MECHANISM", "IncomeParameters", "start", "step"]


def grown(rate: float, month: int) -> float:
    """Return a growth factor since January 2023 at a yearly (log) rate."""
    return math.exp(rate * month / MONTHS_PER_YEAR)


def kernel_rates(p: IncomeParameters, month: int, moves_wealth: float) -> Floats:
    """Return the kernel's monthly rates, shape (N_RATES,); `moves_wealth` is the part of a month's saving that is
    booked (0 or 1)."""
    rates = np.empty(kernel.N_RATES)
    rates[kernel.FARM_FOREST] = p.farm_forest_share
    rates[kernel.OWN_TREND] = grown(p.own_business_trend, month)
    rates[kernel.FOREST_TREND] = grown(p.forest_trend, month)
    rates[kernel.RETURN] = WEALTH_RETURN / MONTHS_PER_YEAR
    rates[kernel.CHILD] = p.child_support * grown(p.transfer_trend, month)
    rates[kernel.FLOOR_TREND] = grown(p.consumption_trend, month)
    rates[kernel.PROPENSITY] = p.propensity
    rates[kernel.WEALTH_TERM] = p.wealth_effect
    rates[kernel.SAVED] = p.liquid_share * moves_wealth
    rates[kernel.DISSAVED] = moves_wealth
    return rates


def farm_income(world: World, p: IncomeParameters) -> Floats:
    """Return net income per farm worker by county, CNY/month before scaling, shape (6,).

    The land stays: when fewer work it, each of them earns more.
    """
    workers = zip(world.counties.farm_workers.tolist(), world.base.farm_workers.tolist(), strict=True)
    fewer = np.array([present / then if present > 0.0 and then > 0.0 else 1.0 for present, then in workers])
    per_worker = p.farm_income * grown(p.farm_trend, world.month)
    return np.asarray(per_worker * fewer ** (p.farm_labour_elasticity - 1.0))


def brand_factor(world: World) -> Floats:
    """Return the factor of the regional brand on the price of forest products by county, shape (6,)."""
    return np.asarray(1.0 + world.counties.brand_premium * world.counties.branded_share)


def forest_pay(world: World, p: IncomeParameters) -> Floats:
    """Return pay for work on let land, CNY/mu/month by county, shape (6,); the day wage follows the ordinary
    wage."""
    growth = world.counties.wage[:, ORDINARY] / world.base.wage[:, ORDINARY]
    return np.asarray(p.forest_days * p.forest_day_wage * growth / MONTHS_PER_YEAR)


def pensions(p: IncomeParameters, month: int) -> Floats:
    """Return pensions in CNY/person/month by zone of origin and age (60-64, 65+), shape (2, 2)."""
    amounts = np.array([[p.pension_rural, p.pension_rural], [p.pension_urban, p.pension_urban]])
    return amounts * grown(p.transfer_trend, month)


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


def settle_accounts(world: World, p: IncomeParameters, dividend: Floats, moves_wealth: float) -> Receipts:
    """Pay every household for this month; `dividend` is the consortium's, CNY/mu/year, shape (6,)."""
    households, hamlets = world.households, world.hamlets
    totals = np.empty((len(hamlets), kernel.N_PLACES, kernel.N_TOTALS))
    world.over_hamlets(
        settle,
        kernel_rates(p, world.month, moves_wealth),
        world.counties.wage,
        p.remit_share * world.counties.outside_wage,
        farm_income(world, p),
        JOB_PREMIUM,
        forest_pay(world, p),
        brand_factor(world),
        pensions(p, world.month),
        dividend,
        world.counties.stored_part,
        p.floor_share * world.base.income_target / MONTHS_PER_YEAR,
        world.base.income_scale,
        world.villages.dividends,
        world.villages.households,
        hamlets.village,
        hamlets.block_share,
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.urban,
        households.residence,
        (households.infants, households.children),
        (households.young_men, households.young_women, households.mid_men, households.mid_women),
        households.late,
        households.old,
        (households.away_young, households.away_mid),
        households.farm,
        households.local,
        households.local_skilled,
        households.own,
        households.job_cell,
        households.skill,
        households.forest,
        households.forest_let,
        households.forest_yield,
        households.let_how,
        households.lease_rent,
        households.own_business,
        households.wage_income,
        households.business_income,
        households.property_income,
        households.transfer_income,
        households.forestry_income,
        households.consumption,
        households.wealth,
        totals,
    )
    return Receipts(*sum_totals(totals, hamlets.weight, hamlets.county, hamlets.urban))


def write_counties(world: World, sums: Receipts) -> None:
    """Write what the accounts sum to into the county columns."""
    counties = world.counties
    write_receipts(
        sums.by_residence,
        sums.by_origin,
        counties.income,
        counties.forestry_income,
        counties.residents,
        counties.households,
        counties.consumption,
        counties.origin_rural_income,
        counties.origin_rural_persons,
        counties.farm_workers,
    )


def fitted_scale(world: World, p: IncomeParameters) -> Floats:
    """Return the scales at which income of January 2023 is the published one of 2022, shape (6, 2, 4).

    Income is linear in the scale: what is paid at scale 0 is contractual, the rest is scaled. A scale is 1
    where there is
    nothing to scale, and 0 where contracts already pay more than the statistics say.
    """
    base, none = world.base, np.zeros(N_COUNTIES)
    base.income_scale[:] = 0.0
    contractual = settle_accounts(world, p, none, 0.0).by_origin
    base.income_scale[:] = 1.0
    parts = components(settle_accounts(world, p, none, 0.0).by_origin - contractual)
    monthly = base.income_target[:, :, None] * base.income_shares / MONTHS_PER_YEAR
    wanted = monthly * contractual[:, :, kernel.RESIDENTS, None] - components(contractual)
    return np.maximum(np.divide(wanted, parts, out=np.ones_like(parts), where=parts > 0.0), 0.0)


def start(world: World, p: IncomeParameters) -> None:
    """Fix the income scales and the consumption of January 2023, and fill the accounts of the starting
    state."""
    world.base.income_scale[:] = fitted_scale(world, p)
    write_counties(world, settle_accounts(world, p, np.zeros(N_COUNTIES), 0.0))
    world.base.consumption[:] = world.counties.consumption
    world.base.farm_workers[:] = world.counties.farm_workers
    world.counties.local_demand[:] = 1.0


def step(world: World, p: IncomeParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Settle the accounts of a month and book every payment to its payer."""
    sums = settle_accounts(world, p, levers.effective(FOREST_DIVIDEND), 1.0)
    write_counties(world, sums)
    world.counties.local_demand[:] = local_demand(world, p)
    paid = sums.by_residence.sum(axis=1)
    ledger.paid[:, kernel.COMPONENT_OF, kernel.PAYER_OF] += paid[:, : kernel.N_PAYMENTS]  # no pair stands there twice


def local_demand(world: World, p: IncomeParameters) -> Floats:
    """Return local consumption relative to its trend by county, 1 in January 2023, shape (6,)."""
    growth = grown(p.consumption_trend, world.month)
    spent = zip(world.counties.consumption.tolist(), world.base.consumption.tolist(), strict=True)
    return np.array([present / (then * growth) if then > 0.0 else 1.0 for present, then in spent])


MECHANISM = Mechanism(
    name="income",
    phase=Phase.HOUSEHOLD_ACCOUNTS,
    meaning="Pays every household its four official income components and lets it spend and save.",
    parameters=IncomeParameters,
    levers=(FOREST_DIVIDEND,),
    step=step,
    start=start,
)
