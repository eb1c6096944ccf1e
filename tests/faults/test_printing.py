"""Results that cannot be printed are written all the same."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest

from sim.results import RunResult
from tests.faults.conftest import COMMAND, RUN_COMMAND, Said, tiny_run

SMALL = ("--seeds", "1", "--months", "2")
SMALLEST_PIPE = 4096
"""Bytes; far less than a run prints, so that the command cannot have printed all before its pipe is closed."""


@pytest.mark.parametrize("lines", [0, 1])
def test_a_closed_pipe_does_not_stop_the_saving(start: Callable[..., Popen[str]], tmp_path: Path, lines: int) -> None:
    process = start("-c", COMMAND, *tiny_run(*SMALL))
    assert process.stdout is not None
    assert process.stderr is not None
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)
    for _ in range(lines):
        process.stdout.readline()
    process.stdout.close()
    told = process.stderr.read()
    assert (process.wait(), told) == (1, "")
    assert RunResult.load(tmp_path / "run").seeds == (1,)
    assert (tmp_path / "run" / "report.html").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_an_encoding_without_the_signs_does_not_stop_the_saving(
    start: Callable[..., Popen[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    process = start("-c", COMMAND, *tiny_run(*SMALL))
    _, told = process.communicate()
    assert process.returncode == 1
    assert "PYTHONIOENCODING=utf-8" in told
    assert "The results are written in run" in told
    assert RunResult.load(tmp_path / "run").seeds == (1,)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_output_into_a_full_disk_does_not_stop_the_saving(
    call: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(RUN_COMMAND.console, "quiet", False)  # and so again after the test
    monkeypatch.setattr(RUN_COMMAND, "_print_result", full)
    said = call(*tiny_run(*SMALL))
    assert (said.code, "No space left on device" in said.err, "written in run" in said.err) == (3, True, True)
    assert RunResult.load(tmp_path / "run").seeds == (1,)
