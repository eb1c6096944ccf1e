"""Household accounts; twin of `sim.mechanisms.income`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.accounting import (
    BUSINESS,
    COLLECTIVES,
    ENTERPRISES,
    N_COMPONENTS,
    OUTSIDE_ACCOUNT,
    PROPERTY,
    PUBLIC,
    TRANSFER,
    WAGE,
)
from sim.calendar import MONTHS_PER_YEAR
from sim.levers import FOREST_DIVIDEND
from sim.mechanisms import income as mechanism
from sim.mechanisms import income_kernel as kernel
from sim.mechanisms.income_parameters import JOB_PREMIUM, IncomeParameters
from sim.places import N_COUNTIES
from sim.world import N_ZONES, POOLED, RURAL, STORED, URBAN

place_of = kernel.place_of.py_func
local_wages = kernel.local_wages.py_func
farm_sales = kernel.farm_sales.py_func
own_forest = kernel.own_forest.py_func
spending = kernel.spending.py_func
saved = kernel.saved.py_func
village_dividend = kernel.village_dividend.py_func


FORESTRY, RESIDENTS, HOUSEHOLDS, SPENT, FARMERS = range(N_COMPONENTS, N_COMPONENTS + 5)
N_AMOUNTS = N_COMPONENTS + 5
"""What is counted by zone: the four components, then these."""


def _by_zone() -> list[list[list[float]]]:
    return [[[0.0] * N_AMOUNTS for _ in range(N_ZONES)] for _ in range(N_COUNTIES)]


@dataclass
class Month:
    """Rates of the month by county and zone, and what households received and from whom."""

    rates: list[float]
    wage: list[list[float]]
    remittance: list[float]
    farm_income: list[float]
    premiums: list[float]
    forest_pay: list[float]
    brand: list[float]
    pensions: list[list[float]]
    dividend: list[float]
    floors: list[list[float]]
    scale: list[list[list[float]]]
    paid: Any = field(default_factory=lambda: [[[0.0] * 4 for _ in range(N_COMPONENTS)] for _ in range(N_COUNTIES)])
    by_residence: Any = field(default_factory=_by_zone)
    by_origin: Any = field(default_factory=_by_zone)


def step(model: Any, p: IncomeParameters) -> None:
    """Settle the accounts of a month and book every payment to its payer."""
    office = model.office
    base, counties = office.base, office.counties
    month = Month(
        mechanism.kernel_rates(p, office.month, 1.0).tolist(),
        counties.wage.tolist(),
        (p.remit_share * counties.outside_wage).tolist(),
        mechanism.farm_income(office, p).tolist(),
        JOB_PREMIUM.tolist(),
        mechanism.forest_pay(office, p).tolist(),
        mechanism.brand_factor(office).tolist(),
        mechanism.pensions(p, office.month).tolist(),
        model.levers.effective(FOREST_DIVIDEND).tolist(),
        (p.floor_share * base.income_target / MONTHS_PER_YEAR).tolist(),
        base.income_scale.tolist(),
    )
    model.households.do("settle", month)
    here, origin = np.array(month.by_residence), np.array(month.by_origin)
    counties.income[:] = here[:, :, :N_COMPONENTS].reshape(N_COUNTIES, -1)
    counties.forestry_income[:] = here[:, :, FORESTRY]
    counties.residents[:] = here[:, :, RESIDENTS]
    counties.households[:] = here[:, :, HOUSEHOLDS]
    counties.consumption[:] = here[:, :, SPENT].sum(axis=1)
    counties.origin_rural_income[:] = origin[:, RURAL, :N_COMPONENTS].sum(axis=1)
    counties.origin_rural_persons[:] = origin[:, RURAL, RESIDENTS]
    counties.farm_workers[:] = origin[:, :, FARMERS].sum(axis=1)
    counties.local_demand[:] = mechanism.local_demand(office, p)
    model.ledger.paid += np.array(month.paid)


def settle(household: Any, month: Month) -> None:
    """Receive the four components, spend and save."""
    h = household
    people, away = h.residents(), h.away_young + h.away_mid
    if people + away == 0:
        h.wage_income = h.business_income = h.property_income = h.transfer_income = 0.0
        h.forestry_income = h.consumption = 0.0
        return
    here, zone = h.hamlet.county, URBAN if h.hamlet.urban else RURAL
    paid = _Receipts(month.paid[h.county()], h.hamlet.weight)
    scale, brand = month.scale[here][zone], month.brand[here]
    labour = _wages(h, month, scale[WAGE], people, away, paid)
    fields, grown = _business(h, month, scale[BUSINESS], brand, paid)
    rent = _property(h, month, scale[PROPERTY], paid)
    _transfers(h, month, scale[TRANSFER], month.pensions[zone], paid)
    h.wage_income, h.business_income, h.property_income, h.transfer_income = paid.components
    share = month.rates[kernel.FARM_FOREST]
    h.forestry_income = labour + grown + rent + fields * share * brand / (1.0 - share + share * brand)
    income = sum(paid.components)
    floor = month.floors[here][zone] * month.rates[kernel.FLOOR_TREND]
    h.consumption = spending(
        people, income, h.wealth, floor, month.rates[kernel.PROPENSITY], month.rates[kernel.WEALTH_TERM]
    )
    kept = saved(income, h.consumption, month.rates[kernel.SAVED], month.rates[kernel.DISSAVED])
    h.wealth = max(0.0, h.wealth + kept)
    _count(h, month, people, paid.components)


class _Receipts:
    """What one household receives, by component, and the county's account of who paid it."""

    def __init__(self, county: list[list[float]], weight: float) -> None:
        self.county = county
        self.weight = weight
        self.components = [0.0] * N_COMPONENTS

    def take(self, component: int, payer: int, amount: float) -> float:
        """Receive an amount in CNY from a payer."""
        self.components[component] += amount
        self.county[component][payer] += self.weight * amount
        return amount


