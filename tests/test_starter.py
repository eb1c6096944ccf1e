"""The starter scenario: it loads, asks what its parent asks, passes the schema and explains every setting."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from sim.cli.new import write_starter
from sim.errors import ResultsError, ScenarioError
from sim.messages import LANGUAGES, catalogue
from sim.policies.base import Timing
from sim.registry import POLICIES
from sim.scenario import Scenario, load_scenario
from sim.scenario.settings import Counterfactual
from sim.units import Language
from tests.test_scenario_mistakes import write
from tests.test_schema import SHIPPED, refused

CHINESE = re.compile(r"[一-鿿]")


DOCUMENTED = Counterfactual("documented")


def numbers_of(scenario: Scenario) -> str:
    """Return the hash of what decides the numbers, parameters set by hand being the same as inherited ones.

    The comparison with the documented reforms counts as there, where a starter always puts it.
    """
    others = tuple(each for each in scenario.counterfactuals if each != DOCUMENTED)
    return dataclasses.replace(scenario, set_parameters=(), counterfactuals=(DOCUMENTED, *others)).hash


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("parent", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_it_asks_what_its_parent_asks(tmp_path: Path, parent: Path, language: Language) -> None:
    write_starter(tmp_path / "mine.yaml", parent.stem, language)
    scenario = load_scenario(tmp_path / "mine.yaml")
    assert numbers_of(scenario) == numbers_of(load_scenario(parent))
    assert scenario.extends[0] == parent.stem
    assert scenario.counterfactuals[0] == DOCUMENTED
    assert refused(tmp_path / "mine.yaml") == []


def test_it_explains_every_setting_with_unit_range_and_default(tmp_path: Path) -> None:
    write_starter(tmp_path / "mine.yaml", "documented_2024", "en")
    text = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    for policy in POLICIES:
        section = text.split(f"\n  {policy.name}:")[1].split("\n\n")[0]
        for name, field in policy.Settings.model_fields.items():
            assert f"    # {field.description}\n    {name}: " in section
    assert "homes_per_month: 300" in text
    assert "# homes per month; 0 to 5,000; assumed: 300" in text
    assert "# centres; 0 to 60; documented: 6" in text
    assert [line for line in text.splitlines() if CHINESE.search(line)] == ["  zh: 我的问题"]
    assert text.splitlines()[0] == f"# yaml-language-server: $schema={(SHIPPED / 'schema.json').as_posix()}"


def test_in_chinese_every_comment_is_chinese(tmp_path: Path) -> None:
    write_starter(tmp_path / "mine.yaml", "documented_2024", "zh")
    comments = re.findall(r"^ *# (.*)$", (tmp_path / "mine.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    assert [line for line in comments[1:] if not CHINESE.search(line)] == []


def test_the_catalogue_says_what_the_settings_declare() -> None:
    declared = {f"meanings.{policy.name}": policy.meaning for policy in POLICIES}
    for policy in POLICIES:
        for name, field in policy.Settings.model_fields.items():
            owner = "timing" if name in Timing.model_fields else policy.name
            declared[f"meanings.{owner}.{name}"] = str(field.description)
    assert {key: catalogue()[key]["en"] for key in catalogue() if key.startswith("meanings.")} == declared


def test_one_changed_line_is_one_changed_setting(tmp_path: Path) -> None:
    write_starter(tmp_path / "mine.yaml", "documented_2024", "en")
    text = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("homes_per_month: 300", "homes_per_month: [300, 600]"))
    scenario = load_scenario(tmp_path / "mine.yaml")
    assert [point.values for point in scenario.points] == [
        {"relocation.homes_per_month": 300}, {"relocation.homes_per_month": 600},
    ]  # fmt: skip


def test_it_begins_with_a_scenario_beside_it_and_keeps_its_seeds(tmp_path: Path) -> None:
    write(tmp_path, "population: {seeds: [3, 8]}\npolicies: {relocation: {budget: [none, 5.5]}}", "theirs.yaml")
    write_starter(tmp_path / "mine", "theirs", "en")
    scenario = load_scenario(tmp_path / "mine.yaml")
    assert scenario.seeds == (3, 8)
    assert list(scenario.policies) == ["relocation"]
    assert [point.values["relocation.budget"] for point in scenario.points] == [None, 5.5]


def test_it_replaces_nothing_and_never_extends_itself(tmp_path: Path) -> None:
    mine = write(tmp_path, "months: 3")
    with pytest.raises(ResultsError, match="exists and stays as it is"):
        write_starter(mine, "documented_2024", "en")
    assert mine.read_text() == "months: 3"
    with pytest.raises(ScenarioError, match="extend itself"):
        write_starter(tmp_path / "documented_2024.yaml", "documented_2024", "en")
    with pytest.raises(ScenarioError, match=r"Did you mean 'relocation_fast'\?"):
        write_starter(tmp_path / "other.yaml", "relocation_fastt", "en")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.yaml"]
    with pytest.raises(ResultsError, match="cannot be written"):
        write_starter(mine / "below.yaml", "documented_2024", "en")
