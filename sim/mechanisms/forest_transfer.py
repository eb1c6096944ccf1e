"""Forest-land transfer: households let land singly, in village blocks or to the storage platform, and leases
end.

Each month a household reviews its retained land with hazard `review_hazard`; it wants to let with chance P
of `forest_rules` and finds an operator with chance

    m = 1 - exp(-(demand - let) / let / match_scale)        (0 without excess demand in the county).

The lease runs an even 5 to 30 years at the rent of the day; a small part is paid up front (a capital
receipt that goes to wealth, not to income). A lease that ends is renewed with chance logistic(V / scale +
peer term + inertia), else the land returns. Who wants to let but finds no operator may let to the state-led
storage platform when he would also let at its price; the platform's rents are public cost, and its budget
binds. Blocks are the matter of `forest_pooling`.

Certification raises the certified share of a county's hamlets pro rata: each month the capacity in mu, no
more.

The starting state is drawn from the rule itself, so that the land let in January 2023 is the land whose
owners gain most from letting. With constant hazards a = review P m and d = expiry (1 - renewal) a household
is let after T months with chance

    a / (a + d) (1 - exp(-(a + d) T)).

T is solved so that the share after T months, the end of 2023, is the published one; the state
drawn is that after T - 12 months, the turn of the year. So the drift of 2023 without a reform comes from
the rule, not from a number.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.accounting import Ledger
from sim.levers import (
    FOREST_BLOCK_CAPACITY,
    FOREST_CERTIFICATION,
    FOREST_COLLECTIVE_SHARE,
    FOREST_DIVIDEND,
    FOREST_STORAGE_BUDGET,
    FOREST_STORAGE_PRICE,
    FOREST_TRANSACTION_COST,
    LeverBoard,
)
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.forest_leases import FLOW, N_SUMS, STORED_RENT, step_leases
from sim.mechanisms.forest_pooling import pool
from sim.mechanisms.forest_queues import serve_storage
from sim.mechanisms.forest_rules import (
    ForestParameters,
    county_terms,
)
from sim.mechanisms.forest_start import start
from sim.places import N_COUNTIES
from sim.randomness import Purpose, uniforms
from sim.world import POOLED, SINGLE, STORED, World

type Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def sum_land(
    sums: Floats,
    weight: Floats,
    county: NDArray[np.int8],
    orphan_forest: Floats,
    transfer_share: Floats,
    pooled_forest: Floats,
) -> Floats:
    """Write each hamlet's let share and pooled land; return weighted sums by county, orphan land held, (6, N_SUMS)."""
    out = np.zeros((N_COUNTIES, sums.shape[1]))
    for h in range(sums.shape[0]):
        let = sums[h, SINGLE] + sums[h, POOLED] + sums[h, STORED]
        transfer_share[h] = min(let / sums[h, 0], 1.0) if sums[h, 0] > 0.0 else 0.0
        pooled_forest[h] = sums[h, POOLED]
        for k in range(sums.shape[1]):
            out[county[h], k] += weight[h] * sums[h, k]
        out[county[h], 0] += weight[h] * orphan_forest[h]
    return out


