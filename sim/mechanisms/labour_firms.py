"""The labour market firm by firm: count posts and move workers; `sim.mechanisms.labour` states the equations."""

from __future__ import annotations

from operator import attrgetter

import numpy as np
from numba import njit

from sim.mechanisms.inner import inner
from sim.places import N_COUNTIES
from sim.sectors import N_SECTORS, N_SIZES
from sim.world import Enterprises, Floats, Int8s

type FirmColumns = tuple[Int8s, Int8s, Int8s, Int8s, Floats, Floats, Floats]
"""County, sector, size, whether active, weight, labour and desired labour of firms, each of shape (firms,)."""

FILLED, WANTED, SURPLUS = range(3)
"""Kinds of posts: with a worker, wanted beyond them, too many."""
SEPARATION, HIRING, FIRING = range(3)
"""Positions in the array of market speeds: those of the labour parameters of that name."""

_COLUMNS_OF = attrgetter("county", "sector", "size", "active", "weight", "labour", "desired_labour")


def columns_of(firms: Enterprises) -> FirmColumns:
    """Return the columns of firms that the labour market reads, each of shape (firms,)."""
    columns: FirmColumns = _COLUMNS_OF(firms)
    return columns


@njit(cache=True, nogil=True)
def count_posts(firms: FirmColumns) -> Floats:
    """Return weighted workers, wanted workers beyond them and surplus workers by cell, shape (3, 6, 10, 2)."""
    county, sector, size, active, weight, labour, desired = firms
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


@inner
def move_labour(firms: FirmColumns, gone: Floats, hired: Floats, speeds: Floats) -> None:
    """Let every firm lose and take on workers; `gone` and `hired` as in `moved_labour`, by county and sector, shape
    (6, 10)."""
    county, sector, _, active, _, labour, desired = firms
    for row in range(county.size):
        j = np.uint64(row)  # unsigned indices spare the test for negative ones
        if active[j] != 0:
            c, s = np.uint64(county[j]), np.uint64(sector[j])
            away, came = gone[c, s], hired[c, s]
            labour[j] = moved_labour(labour[j], desired[j], away, came, speeds)
