"""The effects in numbers: outcomes against each counterfactual, and the points of a sweep against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.messages import text
from sim.places import CITY, COUNTIES, NAMES
from sim.report.answer import Compared
from sim.report.costs import public_costs
from sim.report.measures import GDP, RURAL_INCOME, Effect, Measure, Verdict, effect, table_measures
from sim.report.variants import OtherRun, swept_words
from sim.report.words import capitalised, change, effect_span, is_one_point, level, measure_name, rounded, unit_of
from sim.units import Language

if TYPE_CHECKING:
    from sim.results import RunResult

FEW_COUNTIES = 2
"""Counties are shown by themselves when the reforms run in no more than so many."""
COST = Measure("public_cost", CITY, "CNY", lambda result, label: public_costs(result, label).sum(axis=1))


@dataclass(frozen=True)
class EffectCell:
    """A difference in words, its interval, and what the spread allows to say."""

    change: str
    span: str
    verdict: Verdict


@dataclass(frozen=True)
class EffectRow:
    """One outcome: its name with the place, its level in the scenario, its difference to each other run."""

    name: str
    value: str
    cells: tuple[EffectCell, ...]


@dataclass(frozen=True)
class SweepCell:
    """An outcome at one point of a sweep, and its difference from the scenario itself (None for that)."""

    value: str
    effect: EffectCell | None


@dataclass(frozen=True)
class SweepTable:
    """The points of a sweep in rows: heads of the columns, and for each point its name and cells."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[SweepCell, ...]], ...]


def effect_rows(compared: Compared, others: Sequence[OtherRun]) -> list[EffectRow]:
    """Return the outcomes of the city, and of the counties in focus."""
    rows = []
    for measure in (*table_measures(_counties_in_focus(compared)), COST):
        value = float(measure.values(compared.result, compared.scenario).mean())
        effects = [effect(measure, compared.result, other.label) for other in others]
        cells = tuple(effect_cell(rounded(found), compared.language) for found in effects)
        rows.append(EffectRow(_name(measure, compared.language), level(value, measure.unit, compared.language), cells))
    return rows


def _counties_in_focus(compared: Compared) -> tuple[str, ...]:
    """Return the counties of the reforms that run in a few counties only, at most FEW_COUNTIES."""
    places = [tuple(settings["places"]) for settings in compared.policies.values() if "places" in settings]
    few = {place for each in places if len(each) <= FEW_COUNTIES for place in each}
    chosen = tuple(county for county in COUNTIES if county in few)
    return chosen if len(chosen) <= FEW_COUNTIES else ()


def _name(measure: Measure, language: Language) -> str:
    name = capitalised(measure_name(measure, language))
    if measure.place == CITY:
        return name
    return text("report.in_place", language, name=name, place=NAMES[measure.place][language])


def effect_cell(found: Effect, language: Language) -> EffectCell:
    """Return an effect for a cell of a table; its interval repeats the unit only where it is another one."""
    words = change(found.difference, found.measure.unit, language)
    if found.verdict not in ("sure", "unsure"):
        return EffectCell(words, "", found.verdict)
    if is_one_point(found):
        return EffectCell(words, text("report.every_seed", language), found.verdict)
    units = {unit_of(change(end, found.measure.unit, language)) for end in (found.low, found.difference, found.high)}
    ends = effect_span(found, language)
    return EffectCell(words, ends.removesuffix(unit_of(words)) if len(units) == 1 else ends, found.verdict)


def sweep_table(compared: Compared, points: Sequence[OtherRun]) -> SweepTable:
    """Return the points of a sweep; the scenario itself, its first point, stands first."""
    language, result = compared.language, compared.result
    measures = (GDP, RURAL_INCOME, *_swept_measures(compared, points), COST)
    base = text("report.sweep_base", language, words=own_point_words(compared))
    rows = [(base, tuple(_sweep_cell(measure, result, None, language) for measure in measures))]
    for point in points:
        cells = tuple(_sweep_cell(measure, result, point.label, language) for measure in measures)
        rows.append((point.name(language), cells))
    heads = tuple(_name(measure, language) for measure in measures)
    return SweepTable(heads, tuple(rows))


def own_point_words(compared: Compared) -> str:
    """Return the swept settings of the scenario itself in words."""
    first = compared.result.manifest["scenario"]["sweep"][0]["values"]
    return swept_words(first, compared.language)


def _swept_measures(compared: Compared, points: Sequence[OtherRun]) -> list[Measure]:
    swept = OtherRun(points[0].label, "point", tuple(dict.fromkeys(name for p in points for name in p.reforms)))
    return Compared(compared.result, swept, compared.language).measured()


def _sweep_cell(measure: Measure, result: RunResult, point: str | None, language: Language) -> SweepCell:
    label = result.scenarios[0] if point is None else point
    value = level(float(measure.values(result, label).mean()), measure.unit, language)
    if point is None:
        return SweepCell(value, None)
    found = rounded(effect(measure, result, result.scenarios[0], point))
    return SweepCell(value, effect_cell(found, language))