def _wages(h: Any, month: Month, scale: float, people: int, away: int, paid: _Receipts) -> float:
    """Receive wages of residents, remittances and pay for forest work; return the last."""
    ordinary, tertiary = month.wage[h.county()]
    premium = month.premiums[h.job_cell + 1]
    jobs = local_wages(ordinary, tertiary, h.local, h.local_skilled, premium, h.skill)
    paid.take(WAGE, ENTERPRISES, scale * jobs)
    if people > 0:
        paid.take(WAGE, OUTSIDE_ACCOUNT, scale * month.remittance[h.hamlet.county] * away)
    works = h.young() + h.mid() + h.late > 0 and h.at_home()
    pay = h.forest_let * month.forest_pay[h.hamlet.county] if works else 0.0
    return paid.take(WAGE, ENTERPRISES, pay)


def _business(h: Any, month: Month, scale: float, brand: float, paid: _Receipts) -> tuple[float, float]:
    """Receive net income of farm, own forest and own business; return the first two."""
    rates = month.rates
    sales = farm_sales(h.farm, month.farm_income[h.hamlet.county], rates[kernel.FARM_FOREST], brand)
    fields = paid.take(BUSINESS, OUTSIDE_ACCOUNT, scale * sales)
    factor = brand * rates[kernel.FOREST_TREND]
    grown = own_forest(h.forest - h.forest_let, h.forest_yield, factor)
    paid.take(BUSINESS, OUTSIDE_ACCOUNT, grown)
    if h.own > 0:
        paid.take(BUSINESS, OUTSIDE_ACCOUNT, scale * h.own_business * rates[kernel.OWN_TREND])
    return fields, grown


def _property(h: Any, month: Month, scale: float, paid: _Receipts) -> float:
    """Receive rent, dividends and interest; return what the forest brings of it."""
    rent = h.forest_let * h.lease_rent / 12.0
    paid.take(PROPERTY, PUBLIC if h.let_how == STORED else ENTERPRISES, rent)
    pooled = h.forest_let * month.dividend[h.hamlet.county] / 12.0 if h.let_how == POOLED else 0.0
    paid.take(PROPERTY, ENTERPRISES, pooled)
    village = h.hamlet.village
    paid.take(PROPERTY, COLLECTIVES, village_dividend(village.dividends, village.households))
    paid.take(PROPERTY, OUTSIDE_ACCOUNT, scale * month.rates[kernel.RETURN] * max(h.wealth, 0.0))
    return rent + pooled


def _transfers(h: Any, month: Month, scale: float, pensions: list[float], paid: _Receipts) -> None:
    support = h.late * pensions[0] + h.old * pensions[1] + h.minors() * month.rates[kernel.CHILD]
    paid.take(TRANSFER, PUBLIC, scale * support)


def _count(h: Any, month: Month, people: int, components: list[float]) -> None:
    """Add the household to the totals of where it lives and of where it comes from."""
    weight = h.hamlet.weight
    zone = RURAL if place_of(h.residence, h.hamlet.urban) == kernel.RURAL_OWN else URBAN
    origin = URBAN if h.hamlet.urban else RURAL
    amounts = (*components, h.forestry_income, people, people > 0, h.consumption, h.farm)
    places = (month.by_residence[h.county()][zone], month.by_origin[h.hamlet.county][origin])
    for totals in places:
        for position, amount in enumerate(amounts):
            totals[position] += weight * amount
