"""The loop over households for births, ageing, deaths and new households; `sim.mechanisms.demography`
states the rules.

Columns of one kind come as tuples of arrays: `members` in the order of `MEMBERS`, `away` of `AWAY`, `work`
of `WORK`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.mechanisms.demography_thinning import class_bound, count_people, flag, highest_hazards
from sim.mechanisms.hamlet_sums import CORE_TOWN, OWN_COUNTY
from sim.mechanisms.members import NOBODY, keep_skills, leaver_of_work, take_from
from sim.mechanisms.stretches import TILE, flagged_rows
from sim.randomness import child_id, uniform, uniform_of
from sim.sectors import NO_JOB
from sim.world import CORE, HOME, RESETTLED, Float32s, Floats, Ids, Int8s, Int32s, Int64s

MEMBERS = ("infants", "children", "young_men", "young_women", "mid_men", "mid_women", "late", "old")
INFANTS, CHILDREN, YOUNG_MEN, YOUNG_WOMEN, MID_MEN, MID_WOMEN, LATE, OLD = range(8)
AWAY = ("away_children", "away_young", "away_mid")
AWAY_CHILDREN, AWAY_YOUNG, AWAY_MID = range(3)
WORK = ("farm", "local", "local_skilled", "own", "idle")
FARM, LOCAL, LOCAL_SKILLED, OWN, IDLE = range(5)

AGES, DIES, BEARS, LEAVES_HOME, ENTERS_WORK = range(5)
N_EVENTS = 5
"""What can happen to a member, the columns of the hazards by member class."""

SKILLED_ENTRY, RETIRES_60, RETIRES_65, COUPLE, BACK_TO_FARM = range(5)
N_CHANCES = 5
"""Positions in the array of chances that the kernel takes."""

BORN, DIED, CAME_BACK = range(3)
N_REGISTERED = 7
"""The six counties and, last, outside the city."""


@njit(cache=True, nogil=True)
def event_of(position: float, hazards: Floats) -> int:
    """Return which event of a member a position in [0, total hazard) stands for; `hazards` of its class,
    shape (5,)."""
    for event in range(N_EVENTS - 1):
        if position < hazards[event]:
            return event
        position -= hazards[event]
    return N_EVENTS - 1


@njit(cache=True, nogil=True)
def adults_of(i: int, members: Any) -> int:
    """Return the residents aged 15 and over of household i."""
    adults = 0
    for k in range(YOUNG_MEN, OLD + 1):
        adults += members[k][i]
    return adults


@njit(cache=True, nogil=True)
def workers_of(i: int, work: Any) -> int:
    """Return the residents of household i who work or look for work."""
    workers = 0
    for column in work:
        workers += column[i]
    return workers


@njit(cache=True, nogil=True)
def persons_of(i: int, members: Any, away: Any) -> int:
    """Return the members of household i, away ones included."""
    persons = 0
    for column in members:
        persons += column[i]
    for column in away:
        persons += column[i]
    return persons


@njit(cache=True, nogil=True)
def total_hazard(i: int, members: Any, away: Any, bound: Floats, away_hazards: Floats) -> float:
    """Return the chance that something happens to household i this month; total hazards by class have shape (8,), those
    of members away (3,)."""
    total = 0.0
    for k in range(len(members)):
        total += members[k][i] * bound[k]
    for k in range(len(away)):
        total += away[k][i] * away_hazards[k]
    return total


@njit(cache=True, nogil=True)
def live(
    first: int,
    last: int,
    stream: np.uint64,
    detail: np.uint64,
    formation: np.uint64,
    hazards: Floats,
    away_hazards: Floats,
    chances: Floats,
    start: Int64s,
    stop: Int64s,
    urban: Int8s,
    ids: Ids,
    hamlet: Int32s,
    registered: Int8s,
    residence: Int8s,
    tertiary: Int8s,
    job_cell: Int8s,
    members: Any,
    away: Any,
    work: Any,
    copied: Any,
    bytes_all: Any,
    words_all: Any,
    floats_all: Any,
    skill: Float32s,
    forest: Float32s,
    wealth: Float32s,
    orphan_forest: Floats,
    sums: Floats,
    natural: Floats,
) -> None:
    """Let at most one thing happen to each household this month.

    Births, deaths and returns by where households live go to `sums`, shape (n, 2, 3), births less deaths by where
    they are registered to `natural`, shape (n, 7).
    """
    bound = class_bound(hazards)
    highest = highest_hazards(bound, away_hazards)
    quick, slow, flags = np.empty(TILE, np.int8), np.empty(TILE, np.int8), np.empty(TILE, np.bool_)
    rows = np.empty(2 * TILE, np.int64)  # those concerned, and the households they found
    sums[first:last], natural[first:last] = 0.0, 0.0
    for a in range(start[first], stop[last - 1], TILE):
        b = min(a + TILE, stop[last - 1])
        count_people(a, b, members, away, quick, slow)
        flag(stream, ids[a:b], quick, slow, highest, flags)
        count, k = flagged_rows(flags[: b - a], a, rows), 0
        while k < count:
            row = rows[k]
            i = np.uint64(row)
            k += 1
            if persons_of(i, members, away) == 0:
                orphan_forest[hamlet[i]] += forest[i]
                _vacate(i, ids, bytes_all, words_all, floats_all)
                continue
            draw = uniform(stream, ids[i])
            if draw >= total_hazard(i, members, away, bound, away_hazards):
                continue
            h, side = hamlet[i], CORE_TOWN if residence[i] == CORE else OWN_COUNTY
            kind, event = _whose(draw, i, members, away, bound, away_hazards, hazards)
            if kind >= len(members):
                rural = urban[h] == 0 and (residence[i] == HOME or residence[i] == RESETTLED)
                farms = rural and uniform_of(detail, ids[i], 0) < chances[BACK_TO_FARM]
                sums[h, side, CAME_BACK] += _age_away(kind - len(members), i, farms, members, away, work)
            elif event == AGES:
                _age(kind, i, detail, ids, chances, members, work)
            elif event == DIES:
                _die(kind, i, uniform_of(detail, ids[i], 0), members, work, tertiary)
                sums[h, side, DIED] += 1.0
                natural[h, registered[i]] -= 1.0
            elif event == BEARS:
                members[INFANTS][i] += 1
                sums[h, side, BORN] += 1.0
                natural[h, registered[i]] += 1.0
            elif event == ENTERS_WORK:
                _enter_work(i, uniform_of(detail, ids[i], 0), chances, members, work, tertiary)
            elif adults_of(i, members) >= 3:
                new = _vacant_row(start[h], stop[h], ids)
                if new >= 0:
                    ids[new] = child_id(formation, ids[i])
                    for column in copied:
                        column[new] = column[i]
                    skill[new] = skill[i]
                    _leave_home(kind, i, new, detail, ids, chances, members, work, tertiary, job_cell, wealth)
                    if row < new < b:  # rows live in their order: a later one still lives through this month
                        rows[count] = new
                        count += 1


@njit(cache=True, nogil=True)
def _whose(
    draw: float, i: int, members: Any, away: Any, bound: Floats, away_hazards: Floats, hazards: Floats
) -> tuple[int, int]:
    """Return the class of the member to whom something happens, those away after those at home, and the
    event."""
    for k in range(len(members)):
        part = members[k][i] * bound[k]
        if draw < part:
            return k, event_of(draw / part * bound[k], hazards[k])
        draw -= part
    for k in range(len(away) - 1):
        part = away[k][i] * away_hazards[k]
        if draw < part:
            return len(members) + k, AGES
        draw -= part
    return len(members) + len(away) - 1, AGES


@njit(cache=True, nogil=True)
def _age_away(kind: int, i: int, farms: bool, members: Any, away: Any, work: Any) -> int:
    """Let a member away pass an age limit; at 60 it comes home, the last one with the children. Return who
    came."""
    if away[kind][i] == 0:
        return 0
    away[kind][i] -= 1
    if kind < AWAY_MID:
        away[kind + 1][i] += 1
        return 0
    members[LATE][i] += 1
    work[FARM][i] += farms
    if away[AWAY_YOUNG][i] + away[AWAY_MID][i] > 0:
        return 1
    children = away[AWAY_CHILDREN][i]
    members[CHILDREN][i] += children
    away[AWAY_CHILDREN][i] -= children
    return 1 + children


@njit(cache=True, nogil=True)
def _age(kind: int, i: int, detail: np.uint64, ids: Ids, chances: Floats, members: Any, work: Any) -> None:
    """Let a member at home pass an age limit; sex is drawn at 15, work ends for some at 60 and 65."""
    first, second = uniform_of(detail, ids[i], 0), uniform_of(detail, ids[i], 1)
    members[kind][i] -= 1
    if kind == INFANTS:
        members[CHILDREN][i] += 1
    elif kind == CHILDREN:
        members[YOUNG_MEN if first < 0.5 else YOUNG_WOMEN][i] += 1
    elif YOUNG_MEN <= kind <= YOUNG_WOMEN:
        members[kind + MID_MEN - YOUNG_MEN][i] += 1
    else:
        members[LATE if kind != LATE else OLD][i] += 1
        chance = chances[RETIRES_60] if kind != LATE else chances[RETIRES_65]
        if first * adults_of(i, members) < workers_of(i, work) and second < chance:
            _stop_work(i, kind == LATE, work)


@njit(cache=True, nogil=True)
def _stop_work(i: int, farm_first: bool, work: Any) -> None:
    """End one member's work: a job first, or the farm first."""
    farm, local, skilled, own, idle = work
    if farm_first and farm[i] > 0:
        farm[i] -= 1
        return
    activity = leaver_of_work(idle[i], farm[i], local[i], skilled[i], own[i], False)
    if activity != NOBODY:
        take_from(activity, i, farm, local, skilled, own, idle)


