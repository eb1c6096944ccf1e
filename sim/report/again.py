"""How to make a run again: the command, and the scenario written out in full."""

from __future__ import annotations

import io
import shlex
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML

from sim.registry import installed_policies
from sim.report.settings import swept_values
from sim.units import Language

FEW_SEEDS = 1


def command(manifest: Mapping[str, Any]) -> str:
    """Return the command that makes a run again from its scenario file."""
    scenario = manifest["scenario"]
    seeds = scenario["population"]["seeds"]
    chosen = ["--seed", str(seeds[0])] if len(seeds) == FEW_SEEDS else ["--seeds", ",".join(map(str, seeds))]
    share = ["--share", f"{scenario['population']['share']:g}"]
    parts = ["countysim", "run", f"{scenario['name']}.yaml", *share, *chosen, "--months", str(scenario["months"])]
    return shlex.join(parts)


def scenario_text(manifest: Mapping[str, Any], language: Language) -> str:
    """Return a scenario file that gives the same numbers: the scenario as resolved, nothing inherited.

    Reforms are written with every setting that is not as documented, parameters as far as the scenario set them.
    """
    scenario = manifest["scenario"]
    document: dict[str, Any] = {
        "title": {language: scenario["title"][language]},
        "months": scenario["months"],
        "population": {"share": scenario["population"]["share"], "seeds": list(scenario["population"]["seeds"])},
    }
    swept = {name: [_written(value) for value in values] for name, values in swept_values(manifest).items()}
    set_by_hand = {name: swept.get(name, scenario["parameters"][name]) for name in scenario["set_parameters"]}
    if set_by_hand:
        document["parameters"] = set_by_hand
    if scenario["draws"] is not None:
        document["draws"] = scenario["draws"]
    document["policies"] = {name: _policy(name, given, swept) for name, given in scenario["policies"].items()}
    document["counterfactuals"] = [_counterfactual(label) for label in scenario["counterfactuals"]]
    if scenario["outputs"]["households"]:
        document["outputs"] = {"households": list(scenario["outputs"]["households"])}
    return _as_yaml(document)


def _policy(name: str, given: Mapping[str, Any], swept: Mapping[str, list[Any]]) -> Any:
    known = installed_policies().get(name)
    documented = {} if known is None else known.Settings().model_dump(mode="json")
    changed = {
        key: swept.get(f"{name}.{key}", _written(value))
        for key, value in given.items()
        if f"{name}.{key}" in swept or value != documented.get(key)
    }
    return changed or "documented"


def _written(value: Any) -> Any:
    return "none" if value is None else value


def _counterfactual(label: str) -> Any:
    kind, _, names = label.partition(" ")
    return {kind: names.split(" and ")} if names else label


def _as_yaml(document: Mapping[str, Any]) -> str:
    writer = YAML()
    writer.default_flow_style = None
    writer.allow_unicode = True
    writer.width = 88
    buffer = io.StringIO()
    writer.dump(dict(document), buffer)
    return buffer.getvalue()


def report_command(language: Language) -> str:
    """Return the command that makes the page again from the run folder."""
    return shlex.join(["countysim", "report", "FOLDER", "--lang", language])
