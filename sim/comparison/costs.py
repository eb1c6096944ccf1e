"""What a programme costs the public more in one run than in another, and what a unit of its outcome costs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.comparison.chance import is_clear, standard_error
from sim.observables.indicators import INDICATORS, POSITION
from sim.places import place_index

if TYPE_CHECKING:
    from sim.comparison.pairing import Side
    from sim.results.records import Floats

ALL = "all"
OUTCOMES = {
    "forest_tenure": ("forest_let",),
    "talent_self_evaluation": ("talents_self_certified",),
    "relocation": ("relocated_persons",),
    "investment_attraction": ("projects_signed", "projects_landed"),
    "innovation_platform": ("platform_phds",),
    ALL: ("gdp", "origin_rural_income_total", "employment_ordinary"),
}
"""What each programme is meant to bring; `ALL` stands for all programmes together."""
NEGLIGIBLE = 1e-3
"""A programme whose cost differs by less than this part of it is as in the other run: others touched it in passing."""
_SINGULAR = {"persons": "person", "mu": "mu", "projects": "project", "CNY": "CNY"}


@dataclass(frozen=True)
class CostOfOutcome:
    """What one outcome of a programme costs; all figures are first run minus second, means over seeds.

    Attributes:
        programme: name of the policy, or ``all``.
        cost: public cost over the whole run, CNY.
        indicator: the outcome.
        effect: its change, in `effect_unit`: summed over the months for a flow, at the last month for a stock.
        standard_error: of `effect` over seeds; NaN for one seed.
        effect_unit: unit of `effect`.
        cost_per_unit: cost / effect in `unit`: what one unit more costs, or one unit less saves; NaN where the
            effect cannot be told apart from zero (with one seed it never can), or where more is reached with less.
        unit: unit of `cost_per_unit`, for instance ``CNY/person``.
    """

    programme: str
    cost: float
    indicator: str
    effect: float
    standard_error: float
    effect_unit: str
    cost_per_unit: float
    unit: str


def costs_of_outcomes(left: Side, right: Side, rows: int, place: str) -> list[CostOfOutcome]:
    """Return the rows of programmes whose cost differs, on the first `rows` months of both sides."""
    seeds = left.run.seeds
    values = left.values()[:, :rows, place_index(place)] - right.values(seeds)[:, :rows, place_index(place)]
    return [
        _cost_of(programme, cost, indicator, values[:, :, POSITION[indicator]])
        for programme, cost in _extra_costs(left, right, rows, place)
        for indicator in OUTCOMES.get(programme, ())
    ]


def _extra_costs(left: Side, right: Side, rows: int, place: str) -> Iterator[tuple[str, float]]:
    """Yield the programmes whose cost differs, CNY over the months, and last all together where any cost differs."""
    column = place_index(place)
    sides = [(side, side.public_cost(left.run.seeds)[:, :rows, :, column].sum(axis=1)) for side in (left, right)]
    programmes = dict.fromkeys(name for side, _ in sides for name in side.run.data.programmes)
    total = 0.0
    for name in programmes:
        one, other = (_mean_cost(side, costs, name) for side, costs in sides)
        total += one - other
        if abs(one - other) > NEGLIGIBLE * max(one, other):
            yield name, one - other
    if total != 0.0:
        yield ALL, total


def _mean_cost(side: Side, costs: Floats, programme: str) -> float:
    programmes = side.run.data.programmes
    return float(costs[:, programmes.index(programme)].mean()) if programme in programmes else 0.0


def _cost_of(programme: str, cost: float, name: str, difference: Floats) -> CostOfOutcome:
    """Return the cost of one outcome; `difference` has shape (seeds, months + 1)."""
    indicator = INDICATORS[POSITION[name]]
    flow = indicator.kind == "flow"
    by_seed = difference[:, 1:].sum(axis=1) if flow else difference[:, -1]
    effect_unit = indicator.unit.removesuffix("/month") if flow else indicator.unit
    effect = float(by_seed.mean())
    has_price = cost * effect > 0.0 and is_clear(by_seed)
    return CostOfOutcome(
        programme,
        cost,
        name,
        effect,
        standard_error(by_seed),
        effect_unit,
        cost / effect if has_price else math.nan,
        f"CNY/{_SINGULAR[effect_unit]}",
    )
