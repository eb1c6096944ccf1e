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

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.accounting import Ledger
from sim.calendar import MONTHS_PER_YEAR, month_of_year
from sim.levers import TALENT_QUOTA_RATE, TALENT_SUBSIDY, WHITELIST_FIRMS, LeverBoard
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.queueing import serve_within_budget
from sim.parameters import ParameterSet, parameter
from sim.places import N_COUNTIES
from sim.randomness import Purpose, uniform_of, uniforms
from sim.world import Enterprises, Floats, Ids, World

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


def quota(talents: Floats, rate: Floats) -> Floats:
    """Return places a year by firm, shape (n,): whole places for a share `rate` of its talents."""
    return np.floor(np.maximum(talents * rate, 0.0) + 1e-9)


def use_chance(benefit: Floats, p: TalentParameters) -> Floats:
    """Return the chance that an open place is used this month; `benefit` is net, CNY a person, shape (n,)."""
    weight = 2.0 / (1.0 + np.exp(-np.clip(benefit / p.benefit_scale, -30.0, 30.0)))
    return 1.0 - np.exp(-p.use * weight)


def net_benefit(wage: Floats, subsidy: Floats, research_rank: Floats, p: TalentParameters) -> Floats:
    """Return what a certificate brings a firm beyond its cost, CNY a person, shape (n,).

    Args:
        wage: wage of tertiary work, CNY/month.
        subsidy: public support, CNY a person.
        research_rank: place in research among city-administered firms, 0 for the least to 1 for the most.
        p: parameters.
    """
    gain = p.pay_premium * wage * MONTHS_PER_YEAR * p.retention
    return subsidy + gain - p.evaluation_cost * (1.0 - p.research_relief * research_rank)


@njit(cache=True, nogil=True)
def binomial(state: np.uint64, ids: Ids, places: Floats, chance: Floats) -> Floats:
    """Return how many open places each firm uses, one draw for each firm and place, shape (n,)."""
    used = np.zeros(ids.size)
    for i in range(ids.size):
        for place in range(int(places[i])):
            if uniform_of(state, ids[i], place) < chance[i]:
                used[i] += 1.0
    return used


def whitelist(firms: Enterprises, number: Floats) -> Rows:
    """Return the rows of the whitelisted firms: of those the city administers in each county, the first by
    talent.

    Args:
        firms: the enterprises.
        number: firms allowed by county, shape (6,); the city list is the largest entry, as one list serves
        all counties.
    """
    candidates = np.flatnonzero((firms.active == 1) & (firms.city_administered == 1) & (firms.talents > 0.0))
    candidates = candidates[number[firms.county[candidates]] > 0.0]
    order = np.lexsort((firms.id[candidates], -firms.research[candidates], -firms.talents[candidates]))
    return candidates[order[: int(number.max(initial=0.0))]]


def step(world: World, p: TalentParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Keep the whitelist, let firms learn of it and certify."""
    firms, counties = world.enterprises, world.counties
    counties.talents_certified[:] = 0.0
    if month_of_year(world.month) == 1:
        firms.certified_year[:] = 0.0
    number = levers.effective(WHITELIST_FIRMS)
    firms.whitelisted[:] = 0
    if not number.any():
        return
    rows = whitelist(firms, number)
    firms.whitelisted[rows] = 1
    _learn(world, p, rows)
    certified = _certify(world, p, levers, rows)
    county = firms.county[rows]
    firms.certified[rows] += certified
    firms.certified_year[rows] += certified
    people = certified * firms.weight[rows]
    counties.talents_certified[:] = np.bincount(county, people, N_COUNTIES)
    subsidy = levers.effective(TALENT_SUBSIDY)
    if subsidy.any():
        ledger.spend(levers, TALENT_SUBSIDY, counties.talents_certified * subsidy)


def _learn(world: World, p: TalentParameters, rows: Rows) -> None:
    firms = world.enterprises
    draws = uniforms(world.stream(Purpose.FIRM_AWARENESS), firms.id[rows])
    firms.aware[rows] |= (draws < 1.0 - np.exp(-p.awareness)).astype(np.int8)


def _certify(world: World, p: TalentParameters, levers: LeverBoard, rows: Rows) -> Floats:
    """Return how many talents each whitelisted firm certifies this month, shape (rows,)."""
    firms = world.enterprises
    county = firms.county[rows]
    rate, subsidy = levers.effective(TALENT_QUOTA_RATE)[county], levers.effective(TALENT_SUBSIDY)[county]
    open_places = np.maximum(quota(firms.talents[rows], rate) - firms.certified_year[rows], 0.0)
    open_places *= firms.aware[rows] == 1
    rank = np.argsort(np.argsort(firms.research[rows], kind="stable")) / max(len(rows) - 1, 1)
    benefit = net_benefit(world.counties.wage[county, 1], subsidy, rank, p)
    state = world.stream(Purpose.TALENT)
    wanted = binomial(state, firms.id[rows], open_places, use_chance(benefit, p))
    if not subsidy.any():
        return wanted
    order = np.argsort(uniforms(state, firms.id[rows]), kind="stable")
    costs = (wanted * firms.weight[rows] * subsidy)[order]
    served = np.zeros(len(rows), dtype=np.bool_)
    served[order] = serve_within_budget(costs, levers.funds(TALENT_SUBSIDY))
    return np.where(served, wanted, 0.0)


MECHANISM = Mechanism(
    name="talent",
    phase=Phase.LABOUR,
    meaning="firms on the whitelist certify their own talents within a quota",
    parameters=TalentParameters,
    levers=(WHITELIST_FIRMS, TALENT_QUOTA_RATE, TALENT_SUBSIDY),
    step=step,
)
