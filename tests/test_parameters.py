"""How parameters are declared, bounded, replaced and drawn."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.parameters import Declaration, ParameterError, Parameters, ParameterSet, PriorKind, parameter


@dataclass(frozen=True)
class Toy(ParameterSet):
    speed: float = parameter(0.2, unit="ratio", low=0.0, high=1.0, source="assumption", meaning="a share")
    size: float = parameter(
        10.0, unit="persons", low=1.0, high=1000.0, source="assumption", meaning="a size", prior="log_split"
    )
    year: float = parameter(
        2.0, unit="years", low=0.0, high=9.0, source="assumption", meaning="a constant", prior="fixed"
    )


def declared(prior: PriorKind, default: float = 2.0) -> Declaration:
    return Declaration("x", default, "ratio", 1.0, 10.0, prior, "assumption", "a toy")


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["split", "log_split", "fixed"]), st.floats(1.0, 10.0))
def test_quantiles_rise_and_stay_inside_the_bounds(one: float, two: float, prior: PriorKind, default: float) -> None:
    declaration = declared(prior, default)
    low, high = sorted((one, two))
    assert declaration.quantile(low) <= declaration.quantile(high) * (1 + 1e-12)
    assert 1.0 - 1e-9 <= declaration.quantile(low) <= 10.0 + 1e-9


@pytest.mark.parametrize(
    ("prior", "quarter", "median", "three_quarters"),
    [("split", 1.5, 2.0, 6.0), ("log_split", math.sqrt(2.0), 2.0, math.sqrt(20.0)), ("fixed", 2.0, 2.0, 2.0)],
)
def test_half_of_the_mass_lies_on_each_side(
    prior: PriorKind, quarter: float, median: float, three_quarters: float
) -> None:
    quantiles = [declared(prior).quantile(p) for p in (0.25, 0.5, 0.75)]
    assert quantiles == pytest.approx([quarter, median, three_quarters])


@pytest.mark.parametrize("prior", ["split", "log_split"])
def test_the_ends_of_a_prior_are_its_bounds(prior: PriorKind) -> None:
    assert (declared(prior).quantile(0.0), declared(prior).quantile(1.0)) == pytest.approx((1.0, 10.0))


@pytest.mark.parametrize("value", [0.999, 10.001, math.nan, math.inf, -math.inf])
def test_a_value_outside_the_bounds_is_refused(value: float) -> None:
    with pytest.raises(ParameterError, match=r"x = .* outside \[1, 10\]"):
        declared("split").check(value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"default": 2.0}, "default 2 outside"),
        ({"low": 0.5}, "outside"),
        ({"prior": "log_split", "low": 0.0}, "positive lower bound"),
        ({"source": ""}, "source"),
        ({"meaning": ""}, "meaning"),
    ],
)
def test_a_careless_declaration_is_refused(change: dict[str, Any], words: str) -> None:
    sound = {"default": 0.2, "unit": "ratio", "low": 0.1, "high": 1.0, "source": "assumption", "meaning": "x"}
    parameter(**sound)
    with pytest.raises(ParameterError, match=words):
        parameter(**(sound | change))


def test_a_unit_must_exist() -> None:
    with pytest.raises(ValueError, match="persons"):
        parameter(1.0, unit="person_s", low=0.0, high=2.0, source="assumption", meaning="x")


def test_sets_are_frozen_and_replaced_with_checks() -> None:
    assert [d.name for d in Toy.declarations()] == ["speed", "size", "year"]
    assert Toy().replaced({"speed": 0.5}) == Toy(speed=0.5)
    with pytest.raises(FrozenInstanceError):
        Toy().speed = 0.5  # type: ignore[misc]
    with pytest.raises(ParameterError, match="Did you mean 'speed'"):
        Toy().replaced({"sped": 0.5})
    with pytest.raises(ParameterError, match="ratio"):
        Toy().replaced({"speed": 1.5})


def test_flat_names_carry_the_mechanism() -> None:
    parameters = Parameters({"a": Toy(), "b": Toy(size=3.0)})
    assert parameters.flat()["b.size"] == 3.0
    assert set(parameters.declarations()) == {f"{m}.{n}" for m in "ab" for n in ("speed", "size", "year")}
    changed = parameters.replaced({"b.size": 4.0})
    assert (changed.flat()["b.size"], parameters.flat()["b.size"]) == (4.0, 3.0)
    assert changed["a"] == parameters["a"]
    with pytest.raises(ParameterError, match=r"Did you mean 'b\.size'"):
        parameters.replaced({"b.sise": 1.0})


def test_draws_follow_the_prior_and_never_move_what_is_fixed() -> None:
    parameters = Parameters({"a": Toy(year=5.0)})
    rng = np.random.default_rng(1)
    draws = [parameters.drawn(rng, ["a.speed", "a.size"]).flat() for _ in range(400)]
    assert {draw["a.year"] for draw in draws} == {5.0}
    below = sum(draw["a.speed"] < 0.2 for draw in draws)
    assert abs(below - 200) < 5 * 10  # five standard errors of a fair coin
    assert all(1.0 <= draw["a.size"] <= 1000.0 for draw in draws)
    again = parameters.drawn(np.random.default_rng(1), ["a.speed", "a.size"])
    assert again.flat() == draws[0]
