"""The burn-in: published margins hold, the pipeline exists, nothing depends on what it should not."""

from __future__ import annotations

import numpy as np
import pytest

from sim.burn_in import burn_in, labour_cost, stationary_law
from sim.errors import PopulationError
from sim.mechanisms.production import ProductionParameters, sum_by_cell, technology
from sim.places import QUJIANG
from sim.sectors import ABOVE, FORESTRY_PROCESSING, LOGISTICS, MANUFACTURING, OFFICIAL_OF_SECTOR
from sim.world import BUILDING, OPERATING, SIGNED
from tests.firm_worlds import burnt_in, default_parameters, firm_world, margins, run


def test_margins_of_2022_hold_by_county_and_official_sector() -> None:
    published, above = margins()
    base = burnt_in(2).base
    found = base.value_added_by_month.sum(axis=0)
    for official in range(3):
        sectors = np.array(OFFICIAL_OF_SECTOR) == official
        tolerance = 1e-3 if official == 0 else 1e-9
        np.testing.assert_allclose(found[:, sectors].sum(axis=1), published[:, sectors].sum(axis=1), rtol=tolerance)
    np.testing.assert_allclose(base.above_by_month.sum(axis=0), above, rtol=1e-9)
    np.testing.assert_allclose(found[:, LOGISTICS:], published[:, LOGISTICS:], rtol=1e-9)


def test_industry_keeps_its_split_by_sector() -> None:
    world = burnt_in(2, default_parameters(projects__inherited_campaign=0.0))
    found, industry = world.base.value_added_by_month.sum(axis=0), [FORESTRY_PROCESSING, MANUFACTURING]
    np.testing.assert_allclose(found[:, industry], world.base.value_added_2022[:, industry], rtol=0.02)


def test_workers_of_every_cell_are_those_of_the_population() -> None:
    before = firm_world(2)
    workers = sum_by_cell(before.enterprises, before.enterprises.labour)
    after = burnt_in(2)
    np.testing.assert_allclose(sum_by_cell(after.enterprises, after.enterprises.labour), workers, rtol=1e-9)


def test_labour_cost_is_the_wage_bill_of_a_worker_and_the_citys_where_a_county_has_no_firm() -> None:
    workers, bill = np.zeros((6, 10, 2)), np.zeros((6, 10, 2))
    workers[:, MANUFACTURING, ABOVE] = [10.0, 20.0, 0.0, 10.0, 10.0, 10.0]
    bill[:, MANUFACTURING, ABOVE] = 5_000.0 * workers[:, MANUFACTURING, ABOVE]
    bill[1, MANUFACTURING, ABOVE] *= 2.0
    cost = labour_cost(bill, workers)
    of_city = (40.0 * 5_000.0 + 20.0 * 10_000.0) / 60.0
    np.testing.assert_allclose(cost[:, MANUFACTURING, ABOVE], [5_000.0, 10_000.0, of_city, *[5_000.0] * 3])
    assert np.all(cost[:, FORESTRY_PROCESSING] == 1.0)


def test_first_month_goes_on_from_the_last_one() -> None:
    parameters = default_parameters()
    world = burnt_in(4, parameters)
    last = world.base.value_added_by_month[-1].copy()
    value, _ = run(world, parameters, 1)
    np.testing.assert_allclose(value[0][:, 1:], last[:, 1:], rtol=0.12)
    services = slice(LOGISTICS, None)
    jump = value[0][:, services].sum() / last[:, services].sum()
    assert 1.01 < jump < 1.03


def test_projects_of_every_stage_exist_and_plants_have_firms() -> None:
    world = burnt_in(1)
    projects = world.projects
    for state in (SIGNED, BUILDING, OPERATING):
        assert (projects.state == state).sum() > 3
    assert np.all(projects.signed[projects.state > 0] < 0)
    running = projects.state == OPERATING
    firms = projects.enterprise[running]
    assert np.all(world.enterprises.active[firms] == 1)
    assert np.all(world.enterprises.size[firms] == ABOVE)
    assert np.all(np.isin(world.enterprises.sector[firms], (FORESTRY_PROCESSING, MANUFACTURING)))
    np.testing.assert_array_equal(world.enterprises.project[firms], np.flatnonzero(running))


