"""The plan of the full city: what depends neither on the seed nor on the share, worked out once a process."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.evidence import Evidence
from sim.places import CITY
from sim.population.firms import FirmPlan, firm_plan
from sim.population.geography import Roster, draw_map
from sim.population.margins import Margins, population_margins
from sim.population.markets import CountyPlan, county_plan, village_template
from sim.population.persons import HouseholdTypes, household_types
from sim.population.sampling import Frame, frame_of
from sim.population.value_added import Economy, economy_of
from sim.population.work import WorkChances, work_chances
from sim.tables import make_read_only
from sim.world import Villages

type Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Blueprint:
    """Everything about the full city that depends neither on the seed nor on the share.

    `cell_ends` is the cumulative distribution of a county's jobs over sector x size, ratios, shape (6, 20).
    """

    margins: Margins
    types: HouseholdTypes
    roster: Roster
    frame: Frame
    villages: Villages
    chances: WorkChances
    economy: Economy
    cell_ends: Floats
    firms: FirmPlan
    counties: CountyPlan
    forest_yield: float


@functools.cache
def blueprint(evidence: Evidence) -> Blueprint:
    """Return the plan of the city, read-only, worked out once a process for each set of evidence.

    Raises:
        EvidenceError: a statistic is missing.
        PopulationError: the statistics contradict each other.
    """
    margins = population_margins(evidence)
    types = household_types(margins)
    roster = draw_map(evidence, margins)
    chances = work_chances(evidence, margins, types)
    economy = economy_of(evidence, chances.jobs.sum(axis=1))
    plan = Blueprint(
        margins=margins,
        types=types,
        roster=roster,
        frame=frame_of(roster),
        villages=village_template(roster),
        chances=chances,
        economy=economy,
        cell_ends=economy.cell_ends(),
        firms=firm_plan(evidence, economy),
        counties=county_plan(evidence, margins, roster),
        forest_yield=evidence.value("forest_own_yield", CITY, 2022),
    )
    make_read_only(plan)
    return plan
