"""Valid columns, determinism, and households that do not depend on the share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.evidence import Evidence, load_evidence
from sim.identities import ADULTS, WORKERS, check_households, check_ranges, persons
from sim.population import Blueprint, build_world
from sim.population.building import LARGEST_KEPT
from sim.population.sampling import WEIGHT_BOUNDS, sample
from sim.sectors import FARMING, N_JOB_CELLS, NO_JOB
from sim.world import HOME, World

TABLES = ("households", "hamlets", "villages", "enterprises", "projects", "counties")


def check_valid(world: World) -> None:
    households, hamlets = world.households, world.hamlets
    check_households(world)
    check_ranges(world)
    live = households.id != 0
    assert np.all(persons(world, WORKERS)[live] <= persons(world, ADULTS)[live])
    assert np.all(persons(world, ("infants", "children", *ADULTS))[live] >= 1)
    assert np.all(persons(world, ("infants", "children", *ADULTS))[~live] == 0)
    assert np.all(households.tertiary <= persons(world, ADULTS))
    has_job = households.local + households.local_skilled > 0
    assert np.all((households.job_cell[live] != NO_JOB) == has_job[live])
    assert np.all(households.job_cell[live] < N_JOB_CELLS)
    assert np.all((households.own_business > 0) == (households.own > 0))
    assert np.all(households.residence == HOME)
    assert np.all(households.forest[hamlets.urban[households.hamlet] == 1] == 0.0)
    assert np.all(households.forest[live & (hamlets.urban[households.hamlet] == 0)] > 0.0)
    assert np.all(np.diff(hamlets.village) >= 0)
    assert np.all(np.diff(world.villages.county) >= 0)
    np.testing.assert_array_equal(hamlets.start[1:], hamlets.stop[:-1])
    assert np.unique(households.id[live]).size == np.count_nonzero(live)
    vacant = np.add.reduceat((~live).astype(int), hamlets.start)
    assert np.all(vacant >= 1)
    movers = live & (households.registered != hamlets.county[households.hamlet])
    assert np.all(hamlets.urban[households.hamlet[movers]] == 1)


def test_full_world_is_valid(full: World) -> None:
    check_valid(full)
    assert np.all(full.hamlets.weight == 1.0)
    np.testing.assert_allclose(full.villages.weight, 1.0)


@settings(max_examples=12, deadline=None)
@given(share=st.floats(0.001, 0.05), seed=st.integers(0, 2**62))
def test_any_world_is_valid_and_stands_for_every_household(share: float, seed: int) -> None:
    world = build_world(share, seed, load_evidence())
    check_valid(world)
    live = world.households.id != 0
    assert world.hamlets.weight[world.households.hamlet[live]].sum() == pytest.approx(922_395, rel=1e-9)
    firms = world.enterprises
    assert firms.weight[firms.active == 1].sum() == pytest.approx(61_650)


@pytest.mark.parametrize("share", [0.0005, 0.0, 1.01, float("nan")])
def test_share_outside_its_range_is_refused(evidence: Evidence, share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        build_world(share, 1, evidence)


def same(first: World, second: World) -> bool:
    return all(
        np.array_equal(getattr(getattr(first, table), name), getattr(getattr(second, table), name))
        for table in TABLES
        for name in getattr(first, table).column_names()
    )


@pytest.mark.parametrize("share", [0.01, 1.1 * LARGEST_KEPT])
def test_world_repeats_for_a_seed_and_any_threads(evidence: Evidence, share: float) -> None:
    world, other = build_world(share, 7, evidence), build_world(share, 8, evidence)
    assert same(world, build_world(share, 7, evidence))
    assert same(world, build_world(share, 7, evidence, threads=2))
    assert not same(world, other)


def test_a_kept_world_has_the_threads_asked_for(evidence: Evidence) -> None:
    assert [build_world(0.01, 7, evidence, threads=n).threads for n in (1, 2)] == [1, 2]


def test_worlds_do_not_share_memory(evidence: Evidence) -> None:
    first = build_world(0.01, 7, evidence)
    first.households.wealth[:] = -1.0
    first.villages.collective_income[:] = -1.0
    first.base.income_target[:] = -1.0
    first.base.wage[:] = -1.0
    first.counties.wage[:] = -1.0
    second = build_world(0.01, 7, evidence)
    assert second.households.wealth.min() >= 0.0
    assert second.villages.collective_income.min() >= 0.0
    assert second.base.income_target.min() > 0.0
    assert second.base.wage.min() > 0.0
    assert second.counties.wage.min() > 0.0


def test_households_of_a_hamlet_are_the_same_at_every_share(evidence: Evidence, full: World) -> None:
    part = build_world(0.03, full.seed, evidence)
    row_of = {int(name): row for row, name in enumerate(full.hamlets.id)}
    for h in range(0, len(part.hamlets), 7):
        other = row_of[int(part.hamlets.id[h])]
        mine = slice(part.hamlets.start[h], part.hamlets.stop[h])
        theirs = slice(full.hamlets.start[other], full.hamlets.stop[other])
        for name in part.households.column_names():
            if name != "hamlet":
                np.testing.assert_array_equal(
                    getattr(part.households, name)[mine], getattr(full.households, name)[theirs]
                )
        assert part.hamlets.attachment[h] == full.hamlets.attachment[other]


def test_weights_stay_within_bounds_and_eligible_hamlets_are_oversampled(evidence: Evidence, plan: Blueprint) -> None:
    world = build_world(0.01, 3, evidence)
    chosen, first = sample(plan.frame, plan.roster.households, 0.01, 3)
    factor = world.hamlets.weight / first
    assert factor.min() >= WEIGHT_BOUNDS[0] * (1 - 1e-9)
    assert factor.max() <= WEIGHT_BOUNDS[1] * (1 + 1e-9)
    eligible = world.hamlets.eligible == 1
    assert eligible.sum() == pytest.approx(0.1 * 1530, abs=6)
    counts = np.bincount(plan.frame.stratum[chosen], minlength=24)
    assert counts.min() >= 2


def test_every_hamlet_has_the_same_chance(plan: Blueprint) -> None:
    """Hits of 3,000 samples by fifths of a stratum: within 5 standard deviations of equal shares."""
    s = 5
    rows = plan.frame.rows[plan.frame.first[s] : plan.frame.first[s + 1]]
    fifth = {int(row): 5 * k // len(rows) for k, row in enumerate(rows)}
    hits = np.zeros(5)
    for seed in range(3000):
        chosen, _ = sample(plan.frame, plan.roster.households, 0.001, seed)
        for row in chosen[plan.frame.stratum[chosen] == s]:
            hits[fifth[int(row)]] += 1
    expected = hits.sum() / 5
    assert np.all(np.abs(hits - expected) < 5 * np.sqrt(expected))


def test_employment_follows_its_margins(full: World, plan: Blueprint) -> None:
    """Counts of independent draws; 2 percent is more than 5 standard deviations of the smallest."""
    households = full.households
    working = sum(getattr(households, name).sum(dtype=np.int64) for name in ("farm", "local", "local_skilled", "own"))
    collective = plan.chances.collective_workers.sum()
    assert (working + collective) / 2_291_000 == pytest.approx(0.55, rel=0.005)
    idle = households.idle.sum(dtype=np.int64)
    assert idle / (working + idle) == pytest.approx(0.045, rel=0.02)
    np.testing.assert_allclose(full.counties.employment, plan.chances.jobs, rtol=0.02)
    assert not np.any(households.job_cell[households.id != 0] // 2 == FARMING)
