"""The same scenario and seed give the same bits: again, on two threads, in any order, beside other models."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from sim.model import CountyModel
from sim.scenario import load_scenario
from tests.models import assert_same_columns, fingerprint, scenario_of

MONTHS = 24
SMALL = 0.002
LARGE = 0.02
HALF_A_YEAR_OF_ALL = 18
"""Months until every reform has run for half a year."""


@pytest.fixture(scope="module")
def reference() -> CountyModel:
    """Return two years of the documented scenario on one thread."""
    return _run(SMALL)


def _run(share: float, *, months: int = MONTHS, seed: int = 1, threads: int = 1) -> CountyModel:
    model = CountyModel(scenario_of(share, months), seed=seed, threads=threads)
    model.run_for(months)
    return model


def test_the_same_seed_gives_the_same_record_and_columns(reference: CountyModel) -> None:
    again = _run(SMALL)
    np.testing.assert_array_equal(again.record.values, reference.record.values)
    np.testing.assert_array_equal(again.record.public_cost, reference.record.public_cost)
    assert_same_columns(again.world, reference.world)
    assert fingerprint(again) == fingerprint(reference)


def test_another_seed_gives_another_run(reference: CountyModel) -> None:
    other = _run(SMALL, seed=2)
    assert fingerprint(other) != fingerprint(reference)
    assert not np.array_equal(other.record.values[0], reference.record.values[0])


def test_the_fingerprint_sees_a_single_bit(reference: CountyModel) -> None:
    before = fingerprint(reference)
    wealth = reference.world.households.wealth
    kept = wealth[0]
    wealth[0] = np.nextafter(kept, np.float32(np.inf))
    changed = fingerprint(reference)
    wealth[0] = kept
    assert changed != before == fingerprint(reference)


@pytest.mark.parametrize(("share", "months"), [(0.01, 6), (LARGE, 4)])
@pytest.mark.parametrize("threads", [2, 3])
def test_threads_do_not_change_a_bit(share: float, months: int, threads: int) -> None:
    """At these shares the household rows are cut in eight and in twelve pieces at different hamlets."""
    alone, together = _run(share, months=months), _run(share, months=months, threads=threads)
    assert len(together.world._cuts(4 * threads)) == 4 * threads + 1
    assert together.world._cuts(8) != together.world._cuts(12)
    assert fingerprint(alone) == fingerprint(together)


@pytest.mark.parametrize("order", [(4, 3, 2, 1, 0), (2, 0, 4, 1, 3)])
def test_the_order_of_policies_in_a_file_changes_nothing(tmp_path: Path, order: tuple[int, ...]) -> None:
    names = list(scenario_of(SMALL, 1).policies)
    fingerprints = set()
    for listed in (names, [names[k] for k in order]):
        file = tmp_path / "listed.yaml"
        lines = [f"months: {HALF_A_YEAR_OF_ALL}", "population: {share: 0.002, seed: 1}", "policies:"]
        file.write_text("\n".join([*lines, *(f"  {name}: documented" for name in listed)]), encoding="utf-8")
        model = CountyModel(load_scenario(file))
        model.run_for(HALF_A_YEAR_OF_ALL)
        fingerprints.add(fingerprint(model))
    assert len(fingerprints) == 1


def test_the_order_in_which_python_lists_policies_changes_nobody(reference: CountyModel) -> None:
    """Only sums over programmes are added in another order: they may differ in the last bit."""
    shuffled = dict(reversed(reference.definition.policies.items()))
    model = CountyModel(dataclasses.replace(reference.definition, policies=shuffled), seed=1)
    model.run_for(MONTHS)
    assert_same_columns(model.world, reference.world)
    np.testing.assert_allclose(model.record.values, reference.record.values, rtol=1e-14)
    for name in shuffled:
        here, there = model.record.programmes.index(name), reference.record.programmes.index(name)
        np.testing.assert_array_equal(model.record.public_cost[:, here], reference.record.public_cost[:, there])


def test_two_models_that_take_turns_do_not_disturb_each_other(reference: CountyModel) -> None:
    mine = CountyModel(scenario_of(SMALL, MONTHS), seed=1)
    other = CountyModel(scenario_of(0.004, MONTHS).none(), seed=9)
    for _ in range(MONTHS):
        mine.run_for(1)
        other.run_for(1)
    assert fingerprint(mine) == fingerprint(reference)
    alone = CountyModel(scenario_of(0.004, MONTHS).none(), seed=9)
    alone.run_for(MONTHS)
    assert fingerprint(other) == fingerprint(alone)


def test_a_run_that_is_extended_is_the_longer_run(reference: CountyModel) -> None:
    """How many months are planned, or in how many calls they are run, changes nothing before."""
    model = CountyModel(scenario_of(SMALL, MONTHS + 12), seed=1)
    for chunk in (1, 7, 16):
        model.run_for(chunk)
    assert_same_columns(model.world, reference.world)
    np.testing.assert_array_equal(model.record.values[: MONTHS + 1], reference.record.values)
