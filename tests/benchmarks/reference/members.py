"""Take a member out of a household's work; twin of `sim.mechanisms.members`."""

from __future__ import annotations

from typing import Any

from sim.mechanisms.members import PEOPLE
from sim.world import Int64s


def stop_work(household: Any, order: Int64s) -> None:
    """Take one worker out of the first activity of `order`, positions in `PEOPLE`, that has one."""
    for name in (PEOPLE[activity] for activity in order):
        if getattr(household, name) > 0:
            setattr(household, name, getattr(household, name) - 1)
            return


def keep_skills(household: Any, adults: int) -> None:
    """Bring the educated down to the adults, and the skilled workers down to the educated."""
    h = household
    h.tertiary = min(h.tertiary, adults)
    if h.local_skilled > h.tertiary:
        h.local += h.local_skilled - h.tertiary
        h.local_skilled = h.tertiary
