"""The loop over households that lets plots, ends and renews leases; `sim.mechanisms.forest_transfer` states the rules.

Few households review their land or come to the end of a lease in a month. Loops over columns, without branches, flag
them and carry the other leases on; only those flagged are looked at one by one.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.mechanisms.forest_rules import (
    COST,
    FREED,
    MATCH,
    RENT,
    STORE,
    YIELD_FACTOR,
    lease_months,
    letting_chance,
    value_of_letting,
)
from sim.mechanisms.stretches import TILE, flagged_rows
from sim.randomness import uniform, uniform_of
from sim.world import (
    HOME,
    N_LEASE_CHANNELS,
    NOT_LET,
    POOLED,
    SINGLE,
    STORED,
    Bools,
    Float32s,
    Floats,
    Ids,
    Int8s,
    Int16s,
    Int32s,
    Int64s,
)

N_SUMS = 2 * N_LEASE_CHANNELS + 1
"""Per hamlet: mu held (0), let by channel (1-3), renewed (4), newly let by channel (5-7); yearly rent of
stored land in CNY (8)."""
FLOW, STORED_RENT = N_LEASE_CHANNELS, 2 * N_LEASE_CHANNELS


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
    """Return the chance that a reviewing household wants to let at `rent`.

    `terms` is its county's row, shape (N_TERMS,), `rule` scale, peer, reference and loss, shape (4,).
    """
    own = own_yield * terms[YIELD_FACTOR] * (1.0 - rule[3] if absent else 1.0)
    value = value_of_letting(rent, own, terms[FREED] if farms else 0.0, cost, tenure_risk)
    return letting_chance(value, rule[0], rule[1], share, rule[2])


@njit(cache=True, nogil=True)
def flag_reviews(review: np.uint64, hazard: float, ids: Ids, forest: Float32s, let_how: Int8s, flags: Bools) -> None:
    """Flag the households, shape (n,), that review their retained land this month."""
    for j in range(ids.size):
        flags[j] = (let_how[j] == NOT_LET) & (forest[j] > 0.0) & (uniform(review, ids[j]) < hazard)


@njit(cache=True, nogil=True)
def age_leases(let_how: Int8s, lease_left: Int16s, flags: Bools) -> None:
    """Carry leases on by a month and flag the households, shape (n,), whose lease ends."""
    for j in range(let_how.size):
        ends = lease_left[j] <= 1
        lease_left[j] -= (let_how[j] != NOT_LET) & (not ends)
        flags[j] |= (let_how[j] != NOT_LET) & ends


@njit(cache=True, nogil=True, fastmath={"reassoc"})
def add_land(forest: Float32s, let_how: Int8s, lease_rent: Float32s, sums: Floats) -> None:
    """Add the land of a hamlet's households, held and by channel, and the rent of stored land, to `sums` (N_SUMS,)."""
    held = single = pooled = stored = rent = 0.0
    for j in range(forest.size):
        land, how = np.float64(forest[j]), let_how[j]
        held += land
        single += land if how == SINGLE else 0.0
        pooled += land if how == POOLED else 0.0
        stored += land if how == STORED else 0.0
        rent += land * lease_rent[j] if how == STORED else 0.0
    sums[0] += held
    sums[SINGLE] += single
    sums[POOLED] += pooled
    sums[STORED] += stored
    sums[STORED_RENT] += rent


@njit(cache=True, nogil=True)
def step_leases(
    first: int,
    last: int,
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    certified: Floats,
    transfer_share: Floats,
    ids: Ids,
    hamlet: Int32s,
    forest: Float32s,
    forest_let: Float32s,
    own_yield: Float32s,
    farm: Int8s,
    residence: Int8s,
    let_how: Int8s,
    lease_left: Int16s,
    lease_rent: Float32s,
    wealth: Float32s,
    wants_storage: Bools,
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
    flags, rows = np.empty(TILE, np.bool_), np.empty(TILE, np.int64)
    sums[first:last] = 0.0
    for a in range(start[first], stop[last - 1], TILE):
        b = min(a + TILE, stop[last - 1])
        flag_reviews(review, hazard, ids[a:b], forest[a:b], let_how[a:b], flags)
        age_leases(let_how[a:b], lease_left[a:b], flags)
        for i in rows[: flagged_rows(flags[: b - a], a, rows)]:
            h = hamlet[i]
            c, share, fear = county[h], transfer_share[h], risk * (1.0 - certified[h])
            land, farms, absent = np.float64(forest[i]), farm[i] > 0, residence[i] != HOME
            months, cost = 0, terms[c, COST]
            if let_how[i] == NOT_LET:
                u = uniform(review, ids[i])
                chance = chance_to_let(terms[c, RENT], own_yield[i], farms, absent, cost, fear, share, terms[c], rule)
                if u < hazard * chance:
                    if uniform(match, ids[i]) < terms[c, MATCH]:
                        let_how[i] = SINGLE
                        forest_let[i] = forest[i]
                        months = lease_months(lengths, ids[i], shortest, longest)
                        sums[h, FLOW + SINGLE] += land
                    elif terms[c, STORE] > 0.0:
                        price = terms[c, STORE]
                        chance = chance_to_let(price, own_yield[i], farms, absent, cost, fear, share, terms[c], rule)
                        wants_storage[i] = u < hazard * chance
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
                    sums[h, FLOW] += land
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
    for h in range(first, last):
        a, b = start[h], stop[h]
        add_land(forest[a:b], let_how[a:b], lease_rent[a:b], sums[h])
