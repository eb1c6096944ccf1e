"""Run a scenario and its counterfactuals with every seed.

A counterfactual uses the seeds of its scenario, hence the same draws: their difference, seed by seed, is the
effect of the reforms alone. Short runs go one after the other in this process, long ones to processes of
their own.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from sim.errors import CountysimError, RunError
from sim.model import CountyModel
from sim.observables import Record
from sim.results import RunResult, Snapshot, build_series
from sim.results.manifest import describe_run
from sim.scenario import Scenario
from sim.world import World

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


@dataclass(frozen=True)
class Job:
    """One run: a scenario (its parameters set) under a label, with one seed."""

    label: str
    scenario: Scenario
    seed: int


@dataclass(frozen=True)
class Finished:
    """What a run leaves behind; `share` is the realised sampling share, `timings` seconds by mechanism."""

    job: Job
    record: Record
    snapshots: tuple[Snapshot, ...]
    share: float
    timings: dict[str, float]


@dataclass(frozen=True)
class Failure:
    """A run that broke, and how."""

    label: str
    seed: int
    message: str


def run(
    scenario: Scenario,
    *,
    share: float | None = None,
    seeds: Sequence[int] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Simulate a scenario and its counterfactuals.

    Args:
        scenario: from `load_scenario`.
        share: sampling share of the households instead of the scenario's.
        seeds: seeds instead of the scenario's.
        threads: processor cores to use; all when None. The data do not depend on it.
        progress: told what happens, months done and months in all.

    Raises:
        RunError: no seed came through; the message says why. When some did, the others are left out of every
            scenario and listed under ``failures`` in the manifest.
    """
    asked = dataclasses.replace(
        scenario,
        share=scenario.share if share is None else share,
        seeds=scenario.seeds if seeds is None else tuple(seeds),
    )
    cores = max(1, threads or os.cpu_count() or 1)
    jobs = plan(asked)
    begin = perf_counter()
    finished, failures = _execute(jobs, cores, progress or _silent)
    kept = _complete_seeds(jobs, finished)
    if not kept:
        raise RunError(_all_failed(failures))
    labels = list(dict.fromkeys(job.label for job in jobs))
    by_job = {(run.job.label, run.job.seed): run for run in finished}
    runs = [by_job[label, seed] for label in labels for seed in kept]
    series = build_series({label: {seed: by_job[label, seed].record for seed in kept} for label in labels})
    manifest = describe_run(asked, runs, failures, perf_counter() - begin)
    return RunResult(series, manifest, tuple(snapshot for run in runs for snapshot in run.snapshots))


def plan(scenario: Scenario) -> list[Job]:
    """Return the runs of a scenario and its counterfactuals, seed by seed.

    With parameter draws each draw has a seed of its own: the scenario's seeds first, then the numbers after
    the largest.
    """
    draws = scenario.parameter_draws()
    seeds = list(scenario.seeds)
    if scenario.draws is not None:
        seeds = [*seeds, *range(max(seeds) + 1, max(seeds) + 1 + scenario.draws)][: scenario.draws]
    variants = {scenario.name: scenario}
    for counterfactual in scenario.counterfactuals:
        variants[counterfactual.label] = scenario.counterfactual(counterfactual)
    return [
        Job(label, dataclasses.replace(variant, parameters=draws[k % len(draws)]), seed)
        for k, seed in enumerate(seeds)
        for label, variant in variants.items()
    ]


def simulate(job: Job, threads: int = 1, after_month: Callable[[], None] | None = None) -> Finished:
    """Simulate one run; the same job gives the same bits on any machine thread count."""
    model = CountyModel(job.scenario, seed=job.seed, threads=threads)
    share = realised_share(model.world)
    wanted = set(job.scenario.outputs.households)
    snapshots = []
    for month in range(job.scenario.months):
        model.run_for(1)
        if month in wanted:
            snapshots.append(Snapshot(job.label, job.seed, month, household_columns(model.world)))
        if after_month is not None:
            after_month()
    return Finished(job, model.record, tuple(snapshots), share, dict(model.timings))


def realised_share(world: World) -> float:
    """Return the rows of family households / the households they stand for."""
    present = world.households.occupied()
    weights = world.hamlets.weight[world.households.hamlet[present]]
    return float(np.count_nonzero(present) / weights.sum())


