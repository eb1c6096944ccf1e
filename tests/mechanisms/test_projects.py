"""Projects: signing, landing, building, plants, and what each parameter moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.accounting import Ledger
from sim.levers import APPROVAL_SPEED, SIGNED_PROJECTS, SIGNED_VALUE, LeverBoard
from sim.mechanisms import production, projects
from sim.mechanisms.production import ProductionParameters
from sim.mechanisms.projects import CAMPAIGN, MECHANISM, ORDINARY, ProjectParameters
from sim.mechanisms.projects_kernel import gamma_quantile, landing_probability
from sim.places import KECHENG, N_COUNTIES, QUJIANG
from sim.sectors import ABOVE, BELOW, FORESTRY_PROCESSING, MANUFACTURING
from sim.world import BUILDING, OPERATING, SIGNED, World
from tests.worlds import small_world

HERE = np.arange(N_COUNTIES) == QUJIANG
EVERYWHERE = np.ones(N_COUNTIES, dtype=bool)


def world_with_gdp(seed: int = 1, gdp: float = 36e9, land: float | None = None) -> World:
    """Return a world whose counties have a GDP (CNY a year) and, if given, land as for another GDP."""
    world = small_world(seed, villages_per_county=1, hamlets_per_village=1, households=1)
    world.enterprises.demand[:] = world.enterprises.value_added
    world.counties.value_added[:] = gdp / 12 / 10
    world.base.value_added_2022[:] = (land or gdp) / 10
    return world


def campaign(number: float, value: float = 1e9, speed: float = 1.0) -> LeverBoard:
    board = LeverBoard(("campaign",))
    board.write(SIGNED_PROJECTS, "campaign", number, HERE)
    board.write(SIGNED_VALUE, "campaign", value, HERE)
    board.write(APPROVAL_SPEED, "campaign", speed, EVERYWHERE)
    return board


def sign_campaign(world: World, p: ProjectParameters, due: np.ndarray) -> None:
    """Sign campaign projects of 1 bn CNY, `due` by county, and no ordinary ones."""
    projects.sign(world, p, np.stack([np.zeros(N_COUNTIES), due]), np.full(N_COUNTIES, 1e9))


def run(world: World, p: ProjectParameters, board: LeverBoard, months: int) -> np.ndarray:
    """Run and return landings by month and county."""
    landed = []
    for world.month in range(months):
        projects.step(world, p, board, Ledger(board.programmes))
        landed.append(world.counties.landed_projects.copy())
    return np.array(landed)


def test_ordinary_signing_is_a_share_of_gdp() -> None:
    p, world = ProjectParameters(), world_with_gdp()
    run(world, p, LeverBoard(()), 60)
    signed = (world.projects.state > 0).sum()
    assert signed == pytest.approx(6 * 5 * 36e9 * p.ordinary_signing / p.ordinary_value, abs=6)


def test_neutral_levers_sign_no_campaign_project() -> None:
    world = world_with_gdp()
    run(world, ProjectParameters(), LeverBoard(()), 24)
    assert world.projects.campaign.sum() == 0


def test_lever_signs_that_many_projects_of_that_mean_value_in_its_county() -> None:
    world = world_with_gdp(gdp=1e9, land=1e15)
    run(world, ProjectParameters(), campaign(14 / 9, 0.7e9), 90)
    mine = world.projects.campaign == 1
    assert mine.sum() == pytest.approx(140, abs=1)
    assert np.all(world.projects.county[mine] == QUJIANG)
    assert world.projects.value[mine].mean() == pytest.approx(0.7e9, rel=0.2)


def test_signing_credit_never_reaches_a_whole_project() -> None:
    world = world_with_gdp()
    run(world, ProjectParameters(), campaign(2.3), 30)
    assert np.all((world.counties.signing_credit >= 0.0) & (world.counties.signing_credit < 1.0))


def test_landing_follows_the_hazard_with_land_to_spare() -> None:
    """180 projects at 0.30: the share after a month is 0.259, standard error 0.033; the bar is 4 of these."""
    world = world_with_gdp(gdp=1e15)
    p = ProjectParameters(ordinary_signing=0.02)
    sign_campaign(world, p, np.full(6, 30.0))
    projects.advance(world, p, np.ones(6))
    share = (world.projects.state[world.projects.state > 0] == BUILDING).mean()
    assert share == pytest.approx(1 - np.exp(-0.30), abs=0.13)
    chance = landing_probability(0.3, 1.0, 0.0, 1.5)
    assert chance == pytest.approx(1 - np.exp(-0.3))


def test_landing_is_half_as_fast_at_the_land_limit_and_slower_beyond() -> None:
    chance = np.array([landing_probability(0.2, 1.0, burden, 1.5) for burden in (0.0, 1.5, 6.0)])
    rates = -np.log1p(-chance)
    assert rates[1] == pytest.approx(rates[0] / 2)
    assert rates[2] < rates[1] / 50


@given(st.floats(1.0, 30.0), st.floats(0.2, 0.5))
def test_construction_time_has_the_moments_of_the_gamma(mean: float, spread: float) -> None:
    normals = np.random.default_rng(1).standard_normal(40_000).tolist()
    draws = np.array([gamma_quantile(normal, mean, spread) for normal in normals])
    assert draws.mean() == pytest.approx(mean, rel=0.01)
    assert draws.std() == pytest.approx(mean * spread, rel=0.02)
    assert draws.min() >= 0.0


def test_money_spent_on_building_is_the_realised_value() -> None:
    p, world = ProjectParameters(ordinary_signing=0.02), world_with_gdp(gdp=1.0)
    sign_campaign(world, p, np.array([3.0, 0, 0, 0, 0, 0]))
    spent = 0.0
    for world.month in range(80):
        projects.advance(world, p, np.ones(6))
        spent += world.counties.construction_spending[KECHENG] / p.construction_share
    assert np.all(world.projects.state[:3] == OPERATING)
    assert spent == pytest.approx(p.realised_share * world.projects.value[:3].sum(), rel=1e-9)


def test_plant_takes_a_spare_row_with_its_capacity() -> None:
    p, world = ProjectParameters(ordinary_signing=0.02), world_with_gdp()
    firms = world.enterprises
    before = int(firms.active.sum())
    sign_campaign(world, p, HERE.astype(float))
    for world.month in range(60):
        projects.advance(world, p, np.full(6, 10.0))
    row = int(world.projects.enterprise[0])
    assert firms.active.sum() == before + 1
    assert (firms.county[row], firms.size[row], firms.project[row]) == (QUJIANG, ABOVE, 0)
    assert firms.sector[row] in (FORESTRY_PROCESSING, MANUFACTURING)
    capacity = p.realised_share * world.projects.value[0] / p.plant_capital_output / 12
    assert firms.demand[row] == pytest.approx(capacity)
    production.step(world, ProductionParameters(), LeverBoard(()), Ledger(()))
    assert 0.0 < firms.value_added[row] < 0.1 * capacity


def test_without_spare_rows_the_largest_firm_grows() -> None:
    p, world = ProjectParameters(ordinary_signing=0.02), world_with_gdp()
    world.enterprises.active[world.enterprises.active == 0] = 1
    capital = world.enterprises.capital.copy()
    sign_campaign(world, p, HERE.astype(float))
    for world.month in range(60):
        projects.advance(world, p, np.full(6, 10.0))
    (row,) = np.flatnonzero(world.enterprises.capital != capital)
    assert world.enterprises.capital[row] > capital[row]
    assert (world.enterprises.county[row], world.enterprises.size[row]) == (QUJIANG, ABOVE)
    assert (world.projects.state[0], world.projects.enterprise[0]) == (OPERATING, -1)


def full_world(p: ProjectParameters) -> World:
    """Return a world without spare rows of the enterprises in which one project is signed in Qujiang."""
    world = world_with_gdp()
    world.enterprises.active[:] = 1
    sign_campaign(world, p, HERE.astype(float))
    return world


def test_in_a_county_without_large_firms_a_small_one_of_the_county_grows_by_the_capacity() -> None:
    p = ProjectParameters(ordinary_signing=0.02)
    world = full_world(p)
    firms = world.enterprises
    firms.county[(firms.size == ABOVE) & (firms.county == QUJIANG)] = KECHENG
    before = firms.copy()
    for world.month in range(60):
        projects.advance(world, p, np.full(6, 10.0))
    (row,) = np.flatnonzero(firms.demand != before.demand)
    assert (firms.county[row], firms.size[row], firms.sector[row]) == (QUJIANG, BELOW, world.projects.sector[0])
    capacity = p.realised_share * world.projects.value[0] / p.plant_capital_output / 12
    gained = firms.weight * (firms.demand - before.demand)
    assert gained.sum() == pytest.approx(capacity)
    np.testing.assert_allclose(firms.capital[row] / before.capital[row], firms.demand[row] / before.demand[row])


def test_in_a_county_without_firms_a_plant_waits_for_a_row() -> None:
    p = ProjectParameters(ordinary_signing=0.02)
    world = full_world(p)
    firms = world.enterprises
    firms.county[firms.county == QUJIANG] = KECHENG
    demand = firms.demand.copy()
    for world.month in range(60):
        projects.advance(world, p, np.full(6, 10.0))
    assert world.projects.state[0] == BUILDING
    np.testing.assert_array_equal(firms.demand, demand)
    for column in firms.columns():
        column[3] = 0
    projects.advance(world, p, np.full(6, 10.0))
    assert (world.projects.state[0], world.projects.enterprise[0], firms.county[3]) == (OPERATING, 3, QUJIANG)


def test_rows_of_the_oldest_plants_are_used_again() -> None:
    world = world_with_gdp()
    run(world, ProjectParameters(), campaign(5.0), 120)
    assert len(world.projects) == 200
    assert np.all(world.projects.state > 0)


def test_no_project_is_lost_where_the_list_is_full() -> None:
    world, p = world_with_gdp(), ProjectParameters()
    for world.month in range(3):
        sign_campaign(world, p, np.full(6, 30.5))
    listed = world.projects.state == SIGNED
    assert listed.sum() == 6 * 91
    assert np.unique(world.projects.id[listed]).size == listed.sum()
    assert np.all(world.projects.enterprise[len(world.projects.id) // 2 :] == -1)
    np.testing.assert_allclose(world.counties.signing_credit[:, CAMPAIGN], 0.5)


def test_landed_projects_count_only_large_ones_of_the_month() -> None:
    p = ProjectParameters(ordinary_signing=0.02, value_spread=0.3)
    small, large = (
        run(world_with_gdp(gdp=1.0, land=1e15), p, campaign(2.0, value), 40)[:, QUJIANG].sum() for value in (3e7, 1e9)
    )
    assert small == 0.0
    assert 40 < large <= 80


def test_inherited_signing_is_the_declared_value_beyond_the_ordinary_rate() -> None:
    p, gdp = ProjectParameters(), np.full(6, 25e9)
    for year, month, value in ((2020, -30, 3e9), (2021, -20, 9e9), (2022, -1, 18e9)):
        due = projects.inherited_signing(gdp, p, month)
        ordinary = projects.ordinary_signing(gdp, p) * p.ordinary_value
        signed = 12 * (due * p.campaign_value + ordinary * HERE)
        assert signed[QUJIANG] == pytest.approx(value), year
        assert due[~HERE].sum() == 0.0


def test_inherited_campaign_switches_2021_and_2022_off() -> None:
    p, gdp = ProjectParameters(inherited_campaign=0.0), np.full(6, 25e9)
    assert projects.inherited_signing(gdp, p, -30)[QUJIANG] > 0.0
    assert projects.inherited_signing(gdp, p, -20).sum() == 0.0
    assert projects.inherited_signing(gdp, p, -1).sum() == 0.0


@pytest.mark.parametrize(
    ("name", "value", "month"),
    [
        ("qujiang_signed_2020", 6e9, -30),
        ("qujiang_signed_2021", 12e9, -20),
        ("qujiang_signed_2022", 23e9, -3),
    ],
)
def test_signing_parameters_move_their_year_only(name: str, value: float, month: int) -> None:
    gdp = np.full(6, 25e9)
    for at in (-30, -20, -3):
        due = [
            projects.inherited_signing(gdp, ProjectParameters().replaced(change), at)[QUJIANG]
            for change in ({}, {name: value})
        ]
        assert (due[1] > due[0]) == (at == month)


def test_campaign_value_sets_how_many_projects_carry_the_inherited_value() -> None:
    gdp = np.full(6, 25e9)
    few, many = (projects.inherited_signing(gdp, ProjectParameters(campaign_value=v), -3).sum() for v in (1e9, 0.5e9))
    assert many == pytest.approx(2 * few)


def _outcome(p: ProjectParameters) -> dict[str, float]:
    world, building, landed = world_with_gdp(3, 40e9, 400e9), 0.0, 0.0
    for world.month in range(40):
        projects.step(world, p, campaign(1.0), Ledger(("campaign",)))
        building += world.counties.construction_spending.sum()
        landed += world.counties.landed_projects.sum()
    table, firms = world.projects, world.enterprises
    running = table.state == OPERATING
    plants = table.enterprise[running]
    return {
        "signed": float((table.state > 0).sum()),
        "landed": landed,
        "running": float(running.sum()),
        "building": building,
        "spread": float(np.log(table.value[table.state > 0]).std()),
        "times": float((table.completed - table.landed)[table.state >= BUILDING].std()),
        "capacity": float(firms.demand[plants].mean()),
        "capital": float(firms.capital[plants].mean()),
        "forestry": float((table.sector == FORESTRY_PROCESSING).sum()),
    }


@pytest.mark.parametrize(
    ("name", "value", "outcome", "sign"),
    [
        ("ordinary_signing", 0.06, "signed", 1),
        ("ordinary_value", 0.6e9, "signed", -1),
        ("value_spread", 1.0, "spread", 1),
        ("landing_hazard", 0.8, "landed", 1),
        ("land_limit", 0.8, "landed", 0),
        ("build_months", 18.0, "running", -1),
        ("build_spread", 0.5, "times", 1),
        ("realised_share", 0.85, "capital", 1),
        ("plant_capital_output", 4.0, "capacity", -1),
        ("construction_share", 0.25, "building", 1),
        ("forestry_share", 0.25, "forestry", 1),
    ],
)
def test_parameters_move_what_they_should(name: str, value: float, outcome: str, sign: int) -> None:
    before, after = _outcome(ProjectParameters()), _outcome(ProjectParameters().replaced({name: value}))
    difference = after[outcome] - before[outcome]
    assert difference <= 0.0 if sign == 0 else sign * difference > 0.0


def test_land_limit_binds_where_much_is_built() -> None:
    loose, tight = (
        run(world_with_gdp(gdp=10e9), ProjectParameters(land_limit=limit), campaign(2.0), 24)[:, QUJIANG].sum()
        for limit in (3.0, 0.8)
    )
    assert tight < loose


def test_faster_approval_lands_sooner() -> None:
    slow, fast = (run(world_with_gdp(), ProjectParameters(), campaign(2.0, 1e9, x), 6).sum() for x in (0.3, 3.0))
    assert fast > slow


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.0, 5.0), st.floats(1e7, 5e9), st.floats(0.1, 5.0))
def test_states_and_dates_are_consistent(seed: int, number: float, value: float, speed: float) -> None:
    world = world_with_gdp(seed)
    run(world, ProjectParameters(), campaign(number, value, speed), 36)
    table = world.projects
    built = table.state >= BUILDING
    assert np.all(table.landed[built] >= table.signed[built])
    assert np.all(table.completed[built] > table.landed[built])
    assert np.all(table.completed[table.state == OPERATING] <= world.month)
    assert np.all(table.enterprise[table.state == SIGNED] == -1)
    assert np.all(table.value[table.state > 0] > 0.0)


def test_common_draws_leave_ordinary_projects_alone() -> None:
    plain, boosted = world_with_gdp(), world_with_gdp()
    run(plain, ProjectParameters(), LeverBoard(()), 24)
    run(boosted, ProjectParameters(), campaign(0.4), 24)
    ordinary = [
        {int(i): float(v) for i, v in zip(t.id, t.value, strict=True) if i} for t in (plain.projects, boosted.projects)
    ]
    assert ordinary[0].items() <= ordinary[1].items()


def test_channels_and_levers_are_declared() -> None:
    assert (ORDINARY, CAMPAIGN) == (0, 1)
    assert MECHANISM.levers == (SIGNED_PROJECTS, SIGNED_VALUE, APPROVAL_SPEED)
