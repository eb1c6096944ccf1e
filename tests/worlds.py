"""Small hand-made worlds for tests of mechanisms: random but quick, consistent, and far from any published number."""

from __future__ import annotations

import numpy as np

from sim.places import KECHENG, N_COUNTIES, QUJIANG
from sim.sectors import ABOVE, BELOW, N_SECTORS, job_cell
from sim.world import (
    HOME,
    NOT_LET,
    SINGLE,
    Counties,
    Enterprises,
    Hamlets,
    Households,
    Projects,
    Villages,
    World,
)


def small_world(
    seed: int = 1, villages_per_county: int = 2, hamlets_per_village: int = 3, households: int = 12
) -> World:
    """Return a world of six counties whose last village in each county is urban.

    Every hamlet has `households` households plus three spare rows; weights vary between 1 and 3.
    """
    rng = np.random.default_rng(seed)
    villages = _villages(rng, villages_per_county)
    hamlets = _hamlets(rng, villages, hamlets_per_village, households + 3)
    world = World(
        seed=seed,
        share=1.0,
        month=0,
        households=_households(rng, hamlets, households),
        hamlets=hamlets,
        villages=villages,
        enterprises=_enterprises(rng),
        projects=Projects.zeros(200),
        counties=_counties(rng),
    )
    _add_base(world)
    return world


def _villages(rng: np.random.Generator, per_county: int) -> Villages:
    villages = Villages.zeros(N_COUNTIES * per_county)
    n = len(villages)
    villages.id[:] = np.arange(n) + 10_000
    villages.county[:] = np.repeat(np.arange(N_COUNTIES), per_county)
    villages.urban[per_county - 1 :: per_county] = 1
    villages.longitude[:] = rng.uniform(118.2, 119.2, n)
    villages.latitude[:] = rng.uniform(28.5, 29.3, n)
    villages.minutes[:] = rng.uniform(10, 90, n)
    villages.households[:] = 100.0
    villages.weight[:] = 1.0
    villages.collective_income[:] = rng.lognormal(13.0, 0.5, n)
    villages.brand_quality[:] = 1.0
    villages.cadre_hours[:] = 800.0
    villages.task_load[:] = 0.4
    villages.ecology[:] = 1.0
    return villages


def _hamlets(rng: np.random.Generator, villages: Villages, per_village: int, rows: int) -> Hamlets:
    hamlets = Hamlets.zeros(len(villages) * per_village)
    n = len(hamlets)
    hamlets.id[:] = np.arange(n) + 50_000
    hamlets.village[:] = np.repeat(np.arange(len(villages)), per_village)
    hamlets.county[:] = villages.county[hamlets.village]
    hamlets.urban[:] = villages.urban[hamlets.village]
    hamlets.weight[:] = rng.uniform(1.0, 3.0, n)
    hamlets.start[:] = np.arange(n) * rows
    hamlets.stop[:] = hamlets.start + rows
    hamlets.minutes[:] = villages.minutes[hamlets.village]
    hamlets.longitude[:] = villages.longitude[hamlets.village]
    hamlets.latitude[:] = villages.latitude[hamlets.village]
    hamlets.eligible[:] = (hamlets.urban == 0) & (rng.random(n) < 0.5)
    hamlets.eligible[(hamlets.county == QUJIANG) & (hamlets.urban == 0)] = 1
    hamlets.attachment[:] = rng.standard_normal(n)
    return hamlets


def _households(rng: np.random.Generator, hamlets: Hamlets, occupied: int) -> Households:
    households = Households.zeros(int(hamlets.stop[-1]))
    for h in range(len(hamlets)):
        households.hamlet[hamlets.start[h] : hamlets.stop[h]] = h
        rows = np.arange(hamlets.start[h], hamlets.start[h] + occupied)
        _fill(rng, households, rows, int(hamlets.county[h]), bool(hamlets.urban[h]))
    return households


