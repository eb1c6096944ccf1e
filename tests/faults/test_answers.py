"""One table: what goes wrong, what the command line answers, and the exit code; ``docs/faults.md`` lists the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sim.cli.guard import EXIT_CODES
from sim.execution import memory
from tests.faults.conftest import RUN_COMMAND, Said
from tests.runs import DOCUMENTED

DOCS = Path(__file__).parents[2] / "docs" / "faults.md"
TINY = ("--share", "0.001", "--seed", "1", "--months", "1")
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))

type Content = str | bytes
type Prepare = Callable[[Path, pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """A fault: the scenario's text (none: no file), and words of the answer; `command` when it is not `validate`."""

    text: Content | None
    words: tuple[str, ...]
    code: int = 2
    command: tuple[str, ...] = ("validate", "mine.yaml")
    others: dict[str, Content] = field(default_factory=dict)
    prepare: Prepare = lambda folder, monkeypatch: None


def run(*options: str) -> tuple[str, ...]:
    return ("run", str(DOCUMENTED), *TINY, *options)


def earlier_run(folder: Path, _: pytest.MonkeyPatch) -> None:
    (folder / "run").mkdir()
    (folder / "run" / "manifest.json").write_text("{}")


def study(folder: Path, _: pytest.MonkeyPatch) -> None:
    (folder / "run").mkdir()
    (folder / "run" / "manifest.json").write_text('{"study": "mine", "scenario": {}}')


def damaged_manifest(folder: Path, _: pytest.MonkeyPatch) -> None:
    (folder / "run").mkdir()
    (folder / "run" / "manifest.json").write_text('{"scenarios": [')


def photos(folder: Path, _: pytest.MonkeyPatch) -> None:
    (folder / "run").mkdir()
    (folder / "run" / "photo.png").touch()


def little_memory(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: 500 * memory.MB)


def broken_run(error: Exception) -> Prepare:
    def breaks(*_: object) -> None:
        raise error

    return lambda _, monkeypatch: monkeypatch.setattr("sim.runs.simulate", breaks)


