from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.population.filling_kernels import household_id, permuted, round_keys


@settings(deadline=None)
@given(size=st.integers(1, 3000), key=st.integers(0, 2**64 - 1))
def test_permutation_reaches_every_place_once(size: int, key: int) -> None:
    keys = round_keys(np.uint64(key))
    images = {permuted(rank, size, keys) for rank in range(size)}
    assert images == set(range(size))


def test_permutation_mixes_and_depends_on_its_key() -> None:
    n = 20_000
    first = np.array([permuted(k, n, round_keys(np.uint64(1))) for k in range(n)])
    second = np.array([permuted(k, n, round_keys(np.uint64(2))) for k in range(n)])
    ranks = np.arange(n)
    for images in (first, second):
        assert abs(np.corrcoef(ranks, images)[0, 1]) < 5 / np.sqrt(n)
        assert abs(np.corrcoef(images[1:], images[:-1])[0, 1]) < 5 / np.sqrt(n)
    assert abs(np.corrcoef(first, second)[0, 1]) < 5 / np.sqrt(n)


def test_runs_of_the_permutation_are_spread_like_draws_without_replacement() -> None:
    """Counts of the first tenth in runs of 30: variance as hypergeometric within 10 percent."""
    n, run = 60_000, 30
    keys = round_keys(np.uint64(9))
    low = np.array([permuted(k, n, keys) < n // 10 for k in range(n)]).reshape(-1, run).sum(axis=1)
    expected = run * 0.1 * 0.9 * (n - run) / (n - 1)
    assert abs(low.var() / expected - 1.0) < 0.1


def test_household_ids_are_distinct_and_never_zero() -> None:
    ids = {household_id(np.uint64(h), k) for h in range(1, 200) for k in range(200)}
    assert len(ids) == 199 * 200
    assert 0 not in ids
