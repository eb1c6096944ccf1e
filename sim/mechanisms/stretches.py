"""Stretches: runs of neighbouring hamlets whose households a kernel takes together, so that its inner loops are long.

A hamlet has some tens of rows, too few for vector code to pay. A stretch has about a thousand, which fit the first
cache together with what is written about them.

A kernel of rare events first flags, in a loop without branches, the rows whose draws lie below a bound of their
chances, and then looks closely at those rows only.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.mechanisms.hamlet_sums import widest_hamlet
from sim.mechanisms.inner import inner
from sim.world import Bools, Floats, Int8s, Int64s

_BLOCK = 8
"""Flags that are looked at together: where events are rare, most blocks hold none."""

TILE = 1024
"""Households that a kernel takes at a time: the rows of a stretch, unless one hamlet alone has more."""


@njit(cache=True, nogil=True)
def longest_stretch(first: int, last: int, start: Int64s, stop: Int64s) -> int:
    """Return a bound of the rows of a stretch of the hamlets [first, last): the length of a kernel's notes.

    Columns have shape (hamlets,).
    """
    return max(TILE, widest_hamlet(first, last, start, stop))


@njit(cache=True, nogil=True)
def stretch_end(h: int, last: int, start: Int64s, stop: Int64s, county: Int8s) -> int:
    """Return the hamlet after the stretch that begins with hamlet h; all its hamlets are of one county.

    Columns have shape (hamlets,).
    """
    end = h + 1
    while end < last and stop[end] - start[h] <= TILE and county[end] == county[h]:
        end += 1
    return end


@inner
def _any_in_block(first: np.uint64, flags: Bools) -> bool:
    found = False
    for j in range(_BLOCK):
        found |= flags[first + np.uint64(j)]
    return found


@njit(cache=True, nogil=True)
def longest_way(first: int, last: int, minutes: Floats) -> float:
    """Return the longest travel time in minutes of the hamlets [first, last), 0 for none; `minutes` has shape
    (hamlets,)."""
    longest = 0.0
    for h in range(first, last):
        longest = max(longest, minutes[h])
    return longest


@njit(cache=True, nogil=True)
def flagged_rows(flags: Bools, first_row: int, rows: Int64s) -> int:
    """Write the rows that are flagged into the head of `rows` and return how many they are.

    `flags`, shape (n,), begin with that of `first_row`; `rows` has at least n entries.
    """
    count = 0
    for a in range(0, flags.size, _BLOCK):
        b = min(a + _BLOCK, flags.size)
        if b - a == _BLOCK and not _any_in_block(np.uint64(a), flags):
            continue
        for j in range(a, b):
            rows[np.uint64(count)] = first_row + j
            count += flags[np.uint64(j)]
    return count