@njit(cache=True, nogil=True)
def _die(kind: int, i: int, draw: float, members: Any, work: Any, tertiary: Int8s) -> None:
    """Take a member out of the household and, by the share of adults who work, out of work."""
    adults = adults_of(i, members)
    members[kind][i] -= 1
    if kind < YOUNG_MEN:
        return
    works = 1.0 if kind < LATE else 0.5
    if draw * adults < workers_of(i, work) * works:
        _stop_work(i, kind >= LATE, work)
    while workers_of(i, work) > adults - 1:
        _stop_work(i, False, work)
    keep_skills(i, tertiary, adults - 1, work[LOCAL], work[LOCAL_SKILLED])


@njit(cache=True, nogil=True)
def _enter_work(i: int, draw: float, chances: Floats, members: Any, work: Any, tertiary: Int8s) -> None:
    """Let a young member who neither works nor looks for work begin to look, with the education it has by
    then."""
    adults = adults_of(i, members)
    if workers_of(i, work) < adults:
        work[IDLE][i] += 1
        tertiary[i] += tertiary[i] < adults and draw < chances[SKILLED_ENTRY]


@njit(cache=True, nogil=True)
def _vacant_row(start: int, stop: int, ids: Ids) -> int:
    """Return the first vacant row of a hamlet, or -1."""
    for row in range(start, stop):
        if ids[row] == 0:
            return row
    return -1


