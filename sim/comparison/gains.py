"""Who gains and who loses: households of two runs paired by identity and seed.

The income of a household per resident and year is that of the last twelve months simulated. Each household counts
with the persons it had in the second run, so that the changes of groups, weighted by their persons, add up to the mean
change of all. A household that only one of the runs has at its end is left out: it has no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MONTHS_PER_YEAR
from sim.comparison.chance import standard_error
from sim.errors import ResultsError, nearest
from sim.places import COUNTIES

if TYPE_CHECKING:
    from sim.comparison.pairing import Side

type Floats = NDArray[np.float64]
type Grouping = Literal["decile", "county", "settlement", "all"]

GROUPINGS: tuple[Grouping, ...] = ("decile", "county", "settlement", "all")
THRESHOLD = 100.0
"""CNY per person and year from which a change counts as gain or loss (assumption: 0.3 percent of mean income)."""

FOUNDED_LATER = "founded_later"
DECILES = (FOUNDED_LATER, *(str(tenth) for tenth in range(1, 11)))
SETTLEMENTS = ("rural", "town", "relocated")
EVERYBODY = ("all",)
_RURAL, _TOWN, _RELOCATED = range(3)


@dataclass(frozen=True)
class Gain:
    """What a group of households gains, first run minus second.

    Attributes:
        group: a tenth (``1`` the poorest, or ``founded_later``), a county, a settlement, or ``all``.
        households, persons: paired households of the full city, and their residents in the second run, means over
            seeds.
        before: income in the second run, CNY/person/year.
        change: income in the first run minus that, CNY/person/year.
        standard_error: of `change` over seeds; NaN for one seed.
        better, worse: part of the persons whose household gains, or loses, more than THRESHOLD per person and year;
            chance is in both (who finds a vacant job), so they differ from 0 wherever anything differs.
        deviations: by how much each seed pulls `change` from its mean (linear approximation), in its unit; they sum
            to zero. Groups share their seeds, so the error of a difference of groups is that of their deviations.
    """

    group: str
    households: float
    persons: float
    before: float
    change: float
    standard_error: float
    better: float
    worse: float
    deviations: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Pairs:
    """The households that both runs of a seed have, one row each; arrays have shape (pairs,).

    Attributes:
        weight: households of the full city a row stands for.
        persons: weighted residents in the second run, averaged over the months its income covers.
        before, change: income in the second run, and first minus second, CNY/person/year.
        groups: position of the group by grouping.
        paired_share: part of the persons of the second run that are paired.
    """

    weight: Floats
    persons: Floats
    before: Floats
    change: Floats
    groups: dict[str, NDArray[np.int64]]
    paired_share: float


def pair_households(left: Side, right: Side, seed: int) -> Pairs:
    """Return the paired households of a seed.

    Raises:
        ResultsError: the runs end in different months, or left no closing tables.
    """
    one, other = left.households(seed), right.households(seed)
    if one.month != other.month:
        raise ResultsError("the runs end in different months, so the incomes of their last year cannot be compared")
    months = min(one.month + 1, MONTHS_PER_YEAR)
    first, second = one.columns, other.columns
    rows_one, rows_other = _same_ids(first["id"], second["id"])
    lived_in = (first["resident_months"][rows_one] > 0) & (second["resident_months"][rows_other] > 0)
    a = {name: values[rows_one[lived_in]] for name, values in first.items()}
    b = {name: values[rows_other[lived_in]] for name, values in second.items()}
    weight = b["weight"].astype(np.float64)
    before = _per_person(b)
    everybody = float(np.dot(second["weight"].astype(np.float64), second["resident_months"]))
    persons = weight * b["resident_months"]
    groups = {
        "decile": b["start_decile"].astype(np.int64),
        "county": b["county"].astype(np.int64),
        "settlement": np.where(a["relocated"] | b["relocated"], _RELOCATED, np.where(a["town"], _TOWN, _RURAL)),
        "all": np.zeros(len(weight), np.int64),
    }
    share = float(persons.sum()) / everybody if everybody > 0.0 else 1.0
    return Pairs(weight, persons / months, before, _per_person(a) - before, groups, share)


def _same_ids(one: NDArray[Any], other: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the ids that both have, in the order of the first; ids are unique on each side."""
    if len(other) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.argsort(other)
    place = np.minimum(np.searchsorted(other, one, sorter=order), len(other) - 1)
    found = other[order[place]] == one
    return np.flatnonzero(found), order[place[found]]


def _per_person(columns: dict[str, NDArray[Any]]) -> Floats:
    return np.asarray(MONTHS_PER_YEAR * columns["income"].astype(np.float64) / columns["resident_months"])


def gains_by(pairs: Sequence[Pairs], by: Grouping) -> list[Gain]:
    """Return what each group gains, groups without households left out; one `Pairs` a seed.

    Raises:
        ResultsError: there is no such grouping.
    """
    if by not in GROUPINGS:
        raise ResultsError(f"no grouping '{by}'. {nearest(by, GROUPINGS)}".rstrip())
    names = {"decile": DECILES, "county": COUNTIES, "settlement": SETTLEMENTS, "all": EVERYBODY}[by]
    order = (*range(1, len(names)), 0) if by == "decile" else range(len(names))
    sums = np.array([_sums(each, by, len(names)) for each in pairs])
    return [_gain(names[group], sums[:, group]) for group in order if sums[:, group, _PERSONS].sum() > 0.0]


_HOUSEHOLDS, _PERSONS, _BEFORE, _CHANGE, _BETTER, _WORSE = range(6)


def _sums(pairs: Pairs, by: str, groups: int) -> Floats:
    """Return households, persons and sums over persons by group, shape (groups, 6)."""
    persons = pairs.persons
    values = (
        pairs.weight,
        persons,
        persons * pairs.before,
        persons * pairs.change,
        persons * (pairs.change > THRESHOLD),
        persons * (pairs.change < -THRESHOLD),
    )
    return np.stack([np.bincount(pairs.groups[by], each, groups) for each in values], axis=1)


def _gain(group: str, sums: Floats) -> Gain:
    """Return the gain of a group from its sums by seed, shape (seeds, 6)."""
    mean = sums.mean(axis=0)
    before, change, better, worse = mean[_BEFORE:] / mean[_PERSONS]
    deviations = ratio_deviations(sums[:, _CHANGE], sums[:, _PERSONS])
    return Gain(
        group=group,
        households=float(mean[_HOUSEHOLDS]),
        persons=float(mean[_PERSONS]),
        before=float(before),
        change=float(change),
        standard_error=standard_error(deviations),
        better=float(better),
        worse=float(worse),
        deviations=tuple(deviations.tolist()),
    )


def ratio_deviations(tops: Floats, bottoms: Floats) -> Floats:
    """Return by how much each seed pulls a ratio of two means over seeds from it, shape (seeds,), in its unit.

    The usual linear approximation: top - ratio * bottom, over the mean of the bottoms. The standard error of their
    mean is that of the ratio.

    Args:
        tops, bottoms: what is divided, by seed, each shape (seeds,).
    """
    return np.asarray((tops - tops.sum() / bottoms.sum() * bottoms) / bottoms.mean())


def gap_error(one: Gain, other: Gain) -> float:
    """Return the standard error of the difference of two groups' changes, CNY/person/year; NaN for one seed."""
    return standard_error(np.subtract(one.deviations, other.deviations))
