"""Production: closed forms, kernel against plain Python, balanced growth, and what each parameter moves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.accounting import Ledger
from sim.levers import LeverBoard
from sim.mechanisms import production
from sim.mechanisms import production_kernel as kernel
from sim.mechanisms.production import MECHANISM, SERVICES, TRADABLE, ProductionParameters
from sim.places import QUJIANG
from sim.randomness import Purpose, uniform
from sim.sectors import ABOVE, BELOW, CONSTRUCTION, FARMING, MANUFACTURING, PROFESSIONAL, TRADE_TOURISM
from sim.world import World
from tests.firm_worlds import burnt_in, default_parameters, run
from tests.worlds import small_world

LEVERS = LeverBoard(())


def step(world: World, p: ProductionParameters) -> None:
    production.step(world, p, LEVERS, Ledger(()))


def test_output_has_constant_returns_and_the_elasticity_of_capital() -> None:
    once = kernel.output.py_func(2.0, 0.1, 300.0, 20.0, 0.6)
    assert once == pytest.approx(2.0 * math.exp(0.1) * 300.0**0.6 * 20.0**0.4)
    assert kernel.output.py_func(2.0, 0.1, 600.0, 40.0, 0.6) == pytest.approx(2.0 * once)


@given(st.floats(1.0, 1e9), st.floats(1.0, 1e9), st.floats(1.1, 3.0))
def test_revenue_is_a_weighted_geometric_mean_of_volume_and_market(volume: float, market: float, mu: float) -> None:
    expected = volume ** (1.0 / mu) * market ** (1.0 - 1.0 / mu)
    assert kernel.revenue.py_func(volume, market, mu) == pytest.approx(expected, rel=1e-9)


def test_revenue_at_price_one_is_the_volume() -> None:
    assert kernel.revenue.py_func(7.0, 7.0, 1.25) == pytest.approx(7.0)


def test_capital_falls_no_faster_than_it_wears_and_moves_to_what_is_desired() -> None:
    assert kernel.next_capital.py_func(100.0, 0.0, 0.5, 0.01) == pytest.approx(99.0)
    assert kernel.next_capital.py_func(100.0, 200.0, 0.1, 0.01) == pytest.approx(110.0)


def test_ramp_is_half_at_its_half_time_and_ends_at_one() -> None:
    assert kernel.ramp_of.py_func(8, 8.0, 3.0) == pytest.approx(0.5)
    assert kernel.ramp_of.py_func(32, 8.0, 3.0) == 1.0
    ramps = [kernel.ramp_of.py_func(age, 8.0, 3.0) for age in range(40)]
    assert ramps == sorted(ramps)


def test_shock_is_stationary_with_the_declared_spread() -> None:
    rng, rho, sd = np.random.default_rng(3), 0.97, 0.08
    shocks = rng.normal(0.0, sd, 20_000)
    for _ in range(60):
        shocks = kernel.next_shock.py_func(shocks, rho, sd * math.sqrt(1 - rho**2), rng.random(20_000))
    assert shocks.std() == pytest.approx(sd, rel=0.03)
    assert abs(shocks.mean()) < 0.003


def test_kernel_equals_a_plain_loop_over_firms() -> None:
    p, world = ProductionParameters(), small_world(2)
    step(world, p)
    world.month = 1
    before = world.enterprises.copy()
    cells = production.cells_of_month(world, p)
    step(world, p)
    state = world.stream(Purpose.PRODUCTIVITY)
    innovation = p.shock_sd * math.sqrt(1 - p.shock_persistence**2)
    for i in np.flatnonzero(before.active)[::7]:
        c, s, z = int(before.county[i]), int(before.sector[i]), int(before.size[i])
        a, mu, shock = cells.alpha[s, z], cells.markup[s], before.shock[i]
        if z == ABOVE:
            draw = uniform(state, before.id[i])
            shock = kernel.next_shock.py_func(shock, p.shock_persistence, innovation, draw)
        volume = kernel.output.py_func(
            before.scale[i], shock + cells.log_trend[s, z], before.capital[i], before.labour[i], a
        )
        sales = kernel.revenue.py_func(volume, before.demand[i] * cells.demand[c, s], mu)
        wanted = (1 - a) / mu * sales / cells.labour_cost[c, s, z]
        after = kernel.next_capital.py_func(
            before.capital[i], a / mu * 12 * sales / p.user_cost, p.capital_adjustment, p.depreciation / 12
        )
        assert world.enterprises.value_added[i] == pytest.approx(volume * cells.in_use[s], rel=1e-12)
        assert world.enterprises.desired_labour[i] == pytest.approx(wanted, rel=1e-12)
        assert world.enterprises.capital[i] == pytest.approx(after, rel=1e-12)


def test_a_firm_keeps_its_level_when_it_is_commissioned() -> None:
    p, world = ProductionParameters(shock_sd=0.03), small_world(1)
    held = world.enterprises.value_added.copy()
    below = (world.enterprises.active == 1) & (world.enterprises.size == BELOW)
    step(world, p)
    np.testing.assert_allclose(world.enterprises.value_added[below], held[below], rtol=1e-9)


def test_spare_rows_stay_untouched() -> None:
    world = small_world(1)
    step(world, ProductionParameters())
    spare = world.enterprises.active == 0
    assert spare.any()
    assert not world.enterprises.value_added[spare].any()
    assert not world.enterprises.age[spare].any()


def test_county_value_added_is_firms_farms_and_building() -> None:
    world, p = small_world(4), ProductionParameters()
    world.counties.construction_spending[:] = 5e6
    step(world, p)
    firms = world.enterprises
    weighted = firms.weight * firms.value_added * firms.active
    total = np.bincount(firms.county, weighted, 6) + production.farm_output(world, p) + 5e6
    np.testing.assert_allclose(world.counties.value_added.sum(axis=1), total, rtol=1e-12)
    industry = (firms.size == ABOVE) & np.isin(firms.sector, np.flatnonzero(TRADABLE))
    above = np.bincount(firms.county, weighted * industry, 6)
    np.testing.assert_allclose(world.counties.value_added_above, above, rtol=1e-12)


@pytest.mark.parametrize(("year", "fade"), [(-3, 0.0007), (-3, 0.0), (0, 0.0007), (5, 0.0015)])
def test_demand_for_services_grows_by_its_trend_less_what_has_faded(year: int, fade: float) -> None:
    """The fade runs through: before January 2023 the trend was higher by it, not lower."""
    p = ProductionParameters(services_fade=fade)
    assert production.demand_growth(p, 12 * year) == (p.demand_trend, p.services_trend - fade * year)
    after, before = production.log_demand(p, 12 * year + 1), production.log_demand(p, 12 * year - 1)
    np.testing.assert_allclose(6.0 * np.subtract(after, before), production.demand_growth(p, 12 * year), rtol=1e-9)
    assert production.log_demand(p, 0) == (0.0, 0.0)


def test_services_lose_sales_in_2022_only_and_keep_the_declared_mean() -> None:
    p = ProductionParameters()
    year = [production.services_dip(p, month) for month in range(-12, 0)]
    assert np.mean(year) == pytest.approx(p.services_rebound)
    assert year[0] > year[-1] > 0.0
    assert production.services_dip(p, 0) == production.services_dip(p, -13) == 0.0


def test_services_rebound_does_not_change_plans() -> None:
    worlds = [small_world(1), small_world(1)]
    values = []
    for world, rebound in zip(worlds, (0.02, 0.045), strict=True):
        p = ProductionParameters(services_rebound=rebound)
        step(world, p)
        world.month = -12
        step(world, p)
        values.append(world.counties.value_added.copy())
    np.testing.assert_allclose(worlds[0].enterprises.desired_labour, worlds[1].enterprises.desired_labour)
    assert np.all(values[0][:, SERVICES] > values[1][:, SERVICES])
    np.testing.assert_allclose(values[0][:, ~SERVICES], values[1][:, ~SERVICES])


def test_economy_without_shocks_grows_at_the_balanced_rate() -> None:
    parameters = default_parameters(
        production__shock_sd=0.03,
        production__services_fade=0.0,
        projects__ordinary_signing=0.02,
        projects__inherited_campaign=0.0,
        entry_exit__closure=0.02,
    )
    p = parameters["production"]
    assert isinstance(p, ProductionParameters)
    world = burnt_in(3, parameters)
    value, _ = run(world, parameters, 96)
    alpha, markup, tfp = production.technology(p)
    expected, _ = production.balanced_growth(
        alpha[PROFESSIONAL, BELOW], markup[PROFESSIONAL], tfp[PROFESSIONAL, BELOW], p.services_trend, 0.045
    )
    services = value[:, :, PROFESSIONAL].sum(axis=1)
    growth = math.log(services[84:96].sum() / services[24:36].sum()) / 5
    assert growth == pytest.approx(float(expected), abs=0.003)


def test_wages_follow_county_and_sector_skill() -> None:
    world, p = small_world(1), ProductionParameters()
    before = production.cells_of_month(world, p).labour_cost
    world.counties.wage[QUJIANG, 1] *= 2.0
    after = production.cells_of_month(world, p).labour_cost
    ratio = after[QUJIANG, :, 0] / before[QUJIANG, :, 0]
    assert ratio[PROFESSIONAL] > ratio[MANUFACTURING] > ratio[FARMING] > 1.0
    others = np.arange(6) != QUJIANG
    np.testing.assert_array_equal(after[others], before[others])


@pytest.mark.parametrize(
    ("name", "value", "sector", "size", "sign"),
    [
        ("alpha_above", 0.66, MANUFACTURING, ABOVE, -1),
        ("alpha_below", 0.47, TRADE_TOURISM, BELOW, -1),
        ("markup", 1.4, MANUFACTURING, ABOVE, -1),
        ("services_markup", 2.0, TRADE_TOURISM, BELOW, -1),
        ("tfp_trend", 0.028, MANUFACTURING, ABOVE, 1),
        ("tfp_trend_below", 0.036, TRADE_TOURISM, BELOW, 1),
        ("demand_trend", 0.05, MANUFACTURING, ABOVE, 1),
        ("services_trend", 0.055, TRADE_TOURISM, BELOW, 1),
        ("services_fade", 0.0015, TRADE_TOURISM, BELOW, -1),
        ("price_trend", 0.02, MANUFACTURING, BELOW, 1),
    ],
)
def test_technology_and_trends_move_labour_demand(name: str, value: float, sector: int, size: int, sign: int) -> None:
    wanted = [_wanted_after(ProductionParameters().replaced(change)) for change in ({}, {name: value})]
    change = wanted[1][:, sector, size] / wanted[0][:, sector, size] - 1.0
    assert np.all(sign * change > 1e-6)


def _wanted_after(p: ProductionParameters) -> np.ndarray:
    world = small_world(5)
    for world.month in (0, 24):
        step(world, p)
    return production.sum_by_cell(world.enterprises, world.enterprises.desired_labour)


@pytest.mark.parametrize(
    ("name", "value", "sign"),
    [("user_cost", 0.23, -1), ("depreciation", 0.06, 1), ("capital_adjustment", 0.01, -1)],
)
def test_parameters_of_investment_move_capital(name: str, value: float, sign: int) -> None:
    capital = []
    for change in ({}, {name: value}):
        world, p = small_world(5), ProductionParameters().replaced(change)
        falling = name == "depreciation"
        world.enterprises.capital[:] *= 10.0 if falling else 0.1
        step(world, p)
        capital.append(world.enterprises.capital.sum())
    assert sign * (capital[1] - capital[0]) > 0.0


def test_local_demand_elasticity_and_farm_trend() -> None:
    world = small_world(1)
    world.counties.local_demand[:] = 1.2
    low, high = (production.cells_of_month(world, ProductionParameters(local_demand_elasticity=x)) for x in (0.1, 0.6))
    assert np.all(high.demand[:, SERVICES] > low.demand[:, SERVICES])
    np.testing.assert_array_equal(high.demand[:, ~SERVICES], low.demand[:, ~SERVICES])
    world.month = 24
    farms = [production.farm_output(world, ProductionParameters(farm_trend=x)).sum() for x in (0.02, 0.045)]
    assert farms[1] > farms[0]


@pytest.mark.parametrize(("name", "value"), [("shock_sd", 0.15), ("shock_persistence", 0.95)])
def test_shock_parameters_move_only_firms_above_designated_size(name: str, value: float) -> None:
    worlds = [small_world(1), small_world(1)]
    for world, change in zip(worlds, ({}, {name: value}), strict=True):
        for world.month in (0, 1):
            step(world, ProductionParameters().replaced(change))
    a, b = worlds[0].enterprises, worlds[1].enterprises
    large = (a.active == 1) & (a.size == ABOVE)
    assert np.all(a.shock[large] != b.shock[large])
    np.testing.assert_array_equal(a.shock[~large], 0.0)


def test_ramp_half_time_delays_a_plant() -> None:
    output = []
    for half_time in (4.0, 14.0):
        world = small_world(1)
        row = int(np.flatnonzero(world.enterprises.active == 0)[0])
        firms = world.enterprises
        firms.active[row], firms.size[row], firms.sector[row], firms.weight[row] = (
            1,
            ABOVE,
            MANUFACTURING,
            1.0,
        )
        firms.demand[row] = 1e7
        for world.month in range(9):
            step(world, ProductionParameters(ramp_half_time=half_time))
            firms.labour[row] = firms.desired_labour[row]
        output.append(firms.value_added[row])
    assert output[0] > 2.0 * output[1]


def test_a_full_plant_makes_its_capacity() -> None:
    world, p = small_world(1), ProductionParameters(shock_sd=0.03)
    firms = world.enterprises
    row = int(np.flatnonzero(firms.active == 0)[0])
    firms.active[row], firms.size[row], firms.sector[row], firms.weight[row] = 1, ABOVE, MANUFACTURING, 1.0
    firms.demand[row], firms.ramp[row] = 1e7, 1.0
    step(world, p)
    assert firms.value_added[row] == pytest.approx(1e7 * math.exp(firms.shock[row]), rel=1e-9)
    assert firms.desired_labour[row] == pytest.approx(firms.labour[row], rel=0.2)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 5.0), st.floats(0.0, 3.0))
def test_columns_stay_finite_and_positive(seed: int, demand: float, capital: float) -> None:
    world = small_world(seed % 7, villages_per_county=1, hamlets_per_village=1, households=1)
    world.counties.local_demand[:] = demand
    world.enterprises.capital *= 10.0**capital
    for world.month in range(-14, 6):
        step(world, ProductionParameters())
    for name in ("value_added", "capital", "desired_labour", "investment", "scale"):
        column = getattr(world.enterprises, name)
        assert np.all(np.isfinite(column))
        assert np.all(column >= 0.0)
    assert np.all(world.counties.value_added[:, CONSTRUCTION] > 0.0)


def test_parameters_of_the_years_before_are_read_by_the_burn_in() -> None:
    """`wage_trend_before` and `hiring_speed_before` act before January 2023 only."""
    default = burnt_in(1)
    for change in ({"production__wage_trend_before": 0.055}, {"production__hiring_speed_before": 0.6}):
        other = burnt_in(1, default_parameters(**change))
        assert not np.allclose(other.base.value_added_by_month, default.base.value_added_by_month, rtol=1e-6)


def test_mechanism_declares_no_lever() -> None:
    assert MECHANISM.levers == ()
