"""Larger synthetic worlds for land and homes: rural hamlets of the order of the real ones."""

from __future__ import annotations

import numpy as np

from sim.places import N_COUNTIES, QUJIANG
from sim.world import Counties, Enterprises, Hamlets, Households, Projects, Villages, World

COUNTY_SHARES = (0.10, 0.16, 0.17, 0.22, 0.14, 0.21)
"""Part of the hamlets in each county, in the order of the counties."""


def land_world(seed: int = 1, hamlets: int = 300, weight: float = 1.0, mean_land: float = 8.8) -> World:
    """Return a world of rural hamlets in six counties.

    Half of the hamlets of Qujiang are eligible for relocation and small (median 23 households); the others
    hold about 55 households. Households hold `mean_land` mu of transferable land on average.
    """
    rng = np.random.default_rng(seed)
    counts = np.maximum((hamlets * np.array(COUNTY_SHARES)).round().astype(int), 2)
    county = np.repeat(np.arange(N_COUNTIES), counts)
    table = _hamlets(rng, county, weight)
    world = World(
        seed=seed,
        share=1.0 / weight,
        month=0,
        households=_households(rng, table, mean_land),
        hamlets=table,
        villages=_villages(table),
        enterprises=Enterprises.zeros(1),
        projects=Projects.zeros(1),
        counties=_counties(table),
    )
    world.base.wage[:] = world.counties.wage
    world.base.rent[:] = world.counties.forest_rent
    _add_land(world)
    return world


def _hamlets(rng: np.random.Generator, county: np.ndarray, weight: float) -> Hamlets:
    n = county.size
    hamlets = Hamlets.zeros(n)
    hamlets.id[:] = rng.integers(1, 2**63, n, dtype=np.uint64)
    hamlets.county[:] = county
    hamlets.village[:] = np.arange(n) // 5
    hamlets.weight[:] = weight
    hamlets.minutes[:] = rng.uniform(10.0, 90.0, n)
    hamlets.attachment[:] = rng.standard_normal(n)
    hamlets.eligible[:] = (county == QUJIANG) & (rng.random(n) < 0.5)
    hamlets.hazard[:] = rng.random(n) < 0.2
    size = np.where(hamlets.eligible == 1, rng.lognormal(np.log(23.0), 0.75, n), rng.lognormal(np.log(48.0), 0.5, n))
    rows = np.maximum(size.astype(int), 3) + 1
    hamlets.stop[:] = np.cumsum(rows)
    hamlets.start[:] = hamlets.stop - rows
    return hamlets


def _households(rng: np.random.Generator, hamlets: Hamlets, mean_land: float) -> Households:
    n = int(hamlets.stop[-1])
    table = Households.zeros(n)
    table.hamlet[:] = np.repeat(np.arange(len(hamlets)), hamlets.stop - hamlets.start)
    table.id[:] = rng.integers(1, 2**63, n, dtype=np.uint64)
    table.registered[:] = hamlets.county[table.hamlet]
    table.mid_women[:] = rng.random(n) < 0.5
    table.mid_men[:] = rng.random(n) < 0.4
    table.old[:] = rng.poisson(0.6, n)
    table.away_young[:] = rng.poisson(0.7, n)
    table.away_mid[:] = rng.poisson(0.6, n)
    table.away_children[:] = rng.poisson(0.2, n)
    table.farm[:] = table.mid_women
    table.forest[:] = rng.gamma(1.0, mean_land, n)
    table.forest_yield[:] = rng.lognormal(np.log(57.0) - 0.18, 0.6, n)
    vacant = hamlets.stop - 1
    for name in table.column_names():
        if name != "hamlet":
            getattr(table, name)[vacant] = 0
    return table


def _villages(hamlets: Hamlets) -> Villages:
    n = int(hamlets.village[-1]) + 1
    villages = Villages.zeros(n)
    villages.id[:] = np.arange(n) + 900_000
    villages.county[:] = hamlets.county[np.searchsorted(hamlets.village, np.arange(n))]
    villages.weight[:] = 1.0
    villages.households[:] = np.bincount(hamlets.village, hamlets.weight * (hamlets.stop - hamlets.start - 1), n)
    villages.brand_quality[:] = 1.0
    villages.ecology[:] = 1.0
    return villages


def _counties(hamlets: Hamlets) -> Counties:
    counties = Counties.zeros(N_COUNTIES)
    counties.wage[:] = [4_900.0, 7_800.0]
    counties.finding[:] = 0.38
    counties.forest_rent[:] = 44.5
    counties.operators[:] = 1_750.0 * np.array(COUNTY_SHARES)
    counties.leading_firms[:] = 5.0
    return counties


def _add_land(world: World) -> None:
    hamlets, villages = world.hamlets, world.villages
    held = np.bincount(world.households.hamlet, world.households.forest, len(hamlets))
    villages.forest[:] = np.bincount(hamlets.village, hamlets.weight * held, len(villages))
    world.counties.forest_total[:] = np.bincount(hamlets.county, hamlets.weight * held, N_COUNTIES)
