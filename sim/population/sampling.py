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

import math
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
"""Lowest and highest factor of calibration on a first weight."""
_CALIBRATION_STEPS = 12
_REACHABLE = 1e-8
_RANK = 1e-10
_SWEEPS = 30
_NEGLIGIBLE = 1e-16


@dataclass(frozen=True, eq=False)
class Frame:
    """The hamlets of the roster by stratum (county x class, 24).

    Attributes:
        stratum: stratum of each hamlet, shape (hamlets,).
        rows: roster rows of each stratum, sorted by forest land, then size; 24 arrays.
        households: households of each stratum, shape (24,).
        forest: transferable forest land of each county, mu, shape (6,).
    """

    stratum: Int64s
    rows: tuple[Int64s, ...]
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
    order = np.lexsort((roster.households, roster.forest))
    rows = tuple(order[stratum[order] == s] for s in range(N_STRATA))
    households = np.bincount(stratum, roster.households, N_STRATA)
    return Frame(stratum, rows, households, np.bincount(roster.county, roster.forest, N_COUNTIES))


def hamlets_wanted(frame: Frame, share: float) -> Int64s:
    """Return the number of hamlets to sample in each stratum, shape (24,).

    At least `LEAST_HAMLETS`, at most all; `share` is a ratio, 0 < share <= 1, times `HILL_OVERSAMPLING` where
    hamlets are eligible for relocation.
    """
    present = np.array([len(rows) for rows in frame.rows])
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
    wanted = hamlets_wanted(frame, share)
    starts = uniforms(stream(seed, 0, Purpose.POPULATION_SAMPLE), np.arange(N_STRATA, dtype=np.uint64))
    picks = []
    for stratum_code, (rows, n, start) in enumerate(zip(frame.rows, wanted, starts, strict=True)):
        is_hill = stratum_code % N_CLASSES == HILL_CLASS
        ordered = rows[np.argsort(attachments(seed, rows), kind="stable")] if is_hill else rows
        picks.append(ordered[((np.arange(n) + start) * (len(rows) / n)).astype(np.int64)])
    chosen = np.sort(np.concatenate(picks))
    stratum = frame.stratum[chosen]
    found = np.bincount(stratum, households[chosen], N_STRATA)
    return chosen, (frame.households / found)[stratum]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def calibrated(first: Floats, weights: Floats, constraints: Floats, totals: Floats) -> Floats:
    """Return weights moved towards exact totals, shape (n,): linear calibration inside bounds.

    Weights at a bound stay there while the others go on, as long as these can still meet all totals; when they
    cannot, the totals are met in part. What `weights` already satisfy they keep satisfying.

    Args:
        first: first weights, to which `WEIGHT_BOUNDS` refer, shape (n,).
        weights: weights to move, within the bounds, shape (n,).
        constraints: what each unit adds to each total per unit of weight, shape (k, n).
        totals: wanted totals, not negative, in the units of the constraints, shape (k,).
    """
    scale = np.maximum(totals, 1.0)
    rows = constraints / scale.reshape(-1, 1)
    weights, free = weights.copy(), np.ones(weights.size, dtype=np.bool_)
    for _ in range(_CALIBRATION_STEPS):
        gap = totals / scale - _products(rows, weights)
        metric = np.where(free, weights, 0.0)
        change = metric * (_solution(_products_of_rows(rows, metric), gap).reshape(-1, 1) * rows).sum(axis=0)
        if np.abs(_products(rows, change) - gap).max() > _REACHABLE:
            break
        room = np.where(change < 0.0, WEIGHT_BOUNDS[0], WEIGHT_BOUNDS[1]) * first - weights
        reach = np.where(np.abs(change) > 1e-12 * weights, room / change, np.inf)
        step = min(1.0, reach.min())
        weights += step * change
        if step == 1.0:
            break
        free &= reach > step
    return weights


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _products(rows: Floats, weights: Floats) -> Floats:
    return (rows * weights).sum(axis=1)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _products_of_rows(rows: Floats, metric: Floats) -> Floats:
    """Return rows x diagonal(metric) x rows', shape (k, k)."""
    out = np.empty((len(rows), len(rows)))
    for i in range(len(rows)):
        out[i] = _products(rows, rows[i] * metric)
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _solution(matrix: Floats, right: Floats) -> Floats:
    """Return the shortest least-squares solution of a symmetric system, shape (k,).

    Eigenvalues below `_RANK` of the largest count as 0.
    """
    values, vectors = eigen(matrix)
    out = np.zeros(right.size)
    for i in range(right.size):
        if abs(values[i]) > _RANK * np.abs(values).max():
            out += vectors[i] * ((vectors[i] * right).sum() / values[i])
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def eigen(matrix: Floats) -> tuple[Floats, Floats]:
    """Return eigenvalues, shape (k,), and eigenvectors, one a row, shape (k, k), of a small symmetric matrix.

    Jacobi's rotations, each of which makes one element beside the diagonal vanish, until all have.
    """
    a, vectors = matrix.copy(), np.eye(len(matrix))
    for _ in range(_SWEEPS):
        rotated = False
        for p in range(len(a) - 1):
            for q in range(p + 1, len(a)):
                if abs(a[p, q]) <= _NEGLIGIBLE * math.sqrt(abs(a[p, p] * a[q, q])):
                    continue
                rotated = True
                half = (a[q, q] - a[p, p]) / (2.0 * a[p, q])
                tangent = math.copysign(1.0, half) / (abs(half) + math.sqrt(half * half + 1.0))
                cosine = 1.0 / math.sqrt(tangent * tangent + 1.0)
                _rotate(a, p, q, cosine, tangent * cosine)
                _rotate(a.T, p, q, cosine, tangent * cosine)
                _rotate(vectors, p, q, cosine, tangent * cosine)
        if not rotated:
            break
    return np.diag(a).copy(), vectors


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _rotate(a: Floats, p: int, q: int, cosine: float, sine: float) -> None:
    """Turn rows p and q in their plane."""
    for k in range(a.shape[1]):
        a[p, k], a[q, k] = cosine * a[p, k] - sine * a[q, k], sine * a[p, k] + cosine * a[q, k]
