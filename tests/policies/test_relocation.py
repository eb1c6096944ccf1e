from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.levers import (
    LEVERS,
    RELOCATION_CONSENT,
    RELOCATION_CONSULTATIONS,
    RELOCATION_HOMES,
    RELOCATION_SUBSIDY,
    LeverBoard,
)
from sim.places import QUJIANG
from sim.policies.relocation import POLICY, RelocationSettings


def written(month: int, **settings: object) -> LeverBoard:
    levers = LeverBoard([POLICY.name])
    POLICY(RelocationSettings(**settings)).apply(levers, month)
    return levers


def test_it_runs_in_qujiang_from_january_2023() -> None:
    assert written(-1).is_neutral()
    levers = written(20)
    assert levers.effective(RELOCATION_HOMES)[QUJIANG] == 300.0
    for lever in (RELOCATION_HOMES, RELOCATION_CONSULTATIONS, RELOCATION_SUBSIDY):
        assert np.flatnonzero(levers.effective(lever)).tolist() == [QUJIANG]


def test_homes_come_after_the_first_half_year_and_consultations_ramp_up() -> None:
    homes = [written(m).effective(RELOCATION_HOMES)[QUJIANG] for m in range(8)]
    assert homes == [0.0] * 6 + [300.0] * 2
    asked = [written(m).effective(RELOCATION_CONSULTATIONS)[QUJIANG] for m in range(8)]
    assert np.allclose(asked, 28.0 * np.minimum(1.0, np.arange(1, 9) / 6.0))


def test_without_lead_times_it_is_at_full_speed_at_once() -> None:
    levers = written(0, homes_after=0.0, consultation_ramp=0.0)
    assert levers.effective(RELOCATION_HOMES)[QUJIANG] == 300.0
    assert levers.effective(RELOCATION_CONSULTATIONS)[QUJIANG] == 28.0


def test_it_writes_only_the_levers_it_declares() -> None:
    assert {lever for lever in LEVERS if written(0).written(lever).any()} == set(POLICY.levers)


def test_the_consent_factor_is_passed_on() -> None:
    assert written(0, consent_factor=0.8).effective(RELOCATION_CONSENT)[QUJIANG] == 0.8


@given(month=st.integers(-3, 40), homes=st.floats(0.0, 500.0), cost=st.floats(0.0, 2e5))
def test_the_homes_that_come_on_stream_are_paid_for(month: int, homes: float, cost: float) -> None:
    settings = RelocationSettings(homes_per_month=homes, home_cost=cost)
    built = written(month, homes_per_month=homes).effective(RELOCATION_HOMES)
    assert np.allclose(POLICY(settings).running_cost(month), cost * built)


@pytest.mark.parametrize(
    "name", sorted(set(RelocationSettings.model_fields) - {"places", "start", "end", "budget", "ramp_months"})
)
def test_a_setting_out_of_bounds_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        RelocationSettings(**{name: -1.0})
