"""Which hamlets are consulted next and what their households answer; `sim.mechanisms.relocation` states the rules."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from sim.mechanisms.inner import inner_numpy
from sim.places import N_COUNTIES
from sim.randomness import uniform
from sim.sectors import ORDINARY
from sim.world import (
    AWARE_RELOCATION,
    CONSULTED,
    DECLINED,
    HOME,
    LEAVING,
    STAYING,
    WAITING,
    Float32s,
    Floats,
    Ids,
    Int8s,
    Int16s,
    Int64s,
)

_BAND_MINUTES = 10.0
_SUBSIDY_UNIT = 10_000.0
"""CNY a person to which the weight of the subsidy refers."""

(
    WORK_WEIGHT, AGE_WEIGHT, LAND_WEIGHT, REFERENCE_WORKING, REFERENCE_OLD, REFERENCE_LAND, MEAN_LOGIT, HAMLET_SPREAD,
    WAGE_WEIGHT, SUBSIDY_WEIGHT, REFERENCE_SUBSIDY, CONSENT, SINGLE_SHARE,
) = range(13)  # fmt: skip
"""Positions in the rule of a consultation."""


@inner_numpy
def acceptance_chance(hamlet_logit: float, working: float, old: float, land: float, rule: Floats) -> float:
    """Return a household's chance to accept.

    Args:
        hamlet_logit: what its hamlet and county share.
        working: share of residents aged 15-59.
        old: share of residents aged 65 and over.
        land: forest land, mu.
        rule: weights of working, old and land, then the reference values in the same order, shape (6,) or more.
    """
    logit = (
        hamlet_logit
        + rule[WORK_WEIGHT] * (working - rule[REFERENCE_WORKING])
        - rule[AGE_WEIGHT] * (old - rule[REFERENCE_OLD])
        - rule[LAND_WEIGHT] * (land - rule[REFERENCE_LAND])
    )
    return 1.0 / (1.0 + math.exp(-logit))


@njit(cache=True, nogil=True)
def most_urgent(queue: Int64s, waiting: int, order: np.uint64, ids: Ids, hazard: Int8s, minutes: Floats) -> int:
    """Return the position of the most urgent of the first `waiting` hamlets of `queue`, shape (n,).

    A recorded hazard comes first, then the longer travel time in ten-minute bands, then the lower draw. Columns have
    shape (hamlets,).
    """
    found, band, draw = -1, 0.0, 0.0
    for k in range(waiting):
        h = queue[k]
        if found >= 0 and hazard[h] < hazard[queue[found]]:
            continue
        own_band, own_draw = math.floor(minutes[h] / _BAND_MINUTES), uniform(order, ids[h])
        before = found < 0 or hazard[h] > hazard[queue[found]]
        if before or own_band > band or (own_band == band and own_draw < draw):
            found, band, draw = k, own_band, own_draw
    return found


@inner_numpy
def ask_hamlet(
    first: int,
    last: int,
    hamlet_logit: float,
    needed: float,
    rule: Floats,
    ids: Ids,
    of_age: Any,
    others: Any,
    old: Int8s,
    forest: Float32s,
    residence: Int8s,
    relocation: Int8s,
    wait: Int16s,
    aware: Any,
    taste: np.uint64,
    singly: np.uint64,
) -> bool:
    """Ask the households [first, last) of a hamlet, write their state, return whether it leaves as a whole.

    `of_age` and `others` are the member columns of residents aged 15-59 and of the others, `old` included, household
    columns have shape (rows,); `needed` is the consent share.
    """
    asked, accepted = 0, 0
    for i in range(first, last):
        if ids[i] == 0 or residence[i] != HOME:
            continue
        asked += 1
        aware[i] |= AWARE_RELOCATION
        wait[i] = 0
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
    whole = asked > 0 and accepted >= needed * asked
    for i in range(first, last):
        if ids[i] == 0 or residence[i] != HOME:
            continue
        if whole:
            relocation[i] = WAITING
        elif relocation[i] == WAITING and uniform(singly, ids[i]) >= rule[SINGLE_SHARE]:
            relocation[i] = DECLINED
    return whole


@njit(cache=True, nogil=True, error_model="numpy")
def consult(
    capacity: Floats,
    wage: Floats,
    subsidy: Floats,
    consent: Floats,
    rule: Floats,
    order: np.uint64,
    credit: Floats,
    queue: Int64s,
    hamlet_ids: Ids,
    county: Int8s,
    eligible: Int8s,
    hazard: Int8s,
    minutes: Floats,
    weight: Floats,
    attachment: Floats,
    start: Int64s,
    stop: Int64s,
    state: Int8s,
    *households: Any,
) -> None:
    """Consult the most urgent hamlets within each county's capacity (hamlets); write who leaves and who waits.

    The last hamlet may overdraw: `credit` (6,) carries the debt to the next month; capacity nobody asks for is lost.

    Args:
        wage: by skill, (6, 2).
        subsidy, consent: CNY a person, and the factor on the consent share, (6,).
        rule: weights and reference values, see WORK_WEIGHT and those after it.
        order: stream of the draws that order hamlets of equal urgency.
        queue: room for the hamlets still to be consulted, (hamlets,).
        state: relocation state by hamlet, as the other hamlet columns of shape (hamlets,).
        households: the arguments of `ask_hamlet` after the rule.
    """
    mean_wage = 0.0
    for c in range(N_COUNTIES):
        mean_wage += wage[c, ORDINARY] / N_COUNTIES
    for c in range(N_COUNTIES):
        left, count = credit[c] + capacity[c], np.int64(0)  # a plain 0 has a type of its own
        credit[c] = 0.0
        if capacity[c] == 0.0:
            continue
        for h in range(county.size):
            if county[h] == c and eligible[h] == 1 and state[h] == STAYING:
                queue[count] = h
                count += 1
        logit = rule[MEAN_LOGIT] + rule[WAGE_WEIGHT] * math.log(wage[c, ORDINARY] / mean_wage)
        logit += rule[SUBSIDY_WEIGHT] * (subsidy[c] - rule[REFERENCE_SUBSIDY]) / _SUBSIDY_UNIT
        while left > 0.0 and count > 0:
            k = most_urgent(queue, count, order, hamlet_ids, hazard, minutes)
            h = queue[k]
            count -= 1
            queue[k] = queue[count]
            left -= weight[h]
            own = logit + rule[HAMLET_SPREAD] * attachment[h]
            whole = ask_hamlet(start[h], stop[h], own, rule[CONSENT] * consent[c], rule, *households)
            state[h] = LEAVING if whole else CONSULTED
        credit[c] = min(left, 0.0)
