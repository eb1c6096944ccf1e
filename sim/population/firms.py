"""Enterprise rows: every firm above designated size, a weighted sample of the smaller ones, and spare rows.

Sizes are quantiles, not draws: of a truncated Pareto for industry above designated size, of a lognormal
elsewhere. Each cell (county x sector x size) is scaled to its value added and jobs, so both are exact at
every share.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calendar import BURN_IN_MONTHS
from sim.evidence import Evidence
from sim.places import CITY, COUNTIES, KECHENG, N_COUNTIES
from sim.population.fitting import largest_remainder, normal_scores
from sim.population.margins import by_county
from sim.population.value_added import Economy
from sim.randomness import Purpose, child_id, mix, normals, stream, uniforms
from sim.sectors import (
    ABOVE,
    BELOW,
    CONSTRUCTION,
    FARMING,
    FORESTRY_PROCESSING,
    LOGISTICS,
    MANUFACTURING,
    N_SECTORS,
)
from sim.tables import make_read_only
from sim.world import Enterprises

type Floats = NDArray[np.float64]
type Int64s = NDArray[np.int64]
type Ids = NDArray[np.uint64]

PARETO_EXPONENT = 0.82
"""Of revenue above designated size (feasibility: 0.81-0.83 gives the published mean with 44-47 firms above 1
bn CNY)."""
REVENUE_LOW, REVENUE_HIGH = 2.0e7, 3.5e10
"""Threshold of designated size and truncation of revenue, CNY a year."""
SIZE_SD = (1.0, 0.8)
"""Log sd of size below designated size, and above it outside industry (assumption)."""
TALENT_SD = 0.9
"""Log sd of the talent head-count (assumption)."""
TALENTS_ELSEWHERE = (0.3, 8.0)
"""Mean talent head-count of firms that counties administer, by size (assumption)."""
KNOWLEDGE_YEARS = 5.0
"""Knowledge capital in years of research spending: 1 / (depreciation 0.15 + growth 0.05) (assumption)."""
RESEARCH_IN_INDUSTRY = 0.85
"""Part of research done by industry above designated size (assumption)."""
MEAN_AGE_MONTHS = (60.0, 120.0)
"""Mean age in January 2023 by size (assumption)."""
YOUNGEST_MONTHS = BURN_IN_MONTHS + 1
"""Least age in January 2023: every firm was there when the burn-in began. Ages beyond it are exponential."""
LEAST_ROWS = 3
"""Rows of every cell below designated size, however small the share."""
SPARE_ROWS = 400
SPARE_PART = 0.2
"""Spare rows for new plants, and for entrants as part of the small rows."""
_ID_SEED = np.uint64(0x5EED_0F_F1435)


@dataclass(frozen=True, eq=False)
class FirmPlan:
    """Number of firms in the full city, and what describes them.

    Attributes:
        firms: number of firms by county, sector and size, shape (6, 10, 2).
        economy: value added and jobs of the cells.
        city_administered: number of firms the city administers.
        talents: mean talent head-count of these, persons a firm.
        knowledge: knowledge capital of all firms, CNY.
    """

    firms: Int64s
    economy: Economy
    city_administered: int
    talents: float
    knowledge: float


def firm_plan(evidence: Evidence, economy: Economy) -> FirmPlan:
    """Count the firms of every cell.

    Industry above designated size is published by county; services, construction and small firms are published
    or assumed for the city and spread by value added or by jobs, at least one (`LEAST_ROWS` below size) a cell.

    Raises:
        EvidenceError: a statistic is missing.
    """
    firms = np.zeros((N_COUNTIES, N_SECTORS, 2), dtype=np.int64)
    industry = slice(FORESTRY_PROCESSING, MANUFACTURING + 1)
    large = by_county(evidence, "above_scale_industrial_firms", 2022)
    for c in range(N_COUNTIES):
        firms[c, industry, ABOVE] = largest_remainder(economy.value_added[c, industry, ABOVE], round(large[c]))
    for key, sectors in (
        ("above_size_construction_firms", slice(CONSTRUCTION, CONSTRUCTION + 1)),
        ("above_size_service_firms", slice(LOGISTICS, N_SECTORS)),
    ):
        total = round(evidence.value(key, CITY, 2022))
        firms[:, sectors, ABOVE] = _at_least_one(economy.value_added[:, sectors, ABOVE], total)
    small = slice(FARMING + 1, N_SECTORS)
    number = round(evidence.value("small_firms", CITY, 2022))
    firms[:, small, BELOW] = _at_least_one(economy.jobs[:, small, BELOW], number, LEAST_ROWS)
    return FirmPlan(
        firms=firms,
        economy=economy,
        city_administered=round(evidence.value("city_administered_firms", COUNTIES[KECHENG], 2022)),
        talents=evidence.value("talents_per_city_administered_firm", CITY, 2022),
        knowledge=evidence.value("rd_to_gdp_ratio", CITY, 2021) * economy.value_added.sum() * KNOWLEDGE_YEARS,
    )


def _at_least_one(weights: Floats, total: int, least: int = 1) -> Int64s:
    return least + largest_remainder(weights, total - least * weights.size)


def build_enterprises(plan: FirmPlan, share: float, seed: int) -> Enterprises:
    """Return the enterprise table: firms above size, sampled smaller ones, then spare rows, columns (rows,).

    Value added is in CNY a month, knowledge in CNY, labour in workers, age in months; `weight` is the number of firms
    a row stands for. Capital, investment and wanted labour are left to the burn-in.

    Args:
        plan: firms of the full city.
        share: part of the firms below designated size to take, 0 < share <= 1.
        seed: the run's seed; ages and talents are drawn, sizes are not.
    """
    template = _sized_firms(plan, share)
    firms = template.copy()
    _draw(firms, int(template.active.sum()), plan, seed)
    return firms


@functools.lru_cache(maxsize=4)
def _sized_firms(plan: FirmPlan, share: float) -> Enterprises:
    """Return the enterprise table with all that does not depend on the seed, kept for the process: read-only."""
    rows = plan.firms.copy()
    sampled = np.rint(share * plan.firms[:, :, BELOW]).astype(np.int64)
    rows[:, :, BELOW] = np.minimum(plan.firms[:, :, BELOW], np.maximum(LEAST_ROWS, sampled))
    live = int(rows.sum())
    firms = Enterprises.zeros(live + SPARE_ROWS + round(SPARE_PART * int(rows[:, :, BELOW].sum())))
    firms.project[:] = -1
    row = 0
    for size in (ABOVE, BELOW):
        for c, s in np.argwhere(rows[:, :, size] > 0).tolist():
            n = int(rows[c, s, size])
            _fill_cell(firms, slice(row, row + n), plan, (c, s, size))
            row += n
    _describe(firms, live, plan)
    make_read_only(firms)
    return firms


def _fill_cell(firms: Enterprises, at: slice, plan: FirmPlan, cell: tuple[int, int, int]) -> None:
    """Write one cell's firms: their sizes sum to the cell's value added and jobs."""
    n = at.stop - at.start
    weight = plan.firms[cell] / n
    sizes = relative_sizes(n, cell[1], cell[2])
    parts = sizes / (sizes.sum() * weight)
    firms.county[at], firms.sector[at], firms.size[at] = cell
    firms.active[at], firms.ramp[at], firms.scale[at] = 1, 1.0, 1.0
    firms.weight[at] = weight
    firms.value_added[at] = parts * plan.economy.value_added[cell] / 12.0
    firms.labour[at] = parts * plan.economy.jobs[cell]


def relative_sizes(n: int, sector: int, size: int) -> Floats:
    """Return sizes of the `n` firms of a cell up to a factor, smallest first, shape (n,).

    Truncated Pareto quantiles (CNY of revenue a year) in industry above designated size, lognormal ones of
    median 1 elsewhere.
    """
    if size == ABOVE and sector in (FORESTRY_PROCESSING, MANUFACTURING):
        u = (np.arange(n) + 0.5) / n
        tail = (REVENUE_LOW / REVENUE_HIGH) ** PARETO_EXPONENT
        return np.asarray(REVENUE_LOW * (1.0 - u * (1.0 - tail)) ** (-1.0 / PARETO_EXPONENT))
    return np.asarray(np.exp(SIZE_SD[size] * normal_scores(n)))


def _describe(firms: Enterprises, live: int, plan: FirmPlan) -> None:
    """Write identity, administration and knowledge of the live rows."""
    at = slice(0, live)
    size = firms.size[at]
    firms.id[at] = firm_ids(live)
    firms.city_administered[at] = _largest(firms.value_added[at], (firms.county[at] == KECHENG) & (size == ABOVE), plan)
    industry = (size == ABOVE) & (firms.sector[at] <= MANUFACTURING)
    part = np.where(industry, RESEARCH_IN_INDUSTRY, 1.0 - RESEARCH_IN_INDUSTRY)
    output = firms.weight[at] * firms.value_added[at]
    total = np.where(industry, output[industry].sum(), output[~industry].sum())
    firms.research[at] = plan.knowledge * part * firms.value_added[at] / total


def _draw(firms: Enterprises, live: int, plan: FirmPlan, seed: int) -> None:
    """Draw age and talent of the live rows."""
    at = slice(0, live)
    size, ids = firms.size[at], firms.id[at]
    state = stream(seed, 0, Purpose.POPULATION_FIRM)
    beyond = -np.log(uniforms(np.uint64(mix(state)), ids)) * (np.array(MEAN_AGE_MONTHS)[size] - YOUNGEST_MONTHS)
    firms.age[at] = YOUNGEST_MONTHS + np.rint(beyond).astype(np.int32)
    mean = np.where(firms.city_administered[at] == 1, plan.talents, np.array(TALENTS_ELSEWHERE)[size])
    firms.talents[at] = mean * np.exp(TALENT_SD * normals(state, ids) - TALENT_SD**2 / 2.0)


def firm_ids(n: int) -> Ids:
    """Return the identities of the first `n` enterprise rows, the same in every run, shape (n,)."""
    return np.array([child_id(_ID_SEED, np.uint64(i)) for i in range(n)], dtype=np.uint64)


def _largest(value_added: Floats, candidates: NDArray[np.bool_], plan: FirmPlan) -> NDArray[np.bool_]:
    rows = np.flatnonzero(candidates)
    chosen = np.zeros(len(value_added), dtype=np.bool_)
    chosen[rows[np.argsort(-value_added[rows], kind="stable")[: plan.city_administered]]] = True
    return chosen
