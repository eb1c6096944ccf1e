"""Entry, exit and growth over the threshold of firms; twin of `sim.mechanisms.entry_exit`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.calendar import MONTHS_PER_YEAR
from sim.mechanisms import entry_exit_kernel as kernel
from sim.mechanisms.entry_exit import EntryExitParameters, margin_of
from sim.mechanisms.entry_exit_kernel import COUNT, LARGEST_FACTOR, LEAST_WEIGHT, WANTED, WORKERS
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.sectors import ABOVE, BELOW, FORESTRY_PROCESSING, MANUFACTURING, N_SECTORS
from sim.world import Enterprises
from tests.benchmarks.reference.draws import child_id, uniform

closure_factor = kernel.closure_factor.py_func
net_entry = kernel.net_entry.py_func
INDUSTRY = (FORESTRY_PROCESSING, MANUFACTURING)
AMOUNTS = ("capital", "labour", "desired_labour", "value_added", "investment", "talents", "certified")
AMOUNTS += ("certified_year", "research")


def step(model: Any, p: EntryExitParameters) -> None:
    """Let small firms enter and leave, large ones close, and some cross the threshold."""
    sums = _sums_below(model)
    base = model.office.base
    both = (sums[COUNT] > 0.0) & (base.below_firms > 0.0)
    crowd = np.log(np.divide(sums[COUNT], base.below_firms, out=np.ones_like(sums[COUNT]), where=both))
    margin = margin_of(sums) - base.below_margin
    rate = net_entry(margin, crowd, p.entry_response, p.crowding) / MONTHS_PER_YEAR
    growth, shrink = np.exp(rate).tolist(), np.exp(-p.stealing * rate).tolist()
    model.enterprises.do("turn_over", p, growth, shrink, model.stream(Purpose.FIRM_ENTRY))
    _close(model, p)
    _graduate(model, p, sums[COUNT])


def _sums_below(model: Any) -> Any:
    """Return number, wanted and actual workers of small firms by county and sector, shape (3, 6, 10)."""
    sums = np.zeros((3, N_COUNTIES, N_SECTORS)).tolist()
    for f in model.enterprises.select(lambda firm: firm.size == BELOW):
        sums[COUNT][f.county][f.sector] += f.weight
        sums[WANTED][f.county][f.sector] += f.weight * f.desired_labour
        sums[WORKERS][f.county][f.sector] += f.weight * f.labour
    return np.array(sums)


def turn_over(firm: Any, p: EntryExitParameters, growth: list[Any], shrink: list[Any], state: int) -> None:
    """Stand for more or fewer small firms with a smaller or larger market, and give way by chance."""
    if firm.size != BELOW:
        return
    factor = shrink[firm.county][firm.sector]
    firm.weight *= growth[firm.county][firm.sector]
    firm.capital *= factor
    firm.labour *= factor
    firm.demand *= factor
    if uniform(state, firm.id) < p.turnover / MONTHS_PER_YEAR:
        firm.id = child_id(state, firm.id)
        firm.age, firm.talents, firm.aware = 0, 0.0, 0


def _close(model: Any, p: EntryExitParameters) -> None:
    large = model.enterprises.select(lambda firm: firm.size == ABOVE)
    mean_output = max(sum(firm.value_added for firm in large) / max(len(large), 1), 1.0)
    state = model.stream(Purpose.FIRM_EXIT)
    for firm in [firm for firm in large if firm.closes(p, mean_output, state)]:
        firm.remove()


def closes(firm: Any, p: EntryExitParameters, mean_output: float, state: int) -> bool:
    """Say whether a large firm closes this month; plants still ramping up never do."""
    hazard, draw = p.closure / MONTHS_PER_YEAR, uniform(state, firm.id)
    if firm.ramp < 1.0 or draw >= hazard * LARGEST_FACTOR or min(firm.labour, firm.desired_labour) <= 0.0:
        return False
    margin = math.log(firm.desired_labour / firm.labour)
    relative = max(firm.value_added / mean_output, 1e-6)
    return draw < hazard * closure_factor(relative, margin, p.closure_size, p.margin_closure)


def _graduate(model: Any, p: EntryExitParameters, firms_below: Any) -> None:
    """Let small industrial firms cross the threshold."""
    state = model.stream(Purpose.GRADUATION)
    due = firms_below[:, INDUSTRY].sum(axis=1) * p.graduation / MONTHS_PER_YEAR
    numbers = [math.floor(due[county] + uniform(state, county)) for county in range(N_COUNTIES)]
    counties = [county for county, number in enumerate(numbers) for _ in range(number)]
    small = model.enterprises.select(lambda firm: firm.size == BELOW and firm.sector in INDUSTRY)
    for nth, county in enumerate(counties[: model.spare_enterprises()]):
        _graduate_one(model, p, [firm for firm in small if firm.county == county], nth, state)


def _graduate_one(model: Any, p: EntryExitParameters, small: list[Any], nth: int, state: int) -> None:
    """Move the output of one firm at the threshold from the largest of some small firms to a new one."""
    output = p.threshold_output / MONTHS_PER_YEAR
    enough = [firm for firm in small if firm.weight * firm.value_added >= output]
    if not enough:
        return
    source = max(enough, key=lambda firm: firm.value_added)
    part = output / source.value_added
    if source.weight - part < LEAST_WEIGHT:
        part = source.weight
    columns = {name: getattr(source, name) for name in Enterprises.column_names()}
    for name in AMOUNTS:
        columns[name] *= part
    columns |= {"id": child_id(state, source.id + nth), "size": ABOVE, "weight": 1.0, "project": -1}
    columns |= {"demand": columns["value_added"], "scale": 0.0}
    model.found_enterprise(columns)
    source.weight -= part
    if source.weight <= 0.0:
        source.weight = source.value_added = 0.0
        source.remove()
