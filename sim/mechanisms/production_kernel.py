"""The month of a firm as scalar rules and one loop; `sim.mechanisms.production` states the equations."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.places import N_COUNTIES
from sim.randomness import uniform
from sim.sectors import ABOVE, BELOW, CONSTRUCTION, FARMING, N_SECTORS, N_SIZES
from sim.vector_math import exp, log
from sim.world import Bools, Floats, Ids, Int8s, Int32s

type Rows = NDArray[np.uintp]
"""Row numbers, unsigned: an index that may be negative costs a comparison at every use."""

ROOT_12 = math.sqrt(12.0)

LEAST_LABOUR = 1e-9
"""Persons; a firm without workers makes next to nothing."""

LEAST_DEMAND = 1e-3
"""Local demand relative to its trend that no county falls below, ratio; only keeps the index of services positive."""

TILE = 256
"""Firms handled at a time, so that what is worked out for them stays in the nearest cache."""
_SCALE, _LOG_PRODUCTIVITY, _CAPITAL, _LABOUR, _ALPHA, _MARKET, _MARKUP, _VOLUME, _SALES = range(9)
_N_WORK = 9


@njit(cache=True, nogil=True, error_model="numpy")
def output(scale: float, log_productivity: float, capital: float, labour: float, alpha: float) -> float:
    """Return monthly output, CNY, of a firm with capital in use (CNY) and labour (persons, positive)."""
    return scale * labour * exp(log_productivity + alpha * log(capital / labour))


@njit(cache=True, nogil=True, error_model="numpy")
def revenue(volume: float, market: float, markup: float) -> float:
    """Return the revenue, CNY a month, of a volume sold on a market of constant elasticity."""
    return volume * exp((1.0 - 1.0 / markup) * log(market / volume))


@njit(cache=True, nogil=True, error_model="numpy")
def next_capital(capital: float, desired: float, speed: float, wear: float) -> float:
    """Return capital after a month: towards what is desired, never faster down than wear."""
    return max(capital + speed * (desired - capital), capital * (1.0 - wear))


@njit(cache=True, nogil=True, error_model="numpy")
def next_shock(shock: float, rho: float, innovation: float, draw: float) -> float:
    """Return the shock after a month; a uniform draw of unit variance, as the sum over months is close to
    normal.
    """
    return rho * shock + innovation * ROOT_12 * (draw - 0.5)


@njit(cache=True, nogil=True, error_model="numpy")
def ramp_of(age: int, half_time: float, steepness: float) -> float:
    """Return the part of capital that a plant uses at an age in months; 1 after four half-times."""
    if age >= 4.0 * half_time:
        return 1.0
    return 1.0 / (1.0 + exp(-steepness * (age / half_time - 1.0)))


@njit(cache=True, nogil=True, error_model="numpy")
def add_by_cell(
    values: Floats, county: Int8s, sector: Int8s, size: Int8s, active: Int8s, weight: Floats, out: Floats
) -> None:
    """Add the active firms' values, weighted, by cell to `out` (6, 10, 2)."""
    for i in range(active.size):
        if active[i] == 1:
            out[county[i], sector[i], size[i]] += values[i] * weight[i]


@njit(cache=True, nogil=True, error_model="numpy")
def add_history(
    years: float,
    plant: Bools,
    hazard: Floats,
    county: Int8s,
    sector: Int8s,
    size: Int8s,
    active: Int8s,
    weight: Floats,
    value_added: Floats,
    plants: Floats,
    established: Floats,
) -> None:
    """Add a month's weighted output by cell to `plants` and `established`, both (6, 10, 2).

    An established firm counts for the inverse of its chance to survive from then to January 2023, `years` later,
    at its hazard a year.
    """
    for i in range(active.size):
        if active[i] == 0:
            continue
        output_of_row = value_added[i] * weight[i]
        if plant[i]:
            plants[county[i], sector[i], size[i]] += output_of_row
        else:
            established[county[i], sector[i], size[i]] += output_of_row * exp(hazard[i] * years)


