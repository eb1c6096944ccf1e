"""Ordinary agents and rows of tables as one set: `model.agents` behaves as Mesa's over the same agents."""

from __future__ import annotations

import copy
import gc
from typing import Any

import mesa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesa.agentset import AgentSet

from sim.agents import ColumnAgentSet, RowAgent, register
from sim.agents.mixed import MixedAgentSet
from tests.agents.twins import Person, PlainPerson, ids, make_twins, people, populations, quick

SEEDS = st.integers(0, 1000)


class Other(RowAgent):
    """A second kind of agent over a table of people."""

    def note(self, diary: list[int]) -> None:
        """Write the identity into a diary."""
        diary.append(self.id)


class Mix:
    """A model with ordinary people and two tables, and one with the same people as ordinary agents."""

    def __init__(self, table: Any, seed: int = 1) -> None:
        self.model, self.plain_model = mesa.Model(rng=seed), mesa.Model(rng=seed)
        values = [{"id": k, "members": k, "group": k % 2, "income": 5.0 * k} for k in (1, 2, 3)]
        self.ordinary = [PlainPerson(self.model, each) for each in values]
        others = people([2**63 + 5, 0, 2**63 + 7])
        self.people = register(self.model, Person, table)
        self.others = register(self.model, Other, others)
        names = ["id", "members", "group", "income"]
        cells = self.people.get(names) + self.others.get(names)
        rows = [dict(zip(names, row, strict=True)) for row in cells]
        self.plain = AgentSet([PlainPerson(self.plain_model, each) for each in values + rows], self.plain_model.random)


@quick
@given(populations(), SEEDS)
def test_the_model_holds_all_agents(table: Any, seed: int) -> None:
    mix = Mix(table, seed)
    agents = mix.model.agents
    assert len(agents) == len(mix.plain)
    assert ids(agents) == ids(agents.to_list()) == ids(mix.plain)
    assert all(agent in agents for agent in agents)
    assert make_twins(people([1])).columns.view(0) not in agents
    assert agents.get("members") == mix.plain.get("members")
    assert agents.get(["id", "nothing"], "default", 0) == mix.plain.get(["id", "nothing"], "default", 0)
    assert agents.agg("income", max) == mix.plain.agg("income", max)
    assert agents.map(lambda agent: agent.group) == mix.plain.get("group")
    assert ids(agents.copy()) == ids(copy.copy(agents)) == ids(mix.plain)


@quick
@given(populations(), SEEDS, st.booleans(), st.sampled_from([0.5, 1.0, 1, 4, 100]))
def test_order_and_selection(table: Any, seed: int, ascending: bool, at_most: float) -> None:
    mix = Mix(table, seed)
    agents = mix.model.agents
    assert ids(agents.sort("income", ascending)) == ids(mix.plain.sort("income", ascending))
    shuffled, plain = agents.shuffle(), mix.plain.shuffle()
    for mine, theirs in [(agents, mix.plain), (shuffled, plain)]:
        chosen = mine.select(lambda agent: agent.group > 0, at_most)
        assert ids(chosen) == ids(theirs.select(lambda agent: agent.group > 0, at_most))
    assert ids(shuffled.shuffle().sort("members")) == ids(plain.shuffle().sort("members"))


@quick
@given(populations(), SEEDS)
def test_do_in_order_and_in_random_order(table: Any, seed: int) -> None:
    mix = Mix(table, seed)
    for verb in ("do", "shuffle_do"):
        mine: list[int] = []
        theirs: list[int] = []
        assert getattr(mix.model.agents, verb)("note", mine) is mix.model.agents
        getattr(mix.plain, verb)("note", diary=theirs)
        getattr(mix.model.agents, verb)(lambda agent, diary: diary.append(agent.group), mine)
        getattr(mix.plain, verb)(lambda agent, diary: diary.append(agent.group), theirs)
        assert mine == theirs


@quick
@given(populations(), SEEDS)
@pytest.mark.parametrize("by", ["group", lambda agent: agent.members > 2])
def test_groups_join_all_kinds(by: Any, table: Any, seed: int) -> None:
    mix = Mix(table, seed)
    mine, theirs = mix.model.agents.groupby(by), mix.plain.groupby(by)
    assert {key: ids(group) for key, group in mine} == {key: ids(group) for key, group in theirs}
    assert mine.agg("income", sum) == pytest.approx(theirs.agg("income", sum))
    lists = mix.model.agents.groupby(by, "list").groups
    assert {key: ids(group) for key, group in lists.items()} == {key: ids(group) for key, group in theirs}


