"""The rules by which a household lets forest land, shared by the monthly step, the blocks and the starting
state.

Value of letting one mu for a year, CNY/mu/year:

    V = rent (1 + pass x premium x branded share) + dividend + freed labour
        - own net yield (1 + premium x branded share)
        - transaction cost / contract years - tenure risk (1 - certified)

and the chance that a household which reviews its land wants to let it:

    P = logistic(V / scale + peer (transfer share of the hamlet - reference)).

The rent is that of a single plot, or that of a block less the collective's part: operators pay more for land that
lies together. In a block the consortium's dividend comes on top, and there is neither transaction cost nor tenure
risk, because the collective signs.

A household that moved away tends its land less well: its own yield is reduced. Freed labour is what a farm
worker's day earns off the farm above the labour cost that the own net yield already counts, times the
chance to find work.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.levers import (
    FOREST_COLLECTIVE_SHARE,
    FOREST_DIVIDEND,
    FOREST_STORAGE_PRICE,
    FOREST_TRANSACTION_COST,
    LeverBoard,
)
from sim.parameters import ParameterSet, parameter
from sim.places import N_COUNTIES
from sim.randomness import uniform_of
from sim.sectors import ORDINARY
from sim.world import POOLED, SINGLE, STORED, World

type Floats = NDArray[np.float64]

RENT, YIELD_FACTOR, FREED, COST, MATCH, STORE, BLOCK_RENT, DIVIDEND, KEPT, OWNERS_RENT, N_TERMS = range(11)
"""Columns of the county terms: rent offered with the brand's part, factor on the own yield, freed labour of a
farming household, transaction cost per contract year, chance to find an operator, storage price, rent offered for land
in a block, the consortium's dividend on it, the part of that rent that the collective of a new block keeps, and what
its owners get."""

_WORKING_DAYS = 21.75
"""Paid days in a month, days; source: national labour rules (261 days a year / 12)."""


@dataclass(frozen=True)
class ForestParameters(ParameterSet):
    """Parameters of letting forest land."""

    review_hazard: float = parameter(
        0.02,
        unit="1/month",
        low=0.005,
        high=0.06,
        source="assumption (feasibility section 3 tried 5-10 % a month as an acceleration)",
        meaning="hazard that a household reviews what it does with its retained forest land",
    )
    scale: float = parameter(
        12.0,
        unit="CNY/mu/year",
        low=6.0,
        high=25.0,
        source="feasibility section 8",
        meaning="logit scale of the decision to let",
    )
    peer: float = parameter(
        3.0,
        unit="logit",
        low=0.0,
        high=6.0,
        source="feasibility section 8 (not identified)",
        meaning="rise of the logit per unit of the hamlet's transfer share",
    )
    peer_reference: float = parameter(
        0.35,
        unit="ratio",
        low=0.2,
        high=0.5,
        source="assumption: near the city mean of the starting state",
        meaning="transfer share at which neighbours neither attract nor deter",
    )
    tenure_risk: float = parameter(
        12.0,
        unit="CNY/mu/year",
        low=4.0,
        high=24.0,
        source="feasibility section 3; assumption on the range",
        meaning="discount for the fear to lose land that has no certified management right",
    )
    transaction_cost: float = parameter(
        210.0,
        unit="CNY/mu",
        low=60.0,
        high=400.0,
        source="assumption (feasibility section 3: 12 CNY a contract year)",
        meaning="one-off cost of search, survey, contract and registration of a lease of small plots",
    )
    shortest_lease: float = parameter(
        5.0, unit="years", low=3.0, high=10.0, source="assumption", meaning="shortest lease", prior="fixed"
    )
    longest_lease: float = parameter(
        30.0,
        unit="years",
        low=15.0,
        high=50.0,
        source="assumption (a bamboo lease of 33 years is on record in Yuhang)",
        meaning="longest lease",
        prior="fixed",
    )
    renewal_inertia: float = parameter(
        3.0,
        unit="logit",
        low=1.0,
        high=5.0,
        source="assumption (feasibility section 3: 2-5 % of the land is not renewed)",
        meaning="rise of the logit when a running lease ends: a known partner, no search",
    )
    brand_pass: float = parameter(
        0.3,
        unit="ratio",
        low=0.0,
        high=1.0,
        source="assumption",
        meaning="part of the brand's gain per mu that operators pass on in the rent",
    )
    freed_days: float = parameter(
        0.3,
        unit="day/mu/year",
        low=0.0,
        high=1.0,
        source="assumption",
        meaning="own working days that letting one mu sets free",
    )
    work_surplus: float = parameter(
        0.2,
        unit="ratio",
        low=0.0,
        high=0.6,
        source="assumption",
        meaning="part of a day's off-farm wage above the labour cost counted in the own net yield",
    )
    absent_loss: float = parameter(
        0.3,
        unit="ratio",
        low=0.0,
        high=0.6,
        source="assumption (priors: farm income of town resettlers falls by 0-40 %)",
        meaning="part of the own net yield lost when the household lives away from the hamlet",
    )
    match_scale: float = parameter(
        0.02,
        unit="ratio",
        low=0.005,
        high=0.1,
        source="assumption",
        meaning="excess demand over let land at which the chance to find an operator is 1 - 1/e",
    )
    lump_share: float = parameter(
        0.03,
        unit="ratio",
        low=0.0,
        high=0.05,
        source="feasibility sections 3 and 8",
        meaning="part of new leases paid up front: a capital receipt, no yearly rent",
    )
    pool_threshold: float = parameter(
        0.45,
        unit="ratio",
        low=0.30,
        high=0.67,
        source="feasibility section 8",
        meaning="part of the households with retained land that must consent to a block",
    )
    block_premium: float = parameter(
        0.25,
        unit="ratio",
        low=0.0,
        high=0.6,
        source="assumption: half of the operators' gain from land that lies together",
        meaning="rise of the rent when land is let in a block",
    )
    proposal_hazard: float = parameter(
        0.10,
        unit="1/month",
        low=0.03,
        high=0.3,
        source="assumption",
        meaning="hazard that a hamlet whose households know the programme is asked for a block",
    )
    uninformed_proposals: float = parameter(
        0.3,
        unit="ratio",
        low=0.0,
        high=1.0,
        source="assumption",
        meaning="part of that hazard where nobody knows the programme",
    )
    let_share: float = parameter(
        0.346,
        unit="ratio",
        low=0.20,
        high=0.50,
        source="baseline forest_scale_transfer_rate, quzhou 2023 (end of the year)",
        meaning="let part of transferable land to which the start leads by December 2023 without a reform",
        prior="fixed",
    )
    starting_slack: float = parameter(
        0.05,
        unit="ratio",
        low=0.01,
        high=0.2,
        source="assumption",
        meaning="land operators would take in January 2023 beyond what is let, relative to it",
    )
    starting_blocks: float = parameter(
        0.08,
        unit="ratio",
        low=0.0,
        high=0.3,
        source="assumption",
        meaning="part of the hamlets whose land let before 2023 is let in a block",
        prior="fixed",
    )


@njit(cache=True, nogil=True)
def logistic(x: float) -> float:
    """Return the chance of a logit, 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + math.exp(-x))


