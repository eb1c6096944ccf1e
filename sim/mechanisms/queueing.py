"""Serve a queue with a capacity, fairly at every sampling share."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

type Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def serve_within_capacity(sizes: Floats, credit: float, capacity: float) -> tuple[NDArray[np.bool_], float]:
    """Serve applicants in the given order while capacity is left.

    The last one served may overdraw; the debt is carried to the next month, so that over time exactly the capacity is
    used however large an applicant's weight is. Capacity that nobody asked for is lost.

    Args:
        sizes: what each applicant takes, in queue order, shape (n,).
        credit: what the month before left (zero or a debt).
        capacity: what comes on stream this month.

    Returns:
        which applicants are served, shape (n,), and the credit carried on.
    """
    left = credit + capacity
    served = np.zeros(sizes.size, np.bool_)
    for k in range(sizes.size):
        if left <= 0.0:
            return served, left
        served[k] = True
        left -= sizes[k]
    return served, min(left, 0.0)


def serve_within_budget(costs: Floats, funds: float) -> NDArray[np.bool_]:
    """Serve applicants in the given order while the money covers them; the first that it cannot cover ends the round.

    Args:
        costs: CNY of each applicant, in queue order, shape (n,).
        funds: CNY that may be spent; infinite for no budget.
    """
    return np.asarray(np.cumsum(costs) <= funds)
