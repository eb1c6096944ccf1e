"""The run store: nothing finished is repeated or lost, a broken run is a row, one study writes at a time."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from calibration import experiment
from calibration.experiment import Evaluation, Operators, Task, evaluate, open_store, values_of
from sim.errors import ResultsError
from sim.model import CountyModel
from sim.observables import Record
from sim.observation import OPERATORS
from sim.scenario import Scenario, load_scenario

HOUSEHOLDS = "households"


def households(record: Record) -> float:
    return record.at("residents", "quzhou", 0)


def nothing(_record: Record) -> float:
    return float("nan")


def broken(_record: Record) -> float:
    raise ResultsError("the month lies outside the run")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return dataclasses.replace(load_scenario("no_reforms"), share=0.001, months=1)


def tasks(scenario: Scenario, *seeds: int) -> list[Task]:
    return [Task(scenario, seed, {"dummy": 0.5}) for seed in seeds]


def run(path: Path, wanted: list[Task], operators: Operators, workers: int = 1) -> list[Evaluation]:
    with open_store(path) as store:
        return evaluate(wanted, operators, store, workers)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the seeds simulated in this process, as they are."""
    seeds: list[int] = []

    class Counted(CountyModel):
        def __init__(self, scenario: Scenario, *, seed: int) -> None:
            seeds.append(seed)
            super().__init__(scenario, seed=seed)

    monkeypatch.setattr(experiment, "CountyModel", Counted)
    return seeds


def test_a_finished_run_is_not_repeated(tmp_path: Path, scenario: Scenario, counted: list[int]) -> None:
    path = tmp_path / "runs.jsonl"
    first = run(path, tasks(scenario, 1, 2), {HOUSEHOLDS: households})
    again = run(path, tasks(scenario, 2, 3, 1), {HOUSEHOLDS: households})
    assert counted == [1, 2, 3]
    assert [again[2], again[0]] == first
    assert [json.loads(line)["seed"] for line in path.read_text().splitlines()] == [1, 2, 3]


def test_other_content_is_another_run(tmp_path: Path, scenario: Scenario, counted: list[int]) -> None:
    changed = dataclasses.replace(scenario, parameters=scenario.parameters.replaced({"relocation.acceptance": 0.7}))
    path = tmp_path / "runs.jsonl"
    run(path, tasks(scenario, 1), {HOUSEHOLDS: households})
    run(path, tasks(changed, 1), {HOUSEHOLDS: households})
    run(path, tasks(scenario, 1), {"another": households})
    assert counted == [1, 1, 1]


def test_a_line_cut_off_by_a_kill_is_run_again(tmp_path: Path, scenario: Scenario, counted: list[int]) -> None:
    path = tmp_path / "runs.jsonl"
    whole = run(path, tasks(scenario, 1, 2), {HOUSEHOLDS: households})
    content = path.read_bytes()
    path.write_bytes(content[:-20])
    assert run(path, tasks(scenario, 1, 2), {HOUSEHOLDS: households}) == whole
    assert counted == [1, 2, 2]
    assert path.read_bytes() == content


def test_a_broken_run_is_a_row_and_is_tried_again(tmp_path: Path, scenario: Scenario, counted: list[int]) -> None:
    path = tmp_path / "runs.jsonl"
    found = run(path, tasks(scenario, 1), {HOUSEHOLDS: broken})
    assert found[0].outputs is None
    assert found[0].error == "the month lies outside the run"
    with pytest.raises(ResultsError, match=r"1 of 1 runs failed.*dummy = 0\.5.*outside the run"):
        values_of(found)
    assert run(path, tasks(scenario, 1), {HOUSEHOLDS: households})[0].outputs is not None
    assert counted == [1, 1]


def test_a_value_that_is_not_finite_is_an_error(tmp_path: Path, scenario: Scenario) -> None:
    found = run(tmp_path / "runs.jsonl", tasks(scenario, 1), {"odd": nothing, HOUSEHOLDS: households})
    assert found[0].error == "not finite: odd"


def test_processes_give_the_same_values(tmp_path: Path, scenario: Scenario) -> None:
    wanted = tasks(scenario, 1, 2, 3)
    operators: Mapping[str, experiment.Callable[[Record], float]] = {"premium": _premium}
    assert run(tmp_path / "one", wanted, operators) == run(tmp_path / "two", wanted, operators, workers=2)


def _premium(record: Record) -> float:
    return record.at("brand_premium", "quzhou", 0)


def test_one_study_writes_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    with open_store(path), pytest.raises(ResultsError, match="another study is writing"), open_store(path):
        pass
    with open_store(path) as store:
        assert store.evaluations == {}


@pytest.mark.parametrize("text", ["not json\n", '{"key": "a"}\n', "[1]\n"])
def test_a_damaged_store_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_text(text)
    with pytest.raises(ResultsError, match=r"runs\.jsonl is damaged.*remove it"), open_store(path):
        pass


def test_a_store_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="cannot be written"), open_store(tmp_path / "file" / "runs.jsonl"):
        pass


def test_operators_of_the_targets_can_be_sent_to_a_process() -> None:
    import pickle

    assert pickle.loads(pickle.dumps(dict(OPERATORS))).keys() == OPERATORS.keys()
