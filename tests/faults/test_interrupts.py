"""Whatever ends a command, its folder is whole or absent, no process stays, and the next one goes on from there."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

import sim.results
import sim.runs
from sim.runs import Finished, Job, simulate
from tests.faults.conftest import COMMAND, Said, kept, tiny_run, wait_for_end, wait_until

type Start = Callable[..., Popen[str]]

IN_PROCESSES = """
import sim.cli, sim.execution

if __name__ == "__main__":
    sim.execution.workers_worth_it = lambda jobs, cores: 2
    sim.cli.main()
"""
WRITES_SLOWLY = """
import time
import sim.cli, sim.results

write = sim.results.write_evidence
def slow(path, rows):
    write(path, rows)
    print("writing", flush=True)
    time.sleep(600)

sim.results.write_evidence = slow
sim.cli.main()
"""
STOPPING = {
    signal.SIGINT: (130, "Interrupted."),
    signal.SIGTERM: (143, "Terminated."),
    signal.SIGHUP: (129, "The terminal was closed."),
}
SMALL = ("--seeds", "2", "--months", "2")


def data_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a run folder that hold data: pictures aside, and the manifest, which holds timings."""
    files = [path for path in folder.rglob("*") if path.suffix in (".nc", ".csv", ".parquet")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("number", STOPPING)
def test_a_stopped_command_keeps_its_finished_runs_and_the_next_goes_on(
    call: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def stops(job: Job, *rest: Any) -> Finished:
        if job.seed == 2:
            os.kill(os.getpid(), number)
        return simulate(job, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(sim.runs, "simulate", stops)
        said = call(*tiny_run(*SMALL))
    code, words = STOPPING[number]
    assert (said.code, words in said.err) == (code, True)
    assert "2 finished runs are kept" in said.err
    assert "Traceback" not in said.err
    assert names(tmp_path) == [".run.unfinished"]
    said = call(*tiny_run(*SMALL))
    assert said.code == 0
    assert "2 runs had been finished by an earlier command" in said.out
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["reused_runs"] == 2
    assert names(tmp_path) == ["run"]


def test_a_second_signal_does_not_disturb_the_clearing_up(
    call: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear = shutil.rmtree

    def impatient(path: Path, **options: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        clear(path, **options)

    def stops(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(sim.results, "write_evidence", stops)
    monkeypatch.setattr(shutil, "rmtree", impatient)
    assert call(*tiny_run(*SMALL)).code == 130
    assert names(tmp_path) == [".run.unfinished"]


def test_kill_9_in_the_middle_of_the_runs_loses_no_finished_one(
    call: Callable[..., Said], tmp_path: Path, start: Start
) -> None:
    options = ("--seeds", "30", "--months", "3")
    process = start("-c", COMMAND, *tiny_run(*options))
    wait_until(lambda: kept(tmp_path) > 1, process)
    process.kill()
    process.communicate()
    there = kept(tmp_path)
    assert names(tmp_path) == [".run.unfinished"]
    said = call(*tiny_run(*options))
    assert (said.code, f"{there} runs had been finished" in said.out) == (0, True)
    assert call(*tiny_run(*options, "--out", "undisturbed")).code == 0
    assert data_of(tmp_path / "run") == data_of(tmp_path / "undisturbed")
    assert names(tmp_path) == ["run", "undisturbed"]


def test_kill_9_while_writing_leaves_the_earlier_folder_whole(
    call: Callable[..., Said], tmp_path: Path, start: Start
) -> None:
    earlier = tmp_path / "run"
    earlier.mkdir()
    (earlier / "manifest.json").write_text('{"scenarios": [], "mine": true}')
    process = start("-c", WRITES_SLOWLY, *tiny_run(*SMALL, "--force"))
    assert process.stdout is not None
    while "writing" not in process.stdout.readline():
        assert process.poll() is None
    process.kill()
    process.communicate()
    assert names(earlier) == ["manifest.json"]
    (draft,) = tmp_path.glob(".run.draft-*")
    said = call(*tiny_run(*SMALL, "--force"))
    assert said.code == 0
    assert f"removed {draft.name}, which a killed command had left half-written" in said.out
    assert "4 runs had been finished" in said.out
    assert names(tmp_path) == ["run"]
    assert "mine" not in json.loads((earlier / "manifest.json").read_text())


def children(process: Popen[str]) -> list[int]:
    """Return the processes that simulate for a command."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process.pid and b"spawn_main" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
            continue
    return found


def spread(tmp_path: Path, start: Start) -> Popen[str]:
    """Start many runs on two processes and return when the first has finished."""
    script = tmp_path / "spread.py"
    script.write_text(IN_PROCESSES)
    process = start(str(script), *tiny_run("--seeds", "100", "--months", "12"))
    wait_until(lambda: kept(tmp_path) > 0, process)
    assert len(children(process)) == 2
    return process


def test_a_killed_process_is_replaced_and_ctrl_c_ends_all(tmp_path: Path, start: Start) -> None:
    process = spread(tmp_path, start)
    first = children(process)
    os.kill(first[0], signal.SIGKILL)
    wait_until(lambda: bool(set(children(process)) - set(first)), process)
    before = kept(tmp_path)
    wait_until(lambda: kept(tmp_path) > before, process)
    working = children(process)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in out + err
    for pid in (*first, *working):
        wait_for_end(pid)


def test_processes_end_with_a_killed_command(tmp_path: Path, start: Start) -> None:
    process = spread(tmp_path, start)
    working = children(process)
    process.kill()
    for pid in working:
        wait_for_end(pid)
    assert names(tmp_path) == [".run.unfinished", "spread.py"]
