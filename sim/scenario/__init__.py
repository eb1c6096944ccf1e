"""The scenario: which reforms run, when, where and with how much money, how many months, which population.

A scenario is written in YAML (``scenarios/README.md`` teaches it) and read by `load_scenario` into a frozen
`Scenario`. Every mistake of a file is reported at once, each with file, line, key, what is allowed and the
likely fix.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sim.calendar import month_label
from sim.errors import Problem, ScenarioError, nearest
from sim.parameters import Parameters
from sim.policies.base import Policy
from sim.registry import POLICIES, default_parameters, installed_policies
from sim.scenario.fields import FieldReader
from sim.scenario.files import Chain, read_chain
from sim.scenario.settings import (
    NONE,
    Counterfactual,
    names_set,
    names_switched_on,
    read_counterfactuals,
    read_parameters,
    read_policies,
)
from sim.scenario.sweep import Point, at_point, combinations, point_label, read_axes
from sim.scenario.yaml import Node, shown

DEFAULT_SHARE = 0.1
DEFAULT_SEEDS = 5
DEFAULT_MONTHS = 24
MIN_SHARE, MAX_SHARE = 0.001, 1.0
MAX_MONTHS = 600
MAX_DRAWS = 1000

TOP_KEYS = (
    "extends",
    "title",
    "start",
    "months",
    "replicates",
    "population",
    "parameters",
    "draws",
    "policies",
    "counterfactuals",
    "outputs",
)


@dataclass(frozen=True)
class Outputs:
    """What is written besides the monthly record.

    Attributes:
        folder: the run folder, relative to where the command is called.
        households: month indexes at whose end the household table is saved.
    """

    folder: str
    households: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Variant:
    """One thing to run for a scenario.

    Attributes:
        label: the label of the run; two variants that would be the same run share one.
        scenario: what is run.
        point: label of the point of a sweep it belongs to; the scenario's name without a sweep.
        counterfactual: label of the counterfactual, or an empty text for the point itself.
    """

    label: str
    scenario: Scenario
    point: str
    counterfactual: str = ""


@dataclass(frozen=True, eq=False)
class Scenario:
    """A scenario as resolved: nothing inherited is left open.

    Attributes:
        name: the file's name without suffix; a counterfactual adds its label.
        title: ``en`` and ``zh``.
        months: simulated months from January 2023 on.
        share: part of the households that is simulated, 0.001 to 1.
        seeds: one run each; counterfactuals use the same seeds, hence the same draws.
        parameters: every mechanism's parameters.
        set_parameters: flat names of those the scenario sets itself.
        draws: number of parameter draws from the priors; None for the given values alone.
        policies: the policies that are on by name, in the registry's order.
        counterfactuals: runs to make beside the scenario.
        outputs: where results go; None stands for ``out/<name>`` without household tables.
        extends: names of the ancestors, the nearest first.
        points: the points of a sweep, the scenario itself first; empty when nothing is swept.
    """

    name: str
    title: Mapping[str, str] = field(default_factory=dict)
    months: int = DEFAULT_MONTHS
    share: float = DEFAULT_SHARE
    seeds: tuple[int, ...] = tuple(range(1, DEFAULT_SEEDS + 1))
    parameters: Parameters = field(default_factory=default_parameters)
    set_parameters: tuple[str, ...] = ()
    draws: int | None = None
    policies: Mapping[str, Policy[Any]] = field(default_factory=dict)
    counterfactuals: tuple[Counterfactual, ...] = ()
    outputs: Outputs = Outputs("out")
    extends: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()

    def none(self) -> Scenario:
        """Return the scenario with every policy off."""
        return self.counterfactual(Counterfactual("none"))

    def without(self, names: str | Iterable[str]) -> Scenario:
        """Return the scenario with some of its policies off; raises ScenarioError for one that is not on."""
        return self.counterfactual(Counterfactual("without", _as_names(names)))

    def only(self, names: str | Iterable[str]) -> Scenario:
        """Return the scenario with only some of its policies on; raises ScenarioError for one that is not."""
        return self.counterfactual(Counterfactual("only", _as_names(names)))

    def counterfactual(self, counterfactual: Counterfactual) -> Scenario:
        """Return the scenario of a counterfactual: same seeds, same settings of the policies that stay on.

        Raises:
            ScenarioError: a named policy is not on.
        """
        for name in counterfactual.names:
            if name not in self.policies:
                message = f"'{name}' is not on in this scenario; on are {', '.join(self.policies) or 'none'}."
                problem = Problem(self.name, None, counterfactual.label, message, nearest(name, self.policies))
                raise ScenarioError([problem])
        named_stay = counterfactual.kind == "only"
        kept = {n: p for n, p in self.policies.items() if (n in counterfactual.names) == named_stay}
        if counterfactual.kind == "none":
            kept = {}
        elif counterfactual.kind == "documented":
            kept = {policy.name: policy(policy.Settings()) for policy in POLICIES}
        name = f"{self.name} {counterfactual.label}"
        return dataclasses.replace(self, name=name, policies=kept, counterfactuals=(), points=())

    def at(self, point: Point) -> Scenario:
        """Return the scenario at one point of its sweep: its values, and nothing swept any more."""
        return dataclasses.replace(self, policies=point.policies, parameters=point.parameters, points=())

    def variants(self) -> tuple[Variant, ...]:
        """Return everything to run: the scenario (of a sweep its first point), the other points, counterfactuals.

        Every point of a sweep has counterfactuals of its own where the sweep reaches them; those that would be the
        same run as at an earlier point are made once.
        """
        points = {point.label: self.at(point) for point in self.points} or {self.name: self}
        variants = [Variant(label, scenario, label) for label, scenario in points.items()]
        made: dict[tuple[str, str], str] = {}
        for counterfactual in self.counterfactuals:
            for point, scenario in points.items():
                other = scenario.counterfactual(counterfactual)
                label = counterfactual.label if point == self.name else f"{counterfactual.label}, {point}"
                run = made.setdefault((counterfactual.label, other.hash), label)
                variants.append(Variant(run, other, point, counterfactual.label))
        return tuple(variants)

    def parameter_draws(self) -> tuple[Parameters, ...]:
        """Return the parameter sets to run: the given values, or `draws` draws from the priors.

        Parameters the scenario sets itself keep their values. The draws do not depend on the policies.
        """
        if self.draws is None:
            return (self.parameters,)
        free = [name for name in self.parameters.flat() if name not in self.set_parameters]
        return tuple(self.parameters.drawn(np.random.default_rng(draw), free) for draw in range(self.draws))

    def resolved(self) -> dict[str, Any]:
        """Return everything that defines the scenario as plain values, for the manifest."""
        return {
            "name": self.name,
            "title": dict(self.title),
            "extends": list(self.extends),
            **self._content(),
            "outputs": {
                "folder": self.outputs.folder,
                "households": [month_label(m) for m in self.outputs.households],
            },
            "sweep": self._sweep(),
        }

    def _sweep(self) -> list[dict[str, Any]]:
        """Return the points of the sweep: the label of each run, its values, and the runs to compare it with."""
        against: dict[str, dict[str, str]] = {point.label: {} for point in self.points}
        for variant in self.variants() if self.points else ():
            if variant.counterfactual:
                against[variant.point][variant.counterfactual] = variant.label
        return [{"label": p.label, "values": dict(p.values), "against": against[p.label]} for p in self.points]

    @property
    def hash(self) -> str:
        """SHA-256 of what decides the numbers: not of names, titles, or where results are written."""
        return hashlib.sha256(json.dumps(self._content(), sort_keys=True).encode()).hexdigest()

    def _content(self) -> dict[str, Any]:
        return {
            "start": month_label(0),
            "months": self.months,
            "population": {"share": self.share, "seeds": list(self.seeds)},
            "parameters": self.parameters.flat(),
            "set_parameters": sorted(self.set_parameters),
            "draws": self.draws,
            "policies": {name: policy.settings.model_dump(mode="json") for name, policy in self.policies.items()},
            "counterfactuals": [counterfactual.label for counterfactual in self.counterfactuals],
            "points": [dict(point.values) for point in self.points],
        }


def _as_names(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def load_scenario(path: str | Path) -> Scenario:
    """Read, merge and check a scenario.

    Args:
        path: a YAML file, or the name of one of the project's own scenarios.

    Raises:
        ScenarioError: with every mistake found; nothing is written anywhere.
        RegistryError: an installed policy is broken.
    """
    problems: list[Problem] = []
    chain = read_chain(Path(path), problems)
    scenario = None if chain is None else _read(chain, FieldReader(problems))
    if scenario is None or problems:
        found = dict.fromkeys(problems)  # a value that several points of a sweep share is read more than once
        raise ScenarioError(sorted(found, key=lambda problem: (problem.file != str(path), problem.line or 0)))
    return scenario


def _read(chain: Chain, reader: FieldReader) -> Scenario:
    top = reader.mapping(chain.merged, "", TOP_KEYS)
    known = installed_policies()
    name = chain.path.stem
    defaults = default_parameters()
    points = _read_points(reader, top, known, defaults, name)
    _check_start(reader, top.get("start"))
    months = (
        reader.whole(top["months"], "months", "the months to simulate", 1, MAX_MONTHS)
        if "months" in top
        else DEFAULT_MONTHS
    )
    population = reader.mapping(top.get("population"), "population", ("share", "seed", "seeds"))
    on = names_switched_on(top.get("policies"))
    return Scenario(
        name=name,
        title=_read_title(reader, top.get("title"), name),
        months=months,
        share=_read_share(reader, population.get("share")),
        seeds=reader.seeds(top.get("replicates"), population, DEFAULT_SEEDS),
        parameters=points[0].parameters,
        set_parameters=names_set(top.get("parameters"), defaults),
        draws=reader.whole(top["draws"], "draws", "the number of parameter draws", 1, MAX_DRAWS)
        if "draws" in top
        else None,
        policies=points[0].policies,
        counterfactuals=read_counterfactuals(reader, top.get("counterfactuals"), on, tuple(known)),
        outputs=_read_outputs(reader, top.get("outputs"), name, months),
        extends=chain.ancestors,
        points=points if len(points) > 1 else (),
    )


def _read_points(
    reader: FieldReader,
    top: Mapping[str, Node],
    known: Mapping[str, type[Policy[Any]]],
    defaults: Parameters,
    name: str,
) -> tuple[Point, ...]:
    """Return the points of the sweep, the one of the first-listed values first; a single one without a sweep."""
    axes = read_axes(reader, top, known, defaults.declarations())
    points: list[Point] = []
    for chosen in combinations(axes):
        entries = at_point(top, axes, chosen)
        values = {axis.name: _plain(value) for axis, value in zip(axes, chosen, strict=True) if value is not None}
        policies = read_policies(reader, entries.get("policies"), known)
        parameters = read_parameters(reader, entries.get("parameters"), defaults)
        points.append(Point(point_label(values) if points else name, values, policies, parameters))
    return tuple(points)


def _plain(node: Node) -> Any:
    """Return a swept value as a label and the manifest show it."""
    return None if node.value == NONE else node.plain()


def _check_start(reader: FieldReader, node: Node | None) -> None:
    if node is not None and node.value != month_label(0):
        why = "the starting world is built from the statistics of that winter"
        reader.report(node, "start", f"only {month_label(0)} is supported ({why}), not {shown(node)}")


def _read_title(reader: FieldReader, node: Node | None, name: str) -> dict[str, str]:
    """Return the title in both languages; a missing one repeats the other, then the name."""
    written = reader.mapping(node, "title", ("en", "zh"))
    texts = {lang: reader.text(entry, f"title.{lang}") for lang, entry in written.items()}
    return {
        "en": texts.get("en") or texts.get("zh") or name,
        "zh": texts.get("zh") or texts.get("en") or name,
    }


def _read_share(reader: FieldReader, node: Node | None) -> float:
    what = "the part of the households to simulate"
    return DEFAULT_SHARE if node is None else reader.number(node, "population.share", what, MIN_SHARE, MAX_SHARE)


def _read_outputs(reader: FieldReader, node: Node | None, name: str, months: int) -> Outputs:
    written = reader.mapping(node, "outputs", ("folder", "households"))
    folder = reader.text(written["folder"], "outputs.folder") if "folder" in written else f"out/{name}"
    items = reader.items(written.get("households"), "outputs.households", "[2023-12, 2024-12]")
    saved = {reader.month(item, f"outputs.households[{i}]", 0, months - 1) for i, item in enumerate(items)}
    return Outputs(folder, tuple(sorted(saved)))
