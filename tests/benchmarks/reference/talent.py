"""Talent that firms certify themselves; twin of `sim.mechanisms.talent`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.calendar import month_of_year
from sim.levers import TALENT_QUOTA_RATE, TALENT_SUBSIDY, WHITELIST_FIRMS
from sim.mechanisms import talent as mechanism
from sim.mechanisms.queueing import serve_within_budget
from sim.mechanisms.talent import TalentParameters, months_of_wage
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.sectors import TERTIARY
from tests.benchmarks.reference.draws import uniform, uniform_of

quota = mechanism.quota.py_func
use_chance = mechanism.use_chance.py_func
net_benefit = mechanism.net_benefit.py_func


def step(model: Any, p: TalentParameters) -> None:
    """Keep the whitelist, let firms learn of it and certify."""
    counties, levers = model.office.counties, model.levers
    counties.talents_certified[:] = 0.0
    if month_of_year(model.office.month) == 1:
        model.enterprises.set("certified_year", 0.0)
    number = levers.effective(WHITELIST_FIRMS)
    model.enterprises.set("whitelisted", 0)
    if not number.any():
        return
    listed = _whitelist(model, number)
    state = model.stream(Purpose.FIRM_AWARENESS)
    for firm in listed:
        firm.whitelisted = 1
        firm.aware |= int(uniform(state, firm.id) < 1.0 - math.exp(-p.awareness))
    people = np.zeros(N_COUNTIES)
    for firm, certified in zip(listed, _certified(model, p, listed), strict=True):
        firm.certified += certified
        firm.certified_year += certified
        people[firm.county] += certified * firm.weight
    counties.talents_certified[:] = people
    subsidy = levers.effective(TALENT_SUBSIDY)
    if subsidy.any():
        model.ledger.spend(levers, TALENT_SUBSIDY, people * subsidy)


def _whitelist(model: Any, number: Any) -> list[Any]:
    """Return the whitelisted firms: those with most talents, then research."""
    candidates = model.enterprises.select(
        lambda firm: firm.city_administered == 1 and firm.talents > 0.0 and number[firm.county] > 0.0
    )
    order = sorted(candidates, key=lambda firm: (-firm.talents, -firm.research, firm.id))
    return order[: int(number.max())]


def _certified(model: Any, p: TalentParameters, listed: list[Any]) -> list[float]:
    """Return how many talents each listed firm certifies this month."""
    levers, state = model.levers, model.stream(Purpose.TALENT)
    county = np.array([firm.county for firm in listed], dtype=np.intp)
    rate, subsidy = levers.effective(TALENT_QUOTA_RATE)[county], levers.effective(TALENT_SUBSIDY)[county]
    places = quota(np.array([firm.talents for firm in listed]), rate)
    research = np.array([firm.research for firm in listed])
    rank = np.searchsorted(np.sort(research), research) / max(len(listed) - 1, 1)
    wage = model.office.counties.wage[county, TERTIARY]
    benefit = net_benefit(wage, subsidy, months_of_wage(p), p.evaluation_cost, p.research_relief, rank)
    chance = use_chance(benefit, p.use, p.benefit_scale)
    wanted = [
        sum(
            uniform_of(state, firm.id, place) < chance[k]
            for place in range(int(max(places[k] - firm.certified_year, 0.0)) if firm.aware == 1 else 0)
        )
        for k, firm in enumerate(listed)
    ]
    if not subsidy.any():
        return wanted
    order = sorted(range(len(listed)), key=lambda k: uniform(state, listed[k].id))
    costs = np.array([wanted[k] * listed[k].weight * subsidy[k] for k in order])
    served = serve_within_budget(costs, levers.funds(TALENT_SUBSIDY))
    paid = {k for k, is_served in zip(order, served, strict=True) if is_served}
    return [certified if k in paid else 0 for k, certified in enumerate(wanted)]
