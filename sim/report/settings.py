"""The settings of a run that differ from the documented ones, and how settings read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.comparison.words import programme_name
from sim.messages import catalogue, text
from sim.places import COUNTIES, NAMES
from sim.policies.base import Timing
from sim.registry import POLICIES, default_parameters, installed_policies
from sim.report.periods import month_words
from sim.report.words import capitalised, level
from sim.units import Language

_DOCUMENTED = tuple(policy.name for policy in POLICIES)
AS_WRITTEN = 12
"""Digits of a setting: those it was written with."""
_AFTERTHOUGHT = re.compile("[;；]")
"""Ends what a setting is; after it stands how to write it."""


@dataclass(frozen=True)
class ChangedSetting:
    """A setting that is not as documented, in words: of what, its name, its value, the documented value."""

    owner: str
    name: str
    value: str
    documented: str


def changed_settings(manifest: Mapping[str, Any], language: Language) -> list[ChangedSetting]:
    """Return what differs from the documented reforms and from the prior medians of the parameters.

    Args:
        manifest: of a run folder.
        language: of the words.
    """
    scenario = manifest["scenario"]
    swept = swept_values(manifest)
    return [
        *_switched_off(scenario["policies"], language),
        *_changed_settings(scenario["policies"], swept, language),
        *_changed_parameters(scenario["parameters"], swept, language),
        *_drawn(scenario["draws"], language),
    ]


def is_as_documented(manifest: Mapping[str, Any]) -> bool:
    """Say whether the scenario (of a sweep, its first point) is what was done, at the prior medians."""
    scenario = manifest["scenario"]
    defaults = default_parameters().flat()
    parameters = all(value == defaults.get(name, value) for name, value in scenario["parameters"].items())
    return parameters and scenario["draws"] is None and not reforms_not_as_documented(scenario["policies"])


def swept_values(manifest: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the values of every swept setting and parameter, by name, in the order of the points."""
    points = [point["values"] for point in manifest["scenario"].get("sweep", ())]
    names = list(points[0]) if points else []
    return {name: [v for i, v in enumerate(values) if v not in values[:i]] for name in names
            for values in ([point[name] for point in points],)}  # fmt: skip


def _switched_off(policies: Mapping[str, Any], language: Language) -> Iterator[ChangedSetting]:
    words = [text(key, language) for key in ("report.switched", "report.off", "report.on")]
    for name in _DOCUMENTED:
        if name not in policies:
            yield ChangedSetting(programme_name(name, language), *words)


def _changed_settings(
    policies: Mapping[str, Mapping[str, Any]], swept: Mapping[str, list[Any]], language: Language
) -> Iterator[ChangedSetting]:
    for reform, settings in policies.items():
        documented = _documented(reform)
        for setting, value in settings.items():
            values = swept.get(f"{reform}.{setting}", [value])
            if values != [documented.get(setting)]:
                shown = [setting_value(reform, setting, each, language) for each in values]
                before = setting_value(reform, setting, documented.get(setting), language)
                name = setting_name(reform, setting, language)
                yield ChangedSetting(programme_name(reform, language), name, _several(shown, language), before)


def _changed_parameters(
    parameters: Mapping[str, float], swept: Mapping[str, list[Any]], language: Language
) -> Iterator[ChangedSetting]:
    declared = default_parameters().declarations()
    for name, value in parameters.items():
        values = swept.get(name, [value])
        if name in declared and values != [declared[name].default]:
            shown = [parameter_value(name, each, language) for each in values]
            default = parameter_value(name, declared[name].default, language)
            owner = text("report.model_parameter", language)
            yield ChangedSetting(owner, parameter_name(name, language), _several(shown, language), default)


def _several(values: list[str], language: Language) -> str:
    """Return one value, or those of a sweep."""
    if len(values) == 1:
        return values[0]
    return text("report.swept", language, values=text("report.comma", language).join(values))


def _drawn(draws: int | None, language: Language) -> Iterator[ChangedSetting]:
    if draws is not None:
        yield ChangedSetting(
            text("report.model_parameter", language),
            text("report.all_parameters", language),
            text("report.drawn", language, count=draws),
            text("report.medians", language),
        )


def reforms_not_as_documented(policies: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the reforms that are on or off against the documents, or that have other settings."""
    known = installed_policies()
    changed = [name for name, settings in policies.items() if settings != _documented(name)]
    return tuple(name for name in known if name in changed or (name in _DOCUMENTED and name not in policies))


def _documented(reform: str) -> dict[str, Any]:
    """Return the documented settings of a reform; nothing for one that is not installed here."""
    known = installed_policies().get(reform)
    return {} if known is None else known.Settings().model_dump(mode="json")


def reform_titles(names: Iterable[str], language: Language) -> str:
    """Return several titles in quotation marks."""
    quoted = (text("report.quoted", language, words=programme_name(name, language)) for name in names)
    return text("report.comma", language).join(quoted)


def setting_name(reform: str, setting: str, language: Language) -> str:
    """Return what a setting is called; one of an installed reform by its own English meaning."""
    owner = "timing" if setting in Timing.model_fields else reform
    key = f"meanings.{owner}.{setting}"
    field = _field(reform, setting)
    own = setting if field is None or field.description is None else str(field.description)
    return capitalised(_AFTERTHOUGHT.split(text(key, language) if key in catalogue() else own)[0])


def parameter_name(flat: str, language: Language) -> str:
    """Return what a parameter is called, given its flat name."""
    return capitalised(text(f"parameters.{flat}", language))


def parameter_value(flat: str, value: float, language: Language) -> str:
    """Return a value of a parameter with its unit."""
    return level(value, default_parameters().declarations()[flat].unit, language, AS_WRITTEN)


def is_setting(reform: str, setting: str) -> bool:
    """Say whether a reform has a setting of this name; mechanisms have parameters of other names."""
    return _field(reform, setting) is not None


def setting_value(reform: str, setting: str, value: Any, language: Language) -> str:
    """Return a value of a setting with its unit."""
    if value is None:
        return text("report.no_end" if setting == "end" else "report.no_limit", language)
    if setting == "places":
        return _places(tuple(value), language)
    if setting in ("start", "end"):
        return month_words(str(value), language)
    field = _field(reform, setting)
    about = None if field is None else field.json_schema_extra
    if isinstance(about, dict) and isinstance(value, int | float) and not isinstance(value, bool):
        return level(float(value), str(about["unit"]), language, AS_WRITTEN)
    return str(value)


def _places(places: tuple[str, ...], language: Language) -> str:
    if not places:
        return text("report.no_county", language)
    if places == COUNTIES:
        return text("report.all_counties", language)
    return text("report.comma", language).join(NAMES[place][language] for place in places)


def _field(reform: str, setting: str) -> Any:
    policy = installed_policies().get(reform)
    return None if policy is None else policy.Settings.model_fields.get(setting)
