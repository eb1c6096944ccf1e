"""The labour market firm by firm: count posts and move workers; `sim.mechanisms.labour` states the equations."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.places import N_COUNTIES
from sim.sectors import N_SECTORS, N_SIZES
from sim.world import Floats, Int8s


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
    """Return weighted workers, wanted workers beyond them and surplus workers by cell, shape (3, 6, 10,
    2)."""
    out = np.zeros((3, N_COUNTIES, N_SECTORS, N_SIZES))
    for j in range(county.size):
        if active[j] != 0:
            gap = desired[j] - labour[j]
            c, s, z = county[j], sector[j], size[j]
            out[0, c, s, z] += weight[j] * labour[j]
            out[1, c, s, z] += weight[j] * max(gap, 0.0)
            out[2, c, s, z] += weight[j] * max(-gap, 0.0)
    return out


@njit(cache=True, nogil=True)
def adjust_firms(
    county: Int8s,
    sector: Int8s,
    active: Int8s,
    labour: Floats,
    desired: Floats,
    gone: Floats,
    hired: Floats,
    hiring_speed: float,
    firing_speed: float,
    separation: float,
) -> None:
    """Move every firm's labour; `gone` and `hired` by county and sector, shape (6, 10).

    `gone` is the part of workers whom households took away, `hired` the part of the wanted hires that came.
    """
    for j in range(county.size):
        if active[j] != 0:
            away = gone[county[j], sector[j]]
            gap = desired[j] - labour[j]
            wanted = max(separation + away, 0.0) * labour[j] + hiring_speed * max(gap, 0.0)
            left = labour[j] * (1.0 - away - separation) - firing_speed * max(-gap, 0.0)
            labour[j] = max(left, 0.0) + wanted * hired[county[j], sector[j]]
