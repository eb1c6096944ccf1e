"""Every conservation law and identity in every month, whatever the reforms are set to."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.accounting import PROPERTY, PUBLIC, Ledger
from sim.calendar import month_label
from sim.errors import IdentityError
from sim.identities import MonthCheck, check_block_rent, check_stored_rent
from sim.levers import FOREST_STORAGE_BUDGET, LEVERS, LeverBoard
from sim.mechanisms.base import Phase
from sim.model import CountyModel
from sim.places import COUNTIES, N_COUNTIES
from sim.policies.base import Policy, Timing
from sim.policies.forest_tenure import ForestTenure
from sim.registry import MECHANISMS, POLICIES, default_parameters
from sim.world import STORED
from tests.models import run_with, scenario_of

MONTHS = 5
WIDE = {"max_examples": 20, "deadline": None, "derandomize": True}
BUDGETS = st.sampled_from([None, 0.0, 1.0e5, 3.0e6, 1.0e9])
"""None, nothing, two that bind within weeks or months at any share, and one that never does (CNY)."""
LARGEST = {"homes_per_month": 600.0, "projects": 6.0, "value_before": 4.0e10, "project_value": 5.0e9}
"""Where the largest allowed setting would be ten times a county's economy: a bold but thinkable one."""


def bounds(kind: type[Timing], name: str) -> tuple[float, float]:
    """Return the lowest and the highest value of a numeric setting."""
    limits = {type(rule).__name__: rule for rule in kind.model_fields[name].metadata}
    return limits["Ge"].ge, limits["Le"].le


@st.composite
def settings_of(draw: st.DrawFn, kind: type[Policy[Any]]) -> dict[str, Any]:
    """Draw settings of one policy: the defaults, either bound, or anything between, anywhere, from early on."""
    chosen: dict[str, Any] = {
        "start": month_label(draw(st.integers(0, 2))),
        "end": draw(st.sampled_from([None, month_label(2), month_label(3)])),
        "ramp_months": draw(st.sampled_from([0, 3])),
        "places": tuple(draw(st.lists(st.sampled_from(COUNTIES), min_size=1, unique=True))),
        "budget": draw(BUDGETS),
    }
    for name in kind.Settings.model_fields.keys() - Timing.model_fields.keys():
        low, high = bounds(kind.Settings, name)
        high = LARGEST.get(name, high)
        value = draw(st.one_of(st.none(), st.sampled_from([low, high]), st.floats(low, high)))
        if value is not None:
            chosen[name] = value
    return chosen


@st.composite
def programmes(draw: st.DrawFn) -> list[Policy[Any]]:
    """Draw which policies run, and their settings."""
    kinds = draw(st.lists(st.sampled_from(POLICIES), unique=True))
    return [kind(kind.Settings.model_validate(draw(settings_of(kind)))) for kind in kinds]


@settings(**WIDE)
@given(policies=programmes(), share=st.sampled_from([0.001, 0.002]), seed=st.integers(0, 2**32))
def test_every_identity_holds_every_month_under_any_settings(
    policies: list[Policy[Any]], share: float, seed: int
) -> None:
    model = run_with(share, MONTHS, *policies, seed=seed, check=True)
    assert model.record.rows == MONTHS + 1
    assert np.isfinite(model.record.values).all()


@settings(**WIDE | {"max_examples": 10})
@given(seed=st.integers(0, 2**32), draw=st.integers(0, 10_000))
def test_every_identity_holds_under_any_parameters(seed: int, draw: int) -> None:
    """All five reforms as documented, from their first month on; the parameters come from the priors."""
    drawn = default_parameters().drawn(np.random.default_rng(draw))
    scenario = dataclasses.replace(scenario_of(0.001, 15), parameters=drawn)
    model = CountyModel(scenario, seed=seed, check=True)
    model.run_for(15)
    assert np.isfinite(model.record.values).all()


@pytest.mark.parametrize("share", [0.001, 0.01])
def test_every_identity_holds_with_everything_off(share: float) -> None:
    model = run_with(share, 14, check=True)
    assert model.record.values[-1].any()
    assert model.record.public_cost.size == 0
    assert not model.ledger.public_total.any()


def test_every_identity_holds_as_documented() -> None:
    model = CountyModel(scenario_of(0.005, 24), seed=3, check=True)
    model.run_for(24)
    assert model.record.at("relocated_persons", "qujiang", 23) > 0.0


