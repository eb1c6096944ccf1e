"""Groups of a column set are Mesa's groups of the same agents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesa.agentset import GroupBy

from sim.agents import ColumnAgentSet
from sim.agents.grouping import most, stable_order
from tests.agents.twins import ids, make_twins, people, populations, quick

SEEDS = st.integers(0, 1000)


@quick
@given(populations(), SEEDS)
@pytest.mark.parametrize(
    "by",
    ["group", "income", "spending", "label", "per_head", lambda agent: (agent.group, agent.members > 20)],
)
def test_groups_keys_order_and_members(by: Any, table: Any, seed: int) -> None:
    for columns, plain in make_twins(table, seed).pairs():
        mine, theirs = columns.groupby(by), plain.groupby(by)
        assert isinstance(mine, GroupBy)
        assert [(key, ids(group)) for key, group in mine] == [(key, ids(group)) for key, group in theirs]
        assert all(isinstance(group, ColumnAgentSet) for _, group in mine)
        lists = columns.groupby(by, result_type="list").groups
        assert {key: ids(group) for key, group in lists.items()} == {key: ids(group) for key, group in theirs}
        assert all(type(group) is list for group in lists.values())


@quick
@given(populations(), SEEDS)
def test_group_results(table: Any, seed: int) -> None:
    for columns, plain in make_twins(table, seed).pairs():
        mine, theirs = columns.groupby("group"), plain.groupby("group")
        assert len(mine) == len(theirs)
        assert mine.count() == theirs.count()
        for attribute in ("members", "per_head"):
            for function in (sum, min, max, np.mean, len):
                expected = pytest.approx(theirs.agg(attribute, function))
                assert mine.agg(attribute, function) == expected
        assert mine.agg("label", sorted) == theirs.agg("label", sorted)
        assert mine.map(len) == theirs.map(len)
        assert mine.map("agg", "members", max) == theirs.map("agg", "members", max)


def test_doing_something_to_each_group_writes_the_table() -> None:
    table = people(range(1, 7))
    groups = make_twins(table).columns.groupby("group")
    assert groups.do("set", "members", 9) is groups
    groups.do(lambda group: group.select(at_most=1).set("members", 1))
    assert table.members.tolist() == [1, 1, 1, 9, 9, 9]


def test_groups_of_nobody() -> None:
    groups = make_twins(people([0])).columns.groupby("group")
    assert (len(groups), groups.count(), groups.agg("income", sum)) == (0, {}, {})


@given(st.lists(st.integers(-3, 3)), st.booleans())
def test_stable_order_is_that_of_sorted(values: list[int], ascending: bool) -> None:
    expected = sorted(range(len(values)), key=values.__getitem__, reverse=not ascending)
    assert stable_order(np.array(values, dtype=np.int64), ascending).tolist() == expected


@pytest.mark.parametrize(
    ("at_most", "expected"),
    [
        (float("inf"), 10),
        (3, 3),
        (1, 1),
        (1.0, 10),
        (0.39, 3),
        (0.0, 0),
        (2.5, 3),
        (-1, 0),
        (-0.5, 0),
        (99, 10),
    ],
)
def test_at_most_is_a_number_or_a_share(at_most: float, expected: int) -> None:
    assert most(at_most, 10) == expected
