"""Loops that fill household rows, one hamlet at a time; all draws are keyed by the household's identity."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.randomness import mix, normal, uniform, uniform_of
from sim.sectors import NO_JOB
from sim.vector_math import exp, log

type Int64s = NDArray[np.int64]
type Ids = NDArray[np.uint64]
type Floats = NDArray[np.float64]
type Float32s = NDArray[np.float32]
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
def round_keys(key: np.uint64) -> Ids:
    """Return what the rounds of a keyed permutation add and multiply with, shape (4, 2); factors are odd."""
    out = np.empty((_ROUNDS, 2), dtype=np.uint64)
    for turn in range(_ROUNDS):
        out[turn, 0] = mix(key + np.uint64(turn + 1) * _GOLDEN)
        out[turn, 1] = mix(out[turn, 0]) | _ONE
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def permuted(rank: int, size: int, keys: Ids) -> np.int64:
    """Return where a keyed permutation of 0, ..., size - 1 sends `rank`.

    Rounds of addition, odd multiplication and xor-shift permute the numbers below the next power of two;
    values outside are sent on until they fall inside (cycle walking).

    Args:
        rank: 0, ..., size - 1.
        size: 1 or more.
        keys: choose the permutation; from `round_keys`, shape (4, 2).
    """
    bits = np.uint64(2)
    while (_ONE << bits) < np.uint64(size):
        bits += _ONE
    mask = (_ONE << bits) - _ONE
    half = (bits + _ONE) >> _ONE
    x = np.uint64(rank)
    while True:
        for turn in range(_ROUNDS):
            x = (x + keys[turn, 0]) & mask
            x = (x * keys[turn, 1]) & mask
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
        stratum_keys = round_keys(keys[s])
        kinds = np.empty(households[h], dtype=np.int64)
        for k in range(kinds.size):
            kinds[k] = order[type_first[s] + permuted(position[h] + k, size, stratum_keys)]
            ids[start[h] + k] = household_id(hamlet_ids[h], k)
            registered[start[h] + k] = type_registered[kinds[k]]
        for m in range(len(columns)):
            column = columns[m]
            for k in range(kinds.size):
                column[start[h] + k] = members[kinds[k], m]


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
    states = _draw_states(state, len(adults) * _MOST_OF_A_KIND * _DRAWS_AN_ADULT)
    for h in range(first, last):
        s = strata[h]
        here = slice(start[h], start[h] + households[h])
        counts = np.zeros((len(activities), households[h]), dtype=np.int8)
        for g in range(len(adults)):
            _count_activities(
                states[g * _MOST_OF_A_KIND * _DRAWS_AN_ADULT :],
                (tertiary[s, g], active[s, g], idle_chance, skilled_share, farm[s, g], own_chance[s]),
                ids[here],
                adults[g][here],
                counts,
            )
        for kind in range(len(activities)):
            activities[kind][here] = counts[kind]
        _draw_cells(state, cell_ends[s // _ZONES], ids[here], counts, job_cell[here])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _count_activities(
    states: Ids, chances: tuple[float, ...], ids: Ids, persons: NDArray[np.int8], counts: NDArray[np.int8]
) -> None:
    """Add education and activity of one group's members to `counts`, (activities, households of a hamlet).

    `chances`: tertiary education, in the labour force, looking for work, skilled job if educated, farm, own business.
    """
    tertiary, active, idle, skilled, farm, own = chances
    for k in range(ids.size):
        for a in range(min(persons[k], _MOST_OF_A_KIND)):
            draw = _DRAWS_AN_ADULT * a
            educated = uniform(states[draw], ids[k]) < tertiary
            kind = _activity(
                uniform(states[draw + 2], ids[k]),
                uniform(states[draw + 3], ids[k]),
                idle,
                skilled if educated else 0.0,
                farm,
                own,
            )
            counts[0, k] += educated
            counts[kind, k] += uniform(states[draw + 1], ids[k]) < active


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _draw_cells(state: np.uint64, ends: Floats, ids: Ids, counts: NDArray[np.int8], job_cell: NDArray[np.int8]) -> None:
    """Write the employment cell of each household's local jobs, `NO_JOB` without any."""
    for k in range(ids.size):
        job_cell[k] = NO_JOB
        if counts[2, k] + counts[3, k] > 0:
            job_cell[k] = _cell(uniform_of(state, ids[k], 1000), ends)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _draw_states(state: np.uint64, draws: int) -> Ids:
    """Return the states with which `uniform` makes the draws of `uniform_of` number 0, ..., draws - 1."""
    out = np.empty(draws, dtype=np.uint64)
    for which in range(draws):
        out[which] = mix(state + np.uint64(which + 1))
    return out


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _activity(u: float, v: float, idle: float, skilled: float, farm: float, own: float) -> int:
    """Return which activity (position in ACTIVITIES of `filling`) a member of the labour force has.

    Written without branches, which a processor could not predict.
    """
    kind = 4 if v < farm + (1.0 - farm) * own else 2
    kind = 1 if v < farm else kind
    kind = 3 if u < idle + (1.0 - idle) * skilled else kind
    return 5 if u < idle else kind


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
        here = slice(start[h], start[h] + households[h])
        _draw_skill(mix(skill_state + _ONE), ids[here], skill[here])
        _draw_wealth(
            mix(skill_state + _ONE + _ONE), wage[county] * wealth_months[zone], ids[here], residents[here], wealth[here]
        )
        _draw_profit(skill_state, profit_of_wage[zone] * wage[county], ids[here], own[here], own_business[here])
        if land[h] > 0.0:
            _draw_yield(forest_state, mean_yield, ids[here], forest_yield[here])
            _share_land(forest_state, land[h], ids[here], forest[here])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _draw_skill(state: np.uint64, ids: Ids, skill: Float32s) -> None:
    for j in range(ids.size):
        skill[j] = _lognormal(normal(state, ids[j]), SKILL_SD)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _draw_wealth(state: np.uint64, each: float, ids: Ids, residents: NDArray[np.int8], wealth: Float32s) -> None:
    """Write wealth with a median of `each`, CNY, a resident."""
    for j in range(ids.size):
        wealth[j] = each * residents[j] * exp(WEALTH_SD * normal(state, ids[j]))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _draw_profit(state: np.uint64, each: float, ids: Ids, own: NDArray[np.int8], own_business: Float32s) -> None:
    """Write profit with a mean of `each`, CNY a month, for everyone who runs a business."""
    for j in range(ids.size):
        if own[j] > 0:
            own_business[j] = each * own[j] * _lognormal(normal(state, ids[j]), PROFIT_SD)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _draw_yield(state: np.uint64, mean: float, ids: Ids, forest_yield: Float32s) -> None:
    for j in range(ids.size):
        forest_yield[j] = mean * _lognormal(normal(state, ids[j]), YIELD_SD)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _share_land(state: np.uint64, land: float, ids: Ids, forest: Float32s) -> None:
    """Share a hamlet's land, mu, in proportion to gamma draws of shape 2."""
    for j in range(ids.size):
        forest[j] = -log(uniform_of(state, ids[j], 4) * uniform_of(state, ids[j], 5))
    total = 0.0
    for j in range(ids.size):
        total += forest[j]
    for j in range(ids.size):
        forest[j] = forest[j] * (land / total)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _lognormal(score: float, sd: float) -> float:
    """Return a lognormal value of mean 1 from a standard normal score."""
    value: float = exp(sd * score - sd * sd / 2.0)
    return value
