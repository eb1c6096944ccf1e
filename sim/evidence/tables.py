"""Read the statistics, assumptions and effect sizes (CSV)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sim.errors import Problem
from sim.evidence.entries import Entry, read_table, report_repeats
from sim.evidence.records import (
    ASSUMPTION,
    CONFIDENCES,
    RANKS,
    STATISTIC_PLACES,
    EffectPrior,
    Statistic,
    parse_period,
)

PUBLISHED = tuple(word for word in CONFIDENCES if word != ASSUMPTION)
STATISTIC_NAME = ("key", "place", "year")
STATISTIC_COLUMNS = (*STATISTIC_NAME, "value", "unit", "rank", "confidence", "source", "address", "note")
PRIOR_NAME = ("mechanism", "parameter")
PRIOR_COLUMNS = (*PRIOR_NAME, "low", "central", "high", "unit", "context", "confidence", "source", "url")


def read_statistics(baseline: Path, assumptions: Path, problems: list[Problem]) -> tuple[Statistic, ...]:
    """Return the published statistics, then the assumptions.

    An assumption says so in its confidence, and shadows no published primary row.
    """
    published = read_table(baseline, STATISTIC_COLUMNS, STATISTIC_NAME, problems)
    assumed = read_table(assumptions, STATISTIC_COLUMNS, STATISTIC_NAME, problems)
    entries = [*published, *assumed]
    primary = [entry for entry in entries if entry.cells["rank"].strip() == "primary"]
    report_repeats(primary, STATISTIC_NAME, "primary row for")
    _report_mixed_units(entries)
    found = [_statistic(entry, PUBLISHED) for entry in published]
    found += [_statistic(entry, (ASSUMPTION,)) for entry in assumed]
    return tuple(found)


def _report_mixed_units(entries: Iterable[Entry]) -> None:
    """Report a key that is counted in two units: who reads it by name could not tell."""
    first: dict[str, str] = {}
    for entry in entries:
        unit = entry.cells["unit"].strip()
        expected = first.setdefault(entry.cells["key"].strip(), unit)
        if unit != expected:
            entry.report("unit", f"'{unit}' differs from '{expected}' of an earlier row with this key")


def _statistic(entry: Entry, confidences: Sequence[str]) -> Statistic:
    return Statistic(
        key=entry.words("key"),
        place=entry.choice("place", STATISTIC_PLACES),
        year=entry.checked("year", _check_year),
        value=entry.number("value"),
        unit=entry.unit(),
        rank=entry.choice("rank", RANKS),
        confidence=entry.choice("confidence", confidences),
        source=entry.text("source"),
        address=entry.text("address"),
        note=entry.text("note"),
    )


def _check_year(text: str) -> None:
    """Take a period, ``undated``, or ``to`` and a month for what was cumulated since an unstated start."""
    if text != "undated":
        parse_period(text.removeprefix("to "))


def read_priors(path: Path, problems: list[Problem]) -> tuple[EffectPrior, ...]:
    """Return the effect sizes of a CSV file."""
    entries = read_table(path, PRIOR_COLUMNS, PRIOR_NAME, problems)
    report_repeats(entries, PRIOR_NAME, "prior")
    return tuple(_prior(entry) for entry in entries)


def _prior(entry: Entry) -> EffectPrior:
    prior = EffectPrior(
        mechanism=entry.words("mechanism"),
        parameter=entry.words("parameter"),
        low=entry.number("low"),
        central=entry.number("central"),
        high=entry.number("high"),
        unit=entry.unit(),
        context=entry.text("context"),
        confidence=entry.choice("confidence", CONFIDENCES),
        source=entry.words("source"),
        url=entry.text("url"),
    )
    if prior.central < prior.low or prior.central > prior.high:
        entry.report("central", f"{prior.central:g} lies outside low {prior.low:g} and high {prior.high:g}")
    return prior