def step(world: World, parameters: ForestParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Move forest leases by one month and record land let, flows and shares."""
    terms = county_terms(world, parameters, levers)
    sums = np.zeros((len(world.hamlets), N_SUMS))
    wants_storage = np.zeros(len(world.households), dtype=np.bool_)
    _step_leases(world, parameters, terms, sums, wants_storage)
    _certify(world, levers, sums[:, 0])
    _store(world, parameters, levers, ledger, wants_storage, sums)
    blocks = pool(world, parameters, levers, terms)
    sums[:, POOLED] += blocks
    sums[:, FLOW + POOLED] += blocks
    record(world, sums)


def record(world: World, sums: Floats) -> None:
    """Write hamlet shares and county land from the per-hamlet sums, shape (hamlets, N_SUMS)."""
    hamlets, counties = world.hamlets, world.counties
    totals = sum_land(
        sums, hamlets.weight, hamlets.county, hamlets.orphan_forest, hamlets.transfer_share, hamlets.pooled_forest
    )
    counties.forest_total[:] = totals[:, 0]
    counties.forest_let[:, SINGLE:] = totals[:, SINGLE:FLOW]
    counties.forest_flow[:] = totals[:, FLOW:STORED_RENT]


@njit(cache=True, nogil=True)
def certify(
    capacity: Floats,
    held: Floats,
    weight: Floats,
    county: NDArray[np.int8],
    urban: NDArray[np.int8],
    certified: Floats,
) -> None:
    """Certify land up to the month's capacity (mu by county, (6,)), pro rata to the uncertified land of its hamlets.

    `held` is land by hamlet, `certified` the share that is certified, moved.
    """
    open_land = np.zeros(N_COUNTIES)
    for h in range(held.size):
        open_land[county[h]] += weight[h] * held[h] * (1.0 - certified[h])
    for h in range(held.size):
        can, land = capacity[county[h]], open_land[county[h]]
        if urban[h] == 0 and can > 0.0:
            certified[h] += (1.0 - certified[h]) * (can / land if land > can else 1.0)


def _certify(world: World, levers: LeverBoard, held: Floats) -> None:
    capacity = levers.effective(FOREST_CERTIFICATION)
    if capacity.any():
        hamlets = world.hamlets
        certify(capacity, held, hamlets.weight, hamlets.county, hamlets.urban, hamlets.certified)


def _rule(parameters: ForestParameters) -> Floats:
    return np.array(
        [
            parameters.scale,
            parameters.peer,
            parameters.peer_reference,
            parameters.absent_loss,
            parameters.review_hazard,
            parameters.tenure_risk,
            parameters.renewal_inertia,
            parameters.shortest_lease,
            parameters.longest_lease,
            parameters.lump_share,
        ]
    )


def _step_leases(
    world: World, parameters: ForestParameters, terms: Floats, sums: Floats, wants_storage: NDArray[np.bool_]
) -> None:
    hamlets, households = world.hamlets, world.households
    world.over_hamlets(
        step_leases,
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.certified,
        hamlets.transfer_share,
        households.id,
        households.hamlet,
        households.forest,
        households.forest_let,
        households.forest_yield,
        households.farm,
        households.residence,
        households.let_how,
        households.lease_left,
        households.lease_rent,
        households.wealth,
        wants_storage,
        sums,
        terms,
        _rule(parameters),
        world.stream(Purpose.FOREST_REVIEW),
        world.stream(Purpose.FOREST_MATCH),
        world.stream(Purpose.FOREST_RENEWAL),
        world.stream(Purpose.LEASE_TERMS),
    )


def _store(
    world: World,
    parameters: ForestParameters,
    levers: LeverBoard,
    ledger: Ledger,
    wants_storage: NDArray[np.bool_],
    sums: Floats,
) -> None:
    """Let the storage platform rent what its budget covers, and book its rents of the month."""
    budget = levers.effective(FOREST_STORAGE_BUDGET)
    if not budget.any():
        return
    hamlets, households = world.hamlets, world.households
    price = levers.effective(FOREST_STORAGE_PRICE)
    cost = np.bincount(hamlets.county, hamlets.weight * sums[:, STORED_RENT], N_COUNTIES) / 12.0
    cost = np.minimum(cost, budget)
    available = max(levers.funds(FOREST_STORAGE_BUDGET), 0.0)
    cost *= min(1.0, available / max(cost.sum(), 1e-9))
    funds = available - cost.sum()
    rows = np.flatnonzero(wants_storage)
    rows = rows[np.argsort(uniforms(world.stream(Purpose.FOREST_STORAGE), households.id[rows]), kind="stable")]
    area = np.zeros(len(hamlets))
    cost += serve_storage(
        rows,
        price,
        budget - cost,
        funds,
        round(12 * parameters.shortest_lease),
        hamlets.weight,
        hamlets.county,
        households.hamlet,
        households.forest,
        households.let_how,
        households.forest_let,
        households.lease_rent,
        households.lease_left,
        area,
    )
    sums[:, STORED] += area
    sums[:, FLOW + STORED] += area
    ledger.spend(levers, FOREST_STORAGE_BUDGET, cost)


MECHANISM = Mechanism(
    name="forest_transfer",
    phase=Phase.LAND_AND_HOMES,
    meaning="households let forest land singly, in blocks or to the storage platform; leases end and renew",
    parameters=ForestParameters,
    levers=(
        FOREST_CERTIFICATION,
        FOREST_TRANSACTION_COST,
        FOREST_BLOCK_CAPACITY,
        FOREST_DIVIDEND,
        FOREST_COLLECTIVE_SHARE,
        FOREST_STORAGE_BUDGET,
        FOREST_STORAGE_PRICE,
    ),
    step=step,
    start=start,
)
