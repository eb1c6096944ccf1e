"""What a sensitivity study asks: which inputs vary over what, on which scenario, and which outcomes are watched.

A study is written in YAML and read by `load_study`; every mistake is reported at once with file, line, key and fix, as
in a scenario. A parameter varies over its declared prior unless the study gives bounds inside it; a setting of a
reform has no prior and needs bounds. The dummy, an input that nothing reads, joins every study.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sim.calendar import month_label, parse_month
from sim.errors import Problem, ScenarioError, nearest
from sim.observables import Record
from sim.observables.indicators import INDICATORS, NAMES, POSITION
from sim.observation import OPERATORS
from sim.parameters import Declaration
from sim.places import PLACES
from sim.policies.base import Policy
from sim.scenario import MAX_SHARE, MIN_SHARE, Scenario, load_scenario
from sim.scenario.fields import FieldReader
from sim.scenario.yaml import Node, read_mapping, shown

EVIDENCE = "evidence"
SETTINGS = "policies."
KEYS = ("scenario", "title", "samples", "seed", "share", "months", "replicates", "factors", "outputs")
DEFAULT_SAMPLES, MAX_SAMPLES = 64, 2**14
DEFAULT_REPLICATES, MAX_REPLICATES = 16, 1000
DEFAULT_SHARE = 0.01
LARGEST_SEED = 2**31 - 1
"""The sampling library takes seeds of 32 bits."""

DUMMY = Declaration("dummy", 0.5, "dimensionless", 0.0, 1.0, "split", "none", "nothing reads it")

type Operator = Callable[[Record], float]


@dataclass(frozen=True)
class Output:
    """An outcome that is watched: its name, its unit, and how it is read from a record."""

    name: str
    unit: str
    operator: Operator


@dataclass(frozen=True)
class Study:
    """A study as resolved.

    Attributes:
        name: the file's name without suffix.
        title: what it asks.
        scenario: what is run, with its share, months and one seed.
        samples: base points N; the design has N (factors + 2) rows.
        seed: of the scrambling of the points and of the bootstrap.
        replicates: runs at the middle of every factor with other seeds, which measure what chance does.
        factors: what varies, by key; the dummy last.
        outputs: what is watched.
    """

    name: str
    title: str
    scenario: Scenario
    samples: int
    seed: int
    replicates: int
    factors: Mapping[str, Declaration]
    outputs: tuple[Output, ...]

    def at(self, values: Mapping[str, float]) -> Scenario:
        """Return the scenario with some factors set to values in their units."""
        parameters = {k: v for k, v in values.items() if k != DUMMY.name and not k.startswith(SETTINGS)}
        policies = dict(self.scenario.policies)
        for key, value in values.items():
            if key.startswith(SETTINGS):
                _, name, setting = key.split(".")
                policies[name] = _with_setting(policies[name], setting, value)
        changed = self.scenario.parameters.replaced(parameters)
        return dataclasses.replace(self.scenario, parameters=changed, policies=policies)

    @property
    def hash(self) -> str:
        """SHA-256 of what decides the results."""
        content = {
            "scenario": self.scenario.hash,
            "samples": self.samples,
            "seed": self.seed,
            "replicates": self.replicates,
            "factors": {key: [f.low, f.default, f.high, f.prior] for key, f in self.factors.items()},
            "outputs": [output.name for output in self.outputs],
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _with_setting(policy: Policy[Any], setting: str, value: float) -> Policy[Any]:
    settings = policy.settings.model_dump() | {setting: value}
    return type(policy)(type(policy.settings).model_validate(settings))


def load_study(path: str | Path) -> Study:
    """Read and check a study.

    Raises:
        ScenarioError: with every mistake found, in the study or in its scenario.
    """
    problems: list[Problem] = []
    root = read_mapping(Path(path), problems)
    study = None if root is None else _read(Path(path), root, FieldReader(problems))
    if study is None or problems:
        raise ScenarioError(problems)
    return study


def _read(path: Path, root: Node, reader: FieldReader) -> Study | None:
    top = reader.mapping(root, "", KEYS)
    share = (
        reader.number(top["share"], "share", "the part of the households to simulate", MIN_SHARE, MAX_SHARE)
        if "share" in top
        else DEFAULT_SHARE
    )
    seed = reader.whole(top["seed"], "seed", "the seed of the design", 1, LARGEST_SEED) if "seed" in top else 1
    scenario = _scenario(path, root, top, reader)
    if scenario is None:
        return None
    if "months" in top:
        months = reader.whole(top["months"], "months", "the months to simulate", 1, 600)
        scenario = dataclasses.replace(scenario, months=months)
    scenario = dataclasses.replace(scenario, share=share, seeds=(seed,), counterfactuals=(), draws=None)
    return Study(
        name=path.stem,
        title=reader.text(top["title"], "title") if "title" in top else path.stem,
        scenario=scenario,
        samples=_samples(reader, top.get("samples")),
        seed=seed,
        replicates=_replicates(reader, top.get("replicates")),
        factors=_factors(reader, root, top.get("factors"), scenario),
        outputs=_outputs(reader, top.get("outputs"), scenario.months),
    )


def _scenario(path: Path, root: Node, top: Mapping[str, Node], reader: FieldReader) -> Scenario | None:
    """Return the scenario, looked for beside the study, then among the project's own."""
    if "scenario" not in top:
        reader.report(root, "scenario", "is missing", "Write 'scenario: documented_2024'.")
        return None
    written = reader.text(top["scenario"], "scenario")
    beside = path.parent / written
    try:
        return load_scenario(beside if beside.is_file() else written)
    except ScenarioError as error:
        reader.problems.extend(error.problems)
        return None


