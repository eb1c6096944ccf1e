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
    FREED,
    RENT,
    YIELD_FACTOR,
    ForestParameters,
    lease_months,
    letting_chance,
    value_of_letting,
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
    """Say whether a household consents; `terms` is its county's row, `rule` scale, peer, reference, loss."""
    own = own_yield * terms[YIELD_FACTOR] * (1.0 - rule[3] if absent else 1.0)
    freed = terms[FREED] if farms else 0.0
    value = value_of_letting(rent, own, freed, 0.0, 0.0)
    return uniform(taste, agent) < letting_chance(value, rule[0], rule[1], share, rule[2])


@njit(cache=True, nogil=True)
def survey(
    hamlets: Rows,
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
) -> Floats:
    """Ask the households of some hamlets; return consenting share and consenting mu, shape (n, 2)."""
    out = np.zeros((hamlets.size, 2))
    for k in range(hamlets.size):
        h = hamlets[k]
        c = county[h]
        asked = 0
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or forest[i] <= 0.0 or let_how[i] != NOT_LET:
                continue
            asked += 1
            absent = residence[i] != HOME
            if consents(taste, ids[i], own_yield[i], farm[i] > 0, absent, terms[c], rents[c], transfer_share[h], rule):
                out[k, 0] += 1.0
                out[k, 1] += forest[i]
        if asked > 0:
            out[k, 0] /= asked
    return out


@njit(cache=True, nogil=True)
def form_blocks(
    hamlets: Rows,
    start: Rows,
    stop: Rows,
    county: NDArray[np.int8],
    transfer_share: Floats,
    ids: NDArray[np.uint64],
    forest: NDArray[np.float32],
    forest_let: NDArray[np.float32],
    own_yield: NDArray[np.float32],
    farm: NDArray[np.int8],
    residence: NDArray[np.int8],
    let_how: NDArray[np.int8],
    lease_left: NDArray[np.int16],
    lease_rent: NDArray[np.float32],
    taste: np.uint64,
    lengths: np.uint64,
    terms: Floats,
    rents: Floats,
    paid: Floats,
    rule: Floats,
    shortest: float,
    longest: float,
) -> None:
    """Let the plots of consenting households of some hamlets as blocks, at the rent `paid` by county."""
    for h in hamlets:
        c = county[h]
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or forest[i] <= 0.0 or let_how[i] != NOT_LET:
                continue
            absent = residence[i] != HOME
            if consents(taste, ids[i], own_yield[i], farm[i] > 0, absent, terms[c], rents[c], transfer_share[h], rule):
                let_how[i] = POOLED
                forest_let[i] = forest[i]
                lease_left[i] = lease_months(lengths, ids[i], shortest, longest)
                lease_rent[i] = paid[c]


def proposed(world: World, parameters: ForestParameters, capacity: Floats) -> Bools:
    """Say which hamlets are asked for a block this month, shape (hamlets,)."""
    hamlets = world.hamlets
    informed = parameters.uninformed_proposals + (1.0 - parameters.uninformed_proposals) * hamlets.aware_share
    draws = uniforms(world.stream(Purpose.FOREST_POOL_PROPOSAL), hamlets.id)
    open_to = (hamlets.urban == 0) & (hamlets.pooled == 0) & (hamlets.block_wait == 0) & (capacity > 0)[hamlets.county]
    return np.asarray(open_to & (draws < parameters.proposal_hazard * informed))


def pool(world: World, parameters: ForestParameters, levers: LeverBoard, terms: Floats) -> Floats:
    """Propose, queue and form blocks; return the mu newly let in blocks by hamlet, shape (hamlets,)."""
    hamlets, counties = world.hamlets, world.counties
    area = np.zeros(len(hamlets))
    capacity = levers.effective(FOREST_BLOCK_CAPACITY)
    counties.block_queue[:] = 0.0
    if not capacity.any():
        counties.block_credit[:] = 0.0
        return area
    asked = proposed(world, parameters, capacity)
    rows = np.flatnonzero(asked | (hamlets.block_wait > 0))
    kept = 1.0 - levers.effective(FOREST_COLLECTIVE_SHARE)
    paid = terms[:, RENT] * (1.0 + parameters.block_premium) * kept
    rents = paid + levers.effective(FOREST_DIVIDEND)
    rule = np.array([parameters.scale, parameters.peer, parameters.peer_reference, parameters.absent_loss])
    found = survey(rows, *_columns(world), world.lasting_stream(Purpose.FOREST_POOL_TASTE), terms, rents, rule)
    applies = asked[rows] & (found[:, 0] >= parameters.pool_threshold)
    hamlets.block_wait[rows[applies]] = 1
    waiting = (hamlets.block_wait[rows] > 0) & (found[:, 1] > 0)
    hamlets.block_wait[rows[~waiting]] = 0
    rows, sizes = rows[waiting], found[waiting, 1]
    served = _serve(world, rows, sizes * hamlets.weight[rows], capacity)
    _form(world, parameters, rows[served], terms, rents, paid, rule)
    hamlets.pooled[rows[served]] = 1
    hamlets.block_wait[rows[served]] = 0
    hamlets.block_wait[rows[~served]] += 1
    area[rows[served]] = sizes[served]
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


def _form(
    world: World,
    parameters: ForestParameters,
    rows: Rows,
    terms: Floats,
    rents: Floats,
    paid: Floats,
    rule: Floats,
) -> None:
    hamlets, households = world.hamlets, world.households
    form_blocks(
        rows,
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.transfer_share,
        households.id,
        households.forest,
        households.forest_let,
        households.forest_yield,
        households.farm,
        households.residence,
        households.let_how,
        households.lease_left,
        households.lease_rent,
        world.lasting_stream(Purpose.FOREST_POOL_TASTE),
        world.stream(Purpose.LEASE_TERMS),
        terms,
        rents,
        paid,
        rule,
        parameters.shortest_lease,
        parameters.longest_lease,
    )
