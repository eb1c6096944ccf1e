"""What hamlets and counties note of the land their households let."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.mechanisms.forest_leases import FLOW, N_SUMS, POOLED_RENT, add_land
from sim.places import N_COUNTIES
from sim.world import N_LEASE_CHANNELS, NOT_LET, POOLED, SINGLE, STORED, Float32s, Floats, Int8s, Int64s, World


def sum_land(world: World) -> Floats:
    """Return the land of each hamlet, held and by channel, in mu, the other sums zero, shape (hamlets, N_SUMS)."""
    hamlets, households = world.hamlets, world.households
    sums = np.zeros((len(hamlets), N_SUMS))
    _sum_land(hamlets.start, hamlets.stop, households.forest, households.let_how, sums)
    return sums


@njit(cache=True, nogil=True)
def _sum_land(start: Int64s, stop: Int64s, forest: Float32s, let_how: Int8s, sums: Floats) -> None:
    for h in range(start.size):
        add_land(start[h], stop[h], forest, let_how, sums[h])


def record_land(world: World, sums: Floats) -> None:
    """Write land let and newly let, and shares, from `sums`, shape (hamlets, N_SUMS)."""
    hamlets, counties = world.hamlets, world.counties
    _write_land(
        sums,
        hamlets.weight,
        hamlets.county,
        hamlets.orphan_forest,
        hamlets.block_share,
        hamlets.transfer_share,
        hamlets.pooled_forest,
        hamlets.collective_rent,
        counties.forest_total,
        counties.forest_let,
        counties.forest_flow,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _write_land(
    sums: Floats,
    weight: Floats,
    county: Int8s,
    orphan_forest: Floats,
    block_share: Floats,
    transfer_share: Floats,
    pooled_forest: Floats,
    collective_rent: Floats,
    held: Floats,
    let: Floats,
    flow: Floats,
) -> None:
    """Write what is let and pooled by hamlet and what its collective keeps of the rent, CNY/year; and by county land
    held, orphan land included, let and newly let.

    `sums` has shape (hamlets, N_SUMS), `held` (6,), `let` and `flow` (6, N_LEASE_CHANNELS).
    """
    for c in range(N_COUNTIES):
        held[c] = 0.0
        for channel in range(N_LEASE_CHANNELS):
            let[c, channel] = flow[c, channel] = 0.0
    for h in range(sums.shape[0]):
        c, w = county[h], weight[h]
        share = sums[h, SINGLE] + sums[h, POOLED] + sums[h, STORED]
        transfer_share[h] = min(share / sums[h, 0], 1.0) if sums[h, 0] > 0.0 else 0.0
        pooled_forest[h] = sums[h, POOLED]
        collective_rent[h] = block_share[h] * sums[h, POOLED_RENT]
        held[c] += w * sums[h, 0]
        held[c] += w * orphan_forest[h]
        for channel in range(N_LEASE_CHANNELS):
            flow[c, channel] += w * sums[h, FLOW + channel]
            if channel != NOT_LET:
                let[c, channel] += w * sums[h, channel]
