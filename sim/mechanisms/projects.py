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
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.projects_kernel import CAMPAIGN, ORDINARY, UNUSED, begin_building, sign_due, spend_on_building
from sim.parameters import ParameterSet, parameter
from sim.places import N_COUNTIES, QUJIANG
from sim.randomness import Purpose
from sim.sectors import ABOVE
from sim.world import OPERATING, Floats, World

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
    return gdp * p.ordinary_signing / MONTHS_PER_YEAR / p.ordinary_value


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


def sign(world: World, p: ProjectParameters, due: Floats, mean_value: Floats, channel: int) -> None:
    """Add the projects that have become due.

    Args:
        world: the world.
        p: parameters.
        due: projects a month by county, shape (6,).
        mean_value: CNY by county, shape (6,).
        channel: ORDINARY or CAMPAIGN.
    """
    _make_room(world, due, channel)
    projects = world.projects
    sign_due(
        world.stream(Purpose.PROJECT_SIGNING),
        world.stream(Purpose.PROJECT_VALUE),
        world.month,
        channel,
        p.value_spread,
        p.forestry_share,
        due,
        mean_value,
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


def _make_room(world: World, due: Floats, channel: int) -> None:
    """Lengthen the list of projects where more are due than it has rows to give away, so that none is lost."""
    projects = world.projects
    whole = int(np.floor(world.counties.signing_credit[:, channel] + due).sum())
    free = int(np.count_nonzero((projects.state == UNUSED) | (projects.state == OPERATING)))
    if whole > free:
        rows = len(projects)
        projects.add_rows(max(whole - free, rows))
        projects.enterprise[rows:] = -1


def land(world: World, p: ProjectParameters, speed: Floats) -> None:
    """Let signed projects begin construction; `speed` is the approval factor by county, shape (6,)."""
    projects = world.projects
    begin_building(
        world.stream(Purpose.PROJECT_LANDING),
        world.stream(Purpose.PROJECT_BUILDING),
        world.month,
        p.landing_hazard,
        p.land_limit,
        p.build_months,
        p.build_spread,
        speed,
        world.base.value_added_2022,
        projects.id,
        projects.county,
        projects.state,
        projects.value,
        projects.landed,
        projects.completed,
        world.counties.landed_projects,
    )


def build(world: World, p: ProjectParameters) -> None:
    """Spend on construction and open the plants that are finished."""
    projects, spending = world.projects, world.counties.construction_spending
    finished = np.empty(len(projects), dtype=np.int64)
    number = spend_on_building(
        world.month,
        projects.county,
        projects.state,
        projects.value,
        projects.landed,
        projects.completed,
        p.construction_share * p.realised_share,
        spending,
        finished,
    )
    for row in finished[:number].tolist():
        _open_plant(world, p, row)


def _open_plant(world: World, p: ProjectParameters, row: int) -> None:
    """Give a plant a spare row of the enterprises; with none left enlarge another firm, if there is one."""
    projects, firms = world.projects, world.enterprises
    capital = p.realised_share * float(projects.value[row])
    capacity = capital / p.plant_capital_output / MONTHS_PER_YEAR
    firm = int(firms.active.argmin())
    if firms.active[firm] == 0:
        _found(world, row, firm, capital, capacity)
    elif not _enlarge(world, row, capacity):
        return
    projects.state[row] = OPERATING


def _found(world: World, row: int, firm: int, capital: float, capacity: float) -> None:
    """Make a spare row of the enterprises, all zeros, the plant of a project."""
    projects, firms = world.projects, world.enterprises
    projects.enterprise[row] = firm
    firms.id[firm] = projects.id[row]
    firms.county[firm], firms.sector[firm], firms.size[firm] = (
        projects.county[row],
        projects.sector[row],
        ABOVE,
    )
    firms.active[firm], firms.weight[firm], firms.project[firm] = 1, 1.0, row
    firms.capital[firm], firms.demand[firm] = capital, capacity


def _enlarge(world: World, row: int, capacity: float) -> bool:
    """Add a plant to a firm of its county, or to all that its row stands for; say whether there is one."""
    projects, firms = world.projects, world.enterprises
    here = np.flatnonzero((firms.active == 1) & (firms.county == projects.county[row]))
    if here.size == 0:
        return False
    is_small, is_other = firms.size[here] != ABOVE, firms.sector[here] != projects.sector[row]
    firm = int(here[np.lexsort((-firms.demand[here], is_other, is_small))[0]])
    output = max(float(firms.value_added[firm]), float(firms.demand[firm]), 1.0)
    factor = 1.0 + capacity / (float(firms.weight[firm]) * output)
    for column in (firms.capital, firms.labour, firms.demand):
        column[firm] *= factor
    return True


def advance(world: World, p: ProjectParameters, speed: Floats) -> None:
    """Land and build for a month; `speed` of approval by county, ratio, shape (6,)."""
    land(world, p, speed)
    build(world, p)


def yearly_gdp(world: World) -> Floats:
    """Return GDP by county at the rate of last month, CNY a year, shape (6,)."""
    return MONTHS_PER_YEAR * world.counties.value_added.sum(axis=1)


def step(world: World, p: ProjectParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Sign at the ordinary rate and what campaigns add, land, build and open plants."""
    ordinary = ordinary_signing(yearly_gdp(world), p)
    sign(world, p, ordinary, np.full(N_COUNTIES, p.ordinary_value), ORDINARY)
    campaign, value = levers.effective(SIGNED_PROJECTS), levers.effective(SIGNED_VALUE)
    sign(world, p, np.where(value > 0.0, np.maximum(campaign - ordinary, 0.0), 0.0), value, CAMPAIGN)
    advance(world, p, levers.effective(APPROVAL_SPEED))


MECHANISM = Mechanism(
    name="projects",
    phase=Phase.ENTERPRISES,
    meaning="investment projects are signed, land, are built and become plants",
    parameters=ProjectParameters,
    levers=(SIGNED_PROJECTS, SIGNED_VALUE, APPROVAL_SPEED),
    step=step,
)
