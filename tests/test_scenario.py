"""The scenario language: what loads, what it resolves to, and what a mistake is answered with."""

from __future__ import annotations

import dataclasses
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from sim.errors import Problem, ScenarioError
from sim.levers import LeverBoard
from sim.policies.base import Policy, Timing, setting
from sim.registry import default_parameters, installed_policies
from sim.scenario import DEFAULT_SEEDS, DEFAULT_SHARE, Scenario, load_scenario
from sim.scenario.fields import FieldReader
from sim.scenario.settings import Counterfactual, read_policies
from sim.scenario.yaml import read_mapping

SHIPPED = Path(__file__).parent.parent / "scenarios"
ALL = tuple(installed_policies())[:5]


def write(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# what loads


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_scenarios_load_and_are_explained(path: Path) -> None:
    scenario = load_scenario(path)
    assert scenario.name == path.stem
    assert all(scenario.title[lang] for lang in ("en", "zh"))
    assert f"`{path.name}`" in (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert json.loads(json.dumps(scenario.resolved())) == scenario.resolved()


def test_documented_2024_runs_the_five_reforms_with_documented_settings_against_none() -> None:
    scenario = load_scenario(SHIPPED / "documented_2024.yaml")
    assert tuple(scenario.policies) == ALL
    assert all(policy.settings == type(policy).Settings() for policy in scenario.policies.values())
    assert scenario.months == 24
    assert [counterfactual.label for counterfactual in scenario.counterfactuals] == ["none"]
    assert scenario.seeds == tuple(range(1, DEFAULT_SEEDS + 1))
    assert scenario.share == DEFAULT_SHARE


def test_no_reforms_keeps_the_inherited_pipeline_and_ordinary_signing_does_not() -> None:
    no_reforms, ordinary = (
        load_scenario(SHIPPED / "no_reforms.yaml"),
        load_scenario(SHIPPED / "ordinary_signing.yaml"),
    )
    assert not no_reforms.policies
    assert no_reforms.parameters.flat()["projects.inherited_campaign"] == 1.0
    assert set(ordinary.policies) == set(ALL) - {"investment_attraction"}
    assert ordinary.parameters.flat()["projects.inherited_campaign"] == 0.0


def test_relocation_fast_changes_only_what_it_writes() -> None:
    fast, documented = (
        load_scenario(SHIPPED / "relocation_fast.yaml"),
        load_scenario(SHIPPED / "documented_2024.yaml"),
    )
    mine = fast.policies["relocation"].settings.model_dump()
    theirs = documented.policies["relocation"].settings.model_dump()
    changed = {name for name in mine if mine[name] != theirs[name]}
    assert changed == {"homes_per_month", "consultations_per_month"}
    assert all(mine[name] == 2 * theirs[name] for name in changed)
    assert fast.outputs.households == (11, 23)
    assert fast.extends == ("documented_2024",)


def test_a_shipped_scenario_is_found_by_name_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_scenario("documented_2024").hash == load_scenario(SHIPPED / "documented_2024.yaml").hash
    assert tuple(load_scenario(write(tmp_path, "extends: documented_2024")).policies) == ALL


def test_a_scenario_beside_the_file_goes_before_a_shipped_one(tmp_path: Path) -> None:
    write(tmp_path, "months: 7", "documented_2024.yaml")
    scenario = load_scenario(write(tmp_path, "extends: documented_2024"))
    assert (scenario.months, dict(scenario.policies)) == (7, {})


@pytest.mark.parametrize("word", ["off", "false", "no", "Off", "False"])
def test_every_way_to_switch_a_policy_off(tmp_path: Path, word: str) -> None:
    scenario = load_scenario(write(tmp_path, f"extends: documented_2024\npolicies: {{relocation: {word}}}"))
    assert set(scenario.policies) == set(ALL) - {"relocation"}


@pytest.mark.parametrize("word", ["on", "true", "yes", "documented", "{}"])
def test_every_way_to_switch_a_policy_on(tmp_path: Path, word: str) -> None:
    scenario = load_scenario(write(tmp_path, f"policies: {{relocation: {word}}}"))
    relocation = scenario.policies["relocation"]
    assert list(scenario.policies) == ["relocation"]
    assert relocation.settings == type(relocation).Settings()


@pytest.mark.parametrize(
    ("grandparent", "parent", "child", "budget", "ramp"),
    [
        ("{budget: 5, ramp_months: 2}", "{ramp_months: 3}", "{}", 5, 3),
        ("{budget: 5, ramp_months: 2}", "on", "{ramp_months: 4}", 5, 4),
        ("{budget: 5, ramp_months: 2}", "documented", "{ramp_months: 4}", None, 4),
        ("{budget: 5, ramp_months: 2}", "off", "on", None, None),
        ("{budget: 5, ramp_months: 2}", "off", "{budget: 6}", 6, None),
        ("{budget: 5}", "{budget: none}", "on", None, None),
    ],
)
def test_settings_merge_key_by_key_down_the_chain(
    tmp_path: Path, grandparent: str, parent: str, child: str, budget: float | None, ramp: int | None
) -> None:
    write(tmp_path, f"policies: {{relocation: {grandparent}}}", "a.yaml")
    write(tmp_path, f"extends: a\npolicies: {{relocation: {parent}}}", "b.yaml")
    scenario = load_scenario(write(tmp_path, f"extends: b.yaml\npolicies: {{relocation: {child}}}"))
    relocation = scenario.policies["relocation"].settings
    documented = type(scenario.policies["relocation"]).Settings()
    assert scenario.extends == ("b", "a")
    assert relocation.budget == (documented.budget if budget is None else budget)
    assert relocation.ramp_months == (documented.ramp_months if ramp is None else ramp)


def test_other_keys_merge_or_are_replaced(tmp_path: Path) -> None:
    parent = """
        months: 12
        population: {share: 0.5, seeds: [4, 9]}
        parameters: {projects.inherited_campaign: 0.5, projects.landing_hazard: 0.2}
        policies: {relocation: on}
        counterfactuals: [none]
        outputs: {folder: theirs, households: [2023-03]}
    """
    write(tmp_path, parent, "parent.yaml")
    child = "extends: parent\npopulation: {seed: 3}\nparameters: {projects.inherited_campaign: 0}"
    scenario = load_scenario(write(tmp_path, f"{child}\ncounterfactuals: []"))
    assert (scenario.months, scenario.share, scenario.seeds) == (12, 0.5, (3,))
    assert scenario.parameters.flat()["projects.inherited_campaign"] == 0.0
    assert scenario.parameters.flat()["projects.landing_hazard"] == 0.2
    assert scenario.set_parameters == ("projects.inherited_campaign", "projects.landing_hazard")
    assert scenario.counterfactuals == ()
    assert (scenario.outputs.folder, scenario.outputs.households) == ("out/mine", (2,))
    reset = load_scenario(write(tmp_path, "extends: parent\nparameters: prior"))
    assert reset.parameters.flat() == default_parameters().flat()


def test_parameters_come_from_a_file_and_its_mistakes_name_it(tmp_path: Path) -> None:
    write(tmp_path, "projects.inherited_campaign: 0.25", "values.yaml")
    scenario = load_scenario(write(tmp_path, "parameters: values.yaml"))
    assert scenario.parameters.flat()["projects.inherited_campaign"] == 0.25
    write(tmp_path, "# mine\nprojects.inherited_campain: 1", "values.yaml")
    with pytest.raises(ScenarioError, match=r"values\.yaml:2: .*'projects\.inherited_campaign'"):
        load_scenario(tmp_path / "mine.yaml")


# what a scenario can do


def test_counterfactuals_keep_settings_seeds_and_order() -> None:
    scenario = load_scenario(SHIPPED / "relocation_fast.yaml")
    without, only, none = scenario.without("relocation"), scenario.only(["relocation"]), scenario.none()
    assert tuple(without.policies) == tuple(name for name in ALL if name != "relocation")
    assert only.policies["relocation"] is scenario.policies["relocation"]
    assert not none.policies
    assert {run.seeds for run in (without, only, none)} == {scenario.seeds}
    assert only.without("relocation").hash == none.hash
    assert without.name == "relocation_fast without relocation"
    made = [scenario.counterfactual(counterfactual).hash for counterfactual in scenario.counterfactuals]
    documented = load_scenario(SHIPPED / "documented_2024.yaml")
    assert made == [dataclasses.replace(documented, counterfactuals=()).hash, none.hash, without.hash]


def test_the_documented_counterfactual_brings_back_what_is_off(tmp_path: Path) -> None:
    scenario = load_scenario(write(tmp_path, "policies: {relocation: {homes_per_month: 5}}"))
    documented = scenario.counterfactual(Counterfactual("documented"))
    assert tuple(documented.policies) == ALL
    assert all(policy.settings == type(policy).Settings() for policy in documented.policies.values())
    assert (documented.seeds, documented.share) == (scenario.seeds, scenario.share)


@pytest.mark.parametrize(
    ("parent", "child", "seeds"),
    [
        ("replicates: 3", "months: 2", (1, 2, 3)),
        ("population: {seeds: [4, 9]}", "replicates: 2", (1, 2)),
        ("replicates: 3", "population: {seed: 7}", (7,)),
        ("replicates: 3", "population: {seeds: [4, 9]}", (4, 9)),
        ("replicates: 3", "population: {share: 0.5}", (1, 2, 3)),
        ("population: {seed: 7}", "population: {share: 0.5}", (7,)),
    ],
)
def test_replicates_and_seeds_replace_each_other_down_the_chain(
    tmp_path: Path, parent: str, child: str, seeds: tuple[int, ...]
) -> None:
    write(tmp_path, parent, "parent.yaml")
    assert load_scenario(write(tmp_path, f"extends: parent\n{child}")).seeds == seeds


def test_a_counterfactual_of_a_policy_that_is_off_is_refused() -> None:
    with pytest.raises(ScenarioError, match="Did you mean 'relocation'"):
        load_scenario(SHIPPED / "documented_2024.yaml").without("relocatoin")


def test_a_scenario_is_frozen_and_travels_to_another_process() -> None:
    scenario = load_scenario(SHIPPED / "relocation_fast.yaml")
    assert pickle.loads(pickle.dumps(scenario)).hash == scenario.hash
    with pytest.raises(dataclasses.FrozenInstanceError):
        scenario.months = 3  # type: ignore[misc]


def test_the_hash_follows_the_numbers_and_nothing_else(tmp_path: Path) -> None:
    plain = load_scenario(write(tmp_path, "policies: {relocation: on, forest_tenure: on}\nmonths: 24"))
    reworded = "policies: {forest_tenure: {}, relocation: documented}\ntitle: {en: x}\noutputs: {folder: y}"
    assert load_scenario(write(tmp_path, reworded, "other.yaml")).hash == plain.hash
    for change in ("months: 25", "population: {seed: 2}", "population: {share: 0.2}", "draws: 2"):
        assert (
            load_scenario(write(tmp_path, f"policies: {{relocation: on, forest_tenure: on}}\n{change}")).hash
            != plain.hash
        )
    assert Scenario("x").hash == Scenario("y").hash


def test_parameter_draws_keep_what_the_scenario_sets_and_ignore_the_policies() -> None:
    ordinary = load_scenario(SHIPPED / "ordinary_signing.yaml")
    assert ordinary.parameter_draws() == (ordinary.parameters,)
    scenario = dataclasses.replace(ordinary, draws=20)
    draws = [parameters.flat() for parameters in scenario.parameter_draws()]
    assert {draw["projects.inherited_campaign"] for draw in draws} == {0.0}
    assert len({draw["projects.landing_hazard"] for draw in draws}) == 20
    assert draws == [parameters.flat() for parameters in scenario.none().parameter_draws()]


def test_a_file_with_a_byte_order_mark_loads(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_bytes(b"\xef\xbb\xbfmonths: 3")
    assert load_scenario(tmp_path / "mine.yaml").months == 3


# settings of a policy the project does not know


class _Settings(Timing):
    rate: float = setting(0.1, unit="ratio", source="assumption: toy", meaning="a share", low=0.0, high=1.0)
    steps: tuple[float, ...] = setting((1.0, 2.0), unit="CNY", source="assumption: toy", meaning="a list of numbers")
    firms: int = setting(3, unit="firms", source="assumption: toy", meaning="a count", low=1)


class _Toy(Policy[_Settings]):
    name = "toy"
    Settings = _Settings

    def act(self, levers: LeverBoard, month: int, strength: float) -> None:
        """Do nothing."""


def read_toy(folder: Path, text: str) -> tuple[dict[str, Policy[Any]], list[str]]:
    problems: list[Problem] = []
    node = read_mapping(write(folder, f"toy: {text}"), problems)
    read = read_policies(FieldReader(problems), node, {"toy": _Toy})
    return read, [str(problem) for problem in problems]


def test_lists_and_whole_numbers_are_taken_where_the_setting_allows_them(tmp_path: Path) -> None:
    read, problems = read_toy(tmp_path, "{steps: [3, 4.5, 5], rate: 1}")
    assert problems == []
    assert read["toy"].settings.steps == (3.0, 4.5, 5.0)
    assert read["toy"].settings.rate == 1.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{rate: 8.8}", ("policies.toy.rate", "from 0 to 1", "(ratio)", "Did you mean 0.088?")),
        ("{rate: -0.1}", ("from 0 to 1", "'-0.1'")),
        ("{rate: none}", ("a number", "'none'")),
        ("{steps: [1, x]}", ("policies.toy.steps[1]", "a number", "'x'")),
        ("{steps: [1, .inf]}", ("policies.toy.steps[1]", "finite")),
        ("{firms: 0}", ("a number of at least 1 (firms)", "'0'")),
        ("{firms: 2.5}", ("a whole number of at least 1 (firms)", "'2.5'")),
    ],
)
def test_settings_answer_with_their_own_unit_and_bounds(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    read, problems = read_toy(tmp_path, text)
    assert read == {}
    assert len(problems) == 1
    for word in words:
        assert word in problems[0]