@njit(cache=True, nogil=True)
def value_of_letting(rent: float, own_yield: float, freed: float, yearly_cost: float, tenure_risk: float) -> float:
    """Return the value of letting one mu, CNY/mu/year; `rent` holds the brand's part and the dividend."""
    return rent + freed - own_yield - yearly_cost - tenure_risk


@njit(cache=True, nogil=True)
def owners_rent(block_rent: float, share: float, dividend: float) -> float:
    """Return what an owner gets for a mu in a block, CNY/mu/year, when the collective keeps `share` of the rent."""
    return block_rent * (1.0 - share) + dividend


@njit(cache=True, nogil=True)
def letting_chance(value: float, scale: float, peer: float, share: float, reference: float) -> float:
    """Return the chance that a household which reviews its land wants to let it."""
    return logistic(value / scale + peer * (share - reference))


@njit(cache=True, nogil=True)
def chance_to_let(
    rent: float,
    own_yield: float,
    farms: bool,
    absent: bool,
    cost: float,
    tenure_risk: float,
    share: float,
    terms: Floats,
    rule: Floats,
) -> float:
    """Return the chance that a household wants to let at `rent`, given what is its own and its county's terms.

    `terms` is its county's row, shape (N_TERMS,), `rule` begins with scale, peer, reference and loss.
    """
    own = own_yield * terms[YIELD_FACTOR] * (1.0 - rule[3] if absent else 1.0)
    value = value_of_letting(rent, own, terms[FREED] if farms else 0.0, cost, tenure_risk)
    return letting_chance(value, rule[0], rule[1], share, rule[2])


