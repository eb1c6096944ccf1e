"""The command line: what ``countysim COMMAND`` takes; ``countysim --help`` lists the commands.

Heavy modules are imported inside the commands, so that ``--help`` answers at once. `sim.cli.guard` turns what
happens into words and an exit code.
"""

from __future__ import annotations

import gc
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.cli.guard import EXIT_CODES, guarded, set_debug

COMMANDS = "countysim.commands"
"""Entry-point group of further commands: the entry's name is the command's, its object the function."""

COLLECTIONS = (50_000, 20, 50)
"""When the garbage collector looks at young, older and old objects: rarely, as commands make little garbage in cycles.

Python's own thresholds cost a command 6 % of its time; these cost 3 MB of memory (measured).
"""

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.", callback=set_debug)]
Share = Annotated[
    float | None,
    typer.Option(min=0.001, max=1.0, help="Part of the households to simulate, 0.001 to 1; the scenario's by default."),
]
Threads = Annotated[
    int | None, typer.Option(min=1, help="Processor cores to use; all by default. The data do not change.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace an earlier run folder.")]
Lang = Annotated[Literal["en", "zh"], typer.Option(help="Language of what is printed and written.")]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Simulate what county reforms do to incomes, jobs, firms, land and where people live.",
    epilog="Start with [bold]countysim run scenarios/documented_2024.yaml --share 0.01[/bold]. "
    "[bold]countysim COMMAND --help[/bold] explains a command with examples.\n\n" + EXIT_CODES,
)


@app.command(
    epilog="Examples: [bold]countysim run scenarios/documented_2024.yaml[/bold] · "
    "[bold]countysim run scenarios/relocation_fast.yaml --share 0.01 --seeds 3 --out out/try[/bold] · "
    "[bold]countysim run scenarios/documented_2024.yaml --months 96 --seed 7 --profile[/bold]"
)
def run(
    scenario: Annotated[Path, typer.Argument(help="A scenario file (YAML).")],
    share: Share = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Run this one seed.")] = None,
    seeds: Annotated[str | None, typer.Option(help="How many seeds (5), or which (3,8,21).")] = None,
    threads: Threads = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; the scenario's by default.")] = None,
    force: Force = False,
    months: Annotated[
        int | None, typer.Option(min=1, max=600, help="Months to simulate instead of the scenario's.")
    ] = None,
    lang: Annotated[Literal["en", "zh"], typer.Option(help="Language of the report and the pictures.")] = "en",
    profile: Annotated[bool, typer.Option("--profile", help="Print the time by phase and mechanism.")] = False,
    debug: Debug = False,
) -> None:
    """Run a scenario, its sweep and its counterfactuals; print what came out, write a run folder with a report."""
    from sim.cli.run import run_command

    run_command(scenario, share, _chosen_seeds(seed, seeds), threads, out, force, months, profile, lang)


@app.command(epilog="Examples: [bold]countysim evidence[/bold] · [bold]countysim evidence relocation[/bold]")
def evidence(
    programme: Annotated[str | None, typer.Argument(help="Show the facts of one programme only.")] = None,
    debug: Debug = False,
) -> None:
    """Print every fact of the source documents by programme: role, value, unit, period, source."""
    from sim.cli.show import show_evidence

    show_evidence(programme)


@app.command(epilog="Example: [bold]countysim population --share 0.01 --out out/villages.png[/bold]")
def population(
    share: Annotated[float, typer.Option(min=0.001, max=1.0, help="Part of the households to build.")] = 0.01,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sample.")] = 1,
    out: Annotated[Path, typer.Option(help="File of the village map (PNG).")] = Path("out/villages.png"),
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier map.")] = False,
    debug: Debug = False,
) -> None:
    """Build the starting world, print its margins against the published ones and draw the village map."""
    from sim.cli.show import show_population

    show_population(share, seed, out, force)


@app.command(epilog="Examples: [bold]countysim policies[/bold] · [bold]countysim policies relocation[/bold]")
def policies(
    name: Annotated[str | None, typer.Argument(help="Show every setting of one policy.")] = None,
    debug: Debug = False,
) -> None:
    """List the policies, or explain the settings of one: meaning, unit, default, range, source, what it reaches."""
    from sim.cli.explain import show_policies

    show_policies(name)


@app.command(
    epilog="Examples: [bold]countysim parameters labour[/bold] · "
    "[bold]countysim parameters projects.landing_hazard[/bold]"
)
def parameters(
    name: Annotated[str | None, typer.Argument(help="A mechanism, or one parameter.")] = None,
    debug: Debug = False,
) -> None:
    """List the parameters, of all mechanisms or of one: meaning, unit, default, range, source, who reads it."""
    from sim.cli.explain import show_parameters

    show_parameters(name)