def _samples(reader: FieldReader, node: Node | None) -> int:
    if node is None:
        return DEFAULT_SAMPLES
    samples = reader.whole(node, "samples", "the number of base points", 2, MAX_SAMPLES)
    if samples & (samples - 1):
        below = 1 << (samples.bit_length() - 1)
        message = f"must be a power of two, as Sobol points are balanced only then, not {samples}"
        reader.report(node, "samples", message, f"Write {below} or {2 * below}.")
    return samples


def _replicates(reader: FieldReader, node: Node | None) -> int:
    if node is None:
        return DEFAULT_REPLICATES
    return reader.whole(node, "replicates", "the number of runs that measure chance", 2, MAX_REPLICATES)


def _factors(reader: FieldReader, root: Node, node: Node | None, scenario: Scenario) -> dict[str, Declaration]:
    declared = _declared(scenario)
    if node is None:
        example = "'factors: {relocation.acceptance: prior}'"
        reader.report(root, "factors", "is missing: what shall vary?", f"Write {example}.")
    found = {}
    for key, entry in reader.mapping(node, "factors", declared, "factor").items():
        factor = _factor(reader, f"factors.{key}", entry, declared[key])
        if factor is not None:
            found[key] = factor
    return {**found, DUMMY.name: DUMMY}


def _declared(scenario: Scenario) -> dict[str, Declaration]:
    """Return what may vary: drawn parameters by flat name, and the numbers among the settings of policies that are on.

    A setting has bounds, but no prior: its declaration is marked as fixed until a study gives it bounds.
    """
    declared = {key: d for key, d in scenario.parameters.declarations().items() if d.prior != "fixed"}
    for name, policy in scenario.policies.items():
        for setting, field in type(policy.settings).model_fields.items():
            value = getattr(policy.settings, setting)
            if isinstance(value, float) and isinstance(field.json_schema_extra, dict):
                low = next((rule.ge for rule in field.metadata if hasattr(rule, "ge")), value)
                high = next((rule.le for rule in field.metadata if hasattr(rule, "le")), value)
                about = field.json_schema_extra
                declared[f"{SETTINGS}{name}.{setting}"] = Declaration(
                    setting,
                    value,
                    str(about["unit"]),
                    low,
                    high,
                    "fixed",
                    str(about["source"]),
                    field.description or "",
                )
    return declared


