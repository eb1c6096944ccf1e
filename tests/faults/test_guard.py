"""The guard: exit codes of every kind of error, tracebacks on request, signals left as they were."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest

from sim.cli.guard import guarded, set_debug
from sim.errors import IdentityError, PopulationError, Problem, ResultsError, RunError, ScenarioError
from tests.faults.conftest import COMMAND, Said, tiny_run


def raising(error: BaseException) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (SystemExit(), 0, ""),
        (SystemExit(2), 2, ""),
        (SystemExit("gone"), 1, "gone\n"),
        (ScenarioError([Problem("a.yaml", 3, "months", "is odd")]), 2, "1 problem; nothing was written.\na.yaml:3"),
        (ResultsError("no folder"), 3, "no folder\n"),
        (RunError("none"), 1, "none\n"),
        (IdentityError("persons are not conserved"), 1, "persons are not conserved\n"),
        (PopulationError("margins"), 1, "margins\n"),
        (PermissionError(13, "Permission denied", "x.csv"), 3, "x.csv cannot be read or written: Permission denied."),
        (MemoryError(), 4, "--share"),
        (KeyError("x"), 1, "KeyError: 'x'. This is a defect of countysim: report this line"),
    ],
)
def test_an_error_gets_its_code_and_words(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, words: str
) -> None:
    assert guarded(raising(error)) == code
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told


def test_a_defect_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    guarded(raising(RuntimeError("first\nsecond")))
    assert capsys.readouterr().err.count("\n") == 1


def test_a_traceback_is_shown_on_request_and_the_code_stays(capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> None:
        set_debug(True)
        set_debug(False)  # an option of another command that was not given
        raise ResultsError("no folder")

    assert guarded(command) == 3
    told = capsys.readouterr().err
    assert told.startswith("Traceback")
    assert told.count("no folder") == 2  # the line that raises, and the message
    assert guarded(raising(ResultsError("no folder"))) == 3
    assert "Traceback" not in capsys.readouterr().err


def test_the_debug_option_shows_where_a_mistake_was_found(call: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("months: 0")
    for options, shown in (((), False), (("--debug",), True)):
        said = call("validate", "mine.yaml", *options)
        assert (said.code, "Traceback" in said.err) == (2, shown)
        assert "mine.yaml:1: months" in said.err


def test_signals_that_were_ignored_stay_ignored_and_all_are_put_back() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupt = signal.getsignal(signal.SIGINT)
    try:
        assert guarded(lambda: os.kill(os.getpid(), signal.SIGHUP)) == 0
        assert guarded(lambda: os.kill(os.getpid(), signal.SIGTERM)) == 143
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGINT) is interrupt
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_closed_pipe_is_no_defect(start: Callable[..., Popen[str]]) -> None:
    process = start("-c", COMMAND, "evidence")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 1


def test_a_broken_run_is_told_with_its_place(call: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.runs.realised_share", lambda world: 1 / 0)
    said = call(*tiny_run("--seed", "1", "--months", "1"))
    assert said.code == 1
    assert "ZeroDivisionError: division by zero (sim/runs.py:" in said.err
