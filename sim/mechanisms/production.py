"""Production, labour demand and investment of firms.

Each firm i in county c, sector s and size z, in one month t (volumes and money at 2022 prices):

    output           Y = A_i * exp(shock_i + knowledge_i) * trend(t) * (ramp_i * K_i)^a * L_i^(1-a)
    value added      V = Y * exp(-dip_s(t))
    revenue          R = Y^(1/mu) * (ramp_i * D_i * index(t))^(1 - 1/mu)
    desired labour   L* = (1-a)/mu * R / w(t)          w: labour cost of the cell x real wage growth
    desired capital  K* = a/mu * 12 R / (user cost * ramp_i)
    capital          K' = max(K + speed * (K* - K), (1 - depreciation/12) K)
    shock            shock' = rho * shock + sd * sqrt(1 - rho^2) * draw          (above designated size only)

A firm sells on a market with constant elasticity mu/(mu-1); D_i is what it could sell at price one in January
2023. The ramp is the part of the capital in use, so that a new plant also needs labour in step with it.
Services lost sales in 2022: their dip is a level, gone in January 2023, and firms that saw it as passing kept
workers and plans. The shock is stationary: with a random walk the largest firms would outgrow the city.
Building of projects adds to construction. Farm output follows a trend.

In balanced growth (`balanced_growth`) revenue grows at demand + (tfp - (1-a) wage)/(mu - 1).
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np

from sim.accounting import Ledger
from sim.calendar import MONTHS_PER_YEAR
from sim.levers import LeverBoard
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.production_kernel import add_by_cell, face_markets, fill_counties, produce
from sim.mechanisms.production_parameters import ProductionParameters
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.sectors import (
    ABOVE,
    FORESTRY_PROCESSING,
    MANUFACTURING,
    N_SECTORS,
    N_SIZES,
    OFFICIAL,
    OFFICIAL_OF_SECTOR,
    TERTIARY_SHARE_OF_SECTOR,
)
from sim.tables import make_read_only
from sim.world import Bools, Enterprises, Floats, World

__all__ = ["MECHANISM", "Cells", "ProductionParameters", "step"]

RAMP_STEEPNESS = 3.0
"""Half-times between the middle of a logistic ramp and its opening month at 5 percent, ratio; assumption."""

MID_2022 = -6.5
"""Month at which a steady trend takes its mean of 2022."""

DIP_IN_SPRING, DIP_IN_AUTUMN = 5.0, 1.2
"""Gap of services output to trend in the first and in the second half of 2022, percent; assumption of feasibility
section 1. Only their ratio counts: their mean is the parameter `services_rebound`."""

INDUSTRY = (FORESTRY_PROCESSING, MANUFACTURING)
SERVICES: Bools = np.array([official == OFFICIAL.index("tertiary") for official in OFFICIAL_OF_SECTOR])
TRADABLE: Bools = np.isin(np.arange(N_SECTORS), INDUSTRY)
_SKILLED: Floats = np.array(TERTIARY_SHARE_OF_SECTOR)


class Cells(NamedTuple):
    """What the firms of a cell share in one month, in the order of the arguments of `produce`."""

    alpha: Floats
    """Output elasticity of capital, shape (10, 2)."""
    markup: Floats
    """Markup, shape (10,)."""
    labour_part: Floats
    """Cost of desired labour as a part of revenue, shape (10, 2)."""
    capital_part: Floats
    """Yearly cost of desired capital as a part of a month's revenue, shape (10, 2)."""
    log_trend: Floats
    """Productivity trend, log, shape (10, 2)."""
    demand: Floats
    """Demand index, 1 in January 2023, shape (6, 10)."""
    in_use: Floats
    """Output sold as part of what is made at normal demand, 1 but for services in 2022, shape (10,)."""
    labour_cost: Floats
    """Real cost of a worker, CNY/month, shape (6, 10, 2)."""


def technology(p: ProductionParameters) -> tuple[Floats, Floats, Floats]:
    """Return capital elasticity (10, 2), markup (10,) and productivity trend per year (10, 2), read-only."""
    return _technology(p)[:3]


