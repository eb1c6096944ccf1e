"""Who of those who want to let is served first: loops; `sim.mechanisms.forest_transfer` and `forest_pooling` state the
rules."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.mechanisms.forest_leases import FLOW, STORED_RENT
from sim.mechanisms.inner import inner
from sim.places import N_COUNTIES
from sim.world import (
    POOLED,
    SINGLE,
    STORED,
    Bools,
    Float32s,
    Floats,
    Int8s,
    Int16s,
    Int32s,
    Int64s,
)


@njit(cache=True, nogil=True, error_model="numpy")
def serve_blocks(
    order: Int64s,
    hamlets: Int64s,
    sizes: Floats,
    county: Int8s,
    urban: Int8s,
    held: Floats,
    demand: Floats,
    let: Floats,
    capacity: Floats,
    credit: Floats,
    waiting: Floats,
) -> Bools:
    """Serve blocks in queue order within demand and capacity; say which are served, shape (n,).

    A block is taken while half of it is still wanted. Capacity left over is kept up to the land of a mean rural hamlet
    of the county, as a debt of one block is possible: else a sample of few heavy hamlets would lose more capacity than
    the full city. Where there is no capacity, none is kept and no debt either.

    Args:
        order: positions in `hamlets`, first come first.
        hamlets: rows of the hamlets that apply, shape (n,).
        sizes: their land, weighted mu, shape (n,).
        county, urban: of all hamlets.
        held, demand: transferable land and land that operators want by county, mu, (6,).
        let: mu let by county and channel, (6, N_LEASE_CHANNELS).
        capacity: mu that the centres can pool this month, (6,).
        credit: capacity kept or overdrawn, mu, (6,), moved.
        waiting: written: mu left in the queue, (6,).
    """
    served = np.zeros(hamlets.size, np.bool_)
    asked, before, taken, rural = np.zeros((4, N_COUNTIES))
    for k in order:
        c, size = county[hamlets[k]], sizes[k]
        asked[c] += size
        room = demand[c] - (let[c, SINGLE] + let[c, POOLED] + let[c, STORED])
        if asked[c] - size / 2.0 < room:
            if before[c] < credit[c] + capacity[c]:
                served[k] = True
                taken[c] += size
            before[c] += size
    for h in range(county.size):
        rural[county[h]] += urban[h] == 0
    for c in range(N_COUNTIES):
        left = min(credit[c] + capacity[c] - taken[c], held[c] / max(rural[c], 1.0))
        credit[c] = left if capacity[c] > 0.0 else 0.0
        waiting[c] = asked[c] - taken[c]
    return served


@njit(cache=True, nogil=True, error_model="numpy")
def serve_storage(
    queue: Int64s,
    price: Floats,
    budget: Floats,
    funds: float,
    months: int,
    start: Int64s,
    stop: Int64s,
    weight: Floats,
    county: Int8s,
    hamlet: Int32s,
    forest: Float32s,
    let_how: Int8s,
    forest_let: Float32s,
    lease_rent: Float32s,
    lease_left: Int16s,
    sums: Floats,
    part_paid: Floats,
) -> Floats:
    """Pay the platform's rents, let plots to it in queue order while money lasts; return what it pays by county, CNY.

    Running leases are paid first, all by the same part of what is agreed if a county's money does not suffice: then
    they end with the month.

    Args:
        queue: household rows, shape (n,).
        price: rent offered, CNY/mu/year, (6,).
        budget: money for rents this month by county, CNY, (6,).
        funds: money left in all, CNY.
        months: length of the leases.
        start, stop, weight, county: of all hamlets, shape (hamlets,).
        hamlet, forest, let_how, forest_let, lease_rent, lease_left: household columns, shape (rows,); the last four
            are written.
        sums: land and rents by hamlet (hamlets, N_SUMS); what is newly let is added.
        part_paid: written: part of the rent agreed in running leases that is paid, ratio, (6,), 1 where none runs.
    """
    due, paid, room, asked = np.zeros((4, N_COUNTIES))
    covered = spent = 0.0
    for h in range(county.size):
        due[county[h]] += weight[h] * sums[h, STORED_RENT] / 12.0
    for c in range(N_COUNTIES):
        covered += min(due[c], budget[c])
    part = min(1.0, funds / covered) if covered > 0.0 else 1.0
    for c in range(N_COUNTIES):
        paid[c] = part * min(due[c], budget[c])
        part_paid[c] = paid[c] / due[c] if due[c] > 0.0 else 1.0
        room[c] = budget[c] - paid[c]
    funds -= covered * part
    for i in queue:
        h = hamlet[i]
        c = county[h]
        rent = weight[h] * forest[i] * np.float32(price[c]) / 12.0
        asked[c] += rent
        if asked[c] > room[c]:
            continue
        spent += rent
        if spent > funds:
            continue
        paid[c] += rent
        let_how[i], forest_let[i] = STORED, forest[i]
        lease_rent[i], lease_left[i] = price[c], months
        sums[h, STORED] += forest[i]
        sums[h, FLOW + STORED] += forest[i]
    for h in range(county.size):
        if part_paid[county[h]] < 1.0 and sums[h, STORED] > 0.0:
            _end_stored(start[h], stop[h], let_how, lease_left)
    return paid


@inner
def _end_stored(first: int, last: int, let_how: Int8s, lease_left: Int16s) -> None:
    """Let the leases to the platform of the households [first, last) end with the month."""
    for i in range(first, last):
        if let_how[i] == STORED:
            lease_left[i] = 1
