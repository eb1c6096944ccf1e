"""Tables open in what people use: DuckDB, pandas, polars, Excel."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet
import pytest

from sim.closing import HOUSEHOLD_COLUMNS, VILLAGE_COLUMNS
from sim.errors import ResultsError
from sim.results import RunResult
from sim.results.snapshots import StoredColumns, closing_file, write_columns
from tests.runs import tiny_result


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_result().save(tmp_path_factory.mktemp("out") / "run")


def weights() -> dict[str, float]:
    """Return the weighted mean income of the households of each run."""
    tables = {(table.scenario, table.seed): table.columns for table in tiny_result().households}
    return {
        f"{scenario} {seed}": float(np.average(columns["income"].astype(float), weights=columns["weight"]))
        for (scenario, seed), columns in tables.items()
    }


def test_duckdb_queries_all_runs_at_once(folder: Path) -> None:
    files = str(folder / "households" / "*_closing.parquet")
    query = (
        "SELECT filename, sum(weight::DOUBLE * income) / sum(weight::DOUBLE) FROM read_parquet(?, filename=true) "
        "GROUP BY filename"
    )
    found = {Path(name).name: value for name, value in duckdb.execute(query, [files]).fetchall()}
    for scenario in ("documented_2024", "none"):
        for seed in (1, 2):
            assert found[closing_file(scenario, seed)] == pytest.approx(weights()[f"{scenario} {seed}"], rel=1e-6)
    joined = duckdb.execute(
        "SELECT count(*) FROM read_parquet(?) h JOIN read_parquet(?) v ON h.village = v.id AND h.county = v.county",
        [str(folder / "households" / closing_file("none", 1)), str(folder / "villages" / closing_file("none", 1))],
    ).fetchall()
    assert joined == [(len(tiny_result().households[2].columns["id"]),)]


def test_pandas_reads_households_and_villages(folder: Path) -> None:
    for kind, columns in (("households", HOUSEHOLD_COLUMNS), ("villages", VILLAGE_COLUMNS)):
        frame = pd.read_parquet(folder / kind / closing_file("documented_2024", 1))
        assert list(frame) == list(columns)
        table = getattr(tiny_result(), kind)[0].columns
        for name in columns:
            np.testing.assert_array_equal(frame[name].to_numpy(), table[name], err_msg=name)
            assert frame[name].dtype == table[name].dtype


def test_polars_reads_households_and_villages(folder: Path) -> None:
    for kind, columns in (("households", HOUSEHOLD_COLUMNS), ("villages", VILLAGE_COLUMNS)):
        frame = pl.scan_parquet(folder / kind / closing_file("documented_2024", 1)).collect()
        assert frame.columns == list(columns)
        table = getattr(tiny_result(), kind)[0].columns
        for name in columns:
            np.testing.assert_array_equal(frame[name].to_numpy(), table[name], err_msg=name)


def test_columns_say_what_they_hold(folder: Path) -> None:
    schema = pyarrow.parquet.read_schema(folder / "households" / closing_file("none", 1))
    for name, meaning in HOUSEHOLD_COLUMNS.items():
        assert schema.field(name).metadata[b"description"].decode() == meaning


def test_every_csv_opens_in_excel_with_chinese_intact(folder: Path) -> None:
    paths = list(folder.rglob("*.csv"))
    assert {path.name for path in paths} >= {"evidence.csv", "public_cost.csv"}
    for path in paths:
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), path
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert len({len(row) for row in rows}) == 1


def test_a_loaded_result_reads_its_tables_when_they_are_looked_at(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    tiny_result().save(copy)
    loaded = RunResult.load(copy)
    for kind in ("households", "villages"):
        there, made = getattr(loaded, kind), getattr(tiny_result(), kind)
        assert [(t.scenario, t.seed, t.month) for t in there] == [(t.scenario, t.seed, t.month) for t in made]
        for table, expected in zip(there, made, strict=True):
            assert set(table.columns) == set(expected.columns)
            for name in expected.columns:
                np.testing.assert_array_equal(table.columns[name], expected.columns[name])
    lazy = RunResult.load(copy)
    missing = copy / "households" / closing_file("none", 2)
    missing.unlink()
    with pytest.raises(ResultsError, match="missing or damaged"):
        lazy.households[3].columns["id"]
    assert len(lazy.households[0].columns["id"]) > 0


def test_a_folder_of_an_earlier_version_has_no_closing_tables(tmp_path: Path) -> None:
    folder = tiny_result().save(tmp_path / "run")
    for kind in ("households", "villages"):
        for path in (folder / kind).glob("*_closing.parquet"):
            path.unlink()
    loaded = RunResult.load(folder)
    assert (loaded.households, loaded.villages) == ((), ())


def test_a_damaged_table_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 this is none")
    with pytest.raises(ResultsError, match="missing or damaged"):
        StoredColumns(path)["id"]


def test_labels_become_file_names_any_system_takes(tmp_path: Path) -> None:
    name = closing_file("relocation.homes_per_month=[1, 2] a/b\\c:搬迁", 3)
    assert name == "relocation.homes_per_month=_1_2_a_b_c_搬迁_seed3_closing.parquet"
    columns = {"id": np.arange(3, dtype=np.uint64), "value": np.array([0.5, np.nan, 2.0], np.float32)}
    write_columns(tmp_path / "households" / name, columns, {})
    again = StoredColumns(tmp_path / "households" / name)
    assert list(again) == ["id", "value"]
    assert len(again) == 2
    np.testing.assert_array_equal(again["value"], columns["value"])


@pytest.mark.parametrize("rows", [1, 13])
def test_columns_come_back_as_they_were_without_loading_pandas(tmp_path: Path, rows: int) -> None:
    code = f"""
import sys, numpy as np
from pathlib import Path
from sim.results.snapshots import StoredColumns, write_columns
count = np.arange({rows})
columns = {{"flag": count % 3 == 0, "real": np.float32(count) / 7, "id": np.uint64(count), "small": np.int8(count)}}
columns["every_other"] = np.arange(2 * {rows}, dtype=np.int16)[::2]
path = Path({str(tmp_path / "table.parquet")!r})
write_columns(path, columns, {{}})
again = StoredColumns(path)
same = [np.array_equal(again[name], columns[name]) and again[name].dtype == columns[name].dtype for name in columns]
print(all(same), list(again) == list(columns), "pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "False"]
