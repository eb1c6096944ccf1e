"""Commands as a person starts them: in this process, or in one of their own that ends with its test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from sim import cli
from tests.runs import DOCUMENTED

RUN_COMMAND = import_module("sim.cli.run")
"""The module; as an attribute of its package the name also stands for a function."""
COMMAND = "import sim.cli; sim.cli.main()"
PATIENCE = 120.0
"""Seconds after which a process that should have got somewhere is given up; the first run compiles kernels."""


@dataclass(frozen=True)
class Said:
    """How a command ended: exit code, output, error output; both with single blanks between words."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _listening() -> Iterator[None]:
    """Hear signals that whoever started the tests told them to ignore, as nohup and shells in the background do."""
    deaf = [number for number in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_IGN]
    for number in deaf:
        signal.signal(number, signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL)
    yield
    for number in deaf:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Said]:
    """Give a function that runs a command in this process, in the test's folder; pictures and report are left out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(RUN_COMMAND, "_draw", lambda *_: None)

    def called(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["countysim", *arguments])
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        printed = capsys.readouterr()
        assert isinstance(leaving.value.code, int)
        return Said(leaving.value.code, " ".join(printed.out.split()), " ".join(printed.err.split()))

    return called


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Give a function that starts Python in a session of its own, in the test's folder; the test's end ends it."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=tmp_path,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        with process:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def tiny_run(*options: str) -> tuple[str, ...]:
    """Return the arguments that run the documented scenario as small as it gets."""
    return ("run", str(DOCUMENTED), "--share", "0.001", "--out", "run", *options)


def kept(folder: Path) -> int:
    """Return the number of finished runs kept beside ``run`` in a folder."""
    return len(list(folder.glob(".run.unfinished/*.npz")))


def wait_until(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something has happened; fail when the process ends, or time runs out, before it."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert process.poll() is None, f"ended with {process.returncode}: {process.communicate()[1]}"
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)


def wait_for_end(pid: int) -> None:
    """Wait for the end of a process that may be no child of this one; fail when it lives on."""
    end = time.monotonic() + PATIENCE
    while _is_alive(pid):
        assert time.monotonic() < end, f"process {pid} still lives"
        time.sleep(0.01)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
