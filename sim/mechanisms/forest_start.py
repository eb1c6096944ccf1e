"""The forest leases of January 2023, drawn from the decision rule (closed form: see `forest_transfer`)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.levers import LeverBoard
from sim.mechanisms.forest_rules import (
    COST,
    FREED,
    MATCH,
    RENT,
    YIELD_FACTOR,
    ForestParameters,
    county_terms,
    expiry_hazard,
    lease_months,
    letting_chance,
    value_of_letting,
)
from sim.places import N_COUNTIES
from sim.randomness import Purpose, uniform_of, uniforms
from sim.world import HOME, POOLED, SINGLE, World

type Floats = NDArray[np.float64]

_PEER_ROUNDS = 3
_NEWTON_STEPS = 12
_CLOSE = 1e-6
_LONGEST_PAST = 1200.0
"""Months: no starting state is older than a century."""
_REST_OF_2023 = 12
"""Months from the turn 2022/23 to the end of 2023."""


@njit(cache=True, nogil=True)
def let_after(months: float, gain: float, loss: float) -> float:
    """Return the chance to be let after some months of constant hazards, none let at first."""
    total = gain + loss
    if total <= 0.0:
        return 0.0
    return gain / total * (1.0 - math.exp(-total * months))


@njit(cache=True, nogil=True)
def hazards(
    first: int,
    last: int,
    start: NDArray[np.int64],
    stop: NDArray[np.int64],
    county: NDArray[np.int8],
    certified: Floats,
    share: Floats,
    ids: NDArray[np.uint64],
    forest: NDArray[np.float32],
    own_yield: NDArray[np.float32],
    farm: NDArray[np.int8],
    residence: NDArray[np.int8],
    terms: Floats,
    rule: Floats,
    out: NDArray[np.float32],
) -> None:
    """Write each household's monthly hazards to let and to take back its land, shape (rows, 2)."""
    scale, peer, reference, absent_loss = rule[0], rule[1], rule[2], rule[3]
    review, risk, inertia, expiry = rule[4], rule[5], rule[6], rule[7]
    for h in range(first, last):
        c = county[h]
        fear = risk * (1.0 - certified[h])
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or forest[i] <= 0.0:
                continue
            own = own_yield[i] * terms[c, YIELD_FACTOR] * (1.0 - absent_loss if residence[i] != HOME else 1.0)
            freed = terms[c, FREED] if farm[i] > 0 else 0.0
            value = value_of_letting(terms[c, RENT], own, freed, terms[c, COST], fear)
            wants = letting_chance(value, scale, peer, share[h], reference)
            stays = letting_chance(value + terms[c, COST] + inertia * scale, scale, peer, share[h], reference)
            out[i, 0] = review * wants * terms[c, MATCH]
            out[i, 1] = expiry * (1.0 - stays)


@njit(cache=True, nogil=True)
def expected_let(
    months: float,
    start: NDArray[np.int64],
    stop: NDArray[np.int64],
    forest: NDArray[np.float32],
    rates: NDArray[np.float32],
    out: Floats,
) -> None:
    """Write mu held, expected to be let after some months, and added a month, by hamlet, shape (n, 3)."""
    for h in range(out.shape[0]):
        held, let, slope = 0.0, 0.0, 0.0
        for i in range(start[h], stop[h]):
            if forest[i] > 0.0:
                held += forest[i]
                chance = let_after(months, rates[i, 0], rates[i, 1])
                let += forest[i] * chance
                slope += forest[i] * (rates[i, 0] * (1.0 - chance) - rates[i, 1] * chance)
        out[h, 0], out[h, 1], out[h, 2] = held, let, slope


