"""What can happen to a member of a household, and the loop over households for births, ageing, deaths and new
households; `sim.mechanisms.demography` states the rules, `sim.mechanisms.members` the order of `who` and `people`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sim.mechanisms.demography_thinning import count_members, count_people, flag, highest_hazards
from sim.mechanisms.hamlet_sums import CORE_TOWN, OWN_COUNTY
from sim.mechanisms.inner import inner
from sim.mechanisms.members import (
    ADULTS,
    AWAY_CHILDREN,
    AWAY_MID,
    AWAY_YOUNG,
    CHILDREN,
    EMPLOYEE,
    FARM,
    FARM_FIRST,
    IDLE,
    INFANTS,
    JOB_FIRST,
    LATE,
    LOCAL,
    LOCAL_SKILLED,
    MID_MEN,
    MID_WOMEN,
    N_CLASSES,
    N_PEOPLE,
    OLD,
    OWN,
    RESIDENTS,
    TERTIARY,
    WORKERS,
    YOUNG_MEN,
    YOUNG_WOMEN,
    count,
    keep_skills,
    read_members,
    read_work,
    stop_work,
    write_people,
)
from sim.mechanisms.stretches import TILE, flagged_rows
from sim.randomness import child_id, uniform, uniform_of
from sim.sectors import NO_JOB
from sim.world import CORE, HOME, RESETTLED, Floats, Ids, Int8s, Int32s, Int64s

COPIED = ("registered", "residence", "relocation", "job_cell")
REGISTERED, RESIDENCE, RELOCATION, JOB_CELL = range(4)
"""What a new household takes over from the one it leaves, the first of the `marks`."""
KEPT = ("skill", "forest", "wealth")
SKILL, FOREST, WEALTH = range(3)
"""The first of the `amounts`."""

AGES, DIES, BEARS, LEAVES_HOME, ENTERS_WORK = range(5)
N_EVENTS = 5
"""What can happen to a member, the columns of the hazards by member class."""

SKILLED_ENTRY, RETIRES_60, RETIRES_65, COUPLE, BACK_TO_FARM = range(5)
N_CHANCES = 5
"""Positions in the array of chances that the kernel takes."""

BORN, DIED, CAME_BACK = range(3)
STAYING = 2
"""Adults who must stay where a household is founded."""

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


@inner
def total_hazards(hazards: Floats) -> Floats:
    """Return the total of the hazards by class and event, shape (11, 5), by class, shape (11,)."""
    totals = np.zeros(N_CLASSES)
    for k in range(N_CLASSES):
        for event in range(N_EVENTS):
            totals[k] += hazards[k, event]
    return totals


@inner
def total_hazard(i: np.uint64, people: Any, bound: Floats) -> float:
    """Return the chance that something happens to household i this month; `bound` are total hazards by class, (11,)."""
    total = people[INFANTS][i] * bound[INFANTS] + people[CHILDREN][i] * bound[CHILDREN]
    total += people[YOUNG_MEN][i] * bound[YOUNG_MEN]
    total += people[YOUNG_WOMEN][i] * bound[YOUNG_WOMEN]
    total += people[MID_MEN][i] * bound[MID_MEN]
    total += people[MID_WOMEN][i] * bound[MID_WOMEN]
    total += people[LATE][i] * bound[LATE]
    total += people[OLD][i] * bound[OLD]
    total += people[AWAY_CHILDREN][i] * bound[AWAY_CHILDREN]
    total += people[AWAY_YOUNG][i] * bound[AWAY_YOUNG]
    total += people[AWAY_MID][i] * bound[AWAY_MID]
    return total


@njit(cache=True, nogil=True)
def live(
    first: int,
    last: int,
    stream: np.uint64,
    detail: np.uint64,
    formation: np.uint64,
    hazards: Floats,
    chances: Floats,
    start: Int64s,
    stop: Int64s,
    urban: Int8s,
    ids: Ids,
    hamlet: Int32s,
    people: Any,
    marks: Any,
    waits: Any,
    amounts: Any,
    orphan_forest: Floats,
    orphan_wealth: Floats,
    sums: Floats,
    natural: Floats,
) -> None:
    """Let at most one thing happen to each household this month.

    Household columns come by kind, each of shape (rows,): `people` those of `PEOPLE`, `marks` other bytes, `COPIED`
    first, `waits` words, `amounts` in single precision, `KEPT` first. `hazards` are monthly, by class and event, shape
    (11, 5). Births, deaths and returns by where households live go to `sums`, shape (n, 2, 3), births less deaths by
    where they are registered to `natural`, shape (n, 7).
    """
    bound = total_hazards(hazards)
    highest = highest_hazards(bound)
    quick, slow, flags = np.empty(TILE, np.int8), np.empty(TILE, np.int8), np.empty(TILE, np.bool_)
    rows = np.empty(2 * TILE, np.int64)  # those concerned, and the households they found
    who, new = np.empty(N_PEOPLE, np.int8), np.empty(N_PEOPLE, np.int8)
    for h in range(first, last):
        for k in range(N_REGISTERED):
            natural[h, k] = 0.0
        for k in range(3):
            sums[h, OWN_COUNTY, k], sums[h, CORE_TOWN, k] = 0.0, 0.0
    for a in range(start[first], stop[last - 1], TILE):
        b = min(a + TILE, stop[last - 1])
        count_people(a, b, people, quick, slow)
        flag(stream, ids[a:b], quick, slow, highest, flags)
        number, k = flagged_rows(flags[: b - a], a, rows), 0
        while k < number:
            row = rows[k]
            i = np.uint64(row)
            k += 1
            h = hamlet[i]
            draw = uniform(stream, ids[i])
            if draw >= total_hazard(i, people, bound):
                if count_members(i, people) == 0:
                    orphan_forest[h] += amounts[FOREST][i]
                    orphan_wealth[h] += amounts[WEALTH][i]
                    _vacate(i, ids, who, people, marks, waits, amounts)
                continue
            read_members(i, people, who)
            read_work(i, people, who)
            kind, event = _whose(draw, who, bound, hazards)
            if event != LEAVES_HOME:
                residence = marks[RESIDENCE][i]
                side = CORE_TOWN if residence == CORE else OWN_COUNTY
                rural = urban[h] == 0 and residence in (HOME, RESETTLED)
                born = _happen(kind, event, detail, ids[i], rural, chances, who, sums[h, side])
                natural[h, marks[REGISTERED][i]] += born
                write_people(i, who, people)
            elif count(who, ADULTS) > STAYING:
                place = _vacant_row(start[h], stop[h], ids)
                if place >= 0:
                    _found(kind, i, np.uint64(place), detail, formation, chances, ids, people, marks, amounts, who, new)
                    if row < place < b:  # rows live in their order: a later one still lives through this month
                        rows[number] = place
                        number += 1


@inner
def _whose(draw: float, who: Int8s, bound: Floats, hazards: Floats) -> tuple[int, int]:
    """Return the class of the member to whom something happens, and the event."""
    for k in range(N_CLASSES):
        part = who[k] * bound[k]
        if draw < part:
            return k, event_of(draw / part * bound[k], hazards[k])
        draw -= part
    return AWAY_MID, AGES


@inner
def _happen(
    kind: int, event: int, detail: np.uint64, agent: np.uint64, rural: bool, chances: Floats, who: Int8s, sums: Floats
) -> float:
    """Let an event other than leaving home happen to a member of class `kind` of `who`; add to `sums`, shape (3,).

    Returns births less deaths.
    """
    draw = uniform_of(detail, agent, 0)
    if kind >= AWAY_CHILDREN:
        sums[CAME_BACK] += _age_away(kind, rural and draw < chances[BACK_TO_FARM], who)
    elif event == AGES:
        _age(kind, draw, uniform_of(detail, agent, 1), chances, who)
    elif event == ENTERS_WORK:
        _enter_work(draw < chances[SKILLED_ENTRY], who)
    elif event == BEARS:
        who[INFANTS] += 1
        sums[BORN] += 1.0
        return 1.0
    else:
        _die(kind, draw, who)
        sums[DIED] += 1.0
        return -1.0
    return 0.0


@inner
def _age_away(kind: int, farms: bool, who: Int8s) -> int:
    """Let a member away pass an age limit; at 60 it comes home, the last one with the children. Return who
    came."""
    if who[kind] == 0:
        return 0
    who[kind] -= 1
    if kind < AWAY_MID:
        who[kind + 1] += 1
        return 0
    who[LATE] += 1
    who[FARM] += farms
    if who[AWAY_YOUNG] + who[AWAY_MID] > 0:
        return 1
    children = who[AWAY_CHILDREN]
    who[CHILDREN] += children
    who[AWAY_CHILDREN] = 0
    return 1 + children


@inner
def _age(kind: int, first: float, second: float, chances: Floats, who: Int8s) -> None:
    """Let a member at home pass an age limit; sex is drawn at 15, work ends for some at 60 and 65."""
    who[kind] -= 1
    if kind == INFANTS:
        who[CHILDREN] += 1
    elif kind == CHILDREN:
        who[YOUNG_MEN if first < 0.5 else YOUNG_WOMEN] += 1
    elif kind <= YOUNG_WOMEN:
        who[kind + MID_MEN - YOUNG_MEN] += 1
    else:
        who[OLD if kind == LATE else LATE] += 1
        chance = chances[RETIRES_65] if kind == LATE else chances[RETIRES_60]
        if first * count(who, ADULTS) < count(who, WORKERS) and second < chance:
            stop_work(who, FARM_FIRST if kind == LATE else JOB_FIRST)


@inner
def _die(kind: int, draw: float, who: Int8s) -> None:
    """Take a member out of the household and, by the share of adults who work, out of work."""
    adults = count(who, ADULTS)
    who[kind] -= 1
    if kind < YOUNG_MEN:
        return
    works = 1.0 if kind < LATE else 0.5
    if draw * adults < count(who, WORKERS) * works:
        stop_work(who, JOB_FIRST if kind < LATE else FARM_FIRST)
    while count(who, WORKERS) > adults - 1:
        stop_work(who, JOB_FIRST)
    keep_skills(who, adults - 1)


@inner
def _enter_work(educated: bool, who: Int8s) -> None:
    """Let a young member who neither works nor looks for work begin to look, with the education it has by
    then."""
    adults = count(who, ADULTS)
    if count(who, WORKERS) < adults:
        who[IDLE] += 1
        who[TERTIARY] += educated and who[TERTIARY] < adults


@inner
def _vacant_row(start: int, stop: int, ids: Ids) -> int:
    """Return the first vacant row of a hamlet, or -1."""
    for row in range(start, stop):
        if ids[row] == 0:
            return row
    return -1


@inner
def _found(
    kind: int,
    i: np.uint64,
    place: np.uint64,
    detail: np.uint64,
    formation: np.uint64,
    chances: Floats,
    ids: Ids,
    people: Any,
    marks: Any,
    amounts: Any,
    who: Int8s,
    new: Int8s,
) -> None:
    """Let members of household i, a young one of class `kind` among them, found a household in the vacant row `place`.

    `who` are the people of household i, `new` is room for those of the new one; columns are those of `live`.
    """
    present = count(who, RESIDENTS)
    movers = _leave_home(kind, detail, ids[i], chances, who, new)
    ids[place] = child_id(formation, ids[i])
    for k in range(len(COPIED)):
        marks[k][place] = marks[k][i]
    if new[LOCAL] + new[LOCAL_SKILLED] == 0:
        marks[JOB_CELL][place] = NO_JOB
    share = amounts[WEALTH][i] / present
    amounts[SKILL][place] = amounts[SKILL][i]
    amounts[WEALTH][place] = share * movers
    amounts[WEALTH][i] -= share * movers
    write_people(i, who, people)
    write_people(place, new, people)


@inner
def _leave_home(kind: int, detail: np.uint64, agent: np.uint64, chances: Floats, who: Int8s, new: Int8s) -> int:
    """Move a young member of class `kind`, or a couple with an infant, from `who` to `new`; return how many go."""
    for k in range(N_PEOPLE):
        new[k] = 0
    may_both = who[YOUNG_MEN] > 0 and who[YOUNG_WOMEN] > 0 and count(who, ADULTS) >= STAYING + 2
    couple = may_both and uniform_of(detail, agent, 0) < chances[COUPLE]
    movers = 0
    for sex in range(YOUNG_MEN, YOUNG_WOMEN + 1):
        if couple or sex == kind:
            _move_adult(uniform_of(detail, agent, 1 + sex), who, new)
            who[sex] -= 1
            new[sex] += 1
            movers += 1
    if couple and who[INFANTS] > 0:
        who[INFANTS] -= 1
        new[INFANTS] += 1
        movers += 1
    keep_skills(who, count(who, ADULTS))
    return movers


@inner
def _move_adult(draw: float, who: Int8s, new: Int8s) -> None:
    """Take the work and education of an adult along from `who` to `new`; the own business stays."""
    adults, workers = count(who, ADULTS), count(who, WORKERS)
    employees = workers - who[OWN]
    must = workers == adults
    if employees > 0 and (must or draw * adults < employees):
        new[stop_work(who, EMPLOYEE)] += 1
    elif must:
        who[OWN] -= 1
    skilled = new[LOCAL_SKILLED] > new[TERTIARY]
    if who[TERTIARY] > 0 and (skilled or draw * adults < who[TERTIARY]):
        who[TERTIARY] -= 1
        new[TERTIARY] += 1


@inner
def _vacate(i: np.uint64, ids: Ids, who: Int8s, people: Any, marks: Any, waits: Any, amounts: Any) -> None:
    """Clear the row of a household without members; `who` is room for its people."""
    ids[i] = 0
    for k in range(N_PEOPLE):
        who[k] = 0
    write_people(i, who, people)
    for column in marks:
        column[i] = 0
    for column in waits:
        column[i] = 0
    for column in amounts:
        column[i] = 0.0
