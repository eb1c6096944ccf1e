"""Results with known numbers, whose report can be checked by hand."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from sim.places import CITY
from sim.results import RunRecords, RunResult
from tests.records import flat_record, set_series
from tests.runs import tiny_result

ASKED = "documented_2024"


def made_result(gdp: Mapping[str, Sequence[float]], months: int = 24, **changes: Any) -> RunResult:
    """Return a result in which the city's monthly GDP is a given number, by scenario and seed, and all else is one.

    Args:
        gdp: CNY a month by scenario, one for each seed; the first scenario is the one asked for.
        months: simulated months.
        changes: entries of the manifest's scenario.
    """
    records = {
        label: {seed: _record(months, each) for seed, each in enumerate(values, start=1)}
        for label, values in gdp.items()
    }
    manifest: dict[str, Any] = copy.deepcopy(tiny_result().manifest)
    manifest["scenario"] |= {"counterfactuals": list(gdp)[1:], **changes}
    return RunResult(RunRecords.gathered(records), manifest)


def _record(months: int, gdp: float) -> Any:
    record = flat_record(months)
    set_series(record, "gdp", CITY, gdp)
    return record
