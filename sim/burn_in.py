"""Three years of projects and production before January 2023, so that the pipeline and half-full plants
exist.

`burn_in` starts established firms on balanced growth in January 2020, signs the inherited pipeline month by
month, and lets projects and production run for 36 months. Then it fits levels, never growth: production has
constant returns and demand is homogeneous, so multiplying a firm's capital, labour and demand by one factor
multiplies its whole history. One factor by county and block (industry above and below designated size,
construction, each service) makes the sum of the twelve months of 2022, plants and building included, equal to
the published value added. The firms of January 2023 are survivors: in the months of 2022 each counts for the
inverse of its chance to survive until then, as firms that closed meanwhile produced too. At last the unit of
labour is chosen by cell, so that firms hold the workers the population gave them, and the labour cost of the
cell follows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sim.calendar import BURN_IN_MONTHS, MONTHS_PER_YEAR
from sim.errors import PopulationError
from sim.mechanisms import entry_exit, production, projects
from sim.mechanisms.entry_exit import EntryExitParameters
from sim.mechanisms.production import TRADABLE, ProductionParameters
from sim.mechanisms.production_kernel import add_history
from sim.mechanisms.projects import ProjectParameters
from sim.parameters import Parameters
from sim.places import N_COUNTIES
from sim.randomness import Purpose, normals, stream, uniforms
from sim.sectors import ABOVE, BELOW, CONSTRUCTION, FARMING, N_SECTORS, N_SIZES
from sim.world import Bools, Enterprises, Floats, World

NO_PROJECT = -1

YEARS_TO_MID_2022 = 2.5
"""From the first month of the burn-in to the middle of 2022."""

LEAST_SHARE = 0.1
"""Smallest part of a published margin left to established firms when plants and building are many, ratio;
assumption.
"""


@dataclass
class History:
    """Value added of the twelve months of 2022, CNY.

    Attributes:
        established: by month, county, sector and size, shape (12, 6, 10, 2).
        plants: the same, of project plants.
        building: project building by month and county, shape (12, 6).
        farming: by month and county, shape (12, 6).
    """

    established: Floats
    plants: Floats
    building: Floats
    farming: Floats

    @classmethod
    def empty(cls) -> History:
        """Return a year of zeros, CNY, in the shapes above."""
        cells = (MONTHS_PER_YEAR, N_COUNTIES, N_SECTORS, N_SIZES)
        months = (MONTHS_PER_YEAR, N_COUNTIES)
        return cls(np.zeros(cells), np.zeros(cells), np.zeros(months), np.zeros(months))

    def value_added(self) -> Floats:
        """Return value added by month, county and sector, CNY a month, shape (12, 6, 10)."""
        total = (self.established + self.plants).sum(axis=3)
        total[:, :, CONSTRUCTION] += self.building
        total[:, :, FARMING] += self.farming
        return np.asarray(total)

    def above(self) -> Floats:
        """Return value added of above-size industry by month and county, CNY a month, shape (12, 6)."""
        return np.asarray((self.established + self.plants)[:, :, TRADABLE, ABOVE].sum(axis=2))


def burn_in(world: World, parameters: Parameters) -> None:
    """Run 2020 to 2022 and fit the levels of 2022; the world is at January 2023 before and after.

    Reads base.value_added_2022, shape (6, 10), and base.above_2022, shape (6,), as the published margins (CNY
    a year) and writes base.value_added_by_month, shape (12, 6, 10), base.above_by_month, shape (12, 6),
    base.labour_cost, shape (6, 10, 2), the enterprise rows and the county rows. The signed
    values of 2020-22 are assumptions of `ProjectParameters`.

    Args:
        world: a world at month 0, changed in place.
        parameters: of which "production", "projects" and "entry_exit" are read.

    Raises:
        PopulationError: a county has value added in a sector but no firm in it.
    """
    p = cast(ProductionParameters, parameters["production"])
    q = cast(ProjectParameters, parameters["projects"])
    workers = production.sum_by_cell(world.enterprises, world.enterprises.labour)
    given = production.sum_by_cell(world.enterprises, world.enterprises.value_added)
    established = _start_firms(world, p, workers)
    history = _run(world, p, q, established, cast(EntryExitParameters, parameters["entry_exit"]))
    factors = _factors(world, history, given)
    _rescale(world, history, factors, established)
    _choose_labour_unit(world, p, workers)
    world.base.value_added_by_month[:] = history.value_added()
    world.base.above_by_month[:] = history.above()
    world.counties.value_added[:] = world.base.value_added_by_month[-1]
    world.counties.value_added_above[:] = world.base.above_by_month[-1]
    world.counties.landed_projects[:] = 0.0


def _start_firms(world: World, p: ProductionParameters, workers: Floats) -> NDArray[np.intp]:
    """Put established firms on balanced growth in January 2020, as old as they were then, and return their rows."""
    firms, base = world.enterprises, world.base
    rows = np.flatnonzero(firms.active)
    alpha, markup, tfp = production.technology(p)
    demand = np.where(TRADABLE, *production.demand_growth(p, -BURN_IN_MONTHS))[:, None]
    output, sales = production.balanced_growth(alpha, markup[:, None], tfp, demand, p.wage_trend_before - p.price_trend)
    share = (1.0 - alpha) / markup[:, None]
    base.labour_cost[:] = labour_cost(share * production.sum_by_cell(firms, firms.value_added), workers)

    _set_wages(world, p, -BURN_IN_MONTHS)
    cells = production.cells_of_month(world, p)
    kind = _kinds_of(firms, rows)
    lag = 1.0 + sales / MONTHS_PER_YEAR / p.capital_adjustment
    hiring_lag = 1.0 + (sales - p.wage_trend_before) / MONTHS_PER_YEAR / p.hiring_speed_before
    volume = firms.value_added[rows] * np.exp(-output * YEARS_TO_MID_2022).take(kind)
    capital = (alpha / markup[:, None] * MONTHS_PER_YEAR / p.user_cost / lag).take(kind) * volume
    labour = (share / hiring_lag).take(kind) * volume / cells.labour_cost.take(_cells_of(firms, rows))
    elasticity = alpha.take(kind)
    firms.scale[rows] = (
        volume * np.exp(-cells.log_trend).take(kind) / (capital**elasticity * labour ** (1.0 - elasticity))
    )
    firms.demand[rows] = volume / cells.demand[firms.county[rows], firms.sector[rows]]
    shock, log_capital, log_labour = _deviations(world, p, rows)
    firms.shock[rows] = shock
    firms.capital[rows], firms.labour[rows] = capital * np.exp(log_capital), labour * np.exp(log_labour)
    firms.ramp[rows], firms.project[rows], firms.knowledge[rows] = 1.0, NO_PROJECT, 0.0
    firms.age[rows] -= BURN_IN_MONTHS
    return rows


def labour_cost(wage_bill: Floats, workers: Floats) -> Floats:
    """Return the cost of a worker by county, sector and size, CNY a month, shape (6, 10, 2).

    A county without firms of a sector and size has the city's cost, so that a plant can open there; it is 1 where the
    city has none. `wage_bill` (CNY a month) and `workers` are sums over firms, of that shape.
    """
    paid, hired = wage_bill.sum(axis=0), workers.sum(axis=0)
    cost = np.ones_like(wage_bill)
    cost[:] = np.divide(paid, hired, out=np.ones_like(paid), where=(hired > 0.0) & (paid > 0.0))
    return np.divide(wage_bill, workers, out=cost, where=(workers > 0.0) & (wage_bill > 0.0))


def _deviations(world: World, p: ProductionParameters, rows: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
    """Return shock, log capital and log labour of each firm relative to balanced growth, each shape (rows,).

    Drawn from their joint stationary law (linear in logs, labour at once, capital slowly): firms that had not
    yet adapted to their shock would grow for a decade merely because productive ones expand.
    """
    firms = world.enterprises
    alpha, markup, _ = production.technology(p)
    spread, slope, rest = stationary_law(p, alpha, markup[:, None])
    ids, large = firms.id[rows], firms.size[rows] == ABOVE
    kind = _kinds_of(firms, rows)
    shock = np.where(large, spread * normals(world.lasting_stream(Purpose.PRODUCTIVITY), ids), 0.0)
    other = normals(world.lasting_stream(Purpose.FIRM_START), ids)
    capital = slope.take(kind) * shock + np.where(large, rest.take(kind) * other, 0.0)
    a, mu = alpha.take(kind), markup[firms.sector[rows]]
    volume = (shock + a * capital) / (1.0 - (1.0 - a) / mu)
    return shock, capital, volume / mu


def stationary_law(p: ProductionParameters, alpha: Floats, markup: Floats) -> tuple[float, Floats, Floats]:
    """Return sd of the shock, slope of log capital on it, and sd of the rest of log capital, by technology.

    With labour at its optimum, log capital follows k' = phi k + b shock; the moments are those of that pair
    of equations.

    Args:
        p: persistence and sd of the monthly shock, adjustment of capital a month.
        alpha: output elasticity of capital, shape (10, 2).
        markup: on value added, a shape that broadcasts with `alpha`.

    Returns:
        Sd in logs, slope (ratio) and sd in logs; the last two in the shape of `alpha`.
    """
    passed_on = 1.0 - (1.0 - alpha) / markup
    phi = 1.0 - p.capital_adjustment * (1.0 - alpha / (markup * passed_on))
    b = p.capital_adjustment / (markup * passed_on)
    variance, rho = p.shock_sd**2, p.shock_persistence
    covariance = rho * b * variance / (1.0 - rho * phi)
    of_capital = (2.0 * phi * b * covariance + b**2 * variance) / (1.0 - phi**2)
    return p.shock_sd, covariance / variance, np.sqrt(np.maximum(of_capital - covariance**2 / variance, 0.0))


def _set_wages(world: World, p: ProductionParameters, month: int) -> None:
    world.month = month
    years = month / MONTHS_PER_YEAR
    world.counties.wage[:] = world.base.wage * math.exp(p.wage_trend_before * years)


def _run(
    world: World,
    p: ProductionParameters,
    q: ProjectParameters,
    established: NDArray[np.intp],
    closing: EntryExitParameters,
) -> History:
    counties, firms, history = world.counties, world.enterprises, History.empty()
    campaign_value = np.full(N_COUNTIES, q.campaign_value)
    is_plant = np.ones(len(firms), dtype=np.bool_)
    is_plant[established] = False
    hazard = entry_exit.ordinary_closure(firms, closing)
    signing = _signing(world, p, q)
    fresh = uniforms(stream(world.seed, 0, Purpose.PROJECT_SIGNING), np.arange(2 * N_COUNTIES, dtype=np.uint64))
    counties.signing_credit[:] = fresh.reshape(N_COUNTIES, 2)
    usual_speed = np.ones(N_COUNTIES)
    for month, due in zip(range(-BURN_IN_MONTHS, 0), signing, strict=True):
        _set_wages(world, p, month)
        projects.sign(world, q, due, campaign_value)
        projects.advance(world, q, usual_speed)
        production.run_firms(world, p)
        firms.labour += p.hiring_speed_before * (firms.desired_labour - firms.labour)
        if month >= -MONTHS_PER_YEAR:
            k = month + MONTHS_PER_YEAR
            add_history(
                -month / MONTHS_PER_YEAR,
                is_plant,
                hazard,
                firms.county,
                firms.sector,
                firms.size,
                firms.active,
                firms.weight,
                firms.value_added,
                history.plants[k],
                history.established[k],
            )
            history.building[k] = counties.construction_spending
            history.farming[k] = production.farm_output(world, p)
    _set_wages(world, p, 0)
    return history


def _signing(world: World, p: ProductionParameters, q: ProjectParameters) -> Floats:
    """Return the projects due in each month by channel (ORDINARY, CAMPAIGN) and county, shape (36, 2, 6)."""
    months = range(-BURN_IN_MONTHS, 0)
    years = (np.array(months) - production.MID_2022) / MONTHS_PER_YEAR
    gdp = np.exp(p.services_trend * years)[:, None] * world.base.value_added_2022.sum(axis=1)
    campaign = [projects.inherited_signing(of_month, q, month) for month, of_month in zip(months, gdp, strict=True)]
    return np.stack([projects.ordinary_signing(gdp, q), campaign], axis=1)


def _factors(world: World, history: History, given: Floats) -> Floats:
    """Return the factor on established firms by county, sector and size, shape (6, 10, 2).

    Where plants and building exceed a margin, established firms keep `LEAST_SHARE` of it; industry then
    gives way in its other sector, so that industry above and below designated size hold by county.

    Args:
        world: the world with its published margins.
        history: the year 2022.
        given: value added of the population's firms, whose split of industry by sector is kept, (6, 10, 2).
    """
    published, above = world.base.value_added_2022, world.base.above_2022
    own, plants = history.established.sum(axis=0), history.plants.sum(axis=0)
    others = published.copy()
    others[:, CONSTRUCTION] -= history.building.sum(axis=0)
    others = np.maximum(others, LEAST_SHARE * published)
    others[:, FARMING] = 0.0
    factors = np.repeat(_ratio(others, own.sum(axis=2))[:, :, None], N_SIZES, axis=2)
    split = given[:, TRADABLE] / np.maximum(given[:, TRADABLE].sum(axis=1, keepdims=True), 1.0)
    new = plants[:, TRADABLE, ABOVE]
    makers = own[:, TRADABLE] > 0.0
    large = _fitted(above[:, None] * split[:, :, ABOVE], new, above, makers[:, :, ABOVE])
    small = published[:, TRADABLE].sum(axis=1) - above
    below = _fitted(published[:, TRADABLE] - large - new, np.zeros_like(large), small, makers[:, :, BELOW])
    factors[:, TRADABLE, ABOVE] = _ratio(large, own[:, TRADABLE, ABOVE])
    factors[:, TRADABLE, BELOW] = _ratio(below, own[:, TRADABLE, BELOW])
    return factors


def _fitted(wanted: Floats, plants: Floats, total: Floats, makers: Bools) -> Floats:
    """Return what established firms make, (6, 2), so that with plants each county has its total, (6,).

    A sector with firms (`makers`) keeps `LEAST_SHARE` of what it should make, or of a hundredth of the total.
    """
    least = LEAST_SHARE * np.maximum(wanted, 0.01 * total[:, None])
    kept = np.maximum(wanted - plants, least) * makers
    left = np.maximum(total - plants.sum(axis=1), LEAST_SHARE * total)
    return np.asarray(kept * (left / np.maximum(kept.sum(axis=1), 1.0))[:, None])


def _ratio(wanted: Floats, found: Floats) -> Floats:
    """Return wanted / found, 1 where no firm is found and none is wanted."""
    missing = (found <= 0.0) & (wanted > 0.0)
    if missing.any():
        where = np.argwhere(missing).tolist()
        raise PopulationError(f"no established firm produces the value added of (county, sector) {where}")
    return np.divide(wanted, found, out=np.ones_like(wanted), where=found > 0.0)


def _rescale(world: World, history: History, factors: Floats, established: NDArray[np.intp]) -> None:
    firms = world.enterprises
    factor = factors.take(_cells_of(firms, established))
    columns = (
        firms.capital,
        firms.labour,
        firms.desired_labour,
        firms.demand,
        firms.value_added,
        firms.investment,
    )
    for column in columns:
        column[established] *= factor
    history.established *= factors


def _choose_labour_unit(world: World, p: ProductionParameters, workers: Floats) -> None:
    """Measure labour so that each cell has the workers of the population; output and the wage bill stay."""
    firms, base = world.enterprises, world.base
    held = production.sum_by_cell(firms, firms.labour)
    unit = np.divide(workers, held, out=np.ones_like(workers), where=(held > 0) & (workers > 0))
    rows = np.flatnonzero(firms.active)
    alpha, _, _ = production.technology(p)
    own, kind = unit.take(_cells_of(firms, rows)), _kinds_of(firms, rows)
    firms.labour[rows] *= own
    firms.desired_labour[rows] *= own
    firms.scale[rows] *= own ** -(1.0 - alpha.take(kind))
    base.labour_cost /= unit


def _cells_of(firms: Enterprises, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return where the cells of firms stand in a table by county, sector and size, shape (rows,)."""
    return np.asarray(firms.county[rows] * np.intp(N_SECTORS * N_SIZES) + _kinds_of(firms, rows))


def _kinds_of(firms: Enterprises, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return where the technologies of firms stand in a table by sector and size, shape (rows,)."""
    return np.asarray(firms.sector[rows] * np.intp(N_SIZES) + firms.size[rows])
