"""Talent that firms certify themselves.

    rule      the WHITELIST_FIRMS city-administered firms with most talents, then research, are listed
    quota     floor(TALENT_QUOTA_RATE * talents) places a year
    aware     a firm on the list learns of its right with hazard `awareness`
    use       an open place is used with hazard `use * logistic((benefit - cost) / scale) * 2` a month
    benefit   subsidy + pay premium of the class the certificate gives, for the years a talent stays
    cost      evaluation, which costs a firm less the more research it does
    outside   the slow official route of other firms is not counted as self-certification and not modelled

At the default benefit and cost of a firm with average research the logistic is one half, so that `use` is the
hazard of feasibility section 5; only the product of quota rate and hazard is identified. Subsidies are booked
to the programmes that moved the lever and stop where a budget ends: who comes first is decided by the draws
of the month.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.accounting import Ledger
from sim.calendar import MONTHS_PER_YEAR, month_of_year
from sim.levers import TALENT_QUOTA_RATE, TALENT_SUBSIDY, WHITELIST_FIRMS, LeverBoard
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.inner import inner_numpy
from sim.mechanisms.queueing import serve_within_budget
from sim.parameters import ParameterSet, parameter
from sim.randomness import Purpose, uniform, uniform_of, uniforms
from sim.sectors import TERTIARY
from sim.world import Floats, Ids, Int8s, World

type Rows = NDArray[np.intp]


@dataclass(frozen=True)
class TalentParameters(ParameterSet):
    """Parameters of self-certification."""

    use: float = parameter(
        0.016,
        unit="1/month",
        low=0.004,
        high=0.15,
        prior="log_split",
        source="feasibility section 8: ridge with the quota rate",
        meaning="hazard that an open place is used where benefit equals cost",
    )
    awareness: float = parameter(
        0.5,
        unit="1/month",
        low=0.1,
        high=1.0,
        source="assumption: firms on a list are told",
        meaning="hazard that a firm on the whitelist learns of its right",
    )
    pay_premium: float = parameter(
        0.03,
        unit="ratio",
        low=0.0,
        high=0.08,
        source="prior talent_self_evaluation, effect on skill match, judgement",
        meaning="gain of a certified talent relative to the wage",
    )
    retention: float = parameter(
        5.0,
        unit="years",
        low=2.0,
        high=10.0,
        prior="fixed",
        source="assumption: attrition of 10 to 20 percent a year",
        meaning="years over which a firm counts the gain",
    )
    evaluation_cost: float = parameter(
        45_000.0,
        unit="CNY/person",
        low=10_000.0,
        high=100_000.0,
        source="assumption: equal to the default benefit, so that it decides nothing at the median",
        meaning="cost of evaluating a talent in a firm without research",
    )
    research_relief: float = parameter(
        0.5,
        unit="ratio",
        low=0.0,
        high=0.9,
        source="assumption; fact talent_whitelist_firms says that the price follows research",
        meaning="part of that cost spared to a firm with much research",
    )
    benefit_scale: float = parameter(
        20_000.0,
        unit="CNY/person",
        low=5_000.0,
        high=60_000.0,
        source="assumption",
        meaning="logistic scale of the net benefit",
    )


@njit(cache=True, nogil=True, error_model="numpy")
def quota(talents: Floats, rate: Floats) -> Floats:
    """Return places a year of a firm or of many, shape (n,): whole places for a share `rate` of its talents."""
    return np.floor(np.maximum(talents * rate, 0.0) + 1e-9)


@njit(cache=True, nogil=True, error_model="numpy")
def use_chance(benefit: Floats, use: float, scale: float) -> Floats:
    """Return the chance that an open place is used this month, shape (n,) or a number; `benefit` is net and `scale` its
    unit, CNY a person."""
    weight = 2.0 / (1.0 + np.exp(-np.minimum(np.maximum(benefit / scale, -30.0), 30.0)))
    return 1.0 - np.exp(-use * weight)


@njit(cache=True, nogil=True, error_model="numpy")
def net_benefit(
    wage: Floats, subsidy: Floats, gain: float, cost: float, relief: float, research_rank: Floats
) -> Floats:
    """Return what a certificate brings a firm or many beyond its cost, CNY a person, shape (n,).

    Args:
        wage: wage of tertiary work, CNY/month.
        subsidy: public support, CNY a person.
        gain: what a certificate is worth, in months of the wage.
        cost: cost of evaluation in a firm without research, CNY a person.
        relief: part of it spared to a firm with much research.
        research_rank: part of the other listed firms that do less research, 0 for the least to 1 for the most.
    """
    return subsidy + gain * wage - cost * (1.0 - relief * research_rank)


def months_of_wage(p: TalentParameters) -> float:
    """Return what a certificate is worth to a firm, as a ratio to the talent's wage of a month."""
    return p.pay_premium * MONTHS_PER_YEAR * p.retention


