"""Compare the engine's columns with the reference's objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.model import CountyModel
from sim.tables import Table
from tests.benchmarks.reference import ReferenceModel

CNY = 0.05
"""Absolute tolerance of household columns: what single precision leaves of sums of some 100,000 CNY."""
RELATIVE = 2e-5
TOTALS = 1e-6
"""Relative tolerances of household columns (single precision), the wealth they leave included, and of everything else
(order of sums)."""


def differences(engine: CountyModel, reference: ReferenceModel) -> list[str]:
    """Return what differs, one line a column; nothing when both models are in the same state."""
    world, office = engine.world, reference.office
    found = [
        *_of_agents(
            "households", world.households, reference.households, {"hamlet"}, RELATIVE, CNY, world.households.id != 0
        ),
        *_of_agents(
            "enterprises",
            world.enterprises,
            reference.enterprises,
            {"project"},
            TOTALS,
            1e-3,
            world.enterprises.active != 0,
        ),
        *_of_agents("hamlets", world.hamlets, reference.hamlets, {"village", "orphan_wealth"}, TOTALS, 1e-6),
        *_column(
            "hamlets.orphan_wealth",
            world.hamlets.orphan_wealth,
            np.array([hamlet.orphan_wealth for hamlet in reference.hamlets]),
            RELATIVE,
            CNY,
        ),
        *_of_agents("villages", world.villages, reference.villages, set(), TOTALS, 1e-6),
    ]
    for name in world.counties.column_names():
        found += _column(
            f"counties.{name}", getattr(world.counties, name), getattr(office.counties, name), TOTALS, 1e-6
        )
    for name in ("paid", "public_cost", "public_total"):
        found += _column(f"ledger.{name}", getattr(engine.ledger, name), getattr(reference.ledger, name), TOTALS, 1e-3)
    return found


def _of_agents(
    label: str,
    table: Table,
    agents: Iterable[Any],
    left_out: set[str],
    relative: float,
    absolute: float,
    occupied: Any = slice(None),
) -> list[str]:
    """Compare a table with its agents, matched by identity; `left_out` are links to rows of other tables."""
    order = {agent.id: agent for agent in agents}
    ids = table.id[occupied].tolist()  # type: ignore[attr-defined]
    if set(ids) != set(order):
        only = [len(set(ids) - set(order)), len(set(order) - set(ids))]
        return [f"{label}: {only[0]} only in the engine, {only[1]} only in the reference"]
    found = []
    for name in [name for name in table.column_names() if name not in left_out]:
        theirs = np.array([getattr(order[identity], name) for identity in ids])
        found += _column(f"{label}.{name}", getattr(table, name)[occupied], theirs, relative, absolute)
    return found


def _column(label: str, engine: Any, reference: Any, relative: float, absolute: float) -> list[str]:
    """Compare whole numbers exactly, others within tolerance."""
    whole = engine.dtype.kind in "iu"
    wrong = engine != reference if whole else ~np.isclose(engine, reference, relative, absolute)
    if not wrong.any():
        return []
    first = tuple(np.argwhere(wrong)[0])
    return [f"{label}: {int(wrong.sum())} of {wrong.size} differ, first {engine[first]!r} and {reference[first]!r}"]
