"""The forest leases of January 2023, drawn from the decision rule (closed form: see `forest_transfer`).

Land in the blocks of that time has the rent and the renewal of blocks; all of the rent goes to its owners.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit

from sim.levers import LeverBoard
from sim.mechanisms.forest_record import record_land, sum_land
from sim.mechanisms.forest_rules import (
    BLOCK_RENT,
    COST,
    FREED,
    MATCH,
    RENT,
    YIELD_FACTOR,
    ForestParameters,
    county_terms,
    expiry_hazard,
    lease_months,
    value_of_letting,
)
from sim.places import N_COUNTIES
from sim.randomness import Purpose, uniform_of, uniforms
from sim.vector_math import exp
from sim.world import HOME, POOLED, SINGLE, Float32s, Floats, Ids, Int8s, Int16s, Int32s, Int64s, World

_PEER_ROUNDS = 3
_NEWTON_STEPS = 12
_CLOSE = 1e-6
"""Gap of the let share at which the search ends, ratio; worlds of different seeds are 0.004 apart."""
_LONGEST_PAST = 1200.0
"""Months: no starting state is older than a century."""
_LARGEST = 700.0
"""A logit beyond which a chance is 0 or 1, and its exponential no number."""
_PAID, _TO_COME, _LETS = 1, 2, 3
"""Draws of an owner beside that of the length of the lease."""
_REST_OF_2023 = 12
"""Months from the turn 2022/23 to the end of 2023."""


class Owners(NamedTuple):
    """Households that hold land, and what decides about it, each of shape (owners,).

    Attributes:
        rows: of the household table.
        hamlet: rows of their hamlets.
        land: mu.
        wants, stays: logits to let kept land and to go on with a lease, neighbours aside.
        review: monthly hazard to review kept land and find an operator.
    """

    rows: Int64s
    hamlet: Int64s
    land: Floats
    wants: Floats
    stays: Floats
    review: Floats


@njit(cache=True, nogil=True, error_model="numpy")
def let_after(months: float, gain: Floats, loss: Floats) -> Floats:
    """Return the chance to be let after some months of constant monthly hazards, shape (n,), none let at
    first."""
    chances = np.empty(gain.size)
    for k in range(gain.size):
        i = np.uint64(k)
        total = gain[i] + loss[i]
        lasting = gain[i] / total if total > 0.0 else 0.0
        chances[i] = lasting * (1.0 - exp(max(-total * months, -_LARGEST)))
    return chances


def owners(world: World, parameters: ForestParameters, terms: Floats) -> Owners:
    """Return the households that hold land with the logits of the decision rule; `terms` has shape (6, N_TERMS)."""
    hamlets, households = world.hamlets, world.households
    return Owners(
        *find_owners(
            households.hamlet,
            households.forest,
            households.forest_yield,
            households.farm,
            households.residence,
            hamlets.county,
            hamlets.certified,
            hamlets.pooled,
            terms,
            parameters.absent_loss,
            parameters.tenure_risk,
            parameters.scale,
            parameters.renewal_inertia,
            parameters.review_hazard,
        )
    )


@njit(cache=True, nogil=True, error_model="numpy")
def find_owners(
    hamlet: Int32s,
    forest: Float32s,
    own_yield: Float32s,
    farm: Int8s,
    residence: Int8s,
    county: Int8s,
    certified: Floats,
    pooled: Int8s,
    terms: Floats,
    absent_loss: float,
    tenure_risk: float,
    scale: float,
    inertia: float,
    review_hazard: float,
) -> tuple[Int64s, Int64s, Floats, Floats, Floats, Floats]:
    """Return the columns of `Owners`, each of shape (owners,).

    Household columns have shape (rows,), those from `county` to `pooled` (hamlets,), `terms` (6, N_TERMS).
    """
    most = np.count_nonzero(forest > 0.0)
    rows, homes, land = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most)
    wants, stays, review = np.empty(most), np.empty(most), np.empty(most)
    k = 0
    for i in range(forest.size):
        if forest[i] <= 0.0:
            continue
        h = hamlet[i]
        term = terms[county[h]]
        own = own_yield[i] * term[YIELD_FACTOR] * (1.0 - absent_loss if residence[i] != HOME else 1.0)
        freed, fear = term[FREED] if farm[i] > 0 else 0.0, tenure_risk * (1.0 - certified[h])
        value = value_of_letting(term[RENT], own, freed, 0.0, fear)
        rows[k], homes[k], land[k] = i, h, forest[i]
        wants[k], review[k] = (value - term[COST]) / scale, review_hazard * term[MATCH]
        if pooled[h] == 1:
            value = value_of_letting(term[BLOCK_RENT], own, freed, 0.0, 0.0)
        stays[k] = value / scale + inertia
        k += 1
    return rows, homes, land, wants, stays, review


def hazards(people: Owners, parameters: ForestParameters, share: Floats) -> tuple[Floats, Floats]:
    """Return the owners' monthly hazards to let and to take back their land, each of shape (owners,).

    `share` is the transfer share of their hamlets, shape (hamlets,).
    """
    neighbours = parameters.peer * (share - parameters.peer_reference)
    gain, loss = np.empty(people.rows.size), np.empty(people.rows.size)
    write_hazards(
        people.hamlet, people.wants, people.stays, people.review, neighbours, expiry_hazard(parameters), gain, loss
    )
    return gain, loss


@njit(cache=True, nogil=True, error_model="numpy")
def write_hazards(
    hamlet: Int64s,
    wants: Floats,
    stays: Floats,
    review: Floats,
    neighbours: Floats,
    expiry: float,
    gain: Floats,
    loss: Floats,
) -> None:
    """Write the hazards to let, `gain`, and to take back, `loss`, a month, shape (owners,), from columns of `Owners`.

    `neighbours` is the part of the logits that the share of the hamlet gives, shape (hamlets,), `expiry` the hazard
    that a lease ends.
    """
    for k in range(hamlet.size):
        i = np.uint64(k)
        peers = neighbours[np.uint64(hamlet[i])]
        gain[i] = min(max(-wants[i] - peers, -_LARGEST), _LARGEST)
        loss[i] = min(max(stays[i] + peers, -_LARGEST), _LARGEST)
    for k in range(hamlet.size):
        gain[np.uint64(k)] = review[np.uint64(k)] / (1.0 + exp(gain[np.uint64(k)]))
    for k in range(hamlet.size):
        loss[np.uint64(k)] = expiry / (1.0 + exp(loss[np.uint64(k)]))


type Land = Callable[[float], tuple[float, float, float]]
"""Mu held, let and newly let a month after a number of months."""


def land_after(weighted: Floats, gain: Floats, loss: Floats) -> Land:
    """Return what is let in all as a function of time, from the mu of owners, weighted, and their
    monthly hazards, each of shape (n,)."""
    total, decay = float(weighted.sum()), -(gain + loss)
    flow = weighted * gain
    lasting = flow / (gain + loss)
    most = float(lasting.sum())

    def land(months: float) -> tuple[float, float, float]:
        left = np.exp(decay * months)
        return total, most - float(lasting @ left), float(flow @ left)

    return land


def months_to_share(share: float, land: Land, months: float) -> float:
    """Return the months after which the let share is `share`, at most a century.

    Newton's method, safe because the share rises with time and flattens.

    Args:
        share: the share to reach, ratio.
        land: what is let after a number of months.
        months: where to begin.
    """
    for _ in range(_NEWTON_STEPS):
        held, let, slope = land(months)
        gap = share * held - let
        if abs(gap) <= _CLOSE * held or slope <= 0.0:
            break
        months = min(max(months + gap / slope, 0.0), _LONGEST_PAST)
    return months


def start(world: World, parameters: ForestParameters) -> None:
    """Draw the let state of January 2023 and record land, shares, and what demand is measured against."""
    hamlets, counties = world.hamlets, world.counties
    hamlets.pooled[:] = (hamlets.urban == 0) & (
        uniforms(world.lasting_stream(Purpose.POPULATION_LEASE), hamlets.id) < parameters.starting_blocks
    )
    hamlets.block_share[:], hamlets.collective_rent[:] = 0.0, 0.0
    counties.stored_part[:] = 1.0
    _clear(world)
    # The slack gives the chance to find an operator before any reform, whatever the land that turns out let.
    counties.forest_let[:] = 0.0
    counties.forest_let[:, SINGLE] = 1.0
    counties.forest_demand[:] = 1.0 + parameters.starting_slack
    terms = county_terms(world, parameters, LeverBoard(()))
    people = owners(world, parameters, terms)
    _draw(world, parameters, people, _solve(world, parameters, people), terms)
    _record(world, parameters)


def _clear(world: World) -> None:
    households = world.households
    households.let_how[:] = 0
    households.forest_let[:] = 0.0
    households.lease_left[:] = 0
    households.lease_rent[:] = 0.0


def _solve(world: World, parameters: ForestParameters, people: Owners) -> Floats:
    """Return the chance of each owner to have let the land at the turn 2022/23, neighbours included."""
    weighted = people.land * world.hamlets.weight[people.hamlet]
    share, end = np.full(len(world.hamlets), parameters.peer_reference), 0.0
    for _ in range(_PEER_ROUNDS):
        gain, loss = hazards(people, parameters, share)
        end = months_to_share(parameters.let_share, land_after(weighted, gain, loss), end)
        chances = let_after(max(end - _REST_OF_2023, 0.0), gain, loss)
        write_share(people.hamlet, people.land, chances, share)
    return chances


@njit(cache=True, nogil=True, error_model="numpy")
def write_share(hamlet: Int64s, land: Floats, chances: Floats, share: Floats) -> None:
    """Write the part of their land that owners let by hamlet into `share` (hamlets,), as it is where nobody holds any.

    The other columns have shape (owners,).
    """
    sums = np.zeros((share.size, 2))
    for i in range(hamlet.size):
        sums[hamlet[i], 0] += land[i]
        sums[hamlet[i], 1] += land[i] * chances[i]
    for h in range(share.size):
        share[h] = sums[h, 1] / sums[h, 0] if sums[h, 0] > 0.0 else share[h]


def _draw(world: World, parameters: ForestParameters, people: Owners, chances: Floats, terms: Floats) -> None:
    """Draw who has let land, by the owners' chances, and how long each lease still runs; `terms`: (6, N_TERMS)."""
    hamlets, households = world.hamlets, world.households
    draw_leases(
        world.lasting_stream(Purpose.POPULATION_LEASE),
        people.rows,
        people.hamlet,
        chances,
        hamlets.county,
        hamlets.pooled,
        terms,
        parameters.shortest_lease,
        parameters.longest_lease,
        parameters.lump_share,
        households.id,
        households.forest,
        households.let_how,
        households.forest_let,
        households.lease_left,
        households.lease_rent,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def draw_leases(
    state: np.uint64,
    rows: Int64s,
    homes: Int64s,
    chances: Floats,
    county: Int8s,
    pooled: Int8s,
    terms: Floats,
    shortest: float,
    longest: float,
    lump: float,
    ids: Ids,
    forest: Float32s,
    let_how: Int8s,
    forest_let: Float32s,
    lease_left: Int16s,
    lease_rent: Float32s,
) -> None:
    """Draw who of the owners, `rows` with hamlets `homes` (owners,), has let land, by `chances`; write the leases.

    A lease of drawn length has run a drawn part of it; a part `lump` is paid in one sum. Hamlet columns have shape
    (hamlets,), household columns (rows,), of which the last four are written, `terms` (6, N_TERMS).
    """
    for k in range(rows.size):
        i, h = rows[k], homes[k]
        if uniform_of(state, ids[i], _LETS) >= chances[k]:
            continue
        term, in_block = terms[county[h]], pooled[h] == 1
        let_how[i], forest_let[i] = POOLED if in_block else SINGLE, forest[i]
        to_come = uniform_of(state, ids[i], _TO_COME)
        lease_left[i] = 1 + int(to_come * lease_months(state, ids[i], shortest, longest))
        in_one_sum = uniform_of(state, ids[i], _PAID) < lump
        lease_rent[i] = 0.0 if in_one_sum else (term[BLOCK_RENT] if in_block else term[RENT])


def _record(world: World, parameters: ForestParameters) -> None:
    """Write shares and county land of the starting state."""
    counties, base = world.counties, world.base
    record_land(world, sum_land(world))
    total = counties.forest_let.sum(axis=1)
    counties.forest_demand[:] = total * (1.0 + parameters.starting_slack)
    base.forest_let[:] = total
    base.forest_demand[:] = counties.forest_demand
    base.pooled_share[:] = np.divide(counties.forest_let[:, POOLED], total, out=np.zeros(N_COUNTIES), where=total > 0)
