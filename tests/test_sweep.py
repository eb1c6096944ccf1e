"""Sweeps: what a list or a range stands for, how points are labelled and run, and what a mistake is answered with."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from sim.cli.sweep import sweep_table
from sim.observables.indicators import NAMES
from sim.places import COUNTIES
from sim.results import RunResult
from sim.results.snapshots import closing_file
from sim.runs import plan, run
from sim.scenario import Scenario, load_scenario
from tests.report.results import ASKED, made_result
from tests.test_scenario_mistakes import problems_of, write

HOMES = "relocation.homes_per_month"
HAZARD = "projects.landing_hazard"


def swept(folder: Path, text: str) -> Scenario:
    return load_scenario(write(folder, text))


def values_of(scenario: Scenario, name: str) -> list[object]:
    return [point.values[name] for point in scenario.points]


MISTAKES: dict[str, tuple[str, int, str, tuple[str, ...]]] = {
    "one bad value of a sweep": (
        "policies:\n  relocation:\n    ramp_months:\n      - 3\n      - 121",
        5,
        "policies.relocation.ramp_months",
        ("from 0 to 120", "'121'"),
    ),
    "end before start at one point of a sweep": (
        "policies:\n  relocation:\n    end: 2024-04\n    start: [2024-01, 2024-05]",
        3,
        "policies.relocation.end",
        ("2024-04", "before the start 2024-05"),
    ),
    "sweep of one value": (
        "policies: {relocation: {budget: [5]}}",
        1,
        "policies.relocation.budget",
        ("at least two values", "Write 5 without brackets."),
    ),
    "sweep of nothing": ("policies: {relocation: {budget: []}}", 1, "policies.relocation.budget", ("not 0",)),
    "sweep with a value twice": (
        "parameters:\n  projects.landing_hazard: [0.3, 0.4, 0.30]",
        2,
        "parameters.projects.landing_hazard",
        ("'0.3' twice",),
    ),
    "bad parameter in a sweep": (
        "parameters: {projects.landing_hazard: [0.3, 0.9]}",
        1,
        "parameters.projects.landing_hazard",
        ("from 0.15 to 0.8", "'0.9'"),
    ),
    "range without steps": (
        "policies:\n  relocation:\n    budget: {from: 1, to: 2}",
        3,
        "policies.relocation.budget",
        ("from, to, steps", "missing steps", "{from: 100, to: 500, steps: 5}"),
    ),
    "range misspelt": (
        "policies:\n  relocation:\n    budget:\n      from: 1\n      to: 2\n      step: 3",
        6,
        "policies.relocation.budget",
        ("unknown step", "missing steps"),
    ),
    "range of words": (
        "policies: {relocation: {start: {from: 2023-01, to: 5, steps: 2}}}",
        1,
        "policies.relocation.start.from",
        ("from a number to a number", "'2023-01'", "[2023-01, 2023-07]"),
    ),
    "range of one step": (
        "policies: {relocation: {budget: {from: 1, to: 5, steps: 1}}}",
        1,
        "policies.relocation.budget.steps",
        ("from 2 to 200", "'1'"),
    ),
    "range without width": (
        "policies: {relocation: {budget: {from: 5, to: 5, steps: 3}}}",
        1,
        "policies.relocation.budget",
        ("begins and ends at 5",),
    ),
    "range of fractions for whole numbers": (
        "policies: {relocation: {ramp_months: {from: 0, to: 5, steps: 3}}}",
        1,
        "policies.relocation.ramp_months",
        ("whole numbers", "give 2.5"),
    ),
    "too many points": (
        "policies:\n  relocation:\n    budget: {from: 1, to: 5, steps: 20}\n    home_cost: {from: 1, to: 5, steps: 11}",
        4,
        "policies.relocation.home_cost",
        ("220 points", "20 of relocation.budget", "at most 200", "fewer values"),
    ),
    "sweep of months": ("months: [12, 24]", 1, "months", ("whole number", "a list")),
}


@pytest.mark.parametrize(("text", "line", "key", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_answered_once_with_line_key_and_the_likely_fix(
    tmp_path: Path, text: str, line: int, key: str, words: tuple[str, ...]
) -> None:
    (problem,) = problems_of(write(tmp_path, text))
    assert (problem.line, problem.key) == (line, key)
    for word in words:
        assert word in str(problem)


# what loads


def test_a_list_is_run_value_by_value_the_first_as_the_scenario_itself(tmp_path: Path) -> None:
    scenario = swept(tmp_path, "policies: {relocation: {homes_per_month: [300, 150, 600]}}")
    assert [point.label for point in scenario.points] == ["mine", f"{HOMES}=150", f"{HOMES}=600"]
    assert values_of(scenario, HOMES) == [300, 150, 600]
    assert [scenario.at(point).policies["relocation"].settings.homes_per_month for point in scenario.points] == [
        300, 150, 600,
    ]  # fmt: skip
    assert scenario.policies["relocation"].settings.homes_per_month == 300
    assert scenario.at(scenario.points[1]).points == ()


def test_a_range_holds_both_ends_and_even_steps_between(tmp_path: Path) -> None:
    scenario = swept(tmp_path, f"parameters: {{{HAZARD}: {{from: 0.2, to: 0.8, steps: 4}}}}")
    assert values_of(scenario, HAZARD) == [0.2, 0.4, 0.6, 0.8]
    assert [scenario.at(point).parameters.flat()[HAZARD] for point in scenario.points] == [0.2, 0.4, 0.6, 0.8]
    assert scenario.set_parameters == (HAZARD,)
    thirds = swept(tmp_path, "policies: {relocation: {consent_factor: {from: 1, to: 0.9, steps: 4}}}")
    assert values_of(thirds, "relocation.consent_factor") == [1, 0.966667, 0.933333, 0.9]
    months = swept(tmp_path, "policies: {relocation: {ramp_months: {from: 0, to: 6, steps: 3}}}")
    assert [type(value) for value in values_of(months, "relocation.ramp_months")] == [int, int, int]


def test_months_and_no_value_can_be_listed(tmp_path: Path) -> None:
    scenario = swept(tmp_path, "policies: {relocation: {start: [2023-01, 2024-01], budget: [none, 5.0e+8]}}")
    assert [point.label for point in scenario.points][1:] == [
        "relocation.start=2023-01, relocation.budget=5e+08",
        "relocation.start=2024-01, relocation.budget=none",
        "relocation.start=2024-01, relocation.budget=5e+08",
    ]
    assert scenario.policies["relocation"].settings.budget is None


def test_several_settings_give_the_full_product_up_to_the_limit(tmp_path: Path) -> None:
    text = "policies: {relocation: {homes_per_month: {from: 1, to: 20, steps: 20}}}\n"
    scenario = swept(tmp_path, f"{text}parameters: {{{HAZARD}: {{from: 0.2, to: 0.6, steps: 10}}}}")
    assert len(scenario.points) == 200
    assert len({tuple(point.values.values()) for point in scenario.points}) == 200
    assert len({point.label for point in scenario.points}) == 200


def test_a_setting_that_is_a_list_by_itself_stays_one(tmp_path: Path) -> None:
    scenario = swept(tmp_path, "policies: {relocation: {places: [qujiang, kaihua]}}")
    assert scenario.points == ()
    assert scenario.policies["relocation"].settings.places == ("qujiang", "kaihua")
    everywhere = swept(tmp_path, f"policies: {{relocation: {{places: [{', '.join(COUNTIES)}]}}}}")
    assert everywhere.points == ()


def test_a_descendant_replaces_a_sweep_and_can_begin_one(tmp_path: Path) -> None:
    write(tmp_path, "policies: {relocation: {homes_per_month: [300, 150]}}", "parent.yaml")
    assert len(swept(tmp_path, "extends: parent").points) == 2
    single = swept(tmp_path, "extends: parent\npolicies: {relocation: {homes_per_month: 10}}")
    assert (single.points, single.policies["relocation"].settings.homes_per_month) == ((), 10)
    ranged = "extends: parent\npolicies: {relocation: {homes_per_month: {from: 1, to: 3, steps: 3}}}"
    assert values_of(swept(tmp_path, ranged), HOMES) == [1, 2, 3]


def test_a_sweep_of_a_reform_that_is_switched_off_is_gone(tmp_path: Path) -> None:
    write(tmp_path, "policies: {relocation: {homes_per_month: [300, 150]}}", "parent.yaml")
    assert swept(tmp_path, "extends: parent\npolicies: {relocation: off}").points == ()


# what is run


def test_counterfactuals_the_sweep_does_not_reach_are_run_once(tmp_path: Path) -> None:
    text = "policies: {relocation: {homes_per_month: [300, 150]}, forest_tenure: on}\n"
    scenario = swept(tmp_path, f"{text}counterfactuals: [none, {{without: forest_tenure}}]\nreplicates: 2")
    assert [(job.label, job.seed) for job in plan(scenario)] == [
        (label, seed)
        for seed in (1, 2)
        for label in (
            "mine", f"{HOMES}=150", "none", "without forest_tenure", f"without forest_tenure, {HOMES}=150",
        )
    ]  # fmt: skip
    assert scenario.resolved()["sweep"] == [
        {
            "label": "mine",
            "values": {HOMES: 300},
            "against": {"none": "none", "without forest_tenure": "without forest_tenure"},
        },
        {
            "label": f"{HOMES}=150",
            "values": {HOMES: 150},
            "against": {"none": "none", "without forest_tenure": f"without forest_tenure, {HOMES}=150"},
        },
    ]


def test_a_swept_parameter_is_in_the_counterfactual_of_its_point_too(tmp_path: Path) -> None:
    scenario = swept(tmp_path, f"parameters: {{{HAZARD}: [0.3, 0.6]}}\npolicies: {{relocation: on}}")
    scenario = dataclasses.replace(scenario, counterfactuals=load_scenario("documented_2024").counterfactuals)
    hazards = {job.label: job.scenario.parameters.flat()[HAZARD] for job in plan(scenario)}
    assert hazards == {"mine": 0.3, f"{HAZARD}=0.6": 0.6, "none": 0.3, f"none, {HAZARD}=0.6": 0.6}


def test_parameter_draws_are_common_to_all_points(tmp_path: Path) -> None:
    jobs = plan(swept(tmp_path, f"parameters: {{{HAZARD}: [0.3, 0.6]}}\ndraws: 3"))
    drawn = {
        (job.label, job.seed): {n: v for n, v in job.scenario.parameters.flat().items() if n != HAZARD} for job in jobs
    }
    assert all(drawn["mine", seed] == drawn[f"{HAZARD}=0.6", seed] for seed in (1, 2, 3))
    assert drawn["mine", 1] != drawn["mine", 2]


def test_the_hash_follows_the_points(tmp_path: Path) -> None:
    hashes = [
        swept(tmp_path, f"policies: {{relocation: {{homes_per_month: {written}}}}}").hash
        for written in ("300", "[300, 150]", "[300, 160]", "[300, 150, 600]")
    ]
    assert len(set(hashes)) == 4


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    text = (
        "extends: documented_2024\nmonths: 18\npopulation: {share: 0.005}\nreplicates: 3\n"
        "policies: {forest_tenure: {service_centres: [6, 0]}}"
    )
    return run(load_scenario(write(tmp_path_factory.mktemp("sweep"), text)))


def test_draws_are_common_until_the_sweep_takes_hold(result: RunResult) -> None:
    """The forest reform begins in January 2024: before, every point, seed by seed, is the same run to the bit."""
    assert result.scenarios == ("mine", "forest_tenure.service_centres=0", "none")
    assert result.seeds == (1, 2, 3)
    for name in NAMES:
        own, other = (result.values(name, scenario=label) for label in result.scenarios[:2])
        np.testing.assert_array_equal(own[:, :13], other[:, :13], err_msg=name)
        if name == "gdp":
            assert len(set(own[:, 12])) == 3
    let, less = (result.values("forest_transfer_share", scenario=label)[:, -1] for label in result.scenarios[:2])
    assert (less < let).all()


def test_the_table_shows_what_the_sweep_moves_and_what_it_does_not(result: RunResult) -> None:
    text = printed(result)
    assert "2 points" in text
    assert "forest_tenure.service_centres" in text
    assert "share, Quzhou" in text
    assert "platform phds" not in text
    narrow = sweep_table(result, 50)
    assert "a wider terminal" in str(narrow[1])


def printed(result: RunResult) -> str:
    console = Console(width=200, record=True)
    for part in sweep_table(result, 200):
        console.print(part)
    return console.export_text()


def swept_gdp(first: Sequence[float], second: Sequence[float]) -> RunResult:
    """Return a sweep of two points that differ in the city's monthly GDP alone, CNY by seed."""
    points = [{"label": label, "values": {HOMES: homes}} for label, homes in ((ASKED, 300), ("other", 150))]
    return made_result({ASKED: first, "other": second}, sweep=points)


