"""A world of firms for tests: counties after assumed GDP shares, sizes from a truncated Pareto law."""

from __future__ import annotations

import numpy as np

from sim.accounting import Ledger
from sim.burn_in import burn_in
from sim.levers import LeverBoard
from sim.mechanisms import entry_exit, innovation, production, projects, talent
from sim.mechanisms.production import INDUSTRY, sum_by_cell
from sim.parameters import Parameters
from sim.places import KECHENG, N_COUNTIES
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
)
from sim.world import Counties, Enterprises, Hamlets, Households, Projects, Villages, World

GDP = np.array([71.7, 26.2, 29.9, 35.5, 20.1, 17.0]) * 1e9
PRIMARY = np.array([0.017, 0.085, 0.049, 0.061, 0.046, 0.079])
INDUSTRY_ABOVE = np.array([0.347, 0.215, 0.348, 0.289, 0.310, 0.211])
INDUSTRY_BELOW = np.array([0.048, 0.045, 0.058, 0.068, 0.060, 0.058])
BUILDING = np.array([0.077, 0.080, 0.062, 0.077, 0.082, 0.092])
FORESTRY_PART = 0.1
SERVICE_PARTS = np.array([0.10, 0.25, 0.05, 0.10, 0.22, 0.28])


def margins() -> tuple[np.ndarray, np.ndarray]:
    """Return value added of 2022 by county and sector (6, 10) and above-size industry (6,), CNY."""
    table = np.zeros((N_COUNTIES, N_SECTORS))
    industry = INDUSTRY_ABOVE + INDUSTRY_BELOW
    table[:, FARMING], table[:, CONSTRUCTION] = PRIMARY, BUILDING
    table[:, FORESTRY_PROCESSING] = FORESTRY_PART * industry
    table[:, MANUFACTURING] = (1.0 - FORESTRY_PART) * industry
    services = 1.0 - PRIMARY - industry - BUILDING
    table[:, LOGISTICS:] = np.outer(services, SERVICE_PARTS)
    return table * GDP[:, None], INDUSTRY_ABOVE * GDP


def pareto_sizes(n: int, exponent: float = 0.82, smallest: float = 20e6, largest: float = 35e9) -> np.ndarray:
    """Return revenues, CNY a year, at the quantiles of a truncated Pareto law, shape (n,)."""
    u = (np.arange(n) + 0.5) / n
    top = 1.0 - (smallest / largest) ** exponent
    return smallest * (1.0 - u * top) ** (-1.0 / exponent)


def firm_world(seed: int = 1, above: int = 1200, below_per_cell: int = 13, spare: int = 560) -> World:
    """Return a world of firms at 2022 levels without households, before the burn-in."""
    rng = np.random.default_rng(seed)
    published, published_above = margins()
    small = N_COUNTIES * (N_SECTORS - 1) * below_per_cell
    firms = Enterprises.zeros(above + small + spare)
    firms.id[:] = rng.integers(1, 2**63, len(firms), dtype=np.uint64)
    firms.project[:] = -1
    _fill_above(rng, firms, above, published_above)
    _fill_below(rng, firms, above, below_per_cell, published, published_above)
    world = World(
        seed=seed,
        share=0.01,
        month=0,
        households=Households.zeros(0),
        hamlets=Hamlets.zeros(0),
        villages=Villages.zeros(0),
        enterprises=firms,
        projects=Projects.zeros(1200),
        counties=Counties.zeros(N_COUNTIES),
    )
    _fill_base(world, published, published_above)
    return world


def _fill_above(rng: np.random.Generator, firms: Enterprises, n: int, published: np.ndarray) -> None:
    rows = np.arange(n)
    counties = rng.choice(N_COUNTIES, n, p=published / published.sum())
    counties[:N_COUNTIES] = np.arange(N_COUNTIES)
    value = rng.permutation(pareto_sizes(n)) * 0.198
    value *= (published / np.bincount(counties, value, N_COUNTIES))[counties]
    firms.county[rows], firms.size[rows], firms.weight[rows] = counties, ABOVE, 1.0
    firms.sector[rows] = np.where(rng.random(n) < FORESTRY_PART, FORESTRY_PROCESSING, MANUFACTURING)
    firms.active[rows], firms.ramp[rows], firms.age[rows] = 1, 1.0, 60
    firms.value_added[rows] = value / 12
    firms.labour[rows] = value / 300_000.0
    firms.capital[rows] = 2.5 * value
    firms.research[rows] = 0.1 * value
    city = np.flatnonzero(counties == KECHENG)[:400]
    firms.city_administered[city] = 1
    firms.talents[city] = rng.lognormal(np.log(30) - 0.5 * 0.9**2, 0.9, len(city))


