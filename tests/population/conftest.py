from __future__ import annotations

import pytest

from sim.evidence import Evidence, load_evidence
from sim.population import Blueprint, blueprint, build_world
from sim.world import World


@pytest.fixture(scope="session")
def evidence() -> Evidence:
    return load_evidence()


@pytest.fixture(scope="session")
def plan(evidence: Evidence) -> Blueprint:
    return blueprint(evidence)


@pytest.fixture(scope="session")
def full(evidence: Evidence) -> World:
    return build_world(1.0, 1, evidence)