def test_a_selection_of_one_kind_is_a_column_set() -> None:
    mix = Mix(people([11, 12]))
    chosen = mix.model.agents.select(agent_type=Person)
    assert isinstance(chosen, ColumnAgentSet)
    assert chosen.agg("income", np.sum) == 2011.0
    assert ids(mix.model.agents.select(agent_type=RowAgent)) == [11, 12, 2**63 + 5, 2**63 + 7]
    assert isinstance(mix.model.agents.groupby(type).groups[Person], ColumnAgentSet)
    assert len(mix.model.agents.select(agent_type=mesa.discrete_space.CellAgent)) == 0


def test_agents_of_one_kind_stay_columns_when_sorted_or_shuffled() -> None:
    agents = make_twins(people([1, 2, 3])).column_model.agents
    assert isinstance(agents.shuffle(), ColumnAgentSet)
    assert ids(agents.sort("income")) == [3, 2, 1]


def test_sets_of_views_do_not_lose_them() -> None:
    mix = Mix(people([11, 12]))
    shuffled = mix.model.agents.shuffle()
    half = shuffled.shuffle().select(lambda agent: agent.id > 2).sort("income")
    shuffled.shuffle(inplace=True).sort("id", ascending=True, inplace=True)
    grouped = shuffled.groupby("group")
    copied = copy.copy(half)
    twice = mix.model.agents.shuffle().shuffle()
    added = twice.select(agent_type=PlainPerson)
    added.add(mix.people.view(0))
    gc.collect()
    assert ids(shuffled) == [1, 2, 3, 11, 12, 2**63 + 5, 2**63 + 7]
    assert sum(grouped.count().values()) == 7
    assert len(half) == len(copied) == 5
    assert len(twice) == 7
    assert ids(added.select(agent_type=RowAgent)) == [11]
    shuffled.select(lambda agent: agent.id > 11, inplace=True)
    gc.collect()
    assert ids(shuffled) == [12, 2**63 + 5, 2**63 + 7]


def test_a_set_of_several_kinds_can_be_changed() -> None:
    mix = Mix(people([11, 12]))
    some = mix.model.agents.select(lambda agent: agent.group == 0)
    assert isinstance(some, MixedAgentSet)
    before = ids(some)
    assert before == [2, 11, 2**63 + 5]
    some.add(mix.ordinary[0])
    some.add(mix.people.view(1))
    some.add(mix.people.view(1))
    assert ids(some) == [*before, 1, 12]
    some.remove(mix.people.view(0))
    some.discard(mix.people.view(0))
    with pytest.raises(KeyError):
        some.remove(mix.people.view(0))
    assert ids(some.sort("id", ascending=True, inplace=True)) == [1, 2, 12, 2**63 + 5]
    assert ids(some.select(lambda agent: agent.id < 3, inplace=True)) == ids(some) == [1, 2]
    some.shuffle(inplace=True)
    assert sorted(ids(some)) == [1, 2]
    assert ids(some.set("members", 6)) == ids(some)
    assert [agent.members for agent in mix.ordinary] == [6, 6, 3]


def test_set_operators() -> None:
    mix = Mix(people([11, 12]))
    assert ids(mix.model.agents & mix.people) == [11, 12]
    assert ids(mix.model.agents - mix.people) == [1, 2, 3, 2**63 + 5, 2**63 + 7]


def test_ordinary_agents_come_and_go_beside_the_rows() -> None:
    mix = Mix(people([11, 12]))
    newcomer = PlainPerson(mix.model, {"id": 4, "members": 0, "group": 0, "income": 0.0})
    held = mix.model.agents.select(lambda agent: agent.id in (1, 11))
    mix.ordinary[0].remove()
    del mix.ordinary[0]
    gc.collect()
    assert ids(mix.model.agents) == [2, 3, 4, 11, 12, 2**63 + 5, 2**63 + 7]
    assert newcomer in mix.model.agents
    assert ids(mix.model.agents_by_type[PlainPerson]) == [2, 3, 4]
    assert ids(held) == [11]


def test_an_agent_removed_during_shuffle_do_is_not_visited() -> None:
    mix = Mix(people([11]))
    seen: list[int] = []

    def visit(agent: Any) -> None:
        seen.append(agent.id)
        for other in mix.ordinary:
            if other is not agent and other in mix.model.agents:
                other.remove()

    mix.model.agents.shuffle_do(visit)
    assert len([each for each in seen if each in (1, 2, 3)]) <= 1
    assert len(set(seen)) == len(seen)
    assert {11, 2**63 + 5, 2**63 + 7} <= set(seen)


@pytest.mark.parametrize("change", ["shuffle", "select", "sort"])
def test_the_model_s_own_set_cannot_be_changed_in_place(change: str) -> None:
    agents = Mix(people([11])).model.agents
    arguments = {"sort": {"key": "id"}}.get(change, {})
    with pytest.raises(TypeError, match=r"copy\(\)"):
        getattr(agents, change)(inplace=True, **arguments)
    with pytest.raises(TypeError):
        agents.remove(agents.select(agent_type=Person).view(0))
    assert len(agents) == 6