@njit(cache=True, nogil=True)
def match_chance(demand: float, let: float, scale: float) -> float:
    """Return the chance of a willing household to find an operator; none without excess demand."""
    if demand <= let or let <= 0.0:
        return 0.0
    return 1.0 - math.exp(-(demand - let) / let / scale)


@njit(cache=True, nogil=True)
def lease_months(state: np.uint64, agent: np.uint64, shortest: float, longest: float) -> int:
    """Return the length of a new lease in months: evenly between shortest and longest (years)."""
    return round(12.0 * (shortest + (longest - shortest) * uniform_of(state, agent, 0)))


def expiry_hazard(parameters: ForestParameters) -> float:
    """Return the monthly hazard that a standing lease ends: the mean of 1 / length over even lengths."""
    width = parameters.longest_lease - parameters.shortest_lease
    yearly = math.log(parameters.longest_lease / parameters.shortest_lease) / width
    return yearly / 12.0


def brand_gain(world: World) -> Floats:
    """Return premium x branded share by county: what the brand adds to the mean price, ratio, shape (6,)."""
    return world.counties.brand_premium * world.counties.branded_share


@njit(cache=True, nogil=True)
def write_terms(
    rent: Floats,
    premium: Floats,
    branded: Floats,
    brand_pass: float,
    wage: Floats,
    finding: Floats,
    freed: float,
    yearly_cost: float,
    cost_factor: Floats,
    demand: Floats,
    let: Floats,
    match_scale: float,
    storage_price: Floats,
    block_premium: float,
    dividend: Floats,
    collective_share: Floats,
    terms: Floats,
) -> None:
    """Write the `terms` (6, N_TERMS) of each county from its columns, each of shape (6,) but for those below.

    Args:
        rent, brand_pass: rent of the market, and the part of the brand's gain that rents hold.
        premium, branded: premium and share of branded goods, whose product is the gain.
        wage, finding: monthly wage and chance to find work by skill, (6, 2).
        freed: days of work at the ordinary wage that a farming household gains, day/mu/year.
        yearly_cost, cost_factor: transaction cost of a lease per contract year, and the programmes' factor on it.
        demand, let, match_scale: land wanted, land let by channel (6, 4), and the scale of `match_chance`.
        storage_price: rent offered by the storage platform.
        block_premium, dividend: rise of the rent in a block, and what the consortium adds to it.
        collective_share: part of the rent that collectives keep of new blocks; all of it where more is asked for.
    """
    for c in range(N_COUNTIES):
        gain = premium[c] * branded[c]
        terms[c, RENT] = rent[c] * (1.0 + brand_pass * gain)
        terms[c, YIELD_FACTOR] = 1.0 + gain
        terms[c, FREED] = freed * wage[c, ORDINARY] / _WORKING_DAYS * finding[c, ORDINARY]
        terms[c, COST] = yearly_cost * cost_factor[c]
        terms[c, MATCH] = match_chance(demand[c], let[c, SINGLE] + let[c, POOLED] + let[c, STORED], match_scale)
        terms[c, STORE] = storage_price[c]
        terms[c, BLOCK_RENT] = terms[c, RENT] * (1.0 + block_premium)
        terms[c, DIVIDEND], terms[c, KEPT] = dividend[c], min(collective_share[c], 1.0)
        terms[c, OWNERS_RENT] = owners_rent(terms[c, BLOCK_RENT], terms[c, KEPT], dividend[c])


def county_terms(world: World, parameters: ForestParameters, levers: LeverBoard) -> Floats:
    """Return what the decision to let needs of each county, shape (6, N_TERMS), CNY/mu/year and ratios."""
    counties, terms = world.counties, np.empty((N_COUNTIES, N_TERMS))
    write_terms(
        counties.forest_rent,
        counties.brand_premium,
        counties.branded_share,
        parameters.brand_pass,
        counties.wage,
        counties.finding,
        parameters.freed_days * parameters.work_surplus,
        parameters.transaction_cost * 2.0 / (parameters.shortest_lease + parameters.longest_lease),
        levers.effective(FOREST_TRANSACTION_COST),
        counties.forest_demand,
        counties.forest_let,
        parameters.match_scale,
        levers.effective(FOREST_STORAGE_PRICE),
        parameters.block_premium,
        levers.effective(FOREST_DIVIDEND),
        levers.effective(FOREST_COLLECTIVE_SHARE),
        terms,
    )
    return terms
