"""Run folders on read-only, full and contested disks: whole, untouched or absent, and always told."""

from __future__ import annotations

import errno
import json
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import numpy as np
import pytest

import sim.results
import sim.results.folders
from sim.errors import ResultsError
from sim.results import RunResult
from sim.results.exchange import exchanged
from sim.results.folders import claimed_folder, clear_up, replaced_folder
from sim.runs import Finished, Job, simulate
from tests.faults.conftest import RUN_COMMAND, Said, kept, tiny_run

type Call = Callable[..., Said]
SMALL = ("--seeds", "2", "--months", "2")

FULL_DISK = """
import errno, os, subprocess, sys
import sim.cli, sim.results
from sim.execution import KeptRuns

disk, filler = "disk", "disk/filler"
os.mkdir(disk)

def is_small():
    "Give this process alone a disk of its own; a system that does not allow it gets errors at the same places."
    try:
        os.unshare(os.CLONE_NEWNS)
    except OSError:
        return False
    commands = (["mount", "--make-rprivate", "/"], ["mount", "-t", "tmpfs", "-o", "size=8m", "none", disk])
    return all(subprocess.run(command, capture_output=True).returncode == 0 for command in commands)

def fill(small, then):
    def filled(*arguments):
        if not small:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with open(filler, "wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                pass
        return then(*arguments)
    return filled

small = is_small()
stage, sys.argv = sys.argv[1], sys.argv[1:]
if stage == "runs":
    keep = KeptRuns.keep
    KeptRuns.keep = lambda kept, run: (fill(small, keep) if len(kept) == 1 else keep)(kept, run)
else:
    sim.results.write_series = fill(small, sim.results.write_series)
try:
    sim.cli.main()
finally:
    print("left", sorted(os.listdir(disk)), sorted(os.listdir("disk/.run.unfinished")), flush=True)
"""


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("stage", ["runs", "folder"])
def test_a_disk_that_fills_up_is_told_and_leaves_no_half(
    start: Callable[..., Popen[str]], tmp_path: Path, stage: str
) -> None:
    script = tmp_path / "full.py"
    script.write_text(FULL_DISK)
    process = start(str(script), stage, *tiny_run(*SMALL, "--out", "disk/run"))
    out, err = process.communicate()
    assert process.returncode == 3, err
    assert "No space left on device" in err
    assert "Traceback" not in err
    runs = 1 if stage == "runs" else 4
    assert f"{runs} finished run" in err
    assert "The same command goes on from there" in err
    left = re.search(r"left (\[.*?\]) (\[.*?\])", out)
    assert left is not None
    assert set(eval(left[1])) - {"filler"} == {".run.unfinished"}
    assert len([name for name in eval(left[2]) if name.endswith(".npz")]) == runs


