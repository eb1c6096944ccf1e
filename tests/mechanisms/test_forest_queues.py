"""The loops that serve queues give what the plain queue rules give, county by county."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.mechanisms.forest_queues import serve_blocks, serve_storage
from sim.mechanisms.queueing import serve_within_budget, serve_within_capacity
from sim.places import N_COUNTIES
from sim.world import STORED


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 30))
def test_blocks_are_served_as_the_capacity_rule_says(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    county = rng.integers(0, 3, 40).astype(np.int8)
    hamlets, sizes = rng.choice(40, n, replace=False), rng.uniform(1.0, 50.0, n)
    room, capacity = rng.uniform(-20.0, 200.0, N_COUNTIES), rng.uniform(0.0, 90.0, N_COUNTIES)
    most, before = np.full(N_COUNTIES, 25.0), rng.uniform(-30.0, 20.0, N_COUNTIES)
    order, credit, waiting = rng.permutation(n), before.copy(), np.empty(N_COUNTIES)
    served = serve_blocks(order, hamlets, sizes, county, room, capacity, most, credit, waiting)
    for c in range(N_COUNTIES):
        queue = order[county[hamlets[order]] == c]
        wanted = queue[np.cumsum(sizes[queue]) - sizes[queue] / 2.0 < room[c]]
        expected, _ = serve_within_capacity(sizes[wanted], before[c], capacity[c])
        assert set(queue[served[queue]]) == set(wanted[expected])
        used = sizes[wanted[expected]].sum()
        assert credit[c] == pytest.approx(min(before[c] + capacity[c] - used, 25.0))
        assert waiting[c] == pytest.approx(sizes[queue].sum() - used)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 30))
def test_the_platform_rents_in_turn_while_county_and_programme_can_pay(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    county, weight = rng.integers(0, 3, 5).astype(np.int8), rng.uniform(1.0, 9.0, 5)
    hamlet, forest = rng.integers(0, 5, 30).astype(np.int32), rng.uniform(1.0, 20.0, 30).astype(np.float32)
    how, let = np.zeros(30, np.int8), np.zeros(30, np.float32)
    rent, left, area = np.zeros(30, np.float32), np.zeros(30, np.int16), np.zeros(5)
    price, budget = np.full(N_COUNTIES, 60.0), rng.uniform(0.0, 2_000.0, N_COUNTIES)
    queue, funds = rng.permutation(30)[:n], 2_500.0
    paid = serve_storage(queue, price, budget, funds, 60, weight, county, hamlet, forest, how, let, rent, left, area)
    costs, where = weight[hamlet[queue]] * forest[queue] * 60.0 / 12.0, county[hamlet[queue]]
    taken = np.zeros(n, dtype=bool)
    for c in range(N_COUNTIES):
        taken[where == c] = serve_within_budget(costs[where == c], budget[c])
    taken[taken] = serve_within_budget(costs[taken], funds)
    assert set(np.flatnonzero(how == STORED)) == set(queue[taken])
    assert paid.sum() == pytest.approx(costs[taken].sum())
    assert area.sum() == pytest.approx(let.sum(), rel=1e-5)
    assert (left[how == STORED] == 60).all()
