"""What every reform has in common: start, end, ramp, places and budget."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.calendar import month_label, parse_month
from sim.levers import LEVERS, LeverBoard
from sim.places import COUNTIES, N_COUNTIES
from sim.policies.base import Policy, Timing, setting

LEVER = LEVERS[0]


class _Settings(Timing):
    rate: float = setting(2.0, unit="contacts/month", source="assumption: toy", meaning="a rate", low=0.0, high=9.0)


class Toy(Policy[_Settings]):
    name = "toy"
    title: ClassVar[dict[str, str]] = {"en": "Toy", "zh": "玩具"}
    meaning = "Write one lever."
    facts = ()
    levers = (LEVER,)
    Settings = _Settings

    def act(self, levers: LeverBoard, month: int, strength: float) -> None:
        """Write the lever with the ramp's strength."""
        self.write(levers, LEVER, strength * self.settings.rate)


def toy(**settings: Any) -> Toy:
    return Toy(_Settings(**settings))


def test_a_reform_runs_from_its_first_to_its_last_month() -> None:
    policy = toy(start="2024-03", end="2024-05")
    running = [month for month in range(36) if policy.strength(month) > 0]
    assert running == [14, 15, 16]
    assert toy(start="2024-03").strength(10_000) == 1.0
    assert toy(start="2024-03", end="2024-03").strength(14) == 1.0


@given(st.integers(-36, 60), st.integers(0, 120), st.integers(-40, 400))
def test_the_ramp_rises_evenly_to_full_strength(first: int, ramp: int, month: int) -> None:
    policy = toy(start=month_label(first), ramp_months=ramp)
    strength = policy.strength(month)
    if month < first:
        assert strength == 0.0
    elif month >= first + ramp:
        assert strength == 1.0
    else:
        assert strength == pytest.approx((month - first + 1) / ramp)


def test_levers_move_in_the_reforms_counties_while_it_runs() -> None:
    policy, board = toy(start="2024-01", ramp_months=2, places=("qujiang", "kaihua")), LeverBoard(["toy"])
    marked = np.array([county in ("qujiang", "kaihua") for county in COUNTIES])
    for month, value in ((11, 0.0), (12, 1.0), (13, 2.0), (14, 2.0)):
        board.reset()
        policy.apply(board, month)
        assert np.array_equal(board.effective(LEVER), np.where(marked, value, 0.0))


def test_before_its_start_and_after_its_end_every_lever_is_neutral() -> None:
    policy, board = toy(start="2024-01", end="2024-06"), LeverBoard(["toy"])
    for month in (0, parse_month("2023-12"), parse_month("2024-07"), 500):
        policy.apply(board, month)
    assert board.is_neutral()


def test_a_reform_in_no_county_moves_nothing() -> None:
    board = LeverBoard(["toy"])
    toy(start="2023-01", places=()).apply(board, 5)
    assert board.is_neutral()


def test_the_base_class_spends_nothing_and_acts_in_no_way() -> None:
    policy = toy()
    assert policy.running_cost(12).tolist() == [0.0] * N_COUNTIES
    with pytest.raises(NotImplementedError):
        Policy.act(policy, LeverBoard(["toy"]), 12, 1.0)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"start": "2024"}, "start"),
        ({"end": "2024-13"}, "end"),
        ({"start": None}, "start"),
        ({"ramp_months": -1}, "ramp_months"),
        ({"ramp_months": 121}, "ramp_months"),
        ({"ramp_months": 1.5}, "ramp_months"),
        ({"places": ["quzhou"]}, "places"),
        ({"places": "qujiang"}, "places"),
        ({"budget": -1.0}, "budget"),
        ({"budget": float("nan")}, "budget"),
        ({"budget": "5"}, "budget"),
        ({"rate": 9.5}, "rate"),
        ({"rte": 1.0}, "rte"),
    ],
)
def test_settings_outside_their_rules_are_refused(settings: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _Settings(**settings)
    assert caught.value.errors()[0]["loc"][0] == place


def test_settings_are_frozen_and_know_unit_source_and_meaning() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        _Settings().rate = 3.0  # type: ignore[misc]
    for field in _Settings.model_fields.values():
        assert isinstance(field.json_schema_extra, dict)
        assert field.json_schema_extra["unit"]
        assert field.json_schema_extra["source"]
        assert field.description


def test_a_setting_needs_a_known_unit() -> None:
    with pytest.raises(ValueError, match="unit"):
        setting(1.0, unit="wishes", source="assumption: toy", meaning="x")
