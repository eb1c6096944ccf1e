"""Run a scenario and its counterfactuals with every seed.

A counterfactual uses the seeds of its scenario, hence the same draws: their difference, seed by seed, is the
effect of the reforms alone. Short runs go one after the other in this process, long ones to processes of
their own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from sim.closing import ClosingAccounts
from sim.errors import RunError
from sim.execution import Failure, KeptRuns, Progress, execute
from sim.model import CountyModel
from sim.observables import Record
from sim.results import RunRecords, RunResult, Snapshot
from sim.results.manifest import describe_run
from sim.scenario import Scenario
from sim.warned import warn_again
from sim.world import World


@dataclass(frozen=True)
class Job:
    """One run: a scenario (its parameters set) under a label, with one seed."""

    label: str
    scenario: Scenario
    seed: int


@dataclass(frozen=True)
class Finished:
    """What a run leaves behind.

    Attributes:
        job: what was asked for.
        record: what was observed.
        snapshots: household tables of the months asked for.
        households, villages: the closing tables, see `sim.closing`.
        share: the realised sampling share.
        timings: seconds by mechanism.
    """

    job: Job
    record: Record
    snapshots: tuple[Snapshot, ...]
    households: Snapshot
    villages: Snapshot
    share: float
    timings: dict[str, float]


def run(
    scenario: Scenario,
    *,
    share: float | None = None,
    seeds: Sequence[int] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    kept: KeptRuns | None = None,
) -> RunResult:
    """Simulate a scenario and its counterfactuals.

    Args:
        scenario: from `load_scenario`.
        share: sampling share of the households instead of the scenario's.
        seeds: seeds instead of the scenario's.
        threads: processor cores to use; all when None. The data do not depend on it.
        progress: told what happens, months done and months in all.
        kept: where finished runs are kept as they come, and taken from when they are there already.

    Raises:
        RunError: no seed came through; the message says why. When some did, the others are left out of every
            scenario; the manifest lists them under ``failures`` and ``left_out``.
        TooLittleMemoryError: the runs do not fit into the memory; the message says what share would.
        ResultsError: a finished run cannot be kept.
    """
    asked = dataclasses.replace(
        scenario,
        share=scenario.share if share is None else share,
        seeds=scenario.seeds if seeds is None else tuple(seeds),
    )
    jobs = plan(asked)
    begin = perf_counter()
    executed = execute(jobs, simulate, cores=threads, progress=progress or _silent, kept=kept)
    warn_again(executed.warnings)
    complete = _complete_seeds(jobs, executed.finished)
    if not complete:
        raise RunError(_none_complete(executed.failures))
    labels = list(dict.fromkeys(job.label for job in jobs))
    by_job = {(run.job.label, run.job.seed): run for run in executed.finished}
    runs = [by_job[label, seed] for label in labels for seed in complete]
    left_out = [run for run in executed.finished if run.job.seed not in complete]
    data = RunRecords.gathered({label: {seed: by_job[label, seed].record for seed in complete} for label in labels})
    manifest = describe_run(asked, runs, perf_counter() - begin) | executed.describe(left_out)
    return RunResult(
        data,
        manifest,
        tuple(snapshot for run in runs for snapshot in run.snapshots),
        tuple(run.households for run in runs),
        tuple(run.villages for run in runs),
    )


def plan(scenario: Scenario) -> list[Job]:
    """Return the runs of a scenario, of the other points of its sweep and of its counterfactuals, seed by seed.

    All use the same seeds, hence the same draws. With parameter draws each draw has a seed of its own: the scenario's
    seeds first, then the numbers after the largest.
    """
    seeds = list(scenario.seeds)
    if scenario.draws is not None:
        seeds = [*seeds, *range(max(seeds) + 1, max(seeds) + 1 + scenario.draws)][: scenario.draws]
    variants = {variant.label: variant.scenario for variant in scenario.variants()}
    draws = {id(variant.parameters): variant.parameter_draws() for variant in variants.values()}
    return [
        Job(label, dataclasses.replace(variant, parameters=drawn[k % len(drawn)]), seed)
        for k, seed in enumerate(seeds)
        for label, variant in variants.items()
        for drawn in (draws[id(variant.parameters)],)
    ]


def simulate(job: Job, threads: int = 1, after_month: Callable[[], None] | None = None) -> Finished:
    """Simulate one run; the same job gives the same bits at any number of threads."""
    model = CountyModel(job.scenario, seed=job.seed, threads=threads)
    share = realised_share(model.world)
    accounts = ClosingAccounts(model.world, job.scenario.months)
    wanted = set(job.scenario.outputs.households)
    snapshots = []
    for month in range(job.scenario.months):
        model.run_for(1)
        accounts.add_month(model.world)
        if month in wanted:
            snapshots.append(Snapshot(job.label, job.seed, month, household_columns(model.world)))
        if after_month is not None:
            after_month()
    last = job.scenario.months - 1
    households = accounts.households(model.world)
    villages = accounts.villages(model.world, households)
    return Finished(
        job,
        model.record,
        tuple(snapshots),
        Snapshot(job.label, job.seed, last, households),
        Snapshot(job.label, job.seed, last, villages),
        share,
        dict(model.timings),
    )


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


def _complete_seeds(jobs: Sequence[Job], finished: Sequence[Finished]) -> list[int]:
    """Return the seeds whose runs all came through, in the order of the plan."""
    there = {(run.job.label, run.job.seed) for run in finished}
    seeds = dict.fromkeys(job.seed for job in jobs)
    return [seed for seed in seeds if all((job.label, seed) in there for job in jobs if job.seed == seed)]


def _none_complete(failures: Sequence[Failure]) -> str:
    first = failures[0]
    count = f"{len(failures)} run{'s' if len(failures) > 1 else ''} failed"
    return f"no seed came through: {count}; the first ({first.label}, seed {first.seed}): {first.message}"
