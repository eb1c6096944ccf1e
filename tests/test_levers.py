"""Levers: neutral at rest, combined as declared, shared out by programme, bounded by budgets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.accounting import Ledger
from sim.levers import LEVERS, Lever, LeverBoard
from sim.places import N_COUNTIES

SUM = Lever("toy_sum", "mu/month", 0.0, "sum", "a sum")
PRODUCT = Lever("toy_product", "ratio", 1.0, "product", "a product")
MAX = Lever("toy_max", "ratio", 0.5, "max", "a maximum")
EVERYWHERE = np.ones(N_COUNTIES, dtype=bool)
HERE = np.arange(N_COUNTIES) == 1

values = st.floats(0.1, 10.0)


def board_with(lever: Lever, *contributions: float) -> LeverBoard:
    board = LeverBoard([f"p{i}" for i in range(max(len(contributions), 1))])
    for i, value in enumerate(contributions):
        board.write(lever, f"p{i}", value, EVERYWHERE)
    return board


def test_declared_levers_have_names_of_their_own_and_a_matching_neutral_value() -> None:
    assert len({lever.name for lever in LEVERS}) == len(LEVERS) > 20
    for lever in LEVERS:
        assert lever.neutral == {"sum": 0.0, "product": 1.0}[lever.combine]
        assert lever.meaning


@pytest.mark.parametrize("lever", [SUM, PRODUCT, MAX, *LEVERS], ids=lambda lever: lever.name)
def test_nobody_writes_nothing_moves(lever: Lever) -> None:
    for board in (LeverBoard([]), LeverBoard(["p"])):
        assert np.array_equal(board.effective(lever), np.full(N_COUNTIES, lever.neutral))
        assert not board.shares(lever).any()
        assert board.funds(lever) == 0.0
        assert board.is_neutral()


@given(st.lists(values, min_size=1, max_size=4))
def test_contributions_combine_as_declared(contributions: list[float]) -> None:
    assert board_with(SUM, *contributions).effective(SUM) == pytest.approx(sum(contributions))
    assert board_with(PRODUCT, *contributions).effective(PRODUCT) == pytest.approx(np.prod(contributions))
    assert board_with(MAX, *contributions).effective(MAX) == pytest.approx(max(0.5, *contributions))


@given(st.lists(values, min_size=1, max_size=4), st.sampled_from([SUM, PRODUCT, MAX]))
def test_shares_add_up_to_one_where_a_lever_moved(contributions: list[float], lever: Lever) -> None:
    total = board_with(lever, *contributions).shares(lever).sum(axis=0)
    moved = any(value != lever.neutral for value in contributions)
    assert total == pytest.approx(np.full(N_COUNTIES, float(moved)))


def test_shares_are_proportional_to_what_each_contributed() -> None:
    shares = board_with(SUM, 1.0, 3.0).shares(SUM)
    assert shares[:, 0] == pytest.approx([0.25, 0.75])


def test_a_programme_reaches_its_own_counties_only() -> None:
    board = LeverBoard(["p", "q"])
    board.write(PRODUCT, "p", 0.6, HERE)
    board.write(SUM, "q", np.arange(6.0), HERE)
    assert board.effective(PRODUCT).tolist() == [1.0, 0.6, 1.0, 1.0, 1.0, 1.0]
    assert board.effective(SUM).tolist() == [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    assert board.shares(PRODUCT)[0].tolist() == HERE.astype(float).tolist()


def test_the_end_of_a_policy_is_exact_and_budgets_survive_the_month() -> None:
    board = board_with(LEVERS[0], 2.0)
    board.grant("p0", 100.0)
    board.remaining -= 30.0
    assert not board.is_neutral()
    assert board.funds(LEVERS[0]) == 70.0
    board.reset()
    assert board.is_neutral()
    board.write(LEVERS[0], "p0", 1.0, EVERYWHERE)
    assert board.funds(LEVERS[0]) == 70.0


def test_funds_are_what_no_contributor_is_overdrawn_by() -> None:
    """Each pays its share, in the worst case all of it in the county where that is largest."""
    board = LeverBoard(["p", "q", "idle"])
    for name, budget in (("p", 5.0), ("q", 7.0), ("idle", 1000.0)):
        board.grant(name, budget)
    board.write(SUM, "p", 1.0, HERE)
    board.write(SUM, "q", 1.0, EVERYWHERE)
    assert board.funds(SUM) == 7.0, "half of it from p in one county, all of it from q in the others"
    assert board_with(SUM, 1.0).funds(SUM) == np.inf


def test_the_poorer_of_two_programmes_bounds_what_both_pay() -> None:
    board, here = LeverBoard(["poor", "rich"]), np.where(HERE, 1.0, 0.0)
    for name, budget in (("poor", 5.0), ("rich", 1000.0)):
        board.grant(name, budget)
        board.write(SUM, name, 1.0, HERE)
    assert board.funds(SUM) == 10.0
    Ledger(["poor", "rich"]).spend(board, SUM, board.funds(SUM) * here / here.sum())
    assert board.affords("poor", 0.0 * here)
    assert not board.affords("poor", 0.01 * here)
    assert board.affords("rich", 995.0 * here)


def test_writing_again_replaces_a_programmes_own_contribution() -> None:
    board = board_with(SUM, 2.0)
    board.write(SUM, "p0", 5.0, EVERYWHERE)
    assert board.effective(SUM) == pytest.approx(5.0)


def test_a_lever_needs_a_known_unit() -> None:
    with pytest.raises(ValueError, match="unit"):
        Lever("bad", "wishes", 0.0, "sum", "x")


def test_where_a_lever_is_written_counts_even_at_its_neutral_value() -> None:
    board = LeverBoard(["p", "q"])
    assert not board.written(SUM, PRODUCT).any()
    board.write(SUM, "p", SUM.neutral, HERE)
    board.write(PRODUCT, "q", 2.0, np.arange(N_COUNTIES) == 4)
    assert board.written(SUM).tolist() == HERE.tolist()
    assert np.flatnonzero(board.written(SUM, PRODUCT)).tolist() == [1, 4]
    board.reset()
    assert not board.written(SUM, PRODUCT).any()
