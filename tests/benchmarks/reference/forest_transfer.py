"""Leases of forest land; twin of `sim.mechanisms.forest_transfer`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.levers import FOREST_CERTIFICATION, FOREST_STORAGE_BUDGET, FOREST_STORAGE_PRICE
from sim.mechanisms.forest_leases import FLOW, N_SUMS, POOLED_RENT, STORED_RENT
from sim.mechanisms.forest_rules import (
    BLOCK_RENT,
    COST,
    DIVIDEND,
    FREED,
    MATCH,
    RENT,
    STORE,
    YIELD_FACTOR,
    ForestParameters,
    county_terms,
    lease_months,
    letting_chance,
    value_of_letting,
)
from sim.mechanisms.queueing import serve_within_budget
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.world import HOME, N_LEASE_CHANNELS, NOT_LET, POOLED, SINGLE, STORED
from tests.benchmarks.reference import pooling
from tests.benchmarks.reference.draws import uniform, uniform_of

HELD, RENEWED = 0, N_LEASE_CHANNELS
"""Positions in a hamlet's sums: as `sim.mechanisms.forest_leases.N_SUMS` says."""

letting_chance = letting_chance.py_func
value_of_letting = value_of_letting.py_func


@dataclass
class LandMarket:
    """What reviewing households meet: terms by county, and the draws."""

    p: ForestParameters
    terms: list[list[float]]
    review: int
    match: int
    renewal: int
    lengths: int

    def months(self, agent: int) -> int:
        """Return the length of a new lease of a household."""
        p = self.p
        return lease_months.py_func(np.uint64(self.lengths), np.uint64(agent), p.shortest_lease, p.longest_lease)


def step(model: Any, p: ForestParameters) -> None:
    """Move leases by a month, certify, store, form blocks and record."""
    terms = county_terms(model.office, p, model.levers)
    market = LandMarket(
        p,
        terms.tolist(),
        model.stream(Purpose.FOREST_REVIEW),
        model.stream(Purpose.FOREST_MATCH),
        model.stream(Purpose.FOREST_RENEWAL),
        model.stream(Purpose.LEASE_TERMS),
    )
    model.hamlets.do("open_month_of_land", p)
    model.households.do("review_land", market)
    _certify(model)
    _store(model, p)
    pooling.pool(model, p, terms)
    _record(model)


def open_month_of_land(hamlet: Any, p: ForestParameters) -> None:
    """Start the hamlet's sums anew and find what its households fear for land without a certificate."""
    hamlet.land = [0.0] * N_SUMS
    hamlet.fear = p.tenure_risk * (1.0 - hamlet.certified)


def review_land(household: Any, market: LandMarket) -> None:
    """Review retained land, or carry a lease on; add the land to the hamlet's sums."""
    h = household
    h.wants_storage = False
    if h.forest <= 0.0:
        return
    land, terms = h.hamlet.land, market.terms[h.hamlet.county]
    land[HELD] += h.forest
    if h.let_how == NOT_LET:
        _offer(h, market, terms)
    elif h.lease_left > 1:
        h.lease_left -= 1
    else:
        _end_lease(h, market, terms)
    if h.let_how != NOT_LET:
        land[h.let_how] += h.forest
    if h.let_how == POOLED:
        land[POOLED_RENT] += h.forest * h.lease_rent
    if h.let_how == STORED and h.can_be_paid():
        land[STORED_RENT] += h.forest * h.lease_rent


def _value(h: Any, market: LandMarket, terms: list[float], rent: float, cost: float, fear: float) -> float:
    own_yield = h.forest_yield * terms[YIELD_FACTOR]
    if h.residence != HOME:
        own_yield *= 1.0 - market.p.absent_loss
    return value_of_letting(rent, own_yield, terms[FREED] if h.farm > 0 else 0.0, cost, fear)


def _chance(h: Any, market: LandMarket, value: float) -> float:
    p = market.p
    return letting_chance(value, p.scale, p.peer, h.hamlet.transfer_share, p.peer_reference)


def _offer(h: Any, market: LandMarket, terms: list[float]) -> None:
    """Offer the land when a review says so: to an operator, else perhaps to the storage platform."""
    draw, hazard = uniform(market.review, h.id), market.p.review_hazard
    if draw >= hazard:
        return
    cost, fear = terms[COST], h.hamlet.fear
    if draw >= hazard * _chance(h, market, _value(h, market, terms, terms[RENT], cost, fear)):
        return
    if uniform(market.match, h.id) < terms[MATCH]:
        h.let_how, h.forest_let = SINGLE, h.forest
        h.hamlet.land[FLOW + SINGLE] += h.forest
        _sign_lease(h, market, terms[RENT])
    elif terms[STORE] > 0.0 and h.can_be_paid():
        h.wants_storage = draw < hazard * _chance(h, market, _value(h, market, terms, terms[STORE], cost, fear))


