"""The JSON Schema: current, true to every scenario that loads, and as strict as the reader where a schema can be."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft7Validator

from sim.cli.schema import schema_text
from sim.errors import ScenarioError
from sim.levers import LeverBoard
from sim.policies.base import Policy, Timing, setting
from sim.registry import default_parameters, installed_policies
from sim.scenario import TOP_KEYS, load_scenario
from sim.scenario.schema import scenario_schema
from sim.scenario.yaml import read_mapping
from tests import test_scenario_mistakes, test_sweep
from tests.faults.mutations import mutated

SHIPPED = Path(__file__).parent.parent / "scenarios"
MISTAKES = test_scenario_mistakes.MISTAKES | test_sweep.MISTAKES

# fmt: off
BEYOND_A_SCHEMA = {
    # needs other keys of the file, other files, or arithmetic
    "end before start", "end before start at one point of a sweep",
    "counterfactual of a policy that is off", "snapshot after the end",
    "missing parameter file", "extends nothing known", "extends a name no file can have", "extends itself",
    "range without width", "range of fractions for whole numbers", "too many points",
    # not a number of JSON
    "share not a number", "endless budget", "budget that is no number",
}  # fmt: skip
# fmt: on


@functools.cache
def validator() -> Draft7Validator:
    return Draft7Validator(json.loads((SHIPPED / "schema.json").read_text(encoding="utf-8")))


def document(path: Path) -> Any:
    """Return a scenario file as an editor hands it to the schema, or None when it is no YAML we read."""
    node = read_mapping(path, [])
    return None if node is None else json.loads(json.dumps(node.plain()))


def refused(path: Path) -> list[str]:
    return [error.message for error in validator().iter_errors(document(path))]


def test_the_committed_schema_is_current() -> None:
    """Refresh it with `countysim schema --out scenarios/schema.json --force`."""
    assert (SHIPPED / "schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_one_and_knows_every_key() -> None:
    Draft7Validator.check_schema(validator().schema)
    assert tuple(validator().schema["properties"]) == TOP_KEYS
    assert tuple(validator().schema["properties"]["policies"]["properties"]) == tuple(installed_policies())


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_scenario_passes_and_names_the_schema(path: Path) -> None:
    assert refused(path) == []
    assert path.read_text(encoding="utf-8").splitlines()[0] == "# yaml-language-server: $schema=schema.json"


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_the_reader_refuses_is_refused_where_a_schema_can(tmp_path: Path, name: str) -> None:
    (tmp_path / "mine.yaml").write_text(MISTAKES[name][0], encoding="utf-8")
    if document(tmp_path / "mine.yaml") is not None:
        assert bool(refused(tmp_path / "mine.yaml")) == (name not in BEYOND_A_SCHEMA)


def test_the_exceptions_are_mistakes_we_know() -> None:
    assert set(MISTAKES) >= BEYOND_A_SCHEMA


@settings(max_examples=600, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(content=mutated())
def test_whatever_loads_passes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "mine.yaml"
    path.write_bytes(content)
    try:
        load_scenario(path)
    except ScenarioError:
        return
    assert refused(path) == []


ACCEPTED = (
    "policies: {relocation: Off, forest_tenure: YES, innovation_platform: false, talent_self_evaluation: documented}",
    "policies: {relocation: {budget: none, end: none}, forest_tenure: {budget: null}}",
    "policies: {relocation: {budget: [none, 5], start: [2023-01, 2024-01], places: []}}",
    "parameters: prior",
    "parameters: {projects.landing_hazard: {from: 0.2, to: 0.4, steps: 3}}",
    "population: {seeds: 3, share: 1}",
    "replicates: 3\npopulation: {share: 0.5}",
    "policies: {relocation: on}\ncounterfactuals: [none, documented, {only: [relocation]}, {without: relocation}]",
)


@pytest.mark.parametrize("text", ACCEPTED)
def test_every_way_to_write_something_passes(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    load_scenario(path)
    assert refused(path) == []


class _Settings(Timing):
    steps: tuple[float, ...] = setting((1.0, 2.0), unit="CNY", source="assumption: toy", meaning="a list of numbers")
    firms: int = setting(3, unit="firms", source="assumption: toy", meaning="a count", low=1)


class _Toy(Policy[_Settings]):
    name = "toy"
    title = {"en": "Toy", "zh": "玩具"}  # noqa: RUF012
    meaning = "does nothing"
    Settings = _Settings

    def act(self, levers: LeverBoard, month: int, strength: float) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("toy", "passes"),
    [
        ({"steps": [1, 2, 3]}, True),
        ({"firms": 4}, True),
        ({"firms": [4, 5]}, True),
        ({"firms": 0}, False),
        ({"firms": 2.5}, False),
        ({"fims": 2}, False),
    ],
)
def test_a_reform_of_ones_own_is_in_the_schema_too(toy: dict[str, Any], passes: bool) -> None:
    schema = scenario_schema({"toy": _Toy}, default_parameters())
    assert Draft7Validator(schema).is_valid({"policies": {"toy": toy}}) == passes
    assert not Draft7Validator(schema).is_valid({"policies": {"relocation": "on"}})
