"""The commands with which one asks: new, schema, validate, policies, parameters, and run with a sweep."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sim import cli

type Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Call:
    """Give the command line in a folder of its own: it returns exit code, output and error output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def countysim(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["countysim", *arguments])
        with pytest.raises(SystemExit) as leaving:
            cli.main()
        printed = capsys.readouterr()
        return int(leaving.value.code or 0), printed.out, printed.err

    return countysim


def test_from_new_to_a_run(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("new", "--lang", "zh")
    assert code == 0
    assert "countysim run my_question.yaml" in out
    code, out, _ = call("validate", "my_question.yaml")
    assert code == 0
    assert "15 runs in all" in out  # the scenario, the documented reforms, none; five seeds
    assert call("run", "my_question.yaml", "--share", "0.001", "--months", "2", "--seeds", "1", "--lang", "zh")[0] == 0
    manifest = json.loads((tmp_path / "out" / "my_question" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"]["title"] == {"en": "My question", "zh": "我的问题"}
    assert (tmp_path / "out" / "my_question" / "report.html").is_file()
    code, _, err = call("new")
    assert code == 3
    assert "my_question.yaml exists and stays as it is" in err


def test_new_can_begin_with_another_scenario(call: Call, tmp_path: Path) -> None:
    assert call("new", "sub/half", "--extends", "relocation_half_budget")[0] == 0
    assert "budget: 353000000" in (tmp_path / "sub" / "half.yaml").read_text(encoding="utf-8")
    code, _, err = call("new", "other.yaml", "--extends", "relocation_half_budgt")
    assert (code, "Did you mean 'relocation_half_budget'?" in err) == (2, True)
    code, _, err = call("new", "other.yaml", "--lang", "de")
    assert (code, "'de'" in err) == (2, True)
    assert not (tmp_path / "other.yaml").exists()


def test_schema_is_printed_or_written(call: Call, tmp_path: Path) -> None:
    code, printed, _ = call("schema")
    assert code == 0
    assert "relocation" in json.loads(printed)["properties"]["policies"]["properties"]
    assert call("schema", "--out", "sub/schema.json")[0] == 0
    assert (tmp_path / "sub" / "schema.json").read_text(encoding="utf-8") == printed
    code, _, err = call("schema", "--out", "sub/schema.json")
    assert (code, "--force" in err) == (3, True)
    assert call("schema", "--out", "sub/schema.json", "--force")[0] == 0


def test_paths_in_brackets_are_printed_as_they_are(call: Call, tmp_path: Path) -> None:
    """Brackets would be markup to what prints, and a pattern to what clears up."""
    code, out, _ = call("new", "[bold]/[x].yaml")
    assert code == 0
    for words in ("Wrote [bold]/[x].yaml.", "validate [bold]/[x].yaml", "run [bold]/[x].yaml"):
        assert words in out
    left = tmp_path / "out" / ".[test].draft-abcd1234"
    left.mkdir(parents=True)
    tiny = ("--share", "0.001", "--months", "2", "--seeds", "1", "--out", "out/[test]")
    code, out, _ = call("run", "[bold]/[x].yaml", *tiny)
    assert code == 0
    for words in ("\n[x]: 2 months", "Report: out/[test]/report.html", "Results: out/[test] (evidence.csv"):
        assert words in out
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["[test]"]
    code, out, _ = call("compare", "out/[test]", "--against", "none", "--out", "out/[both]")
    assert (code, "out/[both]" in out.splitlines()[-1]) == (0, True)
    code, out, _ = call("population", "--share", "0.001", "--out", "out/[map].png")
    assert (code, "Map of villages: out/[map].png" in out) == (0, True)


def test_validate_counts_what_would_run(call: Call) -> None:
    code, out, _ = call("validate", "relocation_homes")
    assert code == 0
    assert "25 runs in all" in out
    assert "sweep: 4 points over relocation.homes_per_month" in out


def test_a_sweep_is_run_and_compared(call: Call, tmp_path: Path) -> None:
    text = (
        "extends: documented_2024\nmonths: 14\nreplicates: 3\n"
        "policies: {relocation: {homes_per_month: [300, 30]}, forest_tenure: off}"
    )
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    code, out, _ = call("run", "mine.yaml", "--share", "0.01")
    assert code == 0
    assert "The sweep: 2 points" in out
    assert "relocation.homes_per_month" in out.split("The sweep")[1]
    assert "relocated" in out.split("The sweep")[1]
    assert "mean and band of 3 seeds" in out
    assert "against none" in out
    manifest = json.loads((tmp_path / "out" / "mine" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenarios"] == ["mine", "relocation.homes_per_month=30", "none"]
    assert [point["label"] for point in manifest["scenario"]["sweep"]] == manifest["scenarios"][:2]


def test_settings_and_parameters_say_what_they_reach(call: Call) -> None:
    code, printed, _ = call("policies", "relocation")
    out = " ".join(printed.replace("  (", " (").split())
    assert code == 0
    assert "homes_per_month = 300 homes/month (0 to 5,000)" in out
    assert "lever relocation_homes, read by relocation; what the reform spends on itself" in out
    assert "source: assumption: feasibility section 4" in out
    code, out, _ = call("parameters", "projects.landing_hazard")
    assert code == 0
    assert "projects.landing_hazard = 0.3 1/month  (0.15 to 0.8, prior split)" in out
    assert "read by: projects, the burn-in of 2020-22" in out
    assert "signed_projects (moved by investment_attraction)" in out
    assert "ordinary_signing" not in out
    code, _, err = call("parameters", "landing_hazard")
    assert (code, "Did you mean 'projects.landing_hazard'?" in err) == (2, True)
