"""Run folders: whole or absent, complete, readable again, the same bytes for the same run."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from sim.errors import ResultsError
from sim.observables.indicators import INDICATORS, NAMES
from sim.places import CITY
from sim.plots import save_plots
from sim.results import PUBLIC_COST, RunResult
from sim.results.folders import replaced_folder
from sim.runs import run
from tests.runs import tiny_result, tiny_scenario


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_is_complete(tmp_path: Path) -> None:
    folder = tiny_result().save(tmp_path / "deep" / "run", draw=save_plots)
    names = set(files_of(folder))
    assert {
        "manifest.json",
        "series.nc",
        "evidence.csv",
        "public_cost.csv",
        "plots/trajectories.png",
    } <= names
    tables = {"households/2023-12", "households/closing", "villages/closing"}
    assert {name for name in names if name.endswith(".parquet")} == {
        f"{folder}/{scenario}_seed{seed}_{when}.parquet"
        for scenario in ("documented_2024", "none")
        for seed in (1, 2)
        for folder, when in (table.split("/") for table in tables)
    }
    assert [path.name for path in folder.parent.iterdir()] == ["run"]


def test_variables_carry_units_and_both_names() -> None:
    series = tiny_result().series
    for indicator in INDICATORS:
        variable = series[indicator.name]
        assert variable.dims == ("scenario", "seed", "month", "place")
        assert variable.attrs["units"] == indicator.unit
        assert variable.attrs["long_name"] == indicator.en
        assert variable.attrs["long_name_zh"] == indicator.zh
    assert str(series["month"].values[0])[:7] == "2022-12"
    assert str(series["month"].values[-1])[:7] == "2024-12"


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    result = tiny_result()
    again = RunResult.load(result.save(tmp_path / "run"))
    assert again.scenarios == result.scenarios == ("documented_2024", "none")
    assert again.seeds == (1, 2)
    for name in NAMES:
        np.testing.assert_array_equal(again.series[name].values, result.series[name].values)
    assert [row.simulated for row in again.evidence if row.seeds] == [
        row.simulated for row in result.evidence if row.seeds
    ]
    assert again.manifest == json.loads(json.dumps(result.manifest))


def test_the_same_run_gives_the_same_bytes_whatever_the_threads(tmp_path: Path) -> None:
    scenario = tiny_scenario(months=2, households=(1,))
    first = run(scenario, threads=1).save(tmp_path / "first")
    second = run(scenario, threads=2).save(tmp_path / "second")
    one, two = files_of(first), files_of(second)
    assert one.keys() == two.keys()
    assert {name for name in one if one[name] != two[name]} == {"manifest.json"}


def test_evidence_csv_opens_in_a_spreadsheet_and_lists_every_target(tmp_path: Path) -> None:
    path = tiny_result().save(tmp_path / "run") / "evidence.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    result = tiny_result()
    assert {row.id for row in result.evidence} <= set(rows)
    assert rows["enterprise_satisfaction_rate"]["status"] == "not modelled yet"
    assert rows["enterprise_satisfaction_rate"]["simulated"] == ""
    outcome = next(row for row in result.evidence if row.id == "gdp_growth")
    assert float(rows["gdp_growth"]["simulated"]) == pytest.approx(outcome.simulated)


def test_public_cost_csv_adds_up_to_the_record(tmp_path: Path) -> None:
    result = tiny_result()
    with (result.save(tmp_path / "run") / "public_cost.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    city = [row for row in rows if row["place"] == CITY and row["scenario"] == "documented_2024"]
    booked = float(result.series[PUBLIC_COST].sel(scenario="documented_2024", place=CITY).sum())
    assert math.fsum(float(row["cost_cny"]) for row in city) == pytest.approx(booked)
    assert booked > 0.0
    assert not [row for row in rows if row["scenario"] == "none"]


def test_household_tables_hold_occupied_rows_with_weights(tmp_path: Path) -> None:
    folder = tiny_result().save(tmp_path / "run")
    table = pyarrow.parquet.read_table(folder / "households" / "documented_2024_seed1_2023-12.parquet")
    assert {"id", "county", "weight", "hamlet_id", "wage_income"} <= set(table.column_names)
    assert min(table["id"].to_numpy()) > 0
    series = tiny_result().series.sel(scenario="documented_2024", seed=1, place=CITY)
    households = float((series["households_rural"] + series["households_urban"]).isel(month=12))
    assert table["weight"].to_numpy().sum() == pytest.approx(households, rel=0.01)


def test_the_manifest_says_how_the_run_was_made() -> None:
    manifest = tiny_result().manifest
    assert len(manifest["hash"]) == 64
    assert manifest["share"]["asked"] == 0.001
    assert 0.0 < manifest["share"]["realised"]["1"] < 0.1
    assert {"countysim", "python", "numpy", "numba", "mesa"} <= set(manifest["versions"])
    assert manifest["scenario"]["parameters"]
    assert manifest["failures"] == []
    assert "labour" in manifest["timings"]["by_mechanism"]


def test_an_existing_folder_is_kept_without_force_and_replaced_with_it(tmp_path: Path) -> None:
    result = tiny_result()
    folder = result.save(tmp_path / "run")
    (folder / "note.txt").write_text("mine")
    with pytest.raises(ResultsError, match="--force"):
        result.save(folder)
    assert (folder / "note.txt").exists()
    result.save(folder, force=True)
    assert not (folder / "note.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_force_does_not_replace_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.png").write_bytes(b"")
    with pytest.raises(ResultsError, match="no run folder"):
        tiny_result().save(tmp_path / "photos", force=True)
    assert (tmp_path / "photos" / "one.png").exists()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_folder_is_whole_or_absent(tmp_path: Path, error: type[BaseException]) -> None:
    def write_half(force: bool) -> None:
        with replaced_folder(tmp_path / "run", force=force) as draft:
            (draft / "half").write_text("")
            raise error

    with pytest.raises(error):
        write_half(force=False)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_text('{"scenarios": []}')
    with pytest.raises(error):
        write_half(force=True)
    assert list(files_of(tmp_path)) == ["run/manifest.json"]


def test_what_is_no_run_folder_or_damaged_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no run folder"):
        RunResult.load(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(ResultsError, match="damaged"):
        RunResult.load(tmp_path)


def test_an_unknown_counterfactual_is_named_with_the_nearest() -> None:
    with pytest.raises(ResultsError, match="Did you mean 'none'"):
        tiny_result().records("nonne")
