"""Tables of columns: a struct of arrays with a unit and a meaning for each column."""

from __future__ import annotations

import dataclasses
import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray


def column(dtype: DTypeLike, unit: str, meaning: str, *, width: int = 0) -> Any:
    """Declare a column of a Table: its NumPy type, unit and meaning; `width` > 0 makes it two-dimensional."""
    metadata = {"dtype": np.dtype(dtype), "unit": unit, "meaning": meaning, "width": width}
    return dataclasses.field(metadata=metadata)


@dataclass
class Table:
    """Base of the tables: every field is a column, all of one length."""

    def __len__(self) -> int:
        return len(getattr(self, self.column_names()[0]))

    @classmethod
    @functools.cache
    def column_names(cls) -> tuple[str, ...]:
        """Return the names of the columns in order."""
        return tuple(field.name for field in dataclasses.fields(cls))

    @classmethod
    def names_of(cls, dtype: DTypeLike, first: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the names of the columns of a type, some of them `first`, the others in order."""
        names = [field.name for field in dataclasses.fields(cls) if field.metadata["dtype"] == np.dtype(dtype)]
        return (*first, *(name for name in names if name not in first))

    def columns(self) -> list[NDArray[Any]]:
        """Return the columns in order, each of shape (rows,)."""
        return list(self._columns_of()(self))

    @classmethod
    @functools.cache
    def _columns_of(cls) -> Callable[[Any], tuple[NDArray[Any], ...]]:
        return operator.attrgetter(*cls.column_names())

    @classmethod
    def zeros(cls, rows: int) -> Self:
        """Return a table of `rows` rows filled with zeros."""
        columns = {}
        for field in dataclasses.fields(cls):
            width = field.metadata["width"]
            shape = (rows, width) if width else (rows,)
            columns[field.name] = np.zeros(shape, dtype=field.metadata["dtype"])
        return cls(**columns)

    def occupied(self) -> NDArray[np.bool_]:
        """Return which rows hold an agent, shape (n,); a table without spare rows holds one in each."""
        return np.ones(len(self), dtype=np.bool_)

    def taken(self, rows: NDArray[np.int64]) -> Self:
        """Return a new table with the given rows, shape (n,), in that order."""
        return type(self)(*(column[rows] for column in self.columns()))

    def add_rows(self, rows: int) -> None:
        """Add rows filled with zeros at the end, in place."""
        for field in dataclasses.fields(self):
            held = getattr(self, field.name)
            setattr(self, field.name, np.concatenate([held, np.zeros((rows, *held.shape[1:]), held.dtype)]))

    def copy(self) -> Self:
        """Return a deep copy."""
        return copied(self)


def make_read_only(value: object) -> None:
    """Make every array in a dataclass (or tuple of them) read-only, so that what worlds share cannot be changed."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, tuple):
        for item in value:
            make_read_only(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            make_read_only(getattr(value, field.name))


def copied[T](value: T) -> T:
    """Return a copy of an array, or of a dataclass with the arrays and dataclasses in it; anything else as it is."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    parts = {field.name: copied(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return dataclasses.replace(value, **parts)
