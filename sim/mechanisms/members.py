"""Take a member out of a household's work, and keep a household's counts consistent: shared by the moves of
persons."""

from __future__ import annotations

from numba import njit

from sim.world import Int8s

NOBODY, FARM, LOCAL, LOCAL_SKILLED, OWN, IDLE = range(-1, 5)
"""What a member did who leaves work."""


@njit(cache=True, nogil=True)
def leaver_of_work(idle: int, farm: int, local: int, local_skilled: int, own: int, idle_first: bool) -> int:
    """Return from which activity a worker leaves, `NOBODY` when none is left: out-migrants leave idleness and
    the farm first, others a job.

    Args:
        idle, farm, local, local_skilled, own: members of the household in each activity, persons.
        idle_first: rank idle, farm, ordinary, skilled, own; otherwise ordinary, skilled, own, farm, idle.
    """
    if idle_first:
        if idle > 0:
            return IDLE
        if farm > 0:
            return FARM
    if local > 0:
        return LOCAL
    if local_skilled > 0:
        return LOCAL_SKILLED
    if own > 0:
        return OWN
    if farm > 0:
        return FARM
    return IDLE if idle > 0 else NOBODY


@njit(cache=True, nogil=True)
def take_from(activity: int, i: int, farm: Int8s, local: Int8s, local_skilled: Int8s, own: Int8s, idle: Int8s) -> None:
    """Take one worker out of an activity of household i; `NOBODY` changes nothing.

    Args:
        activity: `FARM`, ..., `IDLE` or `NOBODY`.
        i: household row.
        farm, local, local_skilled, own, idle: members by activity, persons, written, shape (rows,).
    """
    farm[i] -= activity == FARM
    local[i] -= activity == LOCAL
    local_skilled[i] -= activity == LOCAL_SKILLED
    own[i] -= activity == OWN
    idle[i] -= activity == IDLE


@njit(cache=True, nogil=True)
def keep_skills(i: int, tertiary: Int8s, adults: int, local: Int8s, local_skilled: Int8s) -> None:
    """Bring the educated of household i down to its adults, and its skilled workers down to the educated.

    Args:
        i: household row.
        tertiary: adults with tertiary education, persons, written, shape (rows,).
        adults: adults left in the household, persons.
        local, local_skilled: ordinary and skilled workers, persons, written, shape (rows,).
    """
    tertiary[i] = min(tertiary[i], adults)
    if local_skilled[i] > tertiary[i]:
        local[i] += local_skilled[i] - tertiary[i]
        local_skilled[i] = tertiary[i]
