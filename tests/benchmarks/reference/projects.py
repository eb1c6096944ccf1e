"""Investment projects; twin of `sim.mechanisms.projects`.

Signing and landing are county arithmetic on the list of projects: the engine's own functions serve both.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.calendar import MONTHS_PER_YEAR
from sim.levers import APPROVAL_SPEED, SIGNED_PROJECTS, SIGNED_VALUE
from sim.mechanisms.projects import ProjectParameters, ordinary_signing, sign
from sim.mechanisms.projects_kernel import begin_building
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.sectors import ABOVE
from sim.world import BUILDING, OPERATING


def step(model: Any, p: ProjectParameters) -> None:
    """Sign at the ordinary rate and what campaigns add, land, build and open plants."""
    office, levers = model.office, model.levers
    due = ordinary_signing(MONTHS_PER_YEAR * office.counties.value_added.sum(axis=1), p)
    campaign, value = levers.effective(SIGNED_PROJECTS), levers.effective(SIGNED_VALUE)
    sign(office, p, np.stack([due, np.where(value > 0.0, np.maximum(campaign - due, 0.0), 0.0)]), value)
    _land(office, p, levers.effective(APPROVAL_SPEED))
    _build(model, p)


def _land(office: Any, p: ProjectParameters, speed: Any) -> None:
    """Let signed projects begin construction; `speed` is the approval factor by county, shape (6,)."""
    projects = office.projects
    begin_building(
        office.stream(Purpose.PROJECT_LANDING),
        office.stream(Purpose.PROJECT_BUILDING),
        office.month,
        p.landing_hazard,
        p.land_limit,
        p.build_months,
        p.build_spread,
        speed,
        office.base.value_added_2022,
        projects.id,
        projects.county,
        projects.state,
        projects.value,
        projects.landed,
        projects.completed,
        office.counties.landed_projects,
    )


def _build(model: Any, p: ProjectParameters) -> None:
    """Spend on construction and open the plants that are finished."""
    office = model.office
    projects, spending = office.projects, np.zeros(N_COUNTIES)
    for row in np.flatnonzero(projects.state == BUILDING):
        realised = p.realised_share * float(projects.value[row])
        if projects.completed[row] <= office.month:
            _open_plant(model, p, row, realised)
        else:
            months = projects.completed[row] - projects.landed[row]
            spending[projects.county[row]] += p.construction_share * realised / months
    office.counties.construction_spending[:] = spending


def _open_plant(model: Any, p: ProjectParameters, row: int, capital: float) -> None:
    """Found the plant, or enlarge a firm of its county where the list is full; with none there it waits."""
    projects = model.office.projects
    county, sector = int(projects.county[row]), int(projects.sector[row])
    capacity = capital / p.plant_capital_output / MONTHS_PER_YEAR
    if model.spare_enterprises() == 0:
        if _enlarge(model, county, sector, capacity):
            projects.state[row] = OPERATING
        return
    projects.state[row] = OPERATING
    model.found_enterprise(
        {
            "id": int(projects.id[row]),
            "county": county,
            "sector": sector,
            "size": ABOVE,
            "active": 1,
            "weight": 1.0,
            "project": int(row),
            "capital": capital,
            "demand": capacity,
        }
    )


def _enlarge(model: Any, county: int, sector: int, capacity: float) -> bool:
    """Add the plant to the largest firm of the county, large ones first, then those of its sector."""
    here = [f for f in model.enterprises if f.county == county]
    if not here:
        return False
    firm = max(here, key=lambda f: (f.size == ABOVE, f.sector == sector, f.demand))
    factor = 1.0 + capacity / (firm.weight * max(firm.value_added, firm.demand, 1.0))
    firm.capital *= factor
    firm.labour *= factor
    firm.demand *= factor
    return True
