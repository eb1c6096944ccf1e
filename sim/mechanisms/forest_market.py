"""The county market for forest land: operators' demand, the rent, new-type operators and leading firms.

Demand follows the marginal return of land. With r the operators' net return per mu over the rent, both
relative to January 2023,

    r = (1 + support) (1 + gain) / (1 + gain_0) (1 + block_gain B) / (1 + block_gain B_0) / (rent / rent_0),
    D = D_0 operators / operators_0 r^elasticity,
    d log rent = speed (D - L) / L per month, inside [lowest, highest].

`gain` is premium x branded share; B is the part of the land under lease or on offer that lies in blocks,
which are cheaper to work than scattered plots; L is the land let.

Support is paid by the public: a part of the rent on all land let.

Operators enter with hazard entry r^response and leave with a constant hazard; besides, part of the land
newly let in blocks is taken by operators founded for it, at the county's mean land per operator of January
2023. Leading firms are graded each December: the number above a fixed size of a Pareto-distributed
population moves with the size level to the power of the exponent, the level being the county's value added
in forestry processing against the same month of 2022; grading also counts the land base behind the firms.
Counts are expected numbers, not whole ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from sim.accounting import Ledger
from sim.calendar import MONTHS_PER_YEAR, month_of_year
from sim.levers import FOREST_OPERATOR_SUPPORT, LeverBoard
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.forest_rules import brand_gain
from sim.mechanisms.inner import inner, inner_numpy
from sim.parameters import ParameterSet, parameter
from sim.places import N_COUNTIES
from sim.sectors import FORESTRY_PROCESSING
from sim.world import POOLED, SINGLE, STORED, Floats, World


@dataclass(frozen=True)
class MarketParameters(ParameterSet):
    """Parameters of the market for forest land."""

    elasticity: float = parameter(
        1.0,
        unit="elasticity",
        low=0.4,
        high=2.0,
        source="assumption (feasibility section 3: trades off with the demand shift)",
        meaning="elasticity of the operators' land demand to net return over rent",
    )
    block_gain: float = parameter(
        0.5,
        unit="ratio",
        low=0.1,
        high=1.0,
        source="assumption (priors: collective forest yields 49 % of state forest, an upper bound of 1.04)",
        meaning="rise of the net return per mu, after the higher rent of blocks, when land lies in a block",
    )
    rent_speed: float = parameter(
        0.05,
        unit="1/month",
        low=0.01,
        high=0.15,
        source="assumption",
        meaning="monthly rise of the log rent per unit of relative excess demand",
    )
    lowest_rent: float = parameter(
        30.0,
        unit="CNY/mu/year",
        low=10.0,
        high=40.0,
        source="feasibility section 3 (range by quality)",
        meaning="rent below which land is left to its holder",
        prior="fixed",
    )
    highest_rent: float = parameter(
        130.0,
        unit="CNY/mu/year",
        low=80.0,
        high=200.0,
        source="feasibility section 3 (range by quality); baseline forest_rent, yuhang",
        meaning="rent of the best land, which a county mean cannot exceed",
        prior="fixed",
    )
    entry_hazard: float = parameter(
        0.0085,
        unit="1/month",
        low=0.003,
        high=0.02,
        source="assumption: with the exit hazard 4 % a year, the growth of let land before the reform",
        meaning="new operators per operator and month at the net return of January 2023",
    )
    entry_response: float = parameter(
        1.0,
        unit="elasticity",
        low=0.0,
        high=3.0,
        source="assumption",
        meaning="elasticity of entry to net return over rent",
    )
    exit_hazard: float = parameter(
        0.005,
        unit="1/month",
        low=0.002,
        high=0.015,
        source="assumption",
        meaning="hazard that an operator gives up",
    )
    founded_share: float = parameter(
        0.4,
        unit="ratio",
        low=0.1,
        high=0.7,
        source="assumption",
        meaning="part of the land newly let in blocks that operators founded for it take",
    )
    size_exponent: float = parameter(
        0.82,
        unit="dimensionless",
        low=0.75,
        high=1.07,
        source="feasibility section 1 (firm size exponent)",
        meaning="Pareto exponent of the size of forestry processing firms",
    )
    land_grading: float = parameter(
        0.2,
        unit="elasticity",
        low=0.0,
        high=0.5,
        source="assumption: grading counts the raw-material base a firm is linked with",
        meaning="elasticity of the number of leading firms to land let",
    )


@inner_numpy
def relative_return(support: float, gain: float, gain_0: float, blocks: float, rent: float, block_gain: float) -> float:
    """Return net return over rent, relative to January 2023, ratio.

    Args:
        support: public rise of the net return, ratio.
        gain: premium x branded share; `gain_0` that of January 2023.
        blocks: (B - B_0) / (1 + block_gain B_0), ratio.
        rent: rent relative to January 2023.
        block_gain: rise of the net return in a block, ratio.
    """
    return (1.0 + support) * (1.0 + gain) / (1.0 + gain_0) * (1.0 + block_gain * blocks) / rent


@inner_numpy
def land_demand(at_start: float, operators: float, net_return: float, elasticity: float) -> float:
    """Return the land operators want to hold, mu.

    Args:
        at_start: demand of January 2023, mu.
        operators: number of operators relative to January 2023, ratio.
        net_return: net return over rent relative to January 2023, ratio.
        elasticity: of demand to the net return.
    """
    return at_start * operators * net_return**elasticity


@inner_numpy
def next_rent(rent: float, demand: float, let: float, speed: float, lowest: float, highest: float) -> float:
    """Return the rent after a month of excess demand, CNY/mu/year.

    Args:
        rent: rent of last month, CNY/mu/year; it stays where no land is let.
        demand, let: land operators want, and land under lease, mu.
        speed: rise of the log rent per unit of relative excess demand, 1/month.
        lowest, highest: bounds of the rent, CNY/mu/year.
    """
    if let <= 0.0:
        return rent
    return min(max(rent * math.exp(speed * (demand - let) / let), lowest), highest)


@inner_numpy
def next_operators(
    operators: float, net_return: float, founded: float, entry: float, response: float, exit_hazard: float
) -> float:
    """Return the expected number of operators after a month of entry, exit and founding for blocks.

    Args:
        operators: expected number, not whole.
        net_return: net return over rent relative to January 2023, ratio.
        founded: operators founded for last month's blocks, expected number.
        entry, exit_hazard: hazards at the return of January 2023, 1/month.
        response: elasticity of entry to the net return.
    """
    return operators * (1.0 + entry * net_return**response - exit_hazard) + founded


def graded_firms(at_start: float, value_added: float, land: float, exponent: float, land_elasticity: float) -> float:
    """Return the expected number of leading firms.

    Args:
        at_start: number in January 2023.
        value_added: of forestry processing, relative to the same month of 2022, ratio.
        land: land let relative to January 2023, ratio.
        exponent: Pareto exponent of firm size.
        land_elasticity: elasticity of the number to land let.
    """
    return float(at_start * value_added**exponent * land**land_elasticity)


def start(world: World, parameters: MarketParameters) -> None:
    """Keep what later months are measured against."""
    base, counties = world.base, world.counties
    base.rent[:] = counties.forest_rent
    base.operators[:] = counties.operators
    base.leading_firms[:] = counties.leading_firms
    base.brand_gain[:] = brand_gain(world)


def step(world: World, parameters: MarketParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Move demand, rent, operators and, in December, leading firms."""
    counties, base, p = world.counties, world.base, parameters
    move_market(
        levers.effective(FOREST_OPERATOR_SUPPORT),
        paid_part(world, levers, ledger),
        (p.block_gain, p.elasticity, p.founded_share),
        (p.entry_hazard, p.entry_response, p.exit_hazard),
        (p.rent_speed, p.lowest_rent, p.highest_rent),
        counties.brand_premium,
        counties.branded_share,
        counties.forest_let,
        counties.block_queue,
        counties.forest_flow,
        base.brand_gain,
        base.pooled_share,
        base.rent,
        base.forest_let,
        base.operators,
        base.forest_demand,
        counties.operators,
        counties.forest_demand,
        counties.forest_rent,
    )
    if month_of_year(world.month) == MONTHS_PER_YEAR:
        _grade(world, p)