@njit(cache=True, nogil=True, error_model="numpy")
def face_markets(
    years: float,
    trend: Floats,
    dip: float,
    wage: Floats,
    wage_0: Floats,
    skilled: Floats,
    deflator: float,
    labour_cost_0: Floats,
    outside: float,
    inside: float,
    tradable: Bools,
    local: Floats,
    elasticity: float,
    is_service: Bools,
    log_trend: Floats,
    demand: Floats,
    in_use: Floats,
    cost: Floats,
) -> None:
    """Write productivity, `log_trend` (10, 2), the `demand` index, (6, 10), the part of output that is sold, `in_use`
    (10,), and the real `cost` of a worker, CNY a month, (6, 10, 2), of firms.

    Args:
        years: since January 2023.
        trend: of productivity, log a year, shape (10, 2).
        dip: log gap of services output to its trend.
        wage, wage_0: wage by county and skill, now and in January 2023, CNY a month, shape (6, 2).
        skilled: part of workers with tertiary education by sector, ratio, shape (10,).
        deflator: factor from nominal to real wages, ratio.
        labour_cost_0: cost of a worker in January 2023, CNY a month, shape (6, 10, 2).
        outside, inside: log of demand relative to January 2023, of tradable sectors and of the others.
        tradable: which sectors sell outside, shape (10,).
        local: local demand by county relative to its trend, ratio, shape (6,).
        elasticity: of the demand index of services to it.
        is_service: which sectors are services, shape (10,).
    """
    for s in range(N_SECTORS):
        in_use[s] = math.exp(-dip) if is_service[s] else 1.0
        for z in range(N_SIZES):
            log_trend[s, z] = trend[s, z] * years
    for c in range(N_COUNTIES):
        at_home = max(local[c], LEAST_DEMAND) ** elasticity
        ordinary, tertiary = wage[c, 0] / wage_0[c, 0], wage[c, 1] / wage_0[c, 1]
        for s in range(N_SECTORS):
            index = math.exp(outside if tradable[s] else inside)
            demand[c, s] = index * at_home if is_service[s] else index
            growth = ordinary * (1.0 - skilled[s]) + tertiary * skilled[s]
            for z in range(N_SIZES):
                cost[c, s, z] = labour_cost_0[c, s, z] * (growth * deflator)


