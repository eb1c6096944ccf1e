"""Months as whole numbers: 0 is January 2023, the month of the starting state; earlier months are negative."""

from __future__ import annotations

import re

START_YEAR = 2023
MONTHS_PER_YEAR = 12
BURN_IN_MONTHS = 36
"""Months before January 2023 in which firms run without households: the years 2020 to 2022."""
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def parse_month(text: str) -> int:
    """Return the index of an ISO month such as ``2024-09``.

    Raises:
        ValueError: the text is no month between 1900-01 and 2999-12.
    """
    match = _MONTH.fullmatch(text)
    if match is None or not 1 <= int(match[2]) <= MONTHS_PER_YEAR or not 1900 <= int(match[1]) <= 2999:
        raise ValueError(f"'{text}' is not a month; write year and month as 2024-09")
    return (int(match[1]) - START_YEAR) * MONTHS_PER_YEAR + int(match[2]) - 1


def month_label(month: int) -> str:
    """Return the ISO label of a month index, for instance ``2023-01`` for 0."""
    year, zero_based = divmod(month, MONTHS_PER_YEAR)
    return f"{START_YEAR + year:04d}-{zero_based + 1:02d}"


def month_of_year(month: int) -> int:
    """Return the calendar month from 1 to 12 of a month index."""
    return month % MONTHS_PER_YEAR + 1


def year_of(month: int) -> int:
    """Return the calendar year of a month index."""
    return START_YEAR + month // MONTHS_PER_YEAR
