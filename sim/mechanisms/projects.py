"""Investment projects: signed, landed, built, in operation.

    signing    credit += rate * GDP / (12 * mean value) + lever projects; each whole credit is one project
    value      mean * exp(sd * normal - sd^2/2)
    landing    hazard h * approval speed * 1 / (1 + (value under construction / (limit * GDP))^4) a month
    building   gamma with mean m and coefficient of variation v (Wilson-Hilferty transform of a normal draw)
    plant      capital = realised share * value; capacity = capital / capital-output ratio a year

While it is built a project spends its realised capital evenly; a share of that is value added of
construction. The finished plant takes a spare row of the enterprises; with none left it enlarges a firm of its
county: above designated size before below, its own sector before others, then the largest. Where the county has no
firm either, it waits for a row.

Every county signs at the ordinary rate in every scenario; what a campaign signs counts those, so that it adds
the rest. The pipeline of 2020-22 is part of the starting state: the burn-in signs it month by month with
`inherited_signing` and runs the same `advance` as the run itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.accounting import Ledger
from sim.calendar import MONTHS_PER_YEAR, year_of
from sim.levers import APPROVAL_SPEED, SIGNED_PROJECTS, SIGNED_VALUE, LeverBoard
from sim.mechanisms import projects_kernel as kernel
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.projects_kernel import CAMPAIGN, ORDINARY
from sim.parameters import ParameterSet, parameter
from sim.places import N_COUNTIES, QUJIANG
from sim.randomness import Purpose
from sim.world import Floats, World

__all__ = ["CAMPAIGN", "MECHANISM", "ORDINARY", "ProjectParameters", "step"]


@dataclass(frozen=True)
class ProjectParameters(ParameterSet):
    """Parameters of projects."""

    ordinary_signing: float = parameter(
        0.04,
        unit="1/year",
        low=0.02,
        high=0.06,
        source="feasibility section 2: other counties sign 4 percent of GDP",
        meaning="value signed a year without a campaign, relative to county GDP",
    )
    ordinary_value: float = parameter(
        0.3e9,
        unit="CNY",
        low=0.15e9,
        high=0.6e9,
        source="assumption: below the size of campaign projects",
        meaning="mean signed value of an ordinary project",
    )
    campaign_value: float = parameter(
        0.71e9,
        unit="CNY",
        low=0.4e9,
        high=1.0e9,
        source="facts projects_signed and projects_signed_value: close to 10 bn over 14",
        meaning="mean signed value of the campaign projects signed before January 2023",
    )
    value_spread: float = parameter(
        0.6,
        unit="log",
        low=0.3,
        high=1.0,
        source="assumption",
        meaning="log standard deviation of signed value",
    )
    qujiang_signed_2020: float = parameter(
        3e9,
        unit="CNY",
        low=1e9,
        high=6e9,
        source="assumption: feasibility section 2, no document",
        meaning="value signed in Qujiang in 2020",
    )
    qujiang_signed_2021: float = parameter(
        9e9,
        unit="CNY",
        low=5e9,
        high=12e9,
        source="assumption: feasibility section 2, no document",
        meaning="value signed in Qujiang in 2021",
    )
    qujiang_signed_2022: float = parameter(
        18e9,
        unit="CNY",
        low=10e9,
        high=23e9,
        source="assumption: feasibility section 2, no document",
        meaning="value signed in Qujiang in 2022",
    )
    inherited_campaign: float = parameter(
        1.0,
        unit="ratio",
        low=0.0,
        high=1.0,
        prior="fixed",
        source="assumption: feasibility section 2; 0 asks what ordinary signing since 2021 would have given",
        meaning="part of Qujiang's signing above the ordinary rate in 2021-22 that took place",
    )
    landing_hazard: float = parameter(
        0.30,
        unit="1/month",
        low=0.15,
        high=0.80,
        source="feasibility section 8",
        meaning="hazard that a signed project begins construction",
    )
    land_limit: float = parameter(
        1.5,
        unit="years",
        low=0.8,
        high=3.0,
        source="assumption: land must bind at some rate of building",
        meaning="signed value under construction, in years of 2022 GDP, at which landing takes twice as long",
    )
    build_months: float = parameter(
        13.0,
        unit="months",
        low=9.0,
        high=18.0,
        source="feasibility section 8",
        meaning="mean construction time",
    )
    build_spread: float = parameter(
        0.35,
        unit="ratio",
        low=0.2,
        high=0.5,
        prior="fixed",
        source="feasibility section 8",
        meaning="coefficient of variation of the construction time",
    )
    realised_share: float = parameter(
        0.65,
        unit="ratio",
        low=0.50,
        high=0.85,
        source="feasibility section 8",
        meaning="part of the signed value that is invested",
    )
    plant_capital_output: float = parameter(
        3.0,
        unit="years",
        low=2.2,
        high=4.0,
        source="feasibility section 8",
        meaning="realised capital per yuan of yearly value added at full capacity",
    )
    construction_share: float = parameter(
        0.15,
        unit="ratio",
        low=0.08,
        high=0.25,
        source="feasibility section 8",
        meaning="construction value added per yuan spent on building",
    )
    forestry_share: float = parameter(
        0.10,
        unit="ratio",
        low=0.0,
        high=0.25,
        source="assumption",
        meaning="part of the projects that process forest products",
    )


def ordinary_signing(gdp: Floats, p: ProjectParameters) -> Floats:
    """Return ordinary projects due a month by county, shape (6,); `gdp` in CNY a year."""
    return np.asarray(kernel.ordinary_due.py_func(gdp, p.ordinary_signing, p.ordinary_value))


def inherited_signing(gdp: Floats, p: ProjectParameters, month: int) -> Floats:
    """Return campaign projects due in a month of 2020-22 beyond the ordinary rate, by county, shape (6,).

    Args:
        gdp: CNY a year by county.
        p: parameters.
        month: month index from -36 to -1.
    """
    signed = {2020: p.qujiang_signed_2020, 2021: p.qujiang_signed_2021, 2022: p.qujiang_signed_2022}[year_of(month)]
    took_place = 1.0 if year_of(month) == 2020 else p.inherited_campaign
    excess = max(signed - float(gdp[QUJIANG]) * p.ordinary_signing, 0.0)
    due = np.zeros(N_COUNTIES)
    due[QUJIANG] = took_place * excess / MONTHS_PER_YEAR / p.campaign_value
    return due


def sign(world: World, p: ProjectParameters, due: Floats, campaign_value: Floats) -> None:
    """Add the projects that have become due, lengthening their list where it is full, so that none is lost.

    Args:
        world: the world.
        p: parameters.
        due: projects a month by channel (ORDINARY, CAMPAIGN) and county, shape (2, 6).
        campaign_value: mean value of campaign projects by county, CNY, shape (6,).
    """
    projects = world.projects
    missing = _sign(world, p, due, campaign_value)
    if missing > 0:
        rows = len(projects)
        projects.add_rows(max(missing, rows))
        projects.enterprise[rows:] = -1
        _sign(world, p, due, campaign_value)


def _sign(world: World, p: ProjectParameters, due: Floats, campaign_value: Floats) -> int:
    """Sign as `sign` does unless rows are missing; return how many are."""
    projects = world.projects
    return kernel.sign_due(
        world.stream(Purpose.PROJECT_SIGNING),
        world.stream(Purpose.PROJECT_VALUE),
        world.month,
        p.value_spread,
        p.forestry_share,
        due,
        p.ordinary_value,
        campaign_value,
        world.counties.signing_credit,
        projects.id,
        projects.county,
        projects.sector,
        projects.state,
        projects.campaign,
        projects.value,
        projects.signed,
        projects.landed,
        projects.completed,
        projects.enterprise,
        world.enterprises.project,
    )


def advance(world: World, p: ProjectParameters, speed: Floats) -> None:
    """Land and build for a month and open plants; `speed` of approval by county, ratio, shape (6,)."""
    projects, firms, counties = world.projects, world.enterprises, world.counties
    kernel.advance(
        world.stream(Purpose.PROJECT_LANDING),
        world.stream(Purpose.PROJECT_BUILDING),
        world.month,
        p.landing_hazard,
        p.land_limit,
        p.build_months,
        p.build_spread,
        p.realised_share,
        p.construction_share * p.realised_share,
        p.plant_capital_output,
        speed,
        world.base.value_added_2022,
        projects.id,
        projects.county,
        projects.sector,
        projects.state,
        projects.value,
        projects.landed,
        projects.completed,
        projects.enterprise,
        counties.landed_projects,
        counties.construction_spending,
        firms.id,
        firms.county,
        firms.sector,
        firms.size,
        firms.active,
        firms.weight,
        firms.project,
        firms.capital,
        firms.labour,
        firms.demand,
        firms.value_added,
    )


def step(world: World, p: ProjectParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Sign at the ordinary rate and what campaigns add, land, build and open plants."""
    campaign, value, due = levers.effective(SIGNED_PROJECTS), levers.effective(SIGNED_VALUE), np.empty((2, N_COUNTIES))
    kernel.find_due(p.ordinary_signing, p.ordinary_value, world.counties.value_added, campaign, value, due)
    sign(world, p, due, value)
    advance(world, p, levers.effective(APPROVAL_SPEED))


MECHANISM = Mechanism(
    name="projects",
    phase=Phase.ENTERPRISES,
    meaning="investment projects are signed, land, are built and become plants",
    parameters=ProjectParameters,
    levers=(SIGNED_PROJECTS, SIGNED_VALUE, APPROVAL_SPEED),
    step=step,
)
