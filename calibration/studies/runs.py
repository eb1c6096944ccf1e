"""Run many models side by side and keep only what a study wants of each."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.experiment import answers
from sim.errors import RunError
from sim.execution import Failure
from sim.model import CountyModel
from sim.observables import Record
from sim.observation import OPERATORS, Operator
from sim.runs import Job
from sim.scenario import Scenario, load_scenario

type Floats = NDArray[np.float64]

DOCUMENTED = "documented_2024"
RESULTS = Path(__file__).parents[2] / "docs" / "studies"


@dataclass(frozen=True)
class Run:
    """One run to make: a scenario with its parameters, share and months set, and a seed."""

    scenario: Scenario
    seed: int


@dataclass(frozen=True)
class At:
    """An operator that reads one indicator of one place in one month (-1 for the starting state)."""

    indicator: str
    place: str
    month: int

    def __call__(self, record: Record) -> float:
        """Return the indicator, in its unit."""
        return record.at(self.indicator, self.place, self.month)


@dataclass(frozen=True)
class Total:
    """An operator that adds up a monthly indicator of one place over calendar months, both ends included."""

    indicator: str
    place: str
    first: int
    last: int

    def __call__(self, record: Record) -> float:
        """Return the sum, in the indicator's unit times months."""
        return record.total(self.indicator, self.place, self.first, self.last)


def documented(share: float, months: int = 24) -> Scenario:
    """Return the scenario of the five documented reforms at a share."""
    return replace(load_scenario(DOCUMENTED), share=share, months=months)


def simulate_all[T](runs: Sequence[Run], keep: Callable[[Record], T], workers: int | None = None) -> list[T]:
    """Simulate every run and return what is kept of its record, in the order of the runs.

    Args:
        runs: what to simulate.
        keep: applied to the record in the process that simulated it; must be of a kind that can be sent there.
        workers: processes; one for each processor when None. The values do not depend on it.

    Raises:
        RunError: a run broke.
    """
    jobs = [Job(str(position), run.scenario, run.seed) for position, run in enumerate(runs)]
    kept: dict[str, T] = {}
    for answer in answers(jobs, partial(_simulate, keep=keep), workers or os.cpu_count() or 1):
        if isinstance(answer.outcome, Failure):
            raise RunError(f"{answer.job.scenario.name}, seed {answer.job.seed}: {answer.outcome.message}")
        kept[answer.job.label] = answer.outcome
    return [kept[job.label] for job in jobs]


def _simulate[T](job: Job, _threads: int = 1, _after_month: object = None, *, keep: Callable[[Record], T]) -> T:
    model = CountyModel(job.scenario, seed=job.seed)
    model.run_for(job.scenario.months)
    return keep(model.record)


def whole(record: Record) -> Record:
    """Keep the whole record."""
    return record


def measure(runs: Sequence[Run], operators: Mapping[str, Operator] = OPERATORS, workers: int | None = None) -> Floats:
    """Return each operator's value for each run, shape (runs, operators)."""
    return np.array(simulate_all(runs, partial(_observe, operators=tuple(operators.values())), workers))


def _observe(record: Record, operators: Sequence[Operator]) -> list[float]:
    return [operator(record) for operator in operators]


def options(description: str | None, shares: Mapping[str, float], **whole_numbers: int) -> argparse.Namespace:
    """Read the command line: shares and whole numbers with defaults, and the folder results are written to."""
    parser = argparse.ArgumentParser(description=description)
    for name, share in shares.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=share)
    for name, default in whole_numbers.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    return parser.parse_args()


def command_of(study: str, chosen: argparse.Namespace) -> str:
    """Return the command that makes a study's results again."""
    words = [f"--{name.replace('_', '-')} {value}" for name, value in vars(chosen).items() if name != "out"]
    return " ".join([f"python -m calibration.studies.{study}", *words])


def write_table(path: Path, command: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table as CSV whose first line names the command that made it, and print it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"# {command}", ",".join(header), *(",".join(_cell(value) for value in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    widths = [
        max(len(cell) for cell in column) for column in zip(*(line.split(",") for line in lines[1:]), strict=True)
    ]
    for line in lines[1:]:
        print("  ".join(cell.ljust(width) for cell, width in zip(line.split(","), widths, strict=True)).rstrip())
    print(f"written to {path}")


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.5g}"
    return str(value).replace(",", ";")
