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
from sim.world import Int8s, Int64s

ROWS = 1024
"""Rows of a stretch, unless one hamlet alone has more."""


@njit(cache=True, nogil=True)
def longest_stretch(first: int, last: int, start: Int64s, stop: Int64s) -> int:
    """Return a bound of the rows of a stretch of the hamlets [first, last): the length of a kernel's notes."""
    return max(ROWS, widest_hamlet(first, last, start, stop))


@njit(cache=True, nogil=True)
def stretch_end(h: int, last: int, start: Int64s, stop: Int64s, county: Int8s) -> int:
    """Return the hamlet after the stretch that begins with hamlet h; all its hamlets are of one county."""
    end = h + 1
    while end < last and stop[end] - start[h] <= ROWS and county[end] == county[h]:
        end += 1
    return end


@njit(cache=True, nogil=True)
def flagged_rows(flags: Int8s, first_row: int, rows: Int64s) -> int:
    """Write the rows whose flag is 1 (others: 0) into `rows` and return how many they are.

    `flags` begin with that of `first_row`; `rows` is at least as long.
    """
    number = 0
    for j in range(flags.size):
        rows[number] = first_row + j
        number += flags[np.uint64(j)]
    return number
