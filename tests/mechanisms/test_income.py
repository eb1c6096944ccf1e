"""Household accounts: start levels, payers, each parameter, and the loop against plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from sim.accounting import COLLECTIVES, ENTERPRISES, OUTSIDE_ACCOUNT, PROPERTY, PUBLIC, Ledger, check_payers
from sim.identities import household_weights, received
from sim.levers import FOREST_DIVIDEND, LeverBoard
from sim.mechanisms import income
from sim.mechanisms import income_kernel as kernel
from sim.mechanisms import income_terms as terms
from sim.places import KECHENG
from sim.world import CORE, POOLED, RESETTLED, SINGLE, STORED, TOWN, World
from tests.mechanisms.people import begin, default, people_world, run

INCOMES = ("wage_income", "business_income", "property_income", "transfer_income")
LEVELS = {
    "remit_share": 0.5,
    "forest_days": 1.0,
    "forest_day_wage": 230.0,
    "farm_income": 3000.0,
    "farm_forest_share": 0.3,
    "pension_rural": 600.0,
    "pension_urban": 3600.0,
    "child_support": 150.0,
}
TRENDS = {
    "farm_trend": ("business_income", 0.075),
    "own_business_trend": ("business_income", 0.07),
    "forest_trend": ("business_income", 0.06),
    "transfer_trend": ("transfer_income", 0.07),
}
SPENDING = {"floor_share": 0.4, "propensity": 0.65, "wealth_effect": 0.005, "consumption_trend": 0.08}


def settled(months: int = 1, **changes: float) -> World:
    world = people_world()
    world.counties.branded_share[:] = 0.3
    run(world, income, begin(world, income, **changes), months)
    return world


def test_income_of_the_start_is_the_published_one() -> None:
    world = people_world()
    begin(world, income)
    counties, base = world.counties, world.base
    yearly = counties.income.reshape(6, 2, 4) * 12 / counties.residents[:, :, None]
    has_farms = np.array([True, False])  # urban blocks of the small world have no farms and no shops in some counties
    wanted = base.income_target[:, :, None] * base.income_shares
    assert yearly[:, has_farms] == pytest.approx(wanted[:, has_farms])
    assert counties.local_demand == pytest.approx(1.0)
    assert base.consumption == pytest.approx(counties.consumption)


@pytest.mark.parametrize("name", list(LEVELS))
def test_every_level_moves_some_household_income(name: str) -> None:
    changed, usual = settled(**{name: LEVELS[name]}), settled()
    assert any(
        (getattr(changed.households, c) != getattr(usual.households, c)).any() for c in (*INCOMES, "forestry_income")
    )


@pytest.mark.parametrize("name", list(TRENDS))
def test_every_trend_raises_its_component(name: str) -> None:
    column, value = TRENDS[name]
    changed, usual = settled(24, **{name: value}), settled(24)
    assert getattr(changed.households, column).sum() > getattr(usual.households, column).sum()


@pytest.mark.parametrize("name", list(SPENDING))
def test_every_part_of_spending_raises_consumption(name: str) -> None:
    changed, usual = settled(6, **{name: SPENDING[name]}), settled(6)
    assert changed.households.consumption.sum() > usual.households.consumption.sum()


def test_a_larger_liquid_share_builds_more_wealth() -> None:
    assert settled(12, liquid_share=0.6).households.wealth.sum() > settled(12).households.wealth.sum()


@pytest.mark.parametrize("elasticity", [0.1, 0.6])
def test_farm_income_of_a_county_answers_to_its_workers_with_the_elasticity(elasticity: float) -> None:
    world = people_world()
    p = begin(world, income, farm_labour_elasticity=elasticity)
    then = world.base.farm_workers[0]
    pay, response = (income.kernel_rates(p, 0, 1.0)[k] for k in (terms.FARM_PAY, terms.FARM_RESPONSE))
    assert terms.farm_pay.py_func(pay, then, then, response) == pytest.approx(p.farm_income)
    after = 0.8 * then * terms.farm_pay.py_func(pay, 0.8 * then, then, response)
    assert after == pytest.approx(then * p.farm_income * 0.8**elasticity)
    assert terms.farm_pay.py_func(pay, 0.0, then, response) == p.farm_income


def test_every_payment_has_its_payer() -> None:
    world = people_world()
    table = world.households
    table.let_how[::7], table.let_how[3::7] = POOLED, STORED
    table.residence[::5], table.residence[1::9], table.residence[2::9] = TOWN, CORE, RESETTLED
    world.counties.stored_part[:], world.hamlets.block_share[:] = 0.75, 0.2
    p = begin(world, income)
    levers, ledger = LeverBoard(["consortium"]), Ledger(["consortium"])
    levers.write(FOREST_DIVIDEND, "consortium", 12.0, np.ones(6, dtype=bool))
    income.step(world, p, levers, ledger)
    check_payers(ledger.paid, received(world))
    assert (ledger.paid[:, PROPERTY, [ENTERPRISES, COLLECTIVES, PUBLIC, OUTSIDE_ACCOUNT]] > 0.0).all()
    pooled = household_weights(world) * table.forest_let * (table.let_how == POOLED)
    agreed = household_weights(world) * table.forest_let * table.lease_rent
    leased = agreed[table.let_how == SINGLE].sum() + 0.8 * agreed[table.let_how == POOLED].sum()
    assert ledger.paid[:, PROPERTY, ENTERPRISES].sum() == pytest.approx((pooled.sum() * 12.0 + leased) / 12)
    assert ledger.paid[:, PROPERTY, PUBLIC].sum() == pytest.approx(0.75 * agreed[table.let_how == STORED].sum() / 12)


def test_neutral_levers_pay_no_consortium_dividend() -> None:
    world = people_world()
    table = world.households
    table.let_how[table.forest_let > 0] = POOLED
    ledger = run(world, income, begin(world, income))
    rents = household_weights(world) @ (table.forest_let.astype(float) * table.lease_rent)
    assert ledger.paid[:, PROPERTY, ENTERPRISES].sum() == pytest.approx(rents / 12)


def test_the_core_town_belongs_to_kecheng_and_moving_makes_no_income() -> None:
    here, moved = people_world(), people_world()
    parameters = [begin(world, income) for world in (here, moved)]
    moved.households.residence[:] = CORE
    for world, p in zip((here, moved), parameters, strict=True):
        world.counties.wage[:] = world.counties.wage[KECHENG]
        world.households.forest_let[:] = 0.0
        run(world, income, p)
    assert moved.counties.residents[1:].sum() == 0.0
    assert moved.counties.income.sum() == pytest.approx(here.counties.income.sum())
    assert moved.counties.origin_rural_income == pytest.approx(here.counties.origin_rural_income)
    assert moved.counties.origin_rural_persons == pytest.approx(here.counties.origin_rural_persons)


def test_wealth_is_never_negative_and_moves_by_saving() -> None:
    world = people_world()
    p = begin(world, income)
    table = world.households
    before = table.wealth.copy()
    run(world, income, p)
    saving = sum(getattr(table, name).astype(float) for name in INCOMES) - table.consumption
    expected = before + np.where(saving > 0, p.liquid_share, 1.0) * saving
    assert table.wealth == pytest.approx(np.maximum(expected, 0.0), rel=1e-5, abs=0.1)
    assert (table.wealth >= 0).all()


def test_spending_at_its_limits() -> None:
    spend = kernel.spending.py_func
    assert spend(0, 5000.0, 100.0, 500.0, 0.4, 0.0) == 0.0
    assert spend(2, 300.0, 100.0, 500.0, 0.4, 0.0) == 400.0
    assert spend(1, 1000.0, 1000.0, 100.0, 0.5, 0.1) == 700.0
    assert kernel.own_forest.py_func(-1.0, 60.0, 1.0) == 0.0
    assert kernel.farm_sales.py_func(2, 100.0, 0.5, 1.2) == pytest.approx(220.0)


def test_an_empty_household_is_neither_paid_nor_counted() -> None:
    world = people_world()
    table = world.households
    for name in ("infants", "children", "young_men", "young_women", "mid_men", "mid_women", "late", "old"):
        getattr(table, name)[0] = 0
    table.away_children[0], table.away_young[0], table.away_mid[0] = 0, 0, 0
    run(world, income, begin(world, income))
    assert all(getattr(table, name)[0] == 0.0 for name in (*INCOMES, "consumption"))


def test_components_equal_a_plain_loop() -> None:
    world = people_world()
    world.counties.branded_share[:] = 0.4
    world.month = 18
    p = begin(world, income)
    run(world, income, p)
    world.month = 18
    table, scale = world.households, world.base.income_scale
    pensions = np.array([p.pension_rural, p.pension_urban]) * np.exp(p.transfer_trend * 1.5)
    child = p.child_support * np.exp(p.transfer_trend * 1.5)
    brand = 1.0 + world.counties.brand_premium * world.counties.branded_share
    per_farmer = p.farm_income * np.exp(p.farm_trend * 1.5)  # as many work the land as at the start
    pay = p.forest_days * p.forest_day_wage / 12 * world.counties.wage[:, 0] / world.base.wage[:, 0]
    for i in np.flatnonzero(table.id)[::3]:
        h = table.hamlet[i]
        c, zone = world.hamlets.county[h], int(world.hamlets.urban[h])
        wage = kernel.local_wages.py_func(
            *world.counties.wage[c],
            table.local[i],
            table.local_skilled[i],
            income.JOB_PREMIUM[table.job_cell[i] + 1],
            table.skill[i],
        )
        away = int(table.away_young[i]) + int(table.away_mid[i])
        adults = sum(int(getattr(table, n)[i]) for n in ("young_men", "young_women", "mid_men", "mid_women", "late"))
        remitted = (
            p.remit_share
            * world.counties.outside_wage[c]
            * away
            * (adults + table.old[i] + table.infants[i] + table.children[i] > 0)
        )
        forest_work = table.forest_let[i] * pay[c] * (adults > 0)
        expected = scale[c, zone, 0] * (wage + remitted) + forest_work
        assert table.wage_income[i] == pytest.approx(expected, rel=1e-5)
        support = (int(table.late[i]) + int(table.old[i])) * pensions[zone]
        support += (int(table.infants[i]) + int(table.children[i])) * child
        assert table.transfer_income[i] == pytest.approx(scale[c, zone, 3] * support, rel=1e-5)
        grown = kernel.own_forest.py_func(
            table.forest[i] - table.forest_let[i],
            table.forest_yield[i],
            brand[c] * np.exp(p.forest_trend * 1.5),
        )
        sales = kernel.farm_sales.py_func(table.farm[i], per_farmer, p.farm_forest_share, brand[c])
        trade = table.own_business[i] * np.exp(p.own_business_trend * 1.5) * (table.own[i] > 0)
        assert table.business_income[i] == pytest.approx(scale[c, zone, 1] * (sales + trade) + grown, rel=1e-4)


def test_growth_factor_is_one_in_january_2023() -> None:
    assert income.grown(0.05, 0) == 1.0
    assert income.grown(0.05, 12) == pytest.approx(np.exp(0.05))
    assert default(income).liquid_share < 1.0