@pytest.mark.parametrize("name", ["fsync", "rename"])
def test_a_disk_that_fails_at_the_last_step_leaves_the_earlier_folder(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert call(*tiny_run(*SMALL)).code == 0
    before = files_of(tmp_path / "run")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        if name == "rename":
            patch.setattr(sim.results.folders, "exchanged", full)
        else:
            patch.setattr(os, "fsync", full)
        said = call(*tiny_run(*SMALL, "--force"))
    assert said.code == 3
    assert "run cannot be written: No space left on device. 4 finished runs are kept" in said.err
    assert files_of(tmp_path / "run") == before
    assert call(*tiny_run(*SMALL, "--force")).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_read_only_folder_is_told_before_anything_runs(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RUN_COMMAND, "run", lambda *_, **__: pytest.fail("must not start"))
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    access = os.access  # root may write anywhere: it is told what the system tells others
    monkeypatch.setattr(os, "access", lambda path, *how, **ids: Path(path) != locked and access(path, *how, **ids))
    for out in ("locked/run", "locked/deep/run"):
        said = call(*tiny_run("--out", out))
        assert (said.code, "locked is no folder you may write to" in said.err) == (3, True)
    assert list(locked.iterdir()) == []


@pytest.mark.parametrize(("out", "words"), [("file/run", "no folder you may write to"), ("x" * 300, "name too long")])
def test_a_place_where_no_folder_can_be_is_told(call: Call, tmp_path: Path, out: str, words: str) -> None:
    (tmp_path / "file").touch()
    said = call(*tiny_run("--out", out))
    assert said.code == 3
    assert words in said.err
    assert "cannot be written" in said.err


def test_an_existing_folder_is_refused_and_replaced_only_on_request(call: Call, tmp_path: Path) -> None:
    assert call(*tiny_run(*SMALL)).code == 0
    (tmp_path / "run" / "note.txt").write_text("mine")
    said = call(*tiny_run(*SMALL))
    assert (said.code, "run exists" in said.err, "--force" in said.err) == (3, True, True)
    assert (tmp_path / "run" / "note.txt").exists()
    assert call(*tiny_run(*SMALL, "--force")).code == 0
    assert not (tmp_path / "run" / "note.txt").exists()
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.png").touch()
    said = call(*tiny_run(*SMALL, "--out", "photos", "--force"))
    assert (said.code, "no run folder" in said.err) == (3, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos", "run"]


def written_by_run(number: int) -> str:
    return json.dumps({"scenarios": [str(number)]})


def write(folder: Path, text: str, *, force: bool) -> None:
    with replaced_folder(folder, force=force) as draft:
        (draft / "manifest.json").write_text(text)
        (draft / "other").write_text(text)


@pytest.mark.parametrize("at_once", [True, False])
def test_replacing_never_shows_a_half_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    """Look at the folder again and again while it is replaced; a disk that cannot exchange leaves a short gap."""
    if not at_once:
        monkeypatch.setattr(sim.results.folders, "exchanged", lambda *_: False)
    folder, seen, is_over = tmp_path / "run", set[bool](), threading.Event()
    write(folder, written_by_run(0), force=False)

    def look() -> None:
        while not is_over.is_set():
            seen.add((folder / "manifest.json").exists())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for number in range(50):
            write(folder, written_by_run(number), force=True)
    finally:
        is_over.set()
        watcher.join()
    assert seen == {True} or (True in seen and not at_once)
    assert {path.read_text() for path in folder.iterdir()} == {written_by_run(49)}
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_folders_are_exchanged_or_the_reason_is_raised(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert exchanged(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]
    with pytest.raises(FileNotFoundError):
        exchanged(tmp_path / "a", tmp_path / "nowhere")


def test_a_folder_set_aside_by_a_killed_command_comes_back(tmp_path: Path) -> None:
    aside = tmp_path / ".run.earlier-abcd1234"
    aside.mkdir()
    (aside / "manifest.json").write_text("{}")
    (told,) = clear_up(tmp_path / "run")
    assert "is back" in told
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_only_what_nobody_holds_is_cleared_up(tmp_path: Path) -> None:
    """The drafts of a living process, kept runs, other names and other people's folders stay."""
    folder = tmp_path / "run"
    for name in (".run.draft-abcd1234", ".runs.draft-abcd1234", ".run.unfinished", ".run.draft-letters", ".run-mine"):
        (tmp_path / name).mkdir()
    with replaced_folder(folder, force=False) as living:
        (told,) = clear_up(folder)
        assert ".run.draft-abcd1234" in told
        assert living.exists()
        assert not (tmp_path / ".run.draft-abcd1234").exists()
    assert sorted(path.name for path in tmp_path.iterdir() if path != folder) == [
        ".run-mine",
        ".run.draft-letters",
        ".run.unfinished",
        ".runs.draft-abcd1234",
    ]


def test_of_two_commands_into_one_folder_the_second_is_refused_at_once(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with claimed_folder(tmp_path / "run", force=False):
        with monkeypatch.context() as patch:
            patch.setattr(RUN_COMMAND, "run", lambda *_, **__: pytest.fail("must not start"))
            said = call(*tiny_run(*SMALL))
        assert said.code == 3
        assert f"run: another command is at work on it (process {os.getpid()})" in said.err
    assert call(*tiny_run(*SMALL)).code == 0


def test_of_two_that_write_at_once_one_wins_whole(tmp_path: Path) -> None:
    """Without a claim, as from a notebook: many write at the same moment, one folder stands, of one of them."""
    folder, barrier, told = tmp_path / "run", threading.Barrier(8), list[str]()

    def race(name: str) -> None:
        try:
            with replaced_folder(folder, force=False) as draft:
                for file in ("manifest.json", "other"):
                    (draft / file).write_text(name)
                barrier.wait()
        except ResultsError as error:
            told.append(str(error))

    threads = [threading.Thread(target=race, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({path.read_text() for path in folder.iterdir()}) == 1
    assert len(told) == 7
    assert all("written by another command meanwhile" in words for words in told)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_failed_run_leaves_its_seed_out_and_loses_nothing(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(job: Job, *rest: Any) -> Finished:
        if (job.label, job.seed) == ("none", 2):
            raise ValueError("no such [luck]")
        return simulate(job, *rest)

    with monkeypatch.context() as patch:
        patch.setattr("sim.runs.simulate", breaks)
        said = call(*tiny_run(*SMALL))
    assert said.code == 1
    assert "failed: none, seed 2: ValueError: no such [luck]" in said.out
    assert "left out of the results, because another run of the same seed failed: documented_2024 seed 2" in said.out
    assert "3 finished runs are kept" in said.out
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert (manifest["seeds"], manifest["left_out"]) == ([1], [{"scenario": "documented_2024", "seed": 2}])
    assert kept(tmp_path) == 3
    said = call(*tiny_run(*SMALL, "--force"))
    assert (said.code, "3 runs had been finished" in said.out) == (0, True)
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["seeds"] == [1, 2]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_broken_picture_does_not_cost_the_data(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError("no such angle")

    monkeypatch.setattr(RUN_COMMAND, "_draw", breaks)
    said = call(*tiny_run(*SMALL))
    assert said.code == 1
    assert "ZeroDivisionError: no such angle" in said.err
    assert "The data are whole in run" in said.err
    assert "The same command with --force goes on from there" in said.err
    assert RunResult.load(tmp_path / "run").seeds == (1, 2)
    assert (call(*tiny_run(*SMALL)).code, kept(tmp_path)) == (3, 4)
    monkeypatch.setattr(RUN_COMMAND, "_draw", lambda *_: None)
    said = call(*tiny_run(*SMALL, "--force"))
    assert (said.code, "4 runs had been finished" in said.out) == (0, True)


def test_a_damaged_kept_run_is_simulated_again(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sim.results, "write_evidence", lambda *_: (_ for _ in ()).throw(ResultsError("stop")))
        assert call(*tiny_run(*SMALL)).code == 3
    files = sorted(tmp_path.glob(".run.unfinished/*.npz"))
    assert len(files) == 4
    files[0].write_bytes(files[0].read_bytes()[:1000])
    files[1].write_bytes(b"")
    np.savez(files[2], values=np.zeros(3))
    said = call(*tiny_run(*SMALL))
    assert (said.code, "1 run had been finished" in said.out) == (0, True)
