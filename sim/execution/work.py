"""One run as a process carries it out: its warnings are counted, and what breaks it is told, not raised."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.errors import CountysimError
from sim.warned import Warned, counted_warnings, place_of

if TYPE_CHECKING:
    from sim.runs import Job

_AROUND = ("sim/execution/", "sim/cli/guard.py")
"""Files an error passes on its way, whatever raised it."""

type Simulate[T] = Callable[..., T]
"""simulate(job, threads, after_month): as `sim.runs.simulate`; importable by name, so that a process finds it."""


@dataclass(frozen=True)
class Failure:
    """A run that broke, and how."""

    label: str
    seed: int
    message: str


@dataclass(frozen=True)
class Answer[T]:
    """What came of a job, and how often each warning was raised on the way."""

    job: Job
    outcome: T | Failure
    warnings: Counter[Warned] = field(default_factory=Counter)


def work[T](
    simulate: Simulate[T], job: Job, threads: int = 1, after_month: Callable[[], None] | None = None
) -> Answer[T]:
    """Simulate a job; an error becomes a `Failure`, so that one broken run takes no other with it."""
    with counted_warnings() as warnings:
        try:
            outcome: T | Failure = simulate(job, threads, after_month)
        except MemoryError:
            outcome = failure(job, "the memory did not suffice; a smaller share needs less")
        except Exception as error:
            outcome = failure(job, _explained(error))
    return Answer(job, outcome, warnings)


def failure(job: Job, message: str) -> Failure:
    """Return the failure of a job."""
    return Failure(job.label, job.seed, message)


def _explained(error: Exception) -> str:
    """Return an error in one line, with the place in this package it comes from when it is a defect."""
    if isinstance(error, CountysimError):
        return str(error)
    place = defect_place(error)
    return f"{type(error).__name__}: {error}{f' ({place})' if place else ''}"


def defect_place(error: BaseException) -> str:
    """Return the file and line of the model the error passed last, or an empty string."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{place_of(frame.filename)}:{frame.lineno}" for frame in frames]
    ours = [place for place in places if place.startswith("sim/") and not place.startswith(_AROUND)]
    return ours[-1] if ours else ""
