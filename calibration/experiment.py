"""Evaluate a design: run every point once, side by side, and lose nothing that is finished.

Each finished run is one line of a run store (JSON lines; DuckDB, pandas and polars read it), written and flushed before
the next. A run is known by its content: scenario, parameters, settings, share, seed, program and what was asked of it.
So the same command after an interrupt, or after kill -9, repeats no finished run. A run that breaks is a line with
its error, never a lost study.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import IO

from sim.errors import ResultsError
from sim.execution.compiling import compile_side_by_side
from sim.execution.kept import code_hash
from sim.execution.pools import in_processes
from sim.execution.work import Answer, Failure, Simulate, work
from sim.model import CountyModel
from sim.observables import Record
from sim.runs import Job
from sim.scenario import Scenario

type Operators = Mapping[str, Callable[[Record], float]]
type Progress = Callable[[int, int], None]
"""progress(runs done, runs in all)"""


@dataclass(frozen=True)
class Task:
    """One run to make: a scenario with all its values, a seed, and the point of the design it stands for."""

    scenario: Scenario
    seed: int
    inputs: Mapping[str, float]

    @cached_property
    def run(self) -> str:
        """SHA-256 of what decides the run's record."""
        content = f"{self.scenario.hash} {self.seed} {code_hash(self.scenario)}"
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class Evaluation:
    """What a run gave.

    Attributes:
        key: identity of the run and of what was asked of it.
        seed, inputs: which run it was.
        outputs: value by name; None when the run broke.
        error: why it broke, or an empty text.
    """

    key: str
    seed: int
    inputs: Mapping[str, float]
    outputs: Mapping[str, float] | None
    error: str


class RunStore:
    """An append-only file of evaluations by key; one process writes it at a time."""

    def __init__(self, path: Path, stream: IO[str]) -> None:
        self.path = path
        self._stream = stream
        self.evaluations = _read(path)

    def add(self, evaluation: Evaluation) -> None:
        """Write an evaluation to the disk; it is safe when this returns."""
        self._stream.write(json.dumps(asdict(evaluation), ensure_ascii=False, allow_nan=False) + "\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self.evaluations[evaluation.key] = evaluation


@contextmanager
def open_store(path: Path) -> Iterator[RunStore]:
    """Open a run store for this process alone; a last line that was cut off is dropped.

    Raises:
        ResultsError: another process writes it, it is damaged, or it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("a", encoding="utf-8")
    except OSError as error:
        raise ResultsError(f"{path} cannot be written: {error.strerror}") from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ResultsError(f"{path}: another study is writing here; wait for it or choose another --out") from error
        _cut_torn_line(path)
        yield RunStore(path, stream)


def _cut_torn_line(path: Path) -> None:
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)


def _read(path: Path) -> dict[str, Evaluation]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = [Evaluation(**json.loads(line)) for line in lines]
    except (ValueError, TypeError) as error:
        raise ResultsError(f"{path} is damaged ({error}); remove it to start again") from error
    return {evaluation.key: evaluation for evaluation in found if not evaluation.error}


def evaluate(
    tasks: Sequence[Task],
    operators: Operators,
    store: RunStore,
    workers: int | None = None,
    progress: Progress = lambda _done, _total: None,
) -> list[Evaluation]:
    """Return the evaluation of every task in order, running those the store does not hold.

    A run that broke before is tried again: what broke it (memory, a kill) may be gone.

    Args:
        tasks: the design.
        operators: what is read from a record, by name; must be of a kind that can be sent to a process.
        store: where finished runs are and go.
        workers: processes; one for each processor when None. The values do not depend on it.
        progress: told how many runs are done.
    """
    keys = [_key(task, operators) for task in tasks]
    missing = {key: task for key, task in zip(keys, tasks, strict=True) if key not in store.evaluations}
    done = len(set(keys)) - len(missing)
    progress(done, len(set(keys)))
    for evaluation in _run(missing, operators, workers or os.cpu_count() or 1):
        store.add(evaluation)
        done += 1
        progress(done, len(set(keys)))
    return [store.evaluations[key] for key in keys]


def _key(task: Task, operators: Operators) -> str:
    return hashlib.sha256(f"{task.run} {' '.join(sorted(operators))}".encode()).hexdigest()[:32]


def _run(tasks: Mapping[str, Task], operators: Operators, workers: int) -> Iterator[Evaluation]:
    """Yield evaluations as they come."""
    jobs = [Job(key, task.scenario, task.seed) for key, task in tasks.items()]
    for answer in answers(jobs, partial(_observe, operators=operators), workers):
        task = tasks[answer.job.label]
        outputs = None if isinstance(answer.outcome, Failure) else answer.outcome
        error = answer.outcome.message if isinstance(answer.outcome, Failure) else ""
        yield Evaluation(answer.job.label, task.seed, dict(task.inputs), outputs, error)


def answers[T](jobs: Sequence[Job], simulate: Simulate[T], workers: int) -> Iterator[Answer[T]]:
    """Yield what comes of jobs as it comes: from this process, or from several where there are enough jobs.

    Args:
        jobs: the runs.
        simulate: makes one; must be of a kind that can be sent to a process.
        workers: processes at most.
    """
    if min(workers, len(jobs)) <= 1:
        yield from (work(simulate, job) for job in jobs)
        return
    compile_side_by_side(workers)
    yield from in_processes(jobs, simulate, min(workers, len(jobs)))


def _observe(job: Job, _threads: int, _after_month: object, *, operators: Operators) -> dict[str, float]:
    """Return what is asked of a run; raises ResultsError for a value that is not finite."""
    model = CountyModel(job.scenario, seed=job.seed)
    model.run_for(job.scenario.months)
    outputs = {name: float(operator(model.record)) for name, operator in operators.items()}
    endless = [name for name, value in outputs.items() if not math.isfinite(value)]
    if endless:
        raise ResultsError(f"not finite: {', '.join(endless)}")
    return outputs


def values_of(evaluations: Sequence[Evaluation]) -> list[Mapping[str, float]]:
    """Return the outputs of evaluations that all came through, each in the unit of its operator.

    Raises:
        ResultsError: some did not; the message counts them and quotes the first.
    """
    broken = [evaluation for evaluation in evaluations if evaluation.outputs is None]
    if broken:
        inputs = ", ".join(f"{key} = {value:g}" for key, value in broken[0].inputs.items())
        raise ResultsError(
            f"{len(broken)} of {len(evaluations)} runs failed, and indices need all; the first ({inputs}): "
            f"{broken[0].error}"
        )
    return [evaluation.outputs for evaluation in evaluations if evaluation.outputs is not None]
