"""The forest leases of January 2023, drawn from the decision rule (closed form: see `forest_transfer`).

Land in the blocks of that time has the rent and the renewal of blocks; all of the rent goes to its owners.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit

from sim.levers import LeverBoard
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
from sim.randomness import Purpose, draw_states, uniforms
from sim.world import HOME, POOLED, SINGLE, Floats, Ids, Int32s, Int64s, World

_PEER_ROUNDS = 3
_NEWTON_STEPS = 12
_CLOSE = 1e-6
"""Gap of the let share at which the search ends, ratio; worlds of different seeds are 0.004 apart."""
_LONGEST_PAST = 1200.0
"""Months: no starting state is older than a century."""
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
    hamlet: Int32s
    land: Floats
    wants: Floats
    stays: Floats
    review: Floats


def let_after(months: float, gain: Floats, loss: Floats) -> Floats:
    """Return the chance to be let after some months of constant monthly hazards, shape (n,), none let at
    first."""
    total = gain + loss
    lasting = np.divide(gain, total, out=np.zeros_like(total), where=total > 0.0)
    return np.asarray(lasting * (1.0 - np.exp(-total * months)))


def owners(world: World, parameters: ForestParameters, terms: Floats) -> Owners:
    """Return the households that hold land with the logits of the decision rule; `terms` has shape (6, N_TERMS)."""
    hamlets, households = world.hamlets, world.households
    rows = np.flatnonzero(households.forest > 0.0)
    hamlet = households.hamlet[rows]
    of_county = terms[hamlets.county]
    absent = households.residence[rows] != HOME
    own = households.forest_yield[rows] * of_county[:, YIELD_FACTOR][hamlet]
    own *= np.where(absent, 1.0 - parameters.absent_loss, 1.0)
    freed = np.where(households.farm[rows] > 0, of_county[:, FREED][hamlet], 0.0)
    fear = parameters.tenure_risk * (1.0 - hamlets.certified)
    kept_on = value_of_letting.py_func(of_county[:, RENT][hamlet], own, freed, 0.0, fear[hamlet])
    in_block = value_of_letting.py_func(of_county[:, BLOCK_RENT][hamlet], own, freed, 0.0, 0.0)
    return Owners(
        rows,
        hamlet,
        households.forest[rows].astype(np.float64),
        (kept_on - of_county[:, COST][hamlet]) / parameters.scale,
        np.where(hamlets.pooled[hamlet] == 1, in_block, kept_on) / parameters.scale + parameters.renewal_inertia,
        (parameters.review_hazard * of_county[:, MATCH])[hamlet],
    )


def hazards(people: Owners, parameters: ForestParameters, share: Floats) -> tuple[Floats, Floats]:
    """Return the owners' monthly hazards to let and to take back their land, each of shape (owners,).

    `share` is the transfer share of their hamlets, shape (hamlets,).
    """
    neighbours = (parameters.peer * (share - parameters.peer_reference))[people.hamlet]
    wants = 1.0 / (1.0 + np.exp(-people.wants - neighbours))
    leaves = 1.0 / (1.0 + np.exp(people.stays + neighbours))
    return people.review * wants, expiry_hazard(parameters) * leaves


@njit(cache=True, nogil=True)
def months_left(state: np.uint64, ids: Ids, to_come: Floats, shortest: float, longest: float) -> Int64s:
    """Return how many months leases still run, at least 1, shape (n,); `to_come` is the part of them to come."""
    out = np.empty(ids.size, np.int64)
    for j in range(ids.size):
        out[j] = 1 + int(to_come[j] * lease_months(state, ids[j], shortest, longest))
    return out


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
    n = len(world.hamlets)
    weighted, held = people.land * world.hamlets.weight[people.hamlet], np.bincount(people.hamlet, people.land, n)
    share, end = np.full(n, parameters.peer_reference), 0.0
    for _ in range(_PEER_ROUNDS):
        gain, loss = hazards(people, parameters, share)
        end = months_to_share(parameters.let_share, land_after(weighted, gain, loss), end)
        chances = let_after(max(end - _REST_OF_2023, 0.0), gain, loss)
        let = np.bincount(people.hamlet, people.land * chances, n)
        share = np.divide(let, held, out=share.copy(), where=held > 0.0)
    return chances


def _draw(world: World, parameters: ForestParameters, people: Owners, chances: Floats, terms: Floats) -> None:
    """Draw who has let land, by the owners' chances, and how long each lease still runs; `terms`: (6, N_TERMS)."""
    hamlets, households = world.hamlets, world.households
    state = world.lasting_stream(Purpose.POPULATION_LEASE)
    _, paid, to_come, lets = draw_states(state, 4)
    let = np.flatnonzero(uniforms(lets, households.id[people.rows]) < chances)
    rows, hamlet = people.rows[let], people.hamlet[let]
    ids = households.id[rows]
    in_block, here = hamlets.pooled[hamlet] == 1, hamlets.county[hamlet]
    households.let_how[rows] = np.where(in_block, POOLED, SINGLE)
    households.forest_let[rows] = households.forest[rows]
    households.lease_left[rows] = months_left(
        state, ids, uniforms(to_come, ids), parameters.shortest_lease, parameters.longest_lease
    )
    in_one_sum = uniforms(paid, ids) < parameters.lump_share
    agreed = np.where(in_block, terms[here, BLOCK_RENT], terms[here, RENT])
    households.lease_rent[rows] = np.where(in_one_sum, 0.0, agreed)


def _record(world: World, parameters: ForestParameters) -> None:
    """Write shares and county land of the starting state."""
    hamlets, counties, households = world.hamlets, world.counties, world.households
    rows = len(hamlets)
    held = np.bincount(households.hamlet, households.forest, rows)
    let = np.bincount(households.hamlet, households.forest_let, rows)
    hamlets.transfer_share[:] = np.divide(let, held, out=np.zeros(rows), where=held > 0).clip(0.0, 1.0)
    hamlets.pooled_forest[:] = let * hamlets.pooled
    held += hamlets.orphan_forest
    counties.forest_total[:] = np.bincount(hamlets.county, hamlets.weight * held, N_COUNTIES)
    counties.forest_let[:] = 0.0
    counties.forest_let[:, POOLED] = np.bincount(hamlets.county, hamlets.weight * hamlets.pooled_forest, N_COUNTIES)
    total = np.bincount(hamlets.county, hamlets.weight * let, N_COUNTIES)
    counties.forest_let[:, SINGLE] = total - counties.forest_let[:, POOLED]
    counties.forest_flow[:] = 0.0
    counties.forest_demand[:] = total * (1.0 + parameters.starting_slack)
    world.base.forest_let[:] = total
    world.base.forest_demand[:] = counties.forest_demand
    world.base.pooled_share[:] = np.divide(
        counties.forest_let[:, POOLED], total, out=np.zeros(N_COUNTIES), where=total > 0
    )
