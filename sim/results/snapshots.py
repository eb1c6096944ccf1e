"""Tables of one run, households or villages: in memory, or in a Parquet file that is read when asked for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from sim.calendar import month_label
from sim.errors import ResultsError

type Columns = Mapping[str, np.ndarray[Any, Any]]

_NOT_IN_FILE_NAMES = re.compile(r"[^\w.=+-]+")
_LONGEST_NAME = 160
"""Bytes of a file name a label may take: file systems allow 255, and a sweep over many settings has long labels."""
_CODED_LEVELS = 256
"""A column is stored by codes when a sample of it holds no more different values than this."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A table of one run at the end of a month: columns of shape (rows,), `weight` included for households."""

    scenario: str
    seed: int
    month: int
    columns: Columns

    @property
    def file_name(self) -> str:
        """Return the name of its Parquet file."""
        return f"{run_name(self.scenario, self.seed)}_{month_label(self.month)}.parquet"


def run_name(scenario: str, seed: int) -> str:
    """Return what the files of one run are named after; a long label is cut and told apart by its hash."""
    name = _NOT_IN_FILE_NAMES.sub("_", scenario)
    if len(name.encode()) > _LONGEST_NAME:
        begin = name.encode()[: _LONGEST_NAME // 2].decode(errors="ignore")
        name = f"{begin}+{hashlib.sha256(scenario.encode()).hexdigest()[:16]}"
    return f"{name}_seed{seed}"


def closing_file(scenario: str, seed: int) -> str:
    """Return the name of the Parquet file of a run's closing table."""
    return f"{run_name(scenario, seed)}_closing.parquet"


class StoredColumns(Mapping[str, np.ndarray[Any, Any]]):
    """Columns of a Parquet file, read when first asked for.

    Raises:
        ResultsError: at the first look, when the file is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _read(self) -> dict[str, np.ndarray[Any, Any]]:
        import pyarrow
        import pyarrow.parquet

        try:
            with pyarrow.parquet.ParquetFile(self.path) as file:  # `read_table` would load pandas
                table = file.read()
        except (OSError, pyarrow.ArrowException) as error:
            raise ResultsError(f"{self.path}: the table is missing or damaged: {error}") from error
        return {name: _from_arrow(table[name]) for name in table.column_names}

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def write_columns(path: Path, columns: Columns, meanings: Mapping[str, str]) -> None:
    """Write a table as Parquet; the folder is made when it does not exist.

    Args:
        path: the file, replaced when it exists.
        columns: values by column name, each shape (rows,), in the units of the table.
        meanings: what columns hold, units included; written as the description of each.

    Raises:
        pyarrow.ArrowInvalid: columns differ in length or have two dimensions.
        OSError: the file cannot be written.
    """
    import pyarrow
    import pyarrow.parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = [_to_arrow(values) for values in columns.values()]
    described = [
        pyarrow.field(name, array.type, metadata={"description": meanings.get(name, "")})
        for name, array in zip(columns, arrays, strict=True)
    ]
    table = pyarrow.table(arrays, schema=pyarrow.schema(described))
    pyarrow.parquet.write_table(table, path, compression="zstd", use_dictionary=_coded(columns))


def _to_arrow(values: np.ndarray[Any, Any]) -> Any:
    """Return a column as Arrow has it; made from its bytes, as `pyarrow.array` would load pandas."""
    import pyarrow

    if values.dtype.kind not in "biuf" or values.ndim != 1:
        return pyarrow.array(values)
    stored = np.packbits(values, bitorder="little") if values.dtype.kind == "b" else np.ascontiguousarray(values)
    kind = pyarrow.from_numpy_dtype(values.dtype)
    return pyarrow.Array.from_buffers(kind, len(values), [None, pyarrow.py_buffer(stored)])


def _from_arrow(column: Any) -> np.ndarray[Any, Any]:
    """Return a column as NumPy has it; handed over by DLPack, as `to_numpy` would load pandas."""
    import pyarrow

    if column.null_count > 0:
        return np.asarray(column.to_numpy())
    if pyarrow.types.is_boolean(column.type):
        return np.from_dlpack(column.cast(pyarrow.uint8()).combine_chunks()).view(np.bool_)
    return np.from_dlpack(column.combine_chunks())


def _coded(columns: Columns) -> list[str]:
    """Return the columns with few different values, judged by their first rows; codes would only slow down the rest."""
    return [name for name, values in columns.items() if len(np.unique(values[: 4 * _CODED_LEVELS])) <= _CODED_LEVELS]
