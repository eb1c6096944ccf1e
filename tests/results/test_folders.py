"""What may be replaced, and files that are whole or as they were."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

import sim.results.folders
from sim.cli.new import write_starter
from sim.cli.schema import write_schema
from sim.errors import ResultsError
from sim.evidence import load_evidence
from sim.plots import save_village_map
from sim.population import build_world
from sim.report import write_report
from sim.results.folders import check_free, replaced_file
from tests.runs import tiny_result

type Writer = Callable[[Path], object]
WRITERS: dict[str, Writer] = {
    "report": lambda path: write_report(tiny_result(), path, "en", pictures=()),
    "schema": lambda path: write_schema(path, force=True),
    "starter": lambda path: write_starter(path, "documented_2024", "en"),
    "map": lambda path: save_village_map(build_world(0.001, 1, load_evidence()).villages, load_evidence(), path),
}


@pytest.mark.parametrize("manifest", ['{"scenarios": ["mine"]}', '{"comparison": ["mine", "none"]}'])
def test_what_a_run_or_a_comparison_wrote_may_be_replaced(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    check_free(tmp_path, force=True)
    with pytest.raises(ResultsError, match="exists"):
        check_free(tmp_path, force=False)


@pytest.mark.parametrize("manifest", ['{"study": "mine", "scenario": {}}', '{"name": "app", "icons": []}', "[]", "{}"])
def test_what_others_wrote_stays(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(ResultsError, match=rf"{tmp_path.name} is no run folder.*--out"):
        check_free(tmp_path, force=True)


@pytest.mark.parametrize("content", [b"", b'{"scenarios": [', b"\xff\xfe"])
def test_a_damaged_manifest_is_left_to_the_person(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(ResultsError, match=r"damaged.*delete it by hand.*--out"):
        check_free(tmp_path, force=True)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_file_is_whole_or_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "deep" / "file.txt"

    def write(text: str, *, breaks: bool) -> None:
        with replaced_file(target) as draft:
            draft.write_text(text)
            if breaks:
                raise error

    with pytest.raises(error):
        write("half", breaks=True)
    assert list(target.parent.iterdir()) == []
    write("first", breaks=False)
    with pytest.raises(error):
        write("half", breaks=True)
    assert target.read_text() == "first"
    write("second", breaks=False)
    assert target.read_text() == "second"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_others_may_read_a_file_as_far_as_the_umask_lets_them(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        with replaced_file(tmp_path / "file") as draft:
            draft.write_text("text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


@pytest.mark.parametrize("writer", WRITERS)
def test_a_full_disk_leaves_no_half_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str) -> None:
    target = tmp_path / "file.yaml"
    write = WRITERS[writer]
    write(target)
    assert list(tmp_path.iterdir()) == [target]
    content = target.read_bytes()
    assert len(content) > 1000

    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(sim.results.folders, "_flush_one", full)
    with pytest.raises(ResultsError, match=r"other\.yaml cannot be written: No space left on device"):
        write(tmp_path / "other.yaml")
    if writer != "starter":
        with pytest.raises(ResultsError, match="cannot be written"):
            write(target)
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_bytes() == content


def test_a_starter_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("mine")
    with pytest.raises(ResultsError, match="stays as it is"):
        write_starter(tmp_path / "mine.yaml", "documented_2024", "en")
    assert (tmp_path / "mine.yaml").read_text() == "mine"
