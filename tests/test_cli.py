"""The command line: exit codes, what is printed, and that a mistake writes nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import sim.cli.run
from sim import cli
from sim.errors import IdentityError
from tests.runs import DOCUMENTED

TINY = ("--share", "0.001", "--seeds", "1", "--months", "2")


def countysim(
    *arguments: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str, str]:
    """Run the command line in this process; return exit code, output and error output."""
    monkeypatch.setattr(sys, "argv", ["countysim", *arguments])
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as leaving:
            cli.main()
    finally:
        signal.signal(signal.SIGTERM, before)
    printed = capsys.readouterr()
    return int(leaving.value.code or 0), printed.out, printed.err


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *arguments: countysim(*arguments, monkeypatch=monkeypatch, capsys=capsys)


def test_run_prints_evidence_effects_and_cost_and_writes_a_folder(call, tmp_path: Path) -> None:
    code, out, _ = call("run", str(DOCUMENTED), "--share", "0.001", "--seeds", "2", "--out", "here/run", "--profile")
    assert code == 0
    for words in (
        "Documented against simulated",
        "industrial_value_added_growth",
        "Targets not modelled yet",
        "port_throughput",
        "Public cost by programme",
        "relocation",
        "against none",
        "household accounts",
        "Results: here/run",
    ):
        assert words in out
    assert (tmp_path / "here" / "run" / "manifest.json").is_file()


def test_a_broken_scenario_lists_everything_and_writes_nothing(call, tmp_path: Path) -> None:
    scenario = tmp_path / "mine.yaml"
    scenario.write_text("months: 0\npolicies:\n  relocatio: documented\n", encoding="utf-8")
    for command in ("run", "validate"):
        code, _, err = call(command, "mine.yaml")
        assert code == 2
        assert "2 problems; nothing was written." in err
        assert "mine.yaml:1: months" in err
        assert "Did you mean 'relocation'?" in err
        assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--share", "2"), "less than or equal to 1"),
        (("--months", "0"), "greater than or equal to 1"),
        (("--seeds", "many"), "neither a number of seeds"),
        (("--seeds", "0"), "at least one seed"),
        (("--seeds", "3,3"), "each only once"),
        (("--seed", "1", "--seeds", "2"), "either --seed or --seeds"),
        (("--threads", "0"), "greater than or equal to 1"),
        (("--speed", "2"), "No such option"),
    ],
)
def test_a_bad_option_is_refused_before_anything_runs(
    call, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    code, _, err = call("run", str(DOCUMENTED), *options)
    assert code == 2
    assert words in " ".join(err.split())
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_refused_before_the_run_starts(
    call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_text("{}")
    monkeypatch.setattr(sim.cli.run, "run", lambda *_, **__: pytest.fail("must not start"))
    code, _, err = call("run", str(DOCUMENTED), "--out", "run")
    assert code == 3
    assert "--force" in err


def test_a_defect_is_told_without_a_traceback_and_with_one_on_request(call, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(sim.cli.run, "run", breaks)
    code, _, err = call("run", str(DOCUMENTED))
    assert code == 1
    assert "ZeroDivisionError: by nought" in err
    assert "--debug" in err
    assert "Traceback" not in err
    code, _, err = call("run", str(DOCUMENTED), "--debug")
    assert (code, "Traceback" in err) == (1, True)


def test_a_broken_identity_is_no_fault_of_the_input(call, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise IdentityError("persons are not conserved")

    monkeypatch.setattr(sim.cli.run, "run", breaks)
    code, _, err = call("run", str(DOCUMENTED))
    assert (code, "persons are not conserved" in err) == (1, True)


def test_validate_says_what_would_run(call) -> None:
    code, out, _ = call("validate", str(DOCUMENTED))
    assert code == 0
    assert "24 months" in out
    assert "relocation" in out


def test_evidence_prints_every_fact_or_those_of_a_programme(call) -> None:
    code, out, _ = call("evidence")
    assert code == 0
    assert "port_routes" in out
    code, out, _ = call("evidence", "relocation")
    assert code == 0
    assert "relocated_hamlets" in out
    assert "port_routes" not in out
    code, _, err = call("evidence", "relocaton")
    assert (code, "Did you mean 'relocation'?" in err) == (2, True)


def test_policies_and_parameters_are_explained(call) -> None:
    code, out, _ = call("policies")
    assert code == 0
    assert "innovation_platform" in out
    code, out, _ = call("policies", "relocation")
    assert code == 0
    assert "budget" in out
    assert "assumption" in out
    code, out, _ = call("parameters", "labour")
    assert code == 0
    assert "labour." in out
    assert "forest_transfer." not in out
    for command in ("policies", "parameters"):
        code, _, err = call(command, "labourr" if command == "parameters" else "relocatio")
        assert (code, "Did you mean" in err) == (2, True)


def test_population_prints_margins_and_draws_the_map(call, tmp_path: Path) -> None:
    code, out, _ = call("population", "--share", "0.001", "--out", "map.png")
    assert code == 0
    assert "published" in out
    assert "Qujiang" in out
    assert (tmp_path / "map.png").is_file()
    code, _, err = call("population", "--share", "0.001", "--out", "map.png")
    assert (code, "--force" in err) == (3, True)


def test_compare_prints_paired_differences(call) -> None:
    assert call("run", str(DOCUMENTED), *TINY, "--out", "a")[0] == 0
    code, out, _ = call("compare", "a")
    assert code == 0
    assert "against none" in out
    assert "Registered persons relocated" in out
    code, _, err = call("compare", "a", "nowhere")
    assert (code, "no run folder" in err) == (3, True)


COMMANDS = ("run", "new", "schema", "report", "evidence", "population", "policies", "parameters", "validate", "compare")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_by_example(call, command: str) -> None:
    code, out, _ = call(command, "--help")
    assert code == 0
    assert "Example" in out


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['countysim', '--help']\n"
        "import sim.cli\n"
        "try: sim.cli.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'numba', 'mesa', 'pandas', 'xarray', 'matplotlib', 'scipy', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