def household_columns(world: World) -> dict[str, np.ndarray[Any, Any]]:
    """Return the occupied household rows by column, each shape (households,), in the units of `Households`.

    Besides the table's columns: `county` (number of the county), `hamlet_id`, and `weight`, the households of
    the full city a row stands for.
    """
    rows = np.flatnonzero(world.households.occupied())
    hamlet = world.households.hamlet[rows]
    columns = {name: getattr(world.households, name)[rows] for name in world.households.column_names()}
    columns["county"] = world.hamlets.county[hamlet]
    columns["hamlet_id"] = world.hamlets.id[hamlet]
    columns["weight"] = world.hamlets.weight[hamlet]
    return columns


def _silent(_message: str, _done: int, _total: int) -> None:
    pass


def _execute(jobs: Sequence[Job], cores: int, progress: Progress) -> tuple[list[Finished], list[Failure]]:
    workers = _workers(jobs, cores)
    if workers == 1:
        return _one_after_the_other(jobs, cores, progress)
    return _in_processes(jobs, workers, progress)


def _workers(jobs: Sequence[Job], cores: int) -> int:
    """Return how many processes pay for themselves."""
    share, months = jobs[0].scenario.share, jobs[0].scenario.months
    seconds = len(jobs) * months * (SECONDS_PER_MONTH + share * FULL_SCALE * SECONDS_PER_HOUSEHOLD_MONTH)
    if share > LARGEST_SHARE_IN_PROCESSES or seconds < 2.0 * PROCESS_STARTUP:
        return 1
    return min(cores, len(jobs))


def _one_after_the_other(jobs: Sequence[Job], cores: int, progress: Progress) -> tuple[list[Finished], list[Failure]]:
    finished: list[Finished] = []
    failures: list[Failure] = []
    total = sum(job.scenario.months for job in jobs)
    done = 0
    progress("loading kernels (compiled on the first run on this machine)", 0, total)
    for job in jobs:
        message = f"{job.label}, seed {job.seed}"

        def after_month(message: str = message) -> None:
            nonlocal done
            done += 1
            progress(message, done, total)

        threads = cores if job.scenario.share >= SHARE_FOR_THREADS else 1
        try:
            finished.append(simulate(job, threads, after_month))
        except Exception as error:  # one broken run must not take the others with it; it is reported
            failures.append(_failure(job, error))
    return finished, failures


def _in_processes(jobs: Sequence[Job], workers: int, progress: Progress) -> tuple[list[Finished], list[Failure]]:
    finished: list[Finished] = []
    failures: list[Failure] = []
    total = sum(job.scenario.months for job in jobs)
    progress("loading kernels (compiled on the first run on this machine)", 0, total)
    _compile_kernels(jobs[0])
    done = 0
    progress(f"{len(jobs)} runs on {workers} processes", 0, total)
    with _pool(workers) as pool:
        futures: dict[Future[Finished], Job] = {pool.submit(simulate, job): job for job in jobs}
        for future in as_completed(futures):
            job = futures[future]
            done += job.scenario.months
            try:
                finished.append(future.result())
            except Exception as error:  # a broken run, or a process the system has killed
                failures.append(_failure(job, error))
            progress(f"{job.label}, seed {job.seed}", done, total)
    return finished, failures


def _compile_kernels(job: Job) -> None:
    """Run one month of a tiny world, so that the processes find every kernel in the cache."""
    tiny = dataclasses.replace(job.scenario, share=0.001, months=1)
    simulate(Job(job.label, tiny, job.seed))


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of fresh processes, which an interrupt ends at once."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_ignore_interrupt)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    pool.shutdown()


def _ignore_interrupt() -> None:
    """Leave Ctrl-C to the parent, which ends its processes itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _failure(job: Job, error: Exception) -> Failure:
    if isinstance(error, BrokenProcessPool):
        return Failure(job.label, job.seed, "the process was ended from outside, often for lack of memory")
    kind = "" if isinstance(error, CountysimError) else f"{type(error).__name__}: "
    return Failure(job.label, job.seed, f"{kind}{error}")


def _complete_seeds(jobs: Sequence[Job], finished: Sequence[Finished]) -> list[int]:
    """Return the seeds whose runs all came through, in the order of the plan."""
    there = {(run.job.label, run.job.seed) for run in finished}
    seeds = dict.fromkeys(job.seed for job in jobs)
    return [seed for seed in seeds if all((job.label, seed) in there for job in jobs if job.seed == seed)]


def _all_failed(failures: Sequence[Failure]) -> str:
    first = failures[0]
    return f"all {len(failures)} runs failed; the first ({first.label}, seed {first.seed}): {first.message}"
