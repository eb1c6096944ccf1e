"""Does each reform move its own facts in the documented direction, whatever the parameters?

Each draw takes every parameter from its prior and one seed; the five reforms run one at a time against the run with
none of them, same draw and seed. Run it by ``python -m calibration.studies.reform_signs``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calibration.studies.runs import Floats, Run, Total, command_of, documented, measure, options, write_table
from sim.observation import NINE_MONTHS_2024, OPERATORS, QUJIANG, Operator
from sim.scenario import Scenario

CERTAIN = 0.9
"""Share of draws from which a direction counts as robust (assumption)."""

SIGNED: Mapping[str, Operator] = {
    "projects_signed": Total("projects_signed", QUJIANG, *NINE_MONTHS_2024),
    "projects_signed_value": Total("projects_signed_value", QUJIANG, *NINE_MONTHS_2024),
}
"""Facts that are inputs of investment attraction; counted all the same, as ordinary signing goes on without it."""
FIGURES: Mapping[str, Operator] = {**OPERATORS, **SIGNED}


@dataclass(frozen=True)
class Direction:
    """The direction in which a reform is documented to move a fact: 1 up, -1 down; and why where it is not plain."""

    reform: str
    fact: str
    sign: int
    why: str = ""


DIRECTIONS: tuple[Direction, ...] = (
    Direction("forest_tenure", "forestry_gross_output", 1),
    Direction("forest_tenure", "forestry_income_growth", 1),
    Direction("forest_tenure", "forest_transfer_area", 1),
    Direction("forest_tenure", "forest_transfer_rate", 1),
    Direction("forest_tenure", "forestry_leading_firms", 1),
    Direction("forest_tenure", "forestry_new_operators", 1),
    Direction(
        "forest_tenure",
        "brand_price_premium",
        -1,
        "30 % was claimed for 2021 and 22 % is documented for 2024: opening the brand widens supply and dilutes it",
    ),
    Direction("talent_self_evaluation", "talent_self_certified", 1),
    Direction("relocation", "relocated_persons", 1),
    Direction("relocation", "relocated_hamlets", 1),
    Direction("relocation", "urbanisation_gain", 1),
    Direction("investment_attraction", "projects_signed", 1),
    Direction("investment_attraction", "projects_signed_value", 1),
    Direction("investment_attraction", "projects_landed", 1),
    Direction("investment_attraction", "gdp_growth", 1, "mainly building work: plants of 2023-24 hardly produce yet"),
    Direction("innovation_platform", "platform_phd_ratio", 1),
)


@dataclass(frozen=True)
class Finding:
    """What the draws say of one direction; effects in the fact's unit."""

    direction: Direction
    in_direction: float
    median: float
    low: float
    high: float


def drawn_runs(scenario: Scenario, draws: int) -> list[Run]:
    """Return for each draw the run without reforms, then one with each reform alone, in the order of `reforms`."""
    free = replace(scenario, draws=draws)
    variants = [scenario.none(), *(scenario.only(name) for name in reforms())]
    return [
        Run(replace(variant, parameters=parameters), draw + 1)
        for draw, parameters in enumerate(free.parameter_draws())
        for variant in variants
    ]


def reforms() -> tuple[str, ...]:
    """Return the reforms that have a documented direction."""
    return tuple(dict.fromkeys(direction.reform for direction in DIRECTIONS))


def effects(scenario: Scenario, draws: int, workers: int | None = None) -> Floats:
    """Return the effect of each reform alone on each figure, in its unit, shape (draws, reforms, figures)."""
    values = measure(drawn_runs(scenario, draws), FIGURES, workers)
    by_draw = values.reshape(draws, 1 + len(reforms()), len(FIGURES))
    return np.asarray(by_draw[:, 1:] - by_draw[:, :1])


def findings(found: Floats) -> list[Finding]:
    """Return one finding for each documented direction from what `effects` returns, its units and shape."""
    figures, names = tuple(FIGURES), reforms()
    out = []
    for direction in DIRECTIONS:
        effect = found[:, names.index(direction.reform), figures.index(direction.fact)]
        low, median, high = (float(q) for q in np.quantile(effect, (0.05, 0.5, 0.95)))
        out.append(Finding(direction, float(np.mean(direction.sign * effect > 0.0)), median, low, high))
    return out


def rows(found: Sequence[Finding]) -> list[tuple[object, ...]]:
    """Return the findings as rows of the table."""
    return [
        (f.direction.reform, f.direction.fact, f"{f.direction.sign:+d}", f.in_direction, f.median, f.low, f.high,
         f.direction.why)
        for f in found
    ]  # fmt: skip


def main() -> None:
    """Measure the directions and write ``reform_signs.csv``; end with an error when one is not robust."""
    chosen = options(__doc__, {"share": 0.01}, draws=50)
    found = findings(effects(documented(chosen.share), chosen.draws))
    header = ("reform", "fact", "documented_sign", "share_of_draws", "median_effect", "low_5", "high_95", "why")
    write_table(chosen.out / "reform_signs.csv", command_of("reform_signs", chosen), header, rows(found))
    weak = [f.direction for f in found if f.in_direction < CERTAIN]
    for direction in weak:
        print(f"not robust: {direction.reform} on {direction.fact}")
    raise SystemExit(1 if weak else 0)


if __name__ == "__main__":
    main()
