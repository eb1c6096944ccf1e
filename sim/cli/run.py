"""The command ``countysim run``: simulate, print what came out, write the run folder."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import typer
from rich.console import Console

from sim.cli.failures import failure_lines, reused_line
from sim.cli.progress import progress_line
from sim.cli.sweep import sweep_table
from sim.cli.tables import cost_table, effect_table, evidence_summary, outcome_table, profile_table, seeds_line
from sim.execution import KeptRuns
from sim.report import REPORT_FILE, write_report
from sim.results import RunResult
from sim.results.folders import claimed_folder
from sim.runs import run
from sim.scenario import Scenario, load_scenario
from sim.units import Language

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
    language: Language,
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
        language: of the report and the pictures.

    Raises:
        ScenarioError: the scenario has mistakes.
        RegistryError: an installed policy is broken.
        ResultsError: the results cannot go to the folder.
        RunError: no seed came through.
        TooLittleMemoryError: the runs do not fit into the memory.
        typer.Exit: with code 1, when some runs failed; the others are written.
        SystemExit, OSError, UnicodeError: the results are written, but could not be printed.
    """
    scenario = load_scenario(path)
    if months is not None:
        scenario = shortened(scenario, months)
    folder = Path(scenario.outputs.folder) if out is None else out
    with claimed_folder(folder, force=force) as claim:
        for line in claim.cleared:
            console.print(line, markup=False)
        with progress_line(console) as report:
            kept = KeptRuns(claim.unfinished)
            result = run(scenario, share=share, seeds=seeds, threads=threads, progress=report, kept=kept)
        fault = _fault_of_printing(result, profile)  # the answer first: pictures take longer than a small run
        with progress_line(console) as report:
            report("writing results, pictures and report", 0, 1)
            result.save(folder, force=force, draw=lambda result, plots: _draw(result, plots, language))
        failed = list(failure_lines(result.manifest, claim.kept_line()))
        if not failed:
            claim.finish()
    if fault is not None:
        for line in (f"The results are written in {folder}; only printing them failed.", *failed):
            fault.add_note(line)
        raise fault
    if result.manifest["reused_runs"]:
        console.print(reused_line(result.manifest))
    for line in failed:
        console.print(line, markup=False, style="red")
    console.print(f"\nReport: {folder / REPORT_FILE}", highlight=False, markup=False)
    contents = "evidence.csv, series.nc, public_cost.csv, plots, manifest.json"
    console.print(f"Results: {folder} ({contents})", highlight=False, markup=False)
    if failed:
        raise typer.Exit(1)


def _draw(result: RunResult, plots: Path, language: Language) -> None:
    """Draw the pictures into their folder and write the report with the same ones beside it."""
    from sim.plots import draw_pictures, save_pictures

    pictures = draw_pictures(result, language)
    save_pictures(pictures, plots)
    write_report(result, plots.parent / REPORT_FILE, language, pictures=pictures)


def shortened(scenario: Scenario, months: int) -> Scenario:
    """Return the scenario with another number of months; household tables beyond its end are dropped.

    `months` counts from January 2023.
    """
    saved = tuple(month for month in scenario.outputs.households if month < months)
    outputs = dataclasses.replace(scenario.outputs, households=saved)
    return dataclasses.replace(scenario, months=months, outputs=outputs)


def _fault_of_printing(result: RunResult, profile: bool) -> BaseException | None:
    """Print the result; return what stopped it: a closed pipe (SystemExit), a full disk, signs the encoding lacks."""
    try:
        _print_result(result, profile)
    except (SystemExit, OSError, UnicodeError) as fault:
        console.quiet = True  # what it could not print, it would try again with the next line
        return fault
    return None


def _print_result(result: RunResult, profile: bool) -> None:
    console.print(seeds_line(result))
    for table in evidence_summary(result):
        console.print(table)
    console.print(outcome_table(result))
    effects = effect_table(result)
    if effects is not None:
        console.print(effects)
    for table in sweep_table(result, console.width):
        console.print(table)
    if result.data.programmes:
        console.print(cost_table(result))
    if profile:
        console.print(profile_table(result))
