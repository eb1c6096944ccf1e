"""Memory: fewer processes first, then a refusal that says what share would fit."""

from __future__ import annotations

import dataclasses
import re
import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import TooLittleMemoryError
from sim.execution import memory
from sim.execution.memory import MB, affordable_workers, available_bytes, needed_bytes
from sim.runs import Job, plan
from tests.runs import tiny_scenario


def jobs_of(share: float, seeds: int = 5, months: int = 24) -> list[Job]:
    scenario = dataclasses.replace(tiny_scenario(months=months), share=share, seeds=tuple(range(seeds)))
    return plan(scenario)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch):
    def set_free(size: float | None) -> None:
        monkeypatch.setattr(memory, "available_bytes", lambda: size)

    return set_free


def test_enough_or_unknown_memory_changes_nothing(free) -> None:
    jobs = jobs_of(0.1)
    for size in (None, 1e12):
        free(size)
        assert affordable_workers(jobs, jobs, 8) == 8


def test_fewer_processes_are_used_before_a_run_is_refused(free) -> None:
    jobs = jobs_of(0.1)
    for workers in (1, 2, 3):
        free(needed_bytes(jobs, 0.1, workers))
        assert affordable_workers(jobs, jobs, 8) == workers


def told_share(message: str) -> float:
    found = re.search(r"--share (\S+)\)", message)
    assert found is not None
    return float(found[1])


@given(
    share=st.floats(0.05, 1.0),
    seeds=st.integers(1, 50),
    months=st.integers(1, 600),
    size=st.integers(500 * MB, 5000 * MB),
)
def test_the_share_that_is_told_fits(share: float, seeds: int, months: int, size: int) -> None:
    jobs = jobs_of(share, seeds, months)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(memory, "available_bytes", lambda: size)
        try:
            affordable_workers(jobs, jobs, 1)
            return
        except TooLittleMemoryError as error:
            message = str(error)
        if "No share fits" in message:
            assert needed_bytes(jobs, 0.001, 1) > size
            return
        fits = told_share(message)
        assert 0.001 <= fits < share
        smaller = jobs_of(fits, seeds, months)
        assert affordable_workers(smaller, smaller, 1) == 1


def test_the_refusal_names_need_and_what_is_free(free) -> None:
    jobs = jobs_of(1.0)
    free(900 * MB)
    with pytest.raises(TooLittleMemoryError, match=r"about [\d,]+ MB .* share 1; 900 MB are free. A share of"):
        affordable_workers(jobs, jobs, 1)
    free(100 * MB)
    with pytest.raises(TooLittleMemoryError, match=r"No share fits: free some memory, or run fewer seeds or months"):
        affordable_workers(jobs, jobs, 1)


def test_the_least_of_all_limits_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("700000\n")
    (tmp_path / "memory.stat").write_text("anon 5\ninactive_file 200000\n")
    assert list(memory._left_in_group(tmp_path, "memory.max", "memory.current")) == [500_000]
    (tmp_path / "memory.max").write_text("max\n")
    assert list(memory._left_in_group(tmp_path, "memory.max", "memory.current")) == []
    before = available_bytes()
    assert before is not None
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1 << 62, resource.RLIM_INFINITY))
    assert available_bytes() == pytest.approx(before, rel=0.2)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1 << 20, resource.RLIM_INFINITY))
    assert (available_bytes() or 0) < 1 << 20


def test_helpers_that_compile_are_as_many_as_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    def helpers(free: int | None) -> int:
        monkeypatch.setattr(memory, "available_bytes", lambda: free)
        return memory.affordable_compilers(7)

    assert helpers(None) == 7
    assert helpers(10**12) == 7
    assert helpers(memory.COMMAND_BYTES + 2 * memory.COMPILER_BYTES) == 2
    assert helpers(memory.COMMAND_BYTES // 2) == 0