@inner
def land_let(by_channel: Floats) -> float:
    """Return the land let through any channel, mu, from that let through each, shape (4,)."""
    return by_channel[SINGLE] + by_channel[POOLED] + by_channel[STORED]


@njit(cache=True, nogil=True, error_model="numpy")
def move_market(
    support: Floats,
    paid: float,
    land: tuple[float, float, float],
    entry: tuple[float, float, float],
    prices: tuple[float, float, float],
    premium: Floats,
    branded: Floats,
    by_channel: Floats,
    queue: Floats,
    flow: Floats,
    gain_0: Floats,
    pooled_0: Floats,
    rent_0: Floats,
    let_0: Floats,
    operators_0: Floats,
    demand_0: Floats,
    operators: Floats,
    demand: Floats,
    rent: Floats,
) -> None:
    """Move `demand`, `rent` and `operators` of every county by a month, each shape (6,).

    Args:
        support, paid: public rise of the net return, ratio, shape (6,), and the part of it that is paid.
        by_channel: land under lease by channel, mu, shape (6, 4).
        land: rise of the return in blocks, elasticity of demand to the return, part of blocks that founders take.
        entry: hazard, its response to the net return, and the hazard to give up.
        prices: speed of the rent, lowest and highest rent.
        premium, branded: premium and share of branded goods, ratios, shape (6,).
        queue, flow: land of blocks that wait, mu, shape (6,), and newly let last month by channel, shape (6, 4).
        gain_0, pooled_0, rent_0, let_0, operators_0, demand_0: brand gain, part of land in blocks (ratios), rent
            (CNY/mu/year), land let (mu), operators, and land they wanted (mu), in January 2023, shape (6,).
        operators, demand, rent: number, mu and CNY/mu/year; written, from those of last month.
    """
    block_gain, elasticity, founded_share = land
    for c in range(N_COUNTIES):
        let = land_let(by_channel[c])
        offered = let + queue[c]
        in_blocks = (by_channel[c, POOLED] + queue[c]) / offered if offered > 0.0 else pooled_0[c]
        blocks = (in_blocks - pooled_0[c]) / (1.0 + block_gain * pooled_0[c])
        gain = premium[c] * branded[c]
        net = relative_return(paid * support[c], gain, gain_0[c], blocks, rent[c] / rent_0[c], block_gain)
        land_each = let_0[c] / operators_0[c] if operators_0[c] > 0.0 else 1.0
        founded = founded_share * flow[c, POOLED] / land_each if land_each > 0.0 else 0.0
        relative = operators[c] / operators_0[c] if operators_0[c] > 0.0 else 1.0
        operators[c] = next_operators(operators[c], net, founded, entry[0], entry[1], entry[2])
        demand[c] = land_demand(demand_0[c], relative, net, elasticity)
        rent[c] = next_rent(rent[c], demand[c], let, prices[0], prices[1], prices[2])