@app.command(
    epilog="Examples: [bold]countysim new[/bold] · [bold]countysim new my_question.yaml --lang zh[/bold] · "
    "[bold]countysim new faster_still.yaml --extends relocation_fast[/bold]"
)
def new(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("my_question.yaml"),
    extends: Annotated[str, typer.Option(help="The scenario it begins with.")] = "documented_2024",
    lang: Lang = "en",
    debug: Debug = False,
) -> None:
    """Write a starter scenario: every setting with its value, meaning, unit, range and default. Replaces nothing."""
    from sim.cli.new import write_starter

    write_starter(path, extends, lang)


@app.command(
    epilog="Examples: [bold]countysim schema[/bold] · [bold]countysim schema --out scenarios/schema.json --force[/bold]"
)
def schema(
    out: Annotated[Path | None, typer.Option(help="File to write; printed by default.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier file.")] = False,
    debug: Debug = False,
) -> None:
    """Print the JSON Schema of a scenario, with which an editor completes and checks one."""
    from sim.cli.schema import write_schema

    write_schema(out, force)


@app.command(epilog="Example: [bold]countysim validate my_question.yaml[/bold]")
def validate(scenario: Annotated[Path, typer.Argument(help="A scenario file (YAML).")], debug: Debug = False) -> None:
    """Check a scenario without running it; every mistake is listed with file, line and likely fix."""
    from sim.cli.validate import show_valid_scenario

    show_valid_scenario(scenario)


@app.command(
    epilog="Examples: [bold]countysim compare out/relocation_fast out/documented_2024[/bold] · "
    "[bold]countysim compare out/documented_2024 --against none --place qujiang --month 2024-09[/bold] · "
    "[bold]countysim compare out/a out/b out/c --by county --lang zh --out out/a_b_c[/bold]"
)
def compare(
    folders: Annotated[
        list[Path], typer.Argument(help="Run folders; the first is held against the others, or its counterfactuals.")
    ],
    against: Annotated[str | None, typer.Option(help="Label of a counterfactual, for instance none.")] = None,
    place: Annotated[str, typer.Option(help="A county or quzhou, the city.")] = "quzhou",
    month: Annotated[str | None, typer.Option(help="A month such as 2024-12; the last by default.")] = None,
    by: Annotated[
        Literal["decile", "county", "settlement"] | None,
        typer.Option(help="Who gains by income, county or settlement only; all three by default."),
    ] = None,
    lang: Lang = "en",
    out: Annotated[Path | None, typer.Option(help="Folder for tables (CSV) and pictures.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier comparison there.")] = False,
    debug: Debug = False,
) -> None:
    """Print the differences between runs, paired by seed: indicators, who gains and who loses, public cost."""
    from sim.cli.compare import show_comparison

    show_comparison(folders, against, place, month, by, lang, out, force)


@app.command(
    epilog="Examples: [bold]countysim report out/my_question --lang zh[/bold] · "
    "[bold]countysim report out/my_question --lang zh --out my_question_zh.html[/bold]"
)
def report(
    folder: Annotated[Path, typer.Argument(help="A run folder.")],
    lang: Lang = "en",
    out: Annotated[Path | None, typer.Option(help="The file; report.html in the run folder by default.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier file named with --out.")] = False,
    debug: Debug = False,
) -> None:
    """Make the report of a run folder again, in English or Chinese: one page that opens offline and prints well."""
    from sim.cli.report import remake_report

    remake_report(folder, lang, out, force)


def _add_installed_commands() -> None:
    """Add the commands that join by the entry-point group, `calibration`'s among them."""
    for entry in entry_points(group=COMMANDS):
        app.command(entry.name)(entry.load())


def _chosen_seeds(seed: int | None, seeds: str | None) -> tuple[int, ...] | None:
    """Return the seeds asked for; None leaves them to the scenario."""
    if seed is not None and seeds is not None:
        raise typer.BadParameter("use either --seed or --seeds")
    if seed is not None:
        return (seed,)
    if seeds is None:
        return None
    numbers = [part.strip() for part in seeds.split(",")]
    if not all(number.isdecimal() for number in numbers):
        raise typer.BadParameter(f"'{seeds}' is neither a number of seeds (5) nor a list of seeds (3,8,21)")
    chosen = tuple(map(int, numbers))
    if len(chosen) == 1:
        chosen = tuple(range(1, chosen[0] + 1))
    if not chosen or len(set(chosen)) != len(chosen):
        raise typer.BadParameter(f"'{seeds}': at least one seed, and each only once")
    return chosen


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(*COLLECTIONS)
    sys.exit(guarded(_command_line))


def _command_line() -> None:
    _add_installed_commands()
    app()
