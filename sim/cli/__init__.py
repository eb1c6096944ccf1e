"""The command line: ``countysim run | evidence | population | policies | parameters | validate | compare``.

Heavy modules are imported inside the commands, so that ``--help`` answers at once. Exit codes: 0 done, 2 a
mistake in the input (all of it is listed, nothing is written), 1 anything else, an interrupt included.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

EXIT_OTHER, EXIT_BAD_INPUT = 1, 2
INTERRUPTED = 130
"""What the command-line library makes of Ctrl-C."""
_STATE = {"debug": False}


def _set_debug(value: bool) -> None:
    _STATE["debug"] = _STATE["debug"] or value


Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.", callback=_set_debug)]
Share = Annotated[
    float | None,
    typer.Option(min=0.001, max=1.0, help="Part of the households to simulate, 0.001 to 1; the scenario's by default."),
]
Threads = Annotated[
    int | None, typer.Option(min=1, help="Processor cores to use; all by default. The data do not change.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace an earlier run folder.")]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Simulate what county reforms do to incomes, jobs, firms, land and where people live.",
    epilog="Start with [bold]countysim run scenarios/documented_2024.yaml --share 0.01[/bold]. "
    "[bold]countysim COMMAND --help[/bold] explains a command with examples.",
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
    profile: Annotated[bool, typer.Option("--profile", help="Print the time by phase and mechanism.")] = False,
    debug: Debug = False,
) -> None:
    """Run a scenario and its counterfactuals; print documented against simulated and write a run folder."""
    from sim.cli.run import run_command

    run_command(scenario, share, _chosen_seeds(seed, seeds), threads, out, force, months, profile)


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
    """List the policies, or explain the settings of one: default, unit, range, source, meaning."""
    from sim.cli.show import show_policies

    show_policies(name)


@app.command(epilog="Examples: [bold]countysim parameters[/bold] · [bold]countysim parameters labour[/bold]")
def parameters(
    name: Annotated[str | None, typer.Argument(help="A mechanism, or one parameter.")] = None,
    debug: Debug = False,
) -> None:
    """List the parameters, of all mechanisms or of one: default, unit, range, source, meaning."""
    from sim.cli.show import show_parameters

    show_parameters(name)


@app.command(epilog="Example: [bold]countysim validate my_scenario.yaml[/bold]")
def validate(scenario: Annotated[Path, typer.Argument(help="A scenario file (YAML).")], debug: Debug = False) -> None:
    """Check a scenario without running it; every mistake is listed with file, line and likely fix."""
    from sim.cli.show import show_valid_scenario

    show_valid_scenario(scenario)


@app.command(
    epilog="Examples: [bold]countysim compare out/relocation_fast out/documented_2024[/bold] · "
    "[bold]countysim compare out/documented_2024 --against none --place qujiang --month 2024-09[/bold]"
)
def compare(
    first: Annotated[Path, typer.Argument(help="A run folder.")],
    second: Annotated[
        Path | None, typer.Argument(help="Another; the first's own counterfactual when left out.")
    ] = None,
    against: Annotated[str | None, typer.Option(help="Label of a counterfactual, for instance none.")] = None,
    place: Annotated[str, typer.Option(help="A county or quzhou, the city.")] = "quzhou",
    month: Annotated[str | None, typer.Option(help="A month such as 2024-12; the last by default.")] = None,
    debug: Debug = False,
) -> None:
    """Print the differences between two run folders, paired by seed."""
    from sim.cli.show import show_comparison

    show_comparison(first, second, against, place, month)


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


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Treat SIGTERM like Ctrl-C: drafts are removed, processes ended."""
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line and leave with its exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app()
    except SystemExit as leaving:
        sys.exit(EXIT_OTHER if leaving.code == INTERRUPTED else leaving.code)
    except Exception as error:
        if _STATE["debug"]:
            raise
        sys.exit(_report(error))


def _report(error: Exception) -> int:
    """Print an error for the person at the screen and return the exit code."""
    from sim.errors import CountysimError, IdentityError, PopulationError, ProblemsError, RunError

    if isinstance(error, ProblemsError):
        count = len(error.problems)
        _say(f"{count} problem{'s' if count > 1 else ''}; nothing was written.")
    if isinstance(error, CountysimError):
        _say(str(error))
        return EXIT_OTHER if isinstance(error, IdentityError | PopulationError | RunError) else EXIT_BAD_INPUT
    _say(f"{type(error).__name__}: {error}")
    _say("This is a defect; run again with --debug for the traceback.")
    return EXIT_OTHER


def _say(text: Any) -> None:
    print(text, file=sys.stderr)
