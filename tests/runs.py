"""A small real run, made once for all tests that read results."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

from sim.results import RunResult
from sim.runs import run
from sim.scenario import Outputs, Scenario, load_scenario

DOCUMENTED = Path(__file__).parents[1] / "scenarios" / "documented_2024.yaml"


def tiny_scenario(months: int = 3, households: tuple[int, ...] = ()) -> Scenario:
    """Return the documented scenario at the smallest share, two seeds, a few months."""
    scenario = load_scenario(DOCUMENTED)
    outputs = Outputs("unused", households)
    return dataclasses.replace(scenario, months=months, share=0.001, seeds=(1, 2), outputs=outputs)


@functools.cache
def tiny_result() -> RunResult:
    """Return two years of it."""
    return run(tiny_scenario(months=24, households=(11,)))
