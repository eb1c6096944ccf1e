"""What limits a reform, limits it: money, acceptance, homes, quotas, the centres' capacity."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest

from sim.mechanisms.talent import quota
from sim.model import CountyModel
from sim.observation import YEAR_2024, relocated_persons
from sim.places import CITY
from tests.models import policy_of, run_with, scenario_of

SHARE = 0.01
MONTHS = 21
"""January 2023 to September 2024, the months the documents on relocation speak of."""


@functools.cache
def _relocation(budget: float | None = None) -> CountyModel:
    return run_with(SHARE, MONTHS, policy_of("relocation", budget=budget))


def test_a_binding_budget_serves_fewer_leaves_a_queue_and_is_never_overdrawn() -> None:
    free, budget = _relocation(), 2.5e8
    bound = _relocation(budget)
    assert bound.ledger.public_total.sum() <= budget < free.ledger.public_total.sum()
    assert 0.0 < relocated_persons(bound.record) < 0.8 * relocated_persons(free.record)
    moved = bound.record.series("relocated_persons", "qujiang")
    assert moved[-1] == moved[-3]  # the money is gone
    queue = bound.record.series("relocation_queue", "qujiang")
    assert (queue[-6:] > 0.0).all()
    assert queue[-1] >= queue[-3], "who waits when the money is gone waits on"


def test_a_budget_that_does_not_bind_changes_nobody() -> None:
    free, rich = _relocation(), _relocation(1.0e12)
    np.testing.assert_array_equal(rich.record.values, free.record.values)


@pytest.mark.parametrize("budget", [0.0, 1.0e7, 1.0e8])
def test_no_reform_spends_more_than_its_budget(budget: float) -> None:
    names = scenario_of(SHARE, 1).policies
    model = run_with(0.002, MONTHS, *(policy_of(name, start="2023-01", budget=budget) for name in names))
    spent = dict(zip(model.ledger.programmes, model.ledger.public_total.sum(axis=1), strict=True))
    assert {name: cost for name, cost in spent.items() if cost > budget * (1.0 + 1e-12)} == {}


def test_at_the_median_acceptance_binds_and_homes_do_not() -> None:
    """30 % more acceptance moves more than 30 % more homes does: mean over seeds, by three standard errors.

    The same seeds pair the runs, so the standard error is that of the differences between them.
    """
    seeds = range(1, 9)
    homes = 1.3 * policy_of("relocation").settings.homes_per_month
    acceptance = 1.3 * scenario_of(SHARE, 1).parameters.flat()["relocation.acceptance"]
    base = _moved(seeds)
    by_homes = _moved(seeds, homes_per_month=homes) - base
    by_acceptance = _moved(seeds, acceptance) - base
    gap = by_acceptance - by_homes
    assert gap.mean() > 3.0 * gap.std(ddof=1) / np.sqrt(gap.size)
    assert by_homes.mean() < 0.05 * base.mean()


def _moved(seeds: range, acceptance: float | None = None, **settings: float) -> np.ndarray:
    """Return the relocated persons of each seed, shape (seeds,)."""
    scenario = scenario_of(SHARE, MONTHS, {"relocation": policy_of("relocation", **settings)})
    if acceptance is not None:
        changed = scenario.parameters.replaced({"relocation.acceptance": acceptance})
        scenario = dataclasses.replace(scenario, parameters=changed)
    moved = []
    for seed in seeds:
        model = CountyModel(scenario, seed=seed)
        model.run_for(MONTHS)
        moved.append(relocated_persons(model.record))
    return np.array(moved)


def test_the_talent_quota_is_slack_for_most_firms_and_exceeded_by_none() -> None:
    model = run_with(SHARE, 24, policy_of("talent_self_evaluation"))
    firms = model.world.enterprises
    listed = firms.whitelisted == 1
    places = quota(firms.talents[listed], np.full(np.count_nonzero(listed), 0.05))
    used = firms.certified_year[listed]
    with_places = places > 0.0
    slack = used[with_places] < places[with_places]
    assert used.sum() > 0.0
    assert slack.mean() > 0.5
    assert (firms.certified_year[~listed] <= firms.certified[~listed]).all()
    assert (used <= places).mean() > 0.95  # a firm that shrank since keeps what it certified


def test_the_forest_increment_is_reported_by_channel() -> None:
    """Channels add up to the land let, each flow is recorded, and blocks carry most of 2024's flow."""
    model = run_with(SHARE, 24, policy_of("forest_tenure"))
    record = model.record
    channels = ("single", "pooled", "stored")
    stocks = sum(record.series(f"forest_let_{channel}", CITY) for channel in channels)
    np.testing.assert_allclose(stocks, record.series("forest_let", CITY), rtol=1e-12)
    flows = {channel: record.total(f"forest_flow_{channel}", CITY, *YEAR_2024) for channel in channels}
    increment = record.at("forest_let", CITY, YEAR_2024[1]) - record.at("forest_let", CITY, YEAR_2024[0] - 1)
    assert all(flow > 0.0 for flow in flows.values())
    assert sum(flows.values()) >= increment > 0.0  # the rest: leases that ended
    assert flows["pooled"] > 0.5 * sum(flows.values())
