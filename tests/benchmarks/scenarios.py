"""Scenarios of the benchmarks: every reform acts from the first month."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.scenario import Scenario, load_scenario

DOCUMENTED = Path(__file__).parents[2] / "scenarios" / "documented_2024.yaml"
FIRST_MONTH = "2023-01"


def all_reforms(months: int, settings: Mapping[str, Mapping[str, Any]] | None = None) -> Scenario:
    """Return the documented scenario with every reform running since January 2023.

    Args:
        months: months to simulate.
        settings: by policy, settings that differ from the documented ones.
    """
    scenario, changes = load_scenario(DOCUMENTED), settings or {}
    policies = {
        name: type(policy)(
            type(policy.settings)(**{**policy.settings.model_dump(), "start": FIRST_MONTH, **changes.get(name, {})})
        )
        for name, policy in scenario.policies.items()
    }
    return dataclasses.replace(scenario, policies=policies, months=months, counterfactuals=())


def scenario_file(folder: Path, months: int) -> Path:
    """Write the scenario of `all_reforms` as a file without counterfactuals; return its path."""
    policies = "\n".join(f"  {name}: {{start: {FIRST_MONTH}}}" for name in load_scenario(DOCUMENTED).policies)
    path = folder / "all_reforms.yaml"
    lines = ("extends: documented_2024", f"months: {months}", "policies:", policies, "counterfactuals: []")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
