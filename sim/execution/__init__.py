"""Carry out the runs of a plan: in this process or in several, within the memory there is, losing none.

A run that breaks takes no other with it. With a folder to keep them in, every finished run is put there at once,
and a later call takes it from there instead of simulating it again.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.execution.compiling import compile_side_by_side
from sim.execution.kept import KeptRuns
from sim.execution.memory import affordable_workers
from sim.execution.pools import in_processes
from sim.execution.work import Answer, Failure, Simulate, work
from sim.warned import Warned

if TYPE_CHECKING:
    from sim.runs import Finished, Job

__all__ = ["Executed", "Failure", "KeptRuns", "Progress", "Simulate", "execute"]

type Progress = Callable[[str, int, int], None]
"""progress(what happens, months done, months in all): called as a run goes on."""

PROCESS_STARTUP = 4.0
"""Seconds a new process needs before it simulates (assumption)."""
SECONDS_PER_MONTH = 0.002
SECONDS_PER_HOUSEHOLD_MONTH = 3.0e-7
FULL_SCALE = 930_000
"""Rough cost of a month (6 ms at share 0.01) and rows at share 1; they only choose how runs are spread."""
SHARE_FOR_THREADS = 0.1
"""From this share on a single run is worth kernel threads."""
LARGEST_SHARE_IN_PROCESSES = 0.5
"""Above it runs take turns: two full worlds at once would need too much memory."""
LOADING = "loading kernels (compiled on the first run on this machine)"


@dataclass
class Executed:
    """What became of the runs of a plan.

    Attributes:
        finished: runs that came through, those taken from the kept ones included, in no particular order.
        failures: runs that broke.
        warnings: how often each warning was raised while runs were simulated.
        reused: number of finished runs that were kept by an earlier call.
    """

    finished: list[Finished] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    warnings: Counter[Warned] = field(default_factory=Counter)
    reused: int = 0

    def describe(self, left_out: Sequence[Finished]) -> dict[str, Any]:
        """Return what the manifest says about failures, warnings and runs that are not in the results.

        Args:
            left_out: finished runs that the results leave out, because another run of their seed failed.
        """
        return {
            "failures": [{"scenario": f.label, "seed": f.seed, "message": f.message} for f in self.failures],
            "left_out": [{"scenario": run.job.label, "seed": run.job.seed} for run in left_out],
            "warnings": [
                {"kind": warned.kind, "text": warned.text, "place": warned.place, "times": times}
                for warned, times in self.warnings.items()
            ],
            "reused_runs": self.reused,
        }


def execute(
    jobs: Sequence[Job],
    simulate: Simulate[Finished],
    *,
    cores: int | None,
    progress: Progress,
    kept: KeptRuns | None = None,
) -> Executed:
    """Simulate the jobs that are not kept already.

    Args:
        jobs: the runs, all of one share and length.
        simulate: makes one run.
        cores: processor cores to use; all when None.
        progress: told what happens, months done and months in all.
        kept: finished runs of earlier calls; new ones are put there as they finish.

    Raises:
        TooLittleMemoryError: not even one run at a time fits into the memory of this machine.
        ResultsError: a finished run cannot be kept, for instance on a full disk; those before it are.
    """
    executed = Executed()
    due = _due(jobs, kept, executed)
    if not due:
        return executed
    available = max(1, cores or os.cpu_count() or 1)
    workers = affordable_workers(jobs, due, workers_worth_it(due, available))
    for answer in _answers(jobs, due, simulate, workers, available, progress):
        executed.warnings.update(answer.warnings)
        if isinstance(answer.outcome, Failure):
            executed.failures.append(answer.outcome)
            continue
        if kept is not None:
            kept.keep(answer.outcome)
        executed.finished.append(answer.outcome)
    return executed


def _due(jobs: Sequence[Job], kept: KeptRuns | None, executed: Executed) -> list[Job]:
    """Return the jobs to simulate; those that are kept count as finished."""
    due: list[Job] = []
    for job in jobs:
        run = None if kept is None else kept.load(job)
        if run is None:
            due.append(job)
        else:
            executed.finished.append(run)
    executed.reused = len(executed.finished)
    return due


def workers_worth_it(jobs: Sequence[Job], cores: int) -> int:
    """Return how many processes pay for themselves."""
    share, months = jobs[0].scenario.share, jobs[0].scenario.months
    seconds = len(jobs) * months * (SECONDS_PER_MONTH + share * FULL_SCALE * SECONDS_PER_HOUSEHOLD_MONTH)
    if share > LARGEST_SHARE_IN_PROCESSES or seconds < 2.0 * PROCESS_STARTUP:
        return 1
    return min(cores, len(jobs))


def _answers(
    jobs: Sequence[Job], due: Sequence[Job], simulate: Simulate[Finished], workers: int, cores: int, progress: Progress
) -> Iterator[Answer[Finished]]:
    total = sum(job.scenario.months for job in jobs)
    done = total - sum(job.scenario.months for job in due)
    progress(LOADING, done, total)
    compile_side_by_side(cores)
    if workers == 1:
        yield from _one_after_the_other(due, simulate, cores, lambda message, new: progress(message, done + new, total))
        return
    progress(f"{len(due)} runs on {workers} processes", done, total)
    for answer in in_processes(due, simulate, workers):
        done += answer.job.scenario.months
        progress(f"{answer.job.label}, seed {answer.job.seed}", done, total)
        yield answer


def _one_after_the_other(
    jobs: Sequence[Job], simulate: Simulate[Finished], cores: int, progress: Callable[[str, int], None]
) -> Iterator[Answer[Finished]]:
    done = 0
    for job in jobs:
        message = f"{job.label}, seed {job.seed}"

        def after_month(message: str = message) -> None:
            nonlocal done
            done += 1
            progress(message, done)

        yield work(simulate, job, cores if job.scenario.share >= SHARE_FOR_THREADS else 1, after_month)
