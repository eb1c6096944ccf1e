"""How much memory runs need, and how much there is: told before the first month, not by a killed process."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import TooLittleMemoryError
from sim.observables.indicators import INDICATORS
from sim.places import PLACES
from sim.scenario import MIN_SHARE

if TYPE_CHECKING:
    from sim.runs import Job

MB = 1_000_000
COMMAND_BYTES = 430 * MB
"""A command with its libraries, pictures and a small run (measured: 407 MB at share 0.01)."""
PROCESS_BYTES = 310 * MB
"""A process that only simulates, with its libraries and kernels (measured: 297 MB at share 0.01)."""
COMPILER_BYTES = 600 * MB
"""A process that compiles kernels (measured: 464 MB)."""
FULL_WORLD_BYTES = 290 * MB
"""The world at share 1 while it is built and simulated (measured: 240 MB)."""
FULL_TABLE_BYTES = 120 * MB
"""A table of all households at share 1, also while it is written (measured: 116 MB a run, which leaves one)."""
RECORD_COPIES = 2
"""A record stands in memory once by itself and once in the series."""


def affordable_workers(jobs: Sequence[Job], due: Sequence[Job], workers: int) -> int:
    """Return how many of the processes the memory allows, at least one.

    Args:
        jobs: all runs, whose results stand in memory at the end.
        due: those to simulate.
        workers: processes wanted.

    Raises:
        TooLittleMemoryError: one run at a time is too much; the message says what share would fit.
    """
    free = available_bytes()
    if free is None:
        return workers
    share = max(job.scenario.share for job in due)
    for fewer in range(workers, 0, -1):
        if needed_bytes(jobs, share, fewer) <= free:
            return fewer
    raise TooLittleMemoryError(_refusal(jobs, share, free))


def affordable_compilers(processes: int) -> int:
    """Return how many of the processes that would help this one to compile the memory allows, perhaps none."""
    free = available_bytes()
    return processes if free is None else max(0, min(processes, (free - COMMAND_BYTES) // COMPILER_BYTES))


def needed_bytes(jobs: Sequence[Job], share: float, workers: int) -> float:
    """Return an upper estimate of the memory that runs need, in bytes: worlds side by side and the results of all.

    Args:
        jobs: the runs.
        share: sampling share of the households, 0.001 to 1.
        workers: runs that go side by side.
    """
    months = max(job.scenario.months for job in jobs)
    asked = max(len(job.scenario.outputs.households) for job in jobs)
    record = RECORD_COPIES * 8 * (months + 1) * len(PLACES) * len(INDICATORS)
    tables = share * FULL_TABLE_BYTES * (1 + asked)
    own_processes = 0 if workers == 1 else workers * PROCESS_BYTES
    return COMMAND_BYTES + own_processes + workers * share * FULL_WORLD_BYTES + len(jobs) * (record + tables)


def _refusal(jobs: Sequence[Job], share: float, free: float) -> str:
    need = needed_bytes(jobs, share, 1)
    fixed = needed_bytes(jobs, 0.0, 1)
    fits = share * (free - fixed) / (need - fixed)
    rounded = int(fits / MIN_SHARE) * MIN_SHARE
    told = f"the runs need about {need / MB:,.0f} MB of memory at share {share:g}; {free / MB:,.0f} MB are free."
    if rounded < MIN_SHARE:
        return f"{told} No share fits: free some memory, or run fewer seeds or months."
    return f"{told} A share of {rounded:.3g} would fit (--share {rounded:.3g})."


def available_bytes() -> int | None:
    """Return the memory this process may still take, or None where the system does not tell."""
    return min(_limits(), default=None)


def _limits() -> Iterator[int]:
    """Yield what is left under each limit: of the machine, of the control group, of the process."""
    system = _words(Path("/proc/meminfo"))
    if "MemAvailable:" in system:
        yield 1024 * int(system[system.index("MemAvailable:") + 1])
    yield from _left_in_group(Path("/sys/fs/cgroup"), "memory.max", "memory.current")
    yield from _left_in_group(Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "memory.usage_in_bytes")
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    taken = _words(Path("/proc/self/statm"))
    if soft != resource.RLIM_INFINITY and taken:
        yield soft - int(taken[0]) * os.sysconf("SC_PAGE_SIZE")


def _left_in_group(folder: Path, limit: str, used: str) -> Iterator[int]:
    limits, taken = _words(folder / limit), _words(folder / used)
    if limits and taken and limits[0].isdecimal():
        cache = _words(folder / "memory.stat")
        reclaimable = int(cache[cache.index("inactive_file") + 1]) if "inactive_file" in cache else 0
        yield int(limits[0]) - int(taken[0]) + reclaimable


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except OSError:
        return []
