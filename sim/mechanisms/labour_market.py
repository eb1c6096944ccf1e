"""The labour market county by county: from posts and heads to vacancies, matches, filling and wages.

`sim.mechanisms.labour` states the equations.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.calendar import MONTHS_PER_YEAR
from sim.mechanisms.labour_kernels import EMPLOYED, SEEKERS
from sim.places import N_COUNTIES
from sim.sectors import N_JOB_CELLS, N_SECTORS, N_SIZES, N_SKILLS, ORDINARY, TERTIARY, TERTIARY_SHARE_OF_SECTOR
from sim.world import Floats

LEAST = 1e-9
TIGHTNESS_BOUND = 2.0
"""Largest log deviation of tightness that wages answer to; assumption."""
TAKEN_BOUND = 0.5
"""Largest part of firms' workers that leaves or joins them in a month because households took or brought them;
assumption."""
SKILL_SHARES: Floats = np.stack([1.0 - np.array(TERTIARY_SHARE_OF_SECTOR), np.array(TERTIARY_SHARE_OF_SECTOR)])
"""Part of each sector's posts by skill, shape (2, 10)."""

SEPARATION, HIRING, FIRING, EFFICIENCY, ELASTICITY, TREND, RESPONSE = range(7)
"""Positions in the array of market speeds that the functions take: those of the labour parameters of that name."""


@njit(cache=True, nogil=True)
def matches(vacancies: Floats, seekers: Floats, efficiency: float, elasticity: float) -> Floats:
    """Return the new jobs of a month in persons: a Cobb-Douglas of both sides, any shape, the shorter one at most."""
    pairs = efficiency * seekers**elasticity * vacancies ** (1.0 - elasticity)
    return np.minimum(pairs, np.minimum(vacancies, seekers))


@njit(cache=True, nogil=True)
def wage_growth(tightness: Floats, normal: Floats, trend: float, response: float) -> Floats:
    """Return the monthly log growth of wages, in the shape of `tightness`; `trend` and `response` per year."""
    gap = np.log(np.maximum(tightness, LEAST) / np.maximum(normal, LEAST))
    return (trend + response * np.minimum(np.maximum(gap, -TIGHTNESS_BOUND), TIGHTNESS_BOUND)) / MONTHS_PER_YEAR


@njit(cache=True, nogil=True)
def ratio(part: float, whole: float) -> float:
    """Return part / whole, 0 where there is no whole."""
    return part / whole if whole > 0.0 else 0.0


@njit(cache=True, nogil=True)
def taken_away(counted: float, present: float) -> float:
    """Return the part of firms' workers whom households took away since last month.

    Negative where households brought workers, or where firms have closed and others take their workers on.

    Args:
        counted: workers that firms count, in posts.
        present: workers that households count, in posts.
    """
    return min(max(ratio(counted - present, counted), -TAKEN_BOUND), TAKEN_BOUND) if present > 0.0 else 0.0


@njit(cache=True, nogil=True)
def of_skill(cells: Floats, shares: Floats) -> float:
    """Return the posts of a skill in a county; `cells` (10, 2) by sector and size, `shares` (10,) of the skill."""
    posts = 0.0
    for sector in range(N_SECTORS):
        posts += (cells[sector, 0] + cells[sector, 1]) * shares[sector]
    return posts


@njit(cache=True, nogil=True)
def count_gone(
    labour: Floats, counts: Floats, collective: Floats, labour_ratio: Floats, shares: Floats, gone: Floats
) -> None:
    """Write the part of firms' workers whom households took away by county and sector into `gone`, shape (6, 10).

    `labour` are workers in posts, (6, 10, 2); `counts` heads of families, (6, N_COUNTS); `collective` workers of
    collective households and `labour_ratio` posts per worker, (6, 2).
    """
    gone[:] = 0.0
    for c in range(N_COUNTIES):
        for skill in range(N_SKILLS):
            present = (counts[c, EMPLOYED + skill] + collective[c, skill]) * labour_ratio[c, skill]
            part = taken_away(of_skill(labour[c], shares[skill]), present)
            for sector in range(N_SECTORS):
                gone[c, sector] += part * shares[skill, sector]


