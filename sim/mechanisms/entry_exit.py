"""Entry, exit and growth over the threshold of firms.

    margin       m = log(desired / actual labour) of a cell, less its value at the start
    net entry    d log n = (response * m - crowding * log(n / n_0)) / 12     small firms, by county and sector
    market       each firm's inputs and demand shrink by `stealing` of net entry
    turnover     a small firm gives way to another on the same premises with a constant hazard
    closure      a large firm closes with hazard h * (output / mean)^-e * exp(-margin_closure * m_i)
    graduation   small industrial firms cross the threshold with hazard g; the part of a row's firms whose output
                 makes one at the threshold moves, with all they have: capital, workers, talents, research

Wanted over actual labour is revenue per yuan of wages relative to what a firm aims at: the margin that draws
entrants. Small firms are weighted rows, so net entry moves weights and turnover renews rows: neither adds
sampling noise to output. Crowding brings the number of firms back to what it was. Ordinary signing replaces
what closes.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass

import numpy as np

from sim.accounting import Ledger
from sim.calendar import MONTHS_PER_YEAR
from sim.levers import LeverBoard
from sim.mechanisms import entry_exit_kernel as kernel
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.entry_exit_kernel import COUNT
from sim.parameters import ParameterSet, parameter
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.sectors import N_SECTORS
from sim.world import Enterprises, Floats, World

_marks_of = operator.attrgetter(*Enterprises.names_of("i1", kernel.MARKS))
_numbers_of = operator.attrgetter(*Enterprises.names_of("f8", kernel.NUMBERS))


@dataclass(frozen=True)
class EntryExitParameters(ParameterSet):
    """Parameters of entry and exit."""

    turnover: float = parameter(
        0.08,
        unit="1/year",
        low=0.04,
        high=0.14,
        source="assumption",
        meaning="hazard that a small firm is replaced by another",
    )
    entry_response: float = parameter(
        0.5,
        unit="1/year",
        low=0.0,
        high=1.5,
        source="assumption",
        meaning="net entry of small firms per log point of margin",
    )
    crowding: float = parameter(
        0.15,
        unit="1/year",
        low=0.05,
        high=0.5,
        source="assumption: keeps the number of firms stationary",
        meaning="return of the number of small firms to its level at the start",
    )
    stealing: float = parameter(
        0.8,
        unit="ratio",
        low=0.5,
        high=1.0,
        source="assumption",
        meaning="part of an entrant's market that is taken from other small firms of the cell",
    )
    closure: float = parameter(
        0.05,
        unit="1/year",
        low=0.02,
        high=0.08,
        source="assumption: ordinary signing would otherwise add to the trend of demand",
        meaning="hazard that a firm of mean size above designated size closes",
    )
    closure_size: float = parameter(
        0.3,
        unit="elasticity",
        low=0.0,
        high=0.6,
        prior="fixed",
        source="assumption: large firms close less often",
        meaning="fall of the closure hazard with output",
    )
    margin_closure: float = parameter(
        2.0,
        unit="elasticity",
        low=0.0,
        high=5.0,
        source="assumption",
        meaning="fall of the closure hazard per log point of margin",
    )
    graduation: float = parameter(
        0.003,
        unit="1/year",
        low=0.001,
        high=0.01,
        source="assumption: fills the list of firms above designated size as others close",
        meaning="hazard that a small industrial firm crosses the threshold",
    )
    threshold_output: float = parameter(
        4.0e6,
        unit="CNY/year",
        low=3.0e6,
        high=8.0e6,
        prior="fixed",
        source="20 million of revenue at a value-added rate of 0.198 (feasibility section 1)",
        meaning="value added of a firm that crosses the threshold",
    )


def ordinary_closure(firms: Enterprises, p: EntryExitParameters) -> Floats:
    """Return each firm's closure hazard a year at ordinary margins, 0 below designated size, shape (n,)."""
    return kernel.ordinary_hazards(p.closure, p.closure_size, firms.size, firms.active, firms.value_added)


def sums_below(firms: Enterprises) -> Floats:
    """Return number, wanted and actual workers of small firms by county and sector, shape (3, 6, 10)."""
    out = np.zeros((3, N_COUNTIES, N_SECTORS))
    kernel.sum_below(
        firms.county,
        firms.sector,
        firms.size,
        firms.active,
        firms.weight,
        firms.desired_labour,
        firms.labour,
        out,
    )
    return out


def margin_of(sums: Floats) -> Floats:
    """Return the log of wanted over actual workers by county and sector, shape (6, 10); 0 without firms."""
    margin, crowd = np.empty((2, N_COUNTIES, N_SECTORS))
    kernel.log_ratios(sums, sums[COUNT], margin, crowd)
    return np.asarray(margin)


def start(world: World, p: EntryExitParameters) -> None:
    """Remember the ordinary margin and the number of small firms."""
    sums = sums_below(world.enterprises)
    world.base.below_margin[:] = margin_of(sums)
    world.base.below_firms[:] = sums[COUNT]


def step(world: World, p: EntryExitParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Let small firms enter and leave, large ones close, and some cross the threshold."""
    firms_below = _move_below(world, p)
    _close(world, p)
    _graduate(world, p, firms_below)


def _move_below(world: World, p: EntryExitParameters) -> Floats:
    """Let small firms enter and leave; return their number before by county and sector, shape (6, 10)."""
    firms, base, sums = world.enterprises, world.base, np.zeros((3, N_COUNTIES, N_SECTORS))
    kernel.move_below(
        world.stream(Purpose.FIRM_ENTRY),
        p.turnover / MONTHS_PER_YEAR,
        p.entry_response,
        p.crowding,
        p.stealing,
        base.below_margin,
        base.below_firms,
        sums,
        firms.id,
        firms.county,
        firms.sector,
        firms.size,
        firms.active,
        firms.weight,
        firms.capital,
        firms.labour,
        firms.desired_labour,
        firms.demand,
        firms.age,
        firms.talents,
        firms.aware,
    )
    return np.asarray(sums[COUNT])


def _close(world: World, p: EntryExitParameters) -> None:
    firms = world.enterprises
    kernel.close_firms(
        world.stream(Purpose.FIRM_EXIT),
        p.closure / MONTHS_PER_YEAR,
        p.closure_size,
        p.margin_closure,
        firms.id,
        firms.age,
        firms.project,
        _marks_of(firms),
        _numbers_of(firms),
        world.projects.enterprise,
    )


def _graduate(world: World, p: EntryExitParameters, firms_below: Floats) -> None:
    firms = world.enterprises
    kernel.graduate(
        world.stream(Purpose.GRADUATION),
        p.graduation / MONTHS_PER_YEAR,
        p.threshold_output / MONTHS_PER_YEAR,
        firms_below,
        firms.id,
        firms.age,
        firms.project,
        _marks_of(firms),
        _numbers_of(firms),
        world.projects.enterprise,
    )


MECHANISM = Mechanism(
    name="entry_exit",
    phase=Phase.ENTERPRISES,
    meaning="firms enter, close and cross the threshold of designated size",
    parameters=EntryExitParameters,
    levers=(),
    step=step,
    start=start,
)
