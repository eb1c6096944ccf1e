"""Relocation of hill hamlets; twin of `sim.mechanisms.relocation`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.levers import RELOCATION_CONSENT, RELOCATION_CONSULTATIONS, RELOCATION_HOMES, RELOCATION_SUBSIDY
from sim.mechanisms import relocation as mechanism
from sim.mechanisms import relocation_consultations, relocation_moves
from sim.mechanisms.queueing import serve_within_budget, serve_within_capacity
from sim.mechanisms.relocation_parameters import RelocationParameters
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.sectors import ORDINARY
from sim.world import (
    AWARE_RELOCATION,
    CONSULTED,
    DECLINED,
    HOME,
    LEAVING,
    MOVED,
    MOVED_WHOLE,
    NOT_ASKED,
    RESETTLED,
    STAYING,
    TOWN,
    WAITING,
)
from tests.benchmarks.reference.draws import uniform

LONGEST_WAIT = 30_000
"""Months after which an application is no older, the size of the engine's column."""

acceptance_chance = relocation_consultations.acceptance_chance.py_func
preparation_months = relocation_moves.preparation_months.py_func


@dataclass
class Consultation:
    """What cadres tell a hamlet: the logit of its county, the consent share it needs, and the draws."""

    p: RelocationParameters
    logit: float
    needed: float
    taste: int
    singly: int


def step(model: Any, p: RelocationParameters) -> None:
    """Build homes, consult hamlets, move those who are ready, count."""
    counties = model.office.counties
    homes = model.levers.effective(RELOCATION_HOMES)
    counties.homes += homes
    counties.homes_built += homes
    _consult(model, p)
    concerned = list(model.hamlets.select(lambda hamlet: hamlet.relocation in (CONSULTED, LEAVING)))
    counties.relocation_queue[:] = 0.0
    state = model.lasting_stream(Purpose.RELOCATION_PREPARATION)
    ready = [h for hamlet in concerned for h in hamlet.households() if h.prepare(p, state)]
    _move(model, p, ready)
    _close_hamlets(model, concerned)


def _consult(model: Any, p: RelocationParameters) -> None:
    counties = model.office.counties
    capacity = model.levers.effective(RELOCATION_CONSULTATIONS)
    counties.consult_credit[capacity == 0.0] = 0.0
    for county in np.flatnonzero(capacity):
        queue = _queue(model, county)
        served, credit = serve_within_capacity(
            np.array([hamlet.weight for hamlet in queue]),
            float(counties.consult_credit[county]),
            float(capacity[county]),
        )
        counties.consult_credit[county] = credit
        consultation = _consultation(model, p, county)
        for hamlet, is_served in zip(queue, served, strict=True):
            if is_served:
                hamlet.consult(consultation)


