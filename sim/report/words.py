"""Levels, differences and intervals as the report writes them: no more digits than chance leaves standing."""

from __future__ import annotations

import math
import re

from sim.messages import text
from sim.report.measures import Effect, Measure
from sim.units import Language, format_change, format_value

LEVEL_DIGITS = 4
EFFECT_DIGITS = 3
SPREAD_DIGITS = 2
"""Significant digits of a level, of an effect without a spread, and of a spread."""
SMALLEST = 1e-4
"""Differences are rounded at least to this; of ratios, in percentage points."""
_NUMBER = re.compile(r"[+−]?[\d.,]+")
_IDLE_DECIMAL = re.compile(r"(?<=\d)\.0(?= (?:bn|million)\b)")
_SPACE_BEFORE_CHINESE = re.compile(r"(?<=\d) (?=[\u4e00-\u9fff])")


def significant(value: float, digits: int = EFFECT_DIGITS) -> float:
    """Return a number rounded to some significant digits."""
    return float(f"{value:.{digits}g}") if math.isfinite(value) else value


def level(value: float, unit: str, language: Language, digits: int = LEVEL_DIGITS) -> str:
    """Return a level with its unit, rounded to some significant digits."""
    return _written(format_value(significant(value, digits), unit, language))


def change(difference: float, unit: str, language: Language) -> str:
    """Return a difference with its sign and unit; of two ratios, in percentage points."""
    return _written(format_change(difference, unit, language))


def size(difference: float, unit: str, language: Language) -> str:
    """Return the size of a difference without its sign."""
    return change(abs(difference), unit, language).removeprefix("+")


def span(low: float, high: float, unit: str, language: Language, *, signed: bool = True) -> str:
    """Return an interval; the unit stands once where both ends share it."""
    first, last = (
        change(end, unit, language) if signed else level(end, unit, language, EFFECT_DIGITS) for end in (low, high)
    )
    if unit_of(first) == unit_of(last):
        first = first.removesuffix(unit_of(first))
    return text("report.from_to", language, low=first, high=last)


def unit_of(words: str) -> str:
    """Return what stands after the number in a value with its unit."""
    number = _NUMBER.match(words)
    return words[number.end() :] if number else words


def percent(part: float, language: Language, digits: int = EFFECT_DIGITS) -> str:
    """Return a part of one in percent."""
    return level(part, "ratio", language, digits)


def plus_minus(spread: float, unit: str, language: Language) -> str:
    """Return a spread after its sign; nothing when there is none."""
    if not math.isfinite(spread):
        return ""
    if spread < _smallest(unit):
        spread = 0.0
    return text("report.plus_minus", language, value=level(spread, unit, language, SPREAD_DIGITS))


def rounded(effect: Effect) -> Effect:
    """Return an effect with its difference and interval rounded to two digits of half the interval's width."""
    step = max(_smallest(effect.measure.unit), rounding_step(effect.difference, 0.5 * (effect.high - effect.low)))
    low, difference, high = (_to_step(value, step) for value in (effect.low, effect.difference, effect.high))
    return Effect(effect.measure, effect.value, effect.other, difference, low, high, effect.seeds)


def _smallest(unit: str) -> float:
    """Return the step below which differences in a unit are not written."""
    return SMALLEST / 100.0 if unit == "ratio" else SMALLEST


def rounding_step(value: float, half_width: float) -> float:
    """Return the step, in the value's unit, to which it is rounded; at most LEVEL_DIGITS of its digits stay."""
    steps = [10.0 ** (math.floor(math.log10(abs(value))) - LEVEL_DIGITS + 1)] if value else []
    if math.isfinite(half_width) and half_width > 0.0:
        steps.append(10.0 ** (math.floor(math.log10(half_width)) - SPREAD_DIGITS + 1))
    elif value:
        steps.append(10.0 ** (math.floor(math.log10(abs(value))) - EFFECT_DIGITS + 1))
    return max(steps, default=1.0)


def _to_step(value: float, step: float) -> float:
    return round(value / step) * step + 0.0 if math.isfinite(value) else value


def effect_span(effect: Effect, language: Language) -> str:
    """Return the interval of an effect."""
    return span(effect.low, effect.high, effect.measure.unit, language)


def is_one_point(effect: Effect) -> bool:
    """Say whether the interval is too narrow to be told apart in writing."""
    return effect.low == effect.high


def measure_name(measure: Measure, language: Language) -> str:
    """Return what is measured, without the place."""
    return text(f"report.measure_{measure.name}", language)


def capitalised(words: str) -> str:
    """Return words with a capital at the beginning, the rest as it stands."""
    return words[:1].upper() + words[1:]


def _written(words: str) -> str:
    """Return a value as a sentence has it: true minus, no idle decimal, no space between number and Chinese unit."""
    minus = words.replace("-", "−", 1) if words.startswith("-") else words
    return _SPACE_BEFORE_CHINESE.sub("", _IDLE_DECIMAL.sub("", minus))
