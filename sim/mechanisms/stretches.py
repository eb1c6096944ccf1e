"""Stretches: runs of neighbouring hamlets whose households a kernel takes together, so that its inner loops are long.

A hamlet has some tens of rows, too few for vector code to pay. A stretch has about a thousand, which fit the first
cache together with what is written about them.
"""

from __future__ import annotations

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
