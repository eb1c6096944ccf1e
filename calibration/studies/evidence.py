"""The evidence table: documented against simulated, with and without the reforms, and published checks beside it.

Run it by ``python -m calibration.studies.evidence``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.studies.runs import Run, Total, command_of, documented, options, simulate_all, whole, write_table
from calibration.targets import targets
from sim.evidence import Evidence, load_evidence
from sim.observables import Record
from sim.observation import YEAR_2024
from sim.outcomes import Outcome, check_rows, evidence_rows
from sim.places import CITY

CHANNELS = ("single", "pooled", "stored")
HEADER = (
    "id", "programme", "place", "period", "unit", "bound", "documented", "with_reforms", "sd", "without_reforms",
    "sd_without", "ratio", "standard_deviations_off", "mark", "status",
)  # fmt: skip


def table(with_reforms: Sequence[Record], without: Sequence[Record], evidence: Evidence) -> list[tuple[object, ...]]:
    """Return one row for each target, then for each check, then for each channel of the forest land newly let."""
    reformed, plain = dict(enumerate(with_reforms)), dict(enumerate(without))
    pairs = [
        *zip(evidence_rows(reformed, evidence), evidence_rows(plain, evidence), strict=True),
        *zip(check_rows(reformed, evidence), check_rows(plain, evidence), strict=True),
    ]
    return [*(_row(one, other, evidence) for one, other in pairs), *_channels(with_reforms, without)]


def _row(one: Outcome, other: Outcome, evidence: Evidence) -> tuple[object, ...]:
    off = _standard_deviations_off(one, evidence)
    return (
        one.id, one.programme, one.place, one.period, one.unit, one.bound, one.documented, one.simulated, one.spread,
        other.simulated, other.spread, one.ratio, off, one.mark, one.status,
    )  # fmt: skip


def _standard_deviations_off(outcome: Outcome, evidence: Evidence) -> float:
    """Return how far the mean lies off: observation, discrepancy and ensemble counted; NaN for no target."""
    for target in targets(evidence):
        if target.id == outcome.id and outcome.status == "compared":
            return target.implausibility(outcome.simulated, outcome.spread**2 / outcome.seeds)
    return float("nan")


def _channels(with_reforms: Sequence[Record], without: Sequence[Record]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for channel in CHANNELS:
        flow = Total(f"forest_flow_{channel}", CITY, *YEAR_2024)
        one, other = (np.array([flow(record) for record in records]) for records in (with_reforms, without))
        blank = float("nan")
        moments = (float(one.mean()), float(one.std(ddof=1)), float(other.mean()), float(other.std(ddof=1)))
        rows.append(
            (f"forest_flow_{channel}", "forest_tenure", CITY, "2024", "mu", "", blank, *moments, blank, blank, "",
             "reported")
        )  # fmt: skip
    return rows


def main() -> None:
    """Simulate with and without the reforms and write ``evidence.csv``."""
    chosen = options(__doc__, {"share": 0.1}, seeds=20)
    scenario = documented(chosen.share)
    variants = (scenario, scenario.none())
    runs = [Run(variant, seed) for variant in variants for seed in range(1, chosen.seeds + 1)]
    records = simulate_all(runs, whole)
    rows = table(records[: chosen.seeds], records[chosen.seeds :], load_evidence())
    write_table(chosen.out / "evidence.csv", command_of("evidence", chosen), HEADER, rows)


if __name__ == "__main__":
    main()
