"""The price premium of branded forest products as a price that clears.

Buyers' demand for branded goods falls with the premium p, certified supply rises with it:

    demand(p) = logistic((w - p) / s_d),      w = (willingness + BRAND_PROMOTION) x quality
    supply(p) = e logistic((p - c) / s_s),    e = eligible share + BRAND_ELIGIBILITY.

Quality is the mean of the villages' brand quality (1 at the start). The premium moves toward the clearing
one by a part of the gap each month; the branded share is the short side of the market. Promotion raises the
premium; wider eligibility lowers it, because more branded goods must find buyers (dilution). The starting
eligible share is the one at which the premium of about 30 % claimed for 2021 clears, at the prior
willingness; the starting state clears.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from sim.accounting import Ledger
from sim.levers import BRAND_ELIGIBILITY, BRAND_PROMOTION, LeverBoard
from sim.mechanisms.base import Mechanism, Phase
from sim.parameters import ParameterSet, parameter
from sim.places import N_COUNTIES
from sim.world import Floats, Int8s, World

_BISECTIONS = 50


@dataclass(frozen=True)
class BrandParameters(ParameterSet):
    """Parameters of the market for branded forest products."""

    willingness: float = parameter(
        0.10,
        unit="ratio",
        low=0.03,
        high=0.20,
        source="feasibility section 8; about the causal prior of 12 %",
        meaning="mean premium buyers are willing to pay",
    )
    demand_scale: float = parameter(
        0.09,
        unit="ratio",
        low=0.05,
        high=0.15,
        source="feasibility section 3",
        meaning="logit scale of the buyers' willingness",
    )
    supply_cost: float = parameter(
        0.12,
        unit="ratio",
        low=0.06,
        high=0.18,
        source="feasibility section 3",
        meaning="mean cost of certification, relative to the price",
    )
    supply_scale: float = parameter(
        0.06,
        unit="ratio",
        low=0.03,
        high=0.10,
        source="feasibility section 3",
        meaning="logit scale of the cost of certification",
    )
    eligible: float = parameter(
        0.10,
        unit="ratio",
        low=0.05,
        high=0.20,
        source="assumption: the share at which the premium claimed for 2021 (priors, regional_brand) clears",
        meaning="share of producers who may carry the brand without a reform",
    )
    speed: float = parameter(
        0.25,
        unit="1/month",
        low=0.1,
        high=0.6,
        source="assumption",
        meaning="part of the gap to the clearing premium that closes in a month",
    )


@njit(cache=True, nogil=True, error_model="numpy")
def branded_demand(premium: float, willingness: float, scale: float) -> float:
    """Return the share of buyers who pay the premium, ratio.

    `premium`, the mean `willingness` and the logit `scale` are relative to the price of unbranded goods.
    """
    return 1.0 / (1.0 + math.exp((premium - willingness) / scale))


@njit(cache=True, nogil=True, error_model="numpy")
def branded_supply(premium: float, eligible: float, cost: float, scale: float) -> float:
    """Return the share of products offered under the brand, ratio.

    `eligible` is the share that may carry it; `premium`, the mean `cost` of certification and the logit
    `scale` are relative to the price of unbranded goods.
    """
    return eligible / (1.0 + math.exp((cost - premium) / scale))


@njit(cache=True, nogil=True, error_model="numpy")
def clearing_premium(
    willingness: float, demand_scale: float, eligible: float, cost: float, supply_scale: float
) -> float:
    """Return the premium in [0, 2] at which demand meets supply, ratio; 0 where supply exceeds demand at 0.

    Arguments are ratios as in `branded_demand` and `branded_supply`; found by bisection to 2e-15.
    """
    low, high = 0.0, 2.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        demand = branded_demand(middle, willingness, demand_scale)
        if demand > branded_supply(middle, eligible, cost, supply_scale):
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


@njit(cache=True, nogil=True, error_model="numpy")
def move_premium(
    speed: float,
    willingness: float,
    promotion: Floats,
    eligible: float,
    opened: Floats,
    demand_scale: float,
    cost: float,
    supply_scale: float,
    village_county: Int8s,
    forest: Floats,
    quality: Floats,
    premium: Floats,
    share: Floats,
) -> None:
    """Move each county's `premium` toward the clearing one, and write the short side of the market as its `share`.

    Args:
        speed: part of the gap that closes.
        willingness, eligible: mean willingness of buyers and eligible share without a programme, ratios.
        promotion, opened: what programmes add to them, ratios, shape (6,).
        demand_scale, cost, supply_scale: as in `clearing_premium`.
        village_county, forest, quality: county, forest land (mu) and brand quality (ratio), shape (villages,); a
            county's quality is the mean over its forest land, 1 without any.
        premium, share: ratios, shape (6,); written, the first from that of last month.
    """
    land, weighted = np.zeros(N_COUNTIES), np.zeros(N_COUNTIES)
    first = 0
    while first < village_county.size:  # a run of villages of one county, summed up apart from the others
        end, held, good = first, 0.0, 0.0
        while end < village_county.size and village_county[end] == village_county[first]:
            held += forest[end]
            good += forest[end] * quality[end]
            end += 1
        land[village_county[first]] += held
        weighted[village_county[first]] += good
        first = end
    for c in range(N_COUNTIES):
        paid = (willingness + promotion[c]) * (weighted[c] / land[c] if land[c] > 0.0 else 1.0)
        offered = min(eligible + opened[c], 1.0)
        clearing = clearing_premium(paid, demand_scale, offered, cost, supply_scale)
        premium[c] += speed * (clearing - premium[c])
        demand = branded_demand(premium[c], paid, demand_scale)
        share[c] = min(demand, branded_supply(premium[c], offered, cost, supply_scale))


def start(world: World, parameters: BrandParameters) -> None:
    """Let the premium clear before the first month.

    Writes `brand_premium` and `branded_share` of the counties, ratios, shape (6,), as without any reform.
    """
    _move(world, parameters, LeverBoard(()), 1.0)


def step(world: World, parameters: BrandParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Move the premium toward the clearing one and record the branded share.

    Writes `brand_premium` and `branded_share` of the counties, ratios, shape (6,).
    """
    _move(world, parameters, levers, parameters.speed)


def _move(world: World, p: BrandParameters, levers: LeverBoard, speed: float) -> None:
    """Close a part `speed` of the gap to the clearing premium."""
    villages, counties = world.villages, world.counties
    move_premium(
        speed,
        p.willingness,
        levers.effective(BRAND_PROMOTION),
        p.eligible,
        levers.effective(BRAND_ELIGIBILITY),
        p.demand_scale,
        p.supply_cost,
        p.supply_scale,
        villages.county,
        villages.forest,
        villages.brand_quality,
        counties.brand_premium,
        counties.branded_share,
    )


MECHANISM = Mechanism(
    name="brand",
    phase=Phase.ENTERPRISES,
    meaning="the premium of branded forest products clears buyers' willingness and certified supply",
    parameters=BrandParameters,
    levers=(BRAND_PROMOTION, BRAND_ELIGIBILITY),
    step=step,
    start=start,
)
