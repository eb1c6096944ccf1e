"""The labour market county by county: from posts and heads to vacancies, matches, filling and wages.

`sim.mechanisms.labour` states the equations.
"""

from __future__ import annotations

import math
from operator import attrgetter

import numpy as np
from numba import njit

from sim.calendar import MONTHS_PER_YEAR
from sim.mechanisms.hamlet_sums import by_county
from sim.mechanisms.inner import inner
from sim.mechanisms.labour_firms import (
    FILLED,
    FIRING,
    HIRING,
    SEPARATION,
    SURPLUS,
    WANTED,
    FirmColumns,
    count_posts,
    move_labour,
)
from sim.mechanisms.labour_kernels import EMPLOYED, SEEKERS
from sim.places import N_COUNTIES
from sim.sectors import N_JOB_CELLS, N_SECTORS, N_SIZES, N_SKILLS, ORDINARY, TERTIARY, TERTIARY_SHARE_OF_SECTOR
from sim.world import Base, Counties, Floats, Int8s

type MarketColumns = tuple[Floats, Floats, Floats, Floats, Floats, Floats]
"""Workers of collective households, vacancies, seekers, chances to find and to fill, wages; each of shape (6, 2)."""
type NormalMarket = tuple[Floats, Floats, Floats]
"""Posts per worker, and filling and tightness of the normal market, as in `sim.world.Base`; each of shape (6, 2)."""

LEAST = 1e-9
TIGHTNESS_BOUND = 2.0
"""Largest log deviation of tightness that wages answer to; assumption."""
TAKEN_BOUND = 0.5
"""Largest part of firms' workers that leaves or joins them in a month because households took or brought them;
assumption."""
SKILL_SHARES: Floats = np.stack([1.0 - np.array(TERTIARY_SHARE_OF_SECTOR), np.array(TERTIARY_SHARE_OF_SECTOR)])
"""Part of each sector's posts by skill, shape (2, 10)."""

EFFICIENCY, ELASTICITY, TREND, RESPONSE = range(3, 7)
"""Positions in the array of market speeds, after those of firms: those of the labour parameters of that name."""

_MARKET_OF = attrgetter("collective_workers", "vacancies", "seekers", "finding", "filling", "wage")
_NORMAL_OF = attrgetter("labour_ratio", "filling", "tightness")


def market_of(counties: Counties) -> MarketColumns:
    """Return the columns of counties that make up the labour market, each of shape (6, 2)."""
    columns: MarketColumns = _MARKET_OF(counties)
    return columns


def normal_of(base: Base) -> NormalMarket:
    """Return the columns of the normal labour market, each of shape (6, 2)."""
    columns: NormalMarket = _NORMAL_OF(base)
    return columns


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


@inner
def of_skill(cells: Floats, shares: Floats) -> float:
    """Return the posts of a skill in a county; `cells` (10, 2) by sector and size, `shares` (10,) of the skill."""
    posts = 0.0
    for sector in range(N_SECTORS):
        posts += (cells[sector, 0] + cells[sector, 1]) * shares[sector]
    return posts


@inner
def post_vacancies(
    speeds: Floats,
    shares: Floats,
    posts: Floats,
    counts: Floats,
    collective: Floats,
    labour_ratio: Floats,
    gone: Floats,
    openings: Floats,
) -> None:
    """Write the part of firms' workers whom households took away by county and sector into `gone`, shape (6, 10), and
    the posts that firms try to fill by cell into `openings`, shape (6, 10, 2).

    `posts` are those of `count_posts`; `counts` heads of families, (6, N_COUNTS); `collective` workers of collective
    households and `labour_ratio` posts per worker, (6, 2).
    """
    for c in range(N_COUNTIES):
        ordinary, skilled = 0.0, 0.0
        for skill in range(N_SKILLS):
            present = (counts[c, EMPLOYED + skill] + collective[c, skill]) * labour_ratio[c, skill]
            ordinary, skilled = skilled, taken_away(of_skill(posts[FILLED, c], shares[skill]), present)
        for sector in range(N_SECTORS):
            gone[c, sector] = ordinary * shares[ORDINARY, sector] + skilled * shares[TERTIARY, sector]
            for size in range(N_SIZES):
                replaced = max(speeds[SEPARATION] + gone[c, sector], 0.0) * posts[FILLED, c, sector, size]
                openings[c, sector, size] = replaced + speeds[HIRING] * posts[WANTED, c, sector, size]


