"""The file ``series.nc``: netCDF-3 with 64-bit offsets, which every netCDF reader opens, written in milliseconds.

Attributes and labels are UTF-8, Chinese included. The format has no 64-bit integers: seeds above 2**31 - 1 are stored
as floating-point numbers, exact to 2**53; the manifest has the exact ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MONTHS_PER_YEAR
from sim.errors import ResultsError
from sim.observables.indicators import NAMES
from sim.places import PLACES
from sim.results.records import (
    ABOVE_2022,
    COMMENT,
    FIRST_MONTH,
    PUBLIC_COST,
    VALUE_ADDED_2022,
    VARIABLES,
    RunRecords,
    months_axis,
)
from sim.sectors import SECTORS

if TYPE_CHECKING:
    from scipy.io import netcdf_file

_OFFSETS_OF_64_BITS = 2
_LARGEST_INT32 = 2**31 - 1
_LABELS = ("scenario", "place", "programme", "sector")
_COORDINATES: Mapping[str, Mapping[str, str]] = {
    "scenario": {"long_name": "Scenario or counterfactual", "long_name_zh": "情景或反事实"},
    "seed": {"units": "1", "long_name": "Seed of the run", "long_name_zh": "随机种子"},
    "month": {
        "units": f"days since {FIRST_MONTH}-01",
        "calendar": "proleptic_gregorian",
        "long_name": "Month",
        "long_name_zh": "月份",
    },
    "place": {"long_name": "County or city", "long_name_zh": "县（市、区）或全市"},
    "programme": {"long_name": "Reform", "long_name_zh": "改革"},
    "month_of_2022": {"units": "1", "long_name": "Month of the year 2022", "long_name_zh": "2022年月份"},
    "sector": {"long_name": "Sector", "long_name_zh": "行业"},
}


def write_series(path: Path, records: RunRecords) -> None:
    """Write the records of a result; the same records give the same bytes.

    Raises:
        OSError: the file cannot be written.
    """
    from scipy.io import netcdf_file

    with netcdf_file(path, "w", version=_OFFSETS_OF_64_BITS) as file:
        _write_attributes(file, {"title": records.scenarios[0], "comment": COMMENT})
        for name, labels in zip(_LABELS, (records.scenarios, PLACES, records.programmes, SECTORS), strict=True):
            _write_labels(file, name, labels)
        first_days = months_axis(records.rows).astype("datetime64[D]")
        _write_numbers(file, "month", (first_days - first_days[0]).astype(np.int32))
        _write_numbers(file, "month_of_2022", np.arange(1, MONTHS_PER_YEAR + 1, dtype=np.int32))
        seeds = np.array(records.seeds)
        _write_numbers(file, "seed", seeds.astype(np.int32 if seeds.max() <= _LARGEST_INT32 else np.float64))
        for name, variable in VARIABLES.items():
            if records.programmes or name != PUBLIC_COST:
                _write(file, name, variable.dimensions, records.array(name), variable.attributes)


def _write_labels(file: netcdf_file, name: str, labels: Sequence[str]) -> None:
    """Write a coordinate of text, its letters along a dimension of their own."""
    if not labels:
        return
    encoded = np.array([label.encode() for label in labels])
    letters = encoded.view("S1").reshape(len(labels), encoded.itemsize)
    file.createDimension(name, len(labels))
    file.createDimension(f"{name}_letters", encoded.itemsize)
    attributes = {"_Encoding": "utf-8", **_COORDINATES[name]}
    _write(file, name, (name, f"{name}_letters"), letters, attributes)


def _write_numbers(file: netcdf_file, name: str, values: NDArray[Any]) -> None:
    """Write a coordinate of numbers."""
    file.createDimension(name, len(values))
    _write(file, name, (name,), values, _COORDINATES[name])


def _write(
    file: netcdf_file, name: str, dimensions: Sequence[str], values: NDArray[Any], attributes: Mapping[str, str]
) -> None:
    variable = file.createVariable(name, values.dtype, tuple(dimensions))
    variable[:] = values
    _write_attributes(variable, attributes)


def _write_attributes(target: Any, attributes: Mapping[str, str]) -> None:
    for name, text in attributes.items():
        setattr(target, name, text.encode())


def read_series(path: Path, seeds: Sequence[int]) -> RunRecords:
    """Return the records of a file.

    Args:
        path: a file of `write_series`.
        seeds: the exact seeds.

    Raises:
        ResultsError: the file holds something else.
        OSError: the file cannot be read.
    """
    from scipy.io import netcdf_file

    with netcdf_file(path, "r", mmap=False) as file:
        stored = file.variables
        if set(VARIABLES) - set(stored) - {PUBLIC_COST} or stored["seed"].shape != (len(seeds),):
            raise ResultsError(f"{path}: these are no results of this version of countysim")
        values = np.stack([_native(stored[name].data) for name in NAMES], axis=-1)
        scenarios, programmes = _labels(stored, "scenario"), _labels(stored, "programme")
        shape = (*values.shape[:3], 0, len(PLACES))
        costs = _native(stored[PUBLIC_COST].data) if programmes else np.zeros(shape)
        base, above = _native(stored[VALUE_ADDED_2022].data), _native(stored[ABOVE_2022].data)
    return RunRecords(scenarios, tuple(seeds), programmes, values, costs, base, above)


def _native(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return values in this machine's order of bytes."""
    return values.astype(np.float64)


def _labels(stored: Mapping[str, Any], name: str) -> tuple[str, ...]:
    if name not in stored:
        return ()
    letters = np.ascontiguousarray(stored[name].data)
    return tuple(label.decode() for label in letters.view(f"S{letters.shape[1]}").ravel())
