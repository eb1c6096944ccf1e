"""Which runs can be compared: the same share and the same seeds, hence the same households and draws."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import ResultsError
from sim.results import RunRecords, RunResult, Snapshot
from sim.results.records import Floats

_SHOWN_SEEDS = 6


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a comparison: a scenario of a result."""

    run: RunResult
    label: str

    def _order(self, seeds: Sequence[int] | None) -> list[int]:
        return [self.run.seeds.index(seed) for seed in (self.run.seeds if seeds is None else seeds)]

    def values(self, seeds: Sequence[int] | None = None) -> Floats:
        """Return every indicator in the order of `seeds`, shape (seeds, months + 1, 7, indicators)."""
        return np.asarray(self.run.data.values[self.run.data.position(self.label)][self._order(seeds)])

    def public_cost(self, seeds: Sequence[int] | None = None) -> Floats:
        """Return CNY of each month in the order of `seeds`, shape (seeds, months + 1, programmes, 7)."""
        return np.asarray(self.run.data.public_cost[self.run.data.position(self.label)][self._order(seeds)])

    def households(self, seed: int) -> Snapshot:
        """Return the closing table of the households of a seed.

        Raises:
            ResultsError: the run left none.
        """
        for table in self.run.households:
            if (table.scenario, table.seed) == (self.label, seed):
                return table
        raise ResultsError(
            f"'{self.label}' has no closing table of households for seed {seed}; run it again to see who gains and "
            "who loses"
        )


def check_paired(first: RunResult, second: RunResult) -> None:
    """Raise ResultsError when the draws of two results are not the same."""
    one, other = (float(run.manifest["share"]["asked"]) for run in (first, second))
    if one != other:
        raise ResultsError(
            f"shares differ ({one:g} and {other:g}), so households cannot be paired; run both with one --share"
        )
    if set(first.seeds) != set(second.seeds):
        raise ResultsError(
            f"seeds differ ({_listed(first.seeds)} and {_listed(second.seeds)}), so chance would be taken for an "
            "effect; run both with the same --seeds"
        )


def _listed(seeds: Sequence[int]) -> str:
    shown = ", ".join(str(seed) for seed in seeds[:_SHOWN_SEEDS])
    return f"{shown}, ... {len(seeds)} in all" if len(seeds) > _SHOWN_SEEDS else shown


def side_by_side(sides: Sequence[Side], names: Sequence[str]) -> RunResult:
    """Return one result that holds several scenarios on the months all have, for pictures of them together.

    Args:
        sides: scenarios of paired results.
        names: their labels in it, each different.
    """
    first = sides[0].run
    rows = min(side.run.data.rows for side in sides)
    programmes = tuple(dict.fromkeys(name for side in sides for name in side.run.data.programmes))
    data = RunRecords(
        tuple(names),
        first.seeds,
        programmes,
        np.stack([side.values(first.seeds)[:, :rows] for side in sides]),
        np.stack([_costs(side, first.seeds, programmes)[:, :rows] for side in sides]),
        np.stack([first.data.value_added_2022[0]] * len(sides)),
        np.stack([first.data.above_2022[0]] * len(sides)),
    )
    tables = {
        kind: tuple(
            dataclasses.replace(table, scenario=name)
            for side, name in zip(sides, names, strict=True)
            for table in getattr(side.run, kind)
            if table.scenario == side.label
        )
        for kind in ("households", "villages")
    }
    scenario = {key: value for key, value in first.manifest.get("scenario", {}).items() if key != "sweep"}
    return RunResult(data, first.manifest | {"scenario": scenario, "scenarios": list(names)}, **tables)


def _costs(side: Side, seeds: Sequence[int], programmes: Sequence[str]) -> Floats:
    """Return public cost on some programmes; one that the side does not run costs nothing."""
    own = side.public_cost(seeds)
    costs = np.zeros((*own.shape[:2], len(programmes), own.shape[3]))
    for position, name in enumerate(side.run.data.programmes):
        costs[:, :, programmes.index(name)] = own[:, :, position]
    return costs
