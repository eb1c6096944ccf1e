"""The answer in five sentences: the economy, incomes, what the reforms move directly, who gains, what it costs.

No sentence claims more than the spread over seeds supports: an effect whose interval holds zero is said to be
indistinguishable from zero, and with one seed no effect is called certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.comparison.words import programme_name
from sim.messages import text
from sim.places import CITY, NAMES
from sim.report.costs import public_costs
from sim.report.gains import GainRow, GainsSummary, threshold
from sim.report.measures import (
    DIRECT,
    GDP,
    REFORM_MEASURES,
    RESIDENTS,
    RURAL_INCOME,
    URBAN_RURAL,
    Effect,
    Floats,
    Measure,
    effect,
    interval,
)
from sim.report.periods import last_year_words, month_words
from sim.report.variants import OtherRun
from sim.report.words import (
    EFFECT_DIGITS,
    change,
    effect_span,
    is_one_point,
    level,
    measure_name,
    percent,
    rounded,
    size,
    span,
)
from sim.units import Language

if TYPE_CHECKING:
    from sim.results import RunResult

RELATIVE_UNIT = "CNY"
"""Effects in this unit are also given relative to the level."""


@dataclass(frozen=True)
class Compared:
    """The scenario, what it is compared with, and the language of the words.

    Attributes:
        result: of the run.
        other: the run it is compared with; None when nothing was run beside it.
        language: of the words.
    """

    result: RunResult
    other: OtherRun | None
    language: Language

    @property
    def scenario(self) -> str:
        """Label of the scenario itself."""
        return self.result.scenarios[0]

    @property
    def policies(self) -> Mapping[str, Any]:
        """Settings of the reforms that are on, by name."""
        policies: Mapping[str, Any] = self.result.manifest["scenario"]["policies"]
        return policies

    @property
    def months(self) -> int:
        """Simulated months."""
        return self.result.data.rows - 1

    @property
    def differing(self) -> tuple[str, ...]:
        """Names of the reforms by which the two differ; of all that are on when there is no other run."""
        return tuple(self.policies) if self.other is None else self.other.differing(self.policies)

    def measured(self) -> list[Measure]:
        """Return what the reforms that differ (or all that are on) move directly; all such measures when none does."""
        return [DIRECT[REFORM_MEASURES[name]] for name in self.differing if name in REFORM_MEASURES] or list(
            DIRECT.values()
        )


def answer(compared: Compared, gains: GainsSummary | None) -> list[str]:
    """Return five sentences.

    Args:
        compared: what is compared.
        gains: who gains and loses; None when it cannot be told.
    """
    return [
        _economy(compared),
        _incomes(compared),
        _direct(compared),
        _winners(compared, gains),
        _cost(compared),
    ]


def _economy(compared: Compared) -> str:
    period = last_year_words(compared.months, compared.language)
    return text("report.answer_period", compared.language, period=period, clause=_clause(compared, GDP))


def _incomes(compared: Compared) -> str:
    clauses = (_clause(compared, RURAL_INCOME), _clause(compared, URBAN_RURAL))
    return text("report.answer_two", compared.language, first=clauses[0], second=clauses[1])


def _clause(compared: Compared, measure: Measure) -> str:
    """Return the level of a measure, how it differs from the other run and how sure that is."""
    language, values = compared.language, measure.values(compared.result, compared.scenario)
    words = {
        "name": text("report.in_place", language, name=measure_name(measure, language), place=NAMES[CITY][language]),
        "value": level(float(values.mean()), measure.unit, language),
    }
    if compared.other is None:
        return _level_clause(values, measure, words, language)
    found = rounded(effect(measure, compared.result, compared.other.label))
    return _effect_clause(found, words | {"other": compared.other.phrase(language)}, language)


def _level_clause(values: Floats, measure: Measure, words: Mapping[str, str], language: Language) -> str:
    if len(values) == 1:
        return text("report.level_single", language, **words)
    ends = span(float(values.min()), float(values.max()), measure.unit, language, signed=False)
    return text("report.level_spread", language, **words, span=ends)


def _effect_clause(found: Effect, words: Mapping[str, str], language: Language) -> str:
    if found.verdict == "same":
        return text("report.effect_same", language, **words)
    more = text("report.more" if found.difference > 0 else "report.less", language)
    words = {**words, "more": more, "size": _size(found, language)}
    if found.verdict == "single":
        return text("report.effect_single", language, **words)
    if is_one_point(found):
        return text("report.effect_every", language, **words)
    words["span"] = effect_span(found, language)
    if found.verdict == "sure":
        return text("report.effect_sure", language, **words)
    return text(
        "report.effect_unsure", language, **words, difference=change(found.difference, found.measure.unit, language)
    )


def _size(found: Effect, language: Language) -> str:
    words = size(found.difference, found.measure.unit, language)
    if found.measure.unit != RELATIVE_UNIT:
        return words
    relative = percent(abs(found.relative), language, 2)
    return text("report.size_and_share", language, size=words, share=relative)


def _direct(compared: Compared) -> str:
    language, result = compared.language, compared.result
    month = month_words(result.manifest["last_month"], language)
    if compared.other is None:
        levels = [_level_item(measure, result, compared.scenario, language) for measure in compared.measured()]
        return text("report.answer_levels", language, month=month, items=_joined(levels, language))
    effects = [rounded(effect(measure, result, compared.other.label)) for measure in compared.measured()]
    items = _joined([_effect_item(found, language) for found in effects], language)
    return text("report.answer_direct", language, month=month, other=compared.other.phrase(language), items=items)


def _joined(items: Sequence[str], language: Language) -> str:
    return text("report.semicolon", language).join(items)


def _level_item(measure: Measure, result: RunResult, scenario: str, language: Language) -> str:
    value = level(float(measure.values(result, scenario).mean()), measure.unit, language)
    return text("report.item", language, name=measure_name(measure, language), value=value)


def _effect_item(found: Effect, language: Language) -> str:
    """Return an effect in short, with how sure it is."""
    name = measure_name(found.measure, language)
    if found.verdict == "same":
        return text("report.item_same", language, name=name)
    words = {"name": name, "change": change(found.difference, found.measure.unit, language)}
    if found.verdict == "single":
        return text("report.item_single", language, **words)
    if is_one_point(found):
        return text("report.item_every", language, **words)
    words["span"] = effect_span(found, language)
    return text("report.item_sure" if found.verdict == "sure" else "report.item_unsure", language, **words)


def _winners(compared: Compared, gains: GainsSummary | None) -> str:
    language = compared.language
    if compared.other is None:
        return text("report.answer_no_comparison", language)
    if gains is None:
        return text("report.answer_no_households", language)
    words = {
        "other": compared.other.phrase(language),
        "change": _mean_gain(gains.everybody, language),
        "better": gains.everybody.better,
        "worse": gains.everybody.worse,
        "threshold": threshold(language),
        "tenths": _tenths(gains, len(compared.result.seeds), language),
    }
    return text("report.answer_gains", language, **words)


def _mean_gain(everybody: GainRow, language: Language) -> str:
    """Return the mean gain of all people with its interval, and whether it can be told apart from zero."""
    words = {"change": everybody.with_unit, "span": everybody.span}
    if not everybody.span:
        return text("report.gain_single", language, **words)
    return text("report.gain_sure" if everybody.is_clear else "report.gain_unsure", language, **words)


def _tenths(gains: GainsSummary, seeds: int, language: Language) -> str:
    if gains.most is None or gains.least is None:
        return text("report.tenths_one_seed" if seeds == 1 else "report.tenths_alike", language)
    words = {
        "most_group": gains.most.group,
        "most": gains.most.with_unit,
        "least_group": gains.least.group,
        "least": gains.least.with_unit,
    }
    return text("report.tenths_differ", language, **words)


def _cost(compared: Compared) -> str:
    language, costs = compared.language, extra_costs(compared)
    extra = costs.sum(axis=1)
    if not np.any(extra):
        return text("report.answer_no_cost", language, months=compared.months)
    mean, residents = float(extra.mean()), float(RESIDENTS.values(compared.result, compared.scenario).mean())
    words = {
        "total": level(abs(mean), "CNY", language, EFFECT_DIGITS),
        "months": compared.months,
        "per_head": level(abs(mean) / residents, "CNY", language, EFFECT_DIGITS),
        "sure": _cost_sureness(extra, language),
    }
    dearest = compared.result.data.programmes[int(np.argmax(costs.mean(axis=0)))]
    words["programme"] = text("report.quoted", language, words=programme_name(dearest, language))
    if compared.other is None or compared.other.kind == "none":
        return text("report.answer_cost", language, **words)
    words["other"] = compared.other.phrase(language)
    return text("report.answer_cost_more" if mean > 0.0 else "report.answer_cost_less", language, **words)


def _cost_sureness(extra: Floats, language: Language) -> str:
    """Return the interval of a cost (of its size, when it is a saving) in words."""
    if len(extra) == 1:
        return text("report.one_seed", language)
    low, high = sorted(float(end * np.sign(extra.mean())) for end in interval(extra))
    if high - low < abs(high) * 10.0**-EFFECT_DIGITS:
        return text("report.every_seed", language)
    words = span(low, high, "CNY", language, signed=False)
    return text("report.interval" if low > 0.0 else "report.interval_zero", language, span=words)


def extra_costs(compared: Compared) -> Floats:
    """Return what the scenario costs beyond the other run, or in all, CNY, shape (seeds, programmes)."""
    costs = public_costs(compared.result, compared.scenario)
    return costs if compared.other is None else costs - public_costs(compared.result, compared.other.label)
