"""The scenario library: every question the README promises is there, runs, and says what its name says."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from sim.registry import POLICIES
from sim.results import RunResult
from sim.runs import run
from sim.scenario import Scenario, load_scenario

SHIPPED = Path(__file__).parent.parent / "scenarios"
NAMES = [policy.name for policy in POLICIES]


def shipped(name: str) -> Scenario:
    return load_scenario(SHIPPED / f"{name}.yaml")


def simulated(name: str, share: float = 0.01) -> RunResult:
    return run(shipped(name), share=share, seeds=(1,))


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_scenario_runs(path: Path) -> None:
    scenario = load_scenario(path)
    result = run(scenario, share=0.001, seeds=(1,))
    assert result.manifest["failures"] == []
    assert result.data.rows == scenario.months + 1
    assert set(result.scenarios) == {variant.label for variant in scenario.variants()}
    assert np.isfinite(result.values("gdp")).all()


@pytest.mark.parametrize("name", NAMES)
def test_each_reform_alone_and_left_out_is_as_documented(name: str) -> None:
    alone, left_out, documented = shipped(f"only_{name}"), shipped(f"without_{name}"), shipped("documented_2024")
    assert list(alone.policies) == [name]
    assert list(left_out.policies) == [other for other in NAMES if other != name]
    for scenario in (alone, left_out):
        assert all(policy.settings == type(policy).Settings() for policy in scenario.policies.values())
        assert (scenario.months, scenario.seeds) == (documented.months, documented.seeds)
    assert alone.hash == dataclasses.replace(documented.only(name), counterfactuals=alone.counterfactuals).hash
    assert [counterfactual.label for counterfactual in left_out.counterfactuals] == ["documented"]


def test_the_half_budget_binds_and_leaves_a_queue() -> None:
    result = simulated("relocation_half_budget")
    budget = shipped("relocation_half_budget").policies["relocation"].settings.budget
    relocation = result.data.programmes.index("relocation")
    spent = {label: costs[0, :, relocation, -1].sum() for label, costs in _costs(result)}
    assert 0.9 * budget < spent["relocation_half_budget"] <= budget
    assert spent["documented"] > 1.5 * budget
    assert result.values("relocation_queue", "qujiang")[0, -1] > 0.0
    moved = {label: result.values("relocated_persons", "qujiang", label)[0, -1] for label in result.scenarios}
    assert 0.0 < moved["relocation_half_budget"] < moved["documented"]


def _costs(result: RunResult) -> list[tuple[str, np.ndarray]]:
    return list(zip(result.scenarios, result.data.public_cost, strict=True))


def test_twice_as_fast_moves_more_people() -> None:
    result = simulated("relocation_fast")
    fast, documented = (result.values("relocated_persons", "qujiang", label)[0, -1] for label in result.scenarios[:2])
    assert fast > documented


def test_without_centres_less_forest_is_let() -> None:
    result = simulated("forest_without_centres")
    less, documented = (result.values("forest_transfer_share", scenario=label)[0, -1] for label in result.scenarios[:2])
    assert less < documented


def test_investment_lands_a_year_later_on_average() -> None:
    scenario = shipped("investment_year_late")
    hazard = scenario.parameters.flat()["projects.landing_hazard"]
    speed = scenario.policies["investment_attraction"].settings.approval_speed
    assert 1.0 / (hazard * speed) - 1.0 / hazard == pytest.approx(12.0, abs=0.1)
    result = simulated("investment_year_late")
    late, documented = (result.values("projects_operating", "qujiang", label)[0, -1] for label in result.scenarios[:2])
    assert late < documented


def test_the_projection_ends_in_2035_with_and_without_the_reforms() -> None:
    scenario = shipped("to_2035")
    assert scenario.months == 13 * 12
    assert [counterfactual.label for counterfactual in scenario.counterfactuals] == ["none"]
    assert list(scenario.policies) == NAMES
