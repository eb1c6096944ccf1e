"""A reform that can touch nobody changes nothing: the same bits, household by household and month by month."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from sim.calendar import month_label
from sim.levers import LEVERS
from sim.model import CountyModel
from sim.registry import POLICIES
from tests.models import assert_same_columns, policy_of, scenario_of

SHARE = 0.002
MONTHS = 15
EARLY = "2023-02"

EMPTY: dict[str, dict[str, Any]] = {
    "relocation": {"homes_per_month": 0.0, "consultations_per_month": 0.0},
    "forest_tenure": {
        "service_centres": 0.0,
        "transaction_cost_reduction": 0.0,
        "dividend": 0.0,
        "collective_share": 0.0,
        "storage_budget": 0.0,
        "operator_support": 0.0,
        "brand_eligibility": 0.0,
        "publicity": 0.0,
    },
    "talent_self_evaluation": {"whitelist_firms": 0.0},
    "innovation_platform": {"teams": 0.0, "spillover": 0.0, "research_support": 0.0},
    "investment_attraction": {"projects": 0.0, "value_before": 0.0},
}
"""Settings of each reform that leave nobody to be reached, in the settings' units."""


def _model(*policies: Any, months: int = MONTHS, seed: int = 1) -> CountyModel:
    return CountyModel(scenario_of(SHARE, months, {policy.name: policy for policy in policies}), seed=seed)


def _assert_same_months(one: CountyModel, other: CountyModel, months: int) -> None:
    """Step both; fail in the first month in which a column or an indicator that is no cost differs."""
    costless = [i for i, name in enumerate(_names()) if name != "public_cost"]
    for month in range(months):
        one.run_for(1)
        other.run_for(1)
        assert_same_columns(one.world, other.world)
        left, right = one.record.values[month + 1], other.record.values[month + 1]
        np.testing.assert_array_equal(left[:, costless], right[:, costless], err_msg=month_label(month))


def _names() -> list[str]:
    from sim.observables.indicators import NAMES

    return list(NAMES)


@pytest.mark.parametrize("name", [policy.name for policy in POLICIES])
def test_a_reform_that_reaches_nobody_changes_nobody(name: str) -> None:
    _assert_same_months(_model(policy_of(name, start=EARLY, **EMPTY[name])), _model(), MONTHS)


def test_these_settings_are_what_makes_each_reform_idle() -> None:
    """The test above can fail: at documented settings every reform changes the world within its months."""
    without = _model()
    without.run_for(MONTHS)
    for policy in POLICIES:
        reform = _model(policy_of(policy.name, start=EARLY))
        reform.run_for(MONTHS)
        with pytest.raises(AssertionError):
            assert_same_columns(reform.world, without.world)


def test_relocation_where_no_hamlet_is_eligible_moves_nobody() -> None:
    """Homes are built and stand empty: money is spent, no household notices."""
    models = [_model(policy_of("relocation")), _model()]
    for model in models:
        model.world.hamlets.eligible[:] = 0
    with_reform, without = models
    for _ in range(MONTHS):
        with_reform.run_for(1)
        without.run_for(1)
        assert_same_columns(with_reform.world, without.world, ("households", "hamlets", "villages", "enterprises"))
    assert with_reform.world.counties.homes[1] == with_reform.world.counties.homes_built[1] > 0.0


@pytest.mark.parametrize("name", [policy.name for policy in POLICIES])
def test_before_a_reform_starts_it_is_off(name: str) -> None:
    """The months before the start equal those without it; a start after the end of the run is no reform."""
    waiting = _model(policy_of(name, start=month_label(MONTHS)), months=MONTHS + 3)
    _assert_same_months(waiting, _model(months=MONTHS + 3), MONTHS)
    assert not waiting.ledger.public_total.any()


@pytest.mark.parametrize("name", [policy.name for policy in POLICIES])
def test_after_its_end_a_reform_moves_no_lever_and_spends_nothing(name: str) -> None:
    model = _model(policy_of(name, start="2023-01", end="2023-10"))
    model.run_for(10)
    assert not model.levers.is_neutral()
    for _ in range(3):
        model.run_for(1)
        assert model.levers.is_neutral()
        assert not any(model.levers.shares(lever).any() for lever in LEVERS)
        assert not model.ledger.public_cost.any()


def test_a_reform_that_ends_before_it_starts_never_runs() -> None:
    _assert_same_months(_model(policy_of("relocation", start="2023-06", end="2023-05")), _model(), 8)


def test_without_a_reform_the_run_is_that_of_the_others_alone() -> None:
    """`without` and `only` keep the settings and the draws of those that stay."""
    scenario = scenario_of(SHARE, MONTHS)
    names = tuple(scenario.policies)
    one = CountyModel(scenario.without("forest_tenure"), seed=1)
    other = CountyModel(scenario.only([name for name in names if name != "forest_tenure"]), seed=1)
    _assert_same_months(one, other, MONTHS)
    assert dataclasses.astuple(one.definition.outputs) == dataclasses.astuple(other.definition.outputs)
