"""Make a world from the plan of the city: sample hamlets, fill and weigh them, add firms and markets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.evidence import Evidence
from sim.places import N_COUNTIES
from sim.population.blueprint import Blueprint, blueprint
from sim.population.counting import HamletCounts, count_hamlets
from sim.population.filling import HamletPlan, fill_households
from sim.population.firms import build_enterprises
from sim.population.geography import Roster
from sim.population.margins import HILL_ZONE, N_ZONES, TOWN_ZONE
from sim.population.markets import build_base, build_counties
from sim.population.sampling import N_CLASSES, attachments, calibrated, sample
from sim.world import Counties, Hamlets, Households, Projects, World

type Floats = NDArray[np.float64]
type Int64s = NDArray[np.int64]

SMALLEST_SHARE = 0.001
SPARE_PART = 0.03
"""Spare household rows of a hamlet, at least one, for households that split off."""
CALIBRATED = 1e-6
"""Relative error of a total up to which it counts as met."""
PROJECT_ROWS = 1_200


def build_world(share: float, seed: int, evidence: Evidence, threads: int = 1) -> World:
    """Return the world at the turn of 2022/23; the same for the same share and seed, whatever the threads.

    Args:
        share: sampling share of the hamlets, 0.001 to 1; hamlets eligible for relocation are sampled at ten
            times that.
        seed: the run's seed.
        evidence: the statistics.
        threads: threads of the household kernels.

    Raises:
        ValueError: the share lies outside 0.001 to 1.
        EvidenceError: a statistic is missing.
        PopulationError: the statistics contradict each other.
    """
    if not SMALLEST_SHARE <= share <= 1.0:
        raise ValueError(f"share {share:g} lies outside [{SMALLEST_SHARE:g}, 1]")
    plan = blueprint(evidence)
    chosen, weights = sample(plan.frame, plan.roster.households, share, seed)
    hamlets = _hamlets(plan.roster, chosen, weights, seed)
    world = World(
        seed=seed,
        share=share,
        month=0,
        households=Households.zeros(int(hamlets.stop[-1])),
        hamlets=hamlets,
        villages=plan.villages.copy(),
        enterprises=build_enterprises(plan.firms, share, seed),
        projects=Projects.zeros(PROJECT_ROWS),
        counties=Counties.zeros(N_COUNTIES),
        base=build_base(plan.counties, plan.economy),
        threads=threads,
    )
    for column in (world.projects.enterprise, world.projects.landed, world.projects.completed):
        column[:] = -1
    _fill(world, plan, chosen)
    counts = count_hamlets(world)
    if len(chosen) < len(plan.roster.village):
        hamlets.weight[:] = _calibrated_weights(world, plan, chosen, counts)
    counted = np.bincount(hamlets.village, hamlets.weight * plan.roster.households[chosen], len(world.villages))
    world.villages.weight[:] = counted / world.villages.households
    world.counties = build_counties(world, plan.counties, plan.economy, plan.types, plan.chances, counts)
    return world


def _hamlets(roster: Roster, chosen: Int64s, weights: Floats, seed: int) -> Hamlets:
    """Lay out the sampled hamlets' rows; `id` is the roster row plus one."""
    hamlets = Hamlets.zeros(len(chosen))
    households = roster.households[chosen]
    rows = households + np.maximum(1, np.ceil(SPARE_PART * households)).astype(np.int64)
    hamlets.id[:] = chosen + 1
    hamlets.village[:], hamlets.county[:] = roster.village[chosen], roster.county[chosen]
    hamlets.urban[:] = roster.zone[chosen] == TOWN_ZONE
    hamlets.weight[:] = weights
    hamlets.stop[:] = np.cumsum(rows)
    hamlets.start[:] = hamlets.stop - rows
    hamlets.longitude[:], hamlets.latitude[:] = roster.point[chosen].T
    hamlets.minutes[:], hamlets.hazard[:] = roster.minutes[chosen], roster.hazard[chosen]
    hamlets.eligible[:] = roster.zone[chosen] == HILL_ZONE
    hamlets.attachment[:] = attachments(seed, chosen)
    return hamlets


def _fill(world: World, plan: Blueprint, chosen: Int64s) -> None:
    roster = plan.roster
    hamlet_plan = HamletPlan(
        stratum=(roster.county * N_ZONES + roster.zone)[chosen],
        position=roster.position[chosen],
        households=roster.households[chosen],
        forest=roster.forest[chosen],
    )
    wage = plan.counties.wage[:, 0].copy()
    fill_households(world, hamlet_plan, plan.types, plan.chances, plan.cell_ends, wage, plan.forest_yield)


def _calibrated_weights(world: World, plan: Blueprint, chosen: Int64s, counts: HamletCounts) -> Floats:
    """Return hamlet weights moved towards each county's residents, natives and forest land.

    Where all three cannot be met within the bounds, persons come first.

    Natives are the members, away ones included, of households registered in the county they stand in.
    """
    hamlets, roster, weights = world.hamlets, plan.roster, world.hamlets.weight.copy()
    natives = counts.registered[np.arange(len(hamlets)), hamlets.county]
    units = np.stack([counts.at_home, natives, roster.forest[chosen]])
    totals = np.stack([plan.types.family, plan.types.natives, plan.frame.forest])
    stratum = plan.frame.stratum[chosen]
    for c in range(N_COUNTIES):
        here = np.flatnonzero(hamlets.county == c)
        strata = c * N_CLASSES + np.arange(N_CLASSES)
        blocks = (stratum[here] == strata[:, None]) * roster.households[chosen[here]]
        wanted = np.append(plan.frame.households[strata], totals[:, c])
        rows = np.vstack([blocks, units[:, here]])
        first = weights[here]
        fitted = calibrated(first, first, rows, wanted)
        if np.any(np.abs(rows @ fitted - wanted) > CALIBRATED * wanted):
            fitted = calibrated(first, calibrated(first, first, rows[:-1], wanted[:-1]), rows, wanted)
        weights[here] = fitted
    return weights
