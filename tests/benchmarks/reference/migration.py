"""Out-migration and return; twin of `sim.mechanisms.migration`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from sim.calendar import MONTHS_PER_YEAR
from sim.mechanisms import migration as mechanism
from sim.mechanisms import migration_kernel as kernel
from sim.mechanisms.members import IDLE_FIRST
from sim.mechanisms.migration import MigrationParameters
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.sectors import ORDINARY
from sim.world import HOME
from tests.benchmarks.reference.draws import uniform, uniform_of
from tests.benchmarks.reference.members import keep_skills, stop_work

advantage_gained = mechanism.advantage_gained.py_func
hazard_factor = mechanism.hazard_factor.py_func
mobility = kernel.mobility.py_func
exposed = kernel.exposed.py_func
return_chance = kernel.return_chance.py_func


@dataclass
class Outside:
    """What draws members out (by county and zone) and back this month, and who has moved, by county."""

    p: MigrationParameters
    leaving: list[list[float]]
    returning: list[float]
    stream: int
    detail: int
    arrivals: list[float] = field(default_factory=lambda: [0.0] * N_COUNTIES)
    departures: list[float] = field(default_factory=lambda: [0.0] * N_COUNTIES)


def step(model: Any, p: MigrationParameters) -> None:
    """Let members leave the city and come back."""
    office = model.office
    log_growth = p.outside_trend * office.month / MONTHS_PER_YEAR
    office.counties.outside_wage[:] = p.outside_wage * math.exp(log_growth)
    factors = _factors(office, p, log_growth)
    outside = Outside(
        p,
        [[hazard * factors[c] for hazard in row] for c, row in enumerate(office.base.out_migration.tolist())],
        [p.return_hazard / factor for factor in factors],
        model.stream(Purpose.OUT_MIGRATION),
        model.stream(Purpose.RETURN_MIGRATION),
    )
    model.households.do("migrate", outside)
    office.counties.arrivals[:] = outside.arrivals
    office.counties.departures[:] = outside.departures


def _factors(office: Any, p: MigrationParameters, log_growth: float) -> list[float]:
    """Return by county the factor of the gain of the outside advantage on the hazard to leave."""
    counties, base = office.counties, office.base
    wage, normal_wage = counties.wage[:, ORDINARY].tolist(), base.wage[:, ORDINARY].tolist()
    finding = counties.finding[:, ORDINARY].tolist()
    normal_finding = (base.filling[:, ORDINARY] * base.tightness[:, ORDINARY]).tolist()
    terms = zip(wage, normal_wage, finding, normal_finding, strict=True)
    return [hazard_factor(p.income_response, advantage_gained(log_growth, *term)) for term in terms]


def migrate(household: Any, outside: Outside) -> None:
    """Let at most one member leave or return."""
    h, p = household, outside.p
    young, mid, away = h.young(), h.mid(), h.away_young + h.away_mid
    if young + mid + away == 0:
        return
    county = h.county()
    remote = 1.0 + p.remote_push * h.hamlet.minutes / 60.0
    factor = mobility(p.care_bond, remote, h.minors() + h.old, h.residence == HOME)
    persons = exposed(young, mid, p.mid_mobility)
    leaving = persons * factor * outside.leaving[county][h.hamlet.urban]
    returning = return_chance(away, outside.returning[county], h.old, p.return_for_old)
    draw = uniform(outside.stream, h.id)
    if draw < leaving:
        outside.departures[county] += h.hamlet.weight * _leave(h, outside, draw / leaving * persons)
    elif draw < leaving + returning:
        which = (draw - leaving) / returning * away
        outside.arrivals[county] += h.hamlet.weight * _return(h, outside, which)


def _leave(h: Any, outside: Outside, which: float) -> int:
    """Let the member at position `which` of the exposed ones go, perhaps with a child; return who left."""
    _leave_work(h, uniform_of(outside.detail, h.id, 0))
    if which < h.young():
        is_man = which < h.young_men
        h.young_men -= is_man
        h.young_women -= not is_man
        h.away_young += 1
    else:
        is_man = which - h.young() < outside.p.mid_mobility * h.mid_men
        h.mid_men -= is_man
        h.mid_women -= not is_man
        h.away_mid += 1
    if h.children > 0 and uniform_of(outside.detail, h.id, 1) < outside.p.child_follows:
        h.children -= 1
        h.away_children += 1
        return 2
    return 1


def _leave_work(h: Any, draw: float) -> None:
    """Take the leaver out of work and education; one without work may leave."""
    adults = h.adults()
    if h.idle > 0 or draw * (h.young() + h.mid()) < h.workers():
        stop_work(h, IDLE_FIRST)
    h.tertiary -= h.tertiary > 0 and draw * adults < h.tertiary
    keep_skills(h, adults - 1)


def _return(h: Any, outside: Outside, which: float) -> int:
    """Let the member at position `which` of those away come back, perhaps with children; return who came."""
    last = h.away_young + h.away_mid == 1
    is_man = uniform_of(outside.detail, h.id, 0) < 0.5
    if which < h.away_young:
        h.away_young -= 1
        h.young_men += is_man
        h.young_women += not is_man
    else:
        h.away_mid -= 1
        h.mid_men += is_man
        h.mid_women += not is_man
    h.idle += 1
    h.tertiary += uniform_of(outside.detail, h.id, 1) < outside.p.returner_tertiary
    coming = 0
    if last or uniform_of(outside.detail, h.id, 2) < outside.p.child_follows:
        coming = h.away_children if last else min(1, h.away_children)
    h.away_children -= coming
    h.children += coming
    return 1 + coming