def _fill_below(
    rng: np.random.Generator,
    firms: Enterprises,
    first: int,
    per_cell: int,
    published: np.ndarray,
    published_above: np.ndarray,
) -> None:
    row = first
    industry = published[:, FORESTRY_PROCESSING] + published[:, MANUFACTURING]
    for county in range(N_COUNTIES):
        for sector in range(1, N_SECTORS):
            total = published[county, sector]
            if sector in (FORESTRY_PROCESSING, MANUFACTURING):
                total *= 1.0 - published_above[county] / industry[county]
            rows = slice(row, row + per_cell)
            size = rng.lognormal(0.0, 0.8, per_cell)
            firms.county[rows], firms.sector[rows], firms.size[rows] = county, sector, BELOW
            firms.active[rows], firms.ramp[rows], firms.age[rows], firms.weight[rows] = 1, 1.0, 60, 85.0
            firms.value_added[rows] = total / 12 / 85.0 * size / size.sum()
            firms.labour[rows] = firms.value_added[rows] * 12 / 130_000.0
            firms.capital[rows] = firms.value_added[rows] * 12 * 1.4
            row += per_cell


def _fill_base(world: World, published: np.ndarray, published_above: np.ndarray) -> None:
    base, counties = world.base, world.counties
    base.value_added_2022[:], base.above_2022[:] = published, published_above
    made = 12 * sum_by_cell(world.enterprises, world.enterprises.value_added).sum(axis=2)
    base.value_added_2022[:, INDUSTRY] = made[:, INDUSTRY]
    base.farm_value_added[:] = published[:, FARMING]
    base.wage[:] = np.array([4_900.0, 7_800.0])
    base.labour_cost = np.full((N_COUNTIES, N_SECTORS, N_SIZES), 7_000.0)
    counties.wage[:] = base.wage
    counties.local_demand[:] = 1.0
    counties.value_added[:] = published / 12
    counties.phds_before[KECHENG] = 100.0


def default_parameters(**changes: float) -> Parameters:
    """Return the parameters of the economy; `changes` are flat names with ``__`` for the dot."""
    names = {module.MECHANISM.name: module.MECHANISM.parameters() for module in _MODULES}
    return Parameters(names).replaced({key.replace("__", ".", 1): value for key, value in changes.items()})


_MODULES = (projects, production, entry_exit, talent, innovation)


def burnt_in(seed: int = 1, parameters: Parameters | None = None) -> World:
    """Return a firm world after the burn-in."""
    world = firm_world(seed)
    burn_in(world, parameters or default_parameters())
    return world


def run(
    world: World,
    parameters: Parameters,
    months: int,
    levers: LeverBoard | None = None,
    wage_trend: float = 0.045,
) -> tuple[np.ndarray, np.ndarray]:
    """Run projects and production with labour that adjusts at once to vacancies and wages on trend.

    Returns:
        value added by month, county, sector (months, 6, 10), and above-size industry (months, 6).
    """
    board = levers or LeverBoard(())
    ledger = Ledger(board.programmes)
    firms, total, above = world.enterprises, [], []
    entry_exit.start(world, parameters["entry_exit"])
    for month in range(months):
        world.month = month
        world.counties.wage[:] = world.base.wage * np.exp(wage_trend * month / 12)
        projects.step(world, parameters["projects"], board, ledger)
        production.step(world, parameters["production"], board, ledger)
        entry_exit.step(world, parameters["entry_exit"], board, ledger)
        firms.labour += 0.3 * (firms.desired_labour - firms.labour)
        total.append(world.counties.value_added.copy())
        above.append(world.counties.value_added_above.copy())
    return np.array(total), np.array(above)
