"""Warnings are counted wherever they are raised, shown at the end, kept in the manifest; none is swallowed."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

import sim.runs
from sim.runs import Finished, Job, run, simulate
from sim.warned import RunWarning, Warned, counted_warnings
from tests.faults.conftest import Said, tiny_run
from tests.runs import tiny_scenario

SMALL = ("--seeds", "2", "--months", "1")
ELSEWHERE = """
import warnings
import sim.cli, sim.execution, sim.runs

simulate = sim.runs.simulate
def warning(job, *rest):
    for _ in range(3):
        warnings.warn("rent below zero", RuntimeWarning)
    return simulate(job, *rest)

sim.runs.simulate = warning
sim.execution.workers_worth_it = lambda jobs, cores: 2
if __name__ == "__main__":
    sim.cli.main()
"""


@pytest.fixture
def as_usual() -> Iterator[None]:
    """Treat warnings as Python does outside the tests."""
    with warnings.catch_warnings():
        warnings.resetwarnings()
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def warning_twice(job: Job, *rest: Any) -> Finished:
    for _ in range(2):
        warnings.warn("rent below zero", RuntimeWarning, stacklevel=1)
    return simulate(job, *rest)


@pytest.mark.usefixtures("as_usual")
def test_every_occurrence_counts() -> None:
    with counted_warnings() as counts:
        for number in (1, 1, 2):
            warnings.warn(f"number {number}", UserWarning, stacklevel=1)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert [(warned.text, times) for warned, times in counts.items()] == [("number 1", 2), ("number 2", 1)]
    assert all(warned.place.startswith("test_warnings.py:") for warned in counts)
    assert str(Warned("UserWarning", "odd", "sim/x.py:3")) == "odd (UserWarning, sim/x.py:3)"


def test_a_filter_that_makes_warnings_errors_is_kept() -> None:
    with counted_warnings(), pytest.raises(RuntimeWarning, match="odd"):
        warnings.warn("odd", RuntimeWarning, stacklevel=1)


@pytest.mark.usefixtures("as_usual")
def test_a_notebook_gets_the_warnings_of_the_runs_and_the_manifest_their_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sim.runs, "simulate", warning_twice)
    with pytest.warns(RunWarning, match=r"rent below zero \(RuntimeWarning, test_warnings.py:\d+\), 8 times"):
        result = run(tiny_scenario(months=1))
    (told,) = result.manifest["warnings"]
    assert (told["kind"], told["text"], told["times"]) == ("RuntimeWarning", "rent below zero", 8)
    json.dumps(result.manifest)


@pytest.mark.usefixtures("as_usual")
def test_a_command_shows_the_number_of_warnings_at_its_end(
    call: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sim.runs, "simulate", warning_twice)
    said = call(*tiny_run(*SMALL))
    assert said.code == 0
    assert said.err.startswith("1 warning: - rent below zero (RuntimeWarning, test_warnings.py:")
    assert said.err.endswith(", 8 times")
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["warnings"][0]["times"] == 8


def test_warnings_of_other_processes_arrive(start: Callable[..., Popen[str]], tmp_path: Path) -> None:
    script = tmp_path / "elsewhere.py"
    script.write_text(ELSEWHERE)
    process = start(str(script), *tiny_run(*SMALL))
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert "1 warning:" in err
    assert "rent below zero (RuntimeWarning, elsewhere.py:8), 12 times" in err


def test_a_run_that_breaks_still_tells_its_warnings(
    as_usual: None, call: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(job: Job, *rest: Any) -> Finished:
        warning_twice(job, *rest)
        raise ValueError("no luck")

    monkeypatch.setattr(sim.runs, "simulate", breaks)
    said = call(*tiny_run(*SMALL))
    assert said.code == 1
    assert "4 runs failed" in said.err
    assert "rent below zero" in said.err
