"""The loops that serve queues give what the plain queue rules give, county by county."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.mechanisms.forest_leases import FLOW, N_SUMS, STORED_RENT
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
    before, let = rng.uniform(-30.0, 20.0, N_COUNTIES), np.array([99.0, 1.0, 2.0, 3.0] * N_COUNTIES).reshape(-1, 4)
    urban = rng.integers(0, 2, 40).astype(np.int8)
    held = 25.0 * np.maximum(np.bincount(county, urban == 0, N_COUNTIES), 1.0)
    order, credit, waiting = rng.permutation(n), before.copy(), np.empty(N_COUNTIES)
    served = serve_blocks(order, hamlets, sizes, county, urban, held, room + 6.0, let, capacity, credit, waiting)
    for c in range(N_COUNTIES):
        queue = order[county[hamlets[order]] == c]
        wanted = queue[np.cumsum(sizes[queue]) - sizes[queue] / 2.0 < room[c]]
        expected, _ = serve_within_capacity(sizes[wanted], before[c], capacity[c])
        assert set(queue[served[queue]]) == set(wanted[expected])
        used = sizes[wanted[expected]].sum()
        assert credit[c] == pytest.approx(min(before[c] + capacity[c] - used, 25.0))
        assert waiting[c] == pytest.approx(sizes[queue].sum() - used)


def test_a_county_without_a_centre_keeps_neither_capacity_nor_debt() -> None:
    county, urban, nobody = np.array([0, 1, 2], np.int8), np.zeros(3, np.int8), np.zeros(0, np.int64)
    held, let = np.full(N_COUNTIES, 1e3), np.zeros((N_COUNTIES, 4))
    capacity = np.array([50.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    credit, waiting = np.array([-20.0, -20.0, 70.0, 0.0, 0.0, 0.0]), np.full(N_COUNTIES, 9.0)
    serve_blocks(nobody, nobody, np.zeros(0), county, urban, held, held, let, capacity, credit, waiting)
    assert credit.tolist() == [30.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert not waiting.any()


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 30))
def test_the_platform_rents_in_turn_while_county_and_programme_can_pay(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    county, weight = rng.integers(0, 3, 5).astype(np.int8), rng.uniform(1.0, 9.0, 5)
    hamlet, forest = rng.integers(0, 5, 30).astype(np.int32), rng.uniform(1.0, 20.0, 30).astype(np.float32)
    how, let = np.zeros(30, np.int8), np.zeros(30, np.float32)
    rent, left, sums = np.zeros(30, np.float32), np.zeros(30, np.int16), np.zeros((5, N_SUMS))
    price, budget = np.full(N_COUNTIES, 60.0), rng.uniform(0.0, 2_000.0, N_COUNTIES)
    queue, funds, part = rng.permutation(30)[:n], 2_500.0, np.zeros(N_COUNTIES)
    start, stop = np.zeros(5, np.int64), np.zeros(5, np.int64)
    lands = (hamlet, forest, how, let, rent, left)
    paid = serve_storage(queue, price, budget, funds, 60, start, stop, weight, county, *lands, sums, part)
    costs, where = weight[hamlet[queue]] * forest[queue] * 60.0 / 12.0, county[hamlet[queue]]
    taken = np.zeros(n, dtype=bool)
    for c in range(N_COUNTIES):
        taken[where == c] = serve_within_budget(costs[where == c], budget[c])
    taken[taken] = serve_within_budget(costs[taken], funds)
    assert set(np.flatnonzero(how == STORED)) == set(queue[taken])
    assert paid.sum() == pytest.approx(costs[taken].sum())
    assert sums[:, STORED].sum() == sums[:, FLOW + STORED].sum() == pytest.approx(let.sum(), rel=1e-5)
    assert (left[how == STORED] == 60).all()
    assert (part == 1.0).all()


@pytest.mark.parametrize(
    ("budget", "funds", "paid"),
    [
        (100.0, 1e3, [60.0, 30.0]),
        (50.0, 1e3, [50.0, 30.0]),
        (100.0, 45.0, [30.0, 15.0]),
        (0.0, 1e3, [0.0, 0.0]),
        (100.0, 0.0, [0.0, 0.0]),
    ],
)
def test_running_leases_are_paid_first_and_in_part_when_money_is_short(
    budget: float, funds: float, paid: list[float]
) -> None:
    """Two counties owe 60 and 30 CNY a month; budgets bind by county, funds in all."""
    sums = np.zeros((2, N_SUMS))
    sums[:, STORED], sums[:, STORED_RENT] = 1.0, [12.0 * 60.0 / 2.0, 12.0 * 30.0 / 2.0]
    county, weight, nobody = np.array([0, 1], np.int8), np.full(2, 2.0), np.zeros(0, np.int64)
    hamlets = (np.array([0, 2]), np.array([2, 4]), weight, county)
    how, left = np.array([STORED, 0, STORED, 0], np.int8), np.full(4, 9, np.int16)
    households = (np.array([0, 0, 1, 1], np.int32), np.ones(4, np.float32), how, np.zeros(4, np.float32))
    lease = (np.zeros(4, np.float32), left)
    price, budgets, part = np.full(N_COUNTIES, 60.0), np.full(N_COUNTIES, budget), np.zeros(N_COUNTIES)
    rents = serve_storage(nobody, price, budgets, funds, 60, *hamlets, *households, *lease, sums, part)
    assert rents[:2] == pytest.approx(paid)
    assert not rents[2:].any()
    assert part[:2] * [60.0, 30.0] == pytest.approx(paid)
    assert (part[2:] == 1.0).all()
    assert left.tolist() == [1 if part[0] < 1.0 else 9, 9, 1 if part[1] < 1.0 else 9, 9]
