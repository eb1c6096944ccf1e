"""Measure: processes from start to end, models in this process, and what machine it is."""

from __future__ import annotations

import hashlib
import math
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from sim.model import CountyModel

ROOT = Path(__file__).parents[2]
PACKAGES = ("numpy", "numba", "mesa")
KILOBYTES_PER_GB = 1e6
"""Linux counts the peak memory of a process in kB."""


@dataclass(frozen=True)
class Process:
    """What a process took: seconds from start to end and to the line awaited, peak memory in GB, and its output."""

    seconds: float
    peak: float
    output: str
    seconds_to_line: float


def run_process(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None, await_line: str = ""
) -> Process:
    """Run a Python process in the project's folder; bytecode is kept from run to run, as Python does by itself.

    Args:
        arguments: of the interpreter, for instance ``["-m", "sim.cli"]``.
        environment: variables that differ from this process's.
        await_line: the time to the first line that holds these words is taken; to the first line at all by default.

    Raises:
        RuntimeError: it ended with an error.
    """
    command = [sys.executable, *arguments]
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = perf_counter()
    child = subprocess.Popen(
        [command[0], "-u", *command[1:]],
        cwd=ROOT,
        env={**ours, **(environment or {})},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    lines, awaited = [], math.nan
    for line in child.stdout:
        lines.append(line)
        if math.isnan(awaited) and await_line in line:
            awaited = perf_counter() - begin
    _, status, usage = os.wait4(child.pid, 0)
    seconds = perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    if child.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} ended with code {child.returncode}")
    return Process(seconds, usage.ru_maxrss / KILOBYTES_PER_GB, "".join(lines), awaited)


def countysim(*arguments: str) -> list[str]:
    """Return the interpreter's arguments for a `countysim` command."""
    return ["-c", "from sim.cli import main; main()", *arguments]


def median(measure: Callable[[], float], times: int) -> float:
    """Return the median of a repeated measurement."""
    return statistics.median(measure() for _ in range(times))


def seconds_of(action: Callable[[], object]) -> float:
    """Return how long an action takes."""
    begin = perf_counter()
    action()
    return perf_counter() - begin


def processor_seconds_of(action: Callable[[], object]) -> float:
    """Return the processor time of an action on one thread: its wall time on a machine with nothing else to do."""
    begin = process_time()
    action()
    return process_time() - begin


def household_count(model: CountyModel) -> int:
    """Return the household rows in use."""
    return int(np.count_nonzero(model.world.households.id))


def fingerprint(model: CountyModel) -> str:
    """Return a hash of every column of the world, of the record and of the ledger."""
    digest = hashlib.sha256()
    world = model.world
    for table in (
        world.households,
        world.hamlets,
        world.villages,
        world.enterprises,
        world.projects,
        world.counties,
    ):
        for name in table.column_names():
            digest.update(np.ascontiguousarray(getattr(table, name)).tobytes())
    for values in (model.record.values, model.record.public_cost, model.ledger.public_total):
        digest.update(values.tobytes())
    return digest.hexdigest()


def machine() -> str:
    """Return processor, cores and versions in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
