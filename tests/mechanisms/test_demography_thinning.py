"""Thinning misses nobody: whoever has an event, and whoever has lost its last member, is flagged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.mechanisms import demography_kernel as kernel
from sim.mechanisms import demography_thinning as thinning
from sim.mechanisms.stretches import flagged_rows
from sim.randomness import uniforms

hazard = st.floats(0.0, 0.1)


@settings(max_examples=50, deadline=None)
@given(st.lists(hazard, min_size=8, max_size=8), st.lists(hazard, min_size=3, max_size=3), st.integers(0, 10_000))
def test_whoever_has_an_event_or_nobody_left_is_flagged(bound: list[float], away: list[float], seed: int) -> None:
    rng, rows, stream = np.random.default_rng(seed), 300, np.uint64(seed)
    people = tuple(rng.integers(0, 3, rows).astype(np.int8) * (rng.random(rows) < 0.9) for _ in range(11))
    people = tuple(column.astype(np.int8) for column in people)
    members, others = people[:8], people[8:]
    ids = np.arange(1, rows + 1, dtype=np.uint64)
    ids[::7] = 0
    for column in people:
        column[::7], column[5::50] = 0, 0
    limits, away_limits = np.array(bound), np.array(away)
    quick, slow = np.empty(rows, np.int8), np.empty(rows, np.int8)
    flags, found = np.empty(rows, np.bool_), np.empty(rows, np.int64)
    thinning.count_people(0, rows, members, others, quick, slow)
    assert np.array_equal(quick + slow, sum(people))
    thinning.flag(stream, ids, quick, slow, thinning.highest_hazards(limits, away_limits), flags)
    totals = [kernel.total_hazard.py_func(i, members, others, limits, away_limits) for i in range(rows)]
    has_event = uniforms(stream, ids) < np.array(totals)
    dead = (sum(people) == 0) & (ids != 0)
    assert not (has_event & ~flags).any()
    assert (flags[dead]).all()
    assert not flags[ids == 0].any()
    assert list(found[: flagged_rows(flags, 0, found)]) == list(np.flatnonzero(flags))


def test_the_bound_of_a_class_is_the_sum_of_its_hazards() -> None:
    hazards = np.array([0.1, 0.2, 0.0, 0.3, 0.4])
    assert thinning.class_bound.py_func(np.tile(hazards, (8, 1))) == pytest.approx(1.0)


def test_classes_that_change_often_have_their_own_bound() -> None:
    bound = np.where(thinning.IS_QUICK, 0.03, 0.01)
    assert thinning.highest_hazards.py_func(bound, np.array([0.005, 0.02, 0.0])) == (0.03, 0.02)
