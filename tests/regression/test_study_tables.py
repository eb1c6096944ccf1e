"""The tables in docs/studies: made by a command that exists, with the columns it writes today."""

from __future__ import annotations

import importlib
import shlex
from pathlib import Path

import pytest

from calibration.studies import evidence, reform_signs, scale, to_2035
from calibration.studies.runs import RESULTS, At, Total, write_table
from sim.places import CITY
from sim.registry import POLICIES
from tests.records import flat_record

TABLES = sorted(RESULTS.glob("*.csv"))


def _rows(path: Path) -> list[list[str]]:
    return [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()[1:]]


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_table_names_the_command_that_makes_it(path: Path) -> None:
    command = path.read_text(encoding="utf-8").splitlines()[0]
    assert command.startswith("# python -m calibration.studies.")
    words = shlex.split(command.removeprefix("# "))
    assert words[2].split(".")[-1] == path.stem
    assert callable(importlib.import_module(words[2]).main)
    assert f"python -m {words[2]}`" in (RESULTS / "README.md").read_text(encoding="utf-8")
    header, *rows = _rows(path)
    assert {len(row) for row in rows} == {len(header)}


def test_every_study_has_its_table_and_every_figure_a_row() -> None:
    assert [path.stem for path in TABLES] == ["evidence", "reform_signs", "scale", "to_2035"]
    signs = [tuple(row[:2]) for row in _rows(RESULTS / "reform_signs.csv")[1:]]
    assert signs == [(d.reform, d.fact) for d in reform_signs.DIRECTIONS]
    assert {row[0] for row in _rows(RESULTS / "scale.csv")[1:]} == set(scale.TABLE)
    assert tuple(_rows(RESULTS / "evidence.csv")[0]) == evidence.HEADER
    years = {row[1] for row in _rows(RESULTS / "to_2035.csv")[1:]}
    assert years == {str(2023 + k) for k in range(to_2035.MONTHS // 12)}
    assert {row[0] for row in _rows(RESULTS / "reform_signs.csv")[1:]} == {policy.name for policy in POLICIES}


def test_operators_read_and_add_up_the_record() -> None:
    record = flat_record(24, value=2.0)
    assert At("gdp", CITY, -1)(record) == 2.0
    assert Total("gdp", CITY, 0, 11)(record) == 24.0


def test_a_comma_in_a_cell_does_not_shift_the_columns(tmp_path: Path) -> None:
    write_table(tmp_path / "table.csv", "a command", ("name", "value"), [("one, two", 1.0 / 3.0)])
    assert (tmp_path / "table.csv").read_text(encoding="utf-8") == "# a command\nname,value\none; two,0.33333\n"
