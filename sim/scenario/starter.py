"""A starter scenario: every setting of the reforms with its value; in comments its meaning, unit, range and default.

Written in English or Chinese from the declared settings, so that it never says anything else than the reader.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any, get_args

from pydantic.fields import FieldInfo

from sim.calendar import month_label
from sim.messages import LANGUAGES, catalogue, text
from sim.places import COUNTIES
from sim.policies.base import Policy, Timing
from sim.registry import installed_policies
from sim.scenario import MAX_MONTHS, MAX_SHARE, MIN_SHARE, Scenario
from sim.scenario.fields import MAX_SEEDS
from sim.scenario.settings import DOCUMENTED, Counterfactual
from sim.units import Language, check_unit

_COMMENT_COLUMN = 40
_WIDTH: Mapping[Language, int] = {"en": 112, "zh": 56}
"""Characters of a line of comment; a Chinese one is as wide as two others."""
_UNSPOKEN_UNITS = ("month", "months", "places", "ratio", "dimensionless")
"""Units that the meaning or the value says already."""


def starter_text(parent: Scenario, extends: str, file_name: str, schema: str, language: Language) -> str:
    """Return a scenario that asks the same as its parent, ready to be changed.

    What is changed is first compared with the reforms as documented, whatever else the parent compares with.

    Args:
        parent: the scenario it begins with.
        extends: how the file names it.
        file_name: the file's own name, for the commands in its head.
        schema: address of the JSON Schema, for editors.
        language: of the comments.
    """
    lines = [
        *_head(extends, file_name, schema, language),
        f"extends: {extends}",
        "",
        _with_comment("title:", text("ask.title", language)),
        *(f"  {each}: {text('ask.my_question', each)}" for each in LANGUAGES),
        "",
        *_frame(parent, language),
        "",
        _with_comment("policies:", text("ask.policies", language)),
    ]
    for name, kind in installed_policies().items():
        lines += ["", *_policy(parent, name, kind, language)]
    return "\n".join([*lines, "", *_tail(parent, language), ""])


def _head(extends: str, file_name: str, schema: str, language: Language) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={schema}"
    yield from _commented(text("ask.head", language, parent=extends))
    yield "#"
    for key, command in (
        ("ask.check", f"countysim validate {file_name}"),
        ("ask.run", f"countysim run {file_name} --share 0.01"),
        ("ask.explain", "countysim policies relocation"),
    ):
        yield f"#   {command:48} {text(key, language)}"
    yield "#"
    yield from _commented(text("ask.sweep", language))
    yield ""


def _commented(words: str) -> list[str]:
    return [f"# {line}" for line in words.splitlines()]


def _with_comment(line: str, comment: str) -> str:
    return f"{line:{_COMMENT_COLUMN - 2}}  # {comment}"


def _frame(parent: Scenario, language: Language) -> Iterator[str]:
    """Yield months, seeds and share."""
    bounds = {"first": month_label(0), "low": 1, "high": MAX_MONTHS}
    yield _with_comment(f"months: {parent.months}", text("ask.months", language, **bounds))
    number = len(parent.seeds)
    counted = parent.seeds == tuple(range(1, number + 1))
    if counted:
        said = text("ask.replicates", language, low=1, high=f"{MAX_SEEDS:,}")
        yield _with_comment(f"replicates: {number}", said)
    yield "population:"
    if not counted:
        yield _with_comment(f"  seeds: [{', '.join(map(str, parent.seeds))}]", text("ask.seeds", language))
    said = text("ask.share", language, low=MIN_SHARE, high=f"{MAX_SHARE:g}")
    yield _with_comment(f"  share: {_yaml(parent.share)}", said)


def _policy(parent: Scenario, name: str, kind: type[Policy[Any]], language: Language) -> Iterator[str]:
    """Yield a reform with its settings; one that is off, with the word that switches it on."""
    meaning = _translated(f"meanings.{name}", kind.meaning, language)
    said = text("ask.reform", language, title=kind.title[language], meaning=meaning)
    yield from (f"  # {line}" for line in textwrap.wrap(said, _WIDTH[language]))
    if name not in parent.policies:
        yield _with_comment(f"  {name}: off", text("ask.off", language))
        return
    yield f"  {name}:"
    fields = kind.Settings.model_fields
    values = parent.policies[name].settings.model_dump()
    swept = _swept(parent, name)
    for setting in (*(n for n in fields if n not in Timing.model_fields), *Timing.model_fields):
        owner = "timing" if setting in Timing.model_fields else name
        said = _translated(f"meanings.{owner}.{setting}", fields[setting].description or "", language)
        written = _yaml(swept.get(setting, values[setting]))
        yield f"    # {said}"
        yield _with_comment(f"    {setting}: {written}", _allowed(fields[setting], language))


def _translated(key: str, english: str, language: Language) -> str:
    """Return a meaning in one language; that of an installed reform is there in English only."""
    return text(key, language) if key in catalogue() else english


def _swept(parent: Scenario, policy: str) -> dict[str, list[Any]]:
    """Return the values of the settings the parent sweeps, the first of the scenario itself first."""
    names = [name for name in (parent.points[0].values if parent.points else ()) if name.startswith(f"{policy}.")]
    return {n.split(".", 1)[1]: list(dict.fromkeys(point.values[n] for point in parent.points)) for n in names}


def _allowed(field: FieldInfo, language: Language) -> str:
    """Return unit, range and default of a setting."""
    about: Mapping[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    unit = "" if about["unit"] in _UNSPOKEN_UNITS else check_unit(str(about["unit"])).label(language)
    words = text("ask.a_month", language) if about["unit"] == "month" else ""
    if about["unit"] == "places" and field.default != COUNTIES:
        words = text("ask.any_of", language, words=", ".join(COUNTIES))
    parts = (unit, _bounds(field, language), words, _default(field.default, str(about["source"]), language))
    return text("ask.separator", language).join(part for part in parts if part)


def _default(default: Any, source: str, language: Language) -> str:
    """Return the default and whether a document states it; nothing where it is the absence of a value."""
    if default is None:
        return ""
    number = isinstance(default, int | float)
    value = (
        text("ask.all_counties", language) if default == COUNTIES else readable(default) if number else _yaml(default)
    )
    assumed = source.startswith("assumption")
    return text("ask.assumed" if assumed else "ask.documented", language, value=value)


def _bounds(field: FieldInfo, language: Language) -> str:
    low = next((readable(rule.ge) for rule in field.metadata if hasattr(rule, "ge")), None)
    high = next((readable(rule.le) for rule in field.metadata if hasattr(rule, "le")), None)
    none = f" {text('ask.or_none', language)}" if NoneType in get_args(field.annotation) else ""
    if low is not None and high is not None:
        return text("ask.between", language, low=low, high=high) + none
    if low is not None:
        return text("ask.at_least", language, low=low) + none
    return text("ask.at_most", language, high=high) + none if high is not None else ""


def readable(value: float) -> str:
    """Return a number with thousands apart, a fraction with four significant digits."""
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1e6 else f"{value:.4g}"


def _yaml(value: Any) -> str:
    """Return a value as a scenario writes it, exactly."""
    if value is None:
        return "none"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_yaml, value))}]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def _tail(parent: Scenario, language: Language) -> Iterator[str]:
    documented = Counterfactual(DOCUMENTED)
    others = (each for each in parent.counterfactuals if each != documented)
    labels = ", ".join(map(_counterfactual, (documented, *others)))
    yield _with_comment(f"counterfactuals: [{labels}]", text("ask.counterfactuals", language))
    yield _with_comment("# parameters: {projects.landing_hazard: 0.3}", text("ask.parameters", language))
    months = ", ".join(map(month_label, parent.outputs.households)) or "2024-12"
    yield _with_comment(f"# outputs: {{households: [{months}]}}", text("ask.households", language))


def _counterfactual(each: Counterfactual) -> str:
    return f"{{{each.kind}: [{', '.join(each.names)}]}}" if each.names else each.kind
