"""The command ``countysim compare`` and the tables it writes."""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sim.cli import app
from sim.cli.compare import labels_of
from sim.comparison import Side, compare, side_by_side
from sim.comparison.words import group_name, programme_name, signed, significant
from sim.errors import ResultsError
from sim.messages import catalogue
from sim.observables.indicators import NAMES
from sim.places import PLACES
from sim.results import RunResult
from tests.runs import tiny_result

LETTERS = re.compile("[A-Za-z]{3,}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_result().save(tmp_path_factory.mktemp("out") / "run")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["compare", *map(str, arguments)], env={"COLUMNS": "220"})


def rows(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_against_its_counterfactual(folder: Path) -> None:
    done = call(folder)
    assert done.exit_code == 0, done.output
    for words in ("against none", "tenth 1 (poorest)", "Kaihua", "relocated", "GDP at 2022 prices", "CNY/mu"):
        assert words in done.output
    assert "standard error over seeds" in done.output


def test_options_choose_place_month_grouping_and_language(folder: Path) -> None:
    done = call(folder, "--place", "qujiang", "--month", "2023-05", "--by", "county", "--lang", "zh")
    assert "衢江区，2023-05" in done.output
    assert "按户籍所在县" in done.output
    assert "十分位" not in done.output
    assert "标准误" in done.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--place", "quijang"), "Did you mean 'qujiang'"),
        (("--month", "2031-01"), "do not both cover 2031-01"),
        (("--against", "nome"), "Did you mean 'none'"),
    ],
)
def test_what_there_is_not_is_refused(folder: Path, options: tuple[str, ...], words: str) -> None:
    done = call(folder, *options)
    assert isinstance(done.exception, ResultsError)
    assert words in str(done.exception)


def test_tables_are_written_for_spreadsheets(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "compared"
    done = call(folder, folder, "--lang", "zh", "--out", out)
    assert done.exit_code == 0, done.output
    differences = rows(out / "differences.csv")
    months = tiny_result().data.rows
    assert len(differences) == len(NAMES) * len(PLACES) * months
    assert {row["差异"] for row in differences} == {"0"}
    assert {row["指标"] for row in differences} >= {"地区生产总值（2022年价）", "累计搬迁人数"}
    gains = rows(out / "gains.csv")
    assert {row["分组方式"] for row in gains} == {"按期初收入", "按户籍所在县（市、区）", "按居住地", "全体"}
    assert {row["变化（元/人/年）"] for row in gains} == {"0"}
    assert rows(out / "costs.csv") == []
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["comparison"] == [
        "documented_2024",
        "documented_2024",
    ]
    assert list((out / "plots").glob("*.png"))
    again = call(folder, folder, "--out", out)
    assert isinstance(again.exception, ResultsError)
    assert "--force" in str(again.exception)
    assert call(folder, folder, "--out", out, "--force").exit_code == 0


def test_the_numbers_of_the_tables_are_those_of_the_comparison(folder: Path, tmp_path: Path) -> None:
    assert call(folder, "--out", tmp_path / "out").exit_code == 0
    comparison = compare(tiny_result())
    wanted = comparison.of("residents", "2024-03", "kaihua")
    chosen = [
        row
        for row in rows(tmp_path / "out" / "differences.csv")
        if (row["code"], row["place"], row["month"]) == ("residents", "Kaihua", "2024-03")
    ]
    assert len(chosen) == 1
    assert float(chosen[0]["difference"]) == pytest.approx(wanted.difference, rel=1e-8)
    assert float(chosen[0]["standard error"]) == pytest.approx(wanted.standard_error, rel=1e-8)
    gains = {row["group"]: row for row in rows(tmp_path / "out" / "gains.csv")}
    for gain in comparison.gains("settlement"):
        row = gains[group_name(gain.group, "en")]
        assert float(row["change, CNY per person and year"]) == pytest.approx(gain.change, rel=1e-8)
    costs = rows(tmp_path / "out" / "costs.csv")
    assert [row["code"] for row in costs] == [cost.indicator for cost in comparison.costs()]


def test_runs_without_closing_tables_still_compare(folder: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(folder, old)
    shutil.rmtree(old / "households")
    done = call(old)
    assert done.exit_code == 0, done.output
    assert "has no closing table of households" in " ".join(done.output.split())
    assert "against none" in done.output


def test_runs_with_other_seeds_are_refused(folder: Path, tmp_path: Path) -> None:
    data = tiny_result().data
    fewer = RunResult(
        type(data)(
            data.scenarios, (1,), data.programmes, data.values[:, :1], data.public_cost[:, :1],
            data.value_added_2022[:, :1], data.above_2022[:, :1],
        ),
        tiny_result().manifest | {"seeds": [1]},
    )  # fmt: skip
    done = call(folder, fewer.save(tmp_path / "fewer"))
    assert isinstance(done.exception, ResultsError)
    assert "seeds differ (1, 2 and 1)" in str(done.exception)


def test_scenarios_stand_side_by_side_under_labels_of_their_own() -> None:
    result = tiny_result()
    sides = [Side(result, "documented_2024"), Side(result, "none"), Side(result, "documented_2024")]
    labels = labels_of(sides, "en")
    assert labels == ["documented_2024", "none", "The five reforms as documented (2)"]
    merged = side_by_side(sides, labels)
    assert merged.scenarios == tuple(labels)
    for label, side in zip(labels, sides, strict=True):
        assert (merged.values("gdp", "quzhou", label) == result.values("gdp", "quzhou", side.label)).all()
    assert compare(merged, against="none").gains("all") == compare(result).gains("all")
    assert len(merged.villages) == 3 * len(result.seeds)


def test_numbers_keep_significant_digits() -> None:
    assert significant(0.0123456, 3) == "0.0123"
    assert significant(1234567.0, 3) == "1,230,000"
    assert significant(-0.0, 3) == "0"
    assert significant(math.nan, 3) == ""
    assert (significant(0.01234, 3, 3), significant(0.0004, 3, 3)) == ("0.012", "0")
    assert (signed(1e-9, 2, 3), signed(-1e-9, 2, 3)) == ("0", "0")
    assert (signed(2.5, 2), signed(-2.5, 2), signed(0.0, 2)) == ("+2.5", "-2.5", "0")


def test_groups_and_programmes_have_names_in_both_languages() -> None:
    assert group_name("founded_later", "zh") == "期间新立户"
    assert group_name("kaihua", "zh") == "开化县"
    assert programme_name("relocation", "zh") != "relocation"
    assert programme_name("somebody_elses", "en") == "somebody_elses"
    own = {key: texts["zh"] for key, texts in catalogue().items() if key.startswith("compare.")}
    in_braces = re.compile(r"\{[^}]*\}|countysim")
    assert [key for key, chinese in own.items() if LETTERS.search(in_braces.sub("", chinese))] == []
