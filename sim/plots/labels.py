"""What a reader calls a run: the scenario's title, its counterfactuals and the points of its sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.comparison.words import programme_name
from sim.errors import ResultsError, nearest
from sim.messages import catalogue, text
from sim.observables.indicators import INDICATORS, POSITION
from sim.places import NAMES
from sim.policies.base import Timing
from sim.results.manifest import sweep_points
from sim.units import Language

if TYPE_CHECKING:
    from sim.results import RunResult


def place_name(place: str, language: Language) -> str:
    """Return the name of a county or the city."""
    return NAMES[place][language]


def indicator_name(indicator: str, language: Language) -> str:
    """Return what an indicator is called.

    Raises:
        ResultsError: there is no such indicator.
    """
    if indicator not in POSITION:
        raise ResultsError(f"no indicator '{indicator}'. {nearest(indicator, POSITION)}".rstrip())
    return INDICATORS[POSITION[indicator]].label(language)


def run_label(result: RunResult, label: str, language: Language) -> str:
    """Return what a reader calls one of a result's runs: a title, or what its counterfactual leaves out."""
    if label == result.scenarios[0]:
        return _title(result, language) or label
    kind, _, names = label.partition(" ")
    if kind in _ALONE:
        return text(_ALONE[kind], language)
    if kind in _WITH_REFORMS:
        titles = (programme_name(name, language) for name in names.split(" and "))
        quoted = (text("report.quoted", language, words=title) for title in titles)
        return text(_WITH_REFORMS[kind], language, words=text("report.comma", language).join(quoted))
    return label


_ALONE = {"none": "report.run_none", "documented": "report.run_documented"}
_WITH_REFORMS = {"without": "report.run_without", "only": "report.run_only"}


def _title(result: RunResult, language: Language) -> str:
    titles = result.manifest.get("scenario", {}).get("title", {})
    return str(titles.get(language, ""))


def swept_name(name: str, language: Language) -> str:
    """Return what a swept setting (``relocation.homes_per_month``) or parameter is called; its own name if unknown."""
    reform, _, setting = name.partition(".")
    known = catalogue()
    owner = "timing" if setting in Timing.model_fields else reform
    for key in (f"meanings.{owner}.{setting}", f"parameters.{name}"):
        if key in known:
            return text(key, language)
    return name


def compared_runs(result: RunResult) -> tuple[str, ...]:
    """Return the labels of the scenario and its own counterfactuals, without the other points of a sweep."""
    points = sweep_points(result.manifest)
    return (points[0].label, *points[0].against.values()) if points else result.scenarios
