"""Everything the page shows, as words: the template only lays it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.comparison import Comparison, compare
from sim.messages import text
from sim.plots import draw_pictures
from sim.report.again import command, report_command, scenario_text
from sim.report.answer import Compared, answer
from sim.report.costs import CostRow, UnitCostRow, cost_rows, unit_cost_rows
from sim.report.effects import EffectRow, SweepTable, effect_rows, sweep_table
from sim.report.evidence import EvidenceSection, evidence_section
from sim.report.gains import GainsSummary, GainsTable, gains_summary, gains_tables, threshold
from sim.report.periods import last_year_words, span_words
from sim.report.pictures import PagePicture, page_pictures
from sim.report.settings import ChangedSetting, changed_settings, is_as_documented, reform_titles
from sim.report.sure import limits, sureness, warnings
from sim.report.variants import OtherRun, counterfactuals, other_points, run_name_of
from sim.report.words import percent
from sim.units import Language

if TYPE_CHECKING:
    from sim.plots import Drawn
    from sim.results import RunResult


DOCUMENTED = "documented"


@dataclass(frozen=True)
class Page:
    """What the report shows, in the language of its reader; lists may be empty."""

    language: Language
    title: str
    facts_line: str
    question: str
    running: str
    others: tuple[str, ...]
    settings: tuple[ChangedSetting, ...]
    answer: tuple[str, ...]
    sureness: tuple[str, ...]
    is_single: bool
    period: str
    effects_note: str
    heads: tuple[str, ...]
    effects: tuple[EffectRow, ...]
    sweep: SweepTable | None
    evidence: EvidenceSection
    evidence_of: str
    pictures: tuple[PagePicture, ...]
    gains: GainsView | None
    costs: tuple[CostRow, ...]
    unit_costs: tuple[UnitCostRow, ...]
    against: str
    limits: tuple[str, ...]
    warnings: tuple[str, ...]
    again: Again


@dataclass(frozen=True)
class GainsView:
    """Who gains and who loses: the tables, the share of people they cover, and from which change on one gains."""

    tables: tuple[GainsTable, ...]
    paired: str
    threshold: str


@dataclass(frozen=True)
class Again:
    """What is needed to make the run again; `facts` are pairs of name and value."""

    command: str
    report: str
    scenario: str
    facts: tuple[tuple[str, str], ...]


def build_page(
    result: RunResult,
    language: Language,
    evidence_scenario: str | None = None,
    pictures: Sequence[Drawn] | None = None,
) -> Page:
    """Return what the report of a result shows.

    Args:
        result: of a run.
        language: ``en`` or ``zh``.
        evidence_scenario: label of the scenario held against the documents; when None, the counterfactual with every
            reform as documented if there is one and the scenario is not, else the scenario itself.
        pictures: the result's pictures in this language where they are drawn already; drawn anew when None.

    Raises:
        ResultsError: the result holds no such scenario.
    """
    manifest = result.manifest
    others, points = (find(result.scenarios, manifest) for find in (counterfactuals, other_points))
    compared = Compared(result, next(iter([*others, *reversed(points)]), None), language)
    comparison = None if compared.other is None else compare(result, against=compared.other.label)
    is_documented = is_as_documented(manifest)
    label = evidence_scenario or _held_against_evidence(result, is_documented=is_documented)
    evidence = evidence_section(result, label, language)
    evidence_of = run_name_of(label, [*others, *points], manifest, language)
    period = last_year_words(compared.months, language)
    summary, gains = _gains(result, comparison, language)
    return Page(
        language=language,
        title=_title(manifest, language),
        facts_line=_facts_line(result, language),
        question=_question(compared, others, points),
        running=_running(manifest, language),
        others=tuple(run.name(language) for run in [*others, *points]),
        settings=tuple(changed_settings(manifest, language)),
        answer=tuple(answer(compared, summary)),
        sureness=tuple(sureness(compared, evidence, evidence_of, is_documented=is_documented or label == DOCUMENTED)),
        is_single=len(result.seeds) == 1,
        period=period,
        effects_note=_effects_note(result, others, period, language),
        heads=tuple(other.name(language) for other in others),
        effects=tuple(effect_rows(compared, others)),
        sweep=sweep_table(compared, points) if points else None,
        evidence=evidence,
        evidence_of=evidence_of,
        pictures=page_pictures(draw_pictures(result, language) if pictures is None else pictures, language),
        gains=gains,
        costs=tuple(cost_rows(result, language)),
        unit_costs=() if comparison is None else tuple(unit_cost_rows(comparison, compared.differing, language)),
        against="" if compared.other is None else compared.other.phrase(language),
        limits=tuple(limits(language)),
        warnings=tuple(warnings(result, language)),
        again=_again(result, language),
    )


def _held_against_evidence(result: RunResult, *, is_documented: bool) -> str:
    """Return the run that is what was done, where the result holds one; else the scenario itself."""
    return DOCUMENTED if DOCUMENTED in result.scenarios and not is_documented else result.scenarios[0]


def _title(manifest: dict[str, Any], language: Language) -> str:
    return str(manifest["scenario"]["title"][language])


def _gains(
    result: RunResult, comparison: Comparison | None, language: Language
) -> tuple[GainsSummary | None, GainsView | None]:
    """Return what can be said of gains and losses; nothing without a comparison or closing tables."""
    if comparison is None or not result.households:
        return None, None
    summary = gains_summary(comparison, language)
    return summary, GainsView(tuple(gains_tables(comparison, language)), summary.paired, threshold(language))


def _facts_line(result: RunResult, language: Language) -> str:
    manifest, runs, seeds = result.manifest, len(result.scenarios), len(result.seeds)
    return text(
        "report.facts_line",
        language,
        period=span_words(manifest["first_month"], manifest["last_month"], language),
        runs=text("report.runs_beside" if runs > 1 else "report.runs_alone", language, count=runs),
        seeds=text("report.seeds_several" if seeds > 1 else "report.seeds_one", language, count=seeds),
        share=percent(float(manifest["share"]["asked"]), language),
    )


def _question(compared: Compared, others: list[OtherRun], points: list[OtherRun]) -> str:
    language, manifest = compared.language, compared.result.manifest
    period = span_words(manifest["first_month"], manifest["last_month"], language)
    if points:
        return text("report.question_sweep", language, period=period)
    if not others:
        return text("report.question_alone", language, period=period)
    return text("report.question", language, period=period, others=others[0].phrase(language))


def _effects_note(result: RunResult, others: list[OtherRun], period: str, language: Language) -> str:
    """Return how to read the table of effects."""
    if not others:
        return text("report.effects_note", language, period=period)
    key = "report.effects_note_single" if len(result.seeds) == 1 else "report.effects_note_spread"
    return f"{text('report.effects_note', language, period=period)}{text(key, language)}"


def _running(manifest: dict[str, Any], language: Language) -> str:
    policies = manifest["scenario"]["policies"]
    if not policies:
        return text("report.running_none", language)
    return text("report.running", language, reforms=reform_titles(policies, language))


def _again(result: RunResult, language: Language) -> Again:
    manifest = result.manifest
    share, versions = manifest["share"], manifest["versions"]
    realised = sum(share["realised"].values()) / len(share["realised"])
    period = span_words(manifest["first_month"], manifest["last_month"], language)
    shares = {"asked": f"{share['asked']:g}", "realised": f"{realised:.4f}"}
    facts = (
        (text("report.again_seeds", language), ", ".join(map(str, result.seeds))),
        (text("report.again_share", language), text("report.again_share_value", language, **shares)),
        (
            text("report.again_months", language),
            text("report.again_months_value", language, count=result.data.rows - 1, period=period),
        ),
        (text("report.again_hash", language), manifest["hash"]),
        (text("report.again_versions", language), ", ".join(f"{name} {number}" for name, number in versions.items())),
        (text("report.again_created", language), manifest["created"]),
        (
            text("report.again_seconds", language),
            text("report.seconds", language, seconds=f"{manifest['timings']['wall']:.1f}"),
        ),
    )
    return Again(command(manifest), report_command(language), scenario_text(manifest, language), facts)
