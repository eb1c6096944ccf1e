"""Production and investment of firms; twin of `sim.mechanisms.production`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.calendar import MONTHS_PER_YEAR
from sim.mechanisms import production_kernel as kernel
from sim.mechanisms.production import (
    RAMP_STEEPNESS,
    TRADABLE,
    Cells,
    ProductionParameters,
    cells_of_month,
    farm_output,
)
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.sectors import ABOVE, BELOW, CONSTRUCTION, FARMING, N_SECTORS, N_SIZES
from tests.benchmarks.reference.draws import uniform

output = kernel.output.py_func
revenue = kernel.revenue.py_func
next_capital = kernel.next_capital.py_func
next_shock = kernel.next_shock.py_func
ramp_of = kernel.ramp_of.py_func


def step(model: Any, p: ProductionParameters) -> None:
    """Produce for a month and fill the counties' value added."""
    office = model.office
    cells = cells_of_month(office, p)
    by_cell = np.zeros((N_COUNTIES, N_SECTORS, N_SIZES)).tolist()
    model.enterprises.do("produce", p, _plain(cells), model.stream(Purpose.PRODUCTIVITY), by_cell)
    made, counties = np.array(by_cell), office.counties
    counties.value_added[:] = made[:, :, BELOW] + made[:, :, ABOVE]
    counties.value_added[:, FARMING] += farm_output(office, p)
    counties.value_added[:, CONSTRUCTION] += counties.construction_spending
    counties.value_added_above[:] = made[:, TRADABLE, ABOVE].sum(axis=1)


def _plain(cells: Cells) -> Cells:
    """Return the same cells as nested lists."""
    return Cells(**{name: values.tolist() for name, values in cells._asdict().items()})


def produce(firm: Any, p: ProductionParameters, cells: Cells, shocks: int, by_cell: list[Any]) -> None:
    """Make and sell, say what labour is wanted, and invest."""
    f, c, s, z = firm, firm.county, firm.sector, firm.size
    alpha, markup, cost = cells.alpha[s][z], cells.markup[s], cells.labour_cost[c][s][z]
    trend, demand = cells.log_trend[s][z], cells.demand[c][s]
    if f.ramp < 1.0:
        f.ramp = ramp_of(f.age, p.ramp_half_time, RAMP_STEEPNESS)
    if f.scale == 0.0:
        _commission(f, p, alpha, markup, cost, trend, demand)
    if z == ABOVE:
        innovation = p.shock_sd * math.sqrt(1.0 - p.shock_persistence**2)
        f.shock = next_shock(f.shock, p.shock_persistence, innovation, uniform(shocks, f.id))
    volume = output(f.scale, f.shock + f.knowledge + trend, f.ramp * f.capital, max(f.labour, 1e-9), alpha)
    sales = revenue(volume, f.ramp * f.demand * demand, markup)
    f.value_added = volume * cells.in_use[s]
    by_cell[c][s][z] += f.weight * f.value_added
    f.desired_labour = (1.0 - alpha) / markup * sales / cost
    wanted = alpha / markup * 12.0 * sales / (p.user_cost * f.ramp)
    wear = p.depreciation / MONTHS_PER_YEAR
    after = next_capital(f.capital, wanted, p.capital_adjustment, wear)
    f.investment = after - f.capital * (1.0 - wear)
    f.capital = after
    f.age += 1


def _commission(
    f: Any, p: ProductionParameters, alpha: float, markup: float, cost: float, trend: float, demand: float
) -> None:
    """Give a firm that has not produced yet its productivity and its market."""
    capacity = f.demand if f.demand > 0.0 else f.value_added
    if f.labour == 0.0:
        f.capital = alpha / markup * 12.0 * capacity / p.user_cost
        f.labour = f.ramp * (1.0 - alpha) / markup * capacity / cost
    log_inputs = alpha * math.log(f.ramp * f.capital) + (1.0 - alpha) * math.log(f.labour)
    f.scale = f.ramp * capacity * math.exp(-trend - log_inputs)
    f.demand = capacity / demand
