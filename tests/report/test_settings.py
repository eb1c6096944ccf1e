"""Settings that differ are named with unit and documented value; runs are called what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.messages import LANGUAGES, catalogue
from sim.policies.base import Timing
from sim.registry import POLICIES, default_parameters
from sim.report.again import command, scenario_text
from sim.report.periods import period_words
from sim.report.settings import changed_settings, parameter_name, setting_name
from sim.report.variants import counterfactuals, other_points
from sim.scenario import load_scenario
from sim.units import Language
from tests.plots.results import swept_result

QUESTION = """
title: {en: A question, zh: 一个问题}
months: 30
population: {share: 0.01, seeds: [3, 8]}
parameters: {drift.hazard: 0.002}
policies:
  relocation: {homes_per_month: 600, budget: 1.3e+9, places: [kaihua], start: 2024-07}
  forest_tenure: on
counterfactuals: [none, {without: relocation}, {only: [relocation]}]
outputs: {households: [2024-12]}
"""


def manifest_of(tmp_path: Path, text: str = QUESTION) -> dict[str, Any]:
    """Return the part of a manifest that speaks of the scenario."""
    path = tmp_path / "question.yaml"
    path.write_text(text, encoding="utf-8")
    scenario = load_scenario(path)
    return {"scenario": scenario.resolved(), "hash": scenario.hash}


def test_only_what_differs_is_listed(tmp_path: Path) -> None:
    rows = {(row.owner, row.name): (row.value, row.documented) for row in changed_settings(manifest_of(tmp_path), "en")}
    relocation = "Relocation of hill hamlets"
    assert rows == {
        ("Talent self-evaluation", "On or off"): ("off", "on"),
        ("Investment attraction", "On or off"): ("off", "on"),
        ("Innovation platforms", "On or off"): ("off", "on"),
        (relocation, "First month"): ("July 2024", "January 2023"),
        (relocation, "Counties in which it runs"): ("Kaihua", "Qujiang"),
        (relocation, "Money for the whole run"): ("1.3 bn CNY", "no limit"),
        (relocation, "Resettlement homes that come on stream in each county"): (
            "600 homes per month",
            "300 homes per month",
        ),
        ("Parameter of the model", parameter_name("drift.hazard", "en")): ("0.002 per month", "0.0018 per month"),
    }


def test_chinese_reads_as_chinese(tmp_path: Path) -> None:
    rows = {row.name: (row.value, row.documented) for row in changed_settings(manifest_of(tmp_path), "zh")}
    assert rows["整个模拟期的资金总额"] == ("13亿元", "不设上限")
    assert rows["开始实施的月份"] == ("2024年7月", "2023年1月")


def test_the_documented_scenario_differs_in_nothing(tmp_path: Path) -> None:
    assert changed_settings(manifest_of(tmp_path, "extends: documented_2024\n"), "en") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scenario_written_out_gives_the_same_numbers(tmp_path: Path, language: Language) -> None:
    for text in (QUESTION, QUESTION.replace("600,", "[150, 600],").replace("0.002", "[0.002, 0.0025]")):
        manifest = manifest_of(tmp_path, text)
        again = tmp_path / "again.yaml"
        again.write_text(scenario_text(manifest, language), encoding="utf-8")
        assert load_scenario(again).hash == manifest["hash"]


def test_the_command_repeats_share_seeds_and_months(tmp_path: Path) -> None:
    assert command(manifest_of(tmp_path)) == "countysim run question.yaml --share 0.01 --seeds 3,8 --months 30"
    one = manifest_of(tmp_path, "extends: documented_2024\npopulation: {seed: 7}\n")
    assert command(one) == "countysim run question.yaml --share 0.1 --seed 7 --months 24"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_and_parameter_has_a_name(language: Language) -> None:
    for policy in POLICIES:
        for setting in policy.Settings.model_fields:
            owner = "timing" if setting in Timing.model_fields else policy.name
            assert f"meanings.{owner}.{setting}" in catalogue()
            assert setting_name(policy.name, setting, language)[0].isupper() or language == "zh"
    for flat, declared in default_parameters().declarations().items():
        assert parameter_name(flat, language)
        assert catalogue()[f"parameters.{flat}"]["en"] == declared.meaning


def test_no_name_of_a_parameter_is_idle() -> None:
    named = {key.removeprefix("parameters.") for key in catalogue() if key.startswith("parameters.")}
    assert named == set(default_parameters().declarations())


def test_runs_are_called_what_they_are(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path)
    labels = ("question", "none", "without relocation", "only relocation")
    runs = counterfactuals(labels, manifest)
    assert [run.name("en") for run in runs] == [
        "None of the reforms",
        "Without “Relocation of hill hamlets”",
        "Only “Relocation of hill hamlets”",
    ]
    assert runs[1].phrase("zh") == "不实施“大搬快聚富民安居”的情形"
    policies = manifest["scenario"]["policies"]
    assert [run.differing(policies) for run in runs] == [
        ("forest_tenure", "relocation"),
        ("relocation",),
        ("forest_tenure",),
    ]


def test_points_of_a_sweep_are_named_by_their_values() -> None:
    result = swept_result()
    points = other_points(result.scenarios, result.manifest)
    assert len(points) == len(result.manifest["scenario"]["sweep"]) - 1 > 0
    assert all(point.reforms == ("relocation",) for point in points)
    assert "homes per month" in points[0].name("en")
    (row,) = [row for row in changed_settings(result.manifest, "en") if "homes" in row.name]
    assert row.value.endswith("(compared with each other)")


@pytest.mark.parametrize(
    ("period", "english", "chinese"),
    [
        ("2024", "2024", "2024年"),
        ("2024-09", "September 2024", "2024年9月"),
        ("2024-12-31", "end of December 2024", "2024年12月末"),
        ("2024-01/2024-09", "January to September 2024", "2024年1月至9月"),
        ("2023-01/2024-09", "January 2023 to September 2024", "2023年1月至2024年9月"),
        ("2024-01/2024-12", "2024", "2024年"),
        ("2023H1", "January to June 2023", "2023年1月至6月"),
        ("2023Q2", "April to June 2023", "2023年4月至6月"),
        ("2023M1-11", "January to November 2023", "2023年1月至11月"),
    ],
)
def test_periods_read_as_people_write_them(period: str, english: str, chinese: str) -> None:
    assert (period_words(period, "en"), period_words(period, "zh")) == (english, chinese)
