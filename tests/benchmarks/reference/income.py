"""Household accounts; twin of `sim.mechanisms.income`."""

from __future__ import annotations

from collections.abc import Callable
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
from sim.levers import FOREST_DIVIDEND
from sim.mechanisms import income as mechanism
from sim.mechanisms import income_kernel as kernel
from sim.mechanisms.income_parameters import JOB_PREMIUM, IncomeParameters
from sim.mechanisms.income_settling import relative_demand
from sim.mechanisms.income_terms import Terms, shared_terms
from sim.places import N_COUNTIES
from sim.world import CORE, N_ZONES, POOLED, RURAL, STORED, URBAN


def _plain(rule: Any) -> Callable[..., float]:
    """Return a rule that returns Python floats: the constants of the kernel are in single precision."""
    return lambda *arguments: float(rule.py_func(*arguments))


place_of = kernel.place_of.py_func
local_wages = _plain(kernel.local_wages)
farm_sales = _plain(kernel.farm_sales)
own_forest = _plain(kernel.own_forest)
spending = _plain(kernel.spending)
saved = _plain(kernel.saved)
village_dividend = _plain(kernel.village_dividend)


FORESTRY, RESIDENTS, HOUSEHOLDS, SPENT, FARMERS = range(N_COMPONENTS, N_COMPONENTS + 5)
N_AMOUNTS = N_COMPONENTS + 5
"""What is counted by zone: the four components, then these."""


def _by_zone() -> list[list[list[float]]]:
    return [[[0.0] * N_AMOUNTS for _ in range(N_ZONES)] for _ in range(N_COUNTIES)]


@dataclass
class Month:
    """Terms of the month by county and zone, and what households received and from whom."""

    terms: list[list[Terms]]
    premiums: list[float]
    paid: Any = field(default_factory=lambda: [[[0.0] * 4 for _ in range(N_COMPONENTS)] for _ in range(N_COUNTIES)])
    by_residence: Any = field(default_factory=_by_zone)
    by_origin: Any = field(default_factory=_by_zone)


def _terms(model: Any, p: IncomeParameters) -> list[list[Terms]]:
    """Return the engine's terms of each county and zone, in single precision as it has them, as Python floats."""
    office = model.office
    rates = mechanism.kernel_rates(p, office.month, 1.0)
    columns = mechanism.county_terms(office.counties, office.base, model.levers.effective(FOREST_DIVIDEND))
    return [
        [Terms(*map(float, shared_terms.py_func(county, zone, rates, columns))) for zone in range(N_ZONES)]
        for county in range(N_COUNTIES)
    ]


def step(model: Any, p: IncomeParameters) -> None:
    """Settle the accounts of a month and book every payment to its payer."""
    office = model.office
    counties = office.counties
    month = Month(_terms(model, p), JOB_PREMIUM.tolist())
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
    growth = mechanism.grown(p.consumption_trend, office.month)
    spent = zip(counties.consumption.tolist(), office.base.consumption.tolist(), strict=True)
    counties.local_demand[:] = [relative_demand.py_func(now, then, growth) for now, then in spent]
    model.ledger.paid += np.array(month.paid)


def settle(household: Any, month: Month) -> None:
    """Receive the four components, spend and save."""
    h = household
    people, away = h.residents(), h.away_young + h.away_mid
    if people + away == 0:
        h.wage_income = h.business_income = h.property_income = h.transfer_income = 0.0
        h.forestry_income = h.consumption = 0.0
        return
    terms = month.terms[h.hamlet.county][URBAN if h.hamlet.urban else RURAL]
    paid = _Receipts(month.paid[h.county()], h.hamlet.weight)
    labour = _wages(h, month, terms, people, away, paid)
    fields, grown = _business(h, terms, paid)
    rent = _property(h, terms, paid)
    _transfers(h, terms, paid)
    h.wage_income, h.business_income, h.property_income, h.transfer_income = paid.components
    h.forestry_income = labour + grown + rent + fields * terms.forest_part
    income = sum(paid.components)
    h.consumption = spending(people, income, h.wealth, terms.floor, terms.propensity, terms.wealth_term)
    kept = saved(income, h.consumption, terms.saved_part, terms.dissaved_part)
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


def _wages(h: Any, month: Month, terms: Terms, people: int, away: int, paid: _Receipts) -> float:
    """Receive wages of residents, remittances and pay for forest work; return the last."""
    in_core = h.residence == CORE
    jobs = local_wages(
        terms.core_wage if in_core else terms.wage,
        terms.core_wage_skilled if in_core else terms.wage_skilled,
        h.local,
        h.local_skilled,
        month.premiums[h.job_cell + 1],
        h.skill,
    )
    paid.take(WAGE, ENTERPRISES, terms.wage_scale * jobs)
    if people > 0:
        paid.take(WAGE, OUTSIDE_ACCOUNT, terms.wage_scale * terms.remittance * away)
    works = h.young() + h.mid() + h.late > 0 and h.at_home()
    return paid.take(WAGE, ENTERPRISES, h.forest_let * terms.day_work if works else 0.0)


def _business(h: Any, terms: Terms, paid: _Receipts) -> tuple[float, float]:
    """Receive net income of farm, own forest and own business; return the first two."""
    sales = farm_sales(h.farm, terms.per_farmer, terms.forest_share, terms.brand)
    fields = paid.take(BUSINESS, OUTSIDE_ACCOUNT, terms.business_scale * sales)
    grown = own_forest(h.forest - h.forest_let, h.forest_yield, terms.forest_factor)
    paid.take(BUSINESS, OUTSIDE_ACCOUNT, grown)
    if h.own > 0:
        paid.take(BUSINESS, OUTSIDE_ACCOUNT, terms.business_scale * h.own_business * terms.own_trend)
    return fields, grown


def _property(h: Any, terms: Terms, paid: _Receipts) -> float:
    """Receive rent, dividends and interest; return what the forest brings of it."""
    rent = h.forest_let * h.lease_rent / 12.0
    if h.let_how == STORED:
        rent *= terms.stored_part
    elif h.let_how == POOLED:
        rent *= 1.0 - h.hamlet.block_share
    paid.take(PROPERTY, PUBLIC if h.let_how == STORED else ENTERPRISES, rent)
    pooled = h.forest_let * terms.per_pooled / 12.0 if h.let_how == POOLED else 0.0
    paid.take(PROPERTY, ENTERPRISES, pooled)
    village = h.hamlet.village
    paid.take(PROPERTY, COLLECTIVES, village_dividend(village.dividends, village.households))
    paid.take(PROPERTY, OUTSIDE_ACCOUNT, terms.property_scale * terms.interest * max(h.wealth, 0.0))
    return rent + pooled


def _transfers(h: Any, terms: Terms, paid: _Receipts) -> None:
    support = (h.late + h.old) * terms.pension + h.minors() * terms.child
    paid.take(TRANSFER, PUBLIC, terms.transfer_scale * support)


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