@njit(cache=True, nogil=True)
def used_places(state: np.uint64, firm: np.uint64, places: float, chance: float) -> int:
    """Return how many of its open places a firm uses, one draw for each."""
    used = 0
    for place in range(int(places)):
        used += uniform_of(state, firm, place) < chance
    return used


@inner_numpy
def list_firms(
    number: Floats, ids: Ids, county: Int8s, active: Int8s, administered: Int8s, talents: Floats, research: Floats
) -> Rows:
    """Return the rows of the whitelisted firms: of those the city administers in each county, the first by talent.

    Args:
        number: firms allowed by county, shape (6,); the city list is the largest entry, as one list serves all.
        ids, county, active, administered, talents, research: columns of the enterprises, shape (firms,).
    """
    rows, n = np.empty(active.size, np.intp), 0
    for i in range(active.size):
        if active[i] == 1 and administered[i] == 1 and talents[i] > 0.0 and number[county[i]] > 0.0:
            rows[n] = i
            n += 1
    places, listed = 0.0, 0
    for c in range(number.size):
        places = max(places, number[c])
    if n <= int(places):
        return rows[:n]
    talents_of, research_of, ids_of = np.empty(n), np.empty(n), np.empty(n, np.uint64)
    for k in range(n):
        talents_of[k], research_of[k], ids_of[k] = talents[rows[k]], research[rows[k]], ids[rows[k]]
    for k in range(n):
        if firms_before(k, talents_of, research_of, ids_of) < int(places):
            rows[listed] = rows[k]
            listed += 1
    return rows[:listed]


@inner_numpy
def firms_before(k: int, talents: Floats, research: Floats, ids: Ids) -> int:
    """Return how many candidates come before number `k`, who have more talents, then research, then a lower id.

    All have the shape of the candidates, (n,). So short a list is counted faster than it is sorted.
    """
    before, equal = 0, 0
    for j in range(talents.size):
        before += talents[j] > talents[k]
        equal += talents[j] == talents[k]
    if equal > 1:
        for j in range(talents.size):
            has_more = research[j] > research[k] or (research[j] == research[k] and ids[j] < ids[k])
            before += talents[j] == talents[k] and has_more
    return before


