"""The command ``countysim validate``: check a scenario and say what it would run."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from sim.scenario import Scenario, load_scenario

console = Console()


def show_valid_scenario(path: Path) -> None:
    """Check a scenario and say what it would run.

    Raises:
        ScenarioError: with every mistake found.
        RegistryError: an installed policy is broken.
    """
    scenario = load_scenario(path)
    seeds = scenario.draws or len(scenario.seeds)
    labels = {variant.label for variant in scenario.variants()}
    lines = [
        f"{path} is valid: {scenario.months} months, share {scenario.share:g}, "
        f"{seeds} {'parameter draws' if scenario.draws else 'seeds'}, {len(labels) * seeds:,} runs in all.",
        f"policies: {', '.join(scenario.policies) or 'none'}",
        f"counterfactuals: {', '.join(c.label for c in scenario.counterfactuals) or 'none'}",
        *_sweep(scenario),
        f"results: {scenario.outputs.folder}",
    ]
    console.print("\n".join(lines), markup=False)


def _sweep(scenario: Scenario) -> list[str]:
    if not scenario.points:
        return []
    names = ", ".join(scenario.points[0].values)
    return [f"sweep: {len(scenario.points)} points over {names}"]
