"""The short polynomials agree with the library's functions to the last bits."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.vector_math import cosine_of_turn, exp, log


@settings(deadline=None)
@given(st.floats(-690.0, 690.0))
def test_exp_is_the_librarys(x: float) -> None:
    assert exp(x) == pytest.approx(math.exp(x), rel=1e-15)


@settings(deadline=None)
@given(st.floats(1e-300, 1e300))
def test_log_is_the_librarys(x: float) -> None:
    assert log(x) == pytest.approx(math.log(x), rel=4e-16, abs=1e-18)


@settings(deadline=None)
@given(st.floats(0.0, 1.0))
def test_cosine_is_the_librarys(u: float) -> None:
    assert cosine_of_turn(u) == pytest.approx(math.cos(2.0 * math.pi * u), abs=1e-15)


def test_exact_values_are_exact() -> None:
    assert (exp(0.0), log(1.0), cosine_of_turn(0.5)) == (1.0, 0.0, -1.0)
    assert log(2.0**-1000) == math.log(2.0**-1000)
