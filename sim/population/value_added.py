"""Value added of 2022 by county, sector and size class, and the jobs that go with it.

The county shares of `assumptions.csv` are fitted to the official city sectors; Changshan's three published
sectors are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.evidence import Evidence
from sim.places import CHANGSHAN, CITY, COUNTIES, N_COUNTIES
from sim.population.fitting import proportional_fit
from sim.population.margins import by_county
from sim.sectors import (
    ABOVE,
    BELOW,
    CONSTRUCTION,
    FARMING,
    FORESTRY_PROCESSING,
    LOGISTICS,
    MANUFACTURING,
    N_SECTORS,
    N_SIZES,
    SECTORS,
)

type Floats = NDArray[np.float64]

BRANCHES = ("primary", "industry_above", "industry_below", "construction", "services")
PRIMARY, INDUSTRY_ABOVE, INDUSTRY_BELOW, BUILDING, SERVICES = range(5)

OUTPUT_PER_WORKER = np.array(
    [
        [0.0, 0.15, 0.15, 0.16, 0.17, 0.13, 0.20, 0.20, 0.60, 0.20],
        [0.0, 0.30, 0.30, 0.22, 0.26, 0.22, 0.35, 0.32, 0.80, 0.26],
    ]
)
"""Value added per worker and year by size and sector in million CNY (0.30 in industry above size:
feasibility; others assumption). Elsewhere only ratios matter: one factor a county makes jobs equal its local
workers."""


@dataclass(frozen=True, eq=False)
class Economy:
    """The 2022 economy.

    Attributes:
        value_added: CNY a year by county, sector and size; farming stands below size, shape (6, 10, 2).
        jobs: workers of firms by county, sector and size, none in farming, shape (6, 10, 2).
    """

    value_added: Floats
    jobs: Floats

    def cell_ends(self) -> Floats:
        """Return the cumulative distribution of a county's jobs over employment cells, shape (6, 20)."""
        cells = self.jobs.reshape(N_COUNTIES, N_SECTORS * N_SIZES)
        return np.asarray(np.cumsum(cells, axis=1) / cells.sum(axis=1, keepdims=True))

    def above_industry(self) -> Floats:
        """Return value added of industry above designated size, CNY a year by county, shape (6,)."""
        return np.asarray(self.value_added[:, FORESTRY_PROCESSING : MANUFACTURING + 1, ABOVE].sum(axis=1))


def economy_of(evidence: Evidence, workers: Floats) -> Economy:
    """Fit value added and spread the county's local workers, shape (6,), over cells."""
    value_added = _cells(evidence, branch_table(evidence))
    jobs = np.zeros_like(value_added)
    jobs[:, 1:] = value_added[:, 1:] / (1e6 * OUTPUT_PER_WORKER.T[1:])
    industry = np.zeros(jobs.shape[1:], dtype=np.bool_)
    industry[FORESTRY_PROCESSING : MANUFACTURING + 1, ABOVE] = True
    left = workers - jobs[:, industry].sum(axis=1)
    jobs[:, ~industry] *= (left / jobs[:, ~industry].sum(axis=1))[:, None]
    return Economy(value_added, jobs)


def branch_table(evidence: Evidence) -> Floats:
    """Return value added of 2022 by county and branch (BRANCHES) in CNY, shape (6, 5).

    Columns: the city's official sectors and above-size industry; small industry and construction share the
        rest of the secondary sector as their county shares suggest. Rows: county GDP, those known from memory
        scaled to the city's total.
    """
    gdp = by_county(evidence, "gdp", 2022)
    seed = np.stack([by_county(evidence, f"gdp_share_{branch}", 2022) for branch in BRANCHES], axis=1) * gdp[:, None]
    changshan = _changshan(evidence, seed[CHANGSHAN])
    columns = _city_branches(evidence, seed) - changshan
    published = np.array([evidence.statistic("gdp", county, 2022).confidence != "memory" for county in COUNTIES])
    remainder = columns.sum() + changshan.sum() - gdp[published].sum()
    rows = np.where(published, gdp, gdp * remainder / gdp[~published].sum())
    others = np.arange(N_COUNTIES) != CHANGSHAN
    rows[others] *= columns.sum() / rows[others].sum()
    table = np.empty_like(seed)
    table[CHANGSHAN] = changshan
    table[others] = proportional_fit(seed[others], rows[others], columns)
    return table


def _city_branches(evidence: Evidence, seed: Floats) -> Floats:
    primary, secondary, tertiary, above = (
        evidence.value(key, CITY, 2022)
        for key in ("gdp_primary", "gdp_secondary", "gdp_tertiary", "above_scale_industrial_value_added")
    )
    rest = seed[:, INDUSTRY_BELOW : BUILDING + 1].sum(axis=0)
    below, building = rest * (secondary - above) / rest.sum()
    return np.array([primary, above, below, building, tertiary])


def _changshan(evidence: Evidence, seed: Floats) -> Floats:
    keys = ("gdp_primary", "gdp_secondary", "gdp_tertiary")
    primary, secondary, tertiary = (evidence.value(key, COUNTIES[CHANGSHAN], 2022) for key in keys)
    inner = seed[INDUSTRY_ABOVE : BUILDING + 1]
    return np.array([primary, *(inner * secondary / inner.sum()), tertiary])


def _cells(evidence: Evidence, table: Floats) -> Floats:
    """Split branches into sectors and size classes, shape (6, 10, 2)."""
    cells = np.zeros((N_COUNTIES, N_SECTORS, N_SIZES))
    cells[:, FARMING, BELOW] = table[:, PRIMARY]
    forestry = by_county(evidence, "industry_share_forestry_processing", 2022)
    for size, branch in ((ABOVE, INDUSTRY_ABOVE), (BELOW, INDUSTRY_BELOW)):
        cells[:, FORESTRY_PROCESSING, size] = forestry * table[:, branch]
        cells[:, MANUFACTURING, size] = (1.0 - forestry) * table[:, branch]
    above = evidence.value("construction_share_above_size", CITY, 2022)
    cells[:, CONSTRUCTION] = np.outer(table[:, BUILDING], [1.0 - above, above])
    above = evidence.value("services_share_above_size", CITY, 2022)
    keys = [f"services_share_{sector}" for sector in SECTORS[LOGISTICS:]]
    split = np.array([evidence.value(key, CITY, 2022) for key in keys])
    services = table[:, SERVICES, None] * split / split.sum()
    cells[:, LOGISTICS:] = services[:, :, None] * np.array([1.0 - above, above])
    return cells
