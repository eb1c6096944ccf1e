"""A Mesa agent as a view on one row of a table.

The columns are the truth. A view knows its row and nothing else; it is made when somebody looks at the row
and dropped afterwards, so agents nobody looks at cost nothing.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, Protocol, overload

import numpy as np
from mesa import Agent
from numpy.typing import NDArray

from sim.errors import nearest

type Rows = NDArray[np.int64]
type Where = slice | Rows | NDArray[np.bool_]
type Method = str | Callable[..., Any]
type ResultType = Literal["agentset", "list"]

_CHUNK = 4096
"""Rows turned into Python numbers at a time, so that the first agent of a long table comes at once."""


class Columns(Protocol):
    """What the agents need of a table: columns of shape (rows,), an identity a row, which rows are in use."""

    id: NDArray[np.uint64]

    def __len__(self) -> int: ...

    def column_names(self) -> tuple[str, ...]:
        """Return the names of the columns."""

    def occupied(self) -> NDArray[np.bool_]:
        """Return which rows are in use, shape (rows,)."""


class DerivedColumn(property):
    """A quantity computed from columns by one formula that serves a single row and a whole set.

    The formula reads columns as attributes of its argument and uses only operations that work on a number and
    on an array alike; `self.model` is the model in both cases.
    """

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Return the value of one row as Python objects, or the descriptor itself on the class."""
        value = super().__get__(instance, owner)
        return value if instance is None else python_value(value)


class AgentTable[A: RowAgent]:
    """One table as the agents of one type in one model.

    Args:
        model: the model the agents live in.
        agent_type: the class of the views.
        columns: the table; each column has the shape (rows,) or (rows, k).

    Raises:
        TypeError: a column has the name of an attribute of the agent type, which would hide it.
    """

    def __init__(self, model: Any, agent_type: type[A], columns: Columns) -> None:
        self.model = model
        self.agent_type = agent_type
        self.columns = columns
        self.names = frozenset(columns.column_names())
        hidden = sorted(name for name in self.names if hasattr(agent_type, name))
        if hidden:
            raise TypeError(f"columns hidden by attributes of {agent_type.__name__}: {', '.join(hidden)}")

    def computes(self, name: str) -> bool:
        """Return whether `name` is a column or derived from columns, so that no view is needed to read it."""
        return name in self.names or isinstance(getattr(self.agent_type, name, None), DerivedColumn)

    def values(self, name: str, where: Where) -> NDArray[Any]:
        """Return the values of a (derived) column in some rows: read-only, as the widest type of their kind.

        Widening makes arithmetic on arrays give what it gives on Python numbers: sums of int8 do not
        overflow. The shape is (chosen rows,) or (chosen rows, k), the unit that of the column.

        Raises:
            AttributeError: there is no such column.
        """
        if name in self.names:
            given = getattr(self.columns, name)[where]
        else:
            given = getattr(self.agent_type, name).fget(_ManyRows(self, where))
        values = _widened(np.asarray(given)).view()
        values.flags.writeable = False
        return values

    def read(self, name: str, row: int) -> Any:
        """Return one cell as a Python number, or as a tuple where the column is two-dimensional.

        Raises:
            AttributeError: there is no such column.
        """
        return python_value(getattr(self.columns, name)[row])

    def write(self, name: str, where: int | Where, value: Any) -> None:
        """Write a value, or one value for each row, into a column.

        Raises:
            TypeError: the value is not a number.
            ValueError: the column's type cannot hold the value, or the shapes do not fit.
        """
        column = getattr(self.columns, name)
        column[where] = _fitted(value, column.dtype, name)

    def is_at(self, row: int, identity: int) -> bool:
        """Return whether the row still belongs to the agent of that identity."""
        return self.columns.id.item(row) == identity

    def present(self, rows: Rows, ids: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Return which rows are in use and still belong to the agents of those identities, shape (n,).

        Args:
            rows: row numbers, shape (n,).
            ids: identity expected in each, shape (n,).
        """
        return self.columns.occupied()[rows] & (self.columns.id[rows] == ids)

    def __deepcopy__(self, memo: dict[int, Any]) -> AgentTable[A]:
        """Copy the table with its model only, for DataCollector deep-copies whatever a reporter returns."""
        if id(self.model) not in memo:
            return self
        return AgentTable(copy.deepcopy(self.model, memo), self.agent_type, copy.deepcopy(self.columns, memo))


class RowAgent(Agent):
    """A Mesa agent that is a window on a row: its attributes are the columns, read and written in place.

    Nobody but the caller holds a view. Two views of a row are equal; a view of an agent that has left raises
    ReferenceError. Agents come and go with the rows of their table, so a view can neither be made from a
    model nor removed, and it refuses attributes that are not columns, for they would be lost with it.
    """

    __slots__ = ("_identity", "_row", "_table")

    def __init__(self, table: AgentTable[Any], row: int, identity: int) -> None:
        set_slot = object.__setattr__
        set_slot(self, "_table", table)
        set_slot(self, "_row", row)
        set_slot(self, "_identity", identity)

    @property
    def model(self) -> Any:
        """Return the model the agent lives in."""
        return self._table.model

    @property
    def pos(self) -> None:
        """Return no position: a row stands on no Mesa grid."""
        return None

    @DerivedColumn
    def unique_id(self) -> Any:
        """Return the identity the results carry in their `id` column."""
        return self.id

    def remove(self) -> None:
        """Refuse: agents leave when the world clears their row.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"a {type(self).__name__} leaves when the world clears its row, not by remove()")

    def __getattr__(self, name: str) -> Any:
        table = self._table
        if name not in table.names:
            # Raises, and shows the true cause where a property of the agent failed with an AttributeError.
            return object.__getattribute__(self, name)
        self._check_present()
        return table.read(name, self._row)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._table.names:
            self._check_present()
            self._table.write(name, self._row, value)
        elif hasattr(inspect.getattr_static(type(self), name, None), "__set__"):
            object.__setattr__(self, name, value)
        else:
            hint = nearest(name, self._table.names)
            raise AttributeError(f"{type(self).__name__} has no column '{name}' to write to. {hint}".rstrip())

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self._table.names]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RowAgent):
            return NotImplemented
        return self._table is other._table and self._identity == other._identity

    def __hash__(self) -> int:
        return hash((type(self), self._identity))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._identity} in row {self._row}>"

    def __reduce__(self) -> tuple[type[RowAgent], tuple[AgentTable[Any], int, int]]:
        return type(self), (self._table, self._row, self._identity)

    def _check_present(self) -> None:
        if not self._table.is_at(self._row, self._identity):
            raise ReferenceError(f"{self!r} has left the model: its row is vacant or belongs to another agent")


