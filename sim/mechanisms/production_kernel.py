"""The month of a firm as scalar rules and one loop; `sim.mechanisms.production` states the equations."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from sim.randomness import uniform
from sim.sectors import ABOVE
from sim.world import Floats, Ids, Int8s, Int32s

ROOT_12 = math.sqrt(12.0)


@njit(cache=True, nogil=True, error_model="numpy")
def output(scale: float, log_productivity: float, capital: float, labour: float, alpha: float) -> float:
    """Return monthly output, CNY, of a firm with capital in use (CNY) and labour (persons, positive)."""
    return scale * labour * math.exp(log_productivity + alpha * math.log(capital / labour))


@njit(cache=True, nogil=True, error_model="numpy")
def revenue(volume: float, market: float, markup: float) -> float:
    """Return the revenue, CNY a month, of a volume sold on a market of constant elasticity."""
    return volume * math.exp((1.0 - 1.0 / markup) * math.log(market / volume))


@njit(cache=True, nogil=True)
def next_capital(capital: float, desired: float, speed: float, wear: float) -> float:
    """Return capital after a month: towards what is desired, never faster down than wear."""
    return max(capital + speed * (desired - capital), capital * (1.0 - wear))


@njit(cache=True, nogil=True)
def next_shock(shock: float, rho: float, innovation: float, draw: float) -> float:
    """Return the shock after a month; a uniform draw of unit variance, as the sum over months is close to
    normal.
    """
    return rho * shock + innovation * ROOT_12 * (draw - 0.5)


@njit(cache=True, nogil=True)
def ramp_of(age: int, half_time: float, steepness: float) -> float:
    """Return the part of capital that a plant uses at an age in months; 1 after four half-times."""
    if age >= 4.0 * half_time:
        return 1.0
    return 1.0 / (1.0 + math.exp(-steepness * (age / half_time - 1.0)))


@njit(cache=True, nogil=True, error_model="numpy")
def produce(
    shock_stream: np.uint64,
    rho: float,
    innovation: float,
    speed: float,
    wear: float,
    user_cost: float,
    half_time: float,
    steepness: float,
    alpha: Floats,
    markup: Floats,
    log_trend: Floats,
    demand_index: Floats,
    in_use: Floats,
    labour_cost: Floats,
    ids: Ids,
    county: Int8s,
    sector: Int8s,
    size: Int8s,
    active: Int8s,
    weight: Floats,
    scale: Floats,
    shock: Floats,
    capital: Floats,
    labour: Floats,
    desired_labour: Floats,
    value_added: Floats,
    investment: Floats,
    ramp: Floats,
    age: Int32s,
    demand: Floats,
    knowledge: Floats,
    by_cell: Floats,
) -> None:
    """Move every active firm by one month and add its weighted output to `by_cell` (6, 10, 2)."""
    for i in range(active.size):
        if active[i] == 0:
            continue
        c, s, z = county[i], sector[i], size[i]
        a, mu, cost = alpha[s, z], markup[s], labour_cost[c, s, z]
        if ramp[i] < 1.0:
            ramp[i] = ramp_of(age[i], half_time, steepness)
        if scale[i] == 0.0:
            _commission(i, a, mu, cost, log_trend[s, z], demand_index[c, s], user_cost, scale, capital,
            labour,
                        value_added, ramp, demand)  # fmt: skip
        if z == ABOVE:
            shock[i] = next_shock(shock[i], rho, innovation, uniform(shock_stream, ids[i]))
        log_productivity = shock[i] + knowledge[i] + log_trend[s, z]
        volume = output(scale[i], log_productivity, ramp[i] * capital[i], max(labour[i], 1e-9), a)
        sales = revenue(volume, ramp[i] * demand[i] * demand_index[c, s], mu)
        value_added[i] = volume * in_use[s]
        by_cell[c, s, z] += weight[i] * value_added[i]
        desired_labour[i] = (1.0 - a) / mu * sales / cost
        wanted = a / mu * 12.0 * sales / (user_cost * ramp[i])
        after = next_capital(capital[i], wanted, speed, wear)
        investment[i] = after - capital[i] * (1.0 - wear)
        capital[i] = after
        age[i] += 1


@njit(cache=True, nogil=True)
def _commission(
    i: int,
    alpha: float,
    markup: float,
    cost: float,
    log_trend: float,
    demand_index: float,
    user_cost: float,
    scale: Floats,
    capital: Floats,
    labour: Floats,
    value_added: Floats,
    ramp: Floats,
    demand: Floats,
) -> None:
    """Give a firm that has not produced yet its productivity and market.

    A new plant comes with its capacity (`demand`, CNY a month) and no labour: of what it cost, the productive
    part is what an established firm holds for that output, and it opens with the labour of its opening month.
    """
    capacity = demand[i] if demand[i] > 0.0 else value_added[i]
    if labour[i] == 0.0:
        capital[i] = alpha / markup * 12.0 * capacity / user_cost
        labour[i] = ramp[i] * (1.0 - alpha) / markup * capacity / cost
    log_inputs = alpha * math.log(ramp[i] * capital[i]) + (1.0 - alpha) * math.log(labour[i])
    scale[i] = ramp[i] * capacity * math.exp(-log_trend - log_inputs)
    demand[i] = capacity / demand_index