@njit(cache=True, nogil=True)
def draw_leases(
    first: int,
    last: int,
    start: NDArray[np.int64],
    stop: NDArray[np.int64],
    county: NDArray[np.int8],
    pooled: NDArray[np.int8],
    ids: NDArray[np.uint64],
    forest: NDArray[np.float32],
    forest_let: NDArray[np.float32],
    let_how: NDArray[np.int8],
    lease_left: NDArray[np.int16],
    lease_rent: NDArray[np.float32],
    rates: NDArray[np.float32],
    months: float,
    rents: Floats,
    shortest: float,
    longest: float,
    lump: float,
    state: np.uint64,
) -> None:
    """Draw who has let land after `months`, and how long each lease still runs."""
    for h in range(first, last):
        for i in range(start[h], stop[h]):
            if (
                ids[i] == 0
                or forest[i] <= 0.0
                or uniform_of(state, ids[i], 3) >= let_after(months, rates[i, 0], rates[i, 1])
            ):
                continue
            let_how[i] = POOLED if pooled[h] else SINGLE
            forest_let[i] = forest[i]
            left = uniform_of(state, ids[i], 2) * lease_months(state, ids[i], shortest, longest)
            lease_left[i] = 1 + int(left)
            lease_rent[i] = 0.0 if uniform_of(state, ids[i], 1) < lump else rents[county[h]]


def months_to_share(
    weight: Floats, share: float, expected: Floats, fill: Callable[[float], None], months: float
) -> float:
    """Return the months after which the weighted let share is `share`, at most a century.

    Newton's method, safe because the share rises with time and flattens.

    Args:
        weight: of the hamlets.
        share: the share to reach, ratio.
        expected: mu held, let and newly let a month by hamlet, shape (hamlets, 3).
        fill: rewrites `expected` for a number of months.
        months: where to begin.
    """
    for _ in range(_NEWTON_STEPS):
        fill(months)
        held, let, slope = weight @ expected
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
    _clear(world)
    # The slack gives the chance to find an operator before any reform, whatever the land that turns out let.
    counties.forest_let[:] = 0.0
    counties.forest_let[:, SINGLE] = 1.0
    counties.forest_demand[:] = 1.0 + parameters.starting_slack
    terms = county_terms(world, parameters, LeverBoard(()))
    rates, months = _solve(world, parameters, terms)
    _draw(world, parameters, terms, rates, months)
    _record(world, parameters)


def _clear(world: World) -> None:
    households = world.households
    households.let_how[:] = 0
    households.forest_let[:] = 0.0
    households.lease_left[:] = 0
    households.lease_rent[:] = 0.0


def _solve(world: World, parameters: ForestParameters, terms: Floats) -> tuple[NDArray[np.float32], float]:
    """Return hazards (rows, 2) and the age of the starting state in months, neighbours included."""
    hamlets, households = world.hamlets, world.households
    rates = np.zeros((len(households), 2), dtype=np.float32)
    expected = np.zeros((len(hamlets), 3))
    share = np.full(len(hamlets), parameters.peer_reference)
    rule = _rule(parameters)

    def fill(months: float) -> None:
        expected_let(months, hamlets.start, hamlets.stop, households.forest, rates, expected)

    end = months = 0.0
    for _ in range(_PEER_ROUNDS):
        world.over_hamlets(
            hazards,
            hamlets.start,
            hamlets.stop,
            hamlets.county,
            hamlets.certified,
            share,
            households.id,
            households.forest,
            households.forest_yield,
            households.farm,
            households.residence,
            terms,
            rule,
            rates,
        )
        end = months_to_share(hamlets.weight, parameters.let_share, expected, fill, end)
        months = max(end - _REST_OF_2023, 0.0)
        fill(months)
        share = np.divide(expected[:, 1], expected[:, 0], out=share.copy(), where=expected[:, 0] > 0)
    return rates, months


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
            expiry_hazard(parameters),
        ]
    )


def _draw(world: World, parameters: ForestParameters, terms: Floats, rates: NDArray[np.float32], months: float) -> None:
    hamlets, households = world.hamlets, world.households
    world.over_hamlets(
        draw_leases,
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.pooled,
        households.id,
        households.forest,
        households.forest_let,
        households.let_how,
        households.lease_left,
        households.lease_rent,
        rates,
        months,
        terms[:, RENT].copy(),
        parameters.shortest_lease,
        parameters.longest_lease,
        parameters.lump_share,
        world.lasting_stream(Purpose.POPULATION_LEASE),
    )


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
