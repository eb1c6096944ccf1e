"""`series.nc` opens in xarray with units and both names, keeps every bit, and is the same for the same data."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from sim.errors import ResultsError
from sim.observables.indicators import INDICATORS, NAMES
from sim.results import PUBLIC_COST, RunRecords
from sim.results.netcdf import read_series, write_series
from sim.results.records import VARIABLES
from tests.records import flat_record
from tests.runs import tiny_result


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "series.nc"
    write_series(path, tiny_result().data)
    return path


@pytest.mark.parametrize("engine", [None, "scipy", "netcdf4"])
def test_xarray_opens_it_with_units_and_names(written: Path, engine: str | None) -> None:
    with xr.open_dataset(written, engine=engine) as series:
        expected = tiny_result().series
        for indicator in INDICATORS:
            variable = series[indicator.name]
            assert variable.attrs["units"] == indicator.unit
            assert variable.attrs["long_name"] == indicator.en
            assert variable.attrs["long_name_zh"] == indicator.zh
            np.testing.assert_array_equal(variable.values, expected[indicator.name].values)
        assert dict(series.sizes) == dict(expected.sizes)
        for name in ("scenario", "seed", "place", "programme", "sector", "month_of_2022"):
            assert series[name].values.tolist() == expected[name].values.tolist(), name
        assert [str(month)[:7] for month in series["month"].values[[0, -1]]] == ["2022-12", "2024-12"]
        assert series["place"].attrs["long_name_zh"] == "县（市、区）或全市"
        assert series.attrs["title"] == "documented_2024"
        assert float(series["gdp"].sel(scenario="none", seed=2, place="qujiang", month="2024-06").squeeze()) > 0.0


def test_what_is_read_is_what_was_written(written: Path) -> None:
    data, again = tiny_result().data, read_series(written, (1, 2))
    assert (again.scenarios, again.seeds, again.programmes) == (data.scenarios, data.seeds, data.programmes)
    for name in VARIABLES:
        np.testing.assert_array_equal(again.array(name), data.array(name), err_msg=name)


def test_the_same_data_give_the_same_bytes(written: Path, tmp_path: Path) -> None:
    write_series(tmp_path / "again.nc", read_series(written, (1, 2)))
    assert (tmp_path / "again.nc").read_bytes() == written.read_bytes()


def test_chinese_labels_large_seeds_and_no_programme(tmp_path: Path) -> None:
    seeds = (2**63 - 1, 5)
    records = {label: {seed: flat_record(2, ()) for seed in seeds} for label in ("搬迁提速一倍", "none")}
    write_series(tmp_path / "series.nc", RunRecords.gathered(records))
    again = read_series(tmp_path / "series.nc", seeds)
    assert (again.scenarios, again.seeds, again.programmes) == (("搬迁提速一倍", "none"), seeds, ())
    with xr.open_dataset(tmp_path / "series.nc") as series:
        assert series["scenario"].values.tolist() == ["搬迁提速一倍", "none"]
        assert series["seed"].values.tolist() == [float(2**63), 5.0]
        assert PUBLIC_COST not in series


def test_a_file_of_something_else_is_refused(tmp_path: Path, written: Path) -> None:
    with pytest.raises(ResultsError, match="no results of this version"):
        read_series(written, (1, 2, 3))
    xr.Dataset({"gdp": ("x", [1.0])}).to_netcdf(tmp_path / "other.nc", engine="scipy")
    with pytest.raises(ResultsError, match="no results of this version"):
        read_series(tmp_path / "other.nc", (1,))


def test_writing_and_reading_take_no_time_worth_naming(tmp_path: Path) -> None:
    """A usual result: two scenarios, five seeds, two years. The bound leaves room for a busy machine."""
    rng = np.random.default_rng(1)
    seeds = range(1, 6)
    records = {label: {seed: flat_record(24) for seed in seeds} for label in ("a", "b")}
    for by_seed in records.values():
        for record in by_seed.values():
            record.values[:] = rng.random(record.values.shape)
    data = RunRecords.gathered(records)

    def seconds() -> float:
        begin = time.perf_counter()
        write_series(tmp_path / "series.nc", data)
        read_series(tmp_path / "series.nc", tuple(seeds))
        return time.perf_counter() - begin

    assert min(seconds() for _ in range(3)) < 0.3


def test_indicators_have_distinct_names_that_netcdf_allows() -> None:
    assert len(set(VARIABLES)) == len(NAMES) + 3
    assert all(name.isidentifier() for name in VARIABLES)
