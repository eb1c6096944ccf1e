from __future__ import annotations

import numpy as np
import pytest

from sim.calendar import BURN_IN_MONTHS
from sim.evidence import Evidence
from sim.places import CITY, KECHENG
from sim.population import Blueprint, build_world
from sim.population.firms import REVENUE_HIGH, REVENUE_LOW, relative_sizes
from sim.population.value_added import branch_table
from sim.sectors import ABOVE, BELOW, FARMING, MANUFACTURING, N_SECTORS, TRADE_TOURISM
from sim.world import World

VALUE_ADDED_RATE = 0.198


def cells(world: World, column: str) -> np.ndarray:
    firms = world.enterprises
    out = np.zeros((6, N_SECTORS, 2))
    np.add.at(out, (firms.county, firms.sector, firms.size), firms.weight * getattr(firms, column) * firms.active)
    return out


@pytest.mark.parametrize("share", [0.001, 0.01, 0.3])
def test_output_and_jobs_of_every_cell_are_exact_at_every_share(
    evidence: Evidence, plan: Blueprint, share: float
) -> None:
    world = build_world(share, 5, evidence)
    wanted = plan.economy.value_added.copy()
    wanted[:, FARMING] = 0.0
    np.testing.assert_allclose(12 * cells(world, "value_added"), wanted, rtol=1e-9)
    np.testing.assert_allclose(cells(world, "labour"), plan.economy.jobs, rtol=1e-9)
    firms = world.enterprises
    live = firms.active == 1
    rows = np.zeros((6, N_SECTORS, 2), dtype=int)
    np.add.at(rows, (firms.county[live], firms.sector[live], firms.size[live]), 1)
    assert rows[:, 1:, BELOW].min() >= 3
    assert np.all(firms.weight[live & (firms.size == ABOVE)] == 1.0)


def test_jobs_are_the_workers_of_the_households(plan: Blueprint) -> None:
    np.testing.assert_allclose(plan.economy.jobs.sum(axis=(1, 2)), plan.chances.jobs.sum(axis=1))


def test_revenue_above_size_is_a_truncated_pareto() -> None:
    sizes = relative_sizes(1200, MANUFACTURING, ABOVE)
    assert sizes.min() > REVENUE_LOW
    assert sizes.max() < REVENUE_HIGH
    assert np.all(np.diff(sizes) > 0)
    above_100m = np.mean(sizes > 1e8)
    tail = (REVENUE_LOW / REVENUE_HIGH) ** 0.82
    assert above_100m == pytest.approx(((0.2) ** 0.82 - tail) / (1 - tail), abs=1e-3)


def test_revenue_distribution_of_the_city_is_plausible(full: World) -> None:
    firms = full.enterprises
    industry = (firms.active == 1) & (firms.size == ABOVE) & (firms.sector <= MANUFACTURING)
    revenue = 12 * firms.value_added[industry] / VALUE_ADDED_RATE
    assert industry.sum() == 1200
    assert 35 <= np.count_nonzero(revenue > 1e9) <= 60
    assert 0.03 <= revenue.max() / revenue.sum() <= 0.12


def test_sizes_below_designated_size_are_lognormal_quantiles() -> None:
    logs = np.log(relative_sizes(999, TRADE_TOURISM, BELOW))
    assert logs[499] == pytest.approx(0.0, abs=1e-12)
    assert logs.std() == pytest.approx(1.0, abs=0.01)


def test_the_city_administers_the_largest_firms_of_kecheng(full: World) -> None:
    firms = full.enterprises
    city = firms.city_administered == 1
    assert city.sum() == 400
    assert np.all((firms.county[city] == KECHENG) & (firms.size[city] == ABOVE))
    others = (firms.active == 1) & ~city & (firms.county == KECHENG) & (firms.size == ABOVE)
    assert firms.value_added[city].min() >= firms.value_added[others].max()
    assert firms.talents[city].mean() == pytest.approx(30.0, rel=0.25)


def test_ages_have_the_stated_mean_and_nobody_is_younger_than_the_burn_in(full: World) -> None:
    firms = full.enterprises
    for size, mean in ((BELOW, 60.0), (ABOVE, 120.0)):
        ages = firms.age[(firms.active == 1) & (firms.size == size)]
        assert ages.min() == BURN_IN_MONTHS + 1
        assert ages.mean() == pytest.approx(mean, abs=5.0 * ages.std() / np.sqrt(len(ages)))


def test_spare_rows_are_empty(full: World) -> None:
    firms = full.enterprises
    spare = firms.active == 0
    assert spare.sum() == 400 + 12_000
    assert np.all(firms.weight[spare] == 0.0)
    assert np.all(firms.id[~spare] != 0)
    assert np.unique(firms.id[~spare]).size == np.count_nonzero(~spare)
    assert np.all(full.projects.state == 0)


def test_branches_have_official_margins(evidence: Evidence) -> None:
    table = branch_table(evidence)
    official = [evidence.value(f"gdp_{s}", CITY, 2022) for s in ("primary", "secondary", "tertiary")]
    np.testing.assert_allclose([table[:, 0].sum(), table[:, 1:4].sum(), table[:, 4].sum()], official)
    assert np.all(table > 0)
