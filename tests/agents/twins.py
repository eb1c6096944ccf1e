"""The same people twice: as rows behind a column set, and as ordinary agents in an ordinary AgentSet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import mesa
import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from mesa.agentset import AbstractAgentSet, AgentSet
from numpy.typing import NDArray

from sim.agents import ColumnAgentSet, DerivedColumn, RowAgent, register

quick = settings(max_examples=50, deadline=None)


@dataclass
class People:
    """One row a person; a row with `id` 0 is vacant. All a table must offer, and nothing of `sim.tables`."""

    id: NDArray[np.uint64]
    members: NDArray[np.int8]
    group: NDArray[np.int16]
    income: NDArray[np.float32]
    spending: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.id)

    def column_names(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(field.name for field in fields(self))

    def occupied(self) -> NDArray[np.bool_]:
        """Return which rows hold a person."""
        return np.asarray(self.id != 0)


class Behaviour:
    """What both kinds of person do."""

    id: int
    members: int
    income: float

    @property
    def label(self) -> str:
        """Return a text that is no column."""
        return f"{self.members} members"

    def grow(self, by: int = 1) -> int:
        """Add members and return how many there are."""
        self.members += by
        return self.members

    def note(self, diary: list[int]) -> None:
        """Write the identity into a diary."""
        diary.append(self.id)


class Person(RowAgent, Behaviour):
    """A person as a view on a row."""

    @DerivedColumn
    def per_head(self) -> Any:
        """Return the income plus 100 for each member."""
        return self.income + 100 * self.members


class PlainPerson(mesa.Agent, Behaviour):
    """A person as an ordinary agent with the same values."""

    def __init__(self, model: mesa.Model, values: dict[str, Any]) -> None:
        super().__init__(model)
        vars(self).update(values)

    @property
    def per_head(self) -> float:
        """Return the income plus 100 for each member."""
        return self.income + 100 * self.members


@dataclass
class Twins:
    """Two models with the same people and the same random numbers."""

    table: People
    column_model: mesa.Model
    plain_model: mesa.Model
    columns: ColumnAgentSet[Person]
    plain: AgentSet[PlainPerson]

    def pairs(self) -> Iterator[tuple[ColumnAgentSet[Person], AgentSet[PlainPerson]]]:
        """Yield sets of the same people in the same order: everybody, then some of them in another order."""
        yield self.columns, self.plain
        yield self.columns.shuffle().select(at_most=0.7), self.plain.shuffle().select(at_most=0.7)


def people(ids: Iterable[int]) -> People:
    """Return a table of people with the given identities (0 for a vacant row) and plain values."""
    identities = np.array(list(ids), dtype=np.uint64)
    n = len(identities)
    return People(
        id=identities,
        members=(np.arange(n) % 5 + 1).astype(np.int8),
        group=(np.arange(n) % 3).astype(np.int16),
        income=(1000.5 + 10 * np.arange(n)).astype(np.float32),
        spending=np.arange(2.0 * n).reshape(-1, 2) / 4,
    )


@st.composite
def populations(draw: st.DrawFn) -> People:
    """Draw a table with vacant rows among the occupied ones, and many equal values."""
    ids = draw(st.lists(st.integers(1, 2**64 - 1), unique=True, max_size=12))
    vacant = draw(st.lists(st.booleans(), min_size=len(ids), max_size=len(ids)))
    table = people(0 if empty else identity for identity, empty in zip(ids, vacant, strict=True))
    n = len(table)
    table.members[:] = draw(st.lists(st.integers(0, 60), min_size=n, max_size=n))
    table.group[:] = draw(st.lists(st.integers(-2, 2), min_size=n, max_size=n))
    table.income[:] = draw(
        st.lists(st.floats(-1e6, 1e6, width=32) | st.sampled_from([0.0, 50.5]), min_size=n, max_size=n)
    )
    return table


def make_twins(table: People, seed: int = 1) -> Twins:
    """Return the people of a table as column set and as ordinary agents."""
    column_model, plain_model = mesa.Model(rng=seed), mesa.Model(rng=seed)
    rows = [{name: _plain(getattr(table, name)[row]) for name in table.column_names()} for row in range(len(table))]
    agents = [PlainPerson(plain_model, values) for values in rows if values["id"]]
    columns = register(column_model, Person, table)
    return Twins(table, column_model, plain_model, columns, AgentSet(agents, plain_model.random))


def ids(agents: AbstractAgentSet[Any] | Iterable[Any]) -> list[int]:
    """Return the identities of agents in their order."""
    return [agent.id for agent in agents]


def _plain(cell: Any) -> Any:
    value = cell.tolist()
    return tuple(value) if isinstance(value, list) else value
