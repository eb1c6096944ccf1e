"""``countysim sensitivity STUDY.yaml``: run a Sobol study, print and write what it found.

Heavy modules are imported inside the command, so that ``--help`` answers at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from calibration.sensitivity.results import StudyResult


def sensitivity(
    study: Annotated[Path, typer.Argument(help="A study file (YAML).")],
    out: Annotated[Path | None, typer.Option(help="Folder for the results; out/<study> by default.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one for each processor by default.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the results of another study there.")] = False,
) -> None:
    """Find out which inputs decide an outcome: Sobol indices with intervals. Stopped runs are resumed."""
    from rich.console import Console

    from calibration.sensitivity.results import run_study
    from calibration.sensitivity.study import load_study
    from sim.cli.progress import progress_line

    asked = load_study(study)
    folder = Path("out") / asked.name if out is None else out
    with progress_line(Console()) as line:
        result = run_study(
            asked, folder, workers=workers, force=force, progress=lambda done, total: line("runs", done, total)
        )
    print_result(result)
    print(f"\nResults: {folder}")


def print_result(result: StudyResult) -> None:
    """Print for each outcome the factors by total index, and what the reader must know about their error."""
    from rich.console import Console

    from calibration.sensitivity.sobol import TOTAL_OF_NOTHING, WIDEST_INTERVAL
    from sim.cli.tables import plain_table

    factors = list(result.study.factors)
    table = plain_table("Total Sobol index ± 95 % interval", "outcome", "chance", "factors by influence")
    for output in result.outputs:
        if output.indices is None:
            table.add_row(output.name, "", "no factor of this study moves it")
            continue
        total, error = output.indices.total, output.indices.total_error
        ranked = sorted(range(len(factors)), key=lambda k: -total[k])
        shown = [f"{factors[k]} {total[k]:.2f} ± {error[k]:.2f}" for k in ranked if total[k] > TOTAL_OF_NOTHING]
        table.add_row(output.name, f"{100 * output.chance_share:.0f} %", "; ".join(shown) or "none")
    console = Console()
    console.print(table)
    console.print(
        "chance: variance over seeds at the medians, relative to it and that of the factors together.\n"
        f"dummy: total index at most {result.dummy_total:.3f} ({TOTAL_OF_NOTHING} allowed)."
        + ("" if result.dummy_is_silent else " [bold]Too large: take more samples.[/bold]"),
        highlight=False,
    )
    if not result.converged:
        console.print(
            f"[bold]Not converged[/bold]: an interval of a largest total index is wider than {WIDEST_INTERVAL}; "
            "read the ranking, not the digits, or take more samples.",
            highlight=False,
        )
