"""Column sets inside Mesa: its private attributes, its signatures, DataCollector, several models, cost."""

from __future__ import annotations

import copy
import gc
import inspect
import pickle
import time
import tracemalloc
import weakref
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.agentset import AbstractAgentSet, AgentSet

from sim.agents import ColumnAgentSet, RowAgent, register
from sim.agents.mixed import HoldingAgentSet, MixedAgentSet, ModelAgentSet
from tests.agents.twins import People, Person, PlainPerson, ids, people

FULL_SCALE = 930_000


class Town(mesa.Model):
    """A model whose people are rows and whose few ordinary agents are objects."""

    def __init__(self, table: People, seed: int = 1) -> None:
        super().__init__(rng=seed)
        self.people = register(self, Person, table)
        self.mayor = PlainPerson(self, {"id": 1, "members": 1, "group": 0, "income": 10.0})

    def step(self) -> None:
        """Give everybody one more yuan."""
        self.people.set("income", self.people.column("income") + 1)


def test_mesa_still_keeps_its_agents_where_we_put_ours() -> None:
    """Guard the two private attributes that `register` writes: a Mesa that moves them fails here first."""
    model = mesa.Model(rng=1)
    assert {"_agents_by_type", "_all_agents"} <= vars(model).keys()
    assert model.agents is model._all_agents
    assert model.agents_by_type is model._agents_by_type
    agent = PlainPerson(model, {})
    assert agent in model._all_agents
    assert list(model._agents_by_type) == [PlainPerson]
    assert agent in model._agents_by_type[PlainPerson]
    people_set = register(model, Person, people([7]))
    assert model._agents_by_type[Person] is model.agents_by_type[Person] is people_set
    assert model.agent_types == [PlainPerson, Person]
    assert isinstance(model.agents, ModelAgentSet)
    assert (len(model.agents), agent in model.agents) == (2, True)


def test_the_sets_answer_the_whole_vocabulary_with_mesa_s_arguments() -> None:
    public = {name for name in dir(AbstractAgentSet) if not name.startswith("_")}
    for mine in (ColumnAgentSet, MixedAgentSet, ModelAgentSet, HoldingAgentSet):
        assert not inspect.isabstract(mine)
        for name in public:
            expected = getattr(AgentSet, name)
            if inspect.isfunction(expected):
                ours, theirs = (inspect.signature(each).parameters for each in (getattr(mine, name), expected))
                assert list(ours) == list(theirs), name
                defaults = [(ours[each].default, theirs[each].default) for each in theirs]
                assert all(a == b for a, b in defaults), name


def test_model_reporters_and_agent_reporters() -> None:
    town = Town(people([11, 0, 13]))
    collector = mesa.DataCollector(
        model_reporters={
            "mean": lambda m: m.people.agg("income", np.mean),
            "agents": lambda m: len(m.agents),
        },
        agent_reporters={"members": "members"},
        agenttype_reporters={Person: {"income": "income", "label": lambda agent: agent.label}},
    )
    collector.collect(town)
    town.run_for(1)
    collector.collect(town)
    series = collector.get_model_vars_dataframe()
    assert series["mean"].tolist() == [1010.5, 1011.5]
    assert series["agents"].tolist() == [3, 3]
    everybody = collector.get_agent_vars_dataframe()
    assert everybody.loc[1.0, "members"].tolist() == [1, 1, 3]
    assert everybody.loc[1.0].index.tolist() == [town.mayor.unique_id, 11, 13]
    persons = collector.get_agenttype_vars_dataframe(Person)
    assert persons["income"].tolist() == [1000.5, 1020.5, 1001.5, 1021.5]
    assert persons["label"].tolist() == ["1 members", "3 members"] * 2


def test_reporters_by_a_common_base_type_and_mesa_datasets() -> None:
    town = Town(people([11, 12]))
    collector = mesa.DataCollector(agenttype_reporters={RowAgent: {"income": "income"}})
    collector.collect(town)
    assert collector.get_agenttype_vars_dataframe(RowAgent)["income"].tolist() == [1000.5, 1010.5]
    tracked = town.data_registry.track_agents(town.people, "people", fields="income")
    assert tracked.data == [{"unique_id": 11, "income": 1000.5}, {"unique_id": 12, "income": 1010.5}]


@pytest.mark.parametrize(
    "reporter",
    [
        lambda m: m.people,
        lambda m: m.people.select(at_most=10),
        lambda m: m.people.view(0),
        lambda m: m.people.groupby("group").agg("income", np.mean),
    ],
)
def test_a_reporter_never_copies_the_table(reporter: Any) -> None:
    """DataCollector deep-copies what a reporter returns: a set, an agent and scalars must stay small."""
    town = Town(people(range(1, 200_001)))
    collector = mesa.DataCollector(model_reporters={"it": reporter})
    reporter(town)
    tracemalloc.start()
    collector.collect(town)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000
    reported = collector.model_vars["it"][0]
    if isinstance(reported, ColumnAgentSet):
        assert next(iter(reported)).model is town


def test_a_collector_of_scalars_pickles_small() -> None:
    town = Town(people(range(1, 100_001)))
    collector = mesa.DataCollector(model_reporters={"people": [len, [town.people]]})
    collector.collect(town)
    assert len(pickle.dumps(collector.model_vars)) < 1000


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda town: pickle.loads(pickle.dumps(town))])
def test_a_copied_model_has_its_own_table(duplicate: Any) -> None:
    town = Town(people([11, 0, 13]))
    twin = duplicate(town)
    assert twin.people is twin.agents_by_type[Person]
    assert ids(twin.agents) == ids(town.agents)
    twin.people.set("members", 9)
    assert town.people.get("members") == [1, 3]
    assert twin.agents.get("members") == [1, 9, 9]
    assert next(iter(twin.people)).model is twin


def test_models_in_one_process_do_not_meet() -> None:
    first, second = Town(people([11, 12]), seed=1), Town(people([11, 12, 13]), seed=2)
    first.people.set("members", 7)
    second.step()
    assert first.people.get(["members", "income"]) == [[7, 1000.5], [7, 1010.5]]
    assert second.people.get(["members", "income"]) == [[1, 1001.5], [2, 1011.5], [3, 1021.5]]
    assert (len(first.agents), len(second.agents)) == (3, 4)
    assert first.people.view(0) != second.people.view(0)
    assert second.people.view(0) not in first.people
    assert first.people.random is first.random
    assert Person._datasets == set()


def test_a_dropped_model_is_freed() -> None:
    town = Town(people([11, 12]))
    town.people.shuffle()
    watch = weakref.ref(town)
    del town
    gc.collect()
    assert watch() is None


def test_a_full_county_costs_nothing_until_looked_at() -> None:
    """930,000 rows: under 0.2 s and a few kilobytes, far below one object a row."""
    table = people(range(1, FULL_SCALE + 1))
    tracemalloc.start()
    begin = time.perf_counter()
    town = Town(table)
    assert len(town.people) == FULL_SCALE
    spent = time.perf_counter() - begin
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert spent < 0.2
    assert kept < 100_000


def test_agg_is_one_numpy_call_on_the_column() -> None:
    calls: list[np.ndarray] = []

    def mean(values: np.ndarray) -> float:
        calls.append(values)
        return float(np.mean(values))

    town = Town(people(range(1, 1001)))
    assert town.people.agg("spending", mean) == pytest.approx(249.875)
    assert len(calls) == 1
    assert np.shares_memory(calls[0], town.people._table.columns.spending)
