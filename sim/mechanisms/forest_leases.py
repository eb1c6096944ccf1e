"""The loop over households that lets plots, ends and renews leases; `sim.mechanisms.forest_transfer` states the rules.

Few households review their land or come to the end of a lease in a month. Loops over columns, without branches, flag
them and carry the other leases on; only those flagged are looked at one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.mechanisms.forest_rules import (
    BLOCK_RENT,
    COST,
    DIVIDEND,
    MATCH,
    RENT,
    STORE,
    chance_to_let,
    lease_months,
    owners_rent,
)
from sim.mechanisms.inner import inner, inner_sum
from sim.mechanisms.stretches import flagged_rows, longest_stretch, stretch_end
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

N_SUMS = 2 * N_LEASE_CHANNELS + 2
"""Per hamlet: mu held (0), let by channel (1-3), renewed (4), newly let by channel (5-7); yearly rent in CNY of land in
blocks where the collective keeps a share (8) and of stored land whose owner can be paid (9)."""
FLOW, POOLED_RENT, STORED_RENT = N_LEASE_CHANNELS, 2 * N_LEASE_CHANNELS, 2 * N_LEASE_CHANNELS + 1


@inner_sum
def count_owners(first: int, last: int, forest: Float32s) -> int:
    """Return how many of the households [first, last) hold land; `forest` has shape (all rows,)."""
    owners = 0
    for row in range(first, last):
        owners += forest[np.uint64(row)] > 0.0
    return owners


@inner
def flag_owners(
    first: int,
    rows: int,
    ids: Ids,
    forest: Float32s,
    let_how: Int8s,
    lease_left: Int16s,
    review: np.uint64,
    hazard: float,
    flags: Bools,
) -> None:
    """Flag who of the households [first, first + rows) reviews retained land or comes to the end of a lease this month.

    The other leases are carried on by a month. Columns have shape (all rows,); the flags, shape (rows,), stand in the
    head of `flags`.
    """
    for row in range(rows):
        j = np.uint64(row)
        i = np.uint64(first) + j
        kept, ends = let_how[i] == NOT_LET, lease_left[i] <= 1
        flags[j] = (kept & (forest[i] > 0.0) & (uniform(review, ids[i]) < hazard)) | ((not kept) & ends)
        lease_left[i] -= (not kept) & (not ends)


@inner
def can_be_paid(i: np.uint64, payees: Any) -> bool:
    """Say whether household i has a resident or an adult away: to others no rent is paid (`income_kernel.is_alive`).

    `payees` are the columns of such members, each of shape (rows,).
    """
    persons = 0
    for column in payees:
        persons += column[i]
    return persons > 0


@inner_sum
def add_land(first: int, last: int, forest: Float32s, let_how: Int8s, sums: Floats) -> None:
    """Write the land of the households [first, last) of a hamlet, held and by channel, into its `sums` (N_SUMS,)."""
    held = single = pooled = stored = 0.0
    for row in range(first, last):
        i = np.uint64(row)
        land, how = np.float64(forest[i]), let_how[i]
        held += land
        single += land if how == SINGLE else 0.0
        pooled += land if how == POOLED else 0.0
        stored += land if how == STORED else 0.0
    sums[0], sums[SINGLE], sums[POOLED], sums[STORED] = held, single, pooled, stored


@inner
def add_rents(
    first: int, last: int, forest: Float32s, let_how: Int8s, lease_rent: Float32s, payees: Any, sums: Floats
) -> None:
    """Add the rent of blocks and of stored land of the households [first, last) of a hamlet to its `sums` (N_SUMS,).

    `payees` is that of `can_be_paid`.
    """
    for row in range(first, last):
        i = np.uint64(row)
        rent = np.float64(forest[i]) * lease_rent[i]
        if let_how[i] == POOLED:
            sums[POOLED_RENT] += rent
        elif let_how[i] == STORED and can_be_paid(i, payees):
            sums[STORED_RENT] += rent


@njit(cache=True, nogil=True, error_model="numpy")
def step_leases(
    first: int,
    last: int,
    start: Int64s,
    stop: Int64s,
    county: Int8s,
    certified: Floats,
    transfer_share: Floats,
    block_share: Floats,
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
    payees: Any,
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
    longest lease, lump share; `sums`, zero before, has shape (hamlets, N_SUMS), `terms` (6, N_TERMS), `payees` is that
    of `can_be_paid`. A plot in a block is renewed on the terms of its block, whose rent is paid yearly.
    """
    hazard, risk, inertia, shortest, longest, lump = rule[4], rule[5], rule[6], rule[7], rule[8], rule[9]
    length = longest_stretch(first, last, start, stop)
    flags, rows = np.empty(length, np.bool_), np.empty(length, np.int64)
    end = first
    while end < last:
        begin, end = end, stretch_end(end, last, start, stop, county)
        a, b = start[begin], stop[end - 1]
        if count_owners(a, b, forest) == 0:
            continue
        flag_owners(a, b - a, ids, forest, let_how, lease_left, review, hazard, flags)
        for i in rows[: flagged_rows(flags[: b - a], a, rows)]:
            h = hamlet[i]
            term, share, kept, pooled = terms[county[h]], transfer_share[h], let_how[i] == NOT_LET, let_how[i] == POOLED
            farms, absent, lets = farm[i] > 0, residence[i] != HOME, False
            agreed = term[BLOCK_RENT] if pooled else term[RENT]
            rent = owners_rent(agreed, block_share[h], term[DIVIDEND]) if pooled else agreed
            rent += 0.0 if kept else inertia * rule[0]
            cost, fear = term[COST] if kept else 0.0, 0.0 if pooled else risk * (1.0 - certified[h])
            chance = chance_to_let(rent, own_yield[i], farms, absent, cost, fear, share, term, rule)
            if kept:
                u = uniform(review, ids[i])
                if u < hazard * chance:
                    lets = uniform(match, ids[i]) < term[MATCH]
                    if not lets and term[STORE] > 0.0:
                        store = chance_to_let(term[STORE], own_yield[i], farms, absent, cost, fear, share, term, rule)
                        wants_storage[i] = u < hazard * store and can_be_paid(i, payees)
            elif let_how[i] != STORED and uniform(renewal, ids[i]) < chance:
                lets = True
            else:
                let_how[i], forest_let[i], lease_left[i], lease_rent[i] = NOT_LET, 0.0, 0, 0.0
            if lets:
                months, land = lease_months(lengths, ids[i], shortest, longest), np.float64(forest[i])
                lease_left[i], lease_rent[i] = months, agreed
                if not pooled and uniform_of(lengths, ids[i], 1) < lump:
                    wealth[i] += np.float32(land * agreed * months / 12.0)
                    lease_rent[i] = 0.0
                if kept:
                    let_how[i], forest_let[i] = SINGLE, forest[i]
                sums[h, FLOW + SINGLE if kept else FLOW] += land
        for h in range(begin, end):
            add_land(start[h], stop[h], forest, let_how, sums[h])
            if block_share[h] > 0.0 or sums[h, STORED] > 0.0:  # rents that nobody shares or books are of no concern
                add_rents(start[h], stop[h], forest, let_how, lease_rent, payees, sums[h])
