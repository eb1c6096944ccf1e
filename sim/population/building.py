"""Make a world from the plan of the city: sample hamlets, fill and weigh them, add firms and markets."""

from __future__ import annotations

import functools
from dataclasses import replace

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
from sim.population.sampling import N_CLASSES, attachments, calibrate, sample
from sim.tables import copied, make_read_only
from sim.world import Counties, Hamlets, Households, Projects, World

type Floats = NDArray[np.float64]
type Int64s = NDArray[np.int64]

SMALLEST_SHARE = 0.001
SPARE_PART = 0.03
"""Spare household rows of a hamlet, at least one, for households that split off."""
CALIBRATED = 1e-6
"""Relative error of a total up to which it counts as met."""
PROJECT_ROWS = 1_200
LARGEST_KEPT = 0.1
"""Share up to which the last world is kept for the next run of its seed, as in a study: there it takes 30 MB."""


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
    if share <= LARGEST_KEPT:
        return replace(copied(_kept(share, seed, evidence)), threads=threads)
    return _built(share, seed, evidence, threads)


@functools.lru_cache(maxsize=1)
def _kept(share: float, seed: int, evidence: Evidence) -> World:
    world = _built(share, seed, evidence, threads=1)
    make_read_only(world)
    return world


def _built(share: float, seed: int, evidence: Evidence, threads: int) -> World:
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
    """Return hamlet weights moved towards each county's households by class, residents, natives and forest land.

    Where all cannot be met within the bounds, households and persons come first.

    Natives are the members, away ones included, of households registered in the county they stand in.
    """
    hamlets, roster, frame, n = world.hamlets, plan.roster, plan.frame, len(chosen)
    classes = frame.stratum[chosen] % N_CLASSES
    by_class = (classes == np.arange(N_CLASSES)[:, None]) * roster.households[chosen]
    natives = counts.registered[np.arange(n), hamlets.county]
    rows = np.vstack([by_class, counts.at_home, natives, roster.forest[chosen]])
    households = frame.households.reshape(N_COUNTIES, N_CLASSES)
    totals = np.column_stack([households, plan.types.family, plan.types.natives, frame.forest])
    scale = np.maximum(totals, 1.0)
    rows /= scale.T[:, hamlets.county]
    totals /= scale
    weights, by_unit, system = hamlets.weight.copy(), np.empty((3, n)), np.empty((len(rows) + 4, len(rows)))
    ends = np.searchsorted(hamlets.county, np.arange(N_COUNTIES + 1))
    for c, wanted in enumerate(totals):
        space = hamlets.weight, weights, by_unit, system
        if calibrate(ends[c], ends[c + 1], rows, wanted, *space) > CALIBRATED:
            weights[ends[c] : ends[c + 1]] = hamlets.weight[ends[c] : ends[c + 1]]
            calibrate(ends[c], ends[c + 1], rows, wanted[:-1], *space)
            calibrate(ends[c], ends[c + 1], rows, wanted, *space)
    return weights
