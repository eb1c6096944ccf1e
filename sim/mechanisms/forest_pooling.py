"""Village blocks: how the plots of consenting households of a hamlet become one lease.

While a service centre works, a hamlet not yet pooled is asked with a hazard that rises with what its
households know. A household consents when its lasting taste u in (0, 1) lies below

    logistic(V_pool / scale + peer (transfer share - reference)),

where V_pool holds the rent of blocks (operators pay more for land that lies together), less the
collective's share, the consortium's dividend, and neither transaction cost nor tenure risk (the collective
signs). When at least the threshold of the households with retained land consents, the hamlet applies.
Applications are served by waiting time, then draw, within the centre's capacity (mu a month; the last block
may overdraw, the debt is carried) and only while operators want more land than is let. A served block holds
the plots of those who consent at that time.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.levers import FOREST_BLOCK_CAPACITY, FOREST_COLLECTIVE_SHARE, FOREST_DIVIDEND, LeverBoard
from sim.mechanisms.forest_queues import serve_blocks
from sim.mechanisms.forest_rules import (
    RENT,
    ForestParameters,
    chance_to_let,
    lease_months,
)
from sim.places import N_COUNTIES
from sim.randomness import Purpose, uniform, uniforms
from sim.world import HOME, NOT_LET, POOLED, World

type Floats = NDArray[np.float64]
type Rows = NDArray[np.int64]
type Bools = NDArray[np.bool_]


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def apply_for_blocks(
    start: Rows,
    stop: Rows,
    county: NDArray[np.int8],
    transfer_share: Floats,
    ids: NDArray[np.uint64],
    forest: NDArray[np.float32],
    own_yield: NDArray[np.float32],
    farm: NDArray[np.int8],
    residence: NDArray[np.int8],
    let_how: NDArray[np.int8],
    taste: np.uint64,
    terms: Floats,
    rents: Floats,
    rule: Floats,
    proposal: np.uint64,
    hazard: float,
    uninformed: float,
    threshold: float,
    capacity: Floats,
    hamlet_ids: NDArray[np.uint64],
    urban: NDArray[np.int8],
    pooled: NDArray[np.int8],
    aware_share: Floats,
    wait: NDArray[np.int16],
) -> tuple[Rows, Floats]:
    """Ask hamlets for blocks; return those that apply or wait, and the mu of their consenting households.

    A hamlet that has not waited is asked by chance and applies when at least `threshold` of its households with
    retained land consent; `wait` becomes 1 for it, and 0 for one that waited and has no consenting land left.

    Hamlet columns have shape (hamlets,), household columns (rows,), what is by county (6,), `terms` (6, N_TERMS),
    `rule` (4,), what is returned (n,).
    """
    rows, sizes, count = np.empty(county.size, np.int64), np.empty(county.size), 0
    for h in range(county.size):
        c = county[h]
        if wait[h] == 0:
            if urban[h] != 0 or pooled[h] != 0 or capacity[c] <= 0.0:
                continue
            informed = uninformed + (1.0 - uninformed) * aware_share[h]
            if uniform(proposal, hamlet_ids[h]) >= hazard * informed:
                continue
        asked, willing, area = 0, 0, 0.0
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or forest[i] <= 0.0 or let_how[i] != NOT_LET:
                continue
            asked += 1
            absent = residence[i] != HOME
            if consents(taste, ids[i], own_yield[i], farm[i] > 0, absent, terms[c], rents[c], transfer_share[h], rule):
                willing += 1
                area += forest[i]
        if area <= 0.0:
            wait[h] = 0
        elif wait[h] > 0 or willing / asked >= threshold:
            wait[h] = max(wait[h], 1)
            rows[count], sizes[count] = h, area
            count += 1
    return rows[:count], sizes[:count]


@njit(cache=True, nogil=True)
def form_blocks(
    hamlets: Rows,
    served: Bools,
    pooled: NDArray[np.int8],
    block_wait: NDArray[np.int16],
    area: Floats,
    start: Rows,
    stop: Rows,
    county: NDArray[np.int8],
    transfer_share: Floats,
    ids: NDArray[np.uint64],
    forest: NDArray[np.float32],
    own_yield: NDArray[np.float32],
    farm: NDArray[np.int8],
    residence: NDArray[np.int8],
    let_how: NDArray[np.int8],
    taste: np.uint64,
    terms: Floats,
    rents: Floats,
    rule: Floats,
    forest_let: NDArray[np.float32],
    lease_left: NDArray[np.int16],
    lease_rent: NDArray[np.float32],
    lengths: np.uint64,
    paid: Floats,
    shortest: float,
    longest: float,
) -> None:
    """Let the plots of consenting households of served hamlets as blocks, at the rent `paid` by county; others wait on.

    Args:
        hamlets, served: those that applied, and whether the centre serves them, shape (n,).
        pooled, block_wait, area: by hamlet, written: has a block, months it has waited, mu let in it this month;
            shape (hamlets,).
        Others: as in `apply_for_blocks`.
    """
    for k in range(hamlets.size):
        h = hamlets[k]
        if not served[k]:
            block_wait[h] += 1
            continue
        pooled[h], block_wait[h] = 1, 0
        c = county[h]
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or forest[i] <= 0.0 or let_how[i] != NOT_LET:
                continue
            absent = residence[i] != HOME
            if consents(taste, ids[i], own_yield[i], farm[i] > 0, absent, terms[c], rents[c], transfer_share[h], rule):
                let_how[i] = POOLED
                forest_let[i] = forest[i]
                area[h] += forest[i]
                lease_left[i] = lease_months(lengths, ids[i], shortest, longest)
                lease_rent[i] = paid[c]


def pool(world: World, parameters: ForestParameters, levers: LeverBoard, terms: Floats) -> Floats:
    """Propose, queue and form blocks; return the mu newly let in blocks by hamlet, shape (hamlets,)."""
    hamlets, counties = world.hamlets, world.counties
    area = np.zeros(len(hamlets))
    capacity = levers.effective(FOREST_BLOCK_CAPACITY)
    counties.block_queue[:] = 0.0
    if not capacity.any():
        counties.block_credit[:] = 0.0
        return area
    kept = 1.0 - levers.effective(FOREST_COLLECTIVE_SHARE)
    paid = terms[:, RENT] * (1.0 + parameters.block_premium) * kept
    rents = paid + levers.effective(FOREST_DIVIDEND)
    rule = np.array([parameters.scale, parameters.peer, parameters.peer_reference, parameters.absent_loss])
    taste = world.lasting_stream(Purpose.FOREST_POOL_TASTE)
    columns = _columns(world)
    rows, sizes = apply_for_blocks(
        *columns,
        taste,
        terms,
        rents,
        rule,
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
    )
    form_blocks(
        rows,
        _serve(world, rows, sizes * hamlets.weight[rows], capacity),
        hamlets.pooled,
        hamlets.block_wait,
        area,
        *columns,
        taste,
        terms,
        rents,
        rule,
        world.households.forest_let,
        world.households.lease_left,
        world.households.lease_rent,
        world.stream(Purpose.LEASE_TERMS),
        paid,
        parameters.shortest_lease,
        parameters.longest_lease,
    )
    return area


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


def _serve(world: World, rows: Rows, sizes: Floats, capacity: Floats) -> Bools:
    """Serve each county's queue within capacity and demand; `sizes` in weighted mu; record what is left."""
    hamlets, counties = world.hamlets, world.counties
    draws = uniforms(world.stream(Purpose.FOREST_MATCH), hamlets.id[rows])
    return serve_blocks(
        np.lexsort((draws, -hamlets.block_wait[rows])),
        rows,
        sizes,
        hamlets.county,
        counties.forest_demand - counties.forest_let[:, 1:].sum(axis=1),
        capacity,
        _land_of_a_hamlet(world),
        counties.block_credit,
        counties.block_queue,
    )


def _land_of_a_hamlet(world: World) -> Floats:
    """Return the weighted transferable land of a mean rural hamlet by county, mu, shape (6,).

    Capacity left over is kept up to one hamlet, as a debt of one block is possible: else a sample of few
    heavy hamlets would lose more capacity than the full city.
    """
    hamlets = world.hamlets
    rural = np.bincount(hamlets.county, hamlets.urban == 0, N_COUNTIES)
    return world.counties.forest_total / np.maximum(rural, 1.0)
