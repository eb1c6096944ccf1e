"""What household kernels share: sums by hamlet, added in the order of hamlets: threads cannot change the bits."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.places import KECHENG, N_COUNTIES
from sim.world import CORE, Floats, Int8s, Int64s

OWN_COUNTY, CORE_TOWN = range(2)
N_SIDES = 2
"""Where the households of a hamlet live: in their own county or in the core town, which belongs to
Kecheng."""


@njit(cache=True, nogil=True)
def county_of(residence: int, own_county: int) -> int:
    """Return the county a household lives in."""
    return KECHENG if residence == CORE else own_county


@njit(cache=True, nogil=True)
def by_county(sums: Floats, weight: Floats, county: Int8s) -> Floats:
    """Return weighted sums by county from sums by hamlet and side, shape (n, 2, k) to (6, k)."""
    out = np.zeros((N_COUNTIES, sums.shape[2]))
    for h in range(sums.shape[0]):
        for k in range(sums.shape[2]):
            out[county[h], k] += weight[h] * sums[h, OWN_COUNTY, k]
            out[KECHENG, k] += weight[h] * sums[h, CORE_TOWN, k]
    return out


@njit(cache=True, nogil=True)
def widest_hamlet(first: int, last: int, start: Int64s, stop: Int64s) -> int:
    """Return the rows of the largest of the hamlets [first, last), 0 for none.

    `start` and `stop` have shape (hamlets,).
    """
    widest = 0
    for h in range(first, last):
        widest = max(widest, stop[h] - start[h])
    return widest
