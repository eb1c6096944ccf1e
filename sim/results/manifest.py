"""What a run folder says about how it was made."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from sim.calendar import month_label

if TYPE_CHECKING:
    from sim.runs import Finished
    from sim.scenario import Scenario

PACKAGES = ("countysim", "numpy", "numba", "mesa", "xarray")


@dataclass(frozen=True)
class Point:
    """A run of a sweep.

    Attributes:
        label: of the run.
        values: the swept settings and parameters by name.
        against: label of the run of each counterfactual of this point.
    """

    label: str
    values: Mapping[str, Any]
    against: Mapping[str, str]


def sweep_points(manifest: Mapping[str, Any]) -> tuple[Point, ...]:
    """Return the points of a result's sweep, the scenario's own first; nothing when it holds no sweep."""
    written = manifest.get("scenario", {}).get("sweep", ())
    return tuple(Point(point["label"], point["values"], point["against"]) for point in written)


def describe_run(scenario: Scenario, runs: Sequence[Finished], seconds: float) -> dict[str, Any]:
    """Return the manifest but for what went wrong: scenario as resolved, versions, share, seeds, timings in seconds."""
    return {
        "scenario": scenario.resolved(),
        "hash": scenario.hash,
        "scenarios": list(dict.fromkeys(run.job.label for run in runs)),
        "seeds": list(dict.fromkeys(run.job.seed for run in runs)),
        "first_month": month_label(0),
        "last_month": month_label(scenario.months - 1),
        "share": {"asked": scenario.share, "realised": {str(run.job.seed): run.share for run in runs}},
        "parameter_draws": _draws(scenario, runs),
        "versions": {name: version(name) for name in PACKAGES} | {"python": platform.python_version()},
        "timings": {"wall": seconds, "by_mechanism": _total_timings(runs)},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _draws(scenario: Scenario, runs: Sequence[Finished]) -> dict[str, dict[str, float]]:
    """Return the drawn parameters of each seed; nothing when the scenario's own values were used."""
    if scenario.draws is None:
        return {}
    return {str(run.job.seed): run.job.scenario.parameters.flat() for run in runs}


def _total_timings(runs: Sequence[Finished]) -> dict[str, float]:
    total: dict[str, float] = {}
    for run in runs:
        for name, seconds in run.timings.items():
            total[name] = total.get(name, 0.0) + seconds
    return total
