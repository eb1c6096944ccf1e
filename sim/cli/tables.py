"""Tables of a run for the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sim.comparison import Difference, compare
from sim.observables.indicators import INDICATORS, POSITION
from sim.outcomes import MARK_MEANING, Outcome
from sim.places import CITY, CITY_INDEX, NAMES
from sim.registry import MECHANISMS
from sim.results import RunResult
from sim.units import format_value

HEADLINES = (
    ("gdp", CITY),
    ("gdp", "qujiang"),
    ("value_added_above", "qujiang"),
    ("income_rural", CITY),
    ("income_rural", "qujiang"),
    ("income_urban", CITY),
    ("forestry_income_rural", CITY),
    ("gini", CITY),
    ("unemployment_rate", CITY),
    ("residents", CITY),
    ("urbanisation", "qujiang"),
    ("forest_transfer_share", CITY),
    ("forest_rent", CITY),
    ("brand_premium", CITY),
    ("relocated_persons", "qujiang"),
    ("relocation_queue", "qujiang"),
    ("projects_operating", "qujiang"),
    ("talents_self_certified", CITY),
    ("platform_phds", CITY),
)
"""What the table of effects shows: indicator and place."""

BOUND_SIGNS = {"eq": "", "approx": "≈", "ge": ">", "nearly": "→", "": ""}
_COLOURS = {"✓": "green", "~": "yellow", "✗": "red", "": ""}


def plain_table(title: str, *columns: str, numbers: Sequence[str] = (), whole: Sequence[str] | None = None) -> Table:
    """Return an empty table.

    Args:
        title: stands above it.
        columns: heads of the columns.
        numbers: those set to the right.
        whole: those never broken over lines; the numbers and the first column by default.
    """
    look: dict[str, Any] = {"box": None, "pad_edge": False, "padding": (0, 1, 0, 0), "header_style": "bold"}
    table = Table(title=title, title_justify="left", **look)
    unbroken = (*numbers, columns[0]) if whole is None else whole
    for name in columns:
        justify: Literal["left", "right"] = "right" if name in numbers else "left"
        table.add_column(name, justify=justify, overflow="fold", no_wrap=name in unbroken)
    return table


def seeds_line(result: RunResult) -> str:
    """Return what was run, with markup: scenario, seeds, months, share asked and realised."""
    share, manifest = result.manifest["share"], result.manifest
    realised = sum(share["realised"].values()) / len(share["realised"])
    months = result.data.rows - 1
    return (
        f"\n[bold]{escape(result.scenarios[0])}[/bold]: {months} months ({manifest['first_month']} to "
        f"{manifest['last_month']}), {len(result.seeds)} seeds, share {share['asked']:g} "
        f"(realised {realised:.4f}), {manifest['timings']['wall']:.1f} s\n"
    )


def evidence_summary(result: RunResult) -> list[Table | Text]:
    """Return the tables of targets and of published figures beside them, and what is not modelled yet."""
    compared = [row for row in result.evidence if row.status == "compared"]
    parts: list[Table | Text] = [_evidence_table("Documented against simulated", compared)]
    parts.append(Text(f"{MARK_MEANING}; > more than, → close to\n", style="dim"))
    if result.checks:
        parts.append(_evidence_table("Published figures beside the targets", result.checks))
    for status in ("outside the run", "not modelled yet"):
        missing = [row for row in result.evidence if row.status == status]
        if missing:
            names = ", ".join(f"{row.id} ({row.programme})" for row in missing)
            parts.append(Text(f"\nTargets {status}: {names}", style="dim"))
    return parts


def _evidence_table(title: str, rows: Sequence[Outcome]) -> Table:
    numbers = ("documented", "simulated", "sd", "ratio")
    whole = ("outcome", "unit", *numbers)
    table = plain_table(title, *whole, "", numbers=numbers, whole=whole)
    for row in rows:
        table.add_row(
            row.id,
            short_unit(row.unit),
            f"{BOUND_SIGNS[row.bound]} {number(row.documented, row.unit)}".strip(),
            number(row.simulated, row.unit),
            number(row.spread, row.unit),
            f"{row.ratio:.2f}" if math.isfinite(row.ratio) else "",
            Text(row.mark, style=_COLOURS[row.mark]),
        )
    return table


def short_unit(unit: str) -> str:
    """Return a unit for a narrow column."""
    return {"ratio": "%", "percentage_points": "points", "natural_villages": "hamlets"}.get(unit, unit)


def number(value: float, unit: str) -> str:
    """Return a number without its unit, a ratio in percent; nothing for NaN."""
    if not math.isfinite(value):
        return ""
    scaled = 100.0 * value if unit == "ratio" else value
    rounded = scaled if abs(scaled) >= 1e3 else round(float(f"{scaled:.3g}"), 6)
    return format_value(rounded, "dimensionless").replace(" million", " M")


def outcome_table(result: RunResult) -> Table:
    """Return the headline outcomes of the last month: mean and band (lowest to highest) over seeds."""
    title = f"\nMain outcomes in {result.manifest['last_month']}, mean and band of {_seeds(result)}"
    numbers = ("mean", "lowest to highest")
    table = plain_table(title, "outcome", "place", "unit", *numbers, numbers=numbers)
    for indicator, place in HEADLINES:
        unit = INDICATORS[POSITION[indicator]].unit
        last = result.values(indicator, place)[:, -1]
        mean, band = number(float(last.mean()), unit), _band(float(last.min()), float(last.max()), unit)
        table.add_row(indicator, NAMES[place]["en"], short_unit(unit), mean, band)
    return table


def effect_table(result: RunResult) -> Table | None:
    """Return the difference of the headline outcomes to each counterfactual of the scenario itself, seed by seed."""
    others = [label for label in result.scenarios if label in result.manifest["scenario"]["counterfactuals"]]
    if not others:
        return None
    heads = [f"against {label}" for label in others]
    title = f"\nWhat differs in {result.manifest['last_month']} (± standard error over {_seeds(result)})"
    table = plain_table(title, "outcome", "place", "unit", *heads, numbers=heads)
    comparisons = [compare(result, against=label) for label in others]
    for indicator, place in HEADLINES:
        unit = INDICATORS[POSITION[indicator]].unit
        cells = (_difference(comparison.of(indicator, place=place), unit) for comparison in comparisons)
        table.add_row(indicator, NAMES[place]["en"], short_unit(unit), *cells)
    return table


def _seeds(result: RunResult) -> str:
    count = len(result.seeds)
    return "one seed" if count == 1 else f"{count} seeds"


def _band(low: float, high: float, unit: str) -> str:
    """Return the lowest and highest value over seeds; nothing where all agree or there is one."""
    return "" if low == high else f"{number(low, unit)} to {number(high, unit)}"


def _difference(cell: Difference, unit: str) -> str:
    """Return a difference with its sign and error; of a ratio, in percentage points."""
    sign = "+" if cell.difference > 0 else ""
    error = f" ± {number(cell.standard_error, unit)}" if math.isfinite(cell.standard_error) else ""
    return f"{sign}{number(cell.difference, unit)}{error}"


def cost_table(result: RunResult) -> Table:
    """Return what each programme cost the public in all, mean over seeds."""
    costs = result.data.public_cost[0, :, :, :, CITY_INDEX].sum(axis=1)
    numbers = ("public cost", "sd over seeds")
    table = plain_table("\nPublic cost by programme, CNY over the whole run", "programme", *numbers, numbers=numbers)
    for programme, by_seed in zip(result.data.programmes, costs.T, strict=True):
        spread = float(by_seed.std(ddof=1)) if by_seed.size > 1 else math.nan
        table.add_row(programme, number(float(by_seed.mean()), "CNY"), number(spread, "CNY"))
    return table


def profile_table(result: RunResult) -> Table:
    """Return the time of all runs by mechanism, the mechanisms of a phase together."""
    seconds: dict[str, float] = result.manifest["timings"]["by_mechanism"]
    months = len(result.scenarios) * len(result.seeds) * (result.data.rows - 1)
    numbers = ("seconds", "ms a month")
    table = plain_table("\nTime by phase and mechanism", "phase", "mechanism", *numbers, numbers=numbers)
    phases = {mechanism.name: str(mechanism.phase) for mechanism in MECHANISMS}
    for name in (*(n for n in phases if n in seconds), *(n for n in seconds if n not in phases)):
        once = name == "construction"
        per_month = "" if once else f"{1000.0 * seconds[name] / months:.3f}"
        table.add_row(phases.get(name, ""), name, f"{seconds[name]:.3f}", per_month)
    return table
