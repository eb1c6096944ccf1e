"""A planner's own reform, installed from outside the package, runs end to end beside the project's own."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest

import sim.registry
from sim.levers import TALENT_QUOTA_RATE, TALENT_SUBSIDY, WHITELIST_FIRMS, Lever, LeverBoard
from sim.places import N_COUNTIES
from sim.policies.base import Policy, Timing, setting
from sim.runs import run
from sim.scenario import load_scenario

MODULE = "a_planners_module"


class OwnSettings(Timing):
    """Settings of the planner's own reform."""

    firms: float = setting(
        500.0, unit="firms", source="assumption: a test", meaning="firms on the list", low=0.0, high=5_000.0
    )


class OpenList(Policy[OwnSettings]):
    """Let every firm of the city certify, against a fee of the administration."""

    name: ClassVar[str] = "open_list"
    title: ClassVar[dict[str, str]] = {"en": "Open list", "zh": "开放名单"}
    meaning: ClassVar[str] = "lets many firms certify their talents, with a small staff"
    facts: ClassVar[tuple[str, ...]] = ()
    levers: ClassVar[tuple[Lever, ...]] = (WHITELIST_FIRMS, TALENT_QUOTA_RATE, TALENT_SUBSIDY)
    Settings: ClassVar[type[Timing]] = OwnSettings

    def act(self, levers: LeverBoard, month: int, strength: float) -> None:
        """Write the list, a generous quota and a subsidy."""
        self.write(levers, WHITELIST_FIRMS, strength * self.settings.firms)
        self.write(levers, TALENT_QUOTA_RATE, 0.2)
        self.write(levers, TALENT_SUBSIDY, 50_000.0)

    def running_cost(self, month: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return 600 CNY a month in each of its counties."""
        return np.where(self.counties, 600.0 * self.strength(month), np.zeros(N_COUNTIES))


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the reform as a distribution's entry point would."""
    module = ModuleType(MODULE)
    module.__dict__["OpenList"] = OpenList
    monkeypatch.setitem(sys.modules, MODULE, module)
    entry = EntryPoint("open_list", f"{MODULE}:OpenList", sim.registry.ENTRY_POINT_GROUP)
    monkeypatch.setattr(sim.registry, "entry_points", lambda group: [entry])
    sim.registry.installed_policies.cache_clear()
    yield
    monkeypatch.undo()
    sim.registry.installed_policies.cache_clear()


@pytest.mark.usefixtures("installed")
def test_it_is_written_in_a_scenario_run_and_accounted_for(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "extends: documented_2024\nmonths: 15\npopulation: {share: 0.002, seed: 1}\n"
        "policies:\n  talent_self_evaluation: off\n  open_list: {start: 2023-02, places: [kecheng, qujiang]}\n"
        "counterfactuals: [none, {without: open_list}]\n",
        encoding="utf-8",
    )
    result = run(load_scenario(file))
    certified = result.series["talents_certified"].sel(place="quzhou")
    mine, none, without = (certified.isel(scenario=k).values.ravel() for k in range(3))
    assert mine[2:].sum() > 0.0
    assert mine[:2].sum() == none.sum() == without.sum() == 0.0
    cost = result.series["public_cost"].sel(place="qujiang").isel(scenario=0).values.ravel()
    rest = result.series["public_cost"].sel(place="qujiang").isel(scenario=2).values.ravel()
    assert (cost[2:] >= rest[2:] + 600.0 - 1e-6).all()


def test_before_it_is_installed_the_scenario_language_does_not_know_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("policies:\n  open_list: documented\n", encoding="utf-8")
    with pytest.raises(sim.errors.ScenarioError, match="open_list"):
        load_scenario(file)