def _fill(rng: np.random.Generator, households: Households, rows: np.ndarray, county: int, urban: bool) -> None:
    n = len(rows)
    households.id[rows] = rng.integers(1, 2**63, n, dtype=np.uint64)
    households.registered[rows] = county
    households.residence[rows] = HOME
    for name, rate in [("infants", 0.1), ("children", 0.3), ("young_men", 0.3), ("young_women", 0.3)]:
        getattr(households, name)[rows] = rng.poisson(rate, n)
    households.mid_men[rows] = rng.integers(0, 2, n)
    households.mid_women[rows] = 1
    households.late[rows] = rng.poisson(0.2, n)
    households.old[rows] = rng.poisson(0.5, n)
    households.away_young[rows] = rng.poisson(0.3, n)
    households.away_mid[rows] = rng.poisson(0.3, n)
    households.farm[rows] = 0 if urban else households.mid_women[rows]
    households.local[rows] = households.mid_men[rows] + (households.mid_women[rows] if urban else 0)
    households.idle[rows] = households.young_men[rows] > 0
    households.job_cell[rows] = job_cell(2, ABOVE)
    households.skill[rows] = rng.lognormal(0.0, 0.3, n)
    households.own_business[rows] = np.where(rng.random(n) < 0.2, 3000.0, 0.0)
    households.wealth[rows] = rng.lognormal(10.0, 0.5, n)
    if not urban:
        households.forest[rows] = rng.gamma(2.0, 4.0, n)
        households.forest_yield[rows] = rng.lognormal(4.0, 0.6, n)
        let = rng.random(n) < 0.3
        households.forest_let[rows] = np.where(let, households.forest[rows], 0.0)
        households.let_how[rows] = np.where(let, SINGLE, NOT_LET)
        households.lease_left[rows] = np.where(let, rng.integers(1, 180, n), 0)
        households.lease_rent[rows] = np.where(let, 40.0, 0.0)


def _enterprises(rng: np.random.Generator) -> Enterprises:
    cells = [(c, s, z) for c in range(N_COUNTIES) for s in range(1, N_SECTORS) for z in (BELOW, ABOVE)]
    firms = Enterprises.zeros(2 * len(cells) + 100)
    for i, (county, sector, size) in enumerate(cells * 2):
        firms.id[i] = rng.integers(1, 2**63)
        firms.county[i], firms.sector[i], firms.size[i] = county, sector, size
        firms.active[i], firms.ramp[i] = 1, 1.0
        firms.weight[i] = 1.0 if size == ABOVE else 20.0
        firms.labour[i] = 150.0 if size == ABOVE else 6.0
        firms.desired_labour[i] = firms.labour[i]
        firms.value_added[i] = firms.labour[i] * 15_000.0
        firms.capital[i] = firms.value_added[i] * 12 * 2.5
        firms.age[i] = 60
        firms.talents[i] = 30.0 if size == ABOVE else 1.0
        firms.city_administered[i] = county == KECHENG and size == ABOVE
    firms.project[:] = -1
    return firms


def _counties(rng: np.random.Generator) -> Counties:
    counties = Counties.zeros(N_COUNTIES)
    counties.wage[:] = np.array([4_800.0, 8_000.0]) * rng.uniform(0.9, 1.1, (N_COUNTIES, 1))
    counties.forest_rent[:] = 45.0
    counties.local_demand[:] = 1.0
    counties.collective_residents[:] = 100.0
    counties.collective_registered[:] = 60.0
    counties.operators[:] = 300.0
    counties.leading_firms[:] = 5.0
    counties.brand_premium[:] = 0.25
    counties.outside_wage[:] = 5_240.0
    return counties


def _add_base(world: World) -> None:
    base = world.base
    base.wage[:] = world.counties.wage
    base.rent[:] = world.counties.forest_rent
    base.labour_cost[:] = 6_500.0
    base.farm_value_added[:] = 1.0e6
    base.income_target[:] = np.array([30_000.0, 57_000.0])
    base.income_shares[:] = np.array([[0.58, 0.24, 0.035, 0.145], [0.57, 0.12, 0.14, 0.17]])
