"""Thinning misses nobody: whoever has an event, and whoever has lost its last member, is flagged."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.mechanisms import demography_kernel as kernel
from sim.mechanisms import demography_thinning as thinning
from sim.mechanisms.members import N_CLASSES, N_PEOPLE
from sim.mechanisms.stretches import flagged_rows
from sim.randomness import uniforms

hazard = st.floats(0.0, 0.1)


@settings(max_examples=50, deadline=None)
@given(st.lists(hazard, min_size=N_CLASSES, max_size=N_CLASSES), st.integers(0, 10_000))
def test_whoever_has_an_event_or_nobody_left_is_flagged(bound: list[float], seed: int) -> None:
    rng, rows, stream = np.random.default_rng(seed), 300, np.uint64(seed)
    people = tuple(rng.integers(0, 3, rows).astype(np.int8) * (rng.random(rows) < 0.9) for _ in range(N_PEOPLE))
    people = tuple(column.astype(np.int8) for column in people)
    ids = np.arange(1, rows + 1, dtype=np.uint64)
    ids[::7] = 0
    for column in people:
        column[::7], column[5::50] = 0, 0
    limits, persons = np.array(bound), sum(people[:N_CLASSES])
    quick, slow = np.empty(rows, np.int8), np.empty(rows, np.int8)
    flags, found = np.empty(rows, np.bool_), np.empty(rows, np.int64)
    thinning.count_people(0, rows, people, quick, slow)
    assert np.array_equal(quick + slow, persons)
    thinning.flag(stream, ids, quick, slow, thinning.highest_hazards(limits), flags)
    totals = [kernel.total_hazard.py_func(i, people, limits) for i in range(rows)]
    assert [thinning.count_members.py_func(i, people) for i in range(rows)] == persons.tolist()
    has_event = uniforms(stream, ids) < np.array(totals)
    dead = (persons == 0) & (ids != 0)
    assert not (has_event & ~flags).any()
    assert (flags[dead]).all()
    assert not flags[ids == 0].any()
    assert list(found[: flagged_rows(flags, 0, found)]) == list(np.flatnonzero(flags))


def test_classes_that_change_often_have_their_own_bound() -> None:
    bound = np.where(thinning.IS_QUICK, 0.03, 0.01)
    bound[-2] = 0.02
    assert thinning.highest_hazards.py_func(bound) == (0.03, 0.02)
