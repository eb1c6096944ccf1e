"""Loops that fill household rows, one hamlet at a time; all draws are keyed by the household's identity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.randomness import mix, normal, uniform_of
from sim.sectors import NO_JOB

type Int64s = NDArray[np.int64]
type Ids = NDArray[np.uint64]
type Floats = NDArray[np.float64]
type Columns = tuple[NDArray[np.int8], ...]

SKILL_SD = 0.3
"""Log sd of the wage multiplier, whose mean is 1 (assumption)."""
YIELD_SD = 0.6
"""Log sd of the own net yield of forest land (feasibility scan)."""
PROFIT_SD = 0.6
"""Log sd of own-account profit (assumption)."""
WEALTH_SD = 1.0
"""Log sd of liquid wealth (assumption)."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)
_ROUNDS = 4
_ZONES = 3
_DRAWS_AN_ADULT = 4
_MOST_OF_A_KIND = 4
"""Draws are numbered by group and member; no composition has more than this many adults in a group."""


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def permuted(rank: int, size: int, key: np.uint64) -> np.int64:
    """Return where a keyed permutation of 0, ..., size - 1 sends `rank`.

    Rounds of addition, odd multiplication and xor-shift permute the numbers below the next power of two;
    values outside are sent on until they fall inside (cycle walking).

    Args:
        rank: 0, ..., size - 1.
        size: 1 or more.
        key: chooses the permutation.
    """
    bits = np.uint64(2)
    while (_ONE << bits) < np.uint64(size):
        bits += _ONE
    mask = (_ONE << bits) - _ONE
    half = (bits + _ONE) >> _ONE
    x = np.uint64(rank)
    while True:
        for turn in range(_ROUNDS):
            round_key = mix(key + np.uint64(turn + 1) * _GOLDEN)
            x = (x + round_key) & mask
            x = (x * (mix(round_key) | _ONE)) & mask
            x = x ^ (x >> half)
        if x < np.uint64(size):
            return np.int64(x)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def household_id(hamlet: np.uint64, number: int) -> np.uint64:
    """Return the identity of household `number` (from 0) of a hamlet: the same at every share and seed, never 0.

    `hamlet` is the hamlet's own identity.
    """
    return np.uint64(mix(mix(hamlet + _GOLDEN) + np.uint64(number + 1) * _GOLDEN) | _ONE)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def fill_people(
    first: int,
    last: int,
    start: Int64s,
    stop: Int64s,
    households: Int64s,
    strata: Int64s,
    position: Int64s,
    hamlet_ids: Ids,
    keys: Ids,
    type_first: Int64s,
    order: NDArray[np.int16],
    members: NDArray[np.int8],
    type_registered: NDArray[np.int8],
    ids: Ids,
    hamlet: NDArray[np.int32],
    registered: NDArray[np.int8],
    columns: Columns,
) -> None:
    """Give every household of hamlets first, ..., last - 1 its identity, members and registered place.

    Args:
        first, last: the hamlets [first, last).
        start, stop, households: household rows and number of households by hamlet, shape (hamlets,).
        strata: county x zone, 0 to 17, by hamlet, shape (hamlets,).
        position: first place among the households of the stratum by hamlet, shape (hamlets,).
        hamlet_ids: identity by hamlet, shape (hamlets,).
        keys: key of the permutation by stratum, shape (18,).
        type_first: first place of a stratum in `order`, shape (19,).
        order: type of each household of the full city, stratum by stratum, shape (city households,).
        members: persons of each type by member column, shape (types, 11).
        type_registered: registered place of each type, shape (types,).
        ids, hamlet, registered: written; identity, hamlet and registered place, shape (household rows,).
        columns: written; persons of each member column, each shape (household rows,).
    """
    for h in range(first, last):
        s = strata[h]
        size = type_first[s + 1] - type_first[s]
        hamlet[start[h] : stop[h]] = h
        for k in range(households[h]):
            i = start[h] + k
            kind = order[type_first[s] + permuted(position[h] + k, size, keys[s])]
            ids[i] = household_id(hamlet_ids[h], k)
            registered[i] = type_registered[kind]
            for m in range(len(columns)):
                columns[m][i] = members[kind, m]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def fill_work(
    first: int,
    last: int,
    start: Int64s,
    households: Int64s,
    strata: Int64s,
    state: np.uint64,
    chances: tuple[Floats, ...],
    own_chance: Floats,
    idle_chance: float,
    skilled_share: float,
    cell_ends: Floats,
    ids: Ids,
    adults: Columns,
    activities: Columns,
    job_cell: NDArray[np.int8],
) -> None:
    """Draw education and activity of every adult, and the employment cell of the household's local jobs.

    Args:
        first, last: the hamlets [first, last).
        start, households: first household row and number of households by hamlet, shape (hamlets,).
        strata: county x zone, 0 to 17, by hamlet, shape (hamlets,).
        state: state of the random stream.
        chances: in the labour force, tertiary education, farm work; each ratios, shape (18, 6).
        own_chance: ratio that runs a business, if neither on the farm nor skilled, shape (18,).
        idle_chance: ratio of the labour force that looks for work.
        skilled_share: ratio of the educated employed with a skilled job.
        cell_ends: cumulative distribution of a county's jobs over sector x size, ratios, shape (6, 20).
        ids: identity by household row, shape (household rows,).
        adults: persons by member group, six columns of shape (household rows,).
        activities: written, starting from 0; persons by activity, columns of shape (household rows,).
        job_cell: written; cell of the local jobs, `NO_JOB` without any, shape (household rows,).
    """
    active, tertiary, farm = chances
    for h in range(first, last):
        s = strata[h]
        for i in range(start[h], start[h] + households[h]):
            for g in range(len(adults)):
                for a in range(min(adults[g][i], _MOST_OF_A_KIND)):
                    draw = _DRAWS_AN_ADULT * (_MOST_OF_A_KIND * g + a)
                    educated = uniform_of(state, ids[i], draw) < tertiary[s, g]
                    if educated:
                        activities[0][i] += 1
                    if uniform_of(state, ids[i], draw + 1) >= active[s, g]:
                        continue
                    kind = _activity(
                        uniform_of(state, ids[i], draw + 2),
                        uniform_of(state, ids[i], draw + 3),
                        idle_chance,
                        skilled_share if educated else 0.0,
                        farm[s, g],
                        own_chance[s],
                    )
                    activities[kind][i] += 1
            job_cell[i] = NO_JOB
            if activities[2][i] + activities[3][i] > 0:
                job_cell[i] = _cell(uniform_of(state, ids[i], 1000), cell_ends[s // _ZONES])


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _activity(u: float, v: float, idle: float, skilled: float, farm: float, own: float) -> int:
    """Return which activity (position in ACTIVITIES of `filling`) a member of the labour force has."""
    if u < idle:
        return 5
    if u < idle + (1.0 - idle) * skilled:
        return 3
    if v < farm:
        return 1
    return 4 if v < farm + (1.0 - farm) * own else 2


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _cell(u: float, ends: Floats) -> int:
    for cell in range(ends.size - 1):
        if u < ends[cell]:
            return cell
    return ends.size - 1


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def fill_traits(
    first: int,
    last: int,
    start: Int64s,
    households: Int64s,
    strata: Int64s,
    land: Floats,
    skill_state: np.uint64,
    forest_state: np.uint64,
    wage: Floats,
    mean_yield: float,
    profit_of_wage: Any,
    wealth_months: Any,
    ids: Ids,
    own: NDArray[np.int8],
    residents: NDArray[np.int8],
    skill: NDArray[np.float32],
    own_business: NDArray[np.float32],
    wealth: NDArray[np.float32],
    forest: NDArray[np.float32],
    forest_yield: NDArray[np.float32],
) -> None:
    """Draw skill, profit and wealth; share the hamlet's forest land out by gamma draws of shape 2.

    Args:
        first, last: the hamlets [first, last).
        start, households: first household row and number of households by hamlet, shape (hamlets,).
        strata: county x zone, 0 to 17, by hamlet, shape (hamlets,).
        land: forest land by hamlet, mu, shape (hamlets,).
        skill_state, forest_state: states of the random streams.
        wage: ordinary wage by county, CNY a month, shape (6,).
        mean_yield: mean own net yield of forest land, CNY a mu and year.
        profit_of_wage: mean own-account profit by zone, in ordinary wages, 3 values.
        wealth_months: median liquid wealth a resident by zone, in monthly wages, 3 values.
        ids: identity by household row, shape (household rows,).
        own, residents: members with an own business, and at home, shape (household rows,).
        skill: written; wage multiplier of mean 1, shape (household rows,).
        own_business: written where there is one; profit, CNY a month, shape (household rows,).
        wealth: written; CNY, shape (household rows,).
        forest, forest_yield: written; mu, and CNY a mu and year, shape (household rows,).
    """
    for h in range(first, last):
        county, zone = strata[h] // _ZONES, strata[h] % _ZONES
        total = 0.0
        for i in range(start[h], start[h] + households[h]):
            skill[i] = _lognormal(normal(mix(skill_state + _ONE), ids[i]), SKILL_SD)
            months = wealth_months[zone] * residents[i]
            wealth[i] = wage[county] * months * math.exp(WEALTH_SD * normal(mix(skill_state + _ONE + _ONE), ids[i]))
            if own[i] > 0:
                profit = profit_of_wage[zone] * wage[county] * own[i]
                own_business[i] = profit * _lognormal(normal(skill_state, ids[i]), PROFIT_SD)
            if land[h] > 0.0:
                gamma = -math.log(uniform_of(forest_state, ids[i], 4) * uniform_of(forest_state, ids[i], 5))
                forest[i] = gamma
                forest_yield[i] = mean_yield * _lognormal(normal(forest_state, ids[i]), YIELD_SD)
                total += forest[i]
        if land[h] > 0.0:
            for i in range(start[h], start[h] + households[h]):
                forest[i] = forest[i] * (land[h] / total)


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _lognormal(score: float, sd: float) -> float:
    """Return a lognormal value of mean 1 from a standard normal score."""
    return math.exp(sd * score - sd * sd / 2.0)