def test_the_table_asks_as_much_of_a_difference_as_few_seeds_demand() -> None:
    """Differences of 4 and of 40 standard errors over two seeds, whose interval reaches 12.7 of them."""
    unsure, sure = swept_gdp([2e9, 2e9], [2.3e9, 2.5e9]), swept_gdp([2e9, 2e9], [2.39e9, 2.41e9])
    assert "No main outcome differs between the points by more than chance." in printed(unsure)
    said = printed(sure)
    assert "gdp, Quzhou" in said
    assert "95% interval of the difference over 2 seeds" in said


def test_with_one_seed_the_table_says_that_chance_is_unknown() -> None:
    said = printed(swept_gdp([2e9], [2.4e9]))
    assert "gdp, Quzhou" in said
    assert "one seed: nobody can say how much of a difference is chance" in said
    assert "≈" not in said
    same = printed(swept_gdp([2e9], [2e9]))
    assert "No main outcome differs between the points." in same


def test_a_point_within_chance_is_marked_beside_one_that_is_not() -> None:
    points = [{"label": label, "values": {HOMES: homes}} for label, homes in ((ASKED, 300), ("a", 150), ("b", 75))]
    gdp = {ASKED: [2e9, 2e9], "a": [2.3e9, 2.5e9], "b": [2.39e9, 2.41e9]}
    lines = printed(made_result(gdp, sweep=points)).splitlines()
    marked = {homes: "≈" in line for line in lines for homes in ("300", "150", "75") if line.split()[:1] == [homes]}
    assert marked == {"300": False, "150": True, "75": False}


def test_without_a_sweep_there_is_no_table(result: RunResult) -> None:
    manifest = result.manifest | {"scenario": result.manifest["scenario"] | {"sweep": []}}
    assert sweep_table(dataclasses.replace(result, manifest=manifest), 80) == []


def test_many_swept_settings_still_make_file_names_that_any_file_system_takes(tmp_path: Path) -> None:
    text = (
        "policies:\n"
        "  relocation: {homes_per_month: [1, 2], consultations_per_month: [1, 2], consultation_ramp: [1, 2], "
        "homes_after: [1, 2]}\n"
        "  forest_tenure: {transaction_cost_reduction: [0.1, 0.2], operator_support: [0.1, 0.2]}"
    )
    files = [closing_file(point.label, 1) for point in swept(tmp_path, text).points]
    assert len(set(files)) == 64
    assert max(len(file.encode()) for file in files) < 255
