"""Counter-based random draws keyed by (seed, month, purpose, agent id).

The same agent gets the same draw for the same decision in the same month whatever the number of threads, the order of
agents or the policies that run. A draw is the finaliser of splitmix64 (Steele, Lea, Flood 2014, OOPSLA) applied to a
stream state plus the agent's id times the golden-ratio increment; a stream state is itself a hash of seed, month and
purpose. Kernels take the stream state as one uint64 scalar.
"""

from __future__ import annotations

import math
from enum import IntEnum, auto

import numpy as np
from numba import njit
from numpy.typing import NDArray

type Ids = NDArray[np.uint64]
type Floats = NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_HALF_STEP = 0.5
_STEP = 2.0**-52


class Purpose(IntEnum):
    """One name for each kind of decision; adding one at the end changes nobody else's draws."""

    POPULATION_SAMPLE = auto()
    POPULATION_TYPE = auto()
    POPULATION_SKILL = auto()
    POPULATION_FOREST = auto()
    POPULATION_WORK = auto()
    POPULATION_PLACE = auto()
    POPULATION_FIRM = auto()
    POPULATION_LEASE = auto()
    AWARENESS = auto()
    FIRM_AWARENESS = auto()
    FOREST_REVIEW = auto()
    FOREST_MATCH = auto()
    FOREST_POOL_TASTE = auto()
    FOREST_POOL_PROPOSAL = auto()
    FOREST_RENEWAL = auto()
    FOREST_STORAGE = auto()
    CERTIFICATION = auto()
    PROJECT_SIGNING = auto()
    PROJECT_VALUE = auto()
    PROJECT_LANDING = auto()
    PROJECT_BUILDING = auto()
    PRODUCTIVITY = auto()
    FIRM_ENTRY = auto()
    FIRM_EXIT = auto()
    GRADUATION = auto()
    SEPARATION = auto()
    JOB_FINDING = auto()
    FARM_EXIT = auto()
    JOB_CELL = auto()
    OUT_MIGRATION = auto()
    RETURN_MIGRATION = auto()
    TALENT = auto()
    TALENT_OFFICIAL = auto()
    PLATFORM = auto()
    RELOCATION_CONSULTATION = auto()
    RELOCATION_ACCEPTANCE = auto()
    RELOCATION_SINGLE = auto()
    RELOCATION_MOVE = auto()
    RELOCATION_DESTINATION = auto()
    DRIFT = auto()
    DRIFT_DESTINATION = auto()
    BIRTH = auto()
    AGEING = auto()
    DEATH = auto()
    HOUSEHOLD_FORMATION = auto()
    HOUSEHOLD_JOIN = auto()
    OPERATOR = auto()
    YOUTH_INFLOW = auto()
    LABOUR_ENTRY = auto()
    EDUCATION = auto()
    INCOME_SHOCK = auto()
    LEASE_TERMS = auto()
    VILLAGE_INCOME = auto()
    VILLAGE_QUALITY = auto()
    RELOCATION_PREPARATION = auto()


@njit(cache=True, nogil=True, inline="always")
def mix(state: np.uint64) -> np.uint64:
    """Return the splitmix64 finaliser of a 64-bit state."""
    state = (state ^ (state >> _S30)) * _FIRST
    state = (state ^ (state >> _S27)) * _SECOND
    return state ^ (state >> _S31)


@njit(cache=True, nogil=True)
def _stream(seed: np.uint64, month: np.uint64, purpose: np.uint64) -> np.uint64:
    return mix(mix(mix(seed + _GOLDEN) + month * _GOLDEN) + purpose * _GOLDEN)


def stream(seed: int, month: int, purpose: Purpose) -> np.uint64:
    """Return the stream state of one decision in one month.

    Args:
        seed: the run's seed, a whole number of at most 64 bits.
        month: month index, negative in the burn-in.
        purpose: the decision.
    """
    mask = (1 << 64) - 1
    return np.uint64(_stream(np.uint64(seed & mask), np.uint64(month & mask), np.uint64(int(purpose))))


@njit(cache=True, nogil=True, inline="always")
def uniform(state: np.uint64, agent: np.uint64) -> float:
    """Return the uniform draw in (0, 1) of one agent; `state` comes from `stream`."""
    return (np.float64(mix(state + agent * _GOLDEN) >> _S12) + _HALF_STEP) * _STEP


@njit(cache=True, nogil=True, inline="always")
def uniform_of(state: np.uint64, agent: np.uint64, which: int) -> float:
    """Return the draw number `which` (0, 1, ...) of one agent, for decisions that need several."""
    return uniform(mix(state + np.uint64(which + 1)), agent)


@njit(cache=True, nogil=True)
def normal(state: np.uint64, agent: np.uint64) -> float:
    """Return the standard normal draw of one agent (Box and Muller 1958)."""
    radius = math.sqrt(-2.0 * math.log(uniform_of(state, agent, 0)))
    return radius * math.cos(2.0 * math.pi * uniform_of(state, agent, 1))


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
