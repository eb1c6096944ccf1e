"""What one record of the evidence is: a fact, a statistic, an effect size, a place on the map, a period."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sim.calendar import MONTHS_PER_YEAR, parse_month
from sim.places import PLACES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROLES = ("target", "input", "check", "context")
BOUNDS = ("eq", "approx", "ge", "nearly")
RANKS = ("primary", "alternative")
ASSUMPTION = "assumption"
CONFIDENCES = ("official", "paper", "press", "aggregator", "memory", ASSUMPTION)
COMPARATORS = (
    "china",
    "zhejiang",
    "hangzhou",
    "taizhou",
    "jinhua",
    "lanxi",
    "qingyuan",
    "songyang",
    "suichang",
    "yuhang",
    "kecheng+qujiang",
    "changshan+kaihua",
    "kecheng+kaihua+jiangshan+qujiang",
)
"""Places outside the model, and sums of counties, that a statistic may speak of."""
STATISTIC_PLACES = (*PLACES, *COMPARATORS)

GE_MARGIN = 0.05
"""A figure stated as "more than v" is read as [v, (1 + margin) v]; "close to v" as [(1 - margin) v, v]."""
_END_TOLERANCE = 1e-9
_YEAR_PART = re.compile(r"(\d{4})(?:Q([1-4])|H([12])|M(\d{1,2})-(\d{1,2}))?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Period:
    """First and last month (indices of `sim.calendar`) a figure speaks of; a stock belongs to one day."""

    first: int
    last: int
    is_stock: bool


@functools.cache
def parse_period(text: str) -> Period:
    """Return the period of a text: ``2024``, ``2024-09``, ``2024-12-31`` (a stock) or ``2023-01/2024-09``.

    Statistical offices' parts of a year are read too: ``2023Q1``, ``2023H1``, ``2023M1-9``.

    Raises:
        ValueError: the text is none of these, no date of the calendar, or runs backwards.
    """
    ends = [_span(text, part) for part in text.split("/")]
    if len(ends) > 2 or ends[0][0] > ends[-1][1]:
        raise ValueError(f"'{text}' is no period: its first month must not come after its last")
    return Period(ends[0][0], ends[-1][1], is_stock=len(ends) == 1 and _DAY.fullmatch(text) is not None)


def _span(text: str, part: str) -> tuple[int, int]:
    """Return first and last month of one end of a period."""
    try:
        match = _YEAR_PART.fullmatch(part)
        if match is not None:
            january = parse_month(f"{match[1]}-01")
            first, last = _months_of_year(match)
            if 1 <= first <= last <= MONTHS_PER_YEAR:
                return january + first - 1, january + last - 1
        if _DAY.fullmatch(part):
            date.fromisoformat(part)
            part = part[:7]
        return parse_month(part), parse_month(part)
    except ValueError as error:
        allowed = "write 2024, 2024Q1, 2024-09, 2024-12-31 or 2023-01/2024-09"
        raise ValueError(f"'{text}' is no period; {allowed}") from error


def _months_of_year(match: re.Match[str]) -> tuple[int, int]:
    quarter, half, first, last = match.groups()[1:]
    if quarter:
        return 3 * int(quarter) - 2, 3 * int(quarter)
    if half:
        return 6 * int(half) - 5, 6 * int(half)
    return (int(first), int(last)) if first else (1, MONTHS_PER_YEAR)


@dataclass(frozen=True)
class Source:
    """A document that states facts."""

    id: str
    title: str
    publisher: str
    published: str
    confidence: str


@dataclass(frozen=True)
class Fact:
    """One figure a source document states about a programme.

    Attributes:
        id: unique name.
        programme: the reform it speaks of, or ``economy``.
        place: a county or the city.
        period: ISO period, see `parse_period`.
        value: the figure, or several that belong together, in `unit`.
        unit: a unit of `sim.units`.
        bound: ``eq`` as stated, ``approx`` "about", ``ge`` "more than", ``nearly`` "close to".
        role: ``target``, ``input``, ``check`` or ``context``.
        source: the document.
        note: what the figure counts, in our own words.
        upper: largest feasible value of a ``ge`` figure, where it is known better than 1.05 times the value.
    """

    id: str
    programme: str
    place: str
    period: str
    value: float | tuple[float, ...]
    unit: str
    bound: str
    role: str
    source: Source
    note: str = ""
    upper: float | None = None

    @property
    def months(self) -> tuple[int, int]:
        """First and last month index of the period; the same month twice for a stock."""
        period = parse_period(self.period)
        return period.first, period.last

    @property
    def is_stock(self) -> bool:
        """Whether the figure is a stock on one day, not a flow or mean over months."""
        return parse_period(self.period).is_stock

    @property
    def number(self) -> float:
        """The value of a fact that states one number.

        Raises:
            ValueError: the fact states several.
        """
        if isinstance(self.value, tuple):
            raise ValueError(f"fact '{self.id}' states {len(self.value)} values, not one")
        return self.value

    @property
    def interval(self) -> tuple[float, float]:
        """Lowest and highest value the statement allows, in `unit`; one point for ``eq`` and ``approx``."""
        value = self.number
        if self.bound == "nearly":
            return (1.0 - GE_MARGIN) * value, value
        if self.bound == "ge":
            return value, self._upper_end(value)
        return value, value

    def _upper_end(self, value: float) -> float:
        if self.upper is not None:
            return self.upper
        margin_end = (1.0 + GE_MARGIN) * value
        is_rate = self.unit == "ratio" and value <= 1.0
        return min(margin_end, 1.0) if is_rate else margin_end

    def contains(self, x: float) -> bool:
        """Return whether `x` lies in the interval, up to the rounding of the ends."""
        low, high = self.interval
        return low <= x <= high or any(math.isclose(x, end, rel_tol=_END_TOLERANCE) for end in (low, high))


@dataclass(frozen=True)
class Statistic:
    """One published (or assumed) number of the starting state.

    Attributes:
        key: what is counted.
        place: one of `STATISTIC_PLACES`.
        year: ``undated``, ``to`` and a month, or a period.
        value: in `unit`.
        rank: ``primary``, or ``alternative`` for a second figure of the same thing.
        confidence: one of `CONFIDENCES`.
        source, address, note: where it was read and how it was derived.
    """

    key: str
    place: str
    year: str
    value: float
    unit: str
    rank: str
    confidence: str
    source: str
    address: str = ""
    note: str = ""


@dataclass(frozen=True)
class EffectPrior:
    """An effect size or sign from the literature: low, central and high in `unit`, with its context."""

    mechanism: str
    parameter: str
    low: float
    central: float
    high: float
    unit: str
    context: str
    confidence: str
    source: str
    url: str = ""


@dataclass(frozen=True)
class Site:
    """A point on the map: longitude and latitude in degrees; `kind` is ``county_seat``, ``port`` ..."""

    place: str
    kind: str
    longitude: float
    latitude: float
    confidence: str
    note: str = ""


@dataclass(frozen=True, eq=False)
class Border:
    """The border of a county.

    Attributes:
        place: the county.
        polygons: each polygon is its outer ring and then its holes; a ring is a read-only float64 array of
            shape (points, 2), longitude and latitude in degrees, first point repeated at the end.
    """

    place: str
    polygons: tuple[tuple[NDArray[np.float64], ...], ...]