def _factor(reader: FieldReader, key: str, node: Node, declared: Declaration) -> Declaration | None:
    if node.value in (None, "prior") and declared.prior != "fixed":
        return declared
    allowed = "bounds such as {low: 1, high: 2}" + (" or prior" if declared.prior != "fixed" else "")
    if not isinstance(node.value, dict):
        reader.report(node, key, f"must be {allowed}, not {shown(node)}")
        return None
    bounds = reader.mapping(node, key, ("low", "high"))
    missing = [name for name in ("low", "high") if name not in bounds]
    if missing:
        reader.report(node, key, f"lacks {' and '.join(missing)}; allowed are {allowed}")
        return None
    low, high = (
        reader.number(bounds[name], f"{key}.{name}", f"in {declared.unit}", declared.low, declared.high)
        for name in ("low", "high")
    )
    if not low < high:
        reader.report(node, key, f"the low bound {low:g} must lie below the high bound {high:g}")
        return None
    return dataclasses.replace(declared, default=(low + high) / 2.0, low=low, high=high, prior="split")


def _outputs(reader: FieldReader, node: Node | None, months: int) -> tuple[Output, ...]:
    if node is None or node.value == EVIDENCE:
        return tuple(_evidence_output(name) for name in OPERATORS)
    if not isinstance(node.value, list) or not node.value:
        reader.report(node, "outputs", f"must be {EVIDENCE} or a list of outcomes, not {shown(node)}")
        return ()
    found = [_output(reader, f"outputs[{i}]", item, months) for i, item in enumerate(node.value)]
    return tuple(output for output in found if output is not None)


def _evidence_output(name: str) -> Output:
    from sim.evidence import load_evidence

    return Output(name, load_evidence().fact(name).unit, OPERATORS[name])


def _output(reader: FieldReader, key: str, node: Node, months: int) -> Output | None:
    """Return an outcome: the id of a target, or indicator, place and month such as ``gini quzhou 2024-12``."""
    words = str(node.value).split() if isinstance(node.value, str) else []
    if len(words) == 1 and words[0] in OPERATORS:
        return _evidence_output(words[0])
    if len(words) != 3:
        near = nearest(words[0], OPERATORS) if words else ""
        message = f"must be a target or 'indicator place month' (gini quzhou 2024-12), not {shown(node)}"
        reader.report(node, key, message, near)
        return None
    indicator, place, month = words
    if indicator not in POSITION:
        reader.report(node, key, f"there is no indicator '{indicator}'.", nearest(indicator, NAMES))
    elif place not in PLACES:
        reader.report(node, key, f"there is no place '{place}'.", nearest(place, PLACES))
    elif not _is_month(month, months):
        reader.report(
            node, key, f"the month must lie from {month_label(0)} to {month_label(months - 1)}, not '{month}'"
        )
    else:
        unit = INDICATORS[POSITION[indicator]].unit
        return Output(str(node.value), unit, partial(_read_one, indicator=indicator, place=place, month=month))
    return None


def _is_month(text: str, months: int) -> bool:
    try:
        return 0 <= parse_month(text) < months
    except ValueError:
        return False


def _read_one(record: Record, indicator: str, place: str, month: str) -> float:
    return record.at(indicator, place, parse_month(month))


def middle(factors: Mapping[str, Declaration]) -> dict[str, float]:
    """Return every factor at its median."""
    return {key: declared.quantile(0.5) for key, declared in factors.items()}


def point(factors: Mapping[str, Declaration], probabilities: Sequence[float]) -> dict[str, float]:
    """Return every factor at a probability of its prior, in its unit."""
    return {key: d.quantile(float(u)) for (key, d), u in zip(factors.items(), probabilities, strict=True)}
