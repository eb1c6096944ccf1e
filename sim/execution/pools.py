"""Runs in processes of their own, which end with this one whatever ends it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from sim.execution.work import Answer, Simulate, failure, work

if TYPE_CHECKING:
    from sim.runs import Job

ENDED_OUTSIDE = "the process was ended from outside, often for lack of memory"
VAIN_ROUNDS = 3
"""Pools that may break one after the other without a finished run before the rest is given up."""
TERMINAL_SIGNALS = {signal.SIGINT, signal.SIGHUP}
"""What a terminal sends to all its processes; here the parent decides what becomes of the others."""


def in_processes[T](jobs: Sequence[Job], simulate: Simulate[T], workers: int) -> Iterator[Answer[T]]:
    """Yield the answers as they come, from up to `workers` processes at a time.

    When the system ends a process, the runs that were not finished go to half as many processes; a run during
    which a process ends while it is alone has failed.
    """
    due, vain = list(jobs), 0
    while due:
        before = len(due)
        lost: list[Job] = []
        yield from _round(due, simulate, workers, lost)
        due = [job for job in due if job in lost]
        vain = vain + 1 if len(due) == before else 0
        if vain == VAIN_ROUNDS:
            yield from (Answer(job, failure(job, ENDED_OUTSIDE)) for job in due)
            return
        if due and workers == 1:
            yield Answer(due[0], failure(due[0], ENDED_OUTSIDE))
            due = due[1:]
        workers = max(1, workers // 2)


def _round[T](jobs: Sequence[Job], simulate: Simulate[T], workers: int, lost: list[Job]) -> Iterator[Answer[T]]:
    """Yield the answers of one pool; the jobs it lost when a process was ended go to `lost`."""
    with _pool(workers) as pool:
        futures: dict[Future[Answer[T]], Job] = {}
        for job in jobs:
            try:
                futures[pool.submit(work, simulate, job)] = job
            except BrokenProcessPool:
                lost.append(job)
        for future in as_completed(futures):
            job = futures[future]
            try:
                answer = future.result()
            except BrokenProcessPool:
                lost.append(job)
            except Exception as error:  # the answer cannot be sent
                yield Answer(job, failure(job, f"{type(error).__name__}: {error}"))
            else:
                yield answer


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of fresh processes, which are ended when the block is left by an error or an interrupt."""
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)
    try:
        with _signals_held():
            pool.submit(os.getpid)  # starts the processes, which inherit that the signals are held
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
        raise
    pool.shutdown()


@contextmanager
def _signals_held() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, TERMINAL_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """Watch the parent: a pool's process would wait for work for ever when its parent is killed."""
    threading.Thread(target=_watch_parent, daemon=True).start()


def _watch_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