@functools.lru_cache(maxsize=4)
def _technology(p: ProductionParameters) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return elasticity, markup, trend, and the parts of labour and capital; kept for the next month, so read-only."""
    alpha = np.full((N_SECTORS, N_SIZES), p.alpha_below)
    trend = np.full((N_SECTORS, N_SIZES), p.tfp_trend_below)
    alpha[TRADABLE, ABOVE], trend[TRADABLE, ABOVE] = p.alpha_above, p.tfp_trend
    markup = np.where(TRADABLE, p.markup, p.services_markup)
    per_revenue = (1.0 - alpha) / markup[:, None], alpha / markup[:, None] * MONTHS_PER_YEAR
    tables = alpha, markup, trend, *per_revenue
    make_read_only(tables)
    return tables


def services_dip(p: ProductionParameters, month: int) -> float:
    """Return the log gap of services output to trend: in 2022 deep in the first half, small in the second."""
    if not -MONTHS_PER_YEAR <= month < 0:
        return 0.0
    of_half = DIP_IN_SPRING if month < -MONTHS_PER_YEAR // 2 else DIP_IN_AUTUMN
    return p.services_rebound * of_half / (0.5 * (DIP_IN_SPRING + DIP_IN_AUTUMN))


def demand_growth(p: ProductionParameters, month: int) -> tuple[float, float]:
    """Return the growth of demand, log a year, for what is sold outside, and for services and construction.

    The services trend fades all the time: it was higher before January 2023, month 0, and is lower after.
    """
    return p.demand_trend, p.services_trend - p.services_fade * month / MONTHS_PER_YEAR


def log_demand(p: ProductionParameters, month: int) -> tuple[float, float]:
    """Return the log of demand relative to January 2023, the sum of `demand_growth` since then, for the same two."""
    years = month / MONTHS_PER_YEAR
    return p.demand_trend * years, p.services_trend * years - 0.5 * p.services_fade * years**2


def cells_of_month(world: World, p: ProductionParameters) -> Cells:
    """Return what every cell faces this month."""
    alpha, markup, trend, labour_part, capital_part = _technology(p)
    years = world.month / MONTHS_PER_YEAR
    log_trend, in_use = np.empty((N_SECTORS, N_SIZES)), np.empty(N_SECTORS)
    demand, labour_cost = np.empty((N_COUNTIES, N_SECTORS)), np.empty((N_COUNTIES, N_SECTORS, N_SIZES))
    face_markets(
        years,
        trend,
        services_dip(p, world.month),
        world.counties.wage,
        world.base.wage,
        _SKILLED,
        math.exp(-p.price_trend * years),
        world.base.labour_cost,
        *log_demand(p, world.month),
        TRADABLE,
        world.counties.local_demand,
        p.local_demand_elasticity,
        SERVICES,
        log_trend,
        demand,
        in_use,
        labour_cost,
    )
    return Cells(alpha, markup, labour_part, capital_part, log_trend, demand, in_use, labour_cost)


def balanced_growth(
    alpha: Floats, markup: Floats, tfp: Floats, demand: Floats, real_wage: float
) -> tuple[Floats, Floats]:
    """Return the yearly log growth of output and of revenue in balanced growth; arguments of one shape."""
    revenue = demand + (tfp - (1.0 - alpha) * real_wage) / (markup - 1.0)
    return tfp + revenue - (1.0 - alpha) * real_wage, revenue


def sum_by_cell(firms: Enterprises, values: Floats) -> Floats:
    """Return weighted sums over active firms by county, sector and size, shape (6, 10, 2)."""
    out = np.zeros((N_COUNTIES, N_SECTORS, N_SIZES))
    add_by_cell(values, firms.county, firms.sector, firms.size, firms.active, firms.weight, out)
    return out


def farm_output(world: World, p: ProductionParameters) -> Floats:
    """Return farm value added by county, CNY of the month, shape (6,); its mean over 2022 is the published one."""
    years = (world.month - MID_2022) / MONTHS_PER_YEAR
    return world.base.farm_value_added / MONTHS_PER_YEAR * math.exp(p.farm_trend * years)


def run_firms(world: World, p: ProductionParameters) -> Floats:
    """Let every firm produce, invest and say what labour it wants; return value added by cell, CNY, (6, 10, 2)."""
    firms, by_cell = world.enterprises, np.zeros((N_COUNTIES, N_SECTORS, N_SIZES))
    produce(
        world.stream(Purpose.PRODUCTIVITY),
        p.shock_persistence,
        p.shock_sd * math.sqrt(1.0 - p.shock_persistence**2),
        p.capital_adjustment,
        p.depreciation / MONTHS_PER_YEAR,
        p.user_cost,
        p.ramp_half_time,
        RAMP_STEEPNESS,
        *cells_of_month(world, p),
        firms.id,
        firms.county,
        firms.sector,
        firms.size,
        firms.active,
        firms.weight,
        firms.scale,
        firms.shock,
        firms.capital,
        firms.labour,
        firms.desired_labour,
        firms.value_added,
        firms.investment,
        firms.ramp,
        firms.age,
        firms.demand,
        firms.knowledge,
        by_cell,
    )
    return by_cell


def step(world: World, p: ProductionParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Produce for a month and fill the counties' value added."""
    by_cell, counties = run_firms(world, p), world.counties
    fill_counties(
        by_cell,
        farm_output(world, p),
        counties.construction_spending,
        TRADABLE,
        counties.value_added,
        counties.value_added_above,
    )


MECHANISM = Mechanism(
    name="production",
    phase=Phase.ENTERPRISES,
    meaning="firms produce, sell, invest and say how many workers they want",
    parameters=ProductionParameters,
    levers=(),
    step=step,
)
