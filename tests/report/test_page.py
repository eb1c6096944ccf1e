"""The page is sound HTML in both languages, needs no network, stays small, and escapes what people write."""

from __future__ import annotations

import copy
import dataclasses
import functools
import re
from pathlib import Path
from time import process_time

import pytest

from sim.errors import ResultsError
from sim.messages import LANGUAGES
from sim.report import render_report, write_report
from sim.report.page import build_page
from sim.results import RunResult
from sim.units import Language
from tests.plots.results import RESULTS
from tests.report.pages import Reader
from tests.report.results import ASKED, made_result
from tests.runs import tiny_result

MEGABYTE = 1_000_000
HOSTILE = '<script>alert(1)</script> "quoted" & {braces} $x_$ <img src=x onerror=alert(2)>'
ENGLISH_IN_CHINESE = {
    "countysim", "seeds", "counterfactuals", "none", "policies", "parameters", "docs", "limits", "evidence", "md",
    "run", "report", "lang", "share", "months", "FOLDER", "yaml",
}  # fmt: skip
"""Words a Chinese page keeps: names of commands, options and files."""


@functools.cache
def page(name: str, language: Language) -> str:
    return render_report(RESULTS[name](), language)


@functools.cache
def read(name: str, language: Language) -> Reader:
    return Reader(page(name, language))


CASES = [(name, language) for name in RESULTS for language in LANGUAGES]


@pytest.mark.parametrize(("name", "language"), CASES)
def test_the_page_is_sound(name: str, language: Language) -> None:
    reader = read(name, language)
    assert reader.faults == []
    assert reader.of("html") == [{"lang": {"en": "en", "zh": "zh-CN"}[language]}]
    ids = [given["id"] for _, given in reader.attributes if "id" in given]
    assert len(ids) == len(set(ids))
    targets = {given["href"].removeprefix("#") for given in reader.of("a")}
    assert targets <= set(ids)
    assert all(given.get("scope") in ("col", "row") for given in reader.of("th"))
    pictures = reader.of("svg")
    assert pictures
    assert all(given.get("role") == "img" and given.get("aria-label") for given in pictures)
    assert [tag for tag, _ in reader.tags if tag == "h1"] == ["h1"]


@pytest.mark.parametrize(("name", "language"), CASES)
def test_the_page_asks_for_nothing_and_runs_nothing(name: str, language: Language) -> None:
    reader = read(name, language)
    assert reader.of("script") == []
    assert not [name for _, given in reader.attributes for name in given if name.startswith("on")]
    addresses = [given[key] for _, given in reader.attributes for key in ("src", "href", "xlink:href") if key in given]
    assert all(address.startswith(("#", "data:")) for address in addresses)
    assert all(address.startswith(("data:", "#")) for address in re.findall(r"url\(([^)]+)\)", page(name, language)))
    assert "@import" not in page(name, language)


@pytest.mark.parametrize(("name", "language"), CASES)
def test_references_inside_pictures_hold(name: str, language: Language) -> None:
    text = page(name, language)
    used = set(re.findall(r'(?:url\(#|xlink:href="#)([^")]+)', text))
    assert used <= set(re.findall(r' id="([^"]+)"', text))


@pytest.mark.parametrize("name", RESULTS)
def test_both_languages_have_the_same_structure(name: str) -> None:
    english, chinese = (read(name, language).tags for language in LANGUAGES)
    assert english == chinese


@pytest.mark.parametrize("name", RESULTS)
def test_the_chinese_page_is_chinese(name: str) -> None:
    words = read(name, "zh").words
    visible = words[: words.index("countysim run")]  # then come commands and the scenario file
    visible = re.sub("|".join(map(re.escape, _own_words(RESULTS[name]()))), "", visible)
    assert set(re.findall(r"[A-Za-z]{3,}", visible)) <= ENGLISH_IN_CHINESE


def _own_words(result: RunResult) -> list[str]:
    """Return what a person wrote: the scenario's name and title."""
    return [result.manifest["scenario"]["name"], result.manifest["scenario"]["title"]["zh"]]


@pytest.mark.parametrize(("name", "language"), CASES)
def test_the_page_is_small(name: str, language: Language) -> None:
    assert len(page(name, language).encode()) < MEGABYTE


def test_a_report_takes_less_than_three_seconds() -> None:
    page("documented", "zh")
    assert min(_seconds_of_a_report() for _ in range(3)) < 3.0


def _seconds_of_a_report() -> float:
    begin = process_time()
    render_report(tiny_result(), "zh")
    return process_time() - begin


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_write_is_escaped(language: Language) -> None:
    result = tiny_result()
    manifest = copy.deepcopy(result.manifest)
    manifest["scenario"]["title"] = {"en": HOSTILE, "zh": HOSTILE}
    manifest["scenario"]["name"] = HOSTILE
    manifest["failures"] = [{"scenario": "none", "seed": 9, "message": HOSTILE}]
    reader = Reader(render_report(dataclasses.replace(result, manifest=manifest), language))
    assert reader.faults == []
    assert reader.of("script") == reader.of("img") == []
    assert reader.words.count(HOSTILE) >= 3  # in the title, the heading and the warning


def test_what_went_wrong_is_shown() -> None:
    result = made_result({ASKED: [1e9, 2e9], "none": [1e9, 1e9]})
    result.manifest["failures"] = [{"scenario": "none", "seed": 7, "message": "out of memory"}]
    result.manifest["left_out"] = [{"scenario": ASKED, "seed": 7}]
    result.manifest["warnings"] = [{"kind": "RunWarning", "text": "odd", "place": "sim/x.py:1", "times": 3}]
    failure, left_out, warning = build_page(result, "en").warnings
    assert "None of the reforms, seed 7" in failure
    assert "out of memory" in failure
    assert "1 finished runs" in left_out
    assert "3 times: odd (RunWarning, sim/x.py:1)" in warning
    assert build_page(tiny_result(), "en").warnings == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_misses_are_marked(language: Language) -> None:
    result = tiny_result()
    section = build_page(result, language).evidence
    outcomes = [outcome for outcome in result.evidence if outcome.status == "compared"]
    assert [row.mark for row in section.targets] == [outcome.mark for outcome in outcomes]
    assert section.counts["misses"] == sum(outcome.mark == "✗" for outcome in outcomes) == len(section.missed) > 0
    assert len(section.not_modelled) == sum(outcome.status == "not modelled yet" for outcome in result.evidence)
    assert page("documented", language).count('<tr class="mark-misses">') == section.counts["misses"]


def test_the_run_as_documented_is_held_against_the_documents() -> None:
    other = {ASKED: [1e9, 1e9], "none": [1e9, 1e9], "documented": [1e9, 1e9]}
    policies = {"relocation": tiny_result().manifest["scenario"]["policies"]["relocation"] | {"subsidy": 0.0}}
    result = made_result(other, policies=policies)
    assert build_page(result, "en").evidence_of == "All reforms as documented"
    assert build_page(result, "en", "none").evidence_of == "None of the reforms"
    with pytest.raises(ResultsError, match="no scenario"):
        build_page(result, "en", "nobody")


def test_the_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.html"
    for _ in range(2):
        assert write_report(tiny_result(), path, "en") == path
    assert [each.name for each in path.parent.iterdir()] == ["report.html"]
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ResultsError, match="cannot be written"):
        write_report(tiny_result(), tmp_path / "file" / "report.html", "en")
