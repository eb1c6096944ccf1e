"""Months and periods as a reader writes them."""

from __future__ import annotations

import re

from sim.calendar import MONTHS_PER_YEAR, month_label, parse_month
from sim.messages import text
from sim.units import Language

_PART = re.compile(r"(\d{4})(?:Q([1-4])|H([12])|M(\d{1,2})-(\d{1,2}))")


def month_words(month: str, language: Language) -> str:
    """Return a month such as ``2024-09`` in words; any other text as it stands."""
    try:
        parse_month(month)
    except ValueError:
        return month
    return text("report.month", language, year=month[:4], month=_name(month, language))


def _name(month: str, language: Language) -> str:
    return text(f"report.month_{int(month[5:])}", language)


def span_words(first: str, last: str, language: Language) -> str:
    """Return the words for months from `first` to `last`, both such as ``2024-09``; a whole year by its number."""
    year = first[:4]
    if (first, last) == (f"{year}-01", f"{year}-12"):
        return text("report.year", language, year=year)
    if first == last:
        return month_words(first, language)
    if last[:4] == year:
        return text(
            "report.months_of_year", language, year=year, first=_name(first, language), last=_name(last, language)
        )
    return text("report.span", language, first=month_words(first, language), last=month_words(last, language))


def period_words(period: str, language: Language) -> str:
    """Return a period of the evidence in words: a year or part of one, a day, a month, or a span of months."""
    first, _, last = period.partition("/")
    if last:
        return span_words(first, last, language)
    if len(period) == len("2024-12-31"):
        return text("report.end_of", language, month=month_words(period[:7], language))
    part = _PART.fullmatch(period)
    if part is not None:
        return span_words(*_months_of(part), language)
    return text("report.year", language, year=period) if period.isdigit() else month_words(period, language)


def _months_of(part: re.Match[str]) -> tuple[str, str]:
    """Return first and last month of a quarter, a half or some months of a year."""
    year, quarter, half, first, last = part.groups()
    if quarter:
        first, last = 3 * int(quarter) - 2, 3 * int(quarter)
    elif half:
        first, last = 6 * int(half) - 5, 6 * int(half)
    return f"{year}-{int(first):02d}", f"{year}-{int(last):02d}"


def last_year_words(months: int, language: Language) -> str:
    """Return the words for the last twelve of some simulated months, or for all when there are fewer."""
    return span_words(month_label(max(0, months - MONTHS_PER_YEAR)), month_label(months - 1), language)