def step(world: World, p: TalentParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Keep the whitelist, let firms learn of it and certify."""
    firms, counties = world.enterprises, world.counties
    counties.talents_certified[:] = 0.0
    if month_of_year(world.month) == 1:
        firms.certified_year[:] = 0.0
    number = levers.effective(WHITELIST_FIRMS)
    firms.whitelisted[:] = 0
    if not any(number.tolist()):
        return
    subsidy = levers.effective(TALENT_SUBSIDY)
    rows, certified = _want(world, p, levers, number, subsidy)
    if any(subsidy.tolist()):
        certified = _within_budget(world, levers.funds(TALENT_SUBSIDY), rows, certified, subsidy)
    record(
        rows,
        certified,
        firms.county,
        firms.weight,
        firms.whitelisted,
        firms.certified,
        firms.certified_year,
        counties.talents_certified,
    )
    if any(subsidy.tolist()):
        ledger.spend(levers, TALENT_SUBSIDY, counties.talents_certified * subsidy)


def _want(
    world: World, p: TalentParameters, levers: LeverBoard, number: Floats, subsidy: Floats
) -> tuple[Rows, Floats]:
    """Let firms on the list learn; return their rows and how many talents each would certify this month, (n,)."""
    firms = world.enterprises
    return want_certificates(
        world.stream(Purpose.FIRM_AWARENESS),
        world.stream(Purpose.TALENT),
        1.0 - math.exp(-p.awareness),
        p.use,
        p.benefit_scale,
        months_of_wage(p),
        p.evaluation_cost,
        p.research_relief,
        world.counties.wage,
        number,
        levers.effective(TALENT_QUOTA_RATE),
        subsidy,
        firms.id,
        firms.county,
        firms.active,
        firms.city_administered,
        firms.talents,
        firms.research,
        firms.certified_year,
        firms.aware,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def want_certificates(
    news: np.uint64,
    state: np.uint64,
    awareness: float,
    use: float,
    scale: float,
    gain: float,
    cost: float,
    relief: float,
    wage: Floats,
    number: Floats,
    rate: Floats,
    subsidy: Floats,
    ids: Ids,
    county: Int8s,
    active: Int8s,
    administered: Int8s,
    talents: Floats,
    research: Floats,
    certified_year: Floats,
    aware: Int8s,
) -> tuple[Rows, Floats]:
    """Let listed firms learn of their right; return their rows and how many open places each would use, both (n,).

    `awareness` is the chance to learn. `wage`, (6, 2), `number` of firms on the list, quota `rate` and `subsidy`, (6,),
    are by county; columns of the enterprises have shape (firms,).
    """
    rows = list_firms(number, ids, county, active, administered, talents, research)
    wanted, research_of = np.zeros(rows.size), np.empty(rows.size)
    for k in range(rows.size):
        research_of[k] = research[rows[k]]
    for k in range(rows.size):
        i = rows[k]
        c = county[i]
        aware[i] |= uniform(news, ids[i]) < awareness
        places = quota(talents[i], rate[c]) - certified_year[i]
        if aware[i] == 1 and places > 0.0:
            research_rank = count_below(research_of, research[i]) / max(rows.size - 1, 1)
            benefit = net_benefit(wage[c, TERTIARY], subsidy[c], gain, cost, relief, research_rank)
            wanted[k] = used_places(state, ids[i], places, use_chance(benefit, use, scale))
    return rows, wanted


@inner_numpy
def count_below(values: Floats, limit: float) -> int:
    """Return how many of the values, shape (n,), lie below a limit in their unit."""
    below = 0
    for j in range(values.size):
        below += values[j] < limit
    return below


def _within_budget(world: World, funds: float, rows: Rows, wanted: Floats, subsidy: Floats) -> Floats:
    """Return how many talents each firm certifies if money (CNY) stops where the draws of the month decide, (rows,)."""
    if funds == math.inf:
        return wanted
    firms = world.enterprises
    order = np.argsort(uniforms(world.stream(Purpose.TALENT), firms.id[rows]), kind="stable")
    costs = (wanted * firms.weight[rows] * subsidy[firms.county[rows]])[order]
    served = np.zeros(len(rows), dtype=np.bool_)
    served[order] = serve_within_budget(costs, funds)
    return np.where(served, wanted, 0.0)


@njit(cache=True, nogil=True)
def record(
    rows: Rows,
    certified: Floats,
    county: Int8s,
    weight: Floats,
    whitelisted: Int8s,
    certified_so_far: Floats,
    certified_year: Floats,
    by_county: Floats,
) -> None:
    """Mark the firms in `rows` as listed and add what they `certified`, shape (rows,), to firms and counties (6,)."""
    for k in range(rows.size):
        i = rows[k]
        whitelisted[i] = 1
        certified_so_far[i] += certified[k]
        certified_year[i] += certified[k]
        by_county[county[i]] += certified[k] * weight[i]


MECHANISM = Mechanism(
    name="talent",
    phase=Phase.LABOUR,
    meaning="firms on the whitelist certify their own talents within a quota",
    parameters=TalentParameters,
    levers=(WHITELIST_FIRMS, TALENT_QUOTA_RATE, TALENT_SUBSIDY),
    step=step,
)
