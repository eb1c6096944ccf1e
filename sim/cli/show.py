"""The commands that explain: evidence, population, policies, parameters, validate, compare."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.cli.tables import BOUND_SIGNS, number, plain_table
from sim.errors import ResultsError, nearest
from sim.evidence import evidence_table, load_evidence
from sim.parameters import Declaration, ParameterError
from sim.places import CITY, NAMES
from sim.policies.base import Policy, Timing
from sim.registry import MECHANISMS, default_parameters, installed_policies, policy
from sim.units import format_value

console = Console()


def show_evidence(programme: str | None) -> None:
    """Print the facts of all programmes, or of one.

    Raises:
        EvidenceError: no fact speaks of the programme, or the shipped files break their rules.
    """
    evidence = load_evidence()
    if programme is not None:
        evidence.facts_of(programme)
    rows = [row for row in evidence_table(evidence) if programme in (None, row.programme)]
    sources = list(dict.fromkeys(row.source for row in rows))
    for name in dict.fromkeys(row.programme for row in rows):
        table = plain_table(f"\n{name}", "fact", "role", "value", "place", "period", "source")
        for row in rows:
            if row.programme == name:
                value = f"{BOUND_SIGNS[row.bound]} {format_value(row.value, row.unit)}".strip()
                source = f"[{sources.index(row.source) + 1}]"
                table.add_row(row.id, row.role, value, row.place, row.period, Text(source))
        console.print(table)
    console.print("\n≈ about, > more than, → close to")
    for position, title in enumerate(sources, start=1):
        console.print(f"[{position}] {title}", markup=False)


def show_population(share: float, seed: int, out: Path, force: bool) -> None:
    """Build a world, print its margins and draw the map.

    Args:
        share: sampling share of the hamlets, ratio from 0.001 to 1.
        seed: the run's seed.
        out: PNG file of the map; its folder is made when it does not exist.
        force: whether the file may be replaced.

    Raises:
        ResultsError: the file exists and `force` is False; nothing is built.
        ValueError: the share lies outside 0.001 to 1.
        PopulationError: the statistics contradict each other.
    """
    from sim.plots import save_village_map
    from sim.population import build_world, margins_table

    if out.exists() and not force:
        raise ResultsError(f"{out} exists. Choose another file with --out, or replace it with --force.")
    evidence = load_evidence()
    world = build_world(share, seed, evidence)
    numbers = ("published", "simulated", "error %", "s.e. %")
    title = f"Margins at share {share:g}, seed {seed} (s.e.: standard error of a sample of this share)"
    whole = (*numbers, "confidence")
    table = plain_table(title, "margin and place", *whole, numbers=numbers, whole=whole)
    last = ""
    for row in margins_table(world, evidence):
        if row.margin != last:
            table.add_row(f"[bold]{row.margin}[/bold]")
            last = row.margin
        table.add_row(
            f"  {NAMES[row.place]['en']}",
            number(row.published, row.unit),
            number(row.simulated, row.unit),
            _percent(row.error),
            _percent(row.standard_error),
            row.confidence,
        )
    console.print(table)
    save_village_map(world.villages, evidence, out)
    console.print(f"\nMap of villages: {out}")


def _percent(value: float) -> str:
    return f"{100.0 * value:.2f}" if math.isfinite(value) else ""


def show_policies(name: str | None) -> None:
    """List the policies, or the settings of one.

    Raises:
        RegistryError: there is no such policy, or an installed one is broken.
    """
    if name is not None:
        _print_settings(policy(name))
        return
    table = plain_table("", "policy", "title", "meaning")
    for each in installed_policies().values():
        table.add_row(each.name, each.title["en"], each.meaning)
    console.print(table)
    console.print("\n[dim]countysim policies NAME explains the settings of one.[/dim]")


def _print_settings(reform: type[Policy[Any]]) -> None:
    console.print(f"[bold]{reform.name}[/bold]: {reform.title['en']} ({reform.title['zh']})\n{reform.meaning}\n")
    console.print(f"levers: {', '.join(lever.name for lever in reform.levers)}")
    console.print(f"facts:  {', '.join(reform.facts)}\n")
    fields = reform.Settings.model_fields
    for name in (*(n for n in fields if n not in Timing.model_fields), *Timing.model_fields):
        field = fields[name]
        about = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        default = ", ".join(map(str, field.default)) if isinstance(field.default, tuple) else field.default
        _print_entry(name, str(default), str(about["unit"]), _range(field), str(about["source"]), field.description)


def _print_entry(name: str, default: str, unit: str, support: str, source: str, meaning: str | None) -> None:
    """Print one setting or parameter as a block that reads well in a narrow terminal."""
    bounds = f"  ({support})" if support else ""
    console.print(f"[bold]{name}[/bold] = {default} {unit}{bounds}", highlight=False)
    for line in (meaning or "", f"source: {source}"):
        console.print(Padding(Text(line), (0, 0, 0, 4)))


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
    for mechanism in dict.fromkeys(flat.split(".")[0] for flat in chosen):
        about = mechanisms[mechanism]
        console.print(f"\n[bold underline]{mechanism}[/bold underline] ({about.phase}): {about.meaning}\n")
        for flat, declared_as in chosen.items():
            if flat.split(".")[0] == mechanism:
                _print_parameter(flat, declared_as)


def _print_parameter(name: str, about: Declaration) -> None:
    support = f"{about.low:g} to {about.high:g}, prior {about.prior}"
    _print_entry(name, f"{about.default:g}", about.unit, support, about.source, about.meaning)


def show_valid_scenario(path: Path) -> None:
    """Check a scenario and say what it would run.

    Raises:
        ScenarioError: with every mistake found.
        RegistryError: an installed policy is broken.
    """
    from sim.scenario import load_scenario

    scenario = load_scenario(path)
    on = ", ".join(scenario.policies) or "none"
    others = ", ".join(c.label for c in scenario.counterfactuals) or "none"
    console.print(
        f"{path} is valid: {scenario.months} months, share {scenario.share:g}, {len(scenario.seeds)} seeds.\n"
        f"policies: {on}\ncounterfactuals: {others}"
    )


def show_comparison(first: Path, second: Path | None, against: str | None, place: str, month: str | None) -> None:
    """Print the differences of two run folders, or of one and its counterfactual.

    Args:
        first: a run folder.
        second: another one; None compares `first` with its own counterfactual.
        against: label of the scenario to compare with; when None the first counterfactual, or the main scenario of
            `second`.
        place: a county or the city.
        month: as "2024-09"; the last month when None.

    Raises:
        ResultsError: a folder is no run folder, there is nothing to compare with, or not this month or place.
    """
    from sim.comparison import compare
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
