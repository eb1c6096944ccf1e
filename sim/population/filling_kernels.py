"""Loops that fill household rows, one hamlet at a time; all draws are keyed by the household's identity."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.population.archetypes import N_ADULT_GROUPS
from sim.randomness import mix, mixed, normal, uniform, uniform_of
from sim.sectors import NO_JOB
from sim.vector_math import exp, log

type Int8s = NDArray[np.int8]
type Int64s = NDArray[np.int64]
type Ids = NDArray[np.uint64]
type Floats = NDArray[np.float64]
type Float32s = NDArray[np.float32]

ACTIVITIES = ("tertiary", "farm", "local", "local_skilled", "own", "idle")
"""Columns that `fill_work` counts, in its order."""
_FARM, _LOCAL, _LOCAL_SKILLED, _OWN, _IDLE = range(1, len(ACTIVITIES))

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)
_ROUNDS = 4
_ZONES = 3
_DRAWS_AN_ADULT = 4
_MOST_OF_A_KIND = 4
"""No composition has more adults in a group."""
N_ADULT_DRAWS = N_ADULT_GROUPS * _MOST_OF_A_KIND * _DRAWS_AN_ADULT
"""Draws of a household's adults, numbered by group, member and decision."""
_CELL_DRAW = 1000
"""Number of the draw of an employment cell, far above those of the adults."""


def round_keys(keys: Ids) -> Ids:
    """Return what the rounds of keyed permutations add and multiply with, shape (n, 4, 2); factors are odd."""
    added = mixed(keys[:, None] + np.arange(1, _ROUNDS + 1, dtype=np.uint64) * _GOLDEN)
    return np.stack([added, mixed(added) | _ONE], axis=2)