def defect(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(RUN_COMMAND, "run", breaks)


FAULTS: dict[str, Fault] = {
    "unknown key": Fault("\npolicys: {}", ("mine.yaml:2: policys: unknown key", "Did you mean 'policies'?")),
    "wrong type": Fault('months: "24"', ("mine.yaml:1: months", "a whole number from 1 to 600", "quotes: 24")),
    "value out of bounds": Fault(
        "policies:\n  relocation:\n    ramp_months: 121",
        ("mine.yaml:3: policies.relocation.ramp_months", "from 0 to 120 (months)", "'121'"),
    ),
    "unit mistake in a parameter": Fault(
        "parameters:\n  projects.inherited_campaign: 8.8",
        ("mine.yaml:2", "ratio", "from 0 to 1", "'8.8'", "Did you mean 0.088? Shares are parts of one, not per cent"),
    ),
    "unit mistake in the share": Fault(
        "population: {share: 8.8}", ("mine.yaml:1: population.share", "Did you mean 0.088?", "not per cent")
    ),
    "end before start": Fault(
        "policies:\n  relocation:\n    start: 2024-05\n    end: 2024-04",
        ("mine.yaml:4: policies.relocation.end", "2024-04", "before the start 2024-05"),
    ),
    "unknown place": Fault(
        "policies:\n  relocation:\n    places: [qujang]",
        ("mine.yaml:3: policies.relocation.places[0]", "kecheng", "Did you mean 'qujiang'?"),
    ),
    "unknown reform": Fault(
        "policies:\n  relocaton: on",
        ("mine.yaml:2: policies.relocaton", "unknown policy", "forest_tenure", "Did you mean 'relocation'?"),
    ),
    "scenarios extending each other": Fault(
        "extends: other",
        ("other.yaml:2: extends", "in a circle: mine -> other -> mine"),
        others={"other.yaml": "# round\nextends: mine"},
    ),
    "empty file": Fault("", ("mine.yaml:1", "the file is empty", "extends: documented_2024")),
    "tab": Fault("policies:\n\trelocation: on", ("mine.yaml:2", "tab", "two spaces")),
    "duplicate key": Fault("months: 3\nmonths: 4", ("mine.yaml:2: months", "twice", "line 1")),
    "a list": Fault("- months: 3", ("mine.yaml:1", "keys with values", "a list")),
    "10 MB file": Fault("#" * 10_000_000, ("mine.yaml", "10,000,000 bytes", "at most 1,000,000")),
    "YAML tag": Fault("title: !!python/object/apply:os.getcwd []", ("mine.yaml:1: title", "tag", "not allowed")),
    "anchor bomb": Fault(BOMB, ("mine.yaml:1: a0", "anchor '&a0' is not allowed", "write the value out")),
    "not UTF-8": Fault(b"months: 3\ntitle: {en: caf\xe9}", ("mine.yaml:2", "not UTF-8", "Save it as UTF-8")),
    "missing file": Fault(
        None,
        ("mine.yaml", "no such file", "Did you mean 'mine2'?"),
        others={"mine2.yaml": "months: 3"},
    ),
    "share 0": Fault("population: {share: 0}", ("mine.yaml:1: population.share", "from 0.001 to 1", "'0'")),
    "share 2": Fault("population: {share: 2}", ("mine.yaml:1: population.share", "from 0.001 to 1", "'2'")),
    "share NaN": Fault("population: {share: .nan}", ("mine.yaml:1: population.share", "from 0.001 to 1", "'nan'")),
    "months 0": Fault("months: 0", ("mine.yaml:1: months", "from 1 to 600", "'0'")),
    "months 601": Fault("months: 601", ("mine.yaml:1: months", "from 1 to 600", "'601'")),
    "a bad option": Fault(
        "months: 3", ("'--share'", "less than or equal to 1"), command=("run", "mine.yaml", "--share", "2")
    ),
    "no run folder": Fault(None, ("nowhere", "no run folder"), 3, ("compare", "nowhere")),
    "existing run folder": Fault(None, ("run exists", "--out", "--force"), 3, run("--out", "run"), prepare=earlier_run),
    "--force on something else": Fault(
        None, ("run is no run folder",), 3, run("--out", "run", "--force"), prepare=photos
    ),
    "--force on a study": Fault(
        None,
        ("run is no run folder", "neither a run nor a comparison wrote", "--out"),
        3,
        run("--out", "run", "--force"),
        prepare=study,
    ),
    "--force on a damaged manifest": Fault(
        None,
        ("manifest.json is damaged", "delete it by hand", "--out"),
        3,
        run("--out", "run", "--force"),
        prepare=damaged_manifest,
    ),
    "a file where a folder should be": Fault(
        None, ("cannot be written", "no folder you may write to"), 3, run("--out", "file/run"), {"file": ""}
    ),
    "too little memory": Fault(
        None,
        ("need about", "MB of memory at share 1", "500 MB are free", "A share of 0.", "would fit (--share 0."),
        4,
        (*run("--out", "run"), "--share", "1"),
        prepare=little_memory,
    ),
    "a run that fails": Fault(
        None,
        ("no seed came through: 2 runs failed", "(documented_2024, seed 1)", "ValueError: no luck"),
        1,
        run("--out", "run"),
        prepare=broken_run(ValueError("no luck")),
    ),
    "memory that runs out": Fault(
        None, ("the memory did not suffice", "share"), 1, run("--out", "run"), prepare=broken_run(MemoryError())
    ),
    "a defect": Fault(
        None, ("ZeroDivisionError: by nought", "report", "--debug"), 1, run("--out", "run"), prepare=defect
    ),
}
"""Full disks, read-only folders, two commands at once: `test_folders`; signals and kill -9: `test_interrupts`."""


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_answered_in_plain_words_and_writes_nothing(
    call: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    texts = fault.others if fault.text is None else {"mine.yaml": fault.text, **fault.others}
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
    fault.prepare(tmp_path, monkeypatch)
    before = sorted(tmp_path.rglob("*"))
    said = call(*fault.command)
    assert said.code == fault.code, said.err
    for word in fault.words:
        assert word in said.err
    assert "Traceback" not in said.err
    assert sorted(tmp_path.rglob("*")) == before


def rows(section: str) -> dict[str, str]:
    """Return the second cell of a table of the page by the first."""
    text = DOCS.read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return {first.strip("`"): second for first, second, *_ in cells[2:]}


def test_the_page_lists_every_fault_with_its_exit_code() -> None:
    listed = rows("What goes wrong, and the answer")
    assert {name: listed.get(name) for name in FAULTS} == {name: str(fault.code) for name, fault in FAULTS.items()}


def test_the_page_and_the_help_list_the_same_exit_codes(call: Callable[..., Said]) -> None:
    told = re.findall(r"\b(\d+) ", EXIT_CODES)
    assert [code for code in rows("Exit codes") if code in told] == told
    said = call("--help")
    assert (said.code, all(f"{code} " in said.out for code in told)) == (0, True)
    assert "Exit codes: 0 done" in said.out
