"""Counter-based random draws keyed by (seed, month, purpose, agent id).

The same agent gets the same draw for the same decision in the same month whatever the number of threads, the order of
agents or the policies that run. A draw is the finaliser of splitmix64 (Steele, Lea, Flood 2014, OOPSLA) applied to a
stream state plus the agent's id times the golden-ratio increment; a stream state is itself a hash of seed, month and
purpose. Kernels take the stream state as one uint64 scalar.
"""

from __future__ import annotations

import functools
import math
from enum import IntEnum

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.vector_math import cosine_of_turn, log

type Ids = NDArray[np.uint64]
type Floats = NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_HALF_STEP = 0.5
_STEP = 2.0**-52


class Purpose(IntEnum):
    """One name and number for each kind of decision.

    A number is never used again, so that adding or removing a decision changes nobody else's draws.
    """

    POPULATION_SAMPLE = 1
    POPULATION_TYPE = 2
    POPULATION_SKILL = 3
    POPULATION_FOREST = 4
    POPULATION_WORK = 5
    POPULATION_PLACE = 6
    POPULATION_FIRM = 7
    POPULATION_LEASE = 8
    AWARENESS = 9
    FIRM_AWARENESS = 10
    FOREST_REVIEW = 11
    FOREST_MATCH = 12
    FOREST_POOL_TASTE = 13
    FOREST_POOL_PROPOSAL = 14
    FOREST_RENEWAL = 15
    FOREST_STORAGE = 16
    PROJECT_SIGNING = 18
    PROJECT_VALUE = 19
    PROJECT_LANDING = 20
    PROJECT_BUILDING = 21
    PRODUCTIVITY = 22
    FIRM_ENTRY = 23
    FIRM_EXIT = 24
    GRADUATION = 25
    SEPARATION = 26
    JOB_FINDING = 27
    FARM_EXIT = 28
    JOB_CELL = 29
    OUT_MIGRATION = 30
    RETURN_MIGRATION = 31
    TALENT = 32
    RELOCATION_CONSULTATION = 35
    RELOCATION_ACCEPTANCE = 36
    RELOCATION_SINGLE = 37
    RELOCATION_MOVE = 38
    RELOCATION_DESTINATION = 39
    DRIFT = 40
    DRIFT_DESTINATION = 41
    BIRTH = 42
    AGEING = 43
    DEATH = 44
    HOUSEHOLD_FORMATION = 45
    LABOUR_ENTRY = 49
    INCOME_SHOCK = 51
    LEASE_TERMS = 52
    VILLAGE_INCOME = 53
    VILLAGE_QUALITY = 54
    RELOCATION_PREPARATION = 55
    FIRM_START = 58


_N_PURPOSES = max(Purpose) + 1
_MASK = (1 << 64) - 1


@njit(cache=True, nogil=True, inline="always")
def mix(state: np.uint64) -> np.uint64:
    """Return the splitmix64 finaliser of a 64-bit state."""
    state = (state ^ (state >> _S30)) * _FIRST
    state = (state ^ (state >> _S27)) * _SECOND
    return state ^ (state >> _S31)


def mixed(states: Ids) -> Ids:
    """Return `mix` of many states, in the shape of `states`."""
    return np.asarray(mix.py_func(states))


@njit(cache=True, nogil=True)
def _streams(seed: np.uint64, month: np.uint64, purposes: int) -> Ids:
    """Return the stream states of the purposes 0, ..., purposes - 1 in one month."""
    of_month = mix(mix(seed + _GOLDEN) + month * _GOLDEN)
    out = np.empty(purposes, dtype=np.uint64)
    for purpose in range(purposes):
        out[purpose] = mix(of_month + np.uint64(purpose) * _GOLDEN)
    return out


@functools.lru_cache(maxsize=16)
def _of_month(seed: int, month: int) -> Ids:
    """Return the stream states of one month by number of the purpose; the few months in use are kept."""
    return np.asarray(_streams(np.uint64(seed & _MASK), np.uint64(month & _MASK), _N_PURPOSES))


def stream(seed: int, month: int, purpose: Purpose) -> np.uint64:
    """Return the stream state of one decision in one month.

    Args:
        seed: the run's seed, a whole number of at most 64 bits.
        month: month index, negative in the burn-in.
        purpose: the decision.
    """
    state: np.uint64 = _of_month(seed, month)[purpose]
    return state


@njit(cache=True, nogil=True, inline="always")
def uniform(state: np.uint64, agent: np.uint64) -> float:
    """Return the uniform draw in (0, 1) of one agent; `state` comes from `stream`."""
    return (np.float64(mix(state + agent * _GOLDEN) >> _S12) + _HALF_STEP) * _STEP


@njit(cache=True, nogil=True, inline="always")
def uniform_of(state: np.uint64, agent: np.uint64, which: int) -> float:
    """Return the uniform draw number `which` (0, 1, ...) of one agent, for decisions that need several."""
    return uniform(mix(state + np.uint64(which + 1)), agent)


def draw_states(state: np.uint64, draws: int) -> Ids:
    """Return the states with which `uniform` makes the draws 0, ..., draws - 1 of `uniform_of`, shape (draws,)."""
    return mixed(state + np.arange(1, draws + 1, dtype=np.uint64))


@njit(cache=True, nogil=True, inline="always")
def normal(state: np.uint64, agent: np.uint64) -> float:
    """Return the standard normal draw of one agent (Box and Muller 1958)."""
    radius = math.sqrt(-2.0 * log(uniform_of(state, agent, 0)))
    return radius * cosine_of_turn(uniform_of(state, agent, 1))


@njit(cache=True, nogil=True)
def uniforms(state: np.uint64, agents: Ids) -> Floats:
    """Return the uniform draws of many agents, shape (n,)."""
    out = np.empty(agents.size)
    for i in range(agents.size):
        out[i] = uniform(state, agents[i])
    return out


@njit(cache=True, nogil=True)
def normals(state: np.uint64, agents: Ids) -> Floats:
    """Return the standard normal draws of many agents, shape (n,)."""
    out = np.empty(agents.size)
    for i in range(agents.size):
        out[i] = normal(state, agents[i])
    return out


@njit(cache=True, nogil=True, inline="always")
def child_id(state: np.uint64, parent: np.uint64) -> np.uint64:
    """Return the id of an agent born from `parent`; `state` is the stream of the event (month and purpose)."""
    return mix(mix(parent + _GOLDEN) ^ state)