@njit(cache=True, nogil=True, error_model="numpy")
def fill_counties(
    by_cell: Floats, farming: Floats, building: Floats, tradable: Bools, value_added: Floats, above: Floats
) -> None:
    """Write value added by county and sector, (6, 10), and that of industry above designated size, (6,), CNY a month.

    Firms made `by_cell`, (6, 10, 2), farms and builders of projects `farming` and `building`, (6,); industry is what
    is `tradable`, (10,).
    """
    for c in range(N_COUNTIES):
        above[c] = 0.0
        for s in range(N_SECTORS):
            value_added[c, s] = by_cell[c, s, BELOW] + by_cell[c, s, ABOVE]
            above[c] += by_cell[c, s, ABOVE] if tradable[s] else 0.0
        value_added[c, FARMING] += farming[c]
        value_added[c, CONSTRUCTION] += building[c]


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
    labour_part: Floats,
    capital_part: Floats,
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
    """Move every active firm by one month and add its weighted output to `by_cell` (6, 10, 2).

    `labour_part` and `capital_part`, (10, 2), are (1 - a) / mu, and 12 a / mu.
    """
    rows, work = np.empty(TILE, np.uintp), np.empty((_N_WORK, TILE))
    for first in range(0, active.size, TILE):
        n = _prepare(first, min(first + TILE, active.size), shock_stream, rho, innovation, user_cost, half_time,
                     steepness, alpha, markup, log_trend, demand_index, labour_cost, ids, county, sector, size,
                     active, scale, shock, capital, labour, value_added, ramp, age, demand, knowledge, rows,
                     work)  # fmt: skip
        volume, sales = work[_VOLUME][:n], work[_SALES][:n]
        _outputs(work[_SCALE][:n], work[_LOG_PRODUCTIVITY][:n], work[_CAPITAL][:n], work[_LABOUR][:n],
                 work[_ALPHA][:n], volume)  # fmt: skip
        _revenues(volume, work[_MARKET][:n], work[_MARKUP][:n], sales)
        _plan(rows[:n], volume, sales, speed, wear, user_cost, labour_part, capital_part, in_use, labour_cost, county,
              sector, size, weight, capital, desired_labour, value_added, investment, ramp, age,
              by_cell)  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _prepare(
    first: int,
    last: int,
    shock_stream: np.uint64,
    rho: float,
    innovation: float,
    user_cost: float,
    half_time: float,
    steepness: float,
    alpha: Floats,
    markup: Floats,
    log_trend: Floats,
    demand_index: Floats,
    labour_cost: Floats,
    ids: Ids,
    county: Int8s,
    sector: Int8s,
    size: Int8s,
    active: Int8s,
    scale: Floats,
    shock: Floats,
    capital: Floats,
    labour: Floats,
    value_added: Floats,
    ramp: Floats,
    age: Int32s,
    demand: Floats,
    knowledge: Floats,
    rows: Rows,
    work: Floats,
) -> int:
    """Ramp up, commission and shock the active firms in rows [first, last), and lay out what they produce with.

    Writes their `rows` and the inputs of output and revenue side by side in `work`; returns their number.
    """
    n = 0
    for row in range(first, last):
        i = np.uintp(row)
        if active[i] == 0:
            continue
        c, s, z = np.uintp(county[i]), np.uintp(sector[i]), np.uintp(size[i])
        if ramp[i] < 1.0:
            ramp[i] = ramp_of(age[i], half_time, steepness)
        if scale[i] == 0.0:
            _commission(i, alpha[s, z], markup[s], labour_cost[c, s, z], log_trend[s, z], demand_index[c, s],
                        user_cost, scale, capital, labour, value_added, ramp, demand)  # fmt: skip
        if z == ABOVE:
            shock[i] = next_shock(shock[i], rho, innovation, uniform(shock_stream, ids[i]))
        rows[n] = i
        work[_SCALE, n], work[_ALPHA, n], work[_MARKUP, n] = scale[i], alpha[s, z], markup[s]
        work[_LOG_PRODUCTIVITY, n] = shock[i] + knowledge[i] + log_trend[s, z]
        work[_CAPITAL, n], work[_LABOUR, n] = ramp[i] * capital[i], max(labour[i], LEAST_LABOUR)
        work[_MARKET, n] = ramp[i] * demand[i] * demand_index[c, s]
        n += 1
    return n


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _outputs(
    scale: Floats, log_productivity: Floats, capital: Floats, labour: Floats, alpha: Floats, volume: Floats
) -> None:
    for j in range(volume.size):
        volume[j] = output(scale[j], log_productivity[j], capital[j], labour[j], alpha[j])


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _revenues(volume: Floats, market: Floats, markup: Floats, sales: Floats) -> None:
    for j in range(sales.size):
        sales[j] = revenue(volume[j], market[j], markup[j])


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _plan(
    rows: Rows,
    volume: Floats,
    sales: Floats,
    speed: float,
    wear: float,
    user_cost: float,
    labour_part: Floats,
    capital_part: Floats,
    in_use: Floats,
    labour_cost: Floats,
    county: Int8s,
    sector: Int8s,
    size: Int8s,
    weight: Floats,
    capital: Floats,
    desired_labour: Floats,
    value_added: Floats,
    investment: Floats,
    ramp: Floats,
    age: Int32s,
    by_cell: Floats,
) -> None:
    """Record what the firms in `rows` made, say what labour they want, and invest."""
    for j in range(rows.size):
        i = rows[j]
        c, s, z = np.uintp(county[i]), np.uintp(sector[i]), np.uintp(size[i])
        value_added[i] = volume[j] * in_use[s]
        by_cell[c, s, z] += weight[i] * value_added[i]
        desired_labour[i] = labour_part[s, z] * sales[j] / labour_cost[c, s, z]
        wanted = capital_part[s, z] * sales[j] / (user_cost * ramp[i])
        after = next_capital(capital[i], wanted, speed, wear)
        investment[i] = after - capital[i] * (1.0 - wear)
        capital[i] = after
        age[i] += 1


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
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
