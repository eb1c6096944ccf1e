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

from sim.levers import FOREST_BLOCK_CAPACITY, LeverBoard
from sim.mechanisms.forest_leases import FLOW, POOLED_RENT
from sim.mechanisms.forest_queues import serve_blocks
from sim.mechanisms.forest_rules import (
    BLOCK_RENT,
    KEPT,
    OWNERS_RENT,
    ForestParameters,
    chance_to_let,
    lease_months,
)
from sim.randomness import Purpose, uniform
from sim.world import HOME, NOT_LET, POOLED, Float32s, Floats, Ids, Int8s, Int16s, Int64s, World


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

    `terms` is its county's row, shape (N_TERMS,), `rule` begins with scale, peer, reference and loss.
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
    by county (6,), `terms` (6, N_TERMS); `rule` begins as that of `chance_to_let`.
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
            farms, absent, rent = farm[i] > 0, residence[i] != HOME, term[OWNERS_RENT]
            if consents(taste, ids[i], own_yield[i], farms, absent, term, rent, transfer_share[h], rule):
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
    rule: Floats,
    rows: Int64s,
    sizes: Floats,
    order: Int64s,
    urban: Int8s,
    held: Floats,
    demand: Floats,
    let: Floats,
    capacity: Floats,
    credit: Floats,
    queue: Floats,
    pooled: Int8s,
    block_wait: Int16s,
    block_share: Floats,
    sums: Floats,
    forest_let: Float32s,
    lease_left: Int16s,
    lease_rent: Float32s,
    lengths: np.uint64,
    shortest: float,
    longest: float,
) -> None:
    """Let the plots of consenting households of served hamlets as blocks, at the rent of their county; others wait on.

    Args:
        rows, sizes: hamlets that apply, and their weighted mu, at the head of arrays of shape (hamlets,).
        order: positions of those that apply, first come first, shape (n,).
        held, demand, capacity, credit, queue: as in `serve_blocks`, (6,); the last two are moved.
        let: as there, (6, N_LEASE_CHANNELS).
        start, stop, county, transfer_share, urban: hamlet columns, (hamlets,).
        pooled, block_wait, block_share: the same, (hamlets,), written: has a block, months it has waited, what the
            collective keeps of its rent.
        sums: land by hamlet (hamlets, N_SUMS); what is newly let is added.
        forest_let, lease_left, lease_rent, let_how: household columns, written, as the others of shape (rows,).
        terms, rule: as in `apply_for_blocks`, (6, N_TERMS) and (n,).
    """
    served = serve_blocks(order, rows, sizes, county, urban, held, demand, let, capacity, credit, queue)
    for k in range(order.size):
        h = rows[k]
        if not served[k]:
            block_wait[h] += 1
            continue
        term = terms[county[h]]
        pooled[h], block_wait[h], block_share[h] = 1, 0, term[KEPT]
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or forest[i] <= 0.0 or let_how[i] != NOT_LET:
                continue
            farms, absent, rent = farm[i] > 0, residence[i] != HOME, term[OWNERS_RENT]
            if consents(taste, ids[i], own_yield[i], farms, absent, term, rent, transfer_share[h], rule):
                let_how[i] = POOLED
                forest_let[i] = forest[i]
                sums[h, POOLED] += forest[i]
                sums[h, FLOW + POOLED] += forest[i]
                lease_left[i] = lease_months(lengths, ids[i], shortest, longest)
                lease_rent[i] = term[BLOCK_RENT]
                sums[h, POOLED_RENT] += np.float64(forest[i]) * lease_rent[i]


def pool(
    world: World, parameters: ForestParameters, levers: LeverBoard, terms: Floats, rule: Floats, sums: Floats
) -> None:
    """Propose, queue and form blocks; add what is newly let to `sums`, land by hamlet, shape (hamlets, N_SUMS).

    `terms` has shape (6, N_TERMS), `rule` begins as that of `chance_to_let`.
    """
    hamlets, households, counties = world.hamlets, world.households, world.counties
    capacity = levers.effective(FOREST_BLOCK_CAPACITY)
    if not capacity.any():
        counties.block_credit[:], counties.block_queue[:] = 0.0, 0.0
        return
    columns = (*_columns(world), world.lasting_stream(Purpose.FOREST_POOL_TASTE), terms, rule)
    rows, sizes, keys = np.empty(len(hamlets), np.int64), np.empty(len(hamlets)), np.empty((2, len(hamlets)))
    n = apply_for_blocks(
        *columns,
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
    form_blocks(
        *columns,
        rows,
        sizes,
        np.lexsort((keys[1, :n], keys[0, :n])),
        hamlets.urban,
        counties.forest_total,
        counties.forest_demand,
        counties.forest_let,
        capacity,
        counties.block_credit,
        counties.block_queue,
        hamlets.pooled,
        hamlets.block_wait,
        hamlets.block_share,
        sums,
        households.forest_let,
        households.lease_left,
        households.lease_rent,
        world.stream(Purpose.LEASE_TERMS),
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
