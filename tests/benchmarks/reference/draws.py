"""The draws of `sim.randomness` in plain Python integers."""

from __future__ import annotations

import math

from sim.randomness import Purpose

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
FIRST = 0xBF58476D1CE4E5B9
SECOND = 0x94D049BB133111EB
STEP = 2.0**-52


def mix(state: int) -> int:
    """Return the splitmix64 finaliser of a 64-bit state."""
    state = ((state ^ (state >> 30)) * FIRST) & MASK
    state = ((state ^ (state >> 27)) * SECOND) & MASK
    return state ^ (state >> 31)


def stream(seed: int, month: int, purpose: Purpose) -> int:
    """Return the stream state of one decision in one month."""
    of_month = mix(mix((seed + GOLDEN) & MASK) + month * GOLDEN & MASK)
    return mix((of_month + purpose * GOLDEN) & MASK)


def uniform(state: int, agent: int) -> float:
    """Return the uniform draw in (0, 1) of one agent."""
    return ((mix((state + agent * GOLDEN) & MASK) >> 12) + 0.5) * STEP


def uniform_of(state: int, agent: int, which: int) -> float:
    """Return the draw number `which` of one agent."""
    return uniform(mix((state + which + 1) & MASK), agent)


def normal(state: int, agent: int) -> float:
    """Return the standard normal draw of one agent."""
    radius = math.sqrt(-2.0 * math.log(uniform_of(state, agent, 0)))
    return radius * math.cos(2.0 * math.pi * uniform_of(state, agent, 1))


def child_id(state: int, parent: int) -> int:
    """Return the id of an agent born from `parent`."""
    return mix(mix((parent + GOLDEN) & MASK) ^ state)
