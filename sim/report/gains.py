"""Who gains and who loses, household by household, by tenth of income, county and where people live."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.comparison import THRESHOLD, Gain, Grouping
from sim.comparison.chance import student
from sim.comparison.gains import FOUNDED_LATER, gap_error
from sim.comparison.words import group_name
from sim.messages import text
from sim.report.words import EFFECT_DIGITS, SPREAD_DIGITS, change, level, percent, span
from sim.units import Language

if TYPE_CHECKING:
    from sim.comparison import Comparison

TABLES: tuple[Grouping, ...] = ("decile", "county", "settlement")
SMALL = 10.0
"""Below so many CNY a change keeps one decimal."""


@dataclass(frozen=True)
class GainRow:
    """One group in words.

    Attributes:
        group: its name.
        persons, before, change, error, better, worse: as the table shows them, money as plain numbers of CNY per
            person and year; the error is empty for one seed.
        with_unit: the change with its unit.
        span: interval of the change; empty for one seed.
        is_clear: whether the change can be told apart from zero.
    """

    group: str
    persons: str
    before: str
    change: str
    error: str
    better: str
    worse: str
    with_unit: str
    span: str
    is_clear: bool


@dataclass(frozen=True)
class GainsTable:
    """The groups of one grouping in words, under a heading."""

    heading: str
    rows: tuple[GainRow, ...]


@dataclass(frozen=True)
class GainsSummary:
    """What the answer says of gains and losses.

    Attributes:
        everybody: all households.
        most, least: the tenths that gain most and least; None when chance alone may order them so.
        paired: part of the persons whose household is in both runs, in percent.
    """

    everybody: GainRow
    most: GainRow | None
    least: GainRow | None
    paired: str


def gains_tables(comparison: Comparison, language: Language) -> list[GainsTable]:
    """Return the three tables.

    Raises:
        ResultsError: the runs left no closing tables of households.
    """
    headings = ("report.gains_decile", "report.gains_county", "report.gains_settlement")
    return [
        GainsTable(text(heading, language), tuple(_row(gain, comparison, language) for gain in comparison.gains(by)))
        for heading, by in zip(headings, TABLES, strict=True)
    ]


def gains_summary(comparison: Comparison, language: Language) -> GainsSummary:
    """Return all households together and the extreme tenths; errors as in `gains_tables`."""
    (everybody,) = comparison.gains("all")
    tenths = sorted(
        (gain for gain in comparison.gains("decile") if gain.group != FOUNDED_LATER), key=lambda gain: gain.change
    )
    least, most = tenths[0], tenths[-1]
    gap, error = most.change - least.change, gap_error(most, least)
    pairs = len(tenths) * (len(tenths) - 1) // 2  # most and least are picked from all pairs
    is_clear = gap > student(len(comparison.left.run.seeds), pairs) * error
    most_words, least_words = (_row(gain, comparison, language) if is_clear else None for gain in (most, least))
    paired = percent(comparison.paired_share, language)
    return GainsSummary(_row(everybody, comparison, language), most_words, least_words, paired)


def _reach(comparison: Comparison) -> float:
    """Return how many standard errors an interval reaches; NaN for one seed, which no comparison exceeds."""
    return student(len(comparison.left.run.seeds))


def _row(gain: Gain, comparison: Comparison, language: Language) -> GainRow:
    reach = _reach(comparison) * gain.standard_error
    has_spread = math.isfinite(reach)
    ends = (_yuan(gain.change - reach), _yuan(gain.change + reach)) if has_spread else ()
    error = text("report.plus_minus", language, value=_plain(gain.standard_error)) if has_spread else ""
    return GainRow(
        group=group_name(gain.group, language),
        persons=level(gain.persons, "persons", language, EFFECT_DIGITS),
        before=f"{gain.before:,.0f}",
        change=_signed(gain.change),
        error=error,
        better=percent(gain.better, language, SPREAD_DIGITS),
        worse=percent(gain.worse, language, SPREAD_DIGITS),
        with_unit=change(_yuan(gain.change), "CNY", language),
        span=span(*ends, "CNY", language) if ends else "",
        is_clear=has_spread and abs(gain.change) > reach,
    )


def _yuan(value: float) -> float:
    """Return CNY rounded to what a reader can use, without a negative zero."""
    return round(value, 1 if abs(value) < SMALL else None) + 0.0


def _plain(value: float) -> str:
    return f"{_yuan(value):,.1f}" if abs(value) < SMALL else f"{value:,.0f}"


def _signed(value: float) -> str:
    sign = "+" if _yuan(value) > 0.0 else "−" if _yuan(value) < 0.0 else ""
    return f"{sign}{_plain(abs(value))}"


def threshold(language: Language) -> str:
    """Return the change from which a household counts as better or worse off."""
    return level(THRESHOLD, "CNY", language)
