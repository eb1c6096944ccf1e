"""The commands that explain what can be set: policies and parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic.fields import FieldInfo
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from sim.cli.tables import plain_table
from sim.errors import nearest
from sim.levers import Lever
from sim.mechanisms.base import Mechanism
from sim.parameters import Declaration, ParameterError
from sim.policies.base import Policy, Timing
from sim.reach import parameter_readers, reach, readers
from sim.registry import MECHANISMS, default_parameters, installed_policies, policy
from sim.scenario.starter import readable

console = Console()

TIMING_REACH = "when, where and how strongly the reform moves its levers"
BUDGET_REACH = "read each month before the reform moves its levers: it stands still when its money is gone"
COST_REACH = "what the reform spends on itself each month"


def show_policies(name: str | None) -> None:
    """List the policies, or the settings of one.

    Raises:
        RegistryError: there is no such policy, or an installed one is broken.
    """
    if name is not None:
        _print_policy(policy(name))
        return
    table = plain_table("", "policy", "title", "meaning")
    for each in installed_policies().values():
        table.add_row(each.name, each.title["en"], each.meaning)
    console.print(table)
    console.print("\n[dim]countysim policies NAME explains the settings of one.[/dim]")


def _print_policy(reform: type[Policy[Any]]) -> None:
    console.print(f"[bold]{reform.name}[/bold]: {reform.title['en']} ({reform.title['zh']})\n{reform.meaning}\n")
    console.print(f"facts to explain: {', '.join(reform.facts)}\n", highlight=False)
    fields = reform.Settings.model_fields
    for name in (*(n for n in fields if n not in Timing.model_fields), *Timing.model_fields):
        field = fields[name]
        about = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        lines = (field.description or "", f"reaches: {reached(reform, name)}", f"source: {about['source']}")
        _print_entry(name, default_text(field), str(about["unit"]), range_text(field), lines)


def reached(reform: type[Policy[Any]], name: str) -> str:
    """Return what a setting moves: levers, each with the mechanisms that read it, and the reform's own cost."""
    if name in Timing.model_fields:
        return BUDGET_REACH if name == "budget" else TIMING_REACH
    found = reach(reform, name)
    parts = [f"lever {lever.name}, read by {', '.join(readers(lever)) or 'nothing'}" for lever in found.levers]
    return "; ".join([*parts, *([COST_REACH] if found.cost else [])]) or "nothing in the first five years"


def default_text(field: FieldInfo) -> str:
    """Return a setting's default as a scenario writes it."""
    if isinstance(field.default, tuple):
        return f"[{', '.join(map(str, field.default))}]"
    if field.default is None:
        return "none"
    return readable(field.default) if isinstance(field.default, int | float) else str(field.default)


def range_text(field: FieldInfo) -> str:
    """Return a setting's range, or an empty text."""
    low = next((readable(rule.ge) for rule in field.metadata if hasattr(rule, "ge")), "")
    high = next((readable(rule.le) for rule in field.metadata if hasattr(rule, "le")), "")
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}" if high else ""


def _print_entry(name: str, default: str, unit: str, support: str, lines: Sequence[str]) -> None:
    """Print one setting or parameter as a block that reads well in a narrow terminal."""
    bounds = f"  ({support})" if support else ""
    console.print(Text.assemble((name, "bold"), f" = {default} {unit}{bounds}"))
    for line in lines:
        console.print(Padding(Text(line), (0, 0, 0, 4), expand=False))


def show_parameters(name: str | None) -> None:
    """List the parameters of all mechanisms, of one mechanism, or one parameter.

    Raises:
        ParameterError: there is no such mechanism or parameter.
    """
    declared = default_parameters().declarations()
    mechanisms = {mechanism.name: mechanism for mechanism in MECHANISMS}
    chosen = {n: d for n, d in declared.items() if name is None or n == name or n.split(".")[0] == name}
    if name is not None and not chosen and name not in mechanisms:
        raise ParameterError(f"no mechanism or parameter '{name}'. {_nearest(name, mechanisms, declared)}".rstrip())
    for mechanism in dict.fromkeys(flat.split(".")[0] for flat in chosen):
        _print_mechanism(mechanisms[mechanism])
        for flat, declared_as in chosen.items():
            if flat.split(".")[0] == mechanism:
                _print_parameter(flat, declared_as)


def _nearest(name: str, mechanisms: dict[str, Mechanism], declared: dict[str, Declaration]) -> str:
    """Return the likely name; a parameter may be given without its mechanism."""
    endings = [flat for flat in declared if flat.endswith(f".{name}")]
    return f"Did you mean '{endings[0]}'?" if endings else nearest(name, (*mechanisms, *declared))


def _print_mechanism(about: Mechanism) -> None:
    console.print(f"\n[bold underline]{about.name}[/bold underline] ({about.phase}): {about.meaning}")
    for line in (
        f"parameters read by: {', '.join(parameter_readers(about.name))}",
        f"levers it reads: {'; '.join(map(_written_by, about.levers)) or 'none'}",
    ):
        console.print(Text(line))
    console.print()


def _written_by(lever: Lever) -> str:
    writers = [each.name for each in installed_policies().values() if lever in each.levers]
    return f"{lever.name} (moved by {', '.join(writers) or 'no reform'})"


def _print_parameter(name: str, about: Declaration) -> None:
    support = f"{readable(about.low)} to {readable(about.high)}, prior {about.prior}"
    lines = (about.meaning, f"source: {about.source}")
    _print_entry(name, readable(about.default), about.unit, support, lines)