def paid_part(world: World, levers: LeverBoard, ledger: Ledger) -> float:
    """Pay operators the support of the month and return the part of it that can be paid.

    The support is a part of the rent on all land let; what a budget cannot pay is not given.
    """
    cost = np.empty(N_COUNTIES)
    counties = world.counties
    total = cost_support(levers.effective(FOREST_OPERATOR_SUPPORT), counties.forest_rent, counties.forest_let, cost)
    if total <= 0.0:
        return 1.0
    part = min(1.0, max(levers.funds(FOREST_OPERATOR_SUPPORT), 0.0) / total)
    ledger.spend(levers, FOREST_OPERATOR_SUPPORT, part * cost)
    return part


@njit(cache=True, nogil=True)
def cost_support(support: Floats, rent: Floats, by_channel: Floats, cost: Floats) -> float:
    """Write what the support of the month costs by county, CNY, and return the sum.

    `support` is a part of the `rent`, CNY/mu/year, shapes (6,), on all land let, by channel in mu, shape (6, 4).
    """
    total = 0.0
    for c in range(N_COUNTIES):
        cost[c] = support[c] * rent[c] * land_let(by_channel[c]) / MONTHS_PER_YEAR
        total += cost[c]
    return total


def _grade(world: World, parameters: MarketParameters) -> None:
    counties, base = world.counties, world.base
    before = base.value_added_by_month[world.month % MONTHS_PER_YEAR, :, FORESTRY_PROCESSING]
    level = _over(counties.value_added[:, FORESTRY_PROCESSING], before).tolist()
    land = _over(counties.forest_let[:, SINGLE:].sum(axis=1), base.forest_let).tolist()
    for c, at_start in enumerate(base.leading_firms.tolist()):
        counties.leading_firms[c] = graded_firms(
            at_start, level[c], land[c], parameters.size_exponent, parameters.land_grading
        )


def _over(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, 1 where there is nothing to compare with."""
    return np.divide(part, whole, out=np.ones_like(part), where=whole > 0)


MECHANISM = Mechanism(
    name="forest_market",
    phase=Phase.ENTERPRISES,
    meaning="operators demand forest land; rent, operators and leading firms follow",
    parameters=MarketParameters,
    levers=(FOREST_OPERATOR_SUPPORT,),
    step=step,
    start=start,
)
