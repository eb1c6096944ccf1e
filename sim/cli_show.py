"""The commands that explain: evidence, population, policies, parameters, validate, compare."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from rich.console import Console
from rich.table import Table

from sim.cli_tables import plain_table
from sim.errors import ResultsError, nearest
from sim.evidence import evidence_table, load_evidence
from sim.parameters import Declaration, ParameterError
from sim.places import CITY
from sim.policies.base import Policy, Timing
from sim.registry import MECHANISMS, default_parameters, installed_policies, policy
from sim.units import format_value

console = Console()


def show_evidence(programme: str | None) -> None:
    """Print the facts of all programmes, or of one."""
    evidence = load_evidence()
    if programme is not None:
        evidence.facts_of(programme)
    table = plain_table(
        "", "programme", "fact", "role", "bound", "value", "period", "place", "source", numbers=("value",)
    )
    for row in evidence_table(evidence):
        if programme in (None, row.programme):
            value = format_value(row.value, row.unit)
            table.add_row(
                row.programme, row.id, row.role, row.bound, value, row.period, row.place, row.source
            )
    console.print(table)


def show_population(share: float, seed: int, out: Path, force: bool) -> None:
    """Build a world, print its margins and draw the map."""
    from sim.plots import save_village_map
    from sim.population import build_world, margins_table

    if out.exists() and not force:
        raise ResultsError(f"{out} exists. Choose another file with --out, or replace it with --force.")
    evidence = load_evidence()
    world = build_world(share, seed, evidence)
    numbers = ("published", "simulated", "error", "standard error")
    table = plain_table(
        f"Margins at share {share:g}, seed {seed}", "margin", "place", *numbers, "confidence", numbers=numbers
    )
    for row in margins_table(world, evidence):
        table.add_row(
            row.margin,
            row.place,
            format_value(row.published, row.unit),
            format_value(row.simulated, row.unit),
            _percent(row.error),
            _percent(row.standard_error),
            row.confidence,
        )
    console.print(table)
    save_village_map(world.villages, evidence, out)
    console.print(f"\nMap of villages: {out}")


def _percent(value: float) -> str:
    return f"{100.0 * value:+.3f} %" if math.isfinite(value) else ""


def show_policies(name: str | None) -> None:
    """List the policies, or the settings of one."""
    if name is not None:
        console.print(_settings_table(policy(name)))
        return
    table = plain_table("", "policy", "title", "meaning")
    for each in installed_policies().values():
        table.add_row(each.name, each.title["en"], each.meaning)
    console.print(table)
    console.print("\n[dim]countysim policies NAME explains the settings of one.[/dim]")


def _settings_table(reform: type[Policy[Any]]) -> Table:
    title = f"{reform.name}: {reform.title['en']} ({reform.title['zh']})\n{reform.meaning}\n"
    title += (
        f"levers: {', '.join(lever.name for lever in reform.levers)} · facts: {', '.join(reform.facts)}\n"
    )
    table = plain_table(title, "setting", "default", "unit", "range", "source", "meaning")
    fields = reform.Settings.model_fields
    for name in (*(n for n in fields if n not in Timing.model_fields), *Timing.model_fields):
        field = fields[name]
        about = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        default = (
            ", ".join(map(str, field.default)) if isinstance(field.default, tuple) else str(field.default)
        )
        source = str(about["source"])
        table.add_row(name, default, str(about["unit"]), _range(field), source, field.description or "")
    return table


def _range(field: FieldInfo) -> str:
    low = next((str(rule.ge) for rule in field.metadata if hasattr(rule, "ge")), "")
    high = next((str(rule.le) for rule in field.metadata if hasattr(rule, "le")), "")
    return f"{low or 'any'} to {high or 'any'}" if low or high else ""


def show_parameters(name: str | None) -> None:
    """List the parameters of all mechanisms, of one mechanism, or one parameter.

    Raises:
        ParameterError: there is no such mechanism or parameter.
    """
    declared = default_parameters().declarations()
    mechanisms = {mechanism.name: mechanism for mechanism in MECHANISMS}
    chosen = {n: d for n, d in declared.items() if name is None or n == name or n.split(".")[0] == name}
    if name is not None and not chosen and name not in mechanisms:
        known = (*mechanisms, *declared)
        raise ParameterError(f"no mechanism or parameter '{name}'. {nearest(name, known)}".rstrip())
    if name in mechanisms:
        console.print(f"[bold]{name}[/bold] ({mechanisms[name].phase}): {mechanisms[name].meaning}\n")
    console.print(_parameter_table(chosen))


def _parameter_table(declared: dict[str, Declaration]) -> Table:
    table = plain_table(
        "", "parameter", "default", "unit", "range", "prior", "source", "meaning", numbers=("default",)
    )
    for name, about in declared.items():
        support = f"{about.low:g} to {about.high:g}"
        table.add_row(
            name, f"{about.default:g}", about.unit, support, about.prior, about.source, about.meaning
        )
    return table


def show_valid_scenario(path: Path) -> None:
    """Check a scenario and say what it would run."""
    from sim.scenario import load_scenario

    scenario = load_scenario(path)
    on = ", ".join(scenario.policies) or "none"
    others = ", ".join(c.label for c in scenario.counterfactuals) or "none"
    console.print(
        f"{path} is valid: {scenario.months} months, share {scenario.share:g}, {len(scenario.seeds)} seeds.\n"
        f"policies: {on}\ncounterfactuals: {others}"
    )


def show_comparison(
    first: Path, second: Path | None, against: str | None, place: str, month: str | None
) -> None:
    """Print the differences of two run folders, or of one and its counterfactual."""
    from sim.compare import compare
    from sim.results import RunResult

    left = RunResult.load(first)
    comparison = compare(left, None if second is None else RunResult.load(second), against=against)
    numbers = (*comparison.names, "difference", "standard error")
    title = f"{comparison.names[0]} - {comparison.names[1]}, {place}, {month or 'last month'}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in ("indicator", *numbers):
        table.add_column(column, justify="right" if column != "indicator" else "left")
    for row in comparison.at(month, place):
        values = (row.first, row.second, row.difference, row.standard_error)
        table.add_row(row.indicator, *(format_value(value, row.unit) for value in values))
    console.print(table)
    if place == CITY:
        console.print("\n[dim]--place and --month show a county or another month.[/dim]")