def _queue(model: Any, county: int) -> list[Any]:
    """Return a county's hamlets still to be consulted, the most urgent first."""
    state = model.lasting_stream(Purpose.RELOCATION_CONSULTATION)
    waiting = model.hamlets.select(
        lambda hamlet: hamlet.county == county and hamlet.eligible == 1 and hamlet.relocation == STAYING
    )
    return sorted(waiting, key=lambda hamlet: (-hamlet.hazard, -(hamlet.minutes // 10.0), uniform(state, hamlet.id)))


def _consultation(model: Any, p: RelocationParameters, county: int) -> Consultation:
    wages = model.office.counties.wage[:, ORDINARY]
    subsidy = float(model.levers.effective(RELOCATION_SUBSIDY)[county])
    logit = (
        mechanism.mean_logit(p.acceptance, p.hamlet_spread)
        + p.wage_weight * math.log(wages[county] / wages.mean())
        + p.subsidy_weight * (subsidy - p.reference_subsidy) / 10_000.0
    )
    return Consultation(
        p,
        logit,
        p.consent_threshold * float(model.levers.effective(RELOCATION_CONSENT)[county]),
        model.lasting_stream(Purpose.RELOCATION_ACCEPTANCE),
        model.lasting_stream(Purpose.RELOCATION_SINGLE),
    )


def consult(hamlet: Any, consultation: Consultation) -> None:
    """Ask every household at home; leave as a whole where enough accept, else let accepters move singly."""
    p = consultation.p
    logit = consultation.logit + p.hamlet_spread * hamlet.attachment
    asked = [h for h in hamlet.households() if h.residence == HOME]
    accepters = [h for h in asked if _accepts(h, consultation, logit)]
    whole = bool(asked) and len(accepters) >= consultation.needed * len(asked)
    for h in asked:
        h.aware |= AWARE_RELOCATION
        h.relocation_wait = 0
        moves = whole or (h in accepters and uniform(consultation.singly, h.id) < p.single_share)
        h.relocation = WAITING if moves else DECLINED
    hamlet.relocation = LEAVING if whole else CONSULTED


def _accepts(h: Any, consultation: Consultation, logit: float) -> bool:
    p, persons = consultation.p, max(h.residents(), 1)
    rule = (
        p.work_weight,
        p.age_weight,
        p.land_weight,
        p.reference_working,
        p.reference_old,
        p.reference_land,
    )
    working = (h.young() + h.mid()) / persons
    return uniform(consultation.taste, h.id) < acceptance_chance(logit, working, h.old / persons, h.forest, rule)


def prepare(household: Any, p: RelocationParameters, state: int) -> bool:
    """Age an application by a month and say whether the household is ready to move."""
    h = household
    whole = h.hamlet.relocation == LEAVING
    if h.residence != HOME:
        return False
    if whole and h.relocation == NOT_ASKED:
        h.relocation = WAITING
    if h.relocation != WAITING:
        return False
    h.relocation_wait = min(h.relocation_wait + 1, LONGEST_WAIT)
    who = h.hamlet.id if whole else h.id
    return h.relocation_wait >= preparation_months(np.uint64(state), np.uint64(who), p.preparation_hazard)


def _move(model: Any, p: RelocationParameters, ready: list[Any]) -> None:
    """Move ready households while homes and money last; who has waited longest comes first."""
    counties, levers = model.office.counties, model.levers
    state, places = model.stream(Purpose.RELOCATION_MOVE), model.stream(Purpose.RELOCATION_DESTINATION)
    runs = levers.written(*mechanism.LEVERS)
    served = [h for h in ready if runs[h.hamlet.county]]
    order = sorted(served, key=lambda h: (-h.relocation_wait, uniform(state, h.id)))
    housed = set()
    for county in range(N_COUNTIES):
        here = [h for h in order if h.hamlet.county == county]
        homes = serve_within_budget(np.array([h.hamlet.weight for h in here]), float(counties.homes[county]))
        housed.update(h for h, home in zip(here, homes, strict=True) if home)
    order = [h for h in order if h in housed]
    rate = levers.effective(RELOCATION_SUBSIDY)
    subsidies = [rate[h.hamlet.county] * (h.residents() + h.members_away()) for h in order]
    weights = [h.hamlet.weight for h in order]
    paid = serve_within_budget(np.multiply(subsidies, weights), levers.funds(RELOCATION_SUBSIDY))
    cost = np.zeros(N_COUNTIES)
    for h, subsidy, is_paid in zip(order, subsidies, paid, strict=True):
        if not is_paid:
            continue
        county, weight = h.hamlet.county, h.hamlet.weight
        h.residence = TOWN if uniform(places, h.id) < p.town_share else RESETTLED
        h.relocation = MOVED
        h.wealth += subsidy
        counties.homes[county] -= weight
        counties.relocated_persons[county] += weight * (h.residents() + h.members_away())
        cost[county] += weight * subsidy
    counties.homes[:] = np.maximum(counties.homes, 0.0)
    model.ledger.spend(levers, RELOCATION_SUBSIDY, cost)


def _close_hamlets(model: Any, concerned: list[Any]) -> None:
    """Record the queue, and the hamlets whose last household has moved."""
    counties = model.office.counties
    for hamlet in concerned:
        waiting = sum(h.relocation == WAITING for h in hamlet.households())
        counties.relocation_queue[hamlet.county] += hamlet.weight * waiting
        if hamlet.relocation == LEAVING and waiting == 0:
            hamlet.relocation = MOVED_WHOLE
            counties.relocated_hamlets[hamlet.county] += hamlet.weight
