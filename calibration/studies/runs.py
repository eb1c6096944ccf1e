"""Run many models side by side and keep only what a study measures of each."""

from __future__ import annotations

import argparse
import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.observables import Record
from sim.observation import OPERATORS, Operator
from sim.run import Job, simulate
from sim.scenario import Scenario, load_scenario

type Floats = NDArray[np.float64]

DOCUMENTED = "documented_2024"
RESULTS = Path(__file__).parents[2] / "docs" / "studies"


@dataclass(frozen=True)
class Run:
    """One run to make: a scenario with its parameters, share and months set, and a seed."""

    scenario: Scenario
    seed: int


def documented(share: float, months: int = 24) -> Scenario:
    """Return the scenario of the five documented reforms at a share."""
    return replace(load_scenario(DOCUMENTED), share=share, months=months)


def measure(runs: Sequence[Run], operators: Mapping[str, Operator] = OPERATORS, workers: int | None = None) -> Floats:
    """Return each operator's value for each run, shape (runs, operators).

    Args:
        runs: what to simulate.
        operators: what to observe; functions of a module or objects that can be sent to a process.
        workers: processes; one for each processor when None. The values do not depend on it.
    """
    observe = partial(_observe, operators=tuple(operators.values()))
    count = min(workers or os.cpu_count() or 1, len(runs))
    if count == 1:
        rows = [observe(run) for run in runs]
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(count, mp_context=context) as pool:
            rows = list(pool.map(observe, runs))
    return np.array(rows)


def _observe(run: Run, operators: Sequence[Callable[[Record], float]]) -> list[float]:
    record = simulate(Job(run.scenario.name, run.scenario, run.seed)).record
    return [operator(record) for operator in operators]


@dataclass(frozen=True)
class At:
    """An operator that reads one indicator of one place in one month (-1 for the starting state)."""

    indicator: str
    place: str
    month: int

    def __call__(self, record: Record) -> float:
        """Return the indicator, in its unit."""
        return record.at(self.indicator, self.place, self.month)


def options(description: str, **whole_numbers: int) -> argparse.Namespace:
    """Read the command line: whole numbers with defaults, and the folder results are written to."""
    parser = argparse.ArgumentParser(description=description)
    for name, default in whole_numbers.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    return parser.parse_args()


def write_table(path: Path, command: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table as CSV whose first line names the command that made it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"# {command}", ",".join(header)]
    lines += [",".join(_cell(value) for value in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cell(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
