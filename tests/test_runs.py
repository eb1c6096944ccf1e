"""Runs: pairing by seed, processes, failures, progress."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import sim.execution
import sim.runs
from sim.errors import RunError
from sim.observables.indicators import NAMES
from sim.runs import Finished, Job, plan, run, simulate
from sim.scenario.settings import Counterfactual
from tests.runs import tiny_result, tiny_scenario


def test_the_plan_pairs_every_counterfactual_with_the_same_seeds() -> None:
    scenario = tiny_scenario()
    others = (Counterfactual("none"), Counterfactual("without", ("relocation",)))
    jobs = plan(dataclasses.replace(scenario, counterfactuals=others))
    assert [(job.label, job.seed) for job in jobs] == [
        (label, seed) for seed in (1, 2) for label in ("documented_2024", "none", "without relocation")
    ]
    assert [len(job.scenario.policies) for job in jobs[:3]] == [5, 0, 4]


def test_each_parameter_draw_has_a_seed_of_its_own_and_is_shared_by_the_counterfactual() -> None:
    jobs = plan(dataclasses.replace(tiny_scenario(), draws=4))
    assert [job.seed for job in jobs if job.label == "none"] == [1, 2, 3, 4]
    drawn = {job.seed: job.scenario.parameters.flat() for job in jobs if job.label == "none"}
    assert len({tuple(values.items()) for values in drawn.values()}) == 4
    assert all(job.scenario.parameters.flat() == drawn[job.seed] for job in jobs)


def test_before_a_reform_starts_the_counterfactual_is_the_same_run() -> None:
    """Common draws: what no policy can have touched yet is equal to the bit."""
    series = tiny_result().series
    for name in NAMES:
        pair = series[name].sel(month="2022-12-01").values
        np.testing.assert_array_equal(pair[0], pair[1], err_msg=name)


def test_reforms_change_something_and_seeds_differ() -> None:
    series = tiny_result().series
    persons = series["relocated_persons"].sel(place="qujiang").isel(month=-1)
    assert float(persons.sel(scenario="none").max()) == 0.0
    assert float(persons.sel(scenario="documented_2024").min()) > 0.0
    assert float(series["gdp"].isel(scenario=0, month=-1).sel(place="quzhou").std()) > 0.0


def test_share_and_seeds_can_be_chosen() -> None:
    result = run(tiny_scenario(months=1), share=0.002, seeds=(5,))
    assert result.seeds == (5,)
    assert result.manifest["share"]["asked"] == 0.002
    assert result.manifest["scenario"]["population"] == {"share": 0.002, "seeds": [5]}


def test_processes_give_the_same_data(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = tiny_scenario(months=2)
    alone = run(scenario)
    monkeypatch.setattr(sim.execution, "workers_worth_it", lambda jobs, cores: 2)
    together = run(scenario)
    for name in NAMES:
        np.testing.assert_array_equal(alone.series[name].values, together.series[name].values)


def test_short_runs_stay_in_one_process_and_long_ones_spread() -> None:
    jobs = plan(tiny_scenario())
    assert sim.execution.workers_worth_it(jobs, cores=8) == 1
    long = [dataclasses.replace(job, scenario=dataclasses.replace(job.scenario, share=0.1, months=120)) for job in jobs]
    assert sim.execution.workers_worth_it(long, cores=8) == len(jobs)
    full = [dataclasses.replace(job, scenario=dataclasses.replace(job.scenario, share=1.0)) for job in long]
    assert sim.execution.workers_worth_it(full, cores=8) == 1


def test_a_broken_run_is_reported_and_its_seed_left_out_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(job: Job, *rest: object) -> Finished:
        if (job.label, job.seed) == ("none", 2):
            raise ValueError("no such luck")
        return simulate(job)

    monkeypatch.setattr(sim.runs, "simulate", breaks)
    result = run(tiny_scenario(months=1))
    assert result.seeds == (1,)
    assert result.manifest["failures"] == [{"scenario": "none", "seed": 2, "message": "ValueError: no such luck"}]


def test_when_nothing_comes_through_the_first_cause_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(job: Job, *rest: object) -> Finished:
        raise ValueError(f"seed {job.seed} is cursed")

    monkeypatch.setattr(sim.runs, "simulate", breaks)
    with pytest.raises(RunError, match=r"4 runs failed; the first .*seed 1 is cursed"):
        run(tiny_scenario(months=1))


def test_progress_counts_every_month_once() -> None:
    seen: list[tuple[str, int, int]] = []
    run(tiny_scenario(months=2), progress=lambda *event: seen.append(event))
    assert "loading kernels" in seen[0][0]
    assert [done for _, done, _ in seen] == list(range(9))
    assert {total for *_, total in seen} == {8}