def test_a_run_that_breaks_a_law_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    model = run_with(0.001, 1, check=True)
    monkeypatch.setattr(model.ledger, "open_month", lambda: None)  # last month's payments stay on the page
    with pytest.raises(IdentityError, match="payers booked"):
        model.step()


STORES = {"storage_budget": 1e7, "storage_price": 100.0, "operator_support": 0.0, "collective_share": 0.3}


def test_rents_of_stored_land_and_of_blocks_are_booked_also_after_the_programme_has_ended() -> None:
    tenure = ForestTenure(ForestTenure.Settings(start="2023-01", end="2023-06", **STORES))
    model = CountyModel(scenario_of(0.005, 8, {tenure.name: tenure}), seed=1, check=True)
    model.run_for(6)
    assert model.ledger.spent[FOREST_STORAGE_BUDGET.name] > 0.0
    assert model.world.villages.block_rent.any()
    model.run_for(2)
    assert model.ledger.paid[:, PROPERTY, PUBLIC].sum() == 0.0
    assert model.world.counties.forest_let[:, STORED].sum() == 0.0
    assert model.world.villages.block_rent.any()


def test_rent_that_is_received_but_not_booked_is_found() -> None:
    model = run_with(0.005, 6, ForestTenure(ForestTenure.Settings(start="2023-01", **STORES)), check=True)
    model.ledger.spent[FOREST_STORAGE_BUDGET.name] *= 1.00001
    with pytest.raises(IdentityError, match="rents of stored land"):
        check_stored_rent(model.ledger)
    model.world.villages.block_rent *= 1.00001
    with pytest.raises(IdentityError, match="collective does not book"):
        check_block_rent(model.world)


@st.composite
def lever_tables(draw: st.DrawFn) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Draw a value by county for every lever that somebody moves."""
    return {
        lever.name: np.array(draw(st.lists(_levels(lever.neutral), min_size=N_COUNTIES, max_size=N_COUNTIES)))
        for lever in draw(st.lists(st.sampled_from(LEVERS), unique_by=lambda lever: lever.name))
    }


def _levels(neutral: float) -> st.SearchStrategy[float]:
    return st.sampled_from([0.2, 0.9, 1.0] if neutral == 1.0 else [0.0, 0.05, 0.9])


@settings(**WIDE)
@given(tables=lever_tables(), seed=st.integers(0, 2**32))
def test_every_identity_holds_when_levers_are_written_directly(
    tables: dict[str, np.ndarray[Any, np.dtype[np.float64]]], seed: int
) -> None:
    """No policy stands between: what a planner's own reform may write, mechanism by mechanism in month order."""
    model = CountyModel(scenario_of(0.001, 3, {}), seed=seed)
    levers, ledger = LeverBoard(["own"]), Ledger(["own"])
    levers.grant("own", 5.0e6)
    check = MonthCheck(model.world)
    for _ in range(3):
        _month(model, check, levers, ledger, tables)
        check.close(model.world, ledger, levers)
        check.open(model.world)
        model.world.month += 1


def _month(
    model: CountyModel,
    check: MonthCheck,
    levers: LeverBoard,
    ledger: Ledger,
    tables: dict[str, np.ndarray[Any, np.dtype[np.float64]]],
) -> None:
    ledger.open_month()
    levers.reset()
    for lever in LEVERS:
        if lever.name in tables:
            levers.write(lever, "own", tables[lever.name] * SCALES.get(lever.name, 1.0), np.ones(N_COUNTIES, bool))
    for mechanism in MECHANISMS:
        if mechanism.phase is Phase.DEMOGRAPHY:
            check.open_demography(model.world)
        mechanism.step(model.world, model.parameters[mechanism.name], levers, ledger)


SCALES = {
    "forest_certification": 1.0e5,
    "forest_block_capacity": 1.0e5,
    "forest_dividend": 30.0,
    "forest_storage_budget": 1.0e6,
    "forest_storage_price": 100.0,
    "whitelist_firms": 500.0,
    "talent_subsidy": 1.0e5,
    "relocation_homes": 400.0,
    "relocation_subsidy": 5.0e4,
    "relocation_consultations": 60.0,
    "signed_projects": 5.0,
    "signed_value": 1.0e9,
    "platform_posts": 300.0,
}
"""What a level of one means for levers that are no shares, in their units: bold settings."""
