"""Take a member out of a household's work; twin of `sim.mechanisms.members`."""

from __future__ import annotations

from typing import Any

from sim.mechanisms.members import FARM, IDLE, LOCAL, LOCAL_SKILLED, NOBODY, OWN, leaver_of_work

ACTIVITY = {FARM: "farm", LOCAL: "local", LOCAL_SKILLED: "local_skilled", OWN: "own", IDLE: "idle"}


def stop_work(household: Any, idle_first: bool) -> None:
    """Take one worker out of the activity that is left first."""
    h = household
    activity = leaver_of_work.py_func(h.idle, h.farm, h.local, h.local_skilled, h.own, idle_first)
    if activity != NOBODY:
        name = ACTIVITY[activity]
        setattr(h, name, getattr(h, name) - 1)


def keep_skills(household: Any, adults: int) -> None:
    """Bring the educated down to the adults, and the skilled workers down to the educated."""
    h = household
    h.tertiary = min(h.tertiary, adults)
    if h.local_skilled > h.tertiary:
        h.local += h.local_skilled - h.tertiary
        h.local_skilled = h.tertiary
