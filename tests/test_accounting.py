"""The ledger: payments balance, public money is booked to its programme and leaves its budget."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.accounting import (
    BUSINESS,
    COMPONENTS,
    ENTERPRISES,
    N_COMPONENTS,
    N_PAYERS,
    PAYERS,
    PUBLIC,
    WAGE,
    Floats,
    Ledger,
    check_payers,
)
from sim.errors import IdentityError
from sim.levers import LEVERS, LeverBoard
from sim.places import N_COUNTIES

LEVER = LEVERS[0]
BY_COUNTY = np.arange(1.0, N_COUNTIES + 1.0)
amounts = arrays(float, N_COUNTIES, elements=st.floats(0.0, 1e9))


def board(*contributions: float) -> LeverBoard:
    levers = LeverBoard([f"p{i}" for i in range(len(contributions))])
    for i, value in enumerate(contributions):
        levers.write(LEVER, f"p{i}", value, np.ones(N_COUNTIES, dtype=bool))
    return levers


def test_components_and_payers_are_those_of_official_accounts() -> None:
    assert COMPONENTS == ("wage", "business", "property", "transfer")
    assert (N_COMPONENTS, N_PAYERS) == (len(COMPONENTS), len(PAYERS)) == (4, 4)


@given(amounts, amounts)
def test_what_several_payers_paid_balances_with_what_was_received(one: Floats, two: Floats) -> None:
    paid = Ledger([]).paid
    paid[:, WAGE, ENTERPRISES], paid[:, WAGE, PUBLIC] = one, two
    received = np.zeros((N_COUNTIES, N_COMPONENTS))
    received[:, WAGE] = one + two
    check_payers(paid, received)
    received[0, WAGE] += 1.0 + 1e-5 * received.sum()
    with pytest.raises(IdentityError, match="wage income of county 0"):
        check_payers(paid, received)


def test_a_gap_is_named_with_component_county_and_amounts() -> None:
    ledger = Ledger([])
    ledger.paid[:, BUSINESS, ENTERPRISES] = BY_COUNTY
    received = np.zeros((N_COUNTIES, N_COMPONENTS))
    received[:, BUSINESS] = BY_COUNTY
    received[2, BUSINESS] += 0.5
    with pytest.raises(IdentityError, match=r"business income of county 2.* 3 CNY.* 3\.5 CNY"):
        check_payers(ledger.paid, received)
    check_payers(ledger.paid, received, tolerance=0.1)


def test_a_payment_to_the_wrong_component_is_found_though_totals_agree() -> None:
    ledger = Ledger([])
    ledger.paid[:, WAGE, ENTERPRISES] = BY_COUNTY
    received = np.zeros((N_COUNTIES, N_COMPONENTS))
    received[:, BUSINESS] = BY_COUNTY
    with pytest.raises(IdentityError):
        check_payers(ledger.paid, received)


@given(amounts, st.floats(0.1, 10.0), st.floats(0.1, 10.0))
def test_public_money_is_shared_among_programmes_and_none_is_lost(spent: Floats, one: float, two: float) -> None:
    levers, ledger = board(one, two), Ledger(["p0", "p1"])
    for name in ledger.programmes:
        levers.grant(name, 1e12)
    ledger.spend(levers, LEVER, spent)
    assert ledger.public_cost.sum(axis=0) == pytest.approx(spent)
    assert ledger.public_cost[0] == pytest.approx(spent * one / (one + two))
    payer_of_most = max(one, two) / (one + two)
    assert levers.funds(LEVER) == pytest.approx(1e12 / payer_of_most - spent.sum())


def test_money_under_a_lever_nobody_moves_belongs_to_no_programme() -> None:
    levers, ledger = LeverBoard(["p0"]), Ledger(["p0"])
    ledger.spend(levers, LEVER, BY_COUNTY)
    assert ledger.public_cost.sum() == 0.0


def test_a_programmes_own_cost_leaves_its_own_budget() -> None:
    levers, ledger = board(1.0, 1.0), Ledger(["p0", "p1"])
    levers.grant("p0", 100.0)
    levers.grant("p1", 100.0)
    ledger.spend_programme(levers, "p1", BY_COUNTY)
    assert ledger.public_cost.tolist() == [[0.0] * 6, BY_COUNTY.tolist()]
    levers.reset()
    levers.write(LEVER, "p1", 1.0, np.ones(N_COUNTIES, dtype=bool))
    assert levers.funds(LEVER) == 100.0 - BY_COUNTY.sum()


def test_a_new_page_keeps_the_running_total() -> None:
    levers, ledger = board(1.0), Ledger(["p0"])
    for _ in range(3):
        ledger.open_month()
        ledger.paid[:, WAGE, ENTERPRISES] += BY_COUNTY
        ledger.spend_programme(levers, "p0", BY_COUNTY)
    assert ledger.paid.sum() == BY_COUNTY.sum()
    assert ledger.public_cost.tolist() == [BY_COUNTY.tolist()]
    assert ledger.public_total.tolist() == [(3 * BY_COUNTY).tolist()]
