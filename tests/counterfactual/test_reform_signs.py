"""Each reform moves its own facts in the documented direction, at parameters drawn from the priors."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.studies.reform_signs import DIRECTIONS, FIGURES, Direction, Finding, effects, findings, reforms
from calibration.studies.runs import documented
from calibration.targets import targets
from sim.evidence import load_evidence
from sim.registry import POLICIES

DRAWS = 6
SHARE = 0.01
"""A tenth of the eligible hamlets: in a smaller sample most draws hold no hamlet that leaves as a whole."""


@pytest.fixture(scope="module")
def found() -> list[Finding]:
    """Return the findings of a few draws; `python -m calibration.studies.reform_signs` makes fifty."""
    return findings(effects(documented(SHARE), DRAWS, workers=1))


@pytest.mark.parametrize("direction", DIRECTIONS, ids=lambda direction: f"{direction.reform}-{direction.fact}")
def test_a_reform_moves_its_fact_in_the_documented_direction(found: list[Finding], direction: Direction) -> None:
    """In five of six draws at least: a draw of cautious parameters may move no whole hamlet."""
    finding = next(f for f in found if f.direction == direction)
    assert finding.in_direction >= 5 / 6
    assert direction.sign * finding.median > 0.0
    assert finding.low <= finding.median <= finding.high


def test_every_reform_and_every_modelled_target_of_a_reform_has_a_direction() -> None:
    assert set(reforms()) == {policy.name for policy in POLICIES}
    modelled = {target.id for target in targets(load_evidence())}
    for policy in POLICIES:
        own = {direction.fact for direction in DIRECTIONS if direction.reform == policy.name}
        assert modelled & set(policy.facts) <= own


def test_a_fall_that_is_documented_counts_as_the_right_direction() -> None:
    effect = np.zeros((2, len(reforms()), len(FIGURES)))
    premium = next(d for d in DIRECTIONS if d.fact == "brand_price_premium")
    effect[:, reforms().index(premium.reform), tuple(FIGURES).index(premium.fact)] = [-0.1, 0.1]
    assert premium.sign == -1
    assert premium.why
    assert next(f for f in findings(effect) if f.direction == premium).in_direction == 0.5
    assert next(f for f in findings(effect) if f.direction.fact == "relocated_persons").in_direction == 0.0
