"""Who works at what: chances by county, zone and member group, scaled to the employment margins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.evidence import Evidence
from sim.places import CITY, N_COUNTIES
from sim.population.margins import N_ZONES, Margins, by_county
from sim.population.persons import HouseholdTypes

type Floats = NDArray[np.float64]

# member groups: men and women 15-34, men and women 35-59, 60-64, 65+ (all tables below: assumptions)
_PARTICIPATION = np.array(
    [
        [0.64, 0.58, 0.92, 0.80, 0.35, 0.06],
        [0.66, 0.58, 0.93, 0.82, 0.60, 0.25],
        [0.60, 0.50, 0.90, 0.82, 0.65, 0.35],
    ]
)
"""Labour-force participation by zone (town, ordinary rural, hill), before scaling."""
_EDUCATION = np.array(
    [[3.2, 3.4, 1.2, 1.0, 0.4, 0.2], [1.6, 1.7, 0.4, 0.3, 0.1, 0.05], [0.8, 0.8, 0.2, 0.15, 0.05, 0.02]]
)
"""Relative frequency of tertiary education, before scaling to the county's share."""
_FARM = np.array(
    [
        [0.00, 0.00, 0.02, 0.03, 0.10, 0.30],
        [0.08, 0.10, 0.25, 0.33, 0.60, 0.85],
        [0.20, 0.25, 0.50, 0.60, 0.85, 0.95],
    ]
)
"""Part of the employed without a skilled job who work on the farm or in the forest."""
_OWN = np.array([0.15, 0.10, 0.05])
"""Part of the others who run their own business, by zone."""
SKILLED_SHARE = 0.8
"""Part of the employed with tertiary education who hold a job that needs it."""
COLLECTIVE_EMPLOYED = 0.5
"""Employed per person in collective households (dormitories of firms and schools)."""
COLLECTIVE_SKILLED = 0.15
"""Of these in jobs that need tertiary education."""
COLLECTIVE_TERTIARY = 0.15
"""Share of persons in collective households with tertiary education."""
_LIMIT = 0.97


@dataclass(frozen=True, eq=False)
class WorkChances:
    """Chances of one adult by stratum (county x zone, 18) and member group (6).

    Attributes:
        active: in the labour force, shape (18, 6).
        tertiary: has tertiary education, shape (18, 6).
        farm: works on the farm, if employed without a skilled job, shape (18, 6).
        own: runs a business, if neither on the farm nor skilled, shape (18,).
        idle: looks for work, if in the labour force.
        jobs: expected local off-farm workers by county and skill, collective households included, shape (6,
            2).
        collective_workers: of these from collective households, shape (6, 2).
    """

    active: Floats
    tertiary: Floats
    farm: Floats
    own: Floats
    idle: float
    jobs: Floats
    collective_workers: Floats


def work_chances(evidence: Evidence, margins: Margins, types: HouseholdTypes) -> WorkChances:
    """Scale participation and education to each county's employment rate and educated share.

    The employment and unemployment rates are the city's; the tables by age, sex and zone are assumptions.

    Args:
        evidence: the statistics.
        margins: resident persons.
        types: adults by stratum and persons in collective households.

    Raises:
        EvidenceError: a statistic is missing.
    """
    adults = types.totals[:, 2:]
    idle = evidence.value("unemployment_rate", CITY, 2022)
    collective = types.collective * COLLECTIVE_EMPLOYED
    employed = evidence.value("employment_rate", CITY, 2022) * margins.residents - collective
    active = _scaled(np.tile(_PARTICIPATION, (N_COUNTIES, 1)), adults, employed / (1.0 - idle))
    educated = _educated(evidence, margins) - types.collective * COLLECTIVE_TERTIARY
    tertiary = _scaled(np.tile(_EDUCATION, (N_COUNTIES, 1)), adults, educated)
    farm, own = np.tile(_FARM, (N_COUNTIES, 1)), np.tile(_OWN, N_COUNTIES)
    at_work = adults * active * (1.0 - idle)
    skilled = at_work * tertiary * SKILLED_SHARE
    ordinary = (at_work - skilled) * (1.0 - farm) * (1.0 - own)[:, None]
    collective_workers = np.outer(1.0, [1.0 - COLLECTIVE_SKILLED, COLLECTIVE_SKILLED]) * collective[:, None]
    jobs = np.stack([_county_sums(ordinary), _county_sums(skilled)], axis=1) + collective_workers
    return WorkChances(active, tertiary, farm, own, idle, jobs, collective_workers)


def _county_sums(table: Floats) -> Floats:
    return np.asarray(table.reshape(N_COUNTIES, N_ZONES, -1).sum(axis=(1, 2)))


def _scaled(chances: Floats, adults: Floats, wanted: Floats) -> Floats:
    """Return chances times one factor a county, at most `_LIMIT`, so that the expected number is right."""
    scaled = chances
    for _ in range(50):
        factor = wanted / _county_sums(scaled * adults)
        scaled = np.minimum(scaled * np.repeat(factor, N_ZONES)[:, None], _LIMIT)
    return scaled


def _educated(evidence: Evidence, margins: Margins) -> Floats:
    return by_county(evidence, "college_educated_per_100k", 2020) / 1e5 * margins.residents


def ordinary_wage(evidence: Evidence, margins: Margins) -> Floats:
    """Return the ordinary wage by county in CNY a month, shape (6,).

    The city's wage of 2022, tilted by the root of the county's urban income over the city mean (assumption).

    Raises:
        EvidenceError: the wage or an income is missing.
    """
    income = by_county(evidence, "urban_disposable_income_per_capita", 2022)
    tilt = np.sqrt(income / np.average(income, weights=margins.urban_residents))
    return np.asarray(evidence.value("wage_ordinary", CITY, 2022) * tilt)
