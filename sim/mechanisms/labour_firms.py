"""The labour market firm by firm: count posts and move workers; `sim.mechanisms.labour` states the equations."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.places import N_COUNTIES
from sim.sectors import N_SECTORS, N_SIZES
from sim.world import Floats, Int8s

FILLED, WANTED, SURPLUS = range(3)
"""Kinds of posts: with a worker, wanted beyond them, too many."""
SEPARATION, HIRING, FIRING = range(3)
"""Positions in the array of market speeds: those of the labour parameters of that name."""


@njit(cache=True, nogil=True)
def count_posts(
    county: Int8s,
    sector: Int8s,
    size: Int8s,
    active: Int8s,
    weight: Floats,
    labour: Floats,
    desired: Floats,
) -> Floats:
    """Return weighted workers, wanted workers beyond them and surplus workers by cell, shape (3, 6, 10, 2)."""
    out = np.zeros((3, N_COUNTIES, N_SECTORS, N_SIZES))
    for j in range(county.size):
        if active[j] != 0:
            gap = desired[j] - labour[j]
            c, s, z = county[j], sector[j], size[j]
            out[FILLED, c, s, z] += weight[j] * labour[j]
            out[WANTED, c, s, z] += weight[j] * max(gap, 0.0)
            out[SURPLUS, c, s, z] += weight[j] * max(-gap, 0.0)
    return out


@njit(cache=True, nogil=True)
def moved_labour(labour: float, desired: float, gone: float, hired: float, speeds: Floats) -> float:
    """Return a firm's labour after a month, in posts like `labour` and `desired`.

    `gone` is the part of workers whom households took away, `hired` the part of the wanted hires that came, `speeds`
    are those of the market, shape (7,).
    """
    gap = desired - labour
    wanted = max(speeds[SEPARATION] + gone, 0.0) * labour + speeds[HIRING] * max(gap, 0.0)
    left = labour * (1.0 - gone - speeds[SEPARATION]) - speeds[FIRING] * max(-gap, 0.0)
    return max(left, 0.0) + wanted * hired
