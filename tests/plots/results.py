"""Small real results whose pictures are looked at: documented, a sweep, a budget that binds, a single run."""

from __future__ import annotations

import dataclasses
import functools

from sim.results import RunResult
from sim.runs import run
from sim.scenario import load_scenario
from tests.runs import tiny_result


@functools.cache
def swept_result() -> RunResult:
    """Return a short run of the scenario that sweeps resettlement homes."""
    return run(dataclasses.replace(load_scenario("relocation_homes"), months=13, share=0.001, seeds=(1, 2)))


@functools.cache
def bound_result() -> RunResult:
    """Return two years of relocation with half the money."""
    return run(dataclasses.replace(load_scenario("relocation_half_budget"), months=24, share=0.001, seeds=(1, 2)))


@functools.cache
def single_result() -> RunResult:
    """Return the documented run alone, one seed, without closing tables, as an earlier version wrote it."""
    result = tiny_result()
    data = result.data.chosen(result.scenarios[:1])
    arrays = ("values", "public_cost", "value_added_2022", "above_2022")
    first = {name: getattr(data, name)[:, :1] for name in arrays}
    alone = dataclasses.replace(data, seeds=data.seeds[:1], **first)
    return dataclasses.replace(result, data=alone, households=(), villages=())


RESULTS = {"documented": tiny_result, "swept": swept_result, "bound": bound_result, "single": single_result}
