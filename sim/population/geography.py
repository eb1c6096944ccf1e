"""The map: villages inside real county borders, their hamlets, travel minutes, eligibility and forest land.

The map is the same in every run (its own fixed random stream, not the run's seed): only which hamlets are
sampled and who lives in them depend on the seed. Positions are uniform inside the border (villages), near the
seat or in smaller towns (urban communities); these are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.evidence import Border, Evidence
from sim.places import CITY, COUNTIES, N_COUNTIES
from sim.population.fitting import largest_remainder, normal_scores
from sim.population.margins import HILL_ZONE, NEAR_ZONE, TOWN_ZONE, Margins, by_county, distances_km

type Floats = NDArray[np.float64]
type Int64s = NDArray[np.int64]
type Bools = NDArray[np.bool_]
type Columns = dict[str, NDArray[Any]]

MAP_SEED = 330_800
"""Fixed stream of the map (the city's administrative code; any number would do)."""
DETOUR = 1.4
"""Road distance over distance as the crow flies in hills (assumption)."""
SPEED_KM_H = 35.0
"""Mean speed on hill roads (assumption)."""
SEAT_SHARE, SEAT_SPREAD_KM = 0.7, 3.0
"""Part of the urban communities around the county seat, and how widely (assumption); the others are smaller
towns."""
HAMLET_SPREAD_KM = 1.2
"""Spread of hamlets around their village (assumption)."""
HAZARD_PART = 0.3
"""Part of the eligible hamlets that have a recorded geological hazard; the rest are remote (assumption)."""
HAZARD_TILT = (0.4, 1.6)
"""Relative chance of a hazard in the nearest and the remotest hamlet of a county (assumption)."""
SIZE_SD = 0.5
"""Log sd of the size of ordinary rural hamlets (assumption)."""
BLOCK_SD = 0.2
"""Log sd of the size of urban blocks (assumption)."""
FOREST_SD = 0.5
"""Log sd of a village's forest land per household at given remoteness (assumption)."""
FOREST_AT_THE_SEAT = 0.4
"""Forest land per household of a village at the county seat, relative to what one at the mean travel time has beyond
it, ratio (assumption); between them it rises evenly with travel time."""
HILL_CLAIM = 1.5
"""Transferable land of a household of a hamlet eligible for relocation over that of another one of its village, ratio
(assumption)."""
KM_PER_DEGREE = 111.2
"""Length of a degree of latitude, km: a 360th of the earth's circumference."""


@dataclass(frozen=True, eq=False)
class Roster:
    """All villages and hamlets of the full city, hamlets sorted by village, villages by county.

    Village columns have the shape (villages,), hamlet columns (hamlets,); units as in the tables of
    `sim.world`. `zone` is the zone of composition, `far` marks the remoter half of a county's ordinary rural
    hamlets, and `position` is a hamlet's first household among those of its county and zone.
    """

    village_county: Int64s
    village_urban: Bools
    village_point: Floats
    village_minutes: Floats
    village_forest: Floats
    village_forest_other: Floats
    village: Int64s
    county: Int64s
    zone: Int64s
    far: Bools
    hazard: Bools
    point: Floats
    minutes: Floats
    households: Int64s
    forest: Floats
    position: Int64s


def draw_map(evidence: Evidence, margins: Margins) -> Roster:
    """Place villages and hamlets and share households and forest land among them."""
    rng = np.random.default_rng(MAP_SEED)
    counties = [_county(evidence, margins, rng, c) for c in range(N_COUNTIES)]
    first_village = np.cumsum([0, *(len(part["village_urban"]) for part in counties)])
    for c, part in enumerate(counties):
        part["village"] += first_village[c]
        part["village_county"] = np.full(len(part["village_urban"]), c)
        part["county"] = np.full(len(part["village"]), c)
    columns = {name: np.concatenate([part[name] for part in counties]) for name in counties[0]}
    columns |= _forest(evidence, columns, rng)
    columns["position"] = _positions(columns["county"], columns["zone"], columns["households"])
    return Roster(**columns)


def _county(evidence: Evidence, margins: Margins, rng: np.random.Generator, c: int) -> Columns:
    """Return the columns of one county; `village` counts from 0."""
    border, seat = evidence.borders[COUNTIES[c]], np.array(evidence.seat(COUNTIES[c]))
    year = 2024 if COUNTIES[c] == "changshan" else 2022
    rural = round(evidence.value("administrative_villages", COUNTIES[c], year))
    town = int(margins.households[c, TOWN_ZONE])
    communities = max(1, round(town / evidence.value("households_per_community", CITY, 2022)))
    blocks = round(town / evidence.value("households_per_urban_block", CITY, 2022))
    points = np.concatenate([_scatter(border, rng, rural), _towns(border, rng, communities, seat)])
    hamlets = round(rural * evidence.value("hamlets_per_village", CITY, 2022))
    per_village = 2 + rng.multinomial(hamlets - 2 * rural, np.full(rural, 1.0 / rural))
    village = np.append(np.repeat(np.arange(rural), per_village), rural + np.sort(np.arange(blocks) % communities))
    spots = _around(border, rng, points[village])
    minutes = _minutes(spots, seat)
    is_rural = village < rural
    hazard = np.zeros(len(village), dtype=np.bool_)
    eligible = len(margins.hill_sizes[c])
    hazard[is_rural] = _hazards(rng, minutes[is_rural], HAZARD_PART * eligible)
    hill = _remotest(minutes, hazard, is_rural, eligible)
    zone = np.where(is_rural, np.where(hill, HILL_ZONE, NEAR_ZONE), TOWN_ZONE)
    near = zone == NEAR_ZONE
    return {
        "village_urban": np.arange(rural + communities) >= rural,
        "village_point": points,
        "village_minutes": _minutes(points, seat),
        "village": village,
        "zone": zone,
        "far": near & (minutes > np.median(minutes[near])),
        "hazard": hazard,
        "point": spots,
        "minutes": minutes,
        "households": _sizes(margins, rng, c, zone),
    }


def _sizes(margins: Margins, rng: np.random.Generator, c: int, zone: Int64s) -> Int64s:
    """Return households of each hamlet; they sum to the households of the county's zones."""
    sizes = np.zeros(len(zone), dtype=np.int64)
    sizes[zone == HILL_ZONE] = rng.permutation(margins.hill_sizes[c])
    for which, spread in ((NEAR_ZONE, SIZE_SD), (TOWN_ZONE, BLOCK_SD)):
        n = int(np.count_nonzero(zone == which))
        relative = np.exp(spread * rng.permutation(normal_scores(n)))
        sizes[zone == which] = largest_remainder(relative, int(margins.households[c, which]))
    return sizes


def _minutes(points: Floats, seat: Floats) -> Floats:
    return distances_km(points, seat) * DETOUR / SPEED_KM_H * 60.0


def _hazards(rng: np.random.Generator, minutes: Floats, expected: float) -> Bools:
    """Return which hamlets have a recorded hazard: `expected` of them on average, more of the remote ones."""
    rank = np.argsort(np.argsort(minutes)) / len(minutes)
    chance = expected / len(minutes) * (HAZARD_TILT[0] + (HAZARD_TILT[1] - HAZARD_TILT[0]) * rank)
    return np.asarray(rng.random(len(minutes)) < chance)


def _remotest(minutes: Floats, hazard: Bools, rural: Bools, wanted: int) -> Bools:
    """Return the `wanted` eligible hamlets: those with a hazard first, then the remotest."""
    order = np.lexsort((-minutes, ~hazard, ~rural))
    chosen = np.zeros(len(minutes), dtype=np.bool_)
    chosen[order[:wanted]] = True
    return chosen


def _scatter(border: Border, rng: np.random.Generator, n: int) -> Floats:
    """Return `n` points spread evenly inside a border, shape (n, 2)."""
    outline = border.polygons[0][0]
    low, high = outline.min(axis=0), outline.max(axis=0)
    found = np.empty((0, 2))
    while len(found) < n:
        candidates = rng.uniform(low, high, (2 * n + 20, 2))
        found = np.concatenate([found, candidates[inside(border, candidates)]])
    return found[:n]


def _towns(border: Border, rng: np.random.Generator, n: int, seat: Floats) -> Floats:
    """Return points of urban communities: most around the seat, the others anywhere inside the border."""
    central = round(SEAT_SHARE * n)
    found = np.empty((0, 2))
    while len(found) < central:
        candidates = seat + _degrees(rng.normal(0.0, SEAT_SPREAD_KM, (4 * n + 20, 2)))
        found = np.concatenate([found, candidates[inside(border, candidates)]])
    return np.concatenate([found[:central], _scatter(border, rng, n - central)])


def _around(border: Border, rng: np.random.Generator, centres: Floats) -> Floats:
    """Return a point near each centre, the centre itself where the draw falls outside the border."""
    spots = centres + _degrees(rng.normal(0.0, HAMLET_SPREAD_KM, centres.shape))
    return np.where(inside(border, spots)[:, None], spots, centres)


def _degrees(km: Floats) -> Floats:
    return np.asarray(km / np.array([KM_PER_DEGREE * np.cos(np.radians(29.0)), KM_PER_DEGREE]))


def inside(border: Border, points: Floats) -> Bools:
    """Return which points (longitude, latitude; degrees; shape (n, 2)) lie inside a border, shape (n,).

    The even-odd rule over all rings decides.
    """
    odd = np.zeros(len(points), dtype=np.bool_)
    for polygon in border.polygons:
        for ring in polygon:
            _cross(ring, points, odd)
    return odd


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _cross(ring: Floats, points: Floats, odd: Bools) -> None:
    """Turn `odd` once for every edge of a ring that a ray from the point to the east crosses."""
    for p in range(points.shape[0]):
        x, y = points[p, 0], points[p, 1]
        for i in range(ring.shape[0] - 1):
            y0, y1 = ring[i, 1], ring[i + 1, 1]
            if (y0 > y) != (y1 > y) and x < ring[i, 0] + (y - y0) / (y1 - y0) * (ring[i + 1, 0] - ring[i, 0]):
                odd[p] = not odd[p]


def _forest(evidence: Evidence, columns: Columns, rng: np.random.Generator) -> dict[str, Floats]:
    """Share the city's forest land among counties by area x cover, then among rural villages by remoteness.

    A village's land rises with the root of its households (assumption): small villages hold more for each. Land that
    can be transferred is split among its hamlets by households (`HILL_CLAIM`).
    """
    county, households, village = columns["village_county"], columns["households"], columns["village"]
    total = evidence.value("forest_land_area", CITY, 2025)
    transferable = evidence.value("transferable_forest_land", CITY, 2022)
    land = by_county(evidence, "land_area", 2020) * forest_cover(evidence)
    by_village = np.bincount(village, households, len(county))
    minutes = columns["village_minutes"]
    weight = np.where(
        columns["village_urban"], 0.0, np.sqrt(by_village) * (FOREST_AT_THE_SEAT + minutes / minutes.mean())
    )
    weight *= rng.lognormal(0.0, FOREST_SD, len(weight))
    weight *= (land / land.sum() / np.bincount(county, weight, N_COUNTIES))[county]
    claim = households * np.where(columns["zone"] == HILL_ZONE, HILL_CLAIM, 1.0)
    claim *= columns["zone"] != TOWN_ZONE
    per_claim = np.divide(weight, np.bincount(village, claim, len(county)), out=np.zeros(len(weight)), where=weight > 0)
    return {
        "village_forest": weight * transferable,
        "village_forest_other": weight * (total - transferable),
        "forest": claim * per_claim[village] * transferable,
    }


def forest_cover(evidence: Evidence) -> Floats:
    """Return forest cover by county, used as a relative weight only (definitions differ), shape (6,)."""
    years = {"qujiang": "undated", "changshan": "undated"}
    return np.array([evidence.value("forest_cover", county, years.get(county, 2022)) for county in COUNTIES])


def _positions(county: Int64s, zone: Int64s, households: Int64s) -> Int64s:
    position = np.zeros(len(county), dtype=np.int64)
    for c in range(N_COUNTIES):
        for z in (TOWN_ZONE, NEAR_ZONE, HILL_ZONE):
            rows = np.flatnonzero((county == c) & (zone == z))
            position[rows] = np.cumsum(households[rows]) - households[rows]
    return position
