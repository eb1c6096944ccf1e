"""Whom to consult next, who moves into finished homes, who still waits: loops; `sim.mechanisms.relocation` states the
rules."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from sim.places import N_COUNTIES
from sim.randomness import uniform
from sim.world import (
    CONSULTED,
    LEAVING,
    MOVED,
    MOVED_WHOLE,
    RESETTLED,
    STAYING,
    TOWN,
    WAITING,
    Float32s,
    Floats,
    Ids,
    Int8s,
    Int32s,
    Int64s,
)

_BAND_MINUTES = 10.0


@njit(cache=True, nogil=True)
def is_moving(state: int) -> bool:
    """Say whether households of a hamlet in this relocation state may be about to move."""
    return state in (CONSULTED, LEAVING)


@njit(cache=True, nogil=True)
def urgency(
    where: int,
    state: np.uint64,
    ids: Ids,
    county: Int8s,
    eligible: Int8s,
    relocation: Int8s,
    hazard: Int8s,
    minutes: Floats,
) -> tuple[Int64s, Floats, Floats, Floats]:
    """Return the hamlets of county `where` still to be consulted, and three keys by which the most urgent sorts first.

    The keys are recorded hazard, travel time in ten-minute bands, both with the sign turned, and a draw.
    Hamlet columns have shape (hamlets,), what is returned (n,).
    """
    rows, keys, count = np.empty(ids.size, np.int64), np.empty((3, ids.size)), 0
    for h in range(ids.size):
        if county[h] == where and eligible[h] == 1 and relocation[h] == STAYING:
            rows[count] = h
            keys[0, count], keys[1, count] = -hazard[h], -math.floor(minutes[h] / _BAND_MINUTES)
            keys[2, count] = uniform(state, ids[h])
            count += 1
    return rows[:count], keys[0, :count], keys[1, :count], keys[2, :count]


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
def close_hamlets(
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    weight: Floats,
    state: Int8s,
    ids: Ids,
    relocation: Int8s,
    queue: Floats,
    relocated_hamlets: Floats,
) -> None:
    """Count households that wait, by county into `queue` (6,), and note hamlets that leave and have nobody left to
    wait in `state` and `relocated_hamlets` (6,)."""
    queue[:] = 0.0
    for h in range(state.size):
        if not is_moving(state[h]):
            continue
        waiting = 0
        for i in range(start[h], stop[h]):
            waiting += ids[i] != 0 and relocation[i] == WAITING
        queue[county[h]] += weight[h] * waiting
        if state[h] == LEAVING and waiting == 0:
            state[h] = MOVED_WHOLE
            relocated_hamlets[county[h]] += weight[h]
