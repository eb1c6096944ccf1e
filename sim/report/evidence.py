"""Documented against simulated, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.comparison.words import programme_name
from sim.messages import text
from sim.outcomes import Mark, Outcome, evidence_rows
from sim.places import NAMES
from sim.report.periods import period_words
from sim.report.words import EFFECT_DIGITS, LEVEL_DIGITS, level, plus_minus
from sim.units import Language

if TYPE_CHECKING:
    from sim.results import RunResult

ECONOMY = "economy"
EXACT_DIGITS = 12
"""A documented figure is written as it stands."""
_MARK_NAMES: dict[Mark, str] = {"✓": "agrees", "~": "near", "✗": "misses", "": "none"}


@dataclass(frozen=True)
class EvidenceRow:
    """One documented figure and its simulated counterpart in words; `kind` names the mark for the stylesheet."""

    name: str
    reform: str
    about: str
    documented: str
    simulated: str
    spread: str
    mark: Mark
    mark_name: str
    kind: str


@dataclass(frozen=True)
class EvidenceSection:
    """The evidence of one scenario.

    Attributes:
        targets: figures the model must produce, as far as the run covers them.
        checks: published figures beside them.
        outside, not_modelled: names of the targets that are not compared, and why.
        counts: number of targets by kind of mark.
        missed: names of the targets that are missed.
    """

    targets: tuple[EvidenceRow, ...]
    checks: tuple[EvidenceRow, ...]
    outside: tuple[str, ...]
    not_modelled: tuple[str, ...]
    counts: dict[str, int]
    missed: tuple[str, ...]


def evidence_section(result: RunResult, scenario: str, language: Language) -> EvidenceSection:
    """Return the evidence of one scenario of a result.

    Raises:
        ResultsError: the result holds no such scenario.
    """
    outcomes, checks = _outcomes(result, scenario)
    targets = tuple(_row(outcome, fact_name(outcome.id, language), language) for outcome in _compared(outcomes))
    return EvidenceSection(
        targets,
        tuple(_row(check, text(f"report.check_{check.id}", language), language) for check in checks),
        _names(outcomes, "outside the run", language),
        _names(outcomes, "not modelled yet", language),
        {kind: sum(row.kind == kind for row in targets) for kind in _MARK_NAMES.values()},
        tuple(row.name for row in targets if row.kind == "misses"),
    )


def _outcomes(result: RunResult, scenario: str) -> tuple[list[Outcome], list[Outcome]]:
    if scenario == result.scenarios[0]:
        return result.evidence, result.checks
    from sim.evidence import load_evidence
    from sim.outcomes import check_rows

    records = result.records(scenario)
    return evidence_rows(records, load_evidence()), check_rows(records, load_evidence())


def fact_name(id: str, language: Language) -> str:
    """Return a short name of a target."""
    return text(f"facts.{id}", language)


def _compared(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.status == "compared"]


def _names(outcomes: Sequence[Outcome], status: str, language: Language) -> tuple[str, ...]:
    return tuple(fact_name(outcome.id, language) for outcome in outcomes if outcome.status == status)


def _row(outcome: Outcome, name: str, language: Language) -> EvidenceRow:
    place, period = NAMES[outcome.place][language], period_words(outcome.period, language)
    reform = "" if outcome.programme == ECONOMY else programme_name(outcome.programme, language)
    return EvidenceRow(
        name,
        reform,
        text("report.about", language, place=place, period=period),
        _documented(outcome, language),
        level(
            outcome.simulated, outcome.unit, language, EFFECT_DIGITS if abs(outcome.simulated) < 1e3 else LEVEL_DIGITS
        ),
        plus_minus(outcome.spread, outcome.unit, language),
        outcome.mark,
        text(f"report.mark_{_MARK_NAMES[outcome.mark]}", language),
        _MARK_NAMES[outcome.mark],
    )


def _documented(outcome: Outcome, language: Language) -> str:
    """Return a documented figure with its bound: more than, about, close to."""
    if not math.isfinite(outcome.documented):
        return text("report.not_published", language)
    value = level(outcome.documented, outcome.unit, language, EXACT_DIGITS)
    if outcome.bound == "ge":
        return text("report.bound_ge", language, value=value)
    if outcome.bound == "approx":
        return text("report.bound_approx", language, value=value)
    return text("report.bound_nearly", language, value=value) if outcome.bound == "nearly" else value
