"""Mesa's AgentSet vocabulary answered on the columns of a table."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from random import Random
from typing import Any, Literal

import numpy as np
from mesa import Model
from mesa.agentset import AbstractAgentSet, GroupBy
from numpy.typing import NDArray

from sim.agents.grouping import (
    ColumnGroupBy,
    applied,
    most,
    positions_by_key,
    positions_by_value,
    stable_order,
)
from sim.agents.mixed import ModelAgentSet
from sim.agents.rows import (
    AgentTable,
    Columns,
    Method,
    ResultType,
    RowAgent,
    Rows,
    RowViews,
    Where,
    calls,
    python_values,
)

type Mask = NDArray[np.bool_]


class ColumnAgentSet[A: RowAgent](AbstractAgentSet[A]):
    """The agents in some rows of a table, in an order.

    Answers as Mesa's AgentSet does, reading and writing columns; a view is made only for a row that a
    callable, a method or an iteration touches. Without `rows` it is the set the model registers: every
    occupied row at any moment, in the table's order, not to be changed in place. With `rows` its members are
    fixed, and one who leaves the model drops out.

    Args:
        table: the agents' table.
        rows: rows of the members in their order, shape (n,).
    """

    def __init__(self, table: AgentTable[A], rows: Rows | None = None) -> None:
        self._table = table
        self._fix(rows)

    @property
    def agent_type(self) -> type[A]:
        """Return the class of the agents."""
        return self._table.agent_type

    @property
    def random(self) -> Random:
        """Return the model's generator."""
        generator: Random = self._table.model.random
        return generator

    def rows(self) -> Rows:
        """Return the table rows of the members in their order, shape (n,)."""
        if self._rows is None:
            return np.flatnonzero(self._table.columns.occupied())
        return self._rows[self._table.present(self._rows, self._ids)]

    def view(self, row: int) -> A:
        """Return the agent in a row of the table.

        Raises:
            LookupError: the row is vacant.
        """
        if not self._table.columns.occupied()[row]:
            raise LookupError(f"row {row} holds no {self.agent_type.__name__}")
        return self._table.agent_type(self._table, int(row), self._table.columns.id.item(row))

    def among(self, rows: slice) -> ColumnAgentSet[A]:
        """Return the agents in a run of table rows, vacant ones left out."""
        first = rows.indices(len(self._table.columns))[0]
        return self._of(np.flatnonzero(self._table.columns.occupied()[rows]) + first)

    def column(self, name: str) -> NDArray[Any]:
        """Return the members' values of a (derived) column, shape (n,) or (n, width).

        Integers come as int64, floats as float64. The array is read-only and may follow the world: copy it
        to keep it.

        Raises:
            AttributeError: there is no such column.
        """
        if not self._table.computes(name):
            raise AttributeError(f"{self.agent_type.__name__} has no column '{name}'", name=name, obj=self)
        return self._table.values(name, self._where())

    def __len__(self) -> int:
        if self._rows is None:
            return int(np.count_nonzero(self._table.columns.occupied()))
        return len(self.rows())

    def __iter__(self) -> Iterator[A]:
        return iter(self.views())

    def views(self) -> RowViews[A]:
        """Return the members as a sequence of views, each made when it is asked for."""
        return RowViews(self._table, self.rows())

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, RowAgent) or agent._table is not self._table:
            return False
        row, identity = agent._row, agent._identity
        listed = self._rows is None or bool(np.any((self._rows == row) & (self._ids == identity)))
        return listed and self._table.is_at(row, identity) and bool(self._table.columns.occupied()[row])

    def to_list(self) -> list[A]:
        """Return the members as a list of views."""
        return list(self)

    def copy(self) -> ColumnAgentSet[A]:
        """Return a set of the present members."""
        return self._of(self.rows())

    __copy__ = copy

    def select(
        self,
        filter_func: Callable[[A], bool] | Mask | None = None,
        at_most: int | float = math.inf,
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> ColumnAgentSet[A]:
        """Select members, at most so many or such a share of them, as Mesa does.

        Args:
            filter_func: a function of an agent (visits members until enough are found), or for speed a mask
                that says which members to take, shape (n,).
            at_most: a number of agents, or as a float up to 1 a share of the set, rounded down.
            inplace: whether to change this set instead of returning another.
            agent_type: take members of this type only.

        Raises:
            ValueError: the mask does not fit the set.
        """
        rows = self.rows()
        limit = most(at_most, len(rows))
        if agent_type is not None and not issubclass(self.agent_type, agent_type):
            rows = rows[:0]
        elif isinstance(filter_func, np.ndarray):
            rows = rows[_checked_mask(filter_func, len(rows))][:limit]
        elif filter_func is None:
            rows = rows[:limit]
        else:
            views = RowViews(self._table, rows)
            matches = (position for position, agent in enumerate(views) if filter_func(agent))
            rows = rows[np.fromiter(islice(matches, limit), np.int64)]
        return self._result(rows, inplace)

    def get(
        self,
        attr_names: str | Iterable[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Return each member's value of an attribute, or a list of its values of several.

        Raises:
            AttributeError: a member lacks the attribute and `handle_missing` is "error".
            ValueError: `handle_missing` is neither "error" nor "default".
        """
        if handle_missing not in ("error", "default"):
            raise ValueError(f"Unknown handle_missing option: {handle_missing}, should be one of 'error' or 'default'")
        default = (default_value,) if handle_missing == "default" else ()
        if isinstance(attr_names, str):
            return self._listed(attr_names, default)
        columns = [self._listed(name, default) for name in attr_names]
        return [list(values) for values in zip(*columns, strict=True)] if columns else [[] for _ in range(len(self))]

    def set(self, attr_name: str, value: Any) -> ColumnAgentSet[A]:
        """Set an attribute of every member; a column also from an array with one value for each, shape (n,).

        Raises:
            AttributeError: there is no such column and no such property to set.
            TypeError, ValueError: the column cannot hold the value.
        """
        if attr_name in self._table.names:
            self._table.write(attr_name, self._where(), value)
        else:
            for agent in self:
                setattr(agent, attr_name, value)
        return self

    def agg(self, attribute: str, func: Callable[[Any], Any] | Iterable[Callable[[Any], Any]]) -> Any:
        """Return what one function, or each of several, makes of the members' values of an attribute.

        A column reaches the function as an array, and the built-in sum, min and max run as NumPy's.
        """
        values = self.column(attribute) if self._table.computes(attribute) else self.get(attribute)
        return applied(func, values) if callable(func) else [applied(each, values) for each in func]

    def groupby(self, by: Callable[[A], Any] | str, result_type: ResultType = "agentset") -> GroupBy:
        """Group the members by an attribute or a function of an agent, in order of first appearance."""
        rows = self.rows()
        if not callable(by) and self._table.computes(by) and (keys := self.column(by)).ndim == 1:
            positions = positions_by_value(keys)
        else:
            positions = positions_by_key(self.map(by) if callable(by) else self.get(by))
        groups = {key: self._of(rows[places]) for key, places in positions.items()}
        if result_type == "agentset":
            return ColumnGroupBy(groups)
        return GroupBy({key: list(group) for key, group in groups.items()})

    def sort(self, key: Callable[[A], Any] | str, ascending: bool = False, inplace: bool = False) -> ColumnAgentSet[A]:
        """Sort the members by an attribute or a function of an agent; equal ones keep their order."""
        if not callable(key) and self._table.computes(key) and (values := self.column(key)).ndim == 1:
            order = stable_order(values, ascending)
        else:
            keys = self.map(key if callable(key) else operator.attrgetter(key))
            order = np.array(sorted(range(len(keys)), key=keys.__getitem__, reverse=not ascending), dtype=np.int64)
        return self._result(self.rows()[order], inplace)

    def shuffle(self, inplace: bool = False) -> ColumnAgentSet[A]:
        """Put the members in the random order that Mesa's AgentSet would draw from the model's generator."""
        return self._result(self._shuffled(), inplace)

    def do(self, method: Method, *args: Any, **kwargs: Any) -> ColumnAgentSet[A]:
        """Call a method (by name) or a function on each member."""
        for _ in calls(self, method, args, kwargs):
            pass
        return self

    def shuffle_do(self, method: Method, *args: Any, **kwargs: Any) -> ColumnAgentSet[A]:
        """Call a method (by name) or a function on each member in random order."""
        for _ in calls(RowViews(self._table, self._shuffled()), method, args, kwargs):
            pass
        return self

    def map(self, method: Method, *args: Any, **kwargs: Any) -> list[Any]:
        """Return what a method (by name) or a function returns for each member."""
        return list(calls(self, method, args, kwargs))

    def add(self, agent: A) -> None:
        """Add an agent of the same table.

        Raises:
            TypeError: the agent belongs elsewhere, or the set is the model's own.
        """
        self._check_own(agent)
        if agent not in self:
            self._result(np.append(self.rows(), agent._row), inplace=True)

    def discard(self, agent: A) -> None:
        """Take an agent out of the set if it is in it.

        Raises:
            TypeError: the set is the model's own.
        """
        if agent in self:
            rows = self.rows()
            self._result(rows[rows != agent._row], inplace=True)

    def remove(self, agent: A) -> None:
        """Take an agent out of the set.

        Raises:
            KeyError: it is not in it.
            TypeError: the set is the model's own.
        """
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    def _update(self, agents: Iterable[A]) -> ColumnAgentSet[A]:
        return self._result(np.fromiter((agent._row for agent in agents), np.int64), inplace=True)

    def _from_iterable(self, agents: Iterable[A]) -> ColumnAgentSet[A]:
        """Return what a set operator makes of sets of this table."""
        members = dict.fromkeys(agents)
        for agent in members:
            self._check_own(agent)
        return self._of(np.fromiter((agent._row for agent in members), np.int64))

    def _check_own(self, agent: object) -> None:
        if not isinstance(agent, RowAgent) or agent._table is not self._table:
            raise TypeError(f"{agent!r} is not a row of this table of {self.agent_type.__name__}")

    def _of(self, rows: Rows) -> ColumnAgentSet[A]:
        return ColumnAgentSet(self._table, rows)

    def _fix(self, rows: Rows | None) -> None:
        self._rows = rows
        self._ids = self._table.columns.id[slice(0) if rows is None else rows]

    def _result(self, rows: Rows, inplace: bool) -> ColumnAgentSet[A]:
        if not inplace:
            return self._of(rows)
        if self._rows is None:
            raise TypeError("the model's own set follows its table and cannot be changed in place; change a copy()")
        self._fix(rows)
        return self

    def _where(self) -> Where:
        """Return what picks the members from a column: everything without a copy where no row is vacant."""
        if self._rows is not None:
            return self.rows()
        occupied = self._table.columns.occupied()
        return slice(None) if occupied.all() else occupied

    def _listed(self, name: str, default: tuple[Any, ...]) -> list[Any]:
        if self._table.computes(name):
            return python_values(self.column(name))
        return [getattr(agent, name, *default) for agent in self]

    def _shuffled(self) -> Rows:
        rows = self.rows().tolist()
        self.random.shuffle(rows)
        return np.array(rows, dtype=np.int64)


def register[A: RowAgent](model: Model, agent_type: type[A], columns: Columns) -> ColumnAgentSet[A]:
    """Make the rows of a table agents of a model and return the set of them.

    From then on `model.agents`, `model.agents_by_type`, DataCollector and SolaraViz see them. No row is
    visited.

    Args:
        model: the model they will live in.
        agent_type: class of the views.
        columns: the table; every column has shape (rows,).

    Raises:
        ValueError: the model already has agents of this type.
        TypeError: a column has the name of an attribute of the agent type.
    """
    if agent_type in model.agents_by_type:
        raise ValueError(f"the model already has agents of type {agent_type.__name__}")
    agents = ColumnAgentSet(AgentTable(model, agent_type, columns))
    _install(model, agent_type, agents)
    return agents


def _install[A: RowAgent](model: Model, agent_type: type[A], agents: ColumnAgentSet[A]) -> None:
    """Put the set where Mesa looks for agents.

    Mesa 3.5 offers no public way to register a set, only one agent after another, so this function writes the
    two private attributes behind `model.agents_by_type` and `model.agents`. It is the only place that does.
    """
    if not isinstance(model._all_agents, ModelAgentSet):
        model._all_agents = ModelAgentSet([model._all_agents], model.random)
    model._all_agents.include(agents)
    model._agents_by_type[agent_type] = agents


def _checked_mask(mask: NDArray[Any], size: int) -> Mask:
    if mask.dtype != np.bool_ or mask.shape != (size,):
        raise ValueError(f"a mask over {size} agents has type bool and shape ({size},), not {mask.dtype} {mask.shape}")
    return mask
