from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.population.filling_kernels import bits_of, household_id, permute, round_keys


def places(size: int, key: int) -> np.ndarray:
    """Return where the permutation of a key sends 0, ..., size - 1."""
    out = np.empty(size, np.uint64)
    permute(0, size, bits_of(size), round_keys(np.array([key], np.uint64))[0], out)
    return out.astype(np.int64)


@settings(deadline=None)
@given(size=st.integers(1, 3000), key=st.integers(0, 2**64 - 1))
def test_permutation_reaches_every_place_once(size: int, key: int) -> None:
    assert set(places(size, key)) == set(range(size))


def test_permutation_mixes_and_depends_on_its_key() -> None:
    n = 20_000
    first, second = places(n, 1), places(n, 2)
    ranks = np.arange(n)
    for images in (first, second):
        assert abs(np.corrcoef(ranks, images)[0, 1]) < 5 / np.sqrt(n)
        assert abs(np.corrcoef(images[1:], images[:-1])[0, 1]) < 5 / np.sqrt(n)
    assert abs(np.corrcoef(first, second)[0, 1]) < 5 / np.sqrt(n)


def test_runs_of_the_permutation_are_spread_like_draws_without_replacement() -> None:
    """Counts of the first tenth in runs of 30: variance as hypergeometric within 10 percent."""
    n, run = 60_000, 30
    low = (places(n, 9) < n // 10).reshape(-1, run).sum(axis=1)
    expected = run * 0.1 * 0.9 * (n - run) / (n - 1)
    assert abs(low.var() / expected - 1.0) < 0.1


def test_household_ids_are_distinct_and_never_zero() -> None:
    ids = {household_id(np.uint64(h), k) for h in range(1, 200) for k in range(200)}
    assert len(ids) == 199 * 200
    assert 0 not in ids


def test_binary_digits_hold_every_number_and_no_more_than_needed() -> None:
    for size in (1, 2, 4, 5, 8, 9, 1000, 1024, 1025):
        assert 2 ** bits_of(size) >= size
        assert bits_of(size) == 2 or 2 ** (bits_of(size) - 1) < size


def test_a_part_of_the_ranks_goes_where_it_goes_among_all() -> None:
    keys, part = round_keys(np.array([5], np.uint64))[0], np.empty(30, np.uint64)
    permute(70, 1_000, bits_of(1_000), keys, part)
    np.testing.assert_array_equal(part, places(1_000, 5)[70:100])
