"""Models of the documented scenario at a small share, and what a run left behind as plain columns."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from sim.model import CountyModel
from sim.policies.base import Policy
from sim.registry import installed_policies
from sim.scenario import Scenario, load_scenario
from sim.tables import Table
from sim.world import World
from tests.runs import DOCUMENTED

TABLES = ("households", "hamlets", "villages", "enterprises", "projects", "counties")


@functools.cache
def _documented() -> Scenario:
    return load_scenario(DOCUMENTED)


def scenario_of(share: float, months: int, policies: Mapping[str, Policy[Any]] | None = None) -> Scenario:
    """Return the documented scenario at a share, with all its policies or with the given ones."""
    scenario = dataclasses.replace(_documented(), share=share, months=months)
    return scenario if policies is None else dataclasses.replace(scenario, policies=dict(policies))


def policy_of(name: str, **settings: Any) -> Policy[Any]:
    """Return a policy of the registry with some settings changed; bounds and types are checked."""
    kind = installed_policies()[name]
    return kind(kind.Settings.model_validate(settings))


def run_with(share: float, months: int, *policies: Policy[Any], seed: int = 1, **model: Any) -> CountyModel:
    """Return a model after some months with only the given policies."""
    scenario = scenario_of(share, months, {policy.name: policy for policy in policies})
    county = CountyModel(scenario, seed=seed, **model)
    county.run_for(months)
    return county


def columns(world: World) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Yield every column of every table under its name."""
    for name in TABLES:
        table: Table = getattr(world, name)
        for column in table.column_names():
            yield f"{name}.{column}", getattr(table, column)


def fingerprint(model: CountyModel) -> str:
    """Return a hash of everything a run left behind: all columns and the whole record."""
    digest = hashlib.sha256()
    for name, values in columns(model.world):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    digest.update(model.record.values.tobytes())
    digest.update(np.sort(model.record.public_cost, axis=1).tobytes())
    return digest.hexdigest()


def assert_same_columns(one: World, other: World, tables: tuple[str, ...] = TABLES, but: frozenset[str] = frozenset()):
    """Fail with the first column that differs in a bit."""
    for (name, left), (_, right) in zip(columns(one), columns(other), strict=True):
        if name.split(".")[0] in tables and name not in but:
            np.testing.assert_array_equal(left, right, err_msg=name)
