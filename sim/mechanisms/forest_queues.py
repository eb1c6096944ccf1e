"""Who of those who want to let is served first: loops; `sim.mechanisms.forest_transfer` and `forest_pooling` state the
rules."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.places import N_COUNTIES
from sim.world import STORED, Bools, Float32s, Floats, Int8s, Int16s, Int32s, Int64s


@njit(cache=True, nogil=True)
def serve_blocks(
    order: Int64s,
    hamlets: Int64s,
    sizes: Floats,
    county: Int8s,
    room: Floats,
    capacity: Floats,
    most_kept: Floats,
    credit: Floats,
    waiting: Floats,
) -> Bools:
    """Serve blocks in queue order within demand and capacity; say which are served, shape (n,).

    Args:
        order: positions in `hamlets`, first come first.
        hamlets: rows of the hamlets that apply, shape (n,).
        sizes: their land, weighted mu, shape (n,).
        county: of all hamlets.
        room: mu operators want beyond what is let; a block is taken while half of it is still wanted, (6,).
        capacity: mu that the centres can pool this month, (6,).
        most_kept: unused capacity that can be kept, mu, (6,).
        credit: capacity kept or overdrawn, mu, (6,), moved.
        waiting: written: mu left in the queue, (6,).
    """
    served = np.zeros(hamlets.size, np.bool_)
    asked, before, taken = np.zeros(N_COUNTIES), np.zeros(N_COUNTIES), np.zeros(N_COUNTIES)
    for k in order:
        c, size = county[hamlets[k]], sizes[k]
        asked[c] += size
        if asked[c] - size / 2.0 < room[c]:
            if before[c] < credit[c] + capacity[c]:
                served[k] = True
                taken[c] += size
            before[c] += size
    for c in range(N_COUNTIES):
        credit[c] = min(credit[c] + capacity[c] - taken[c], most_kept[c])
        waiting[c] = asked[c] - taken[c]
    return served


@njit(cache=True, nogil=True)
def serve_storage(
    queue: Int64s,
    price: Floats,
    budget: Floats,
    funds: float,
    months: int,
    weight: Floats,
    county: Int8s,
    hamlet: Int32s,
    forest: Float32s,
    let_how: Int8s,
    forest_let: Float32s,
    lease_rent: Float32s,
    lease_left: Int16s,
    area: Floats,
) -> Floats:
    """Let the plots of households to the platform in queue order while money lasts; return its new rents by county.

    Args:
        queue: household rows, shape (n,).
        price: rent offered, CNY/mu/year, (6,).
        budget: money left for new rents this month by county, CNY, (6,).
        funds: money left in all, CNY.
        months: length of the leases.
        weight, county: of all hamlets, shape (hamlets,).
        hamlet, forest, let_how, forest_let, lease_rent, lease_left: household columns, shape (rows,); the last four
            are written.
        area: mu newly let by hamlet, added to, shape (hamlets,).
    """
    asked, paid, spent = np.zeros(N_COUNTIES), np.zeros(N_COUNTIES), 0.0
    for i in queue:
        h = hamlet[i]
        c = county[h]
        rent = weight[h] * forest[i] * price[c] / 12.0
        asked[c] += rent
        if asked[c] > budget[c]:
            continue
        spent += rent
        if spent > funds:
            continue
        paid[c] += rent
        let_how[i], forest_let[i] = STORED, forest[i]
        lease_rent[i], lease_left[i] = price[c], months
        area[h] += forest[i]
    return paid
