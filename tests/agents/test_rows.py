"""A view is a window on one row: it reads and writes the table and keeps nothing."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import mesa
import numpy as np
import pytest

from sim.agents import DerivedColumn, RowAgent, register
from tests.agents.twins import Person, make_twins, people


def test_columns_are_attributes_with_python_values() -> None:
    table = people([11, 12])
    person = make_twins(table).columns.view(1)
    assert (person.id, person.members, person.group) == (12, 2, 1)
    assert person.income == 1010.5
    assert person.spending == (0.5, 0.75)
    assert [type(value) for value in (person.id, person.income, person.spending)] == [int, float, tuple]
    table.members[1] = 7
    assert person.members == 7
    assert {"members", "income", "per_head", "grow"} <= set(dir(person))


def test_writing_writes_the_table() -> None:
    table = people([11, 12])
    person = make_twins(table).columns.view(1)
    person.members += 3
    person.spending = (8, 9)
    assert table.members.tolist() == [1, 5]
    assert table.spending.tolist() == [[0, 0.25], [8, 9]]


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("members", 2.5, ValueError, "column 'members' is int8 and cannot hold 2.5"),
        ("members", 128, ValueError, "cannot hold 128"),
        ("members", "2", TypeError, "holds numbers, not '2'"),
        ("incme", 1.0, AttributeError, "Did you mean 'income'"),
        ("per_head", 1.0, AttributeError, "no setter"),
        ("grow", 1.0, AttributeError, "no column 'grow'"),
    ],
)
def test_a_mistaken_write_is_an_error(name: str, value: Any, error: type[Exception], message: str) -> None:
    person = make_twins(people([11])).columns.view(0)
    with pytest.raises(error, match=message):
        setattr(person, name, value)


def test_an_unknown_attribute_is_an_error() -> None:
    person = make_twins(people([11])).columns.view(0)
    with pytest.raises(AttributeError, match="incme"):
        person.incme  # noqa: B018
    assert getattr(person, "incme", 5) == 5


def test_an_error_inside_a_property_shows_its_own_cause() -> None:
    class Lost(RowAgent):
        @property
        def home(self) -> Any:
            return self.model.nowhere

        @DerivedColumn
        def distance(self) -> Any:
            return self.kilometres * 2

    lost = register(mesa.Model(rng=1), Lost, people([1]))
    with pytest.raises(AttributeError, match="nowhere"):
        lost.view(0).home  # noqa: B018
    with pytest.raises(AttributeError, match="kilometres"):
        lost.view(0).distance  # noqa: B018
    with pytest.raises(AttributeError, match="'kilometres' is no column"):
        lost.column("distance")


def test_a_property_with_a_setter_can_be_set() -> None:
    class Saver(RowAgent):
        @property
        def double(self) -> float:
            return 2 * float(self.income)

        @double.setter
        def double(self, value: float) -> None:
            self.income = value / 2

    savers = register(mesa.Model(rng=1), Saver, people([1, 2]))
    savers.view(0).double = 50
    assert savers.get("income") == [25.0, 1010.5]
    assert savers.set("double", 8).get("income") == [4.0, 4.0]


def test_a_derived_column_is_the_same_for_a_row_and_a_set() -> None:
    table = people(range(1, 9))
    table.members[:] = 120
    agents = make_twins(table).columns
    assert agents.get("per_head") == [agent.per_head for agent in agents]
    assert agents.column("per_head").tolist() == [agent.income + 12_000 for agent in agents]
    assert type(agents.view(0).per_head) is float


def test_a_column_must_not_hide_behind_an_attribute() -> None:
    class Grower(RowAgent):
        def members(self) -> int:
            return 1

        group = 3

    with pytest.raises(TypeError, match="columns hidden by attributes of Grower: group, members"):
        register(mesa.Model(rng=1), Grower, people([1]))


def test_identity() -> None:
    twins = make_twins(people([11, 12]))
    eleven, twelve = twins.columns
    assert eleven == twins.columns.view(0)
    assert hash(eleven) == hash(twins.columns.view(0))
    assert eleven != twelve
    assert eleven != make_twins(people([11, 12])).columns.view(0)
    assert eleven != 11
    assert len({eleven, twelve, twins.columns.view(1)}) == 2
    assert (eleven.unique_id, twelve.unique_id) == (11, 12)
    assert twins.columns.get("unique_id") == [11, 12]
    assert repr(twelve) == "<Person 12 in row 1>"


def test_a_view_has_what_every_mesa_agent_has() -> None:
    twins = make_twins(people([11]))
    person = twins.columns.view(0)
    assert isinstance(person, mesa.Agent)
    assert person.model is twins.column_model
    assert person.random is twins.column_model.random
    assert person.rng is twins.column_model.rng
    assert person.scenario is twins.column_model.scenario
    assert person.pos is None
    assert person.step() is None


def test_a_view_of_one_who_left_is_an_error() -> None:
    table = people([11, 12])
    eleven, twelve = make_twins(table).columns
    table.id[0], table.id[1] = 0, 99
    for person in (eleven, twelve):
        with pytest.raises(ReferenceError, match=f"Person {person._identity} in row .* has left the model"):
            person.income  # noqa: B018
        with pytest.raises(ReferenceError):
            person.income = 3
    assert table.income.tolist() == [1000.5, 1010.5]


def test_agents_are_neither_made_nor_removed_one_by_one() -> None:
    twins = make_twins(people([11, 12]))
    with pytest.raises(TypeError):
        Person(twins.column_model)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="leaves when the world clears its row"):
        twins.columns.view(0).remove()
    assert len(twins.columns) == len(twins.column_model.agents) == 2


def test_views_index_and_slice() -> None:
    agents = make_twins(people([0, 2, 3, 0, 5])).columns
    views = agents.views()
    assert [view.id for view in (views[0], views[-1])] == [2, 5]
    assert [view.id for view in views[1:]] == [3, 5]
    with pytest.raises(IndexError):
        views[3]


def test_iteration_over_many_rows_keeps_the_order() -> None:
    table = people(range(1, 10_001))
    table.id[::7] = 0
    assert [agent.id for agent in make_twins(table).columns] == table.id[table.id != 0].tolist()


def test_copying_a_view_looks_at_the_same_row() -> None:
    table = people([11, 12])
    person = make_twins(table).columns.view(1)
    for twin in (copy.copy(person), copy.deepcopy(person)):
        twin.members = 9
        assert person.members == 9
        person.members = 2
    restored = pickle.loads(pickle.dumps(person))
    restored.members = 9
    assert (restored.id, person.members) == (12, 2)


def test_ids_beyond_63_bits() -> None:
    agents = make_twins(people([2**64 - 1, 1])).columns
    assert agents.view(0).unique_id == 2**64 - 1
    assert agents.get("id") == [2**64 - 1, 1]
    assert agents.sort("id", ascending=True).get("id") == [1, 2**64 - 1]
    assert agents.column("id").dtype == np.uint64
