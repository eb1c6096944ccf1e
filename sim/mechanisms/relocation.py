"""Relocation: hill hamlets are consulted, households accept, whole hamlets and single households move to
finished homes.

While consultations run in a county, its eligible hamlets are consulted in the order of recorded hazard,
travel time (in ten-minute bands) and draw, as many a month as the lever says. A household at home accepts
when its lasting taste u lies below

    logistic(m + sd attachment_h + work (a - a_0) - age (o - o_0) + wage log(w / w_mean)
             + subsidy (s - s_0) / 10,000 - land (f - f_0)),

where a is the share of its residents of working age and o that of the old, w the county wage against the
mean of the six, s the subsidy per person, f its forest land; the constants with 0 are reference values, so
that m is the logit at which the mean over hamlets equals the mean acceptance. When the consenting share
reaches threshold x consent factor the hamlet leaves as a whole, with all its households; else each accepter
moves singly with a constant chance (the others decline).

A household that is to move needs some months of preparation (a hamlet that leaves as a whole prepares
together), then a home. Homes come on stream and stay in stock; ready households are served by waiting time,
then draw, while homes and the programmes' money last; nobody is served beyond either, nor where no programme runs:
when it has ended, or cannot pay for its month, who waits waits on. A mover settles in
town or in a rural resettlement point; it keeps its forest land. The subsidy is a lump sum per registered
person: public cost, and wealth of the household, never part of its monthly disposable income.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.accounting import Ledger
from sim.levers import (
    RELOCATION_CONSENT,
    RELOCATION_CONSULTATIONS,
    RELOCATION_HOMES,
    RELOCATION_SUBSIDY,
    LeverBoard,
)
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.queueing import serve_within_capacity
from sim.mechanisms.relocation_moves import close_hamlets, is_moving, move_in, sum_members, urgency
from sim.mechanisms.relocation_parameters import RelocationParameters
from sim.randomness import Purpose, uniform, uniforms
from sim.sectors import ORDINARY
from sim.world import (
    AWARE_RELOCATION,
    CONSULTED,
    DECLINED,
    HOME,
    LEAVING,
    NOT_ASKED,
    WAITING,
    World,
)

type Floats = NDArray[np.float64]
type Rows = NDArray[np.int64]
type Bools = NDArray[np.bool_]

LEVERS = (RELOCATION_HOMES, RELOCATION_SUBSIDY, RELOCATION_CONSULTATIONS, RELOCATION_CONSENT)
"""What a programme of relocation writes; one that writes any of them runs."""

_SUBSIDY_UNIT = 10_000.0
_QUADRATURE_POINTS = 40
_LONGEST_WAIT = 30_000
_MEMBERS = (
    "infants",
    "children",
    "young_men",
    "young_women",
    "mid_men",
    "mid_women",
    "late",
    "old",
    "away_children",
    "away_young",
    "away_mid",
)


@lru_cache(maxsize=64)
def mean_logit(acceptance: float, spread: float) -> float:
    """Return the m at which the mean of logistic(m + spread z), z standard normal, is `acceptance`."""
    points, weights = np.polynomial.hermite_e.hermegauss(_QUADRATURE_POINTS)
    weights = weights / weights.sum()
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2.0
        mean = float(weights @ (1.0 / (1.0 + np.exp(-(middle + spread * points)))))
        low, high = (middle, high) if mean < acceptance else (low, middle)
    return (low + high) / 2.0


@njit(cache=True, nogil=True)
def acceptance_chance(hamlet_logit: float, working: float, old: float, land: float, rule: Floats) -> float:
    """Return a household's chance to accept.

    Args:
        hamlet_logit: what its hamlet and county share.
        working: share of residents aged 15-59.
        old: share of residents aged 65 and over.
        land: forest land, mu.
        rule: weights of working, old and land, then the reference values in the same order, shape (6,).
    """
    logit = hamlet_logit + rule[0] * (working - rule[3]) - rule[1] * (old - rule[4]) - rule[2] * (land - rule[5])
    return 1.0 / (1.0 + math.exp(-logit))


@njit(cache=True, nogil=True)
def preparation_months(state: np.uint64, agent: np.uint64, hazard: float) -> float:
    """Return the months a household prepares: geometric with a constant monthly hazard, at least one."""
    if hazard >= 1.0:
        return 1.0
    return math.ceil(math.log(uniform(state, agent)) / math.log(1.0 - hazard))


@njit(cache=True, nogil=True)
def consult(
    hamlets: Rows,
    start: Rows,
    stop: Rows,
    ids: NDArray[np.uint64],
    of_age: Any,
    others: Any,
    old: NDArray[np.int8],
    forest: NDArray[np.float32],
    residence: NDArray[np.int8],
    relocation: NDArray[np.int8],
    wait: NDArray[np.int16],
    aware: NDArray[np.uint8],
    attachment: Floats,
    county_logit: float,
    spread: float,
    needed: float,
    single: float,
    rule: Floats,
    taste: np.uint64,
    singly: np.uint64,
) -> Bools:
    """Ask the households of some hamlets, write their state, return which hamlets leave as a whole.

    `of_age` and `others` are the member columns of residents aged 15-59 and of the others, `old` included;
    the logit of a hamlet is `county_logit` and `spread` times its `attachment`, `needed` is the consent share.
    `hamlets` and what is returned have shape (n,), hamlet columns (hamlets,), household columns (rows,), `rule` (6,).
    """
    whole = np.zeros(hamlets.size, dtype=np.bool_)
    for k in range(hamlets.size):
        h = hamlets[k]
        hamlet_logit = county_logit + spread * attachment[h]
        asked, accepted = 0, 0
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or residence[i] != HOME:
                continue
            asked += 1
            aware[i] |= AWARE_RELOCATION
            working, persons = 0, 0
            for column in of_age:
                working += column[i]
            for column in others:
                persons += column[i]
            persons = max(persons + working, 1)
            chance = acceptance_chance(hamlet_logit, working / persons, old[i] / persons, forest[i], rule)
            accepts = uniform(taste, ids[i]) < chance
            relocation[i] = WAITING if accepts else DECLINED
            accepted += accepts
        whole[k] = asked > 0 and accepted >= needed * asked
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or residence[i] != HOME:
                continue
            wait[i] = 0
            if whole[k]:
                relocation[i] = WAITING
            elif relocation[i] == WAITING and uniform(singly, ids[i]) >= single:
                relocation[i] = DECLINED
    return whole


@njit(cache=True, nogil=True)
def wait_and_prepare(
    start: Rows,
    stop: Rows,
    state: NDArray[np.int8],
    ids: NDArray[np.uint64],
    residence: NDArray[np.int8],
    relocation: NDArray[np.int8],
    wait: NDArray[np.int16],
    preparation: np.uint64,
    hazard: float,
    hamlet_ids: NDArray[np.uint64],
) -> Rows:
    """Age applications by a month and return the rows of prepared households.

    A hamlet that leaves as a whole prepares together; households formed since its consultation go with it.
    Hamlet columns have shape (hamlets,), household columns (rows,), the rows returned (n,).
    """
    most = 0
    for h in range(state.size):
        if is_moving(state[h]):
            most += stop[h] - start[h]
    ready, count = np.empty(most, np.int64), 0
    for h in range(state.size):
        if not is_moving(state[h]):
            continue
        for i in range(start[h], stop[h]):
            if ids[i] == 0 or residence[i] != HOME:
                continue
            if state[h] == LEAVING and relocation[i] == NOT_ASKED:
                relocation[i] = WAITING
            if relocation[i] != WAITING:
                continue
            wait[i] = min(wait[i] + 1, _LONGEST_WAIT)
            who = hamlet_ids[h] if state[h] == LEAVING else ids[i]
            if wait[i] >= preparation_months(preparation, who, hazard):
                ready[count] = i
                count += 1
    return ready[:count]


def step(world: World, parameters: RelocationParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Build homes, consult hamlets, move those who are ready, count."""
    counties, hamlets = world.counties, world.hamlets
    homes = levers.effective(RELOCATION_HOMES)
    counties.homes += homes
    counties.homes_built += homes
    _consult(world, parameters, levers)
    if not hamlets.relocation.any():
        counties.relocation_queue[:] = 0.0
        return
    _move(world, levers, ledger, parameters, _ready(world, parameters))
    _close_hamlets(world)