@njit(cache=True, nogil=True)
def open_posts(speeds: Floats, labour: Floats, wanted: Floats, gone: Floats, openings: Floats) -> None:
    """Write the posts that firms try to fill into `openings`; it, `labour`, `wanted` by cell, shape (6, 10, 2)."""
    for c in range(N_COUNTIES):
        for sector in range(N_SECTORS):
            for size in range(N_SIZES):
                replaced = max(speeds[SEPARATION] + gone[c, sector], 0.0) * labour[c, sector, size]
                openings[c, sector, size] = replaced + speeds[HIRING] * wanted[c, sector, size]


@njit(cache=True, nogil=True)
def match(
    speeds: Floats,
    shares: Floats,
    openings: Floats,
    counts: Floats,
    collective: Floats,
    labour_ratio: Floats,
    normal_filling: Floats,
    normal_tightness: Floats,
    vacancies: Floats,
    seekers: Floats,
    finding: Floats,
    filling: Floats,
    wage: Floats,
) -> None:
    """Bring both sides together and move wages; writes the last five, shape (6, 2).

    Collective households seek in proportion to their workers. `labour_ratio` to `normal_tightness` are those of
    `sim.world.Base`.
    """
    for c in range(N_COUNTIES):
        for skill in range(N_SKILLS):
            in_families = counts[c, EMPLOYED + skill]
            with_collective = (in_families + collective[c, skill]) / in_families if in_families > 0.0 else 1.0
            seeking = counts[c, SEEKERS + skill] * with_collective
            vacant = of_skill(openings[c], shares[skill]) / (
                normal_filling[c, skill] * max(labour_ratio[c, skill], LEAST)
            )
            new = matches(vacant, seeking, speeds[EFFICIENCY], speeds[ELASTICITY])
            vacancies[c, skill], seekers[c, skill] = vacant, seeking
            finding[c, skill], filling[c, skill] = ratio(new, seeking), ratio(new, vacant)
            normal = normal_tightness[c, skill]
            wage[c, skill] *= np.exp(wage_growth(ratio(vacant, seeking), normal, speeds[TREND], speeds[RESPONSE]))


@njit(cache=True, nogil=True)
def hired_part(filling: Floats, normal_filling: Floats, shares: Floats, hired: Floats) -> None:
    """Write the part of the wanted hires that came by county and sector into `hired`, shape (6, 10)."""
    for c in range(N_COUNTIES):
        for sector in range(N_SECTORS):
            ordinary = filling[c, ORDINARY] / normal_filling[c, ORDINARY] * shares[ORDINARY, sector]
            skilled = filling[c, TERTIARY] / normal_filling[c, TERTIARY] * shares[TERTIARY, sector]
            hired[c, sector] = ordinary + skilled


@njit(cache=True, nogil=True)
def separations(speeds: Floats, shares: Floats, labour: Floats, surplus: Floats, out: Floats) -> None:
    """Write the monthly chance of a worker to lose the job, dismissals included, by county and skill, shape (6, 2)."""
    for c in range(N_COUNTIES):
        for skill in range(N_SKILLS):
            dismissed = speeds[FIRING] * of_skill(surplus[c], shares[skill])
            out[c, skill] = speeds[SEPARATION] + ratio(dismissed, of_skill(labour[c], shares[skill]))


@njit(cache=True, nogil=True)
def cumulative_cells(openings: Floats, cells: Floats) -> None:
    """Write cumulative shares of openings, (6, 10, 2), over job cells by county into `cells`, (6, 20)."""
    for c in range(N_COUNTIES):
        total = 0.0
        for cell in range(N_JOB_CELLS):
            total += openings[c, cell // N_SIZES, cell % N_SIZES] + LEAST
            cells[c, cell] = total
        for cell in range(N_JOB_CELLS):
            cells[c, cell] /= total