@njit(cache=True, nogil=True)
def _leave_home(
    kind: int,
    i: int,
    row: int,
    detail: np.uint64,
    ids: Ids,
    chances: Floats,
    members: Any,
    work: Any,
    tertiary: Int8s,
    job_cell: Int8s,
    wealth: Float32s,
) -> None:
    """Move a young member of household i, or a couple with an infant, into a new household in a vacant
    row."""
    people = adults_of(i, members) + members[INFANTS][i] + members[CHILDREN][i]
    share = wealth[i] / people
    couple = members[YOUNG_MEN][i] > 0 and members[YOUNG_WOMEN][i] > 0
    couple = couple and uniform_of(detail, ids[i], 0) < chances[COUPLE]
    movers = 0
    for sex in (YOUNG_MEN, YOUNG_WOMEN):
        if couple or sex == kind:
            _move_adult(i, row, uniform_of(detail, ids[i], 1 + sex), members, work, tertiary)
            members[sex][i] -= 1
            members[sex][row] += 1
            movers += 1
    if couple and members[INFANTS][i] > 0:
        members[INFANTS][i] -= 1
        members[INFANTS][row] += 1
        movers += 1
    wealth[row] = share * movers
    wealth[i] -= share * movers
    if work[LOCAL][row] + work[LOCAL_SKILLED][row] == 0:
        job_cell[row] = NO_JOB
    keep_skills(i, tertiary, adults_of(i, members), work[LOCAL], work[LOCAL_SKILLED])


@njit(cache=True, nogil=True)
def _move_adult(i: int, row: int, draw: float, members: Any, work: Any, tertiary: Int8s) -> None:
    """Take the work and education of an adult of household i along to a new one; the own business stays."""
    adults = adults_of(i, members)
    employees = workers_of(i, work) - work[OWN][i]
    must = workers_of(i, work) == adults
    if employees > 0 and (must or draw * adults < employees):
        activity = LOCAL
        for option in (FARM, IDLE, LOCAL_SKILLED, LOCAL):
            if work[option][i] > 0:
                activity = option
        work[activity][i] -= 1
        work[activity][row] += 1
    elif must:
        work[OWN][i] -= 1
    skilled = work[LOCAL_SKILLED][row] > tertiary[row]
    if tertiary[i] > 0 and (skilled or draw * adults < tertiary[i]):
        tertiary[i] -= 1
        tertiary[row] += 1


@njit(cache=True, nogil=True)
def _vacate(i: int, ids: Ids, bytes_all: Any, words_all: Any, floats_all: Any) -> None:
    """Clear the row of a household without members."""
    ids[i] = 0
    for column in bytes_all:
        column[i] = 0
    for column in words_all:
        column[i] = 0
    for column in floats_all:
        column[i] = 0.0
