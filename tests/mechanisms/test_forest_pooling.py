from __future__ import annotations

import numpy as np
import pytest

from sim.accounting import ENTERPRISES, PROPERTY
from sim.identities import check_block_rent
from sim.levers import (
    FOREST_BLOCK_CAPACITY,
    FOREST_COLLECTIVE_SHARE,
    FOREST_DIVIDEND,
    LeverBoard,
)
from sim.mechanisms import forest_pooling, forest_transfer, income, village_accounts
from sim.mechanisms.forest_rules import ForestParameters
from sim.places import KECHENG
from sim.world import POOLED, SINGLE
from tests.mechanisms.land_runs import NEUTRAL, PROGRAMME, board, forest_after, run, started
from tests.mechanisms.land_worlds import land_world

BLOCKS = {FOREST_BLOCK_CAPACITY: 1e9}


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"pool_threshold": 0.30}, True),
        ({"pool_threshold": 0.67}, False),
        ({"proposal_hazard": 0.3}, True),
        ({"proposal_hazard": 0.03}, False),
        ({"uninformed_proposals": 1.0}, True),
        ({"uninformed_proposals": 0.0}, False),
        ({"block_premium": 0.6}, True),
        ({"block_premium": 0.0}, False),
    ],
)
def test_a_parameter_moves_the_blocks(changes: dict[str, float], more: bool) -> None:
    def pooled(changes: dict[str, float]) -> float:
        return float(forest_after(3, board(BLOCKS), changes, demand=5.0).counties.forest_let[:, POOLED].sum())

    assert (pooled(changes) > pooled({})) is more


def test_dividend_helps_and_the_collectives_share_hinders_blocks() -> None:
    def pooled(levers: LeverBoard) -> float:
        return float(forest_after(3, levers, demand=5.0).counties.forest_let[:, POOLED].sum())

    base = pooled(board(BLOCKS))
    assert pooled(board(BLOCKS | {FOREST_DIVIDEND: 15.0})) > base
    assert pooled(board(BLOCKS | {FOREST_COLLECTIVE_SHARE: 0.3})) < base


def test_blocks_stay_within_capacity_in_real_land_at_every_weight() -> None:
    for weight in (1.0, 20.0):
        world = land_world(1, hamlets=600, weight=weight)
        forest_transfer.start(world, ForestParameters())
        world.counties.forest_demand[:] = 10.0 * world.base.forest_let
        flow = 0.0
        for _ in range(8):
            run(world, [forest_transfer.MECHANISM], board({FOREST_BLOCK_CAPACITY: 100.0}), 1, start=False)
            flow += float(world.counties.forest_flow[:, POOLED].sum())
        assert world.counties.block_queue.sum() > 0
        assert flow + world.counties.block_credit.sum() <= 8 * 6 * 100.0 + 1e-6
        assert flow > 0.8 * 8 * 6 * 100.0


def test_blocks_stop_when_operators_want_no_more_land() -> None:
    world = forest_after(24, board(BLOCKS), demand=1.1)
    let = world.counties.forest_let[:, 1:].sum(axis=1)
    largest = np.bincount(world.households.hamlet, world.households.forest).max()
    assert np.all(let <= 1.1 * world.base.forest_let + 2 * largest)
    assert world.counties.block_queue.sum() > 0


def test_a_block_holds_the_consenting_plots_of_its_hamlet() -> None:
    world = started()
    world.counties.forest_demand[:] = 10.0 * world.base.forest_let
    before = world.hamlets.pooled.copy()
    run(world, [forest_transfer.MECHANISM], board(BLOCKS), 4, start=False)
    fresh = np.flatnonzero((world.hamlets.pooled == 1) & (before == 0))
    assert fresh.size > 0
    rows = np.isin(world.households.hamlet, fresh)
    pooled = rows & (world.households.let_how == POOLED)
    assert 0.2 < pooled.sum() / np.sum(rows & (world.households.let_how != SINGLE)) <= 1.0
    inside = world.hamlets.pooled == 1
    assert not np.any(world.households.let_how[~inside[world.households.hamlet]] == POOLED)
    assert not np.any(world.hamlets.block_wait[fresh])


def test_where_the_centre_ends_the_queue_rests_while_others_work_on() -> None:
    world = started(hamlets=600)
    world.counties.forest_demand[:] = 10.0 * world.base.forest_let
    run(world, [forest_transfer.MECHANISM], board({FOREST_BLOCK_CAPACITY: 30.0}), 6, start=False)
    assert (world.counties.block_queue > 0.0).all()
    ended = world.hamlets.county == KECHENG
    places, waited = world.hamlets.block_wait.copy(), world.hamlets.pooled.copy()
    levers = LeverBoard([PROGRAMME])
    levers.write(FOREST_BLOCK_CAPACITY, PROGRAMME, 30.0, np.arange(6) != KECHENG)
    run(world, [forest_transfer.MECHANISM], levers, 2, start=False)
    assert world.counties.block_queue[KECHENG] == world.counties.block_credit[KECHENG] == 0.0
    assert (np.delete(world.counties.block_queue, KECHENG) > 0.0).all()
    assert np.array_equal(world.hamlets.block_wait[ended], places[ended])
    assert np.array_equal(world.hamlets.pooled[ended], waited[ended])
    assert world.hamlets.pooled.sum() > waited.sum()


@pytest.mark.parametrize("share", [0.05, 0.5, 1.2])
def test_owners_receive_and_collectives_book_all_that_operators_agreed_to_pay(share: float) -> None:
    """Also after the programme has ended, at renewed rents, and for land in blocks of before 2023."""
    world = started({"starting_blocks": 0.3})
    world.households.old[world.households.id != 0] = 1  # to a household without members no rent is paid
    world.counties.forest_demand[:] = 10.0 * world.base.forest_let
    parts = [forest_transfer.MECHANISM, income.MECHANISM, village_accounts.MECHANISM]
    programme = board(BLOCKS | {FOREST_COLLECTIVE_SHARE: share, FOREST_DIVIDEND: 100.0})
    old = world.hamlets.pooled == 1
    for levers, months in ((programme, 3), (NEUTRAL, 1)):
        world.counties.forest_rent[:] *= 1.1
        world.households.lease_left[::2] = np.minimum(world.households.lease_left[::2], 1)
        ledger = run(world, parts, levers, months, start=False)
        h = world.households
        operators = float(h.forest_let.astype(float) @ h.lease_rent * (1.0 / 12.0))
        dividends = levers.effective(FOREST_DIVIDEND)[0] * float(h.forest_let[h.let_how == POOLED].sum()) / 12.0
        owners = float(ledger.paid[:, PROPERTY, ENTERPRISES].sum()) - dividends
        collectives = float(world.villages.block_rent.sum()) / 12.0
        assert owners + collectives == pytest.approx(operators, rel=1e-5)
        assert collectives > 0.0
        assert not world.hamlets.collective_rent[old].any()
        check_block_rent(world)


def test_consent_is_lasting() -> None:
    terms = np.array([44.0, 1.0, 0.0, 12.0, 1.0, 0.0])
    rule = np.array([12.0, 3.0, 0.35, 0.3])
    answers = [
        [
            forest_pooling.consents(np.uint64(9), np.uint64(i), 50.0, False, False, terms, rent, 0.35, rule)
            for i in range(1, 400)
        ]
        for rent in (40.0, 40.0, 55.0)
    ]
    assert answers[0] == answers[1]
    assert all(later or not now for now, later in zip(answers[0], answers[2], strict=True))
