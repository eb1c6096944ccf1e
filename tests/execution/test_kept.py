"""Kept runs: read as they were written, never for another run, and no file can make the reader do anything."""

from __future__ import annotations

import dataclasses
import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim.execution.kept
from sim.execution.kept import KeptRuns, key_of
from sim.registry import default_parameters
from sim.runs import Finished, Job, plan, simulate
from sim.scenario.settings import Counterfactual
from tests.runs import tiny_scenario


@functools.cache
def finished() -> Finished:
    return simulate(plan(tiny_scenario(months=2, households=(1,)))[0])


def content(run: Finished) -> dict[str, Any]:
    return {name: value for name, value in vars(run).items() if name != "job"}


def assert_same(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, dict | list | tuple):
        assert len(one) == len(other)
        pairs = zip(one.items(), other.items(), strict=True) if isinstance(one, dict) else zip(one, other, strict=True)
        for a, b in pairs:
            assert_same(a, b)
    elif type(one).__module__.startswith("sim."):
        assert_same(vars(one), vars(other))
    else:
        assert one == other


def test_a_run_is_read_as_it_was_kept(tmp_path: Path) -> None:
    kept = KeptRuns(tmp_path / "deep" / "runs")
    assert kept.load(finished().job) is None
    kept.keep(finished())
    again = kept.load(finished().job)
    assert again is not None
    assert_same(content(finished()), content(again))
    assert again.job is finished().job
    assert len(kept) == 1


def changed_jobs() -> dict[str, Job]:
    job = finished().job
    scenario = job.scenario
    parameters = default_parameters()
    name, value = next((name, value) for name, value in parameters.flat().items() if value > 0.0)
    fields = {
        "months": {"months": 3},
        "share": {"share": 0.002},
        "policies": {"policies": {}},
        "household tables": {"outputs": dataclasses.replace(scenario.outputs, households=())},
        "parameters": {"parameters": parameters.replaced({name: value * 0.999})},
    }
    jobs = {
        what: dataclasses.replace(job, scenario=dataclasses.replace(scenario, **new)) for what, new in fields.items()
    }
    return jobs | {"seed": dataclasses.replace(job, seed=2), "label": dataclasses.replace(job, label="other")}


@pytest.mark.parametrize("what", changed_jobs())
def test_a_run_does_not_stand_for_another(what: str) -> None:
    assert key_of(changed_jobs()[what]) != key_of(finished().job)


def test_a_run_stands_for_the_same_one_in_a_larger_scenario() -> None:
    job = finished().job
    larger = dataclasses.replace(job.scenario, seeds=(1, 2, 3), counterfactuals=(Counterfactual("none"),), title={})
    assert key_of(dataclasses.replace(job, scenario=larger)) == key_of(job)


def test_a_run_of_another_program_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_of(finished().job)
    monkeypatch.setattr(sim.execution.kept, "_program_hash", lambda: "another")
    assert key_of(finished().job) != before


@pytest.mark.parametrize(
    "name", ["os:system", "sim.execution.kept:json", "sim.runs:simulate", "sim.runs:Job.mro", "sim.nowhere:X", "x"]
)
def test_only_objects_of_this_package_are_made(tmp_path: Path, name: str) -> None:
    kept, job = KeptRuns(tmp_path), finished().job
    about = json.dumps({"class": name, "values": {}}).encode()
    np.savez(tmp_path / f"{key_of(job)}.npz", values=np.frombuffer(about, dtype=np.uint8))
    assert kept.load(job) is None


def test_pickled_arrays_are_not_read(tmp_path: Path) -> None:
    kept, job = KeptRuns(tmp_path), finished().job
    trap = np.array([Trap(tmp_path / "sprung")], dtype=object)
    np.savez(tmp_path / f"{key_of(job)}.npz", allow_pickle=True, values=trap)
    assert kept.load(job) is None
    assert not (tmp_path / "sprung").exists()


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)
