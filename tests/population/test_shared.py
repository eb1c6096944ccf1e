"""What worlds of a process share is read-only, and a world is the same whatever was built before it."""

from __future__ import annotations

import dataclasses
import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.mechanisms.production import ProductionParameters, technology
from sim.model import CountyModel
from sim.population import Blueprint
from sim.population.firms import _sized_firms
from sim.tables import make_read_only
from sim.world import Hamlets, World
from tests.benchmarks.scenarios import all_reforms

ROOT = Path(__file__).parents[2]
SHARE, SEED = 0.002, 5
FRESH = "from tests.population.test_shared import digest, built; print(digest(built().world))"


def built(seed: int = SEED, share: float = SHARE) -> CountyModel:
    return CountyModel(all_reforms(months=2), share=share, seed=seed)


def digest(world: World) -> str:
    """Return a hash of every column and every constant of the starting state."""
    tables = (
        world.households,
        world.hamlets,
        world.villages,
        world.enterprises,
        world.projects,
        world.counties,
        world.base,
    )
    total = hashlib.sha256()
    for table in tables:
        for field in dataclasses.fields(table):
            total.update(np.ascontiguousarray(getattr(table, field.name)).tobytes())
    return total.hexdigest()


def test_a_world_built_after_others_is_that_of_a_fresh_process() -> None:
    first = built()
    before = digest(first.world)
    first.run_for(2)
    built(seed=SEED + 1, share=0.003).run_for(1)
    fresh = subprocess.run([sys.executable, "-c", FRESH], cwd=ROOT, capture_output=True, text=True, check=True)
    assert before == digest(built().world) == fresh.stdout.strip()


def test_what_worlds_share_cannot_be_written(plan: Blueprint) -> None:
    shared = (
        plan.margins.members,
        plan.types.order,
        plan.frame.rows,
        plan.villages.forest,
        plan.chances.active,
        _sized_firms(plan.firms, 0.01).value_added,
        *technology(ProductionParameters()),
    )
    for array in shared:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_copies_of_what_is_shared_can_be_written() -> None:
    table = Hamlets.zeros(3)
    make_read_only(table)
    table.copy().weight[0] = 2.0
    table.taken(np.array([1])).weight[0] = 2.0
    assert not table.weight.any()
