"""Targets: intervals, errors and what an ensemble adds."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.targets import DISCREPANCY, Target, targets
from sim.evidence import load_evidence
from sim.observation import OPERATORS

POINT = Target("point", 10.0, 10.0, "eq", 3.0, 4.0)
INTERVAL = Target("interval", 10.0, 12.0, "ge", 0.0, 1.0)


def test_every_operator_has_one_target_and_every_target_an_operator() -> None:
    assert {target.id for target in targets(load_evidence())} == set(OPERATORS)
    assert set(DISCREPANCY) <= set(OPERATORS)


def test_distance_is_signed_and_nothing_inside_the_interval() -> None:
    assert [INTERVAL.distance(x) for x in (9.0, 10.0, 11.0, 12.0, 15.0)] == [-1.0, 0.0, 0.0, 0.0, 3.0]


def test_errors_add_in_squares() -> None:
    assert POINT.implausibility(15.0) == pytest.approx(1.0)
    assert POINT.implausibility(15.0, variance=144.0) == pytest.approx(5.0 / 13.0)
    with pytest.raises(ValueError, match="negative"):
        POINT.implausibility(15.0, variance=-1.0)


@given(value=st.floats(-100.0, 100.0), further=st.floats(0.0, 100.0))
def test_further_out_is_never_more_plausible(value: float, further: float) -> None:
    outward = value + math.copysign(further, INTERVAL.distance(value))
    if INTERVAL.distance(value) != 0.0:
        assert INTERVAL.implausibility(outward) >= INTERVAL.implausibility(value)


def test_intervals_have_no_observation_error_and_points_have_their_rounding() -> None:
    for target in targets(load_evidence()):
        assert (target.error == 0.0) == (target.bound in ("ge", "nearly"))
        assert target.discrepancy > 0.0
        assert target.low <= target.high