def _end_lease(h: Any, market: LandMarket, terms: list[float]) -> None:
    """Renew the lease with the known partner, on the terms of the block where it is in one, or take the land back."""
    if h.let_how == POOLED:
        rent = terms[BLOCK_RENT] * (1.0 - h.hamlet.block_share) + terms[DIVIDEND]
        value = _value(h, market, terms, rent, 0.0, 0.0)
    else:
        value = _value(h, market, terms, terms[RENT], 0.0, h.hamlet.fear)
    value += market.p.renewal_inertia * market.p.scale
    if h.let_how != STORED and uniform(market.renewal, h.id) < _chance(h, market, value):
        h.hamlet.land[RENEWED] += h.forest
        _sign_lease(h, market, terms[BLOCK_RENT if h.let_how == POOLED else RENT])
    else:
        h.let_how, h.forest_let, h.lease_left, h.lease_rent = NOT_LET, 0.0, 0, 0.0


def _sign_lease(h: Any, market: LandMarket, rent: float) -> None:
    """Agree on length and rent; some leases of single plots are paid up front."""
    months = market.months(h.id)
    h.lease_left, h.lease_rent = months, rent
    if h.let_how == SINGLE and uniform_of(market.lengths, h.id, 1) < market.p.lump_share:
        h.wealth += h.forest * rent * months / 12.0
        h.lease_rent = 0.0


def _certify(model: Any) -> None:
    """Certify the month's capacity pro rata to the uncertified land of a county's hamlets."""
    capacity = model.levers.effective(FOREST_CERTIFICATION)
    if not capacity.any():
        return
    open_land = [0.0] * N_COUNTIES
    for hamlet in model.hamlets:
        open_land[hamlet.county] += hamlet.weight * hamlet.land[HELD] * (1.0 - hamlet.certified)
    parts = [
        0.0 if can == 0.0 else can / land if land > can else 1.0 for can, land in zip(capacity, open_land, strict=True)
    ]
    for hamlet in model.hamlets.select(lambda hamlet: not hamlet.urban):
        hamlet.certified += (1.0 - hamlet.certified) * parts[hamlet.county]


def _store(model: Any, p: ForestParameters) -> None:
    """Let the storage platform rent what its budget covers, book its rents of the month, and end what it cannot pay."""
    levers, counties = model.levers, model.office.counties
    budget = levers.effective(FOREST_STORAGE_BUDGET)
    price = levers.effective(FOREST_STORAGE_PRICE)
    due = np.zeros(N_COUNTIES)
    for hamlet in model.hamlets:
        due[hamlet.county] += hamlet.weight * hamlet.land[STORED_RENT] / 12.0
    cost = np.minimum(due, budget)
    cost *= min(1.0, levers.funds(FOREST_STORAGE_BUDGET) / max(cost.sum(), 1e-9))
    counties.stored_part[:] = [paid / owed if owed > 0.0 else 1.0 for paid, owed in zip(cost, due, strict=True)]
    funds = levers.funds(FOREST_STORAGE_BUDGET) - cost.sum()
    state = model.stream(Purpose.FOREST_STORAGE)
    queue = sorted(model.households.select(lambda h: h.wants_storage), key=lambda h: uniform(state, h.id))

    def rents(households: list[Any]) -> Any:
        return np.array([h.hamlet.weight * h.forest * price[h.hamlet.county] / 12.0 for h in households])

    within_county = []
    for county in range(N_COUNTIES):
        here = [h for h in queue if h.hamlet.county == county]
        within_county += _first(here, serve_within_budget(rents(here), float(budget[county] - cost[county])))
    affordable = [h for h in queue if h in within_county]
    for h in _first(affordable, serve_within_budget(rents(affordable), funds)):
        county = h.hamlet.county
        cost[county] += rents([h])[0]
        h.let_how, h.forest_let = STORED, h.forest
        h.lease_rent, h.lease_left = float(price[county]), round(12 * p.shortest_lease)
        h.hamlet.land[STORED] += h.forest
        h.hamlet.land[FLOW + STORED] += h.forest
    model.ledger.spend(levers, FOREST_STORAGE_BUDGET, cost)
    for h in model.households.select(lambda h: h.let_how == STORED):
        if counties.stored_part[h.hamlet.county] < 1.0:
            h.lease_left = 1


def _first(queue: list[Any], served: Any) -> list[Any]:
    return [agent for agent, takes in zip(queue, served, strict=True) if takes]


def record_land(hamlet: Any, totals: list[list[float]], orphaned: list[float]) -> None:
    """Note what is let, and add the hamlet's land to its county's."""
    let = sum(hamlet.land[SINGLE:FLOW])
    held = hamlet.land[HELD]
    hamlet.transfer_share = min(max(let / held, 0.0), 1.0) if held > 0.0 else 0.0
    hamlet.pooled_forest = hamlet.land[POOLED]
    hamlet.collective_rent = hamlet.block_share * hamlet.land[POOLED_RENT]
    for position, area in enumerate(hamlet.land):
        totals[hamlet.county][position] += hamlet.weight * area
    orphaned[hamlet.county] += hamlet.weight * hamlet.orphan_forest


def _record(model: Any) -> None:
    counties = model.office.counties
    totals, orphaned = [[0.0] * N_SUMS for _ in range(N_COUNTIES)], [0.0] * N_COUNTIES
    model.hamlets.do("record_land", totals, orphaned)
    land = np.array(totals)
    counties.forest_total[:] = land[:, HELD] + orphaned
    counties.forest_let[:, SINGLE:] = land[:, SINGLE:FLOW]
    counties.forest_flow[:] = land[:, FLOW:POOLED_RENT]
