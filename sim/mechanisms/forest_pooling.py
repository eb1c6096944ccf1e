"""Village blocks: how the plots of consenting households of a hamlet become one lease.

While a service centre works, a hamlet not yet pooled is asked with a hazard that rises with what its
households know. A household consents when its lasting taste u in (0, 1) lies below

    logistic(V_pool / scale + peer (transfer share - reference)),

where V_pool holds the rent of blocks (operators pay more for land that lies together), less the
collective's share, the consortium's dividend, and neither transaction cost nor tenure risk (the collective
signs). When at least the threshold of the households with retained land consents, the hamlet applies.
Applications are served by waiting time, then draw, within the centre's capacity (mu a month; the last block
may overdraw, the debt is carried) and only while operators want more land than is let. A served block holds
the plots of those who consent at that time. The collective's share of the rent at that time stays that of the block
(`hamlets.block_share`); owners get the rest. Blocks of before 2023 have none: what collectives earn by them is in
their base income.

Where no centre works, nobody is asked, no capacity is kept and no queue is counted; hamlets keep their place in it.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.levers import FOREST_BLOCK_CAPACITY, FOREST_COLLECTIVE_SHARE, LeverBoard
from sim.mechanisms.forest_leases import FLOW, POOLED_RENT
from sim.mechanisms.forest_queues import serve_blocks
from sim.mechanisms.forest_rules import (
    BLOCK_RENT,
    DIVIDEND,
    ForestParameters,
    chance_to_let,
    lease_months,
    owners_rent,
)
from sim.randomness import Purpose, uniform
from sim.world import HOME, NOT_LET, POOLED, Bools, Float32s, Floats, Ids, Int8s, Int16s, Int64s, World


@njit(cache=True, nogil=True, error_model="numpy")
def consents(
    taste: np.uint64,
    agent: np.uint64,
    own_yield: float,
    farms: bool,
    absent: bool,
    terms: Floats,
    rent: float,
    share: float,
    rule: Floats,
) -> bool:
    """Say whether a household consents.

    `terms` is its county's row, shape (N_TERMS,), `rule` scale, peer, reference and loss, shape (4,).
    """
    return uniform(taste, agent) < chance_to_let(rent, own_yield, farms, absent, 0.0, 0.0, share, terms, rule)


@njit(cache=True, nogil=True, error_model="numpy")
def apply_for_blocks(
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    transfer_share: Floats,
    ids: Ids,
    forest: Float32s,
    own_yield: Float32s,
    farm: Int8s,
    residence: Int8s,
    let_how: Int8s,
    taste: np.uint64,
    terms: Floats,
    rents: Floats,
    rule: Floats,
    proposal: np.uint64,
    hazard: float,
    uninformed: float,
    threshold: float,
    capacity: Floats,
    hamlet_ids: Ids,
    urban: Int8s,
    pooled: Int8s,
    aware_share: Floats,
    wait: Int16s,
    weight: Floats,
    turn: np.uint64,
    rows: Int64s,
    sizes: Floats,
    keys: Floats,
) -> int:
    """Ask hamlets for blocks; write those that apply or wait, in the head of `rows`, and return how many they are.

    A hamlet that has not waited is asked by chance and applies when at least `threshold` of its households with
    retained land consent; `wait` becomes 1 for it, and 0 for one that waited and has no consenting land left.

    Counties without `capacity` are passed over. Beside `rows` come `sizes`, the weighted mu of the consenting
    households, and two rows of `keys`, months waited, with the sign turned, and a draw: by these who is to be served
    first sorts first.

    Hamlet columns, `rows` and `sizes` have shape (hamlets,), `keys` (2, hamlets), household columns (rows,), what is
    by county (6,), `terms` (6, N_TERMS), `rule` (4,).
    """
    count = 0
    for h in range(county.size):
        c = county[h]
        if capacity[c] <= 0.0:
            continue
        if wait[h] == 0:
            if urban[h] != 0 or pooled[h] != 0:
                continue
            informed = uninformed + (1.0 - uninformed) * aware_share[h]
            if uniform(proposal, hamlet_ids[h]) >= hazard * informed:
                continue
        asked, willing, area, term = 0, 0, 0.0, terms[c]
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or forest[i] <= 0.0 or let_how[i] != NOT_LET:
                continue
            asked += 1
            absent = residence[i] != HOME
            if consents(taste, ids[i], own_yield[i], farm[i] > 0, absent, term, rents[c], transfer_share[h], rule):
                willing += 1
                area += forest[i]
        if area <= 0.0:
            wait[h] = 0
        elif wait[h] > 0 or willing / asked >= threshold:
            wait[h] = max(wait[h], 1)
            rows[count], sizes[count] = h, area * weight[h]
            keys[0, count], keys[1, count] = -wait[h], uniform(turn, hamlet_ids[h])
            count += 1
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def form_blocks(
    hamlets: Int64s,
    served: Bools,
    pooled: Int8s,
    block_wait: Int16s,
    sums: Floats,
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    transfer_share: Floats,
    ids: Ids,
    forest: Float32s,
    own_yield: Float32s,
    farm: Int8s,
    residence: Int8s,
    let_how: Int8s,
    taste: np.uint64,
    terms: Floats,
    rents: Floats,
    rule: Floats,
    forest_let: Float32s,
    lease_left: Int16s,
    lease_rent: Float32s,
    lengths: np.uint64,
    kept: Floats,
    block_share: Floats,
    shortest: float,
    longest: float,
) -> None:
    """Let the plots of consenting households of served hamlets as blocks, at the rent of their county; others wait on.

    Args:
        hamlets, served: those that applied, and whether the centre serves them, shape (n,).
        pooled, block_wait: by hamlet, written: has a block, months it has waited, shape (hamlets,).
        sums: land by hamlet (hamlets, N_SUMS); what is newly let is added.
        kept, block_share: share of the rent that collectives keep now, (6,), and that of blocks, (hamlets,), written.
        Others: as in `apply_for_blocks`.
    """
    for k in range(hamlets.size):
        h = hamlets[k]
        if not served[k]:
            block_wait[h] += 1
            continue
        c = county[h]
        pooled[h], block_wait[h], block_share[h] = 1, 0, kept[c]
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or forest[i] <= 0.0 or let_how[i] != NOT_LET:
                continue
            absent = residence[i] != HOME
            if consents(taste, ids[i], own_yield[i], farm[i] > 0, absent, terms[c], rents[c], transfer_share[h], rule):
                let_how[i] = POOLED
                forest_let[i] = forest[i]
                sums[h, POOLED] += forest[i]
                sums[h, FLOW + POOLED] += forest[i]
                lease_left[i] = lease_months(lengths, ids[i], shortest, longest)
                lease_rent[i] = terms[c, BLOCK_RENT]
                sums[h, POOLED_RENT] += np.float64(forest[i]) * lease_rent[i]


def pool(world: World, parameters: ForestParameters, levers: LeverBoard, terms: Floats, sums: Floats) -> None:
    """Propose, queue and form blocks; add what is newly let to `sums`, land by hamlet, shape (hamlets, N_SUMS)."""
    hamlets, households, counties = world.hamlets, world.households, world.counties
    capacity = levers.effective(FOREST_BLOCK_CAPACITY)
    kept = np.minimum(levers.effective(FOREST_COLLECTIVE_SHARE), 1.0)
    rents = owners_rent.py_func(terms[:, BLOCK_RENT], kept, terms[:, DIVIDEND])
    rule = np.array([parameters.scale, parameters.peer, parameters.peer_reference, parameters.absent_loss])
    shared = (*_columns(world), world.lasting_stream(Purpose.FOREST_POOL_TASTE), terms, rents, rule)
    rows, sizes, keys = np.empty(len(hamlets), np.int64), np.empty(len(hamlets)), np.empty((2, len(hamlets)))
    n = apply_for_blocks(
        *shared,
        world.stream(Purpose.FOREST_POOL_PROPOSAL),
        parameters.proposal_hazard,
        parameters.uninformed_proposals,
        parameters.pool_threshold,
        capacity,
        hamlets.id,
        hamlets.urban,
        hamlets.pooled,
        hamlets.aware_share,
        hamlets.block_wait,
        hamlets.weight,
        world.stream(Purpose.FOREST_MATCH),
        rows,
        sizes,
        keys,
    )
    rows = rows[:n]
    served = serve_blocks(
        np.lexsort((keys[1, :n], keys[0, :n])),
        rows,
        sizes,
        hamlets.county,
        hamlets.urban,
        counties.forest_total,
        counties.forest_demand,
        counties.forest_let,
        capacity,
        counties.block_credit,
        counties.block_queue,
    )
    form_blocks(
        rows,
        served,
        hamlets.pooled,
        hamlets.block_wait,
        sums,
        *shared,
        households.forest_let,
        households.lease_left,
        households.lease_rent,
        world.stream(Purpose.LEASE_TERMS),
        kept,
        hamlets.block_share,
        parameters.shortest_lease,
        parameters.longest_lease,
    )


def _columns(world: World) -> tuple[NDArray[np.generic], ...]:
    hamlets, households = world.hamlets, world.households
    return (
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.transfer_share,
        households.id,
        households.forest,
        households.forest_yield,
        households.farm,
        households.residence,
        households.let_how,
    )