def test_pipeline_of_qujiang_is_that_of_the_parameters() -> None:
    """The value signed is the declared one; 40 seeds, standard error about 2 percent."""
    totals = []
    for seed in range(40):
        projects = burnt_in(seed).projects
        late = (projects.county == QUJIANG) & (projects.state > 0) & (projects.signed >= -24)
        totals.append(projects.value[late].sum())
    assert np.mean(totals) == pytest.approx(27e9, rel=0.08)


def test_ordinary_signing_leaves_qujiang_a_small_pipeline() -> None:
    inherited = burnt_in(1).projects
    ordinary = burnt_in(1, default_parameters(projects__inherited_campaign=0.0)).projects
    counts = [np.sum((p.county == QUJIANG) & (p.state > 0) & (p.signed >= -24)) for p in (inherited, ordinary)]
    assert counts[0] > 2 * counts[1] > 0
    others = [np.sum((p.county != QUJIANG) & (p.state > 0)) for p in (inherited, ordinary)]
    assert others[0] == others[1]


def test_same_seed_gives_the_same_bits_and_another_another_world() -> None:
    first, second, other = burnt_in(1), burnt_in(1), burnt_in(2)
    for name in first.enterprises.column_names():
        np.testing.assert_array_equal(getattr(first.enterprises, name), getattr(second.enterprises, name))
    assert not np.array_equal(first.projects.value, other.projects.value)


def test_wages_and_month_are_those_of_january_2023() -> None:
    before, after = firm_world(1), burnt_in(1)
    np.testing.assert_allclose(after.counties.wage, before.counties.wage)
    assert after.month == 0


def test_firms_are_as_old_in_january_2023_as_the_population_says_and_plants_as_they_have_run() -> None:
    before, world = firm_world(1), burnt_in(1)
    firms, projects = world.enterprises, world.projects
    established = before.enterprises.active == 1
    np.testing.assert_array_equal(firms.age[established], before.enterprises.age[established])
    running = projects.state == OPERATING
    np.testing.assert_array_equal(firms.age[projects.enterprise[running]], -projects.completed[running])


def test_level_of_a_county_scales_out() -> None:
    """Twice the published services of a county double its firms and leave their growth alone."""
    parameters = default_parameters(projects__ordinary_signing=0.02)
    plain, doubled = firm_world(1), firm_world(1)
    doubled.base.value_added_2022[0, LOGISTICS:] *= 2.0
    growth = []
    for world in (plain, doubled):
        burn_in(world, parameters)
        months = world.base.value_added_by_month[:, 0, LOGISTICS:].sum(axis=1)
        growth.append(months / months[0])
    np.testing.assert_allclose(growth[0], growth[1], rtol=1e-9)


def test_a_sector_without_firms_is_an_error() -> None:
    world = firm_world(1)
    world.enterprises.active[(world.enterprises.county == 0) & (world.enterprises.sector == 5)] = 0
    with pytest.raises(PopulationError, match=r"\[0, 5\]"):
        burn_in(world, default_parameters())


def test_stationary_law_is_the_one_simulated() -> None:
    p, rng, n = ProductionParameters(), np.random.default_rng(1), 20_000
    alpha, markup, _ = technology(p)
    a, mu = alpha[MANUFACTURING, ABOVE], markup[MANUFACTURING]
    sd, slope, rest = stationary_law(p, np.array(a), np.array(mu))
    shock = sd * rng.standard_normal(n)
    capital = slope * shock + rest * rng.standard_normal(n)
    start = np.cov(shock, capital)
    for _ in range(120):
        volume = (shock + a * capital) / (1 - (1 - a) / mu)
        capital = capital + p.capital_adjustment * (volume / mu - capital)
        noise = sd * np.sqrt(1 - p.shock_persistence**2) * rng.standard_normal(n)
        shock = p.shock_persistence * shock + noise
    np.testing.assert_allclose(np.cov(shock, capital), start, rtol=0.08)
