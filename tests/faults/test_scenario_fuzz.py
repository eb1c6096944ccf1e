"""Whatever is written in a scenario file, it runs, or it is refused with a ScenarioError that says where."""

from __future__ import annotations

import dataclasses
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from sim.errors import Problem, ScenarioError
from sim.model import CountyModel
from sim.scenario import MAX_MONTHS, MAX_SHARE, MIN_SHARE, Scenario, load_scenario
from tests.faults.mutations import LIBRARY, TEXTS, mutated

WITHOUT_LINE = ("has ", "is a folder", "is no ordinary file", "cannot be read", "there is no such file")
"""How messages begin that speak of a whole file."""


def fuzzed(examples: int) -> settings:
    """Return settings for so many examples, always the same ones."""
    phases = (Phase.explicit, Phase.generate, Phase.shrink)
    quiet = list(HealthCheck)
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=phases,
        suppress_health_check=quiet,
    )


def answer(folder: Path, content: bytes) -> Scenario | ScenarioError:
    (folder / "mine.yaml").write_bytes(content)
    try:
        return load_scenario(folder / "mine.yaml")
    except ScenarioError as error:
        return error


def check(scenario: Scenario) -> None:
    """Check what every loaded scenario promises."""
    assert 1 <= scenario.months <= MAX_MONTHS
    assert MIN_SHARE <= scenario.share <= MAX_SHARE
    assert scenario.seeds
    assert len(set(scenario.seeds)) == len(scenario.seeds)
    assert all(0 <= month < scenario.months for month in scenario.outputs.households)
    labels = [variant.label for variant in scenario.variants()]
    assert labels[0] == scenario.name
    assert scenario.resolved()["name"] == scenario.name
    assert len(scenario.hash) == 64


def check_located(problem: Problem, folder: Path) -> None:
    assert problem.key
    assert problem.message
    path = Path(problem.file)
    assert path.is_relative_to(folder) or path.is_relative_to(LIBRARY)
    if problem.line is None:
        assert problem.message.startswith(WITHOUT_LINE), problem
    else:
        lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
        assert 1 <= problem.line <= len(lines) + 1


@pytest.mark.parametrize("text", TEXTS)
def test_the_texts_that_are_mutated_are_sound(tmp_path: Path, text: str) -> None:
    assert isinstance(answer(tmp_path, text.encode()), Scenario)


def test_any_scenario_is_loaded_or_refused_with_a_place(tmp_path: Path) -> None:
    told = Counter[str]()

    @fuzzed(300)
    @given(content=mutated())
    def check_one(content: bytes) -> None:
        result = answer(tmp_path, content)
        told["loaded" if isinstance(result, Scenario) else "refused"] += 1
        check_answer(result, tmp_path)

    check_one()
    assert min(told["loaded"], told["refused"]) > 30
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def check_answer(result: Scenario | ScenarioError, folder: Path) -> None:
    if isinstance(result, Scenario):
        check(result)
        return
    assert result.problems
    for problem in result.problems:
        check_located(problem, folder)


@pytest.mark.fuzz
def test_ten_thousand_scenarios_run_or_are_refused_with_a_place(tmp_path: Path) -> None:
    """Every loaded one is also simulated, for two months at the smallest share."""
    told = Counter[str]()

    @fuzzed(10_000)
    @given(content=mutated())
    def check_one(content: bytes) -> None:
        result = answer(tmp_path, content)
        check_answer(result, tmp_path)
        if isinstance(result, Scenario):
            small = dataclasses.replace(result, share=MIN_SHARE, months=min(result.months, 2))
            CountyModel(small, seed=result.seeds[0]).run_for(small.months)
        told["ran" if isinstance(result, Scenario) else "refused"] += 1
        if told.total() % 1000 == 0:
            print(dict(told), flush=True)

    check_one()
    shutil.rmtree(tmp_path)
    assert told.total() >= 10_000
    assert min(told.values()) > 1000
