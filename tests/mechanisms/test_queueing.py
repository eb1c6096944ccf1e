from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.queueing import serve_within_budget, serve_within_capacity

SIZES = st.lists(st.floats(0.1, 50.0), max_size=20)


def test_the_last_one_served_overdraws_and_the_debt_is_carried() -> None:
    served, credit = serve_within_capacity(np.array([3.0, 3.0, 3.0]), 0.0, 4.0)
    assert served.tolist() == [True, True, False]
    assert credit == -2.0


def test_capacity_nobody_asks_for_is_lost() -> None:
    served, credit = serve_within_capacity(np.array([1.0]), 0.0, 10.0)
    assert served.all()
    assert credit == 0.0
    assert serve_within_capacity(np.zeros(0), -3.0, 1.0)[1] == -2.0


@given(SIZES, st.floats(0.5, 30.0))
def test_over_time_a_long_queue_uses_exactly_the_capacity(sizes: list[float], capacity: float) -> None:
    queue, credit, used = np.array(sizes * 3), 0.0, 0.0
    months = 0
    while True:
        served, credit = serve_within_capacity(queue, credit, capacity)
        months += 1
        used += queue[served].sum()
        queue = queue[~served]
        if not queue.size:
            break
        assert np.isclose(used + credit, months * capacity)
    assert used <= months * capacity + max(sizes, default=0.0)


@given(SIZES, st.floats(0.0, 200.0))
def test_a_budget_is_never_exceeded_and_ends_with_the_first_that_it_cannot_cover(
    costs: list[float], funds: float
) -> None:
    served = serve_within_budget(np.array(costs), funds)
    assert np.array(costs)[served].sum() <= funds + 1e-9
    assert np.all(np.diff(served.astype(int)) <= 0)


def test_an_unlimited_budget_serves_all() -> None:
    assert serve_within_budget(np.array([1e9, 1e12]), np.inf).all()
