"""The command ``countysim run``: simulate, print what came out, write the run folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sim.cli.tables import cost_table, evidence_summary, outcome_table, profile_table, seeds_line
from sim.plots import save_plots
from sim.results import RunResult
from sim.results.folders import check_free
from sim.runs import run
from sim.scenario import Scenario, load_scenario

console = Console()


def run_command(
    path: Path,
    share: float | None,
    seeds: tuple[int, ...] | None,
    threads: int | None,
    out: Path | None,
    force: bool,
    months: int | None,
    profile: bool,
) -> None:
    """Run a scenario as the command line asks; every mistake is found before the first month is simulated.

    Args:
        path: the scenario's YAML file, or the name of one of the project's own.
        share: sampling share of the households, ratio; the scenario's when None, like `seeds`, `out`, `months`.
        seeds: seeds of the runs.
        threads: processor cores; all when None.
        out: the run folder.
        force: whether an earlier run folder there may be replaced.
        months: months to simulate.
        profile: whether to print seconds by mechanism.

    Raises:
        ScenarioError: the scenario has mistakes.
        RegistryError: an installed policy is broken.
        ResultsError: the results cannot go to the folder.
        RunError: no seed came through.
        typer.Exit: with code 1, when some runs failed; the others are written.
    """
    scenario = load_scenario(path)
    if months is not None:
        scenario = shortened(scenario, months)
    folder = Path(scenario.outputs.folder) if out is None else out
    check_free(folder, force=force)
    with _progress() as report:
        result = run(scenario, share=share, seeds=seeds, threads=threads, progress=report)
        report("writing results", 1, 1)
        result.save(folder, force=force, draw=save_plots)
    _print_result(result, profile)
    console.print(f"\nResults: {folder} (evidence.csv, series.nc, public_cost.csv, plots, manifest.json)")
    if result.manifest["failures"]:
        raise typer.Exit(1)


def shortened(scenario: Scenario, months: int) -> Scenario:
    """Return the scenario with another number of months; household tables beyond its end are dropped.

    `months` counts from January 2023.
    """
    saved = tuple(month for month in scenario.outputs.households if month < months)
    outputs = dataclasses.replace(scenario.outputs, households=saved)
    return dataclasses.replace(scenario, months=months, outputs=outputs)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Give a callback that draws one progress line."""
    columns = (BarColumn(30), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.description}"), console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def report(message: str, done: int, total: int) -> None:
            bar.update(task, description=message, completed=done, total=total)

        yield report


def _print_result(result: RunResult, profile: bool) -> None:
    console.print(seeds_line(result))
    for failure in result.manifest["failures"]:
        console.print(f"[red]failed:[/red] {failure['scenario']}, seed {failure['seed']}: {failure['message']}")
    for table in evidence_summary(result):
        console.print(table)
    if len(result.scenarios) > 1:
        console.print(outcome_table(result))
    if result.series.sizes["programme"]:
        console.print(cost_table(result))
    if profile:
        console.print(profile_table(result))
