from __future__ import annotations

import math

import numpy as np
import pytest

from sim.levers import (
    FOREST_BLOCK_CAPACITY,
)
from sim.mechanisms import forest_market, forest_rules, forest_start, forest_transfer
from sim.mechanisms.forest_rules import ForestParameters, chance_to_let
from sim.world import HOME, NOT_LET, POOLED, SINGLE, TOWN
from tests.mechanisms.land_runs import NEUTRAL, let_share, run, started
from tests.mechanisms.land_worlds import land_world

BLOCKS = {FOREST_BLOCK_CAPACITY: 1e9}


def test_the_mean_hazard_of_expiry_is_that_of_even_lengths() -> None:
    lengths = np.random.default_rng(1).uniform(5.0, 30.0, 200_000)
    assert forest_rules.expiry_hazard(ForestParameters()) == pytest.approx(np.mean(1.0 / lengths) / 12.0, rel=0.01)


def test_the_closed_form_of_the_start_solves_its_equation() -> None:
    def let(months: float, gain: float, loss: float) -> float:
        return float(forest_start.let_after(months, np.array([gain]), np.array([loss]))[0])

    assert let(0.0, 0.01, 0.02) == let(10.0, 0.0, 0.0) == 0.0
    assert let(1e9, 0.01, 0.02) == pytest.approx(1.0 / 3.0)
    state = 0.0
    for _ in range(100_000):
        state += (0.01 * (1.0 - state) - 0.002 * state) * 0.001
    assert let(100.0, 0.01, 0.002) == pytest.approx(state, rel=1e-4)


def test_the_start_leads_to_the_published_share_without_a_reform() -> None:
    worlds = [land_world(seed, hamlets=600) for seed in (1, 2, 3)]
    for world in worlds:
        run(world, [forest_market.MECHANISM, forest_transfer.MECHANISM], NEUTRAL, 12)
    # seeds differ by 0.4 points; demand and neighbours are fixed in the closed form: up to 0.5 points
    assert np.mean([let_share(world) for world in worlds]) == pytest.approx(0.346, abs=0.009)


def test_the_start_is_selected_and_the_drift_is_small() -> None:
    world = started(hamlets=600)
    households = world.households
    held = households.forest > 0
    let = households.let_how != NOT_LET
    assert households.forest_yield[let].mean() < 0.8 * households.forest_yield[held & ~let].mean()
    first = let_share(world)
    world.counties.forest_demand[:] = 1.05 * world.base.forest_let
    run(world, [forest_transfer.MECHANISM], NEUTRAL, 12, start=False)
    assert 0.004 < let_share(world) - first < 0.022


def test_without_selection_more_would_let_at_once() -> None:
    selected, random = started(hamlets=600), started(hamlets=600)
    households = random.households
    rng = np.random.default_rng(5)
    rows = np.flatnonzero(households.forest > 0)
    shuffled = rng.permutation(rows)
    for name in ("let_how", "lease_left", "lease_rent"):
        getattr(households, name)[rows] = getattr(households, name)[shuffled]
    households.forest_let[:] = np.where(households.let_how > 0, households.forest, 0)
    flows = []
    for world in (selected, random):
        world.counties.forest_demand[:] = 2.0 * world.base.forest_let
        run(world, [forest_transfer.MECHANISM], NEUTRAL, 1, start=False)
        flows.append(float(world.counties.forest_flow[:, SINGLE].sum()))
    assert flows[1] > 1.5 * flows[0]


def test_peer_clusters_the_start() -> None:
    def spread(peer: float) -> float:
        return float(started({"peer": peer}, hamlets=600).hamlets.transfer_share.std())

    assert spread(6.0) > spread(0.0)


def test_the_start_uses_its_own_parameters() -> None:
    assert let_share(started({"let_share": 0.45})) > let_share(started()) + 0.08
    assert started({"starting_blocks": 0.3}).counties.forest_let[:, POOLED].sum() > 0.2 * 0.3 * 1e4
    assert started({"starting_blocks": 0.0}).counties.forest_let[:, POOLED].sum() == 0
    loose, tight = started({"starting_slack": 0.2}), started({"starting_slack": 0.01})
    assert np.allclose(loose.counties.forest_demand, 1.2 * loose.base.forest_let)
    assert tight.counties.forest_demand.sum() < loose.counties.forest_demand.sum()


def test_months_to_a_share_agree_with_the_closed_form_of_one_hazard() -> None:
    gain, loss, share = 0.01, 0.002, 0.4

    land = forest_start.land_after(np.array([10.0]), np.array([gain]), np.array([loss]))
    let = float(forest_start.let_after(7.0, np.array([gain]), np.array([loss]))[0])
    assert land(7.0) == pytest.approx((10.0, 10.0 * let, 10.0 * (gain * (1.0 - let) - loss * let)))
    months = forest_start.months_to_share(share, land, 0.0)
    assert months == pytest.approx(-math.log(1.0 - share * (gain + loss) / gain) / (gain + loss), rel=1e-4)
    assert forest_start.months_to_share(0.9, land, 0.0) > 1_000.0


def test_the_hazards_of_the_start_are_those_of_the_monthly_rule() -> None:
    world, p = started(), ForestParameters()
    world.households.residence[::3] = TOWN
    world.hamlets.certified[::2] = 0.7
    terms, share = forest_rules.county_terms(world, p, NEUTRAL), world.hamlets.transfer_share
    people = forest_start.owners(world, p, terms)
    gain, loss = forest_start.hazards(people, p, share)
    rule, expiry = forest_transfer._rule(p), forest_rules.expiry_hazard(p)
    for k in range(0, people.rows.size, 50):
        i, h = people.rows[k], people.hamlet[k]
        about = (
            world.households.forest_yield[i],
            bool(world.households.farm[i] > 0),
            bool(world.households.residence[i] != HOME),
        )
        term, fear = terms[world.hamlets.county[h]], p.tenure_risk * (1.0 - world.hamlets.certified[h])
        rent, cost = term[forest_rules.RENT], term[forest_rules.COST]
        wants = chance_to_let(rent, *about, cost, fear, share[h], term, rule)
        if world.hamlets.pooled[h]:
            rent, fear = term[forest_rules.BLOCK_RENT], 0.0
        stays = chance_to_let(rent + p.renewal_inertia * p.scale, *about, 0.0, fear, share[h], term, rule)
        assert gain[k] == pytest.approx(p.review_hazard * wants * term[forest_rules.MATCH])
        assert loss[k] == pytest.approx(expiry * (1.0 - stays))


def test_land_in_blocks_of_before_2023_has_their_rent_and_none_goes_to_the_collective() -> None:
    world = started({"lump_share": 0.0})
    terms = forest_rules.county_terms(world, ForestParameters(), NEUTRAL)[world.hamlets.county[world.households.hamlet]]
    for how, column in ((SINGLE, forest_rules.RENT), (POOLED, forest_rules.BLOCK_RENT)):
        let = world.households.let_how == how
        assert let.any()
        np.testing.assert_allclose(world.households.lease_rent[let], terms[let, column], rtol=1e-6)
    assert not world.hamlets.block_share.any()


def test_starting_twice_is_starting_once() -> None:
    world = started()
    first = world.households.copy()
    forest_transfer.start(world, ForestParameters())
    for name in ("let_how", "forest_let", "lease_left", "lease_rent"):
        assert np.array_equal(getattr(world.households, name), getattr(first, name)), name
