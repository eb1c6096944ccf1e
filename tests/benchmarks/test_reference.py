"""The engine against the readable reference: same world, same months, same columns."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import randomness
from sim.model import CountyModel
from sim.randomness import Purpose
from sim.registry import MECHANISMS
from sim.scenario import Scenario
from sim.sectors import ABOVE
from sim.world import LEAVING, MOVED, POOLED, STORED
from tests.benchmarks.differences import differences
from tests.benchmarks.reference import ReferenceModel, draws
from tests.benchmarks.reference.model import STEPS
from tests.benchmarks.scenarios import all_reforms

SHARE = 0.001
MONTHS = 13
STRONG: dict[str, dict[str, Any]] = {
    "forest_tenure": {
        "storage_budget": 1e7,
        "storage_price": 100.0,
        "operator_support": 0.0,
        "block_capacity": 40_000.0,
        "brand_promotion": 0.02,
    },
    "talent_self_evaluation": {"quota_rate": 0.2, "budget": 3e6},
    "relocation": {"homes_after": 0.0, "consultation_ramp": 0.0, "consent_factor": 0.3, "budget": 6e8},
    "innovation_platform": {"research_support": 0.1, "budget": 8e8},
}
"""Settings under which every channel, queue and budget of the reforms acts within a few months."""

SLOW_MARKET = {"forest_transfer.match_scale": 0.1, "forest_transfer.review_hazard": 0.06}
"""Parameters under which willing households often find no operator, so that the storage platform has callers."""

ids64 = st.integers(0, 2**64 - 1)


@dataclass
class Twins:
    """The same starting world, simulated by the engine and by the reference."""

    engine: CountyModel
    reference: ReferenceModel

    def run(self, months: int) -> None:
        """Simulate both."""
        for model in (self.engine, self.reference):
            for _ in range(months):
                model.step()


def twins(scenario: Scenario, seed: int) -> Twins:
    engine = CountyModel(scenario, share=SHARE, seed=seed)
    return Twins(engine, ReferenceModel(engine.world, scenario))


@pytest.fixture(scope="module")
def strong() -> Twins:
    """Every reform at full strength for a year and a month, so that a year ends and leases, plants and homes follow."""
    scenario = all_reforms(MONTHS, STRONG)
    scenario = dataclasses.replace(scenario, parameters=scenario.parameters.replaced(SLOW_MARKET))
    pair = twins(scenario, seed=1)
    pair.run(MONTHS)
    return pair


def test_every_mechanism_has_its_twin() -> None:
    assert set(STEPS) == {mechanism.name for mechanism in MECHANISMS}


@pytest.mark.parametrize("seed", [2, 3])
def test_three_months_with_the_documented_reforms_are_equal(seed: int) -> None:
    pair = twins(all_reforms(3), seed)
    assert differences(pair.engine, pair.reference) == []
    pair.run(3)
    assert differences(pair.engine, pair.reference) == []


def test_a_year_with_strong_reforms_is_equal(strong: Twins) -> None:
    assert differences(strong.engine, strong.reference) == []


def test_reforms_have_acted(strong: Twins) -> None:
    world, total = strong.engine.world, strong.engine.ledger.public_total
    households, counties = world.households, world.counties
    assert {POOLED, STORED} <= set(households.let_how)
    assert (households.relocation == MOVED).any()
    assert counties.relocated_persons.sum() > 0.0
    assert (world.hamlets.relocation >= LEAVING).any() or counties.relocated_hamlets.sum() > 0.0
    assert world.enterprises.certified.sum() > 0.0
    assert ((world.enterprises.project >= 0) & (world.enterprises.size == ABOVE)).any()
    assert (world.enterprises.knowledge > 0.0).any()
    assert (total.sum(axis=1) > 0.0).all()


def test_without_reforms_a_quarter_is_equal() -> None:
    pair = twins(all_reforms(3).none(), seed=4)
    pair.run(3)
    assert differences(pair.engine, pair.reference) == []


def test_a_change_of_one_household_is_seen() -> None:
    pair = twins(all_reforms(1), seed=2)
    next(iter(pair.reference.households)).farm += 1
    assert len(differences(pair.engine, pair.reference)) == 1


@settings(deadline=None)
@given(ids64, ids64, st.integers(0, 20))
def test_draws_are_those_of_the_engine(state: int, agent: int, which: int) -> None:
    stream, who = np.uint64(state), np.uint64(agent)
    assert draws.uniform(state, agent) == randomness.uniform(stream, who)
    assert draws.uniform_of(state, agent, which) == randomness.uniform_of(stream, who, which)
    assert draws.normal(state, agent) == pytest.approx(randomness.normal(stream, who), rel=1e-12, abs=1e-12)
    assert draws.child_id(state, agent) == int(randomness.child_id(stream, who))


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(-36, 200), st.sampled_from(Purpose))
def test_streams_are_those_of_the_engine(seed: int, month: int, purpose: Purpose) -> None:
    assert draws.stream(seed, month, purpose) == int(randomness.stream(seed, month, purpose))