def bits_of(size: int) -> int:
    """Return the binary digits in which a permutation of 0, ..., size - 1 mixes, at least 2."""
    return max(2, (size - 1).bit_length())


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def turned(x: np.uint64, mask: np.uint64, half: np.uint64, keys: Ids) -> np.uint64:
    """Return where rounds of addition, odd multiplication and xor-shift send a number of at most `mask`.

    They permute the numbers 0, ..., mask; `half` is half the binary digits of `mask`, `keys`, (4, 2), choose the
    permutation.
    """
    for turn in range(_ROUNDS):
        x = (x + keys[turn, 0]) & mask
        x = (x * keys[turn, 1]) & mask
        x = x ^ (x >> half)
    return x


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def permute(first: int, size: int, bits: int, keys: Ids, out: Ids) -> None:
    """Write where a keyed permutation of 0, ..., size - 1 sends the ranks from `first` on, as many as `out` holds.

    `turned` permutes the numbers below the next power of two; values outside are sent on until they fall inside
    (cycle walking), in a second loop so that the first has no branches.

    Args:
        first: the first rank; first + number of ranks is at most `size`.
        size: 1 or more.
        bits: from `bits_of`.
        keys: choose the permutation; from `round_keys`, shape (4, 2).
        out: written, shape (n,).
    """
    mask = (_ONE << np.uint64(bits)) - _ONE
    half = (np.uint64(bits) + _ONE) >> _ONE
    for k in range(out.size):
        out[k] = turned(np.uint64(first + k), mask, half, keys)
    for k in range(out.size):
        while out[k] >= np.uint64(size):
            out[k] = turned(out[k], mask, half, keys)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def household_id(hamlet: np.uint64, number: int) -> np.uint64:
    """Return the identity of household `number` (from 0) of a hamlet: the same at every share and seed, never 0.

    `hamlet` is the hamlet's own identity.
    """
    return np.uint64(mix(mix(hamlet + _GOLDEN) + np.uint64(number + 1) * _GOLDEN) | _ONE)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def choose_types(
    first: int,
    last: int,
    start: Int64s,
    households: Int64s,
    strata: Int64s,
    position: Int64s,
    hamlet_ids: Ids,
    keys: Ids,
    bits: Int64s,
    type_first: Int64s,
    order: NDArray[np.int16],
    ids: Ids,
    types: Ids,
) -> None:
    """Give every household of hamlets first, ..., last - 1 its identity and type.

    Args:
        first, last: the hamlets [first, last).
        start, households: first household row and number of households by hamlet, shape (hamlets,).
        strata: county x zone, 0 to 17, by hamlet, shape (hamlets,).
        position: first place among the households of the stratum by hamlet, shape (hamlets,).
        hamlet_ids: identity by hamlet, shape (hamlets,).
        keys, bits: permutation by stratum, shapes (18, 4, 2) and (18,).
        type_first: first place of a stratum in `order`, shape (19,).
        order: type of each household of the full city, stratum by stratum, shape (city households,).
        ids, types: written; identity and type, shape (household rows,).
    """
    for h in range(first, last):
        s, size = strata[h], type_first[strata[h] + 1] - type_first[strata[h]]
        places = types[start[h] : start[h] + households[h]]
        permute(position[h], size, bits[s], keys[s], places)
        for k in range(places.size):
            places[k] = order[type_first[s] + np.int64(places[k])]
            ids[start[h] + k] = household_id(hamlet_ids[h], k)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def fill_work(
    first: int,
    last: int,
    start: Int64s,
    households: Int64s,
    strata: Int64s,
    state: np.uint64,
    states: Ids,
    active: Floats,
    tertiary: Floats,
    farm: Floats,
    own: Floats,
    idle: float,
    skilled: float,
    cell_ends: Floats,
    ids: Ids,
    adults: Int8s,
    activities: Int8s,
    job_cell: Int8s,
) -> None:
    """Draw education and activity of every adult, and the employment cell of the household's local jobs.

    Args:
        first, last: the hamlets [first, last).
        start, households: first household row and number of households by hamlet, shape (hamlets,).
        strata: county x zone, 0 to 17, by hamlet, shape (hamlets,).
        state: state of the random stream.
        states: states of its first draws, with which `uniform` makes those of `uniform_of`, shape (N_ADULT_DRAWS,).
        active, tertiary, farm: chances to be in the labour force, to have tertiary education, to work on the farm;
            ratios by stratum and member group, shape (18, 6).
        own: ratio that runs a business, if neither on the farm nor skilled, shape (18,).
        idle: ratio of the labour force that looks for work.
        skilled: ratio of the educated employed with a skilled job.
        cell_ends: cumulative distribution of a county's jobs over sector x size, ratios, shape (6, 20).
        ids: identity by household row, shape (household rows,).
        adults: persons by member group, shape (6, household rows).
        activities: written, starting from 0; persons by activity (`ACTIVITIES`), shape (6, household rows).
        job_cell: written; cell of the local jobs, `NO_JOB` without any, shape (household rows,).
    """
    for h in range(first, last):
        s, begin, end = strata[h], start[h], start[h] + households[h]
        for g in range(N_ADULT_GROUPS):
            for i in range(begin, end):
                for a in range(min(adults[g, i], _MOST_OF_A_KIND)):
                    draw = (g * _MOST_OF_A_KIND + a) * _DRAWS_AN_ADULT
                    educated = uniform(states[draw], ids[i]) < tertiary[s, g]
                    kind = _activity(
                        uniform(states[draw + 2], ids[i]),
                        uniform(states[draw + 3], ids[i]),
                        idle,
                        skilled if educated else 0.0,
                        farm[s, g],
                        own[s],
                    )
                    activities[0, i] += educated
                    activities[kind, i] += uniform(states[draw + 1], ids[i]) < active[s, g]
        for i in range(begin, end):
            job_cell[i] = NO_JOB
            if activities[_LOCAL, i] + activities[_LOCAL_SKILLED, i] > 0:
                job_cell[i] = _cell(uniform_of(state, ids[i], _CELL_DRAW), cell_ends[s // _ZONES])


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _activity(u: float, v: float, idle: float, skilled: float, farm: float, own: float) -> int:
    """Return which activity (position in `ACTIVITIES`) a member of the labour force has.

    Written without branches, which a processor could not predict.
    """
    kind = _OWN if v < farm + (1.0 - farm) * own else _LOCAL
    kind = _FARM if v < farm else kind
    kind = _LOCAL_SKILLED if u < idle + (1.0 - idle) * skilled else kind
    return _IDLE if u < idle else kind


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _cell(u: float, ends: Floats) -> int:
    for cell in range(ends.size - 1):
        if u < ends[cell]:
            return cell
    return ends.size - 1


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def lognormals(state: np.uint64, ids: Ids, centre: float, sd: float) -> Floats:
    """Return lognormal draws, shape (n,); `centre` and `sd` are mean and standard deviation of their logs."""
    out = np.empty(ids.size)
    for j in range(ids.size):
        out[j] = exp(centre + sd * normal(state, ids[j]))
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def gammas(state: np.uint64, other: np.uint64, ids: Ids) -> Floats:
    """Return gamma draws of shape 2 and scale 1 from two streams, shape (n,)."""
    out = np.empty(ids.size)
    for j in range(ids.size):
        out[j] = -log(uniform(state, ids[j]) * uniform(other, ids[j]))
    return out
