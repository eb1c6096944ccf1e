"""Who is prepared, who moves into finished homes, who waits: loops; `sim.mechanisms.relocation` states the rules."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from sim.mechanisms.inner import inner
from sim.places import N_COUNTIES
from sim.randomness import uniform
from sim.world import (
    CONSULTED,
    HOME,
    LEAVING,
    MOVED,
    MOVED_WHOLE,
    NOT_ASKED,
    RESETTLED,
    TOWN,
    WAITING,
    Bools,
    Float32s,
    Floats,
    Ids,
    Int8s,
    Int16s,
    Int32s,
    Int64s,
)

_LONGEST_WAIT = 30_000
"""Months after which an application is no older, within the size of its column."""


@inner
def is_moving(state: int) -> bool:
    """Say whether households of a hamlet in this relocation state may be about to move."""
    return state in (CONSULTED, LEAVING)


@njit(cache=True, nogil=True)
def preparation_months(state: np.uint64, agent: np.uint64, hazard: float) -> float:
    """Return the months a household prepares: geometric with a constant monthly hazard, at least one."""
    if hazard >= 1.0:
        return 1.0
    return math.ceil(math.log(uniform(state, agent)) / math.log(1.0 - hazard))


@njit(cache=True, nogil=True)
def wait_and_prepare(
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    state: Int8s,
    hamlet_ids: Ids,
    ids: Ids,
    residence: Int8s,
    relocation: Int8s,
    wait: Int16s,
    served: Bools,
    preparation: np.uint64,
    hazard: float,
    turn: np.uint64,
) -> tuple[Int64s, Floats]:
    """Age applications by a month; return the rows of prepared households, and two keys by which the first sorts first.

    A hamlet that leaves as a whole prepares together; households formed since its consultation go with it. Only those
    of counties that are `served` (6,) are returned. The keys are the months waited, with the sign turned, and a draw.
    Hamlet columns have shape (hamlets,), household columns (rows,), the rows returned (n,), the keys (2, n).
    """
    most = 0
    for h in range(state.size):
        if is_moving(state[h]):
            most += stop[h] - start[h]
    ready, keys, count = np.empty(most, np.int64), np.empty((2, most)), 0
    for h in range(state.size):
        if not is_moving(state[h]):
            continue
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or residence[i] != HOME:
                continue
            if state[h] == LEAVING and relocation[i] == NOT_ASKED:
                relocation[i] = WAITING
            if relocation[i] != WAITING:
                continue
            wait[i] = min(wait[i] + 1, _LONGEST_WAIT)
            who = hamlet_ids[h] if state[h] == LEAVING else ids[i]
            if served[county[h]] and wait[i] >= preparation_months(preparation, who, hazard):
                ready[count], keys[0, count], keys[1, count] = i, -wait[i], uniform(turn, ids[i])
                count += 1
    return ready[:count], keys[:, :count]


@njit(cache=True, nogil=True)
def move_in(
    queue: Int64s,
    members: Any,
    destination: np.uint64,
    town_share: float,
    subsidy: Floats,
    funds: float,
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    weight: Floats,
    state: Int8s,
    ids: Ids,
    hamlet: Int32s,
    residence: Int8s,
    relocation: Int8s,
    wealth: Float32s,
    homes: Floats,
    relocated_persons: Floats,
    relocated_hamlets: Floats,
    waiting: Floats,
) -> Floats:
    """Serve households in queue order while homes and money last; return the subsidies paid by county, CNY, (6,).

    The first household that a county's homes cannot hold, or that the money cannot pay, ends its round. Who waits on is
    counted in `waiting` (6,); hamlets that leave and have nobody left to wait have moved.

    Args:
        queue: rows of the households, shape (n,).
        members: columns of registered persons, as the other household columns of shape (rows,).
        subsidy, funds: CNY a person, (6,), and CNY in all.
        start, stop, county, weight, state: hamlet columns, (hamlets,); the relocation `state` is moved.
        homes, relocated_persons, relocated_hamlets: moved, (6,).
    """
    asked, taken, paid = np.zeros(N_COUNTIES), np.zeros(N_COUNTIES), np.zeros(N_COUNTIES)
    spent = 0.0
    for i in queue:
        c, w = county[hamlet[i]], weight[hamlet[i]]
        asked[c] += w
        if asked[c] > homes[c]:
            continue
        persons = 0
        for column in members:
            persons += column[i]
        grant = subsidy[c] * persons
        spent += grant * w
        if spent > funds:
            continue
        residence[i] = TOWN if uniform(destination, ids[i]) < town_share else RESETTLED
        relocation[i] = MOVED
        wealth[i] += np.float32(grant)
        taken[c] += w
        paid[c] += w * grant
        relocated_persons[c] += w * persons
    for c in range(N_COUNTIES):
        homes[c] = max(homes[c] - taken[c], 0.0)
    _close_hamlets(start, stop, county, weight, state, ids, relocation, waiting, relocated_hamlets)
    return paid


@inner
def _close_hamlets(
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