class RowViews[A: RowAgent](Sequence[A]):
    """The views of some rows, each made when it is asked for.

    Args:
        table: the agents' table.
        rows: row numbers, shape (n,).
    """

    def __init__(self, table: AgentTable[A], rows: Rows) -> None:
        self._table = table
        self._rows = rows
        self._ids = table.columns.id[rows]

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> A: ...

    @overload
    def __getitem__(self, index: slice) -> RowViews[A]: ...

    def __getitem__(self, index: int | slice) -> A | RowViews[A]:
        if isinstance(index, slice):
            return RowViews(self._table, self._rows[index])
        return self._table.agent_type(self._table, self._rows.item(index), self._ids.item(index))

    def __iter__(self) -> Iterator[A]:
        make, table = self._table.agent_type, self._table
        for start in range(0, len(self._rows), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            for row, identity in zip(self._rows[chunk].tolist(), self._ids[chunk].tolist(), strict=True):
                yield make(table, row, identity)


class _ManyRows:
    """What the formula of a derived column sees of a whole set: each attribute is a column, not a cell."""

    def __init__(self, table: AgentTable[Any], where: Where) -> None:
        self._table = table
        self._where = where
        self.model = table.model

    def __getattr__(self, name: str) -> NDArray[Any]:
        if not self._table.computes(name):
            raise AttributeError(f"'{name}' is no column, so a derived column cannot use it", name=name, obj=self)
        return self._table.values(name, self._where)


def python_value(value: Any) -> Any:
    """Return a cell as a Python number, and a row of a two-dimensional column, shape (k,), as a tuple."""
    plain = value.tolist() if isinstance(value, np.generic | np.ndarray) else value
    return tuple(plain) if isinstance(plain, list) else plain


def python_values(values: NDArray[Any]) -> list[Any]:
    """Return the cells of a column, shape (n,) or (n, k), as `python_value` gives each."""
    plain: list[Any] = values.tolist()
    return plain if values.ndim == 1 else [tuple(cell) for cell in plain]


def calls(agents: Iterable[Any], method: Method, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Any]:
    """Yield what a method (by name) or a function of each agent returns, calling as the results are taken.

    Args:
        agents: visited in their order.
        method: the name of a method, or a function whose first argument is the agent.
        args: further positional arguments.
        kwargs: keyword arguments.

    Raises:
        AttributeError: an agent has no method of that name.
    """
    for agent in agents:
        if isinstance(method, str):
            yield getattr(agent, method)(*args, **kwargs)
        else:
            yield method(agent, *args, **kwargs)


def _widened(values: NDArray[Any]) -> NDArray[Any]:
    kind, size = values.dtype.kind, values.dtype.itemsize
    if kind == "f":
        return values.astype(np.float64, copy=False)
    if kind == "i" or (kind == "u" and size < 8):
        return values.astype(np.int64, copy=False)
    return values


def _fitted(value: Any, dtype: np.dtype[Any], name: str) -> NDArray[Any]:
    """Return a value or array in the column's type, refusing what the type cannot hold."""
    given = np.asarray(value)
    if given.dtype.kind not in "biuf":
        raise TypeError(f"column '{name}' holds numbers, not {value!r}")
    with np.errstate(invalid="ignore", over="ignore"):
        fitted = given.astype(dtype)
    if dtype.kind == "f":
        fits = np.array_equal(np.isfinite(fitted), np.isfinite(given))
    else:
        fits = np.array_equal(fitted, given)
    if not fits:
        raise ValueError(f"column '{name}' is {dtype} and cannot hold {value!r}")
    return fitted
