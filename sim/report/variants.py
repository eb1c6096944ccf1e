"""The runs of a result in words: which reforms a counterfactual takes out, which setting a sweep point changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sim.messages import text
from sim.report.settings import (
    is_setting,
    parameter_name,
    parameter_value,
    reform_titles,
    reforms_not_as_documented,
    setting_name,
    setting_value,
)
from sim.results.manifest import sweep_points
from sim.units import Language

type Kind = Literal["none", "without", "only", "documented", "point"]

_NAMES: Mapping[Kind, str] = {
    "none": "report.run_none",
    "without": "report.run_without",
    "only": "report.run_only",
    "documented": "report.run_documented",
    "point": "report.run_point",
}
_PHRASES: Mapping[Kind, str] = {
    "none": "report.in_none",
    "without": "report.in_without",
    "only": "report.in_only",
    "documented": "report.in_documented",
    "point": "report.in_point",
}


@dataclass(frozen=True)
class OtherRun:
    """A run beside the scenario.

    Attributes:
        label: as in the results.
        kind: a counterfactual with none of the reforms, without some, with some only, with all as documented;
            or a point of a sweep.
        reforms: the reforms it names, or whose settings it changes.
        values: of a sweep point, its swept settings and parameters by name.
    """

    label: str
    kind: Kind
    reforms: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    def name(self, language: Language) -> str:
        """Return what it is called at the head of a column."""
        return self._said(_NAMES[self.kind], language)

    def phrase(self, language: Language) -> str:
        """Return what it is called inside a sentence."""
        return self._said(_PHRASES[self.kind], language)

    def differing(self, policies: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the reforms by which the scenario, with these policies, differs from this run."""
        if self.kind == "none":
            return tuple(policies)
        if self.kind == "documented":
            return reforms_not_as_documented(policies)
        if self.kind == "only":
            return tuple(name for name in policies if name not in self.reforms)
        return tuple(name for name in policies if name in self.reforms)

    def _said(self, key: str, language: Language) -> str:
        words = swept_words(self.values, language) if self.kind == "point" else reform_titles(self.reforms, language)
        return text(key, language, words=words)


def counterfactuals(scenarios: tuple[str, ...], manifest: Mapping[str, Any]) -> list[OtherRun]:
    """Return the counterfactuals of the scenario itself; those of further sweep points are left out."""
    own = manifest["scenario"]["counterfactuals"]
    return [_read_counterfactual(label) for label in scenarios[1:] if label in own]


def other_points(scenarios: tuple[str, ...], manifest: Mapping[str, Any]) -> list[OtherRun]:
    """Return the points of a sweep besides the scenario itself."""
    values = {point.label: point.values for point in sweep_points(manifest)}
    labels = [label for label in scenarios[1:] if label in values]
    return [OtherRun(label, "point", _reforms_of(values[label]), values[label]) for label in labels]


def _read_counterfactual(label: str) -> OtherRun:
    kind, _, names = label.partition(" ")
    if kind == "without":
        return OtherRun(label, "without", tuple(names.split(" and ")))
    if kind == "only":
        return OtherRun(label, "only", tuple(names.split(" and ")))
    return OtherRun(label, "documented" if kind == "documented" else "none")


def _reforms_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the reforms whose settings a sweep changes; parameters belong to none."""
    split = (name.partition(".") for name in names)
    return tuple(dict.fromkeys(owner for owner, _, own in split if is_setting(owner, own)))


def swept_words(values: Mapping[str, Any], language: Language) -> str:
    """Return swept settings in words, given their values by name, for instance ``first month: January 2025``."""
    return text("report.comma", language).join(
        text("report.named", language, name=_name(name, language), value=_value(name, value, language))
        for name, value in values.items()
    )


def _name(flat: str, language: Language) -> str:
    owner, _, own = flat.partition(".")
    return setting_name(owner, own, language) if is_setting(owner, own) else parameter_name(flat, language)


def _value(flat: str, value: Any, language: Language) -> str:
    owner, _, own = flat.partition(".")
    if is_setting(owner, own):
        return setting_value(owner, own, value, language)
    return parameter_value(flat, float(value), language)


def run_name_of(label: str, runs: Iterable[OtherRun], manifest: Mapping[str, Any], language: Language) -> str:
    """Return what the run of a label is called: the scenario's title, the name of another run, or the label."""
    if label == manifest["scenario"]["name"]:
        return str(manifest["scenario"]["title"][language])
    return next((run.name(language) for run in runs if run.label == label), label)
