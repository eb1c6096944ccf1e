"""``countysim report`` makes the page again from a run folder, in either language, and replaces only what it may."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.cli.report import remake_report
from sim.errors import ResultsError
from sim.report import render_report
from tests.report.pages import Reader
from tests.runs import tiny_result


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_result().save(tmp_path_factory.mktemp("out") / "run")


def test_both_languages_come_from_one_folder(folder: Path, tmp_path: Path) -> None:
    chinese = tmp_path / "zh.html"
    assert CliRunner().invoke(app, ["report", str(folder)]).exit_code == 0
    said = CliRunner().invoke(app, ["report", str(folder), "--lang", "zh", "--out", str(chinese)])
    assert said.exit_code == 0
    assert "zh.html" in said.output
    pages = [Reader(path.read_text(encoding="utf-8")) for path in (folder / "report.html", chinese)]
    assert [page.of("html")[0]["lang"] for page in pages] == ["en", "zh-CN"]
    assert pages[0].tags == pages[1].tags


def test_a_loaded_folder_gives_the_page_of_the_run(folder: Path) -> None:
    remake_report(folder, "en", None, force=False)
    assert (folder / "report.html").read_text(encoding="utf-8") == render_report(tiny_result(), "en")


def test_another_file_is_replaced_only_when_asked_for(folder: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes.html"
    notes.write_text("mine")
    with pytest.raises(ResultsError, match="--force"):
        remake_report(folder, "en", notes, force=False)
    assert notes.read_text() == "mine"
    remake_report(folder, "en", notes, force=True)
    assert notes.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_what_is_no_run_folder_or_no_file_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no run folder"):
        remake_report(tmp_path, "en", None, force=False)
    with pytest.raises(ResultsError, match="is a folder"):
        remake_report(folder, "en", tmp_path, force=True)