@inner
def match(
    speeds: Floats, shares: Floats, openings: Floats, counts: Floats, market: MarketColumns, normal: NormalMarket
) -> None:
    """Bring both sides together and move wages: writes all columns of the `market` but the first.

    Collective households seek in proportion to their workers. `counts` are heads of families, (6, N_COUNTS).
    """
    collective, vacancies, seekers, finding, filling, wage = market
    labour_ratio, normal_filling, normal_tightness = normal
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
            tightness, usual = ratio(vacant, seeking), normal_tightness[c, skill]
            wage[c, skill] *= math.exp(wage_growth(tightness, usual, speeds[TREND], speeds[RESPONSE]))


@inner
def move_posts(
    speeds: Floats,
    shares: Floats,
    posts: Floats,
    filling: Floats,
    normal_filling: Floats,
    hired: Floats,
    separation: Floats,
) -> None:
    """Write the part of the wanted hires that came by county and sector into `hired`, shape (6, 10), and the monthly
    chance of a worker to lose the job, dismissals included, by county and skill into `separation`, shape (6, 2)."""
    for c in range(N_COUNTIES):
        ordinary = filling[c, ORDINARY] / normal_filling[c, ORDINARY]
        skilled = filling[c, TERTIARY] / normal_filling[c, TERTIARY]
        for sector in range(N_SECTORS):
            hired[c, sector] = ordinary * shares[ORDINARY, sector] + skilled * shares[TERTIARY, sector]
        for skill in range(N_SKILLS):
            dismissed = speeds[FIRING] * of_skill(posts[SURPLUS, c], shares[skill])
            separation[c, skill] = speeds[SEPARATION] + ratio(dismissed, of_skill(posts[FILLED, c], shares[skill]))


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


@njit(cache=True, nogil=True)
def run_market(
    speeds: Floats,
    shares: Floats,
    firms: FirmColumns,
    market: MarketColumns,
    normal: NormalMarket,
    heads: Floats,
    weight: Floats,
    county: Int8s,
    separation: Floats,
    cells: Floats,
) -> None:
    """Let firms post, both sides meet, wages move and firms take on and dismiss; `speeds` in the order stated above.

    `heads` are those of `sim.mechanisms.labour_kernels.count_heads`, `weight` and `county` those of hamlets, shape
    (hamlets,). The chances of workers to lose the job, (6, 2), and the cumulative shares of openings, (6, 20), are
    written for households.
    """
    gone, hired = np.empty((N_COUNTIES, N_SECTORS)), np.empty((N_COUNTIES, N_SECTORS))
    openings = np.empty((N_COUNTIES, N_SECTORS, N_SIZES))
    collective, _, _, _, filling, _ = market
    labour_ratio, normal_filling, _ = normal
    counts, posts = by_county(heads, weight, county), count_posts(firms)
    post_vacancies(speeds, shares, posts, counts, collective, labour_ratio, gone, openings)
    match(speeds, shares, openings, counts, market, normal)
    move_posts(speeds, shares, posts, filling, normal_filling, hired, separation)
    cumulative_cells(openings, cells)
    move_labour(firms, gone, hired, speeds)


@njit(cache=True, nogil=True)
def count_employed(heads: Floats, weight: Floats, county: Int8s, collective: Floats, employment: Floats) -> None:
    """Write the employed by county and skill into `employment`, those of `collective` households included, (6, 2).

    `heads`, `weight` and `county` as in `run_market`.
    """
    counts = by_county(heads, weight, county)
    for c in range(N_COUNTIES):
        for skill in range(N_SKILLS):
            employment[c, skill] = counts[c, EMPLOYED + skill] + collective[c, skill]
