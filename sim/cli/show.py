"""The commands ``countysim evidence`` and ``countysim population``: what the model starts from."""

from __future__ import annotations

import math
from pathlib import Path

from rich.console import Console
from rich.text import Text

from sim.cli.tables import BOUND_SIGNS, number, plain_table
from sim.errors import ResultsError
from sim.evidence import evidence_table, load_evidence
from sim.places import NAMES
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
    console.print(f"\nMap of villages: {out}", markup=False)


def _percent(value: float) -> str:
    return f"{100.0 * value:.2f}" if math.isfinite(value) else ""
