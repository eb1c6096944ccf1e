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
from sim.mechanisms.forest_pooling import pool
from sim.mechanisms.forest_queues import serve_storage
from sim.mechanisms.forest_rules import (
    COST,
    FREED,
    MATCH,
    RENT,
    STORE,
    YIELD_FACTOR,
    ForestParameters,
    county_terms,
    lease_months,
    letting_chance,
    value_of_letting,
)
from sim.mechanisms.forest_start import start
from sim.places import N_COUNTIES
from sim.randomness import Purpose, uniform, uniform_of, uniforms
from sim.world import HOME, N_LEASE_CHANNELS, NOT_LET, POOLED, SINGLE, STORED, World

type Floats = NDArray[np.float64]

N_SUMS = 2 * N_LEASE_CHANNELS + 1
"""Per hamlet: mu held (0), let by channel (1-3), renewed (4), newly let by channel (5-7); yearly rent of
stored land in CNY (8)."""
_FLOW, _STORED_RENT = N_LEASE_CHANNELS, 2 * N_LEASE_CHANNELS


@njit(cache=True, nogil=True)
def chance_to_let(
    rent: float,
    own_yield: float,
    farms: bool,
    absent: bool,
    cost: float,
    tenure_risk: float,
    share: float,
    terms: Floats,
    rule: Floats,
) -> float:
    """Return the chance that a reviewing household wants to let at `rent`; `terms` is its county's row."""
    own = own_yield * terms[YIELD_FACTOR] * (1.0 - rule[3] if absent else 1.0)
    value = value_of_letting(rent, own, terms[FREED] if farms else 0.0, cost, tenure_risk)
    return letting_chance(value, rule[0], rule[1], share, rule[2])


@njit(cache=True, nogil=True)
def step_leases(
    first: int,
    last: int,
    start: NDArray[np.int64],
    stop: NDArray[np.int64],
    county: NDArray[np.int8],
    certified: Floats,
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
    wealth: NDArray[np.float32],
    wants_storage: NDArray[np.bool_],
    sums: Floats,
    terms: Floats,
    rule: Floats,
    review: np.uint64,
    match: np.uint64,
    renewal: np.uint64,
    lengths: np.uint64,
) -> None:
    """Let single plots, end and renew leases of hamlets [first, last), mark who would let to the platform.

    `rule` holds scale, peer, reference, absent loss, review hazard, tenure risk, inertia, shortest lease,
    longest lease, lump share; `sums` has shape (hamlets, N_SUMS).
    """
    hazard, risk, inertia, shortest, longest, lump = rule[4], rule[5], rule[6], rule[7], rule[8], rule[9]
    for h in range(first, last):
        c, share = county[h], transfer_share[h]
        fear = risk * (1.0 - certified[h])
        sums[h, :] = 0.0
        held = 0.0
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or forest[i] <= 0.0:
                continue
            land = np.float64(forest[i])
            held += land
            farms, absent = farm[i] > 0, residence[i] != HOME
            months = 0
            if let_how[i] == NOT_LET:
                u = uniform(review, ids[i])
                if u < hazard:
                    cost = terms[c, COST]
                    chance = chance_to_let(
                        terms[c, RENT], own_yield[i], farms, absent, cost, fear, share, terms[c], rule
                    )
                    if u < hazard * chance:
                        if uniform(match, ids[i]) < terms[c, MATCH]:
                            let_how[i] = SINGLE
                            forest_let[i] = forest[i]
                            months = lease_months(lengths, ids[i], shortest, longest)
                            sums[h, _FLOW + SINGLE] += land
                        elif terms[c, STORE] > 0.0:
                            price = terms[c, STORE]
                            chance = chance_to_let(
                                price, own_yield[i], farms, absent, cost, fear, share, terms[c], rule
                            )
                            wants_storage[i] = u < hazard * chance
            elif lease_left[i] > 1:
                lease_left[i] -= 1
            else:
                value = value_of_letting(
                    terms[c, RENT],
                    own_yield[i] * terms[c, YIELD_FACTOR] * (1.0 - rule[3] if absent else 1.0),
                    terms[c, FREED] if farms else 0.0,
                    0.0,
                    fear,
                )
                chance = letting_chance(value + inertia * rule[0], rule[0], rule[1], share, rule[2])
                if let_how[i] != STORED and uniform(renewal, ids[i]) < chance:
                    months = lease_months(lengths, ids[i], shortest, longest)
                    sums[h, _FLOW] += land
                else:
                    let_how[i] = NOT_LET
                    forest_let[i] = 0.0
                    lease_left[i] = 0
                    lease_rent[i] = 0.0
            if months > 0:
                lease_left[i] = months
                lease_rent[i] = terms[c, RENT]
                if uniform_of(lengths, ids[i], 1) < lump:
                    wealth[i] += np.float32(land * terms[c, RENT] * months / 12.0)
                    lease_rent[i] = 0.0
            if let_how[i] != NOT_LET:
                sums[h, let_how[i]] += land
            if let_how[i] == STORED:
                sums[h, _STORED_RENT] += land * lease_rent[i]
        sums[h, 0] = held


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
    sums[:, _FLOW + POOLED] += blocks
    record(world, sums)


def record(world: World, sums: Floats) -> None:
    """Write hamlet shares and county land from the per-hamlet sums, shape (hamlets, N_SUMS)."""
    hamlets, counties = world.hamlets, world.counties
    totals = sum_land(
        sums, hamlets.weight, hamlets.county, hamlets.orphan_forest, hamlets.transfer_share, hamlets.pooled_forest
    )
    counties.forest_total[:] = totals[:, 0]
    counties.forest_let[:, SINGLE:] = totals[:, SINGLE:_FLOW]
    counties.forest_flow[:] = totals[:, _FLOW:_STORED_RENT]


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
    cost = np.bincount(hamlets.county, hamlets.weight * sums[:, _STORED_RENT], N_COUNTIES) / 12.0
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
    sums[:, _FLOW + STORED] += area
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
