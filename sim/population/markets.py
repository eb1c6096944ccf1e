"""County rows, villages and the constants of the starting state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.evidence import Evidence
from sim.places import CITY, KECHENG, N_COUNTIES
from sim.population.counting import HamletCounts
from sim.population.geography import Roster
from sim.population.margins import Margins, by_county
from sim.population.persons import HouseholdTypes
from sim.population.value_added import Economy
from sim.population.work import WorkChances, ordinary_wage
from sim.sectors import FARMING
from sim.world import N_ZONES, RURAL, URBAN, Base, Counties, Villages, World

type Floats = NDArray[np.float64]

CADRE_HOURS, CADRE_TASK_LOAD = 800.0, 0.4
"""Five cadres of 160 hours a month, and the part routine tasks take (assumption)."""
PHDS_IN_KECHENG = 0.7
"""Part of doctorate holders attracted so far who work in Kecheng (assumption)."""
URBAN_INCOME_SHARES = (0.57, 0.12, 0.14, 0.17)
RURAL_INCOME_SHARES = (0.58, 0.24, 0.035, 0.145)
"""Wage, business, property, transfer in household income (rural: feasibility weights; urban: assumption)."""


@dataclass(frozen=True, eq=False)
class CountyPlan:
    """What fills the county rows: stocks of the full city by county.

    Attributes:
        wage: ordinary and tertiary wage, CNY a month, shape (6, 2).
        forest_rent: of the city, CNY a mu and year.
        operators: forest operators, shape (6,); like the next two an expected number.
        leading_firms: leading firms of forestry, shape (6,).
        phds: doctorate holders attracted before 2023, persons, shape (6,).
        income_target: rural and urban disposable income of 2022, CNY a head and year, shape (6, 2).
    """

    wage: Floats
    forest_rent: float
    operators: Floats
    leading_firms: Floats
    phds: Floats
    income_target: Floats


def county_plan(evidence: Evidence, margins: Margins, roster: Roster) -> CountyPlan:
    """Read the market stocks and spread the city's numbers over counties.

    Operators and leading firms follow forest land, doctorate holders an assumed split (`PHDS_IN_KECHENG`).

    Raises:
        EvidenceError: a statistic is missing.
    """
    ordinary = ordinary_wage(evidence, margins)
    land = np.bincount(roster.village_county, roster.village_forest, N_COUNTIES)
    land /= land.sum()
    phds = np.full(N_COUNTIES, (1.0 - PHDS_IN_KECHENG) / (N_COUNTIES - 1))
    phds[KECHENG] = PHDS_IN_KECHENG
    return CountyPlan(
        wage=np.stack([ordinary, ordinary * evidence.value("wage_tertiary_ratio", CITY, 2022)], axis=1),
        forest_rent=evidence.value("forest_rent", CITY, 2022),
        operators=evidence.value("forest_operators", CITY, 2022) * land,
        leading_firms=evidence.value("forestry_leading_firms", CITY, 2022) * land,
        phds=evidence.value("phds_before", CITY, 2022) * phds,
        income_target=income_target(evidence, margins),
    )


def income_target(evidence: Evidence, margins: Margins) -> Floats:
    """Return disposable income of 2022 by county and zone (rural, urban), CNY a head and year, shape (6, 2).

    County figures are scaled by one factor a zone so that the residents' mean is the city's published figure.

    Raises:
        EvidenceError: a figure is missing.
    """
    target = np.zeros((N_COUNTIES, N_ZONES))
    people = {RURAL: margins.residents - margins.urban_residents, URBAN: margins.urban_residents}
    for zone, name in ((RURAL, "rural"), (URBAN, "urban")):
        key = f"{name}_disposable_income_per_capita"
        income = by_county(evidence, key, 2022)
        target[:, zone] = income * evidence.value(key, CITY, 2022) / np.average(income, weights=people[zone])
    return target


def village_template(roster: Roster) -> Villages:
    """Return the village table before sampling, columns of shape (villages,); only `weight` depends on the sample.

    Land is in mu, hours a month. What collectives earn and hold is drawn when village accounts start.
    """
    n = len(roster.village_county)
    villages = Villages.zeros(n)
    villages.id[:] = np.arange(n) + 1
    villages.county[:], villages.urban[:] = roster.village_county, roster.village_urban
    villages.longitude[:], villages.latitude[:] = roster.village_point.T
    villages.minutes[:] = roster.village_minutes
    villages.hazard[:] = np.bincount(roster.village, roster.hazard, n) / np.bincount(roster.village, minlength=n)
    villages.households[:] = np.bincount(roster.village, roster.households, n)
    villages.forest[:], villages.forest_other[:] = roster.village_forest, roster.village_forest_other
    villages.cadre_hours[:], villages.task_load[:] = CADRE_HOURS, CADRE_TASK_LOAD
    return villages


def build_counties(
    world: World,
    plan: CountyPlan,
    economy: Economy,
    types: HouseholdTypes,
    chances: WorkChances,
    counts: HamletCounts,
) -> Counties:
    """Return the county rows: markets at the turn of 2022/23 and weighted sums over the household rows.

    Args:
        world: with its villages, hamlets and households filled.
        plan: wages, rent, operators.
        economy: value added, CNY a year.
        types: persons in collective households.
        chances: workers in collective households.
        counts: what each hamlet holds.

    Returns:
        Columns of shape (6,), (6, 2) or (6, 10); value added in CNY a month, persons, mu.
    """
    counties = Counties.zeros(N_COUNTIES)
    counties.wage[:] = plan.wage
    counties.forest_rent[:] = plan.forest_rent
    counties.operators[:], counties.leading_firms[:] = plan.operators, plan.leading_firms
    counties.phds_before[:] = plan.phds
    counties.local_demand[:] = 1.0
    counties.value_added[:] = economy.value_added.sum(axis=2) / 12.0
    counties.value_added_above[:] = economy.above_industry() / 12.0
    counties.collective_residents[:] = types.collective
    counties.collective_registered[:] = types.collective_registered
    counties.collective_workers[:] = chances.collective_workers
    _add_sums(counties, world, counts)
    return counties


def _add_sums(counties: Counties, world: World, counts: HamletCounts) -> None:
    hamlets = world.hamlets
    county, weight = hamlets.county, hamlets.weight
    in_county = (county == np.arange(N_COUNTIES)[:, None]) * weight
    by_zone = (county * N_ZONES + hamlets.urban == np.arange(N_COUNTIES * N_ZONES)[:, None]) * weight
    counties.registered[:] = counties.collective_registered + (weight @ counts.registered)[:N_COUNTIES]
    counties.households[:] = (by_zone @ counts.households).reshape(N_COUNTIES, N_ZONES)
    counties.residents[:] = (by_zone @ counts.at_home).reshape(N_COUNTIES, N_ZONES)
    counties.forest_total[:] = in_county @ counts.forest
    counties.employment[:] = counties.collective_workers + in_county @ counts.workers


def build_base(plan: CountyPlan, economy: Economy) -> Base:
    """Return the constants known before the burn-in; it and the mechanisms' starts set the others.

    Value added in CNY a year, shape (6, 10) and (6,); wages in CNY a month, (6, 2); income in CNY a head and year,
    (6, 2), and its shares by zone and source, (2, 4).
    """
    return Base(
        value_added_2022=economy.value_added.sum(axis=2),
        above_2022=economy.above_industry(),
        wage=plan.wage.copy(),
        income_target=plan.income_target.copy(),
        income_shares=np.array([RURAL_INCOME_SHARES, URBAN_INCOME_SHARES]),
        farm_value_added=economy.value_added[:, FARMING].sum(axis=1),
    )
