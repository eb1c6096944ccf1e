"""Move households that are ready into finished homes: loops; `sim.mechanisms.relocation` states the rules."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.places import N_COUNTIES
from sim.randomness import uniform
from sim.world import MOVED, RESETTLED, TOWN, WAITING, Float32s, Floats, Ids, Int8s, Int32s, Int64s


@njit(cache=True, nogil=True)
def sum_members(rows: Int64s, columns: Any) -> Floats:
    """Return the persons in a tuple of member columns for some households, shape (n,)."""
    persons = np.zeros(rows.size)
    for column in columns:
        for k in range(rows.size):
            persons[k] += column[rows[k]]
    return persons


@njit(cache=True, nogil=True)
def move_in(
    queue: Int64s,
    persons: Floats,
    destination: np.uint64,
    town_share: float,
    subsidy: Floats,
    funds: float,
    weight: Floats,
    county: Int8s,
    ids: Ids,
    hamlet: Int32s,
    residence: Int8s,
    relocation: Int8s,
    wealth: Float32s,
    homes: Floats,
    relocated_persons: Floats,
) -> Floats:
    """Serve households in queue order while homes and money last; return the subsidies paid by county, CNY, (6,).

    The first household that a county's homes cannot hold, or that the money cannot pay, ends its round. `persons` (n,)
    are those of the queue, `subsidy` (6,) is CNY a person, `homes` and `relocated_persons` (6,) are moved.
    """
    asked, taken, paid = np.zeros(N_COUNTIES), np.zeros(N_COUNTIES), np.zeros(N_COUNTIES)
    spent = 0.0
    for k in range(queue.size):
        i = queue[k]
        c, w = county[hamlet[i]], weight[hamlet[i]]
        asked[c] += w
        if asked[c] > homes[c]:
            continue
        grant = subsidy[c] * persons[k]
        spent += grant * w
        if spent > funds:
            continue
        residence[i] = TOWN if uniform(destination, ids[i]) < town_share else RESETTLED
        relocation[i] = MOVED
        wealth[i] += np.float32(grant)
        taken[c] += w
        paid[c] += w * grant
        relocated_persons[c] += w * persons[k]
    for c in range(N_COUNTIES):
        homes[c] = max(homes[c] - taken[c], 0.0)
    return paid


@njit(cache=True, nogil=True)
def count_states(hamlets: Int64s, start: Int64s, stop: Int64s, ids: Ids, relocation: Int8s) -> Floats:
    """Return households that wait and that have moved, by hamlet, shape (n, 2)."""
    out = np.zeros((hamlets.size, 2))
    for k in range(hamlets.size):
        for i in range(start[hamlets[k]], stop[hamlets[k]]):
            if ids[i] != 0:
                out[k, 0] += relocation[i] == WAITING
                out[k, 1] += relocation[i] == MOVED
    return out
