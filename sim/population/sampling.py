"""Draw whole hamlets and give them weights.

Strata are county x class: urban blocks, nearer and remoter ordinary hamlets, hamlets eligible for relocation
(sampled ten times as often, at most all). Inside a stratum hamlets are sorted by forest land, then size, those
eligible for relocation by their attachment, which decides whether they go; they are taken at equal steps from a
random start, so every hamlet has the same chance and the sample is spread evenly.
Weights make the households of each stratum exact; then they are moved as little as possible (least squares)
towards exact residents, registered persons and forest land of each county, as far as every weight stays
within `WEIGHT_BOUNDS` of its first value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.places import N_COUNTIES
from sim.population.geography import Roster
from sim.population.margins import HILL_ZONE, TOWN_ZONE
from sim.randomness import Purpose, normals, stream, uniforms

type Floats = NDArray[np.float64]
type Int64s = NDArray[np.int64]

URBAN_CLASS, NEAR_CLASS, FAR_CLASS, HILL_CLASS = range(4)
N_CLASSES = 4
N_STRATA = N_COUNTIES * N_CLASSES
HILL_OVERSAMPLING = 10.0
LEAST_HAMLETS = 2
WEIGHT_BOUNDS = (0.3, 3.0)
"""Lowest and highest factor of calibration on a first weight, ratio; assumption: wider bounds meet more totals with
hamlets that stand for far more than their part of the city."""
_CALIBRATION_STEPS = 12
"""Most rounds of calibration: each but the last takes at least one more weight to its bound."""
_REACHABLE = 1e-8
"""Gap to a total, in totals, that a round may leave before the totals count as out of reach: far above rounding
(1e-14) and a hundredth of what counts as met when a world is built.
"""
_IMPLIED = 1e-10
"""Part of a constraint's own size that must be left once the others are taken out; less is rounding (1e-16 times
what the others' eigenvalues span), so the others imply the constraint.
"""
_UNMOVED = 1e-12
"""Part of a weight below which its change is rounding and takes it to no bound."""


@dataclass(frozen=True, eq=False)
class Frame:
    """The hamlets of the roster by stratum (county x class, 24).

    Attributes:
        stratum: stratum of each hamlet, shape (hamlets,).
        rows: roster rows stratum by stratum, each sorted by forest land, then size, shape (hamlets,).
        first: first place of a stratum in `rows`, shape (24 + 1,).
        hill: places in `rows` of the hamlets eligible for relocation, shape (eligible,).
        households: households of each stratum, shape (24,).
        forest: transferable forest land of each county, mu, shape (6,).
    """

    stratum: Int64s
    rows: Int64s
    first: Int64s
    hill: Int64s
    households: Floats
    forest: Floats


def frame_of(roster: Roster) -> Frame:
    """Return the sampling frame of a roster."""
    classes = np.select(
        [roster.zone == TOWN_ZONE, roster.zone == HILL_ZONE, roster.far],
        [URBAN_CLASS, HILL_CLASS, FAR_CLASS],
        NEAR_CLASS,
    )
    stratum = roster.county * N_CLASSES + classes
    rows = np.lexsort((roster.households, roster.forest, stratum))
    return Frame(
        stratum=stratum,
        rows=rows,
        hill=np.flatnonzero(classes[rows] == HILL_CLASS),
        first=np.append(0, np.cumsum(np.bincount(stratum, minlength=N_STRATA))),
        households=np.bincount(stratum, roster.households, N_STRATA),
        forest=np.bincount(roster.county, roster.forest, N_COUNTIES),
    )


def hamlets_wanted(frame: Frame, share: float) -> Int64s:
    """Return the number of hamlets to sample in each stratum, shape (24,).

    At least `LEAST_HAMLETS`, at most all; `share` is a ratio, 0 < share <= 1, times `HILL_OVERSAMPLING` where
    hamlets are eligible for relocation.
    """
    present = np.diff(frame.first)
    factor = np.where(np.arange(N_STRATA) % N_CLASSES == HILL_CLASS, HILL_OVERSAMPLING, 1.0)
    wanted = np.rint(np.minimum(1.0, factor * share) * present)
    return np.asarray(np.minimum(present, np.maximum(LEAST_HAMLETS, wanted)), dtype=np.int64)


def attachments(seed: int, rows: Int64s) -> Floats:
    """Return what households of each hamlet share in their wish to stay or go, standard normal, shape (n,).

    Args:
        seed: the run's seed.
        rows: roster rows, shape (n,).
    """
    return np.asarray(normals(stream(seed, 0, Purpose.POPULATION_PLACE), rows.astype(np.uint64) + np.uint64(1)))


def sample(frame: Frame, households: Int64s, share: float, seed: int) -> tuple[Int64s, Floats]:
    """Return the sampled roster rows in ascending order and their first weights, both shape (sampled,).

    A weight is the number of hamlets a sampled one stands for; it makes households exact by stratum.

    Args:
        frame: the sampling frame.
        households: of every hamlet of the roster, shape (hamlets,).
        share: part of the hamlets to take, 0 < share <= 1.
        seed: the run's seed.
    """
    wanted, present = hamlets_wanted(frame, share), np.diff(frame.first)
    starts = uniforms(stream(seed, 0, Purpose.POPULATION_SAMPLE), np.arange(N_STRATA, dtype=np.uint64))
    stratum = np.repeat(np.arange(N_STRATA), wanted)
    number = np.arange(len(stratum)) - (np.cumsum(wanted) - wanted)[stratum]
    place = ((number + starts[stratum]) * (present / wanted)[stratum]).astype(np.int64)
    chosen = np.sort(_by_attachment(frame, seed)[frame.first[stratum] + place])
    found = np.bincount(frame.stratum[chosen], households[chosen], N_STRATA)
    return chosen, (frame.households / found)[frame.stratum[chosen]]


def _by_attachment(frame: Frame, seed: int) -> Int64s:
    """Return `frame.rows` with the hamlets eligible for relocation sorted by attachment, shape (hamlets,)."""
    rows, hill = frame.rows.copy(), frame.rows[frame.hill]
    rows[frame.hill] = hill[np.lexsort((attachments(seed, hill), frame.stratum[hill]))]
    return rows


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def calibrate(
    begin: int, end: int, rows: Floats, totals: Floats, first: Floats, weights: Floats, by_unit: Floats, system: Floats
) -> float:
    """Move the weights of units [begin, end) towards exact totals: linear calibration inside bounds.

    Weights at a bound stay there while the others go on, as long as these can still meet all totals; when they
    cannot, the totals are met in part. What the weights already satisfy they keep satisfying.

    Args:
        begin, end: the units.
        rows: what each unit adds to each total per unit of weight, shape (k or more, n).
        totals: wanted totals, near 1 or 0, shape (k,).
        first: first weights, to which `WEIGHT_BOUNDS` refer, shape (n,).
        weights: weights to move, within the bounds, shape (n,); written.
        by_unit: working space, shape (3, n).
        system: working space, shape (k + 4 or more, k or more).

    Returns:
        The largest gap left to a total.
    """
    k, free, change, reach = totals.size, by_unit[0], by_unit[1], by_unit[2]
    gaps, slopes, pivots, left = system[k, :k], system[k + 1, :k], system[k + 2, :k], system[k + 3, :k]
    for i in range(begin, end):
        free[i] = 1.0
    for _ in range(_CALIBRATION_STEPS):
        _subtract(begin, end, rows, totals, weights, gaps)
        for a in range(k):
            slopes[a] = gaps[a]
            for b in range(a + 1):
                product = 0.0
                for i in range(begin, end):
                    product += rows[a, i] * rows[b, i] * (free[i] * weights[i])
                system[a, b] = system[b, a] = product
        solve(k, system, slopes, pivots)
        step = 1.0
        for i in range(begin, end):
            slope = 0.0
            for a in range(k):
                slope += slopes[a] * rows[a, i]
            change[i] = free[i] * weights[i] * slope
            bound = WEIGHT_BOUNDS[0] if change[i] < 0.0 else WEIGHT_BOUNDS[1]
            moves = abs(change[i]) > _UNMOVED * weights[i]
            reach[i] = (bound * first[i] - weights[i]) / change[i] if moves else np.inf
            step = min(step, reach[i])
        if _subtract(begin, end, rows, gaps, change, left) > _REACHABLE:
            break
        for i in range(begin, end):
            weights[i] += step * change[i]
            free[i] = free[i] if reach[i] > step else 0.0
        if step == 1.0:
            break
    return float(_subtract(begin, end, rows, totals, weights, gaps))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _subtract(begin: int, end: int, rows: Floats, totals: Floats, weights: Floats, gaps: Floats) -> float:
    """Write what the weighted units leave of the totals to `gaps` and return the largest."""
    largest = 0.0
    for a in range(totals.size):
        gaps[a] = totals[a]
        for i in range(begin, end):
            gaps[a] -= rows[a, i] * weights[i]
        largest = max(largest, abs(gaps[a]))
    return largest


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def solve(k: int, system: Floats, right: Floats, pivots: Floats) -> None:
    """Solve k symmetric equations whose matrix has no negative eigenvalue, by elimination along the diagonal.

    An equation that those before it imply (`_IMPLIED`) is left out and its unknown is 0: of several solutions of a
    calibration any will do, as they change the weights alike.

    Args:
        k: number of equations.
        system: the matrix, shape (k or more, k or more); destroyed.
        right: the right side, then the solution, shape (k or more,).
        pivots: working space, shape (k or more,).
    """
    for p in range(k):
        pivots[p] = _IMPLIED * system[p, p]
    for p in range(k):
        pivots[p] = 1.0 / system[p, p] if system[p, p] > pivots[p] else 0.0
        for a in range(k):
            factor = 0.0 if a == p else system[a, p] * pivots[p]
            for b in range(k):
                system[a, b] -= factor * system[p, b]
            right[a] -= factor * right[p]
    for p in range(k):
        right[p] *= pivots[p]