def consultation_order(world: World, county: int) -> Rows:
    """Return the rows of a county's hamlets still to be consulted, the most urgent first, shape (n,)."""
    hamlets = world.hamlets
    rows, hazard, band, draw = urgency(
        county,
        world.lasting_stream(Purpose.RELOCATION_CONSULTATION),
        hamlets.id,
        hamlets.county,
        hamlets.eligible,
        hamlets.relocation,
        hamlets.hazard,
        hamlets.minutes,
    )
    return rows[np.lexsort((draw, band, hazard))]


def _consult(world: World, parameters: RelocationParameters, levers: LeverBoard) -> None:
    capacity = levers.effective(RELOCATION_CONSULTATIONS)
    hamlets, counties = world.hamlets, world.counties
    counties.consult_credit[capacity == 0.0] = 0.0
    for county in np.flatnonzero(capacity):
        queue = consultation_order(world, int(county))
        served, credit = serve_within_capacity(
            hamlets.weight[queue], float(counties.consult_credit[county]), float(capacity[county])
        )
        counties.consult_credit[county] = credit
        rows = queue[served]
        if rows.size == 0:
            continue
        whole = _ask(world, parameters, levers, int(county), rows)
        hamlets.relocation[rows] = np.where(whole, LEAVING, CONSULTED)


