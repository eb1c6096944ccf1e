"""A column set gives what an ordinary Mesa AgentSet of the same agents gives for the same calls."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.agents import ColumnAgentSet, RowAgent, register
from tests.agents.twins import People, Person, ids, make_twins, people, populations, quick

SEEDS = st.integers(0, 1000)
FILTERS: list[Callable[[Any], bool] | None] = [
    None,
    lambda agent: agent.members > 20,
    lambda agent: agent.income > 0,
    lambda agent: agent.label == "3 members",
]


@quick
@given(populations(), SEEDS)
def test_iteration_length_list_and_membership(table: People, seed: int) -> None:
    twins = make_twins(table, seed)
    for columns, plain in twins.pairs():
        assert len(columns) == len(plain)
        assert ids(columns) == ids(plain) == ids(columns.to_list())
        assert all(agent in columns for agent in columns)
        assert [agent in columns for agent in twins.columns] == [agent in plain for agent in twins.plain]


@quick
@given(
    populations(),
    SEEDS,
    st.sampled_from(FILTERS),
    st.integers(-1, 15) | st.floats(-0.2, 4) | st.just(math.inf) | st.just(1) | st.just(1.0),
    st.booleans(),
)
def test_select(table: People, seed: int, chosen: Any, at_most: float, inplace: bool) -> None:
    twins = make_twins(table, seed)
    for columns, plain in twins.pairs():
        if inplace:
            columns, plain = columns.copy(), copy.copy(plain)
        mine, theirs = columns.select(chosen, at_most, inplace), plain.select(chosen, at_most, inplace)
        assert ids(mine) == ids(theirs)
        assert (mine is columns) == inplace


@quick
@given(populations(), SEEDS, st.integers(0, 15))
def test_select_by_mask_is_select_by_function(table: People, seed: int, at_most: int) -> None:
    for columns, _ in make_twins(table, seed).pairs():
        by_mask = columns.select(columns.column("members") > 20, at_most=at_most)
        assert ids(by_mask) == ids(columns.select(lambda agent: agent.members > 20, at_most=at_most))


@pytest.mark.parametrize("mask", [np.ones(3, dtype=bool), np.ones(4), np.arange(4)])
def test_select_refuses_what_is_no_mask_of_the_set(mask: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"type bool and shape \(4,\)"):
        make_twins(people([1, 2, 3, 4])).columns.select(mask)


def test_select_by_type() -> None:
    columns = make_twins(people([1, 2, 3])).columns

    class Stranger(RowAgent):
        pass

    assert len(columns.select(agent_type=Person)) == len(columns.select(agent_type=RowAgent)) == 3
    assert len(columns.select(agent_type=Stranger)) == 0


def test_select_stops_visiting_when_it_has_enough() -> None:
    seen: list[int] = []

    def is_wanted(agent: Any) -> bool:
        seen.append(agent.id)
        return True

    make_twins(people(range(1, 100))).columns.select(is_wanted, at_most=3)
    assert seen == [1, 2, 3]


@quick
@given(populations(), SEEDS)
@pytest.mark.parametrize("attribute", ["members", "income", "spending", "per_head", "label"])
def test_get_one_attribute(attribute: str, table: People, seed: int) -> None:
    for columns, plain in make_twins(table, seed).pairs():
        mine = columns.get(attribute)
        assert mine == plain.get(attribute)
        assert [type(value) for value in mine] == [type(value) for value in plain.get(attribute)]


@quick
@given(populations(), SEEDS, st.lists(st.sampled_from(["members", "income", "per_head", "label"]), max_size=3))
def test_get_several_attributes(table: People, seed: int, names: list[str]) -> None:
    for columns, plain in make_twins(table, seed).pairs():
        assert columns.get(names) == plain.get(names)


def test_get_missing_attribute() -> None:
    for agents in (make_twins(people([1, 2])).columns, make_twins(people([])).columns):
        n = len(agents)
        assert agents.get("x", handle_missing="default", default_value=7) == [7] * n
        assert agents.get("x", handle_missing="default") == [None] * n
        assert agents.get(["id", "x"], "default", 7) == [[1, 7], [2, 7]][:n]
        with pytest.raises(ValueError, match="handle_missing"):
            agents.get("members", handle_missing="ignore")  # type: ignore[arg-type]
    with pytest.raises(AttributeError, match="incme"):
        make_twins(people([1])).columns.get("incme")


@quick
@given(populations(), SEEDS, st.sampled_from(["members", "income", "per_head"]))
def test_agg(table: People, seed: int, attribute: str) -> None:
    def spread(values: Any) -> float:
        return float(max(values) - min(values))

    for columns, plain in make_twins(table, seed).pairs():
        assert columns.agg(attribute, len) == plain.agg(attribute, len)
        assert columns.agg(attribute, sum) == pytest.approx(plain.agg(attribute, sum), rel=1e-12, abs=1e-6)
        if len(plain):
            functions = [min, max, np.mean, np.median, spread]
            assert columns.agg(attribute, functions) == pytest.approx(plain.agg(attribute, functions))
            assert [type(columns.agg(attribute, f)) for f in (min, max, sum)] == [
                type(plain.agg(attribute, f)) for f in (min, max, sum)
            ]


def test_agg_does_not_overflow_small_integers() -> None:
    table = people(range(1, 11))
    table.members[:] = 100
    assert make_twins(table).columns.agg("members", [sum, np.sum, lambda values: sum(v * v for v in values)]) == [
        1000,
        1000,
        100_000,
    ]


def test_agg_of_what_is_no_column() -> None:
    assert make_twins(people([1, 2, 3])).columns.agg("label", sorted) == [
        "1 members",
        "2 members",
        "3 members",
    ]


def test_agg_hands_over_an_array_that_cannot_harm_the_table() -> None:
    table = people([1, 2, 3])
    agents = make_twins(table).columns
    assert isinstance(agents.agg("spending", lambda values: values), np.ndarray)
    with pytest.raises(ValueError, match="read-only"):
        agents.agg("spending", lambda values: values.sort(axis=0))


@quick
@given(populations(), SEEDS, st.integers(0, 100))
def test_set(table: People, seed: int, value: int) -> None:
    twins = make_twins(table, seed)
    for columns, plain in twins.pairs():
        assert columns.set("members", value) is columns
        plain.set("members", value)
        assert twins.columns.get("members") == twins.plain.get("members")
    assert not table.occupied().any() or value in table.members[table.occupied()]


@quick
@given(populations(), SEEDS)
def test_set_leaves_vacant_rows_and_others_alone(table: People, seed: int) -> None:
    before = table.members.copy()
    chosen = make_twins(table, seed).columns.select(lambda agent: agent.group > 0)
    chosen.set("members", 99)
    others = np.ones(len(table), dtype=bool)
    others[chosen.rows()] = False
    assert np.array_equal(table.members[others], before[others])


def test_set_one_value_each_in_the_order_of_the_set() -> None:
    table = people([1, 2, 3])
    agents = make_twins(table).columns
    agents.sort("id", ascending=False).set("members", np.array([30, 20, 10]))
    assert table.members.tolist() == [10, 20, 30]
    with pytest.raises(ValueError, match="broadcast"):
        agents.set("members", [1, 2])


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("members", 2.5, ValueError),
        ("members", 128, ValueError),
        ("members", math.nan, ValueError),
        ("members", np.array([1, 2, 300]), ValueError),
        ("income", 1e300, ValueError),
        ("income", "12", TypeError),
        ("income", None, TypeError),
        ("id", -1, ValueError),
        ("id", 2**64, TypeError),
        ("membres", 2, AttributeError),
    ],
)
def test_set_refuses_what_a_column_cannot_hold(name: str, value: Any, error: type[Exception]) -> None:
    table = people([1, 2, 3])
    before = copy.deepcopy(table)
    with pytest.raises(error, match=name):
        make_twins(table).columns.set(name, value)
    assert all(np.array_equal(getattr(table, each), getattr(before, each)) for each in table.column_names())


@quick
@given(populations(), SEEDS, st.booleans())
@pytest.mark.parametrize("key", ["members", "income", "spending", "per_head", "label", lambda agent: -agent.group])
def test_sort(key: Any, table: People, seed: int, ascending: bool) -> None:
    for columns, plain in make_twins(table, seed).pairs():
        assert ids(columns.sort(key, ascending)) == ids(plain.sort(key, ascending))
        assert ids(columns.sort(key)) == ids(plain.sort(key))
        assert ids(columns.copy().sort(key, ascending, inplace=True)) == ids(plain.sort(key, ascending))


@quick
@given(populations(), SEEDS)
def test_shuffle_draws_what_mesa_draws(table: People, seed: int) -> None:
    for columns, plain in make_twins(table, seed).pairs():
        assert ids(columns.shuffle()) == ids(plain.shuffle())
        assert ids(columns.copy().shuffle(inplace=True)) == ids(copy.copy(plain).shuffle(inplace=True))


@quick
@given(populations(), SEEDS, st.integers(0, 3))
@pytest.mark.parametrize("verb", ["do", "shuffle_do"])
def test_do(verb: str, table: People, seed: int, by: int) -> None:
    twins = make_twins(table, seed)
    for columns, plain in twins.pairs():
        mine: list[int] = []
        theirs: list[int] = []
        assert getattr(columns, verb)("note", mine) is columns
        getattr(plain, verb)("note", theirs)
        getattr(columns, verb)(Person.note, diary=mine)
        getattr(plain, verb)(Person.note, diary=theirs)
        assert mine == theirs
        getattr(columns, verb)("grow", by=by)
        getattr(plain, verb)("grow", by=by)
        assert twins.columns.get("members") == twins.plain.get("members")


@quick
@given(populations(), SEEDS)
def test_map(table: People, seed: int) -> None:
    for columns, plain in make_twins(table, seed).pairs():
        assert columns.map("grow", 2) == plain.map("grow", 2)
        assert columns.map(lambda agent, add: agent.id + add, add=1) == plain.map(lambda agent: agent.id + 1)


def test_unknown_method_is_an_error() -> None:
    agents = make_twins(people([1])).columns
    for call in (agents.do, agents.shuffle_do, agents.map):
        with pytest.raises(AttributeError, match="fly"):
            call("fly")


@quick
@given(populations(), SEEDS)
def test_set_operators(table: People, seed: int) -> None:
    columns = make_twins(table, seed).columns.shuffle()
    left, right = columns.select(lambda a: a.group > 0), columns.select(lambda a: a.members > 20)
    mine, other = ids(left), ids(right)
    assert ids(left & right) == [each for each in other if each in mine]
    assert ids(left | right) == mine + [each for each in other if each not in mine]
    assert ids(left - right) == [each for each in mine if each not in other]
    assert ids(left ^ right) == ids((left - right) | (right - left))
    assert (left == right) == (sorted(mine) == sorted(other))
    assert left == left.shuffle()


def test_add_remove_discard() -> None:
    agents = make_twins(people([5, 6, 7])).columns
    some = agents.select(lambda agent: agent.id > 5)
    five = agents.view(0)
    with pytest.raises(KeyError):
        some.remove(five)
    some.discard(five)
    some.add(five)
    some.add(five)
    assert ids(some) == [6, 7, 5]
    some.remove(five)
    some.discard(agents.view(1))
    assert ids(some) == [7]
    assert some.pop() == agents.view(2)
    assert len(some) == 0
    with pytest.raises(TypeError, match="not a row of this table"):
        some.add(make_twins(people([5])).columns.view(0))


@pytest.mark.parametrize(
    "change",
    [
        lambda agents: agents.select(at_most=1, inplace=True),
        lambda agents: agents.sort("income", inplace=True),
        lambda agents: agents.shuffle(inplace=True),
        lambda agents: agents.remove(agents.view(0)),
        lambda agents: agents.clear(),
    ],
)
def test_the_registered_set_cannot_be_changed_in_place(change: Callable[[ColumnAgentSet[Any]], Any]) -> None:
    agents = make_twins(people([1, 2])).columns
    with pytest.raises(TypeError, match=r"copy\(\)"):
        change(agents)
    assert ids(agents) == [1, 2]


def test_the_registered_set_follows_the_table_and_a_selection_loses_those_who_leave() -> None:
    table = people([1, 2, 0, 4])
    agents = make_twins(table).columns
    chosen = agents.sort("id")
    groups = agents.groupby("group")
    two = agents.view(1)
    table.id[0] = 0
    table.id[1] = 9
    table.id[2] = 3
    assert ids(agents) == [9, 3, 4]
    assert ids(chosen) == [4]
    assert chosen.get("income") == [1030.5]
    assert groups.count() == {0: 1, 1: 0}
    assert groups.agg("income", sum) == {0: 1030.5, 1: 0.0}
    assert ids(agents.copy()) == [9, 3, 4]
    assert two not in agents
    assert two not in chosen
    assert agents.view(1) in agents
    assert agents.view(1) not in chosen


def test_vacant_rows_hold_no_agent() -> None:
    agents = make_twins(people([0, 2, 0])).columns
    assert agents.view(1).id == 2
    with pytest.raises(LookupError, match="row 0 holds no Person"):
        agents.view(0)
    assert ids(agents.among(slice(1, 3))) == [2]
    assert ids(agents.among(slice(2, None))) == []


def test_a_column_is_read_only_and_a_wrong_name_an_error() -> None:
    table = people([1, 2])
    agents = make_twins(table).columns
    assert agents.column("members").dtype == np.int64
    assert agents.column("income").dtype == np.float64
    assert agents.column("spending").shape == (2, 2)
    with pytest.raises(ValueError, match="read-only"):
        agents.column("spending")[0] = 1
    table.spending[:] = 5
    with pytest.raises(AttributeError, match="membres"):
        agents.column("membres")


def test_only_touched_rows_become_views(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    make = Person.__init__

    def counted(self: Person, table: Any, row: int, identity: int) -> None:
        made.append(row)
        make(self, table, row, identity)

    monkeypatch.setattr(Person, "__init__", counted)
    agents = make_twins(people(range(1, 10_001))).columns
    agents.agg("per_head", [np.mean, max])
    agents.set("members", 3)
    agents.get(["id", "income"])
    agents.sort("income").shuffle().select(at_most=0.5).select(np.ones(5000, dtype=bool))
    agents.groupby("group").agg("income", np.mean)
    agents.groupby("group").count()
    assert len(agents.copy()) == len(agents)
    assert made == []
    next(iter(agents))
    agents.view(17)
    assert made == [0, 17]


def test_registering_a_type_twice_is_refused() -> None:
    twins = make_twins(people([1]))
    with pytest.raises(ValueError, match="already has agents of type Person"):
        register(twins.column_model, Person, people([2]))