def _ask(world: World, parameters: RelocationParameters, levers: LeverBoard, county: int, rows: Rows) -> Bools:
    hamlets, households, wages = world.hamlets, world.households, world.counties.wage[:, ORDINARY]
    subsidy = float(levers.effective(RELOCATION_SUBSIDY)[county])
    logit = (
        mean_logit(parameters.acceptance, parameters.hamlet_spread)
        + parameters.wage_weight * math.log(wages[county] / wages.mean())
        + parameters.subsidy_weight * (subsidy - parameters.reference_subsidy) / _SUBSIDY_UNIT
    )
    needed = parameters.consent_threshold * float(levers.effective(RELOCATION_CONSENT)[county])
    return consult(
        rows,
        hamlets.start,
        hamlets.stop,
        households.id,
        (households.young_men, households.young_women, households.mid_men, households.mid_women),
        (households.infants, households.children, households.late, households.old),
        households.old,
        households.forest,
        households.residence,
        households.relocation,
        households.relocation_wait,
        households.aware,
        hamlets.attachment,
        logit,
        parameters.hamlet_spread,
        needed,
        parameters.single_share,
        _household_rule(parameters),
        world.lasting_stream(Purpose.RELOCATION_ACCEPTANCE),
        world.lasting_stream(Purpose.RELOCATION_SINGLE),
    )


def _household_rule(parameters: RelocationParameters) -> Floats:
    return np.array(
        [
            parameters.work_weight,
            parameters.age_weight,
            parameters.land_weight,
            parameters.reference_working,
            parameters.reference_old,
            parameters.reference_land,
        ]
    )


def _ready(world: World, parameters: RelocationParameters) -> Rows:
    """Return the rows of households that have prepared their move."""
    hamlets, households = world.hamlets, world.households
    return wait_and_prepare(
        hamlets.start,
        hamlets.stop,
        hamlets.relocation,
        households.id,
        households.residence,
        households.relocation,
        households.relocation_wait,
        world.lasting_stream(Purpose.RELOCATION_PREPARATION),
        parameters.preparation_hazard,
        hamlets.id,
    )


def registered_members(world: World, rows: Rows) -> Floats:
    """Return the registered persons of some households, at home and away, shape (n,)."""
    return np.asarray(sum_members(rows, tuple(getattr(world.households, name) for name in _MEMBERS)))


def _move(world: World, levers: LeverBoard, ledger: Ledger, parameters: RelocationParameters, ready: Rows) -> None:
    """Move ready households while homes and money last: by waiting time, then draw."""
    hamlets, households, counties = world.hamlets, world.households, world.counties
    runs = levers.written(*LEVERS)
    ready = ready[runs[hamlets.county[households.hamlet[ready]]]]
    if ready.size == 0 or not counties.homes.any():
        return
    draws = uniforms(world.stream(Purpose.RELOCATION_MOVE), households.id[ready])
    queue = ready[np.lexsort((draws, -households.relocation_wait[ready]))]
    paid = move_in(
        queue,
        registered_members(world, queue),
        world.stream(Purpose.RELOCATION_DESTINATION),
        parameters.town_share,
        levers.effective(RELOCATION_SUBSIDY),
        levers.funds(RELOCATION_SUBSIDY),
        hamlets.weight,
        hamlets.county,
        households.id,
        households.hamlet,
        households.residence,
        households.relocation,
        households.wealth,
        counties.homes,
        counties.relocated_persons,
    )
    ledger.spend(levers, RELOCATION_SUBSIDY, paid)


def _close_hamlets(world: World) -> None:
    """Record the queue, and the hamlets whose last household has moved."""
    hamlets, households, counties = world.hamlets, world.households, world.counties
    close_hamlets(
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.weight,
        hamlets.relocation,
        households.id,
        households.relocation,
        counties.relocation_queue,
        counties.relocated_hamlets,
    )


MECHANISM = Mechanism(
    name="relocation",
    phase=Phase.LAND_AND_HOMES,
    meaning="eligible hamlets are consulted; whole hamlets and single households move to finished homes",
    parameters=RelocationParameters,
    levers=LEVERS,
    step=step,
)
