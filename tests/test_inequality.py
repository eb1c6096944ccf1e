"""Spread of income: closed forms, decompositions, and the binned measures against exact ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.observables.inequality import (
    BETWEEN_COUNTIES,
    BETWEEN_ZONES,
    FIRST_TENTH,
    GINI,
    INCOMES,
    LOWEST_INCOME,
    MEMBERS,
    N_BINS,
    N_TENTHS,
    THEIL,
    WITHIN_COUNTIES,
    WITHIN_ZONES,
    bin_of,
    income_spread,
)
from sim.places import CITY_INDEX, COUNTIES, KECHENG, N_COUNTIES, QUJIANG
from sim.world import CORE, HOME, RESETTLED, TOWN, World
from tests.worlds import small_world


def with_incomes(seed: int, per_head: float | None = None) -> World:
    """Return a world whose households earn `per_head` CNY a month for each member, or random incomes."""
    world = small_world(seed, households=30)
    households = world.households
    members = members_of(world)
    rng = np.random.default_rng(seed)
    income = members * (rng.lognormal(8.0, 0.7, len(households)) if per_head is None else per_head)
    for name in INCOMES:
        getattr(households, name)[:] = income / 4.0
    return world


def members_of(world: World) -> np.ndarray:
    return sum(getattr(world.households, name).astype(np.float64) for name in MEMBERS)


def exact(world: World, counties: tuple[int, ...]) -> tuple[float, float, np.ndarray]:
    """Return Gini, Theil and the means of the tenths by sorting the persons of some counties."""
    households = world.households
    members = members_of(world)
    present = (members > 0) & np.isin(world.hamlets.county[households.hamlet], counties)
    income = sum(getattr(households, name).astype(np.float64) for name in INCOMES)[present] / members[present]
    persons = (members * world.hamlets.weight[households.hamlet])[present]
    order = np.argsort(income)
    income, persons = income[order], persons[order]
    share, total = persons / persons.sum(), float((persons * income).sum())
    lorenz = np.concatenate([[0.0], np.cumsum(persons * income) / total])
    gini = 1.0 - float((share * (lorenz[1:] + lorenz[:-1])).sum())
    relative = income / (total / persons.sum())
    theil = float((share * relative * np.log(relative)).sum())
    cumulated = np.interp(np.linspace(0, 1, 11), np.concatenate([[0.0], np.cumsum(share)]), lorenz)
    return gini, theil, np.diff(cumulated) * total / (persons.sum() / N_TENTHS)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_binned_measures_agree_with_sorting(seed: int) -> None:
    world = with_incomes(seed)
    measures = income_spread(world).measures
    for place, counties in [(QUJIANG, (QUJIANG,)), (CITY_INDEX, tuple(range(N_COUNTIES)))]:
        gini, theil, tenths = exact(world, counties)
        assert measures[place, GINI] == pytest.approx(gini, abs=2e-3)
        assert measures[place, THEIL] == pytest.approx(theil, abs=2e-3)
        np.testing.assert_allclose(measures[place, FIRST_TENTH:], tenths, rtol=0.01)


def test_equal_incomes_have_no_spread() -> None:
    measures = income_spread(with_incomes(1, per_head=3000.0)).measures
    np.testing.assert_allclose(measures[:, :FIRST_TENTH], 0.0, atol=1e-6)
    np.testing.assert_allclose(measures[:, FIRST_TENTH:], 3000.0, rtol=1e-6)


def test_two_groups_have_the_closed_form() -> None:
    """Some persons earn three times what the others do."""
    world = with_incomes(2, per_head=2000.0)
    rich = np.isin(world.hamlets.county[world.households.hamlet], (0, 1, 2))
    for name in INCOMES:
        getattr(world.households, name)[rich] *= 3.0
    persons = members_of(world) * world.hamlets.weight[world.households.hamlet]
    share = float(persons[rich].sum() / persons.sum())
    mean = share * 3.0 + (1.0 - share)
    theil = share * 3.0 / mean * math.log(3.0 / mean) + (1.0 - share) / mean * math.log(1.0 / mean)
    city = income_spread(world).measures[CITY_INDEX]
    assert city[THEIL] == pytest.approx(theil, abs=1e-6)
    assert city[GINI] == pytest.approx(share * 3.0 / mean - share, abs=1e-6)
    assert city[BETWEEN_COUNTIES] == pytest.approx(theil, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_theil_is_the_sum_of_its_parts_and_the_tenths_rise(seed: int) -> None:
    measures = income_spread(with_incomes(seed)).measures
    np.testing.assert_allclose(measures[:, WITHIN_ZONES] + measures[:, BETWEEN_ZONES], measures[:, THEIL])
    np.testing.assert_allclose(measures[:, WITHIN_COUNTIES] + measures[:, BETWEEN_COUNTIES], measures[:, THEIL])
    assert np.all(measures[:, :FIRST_TENTH] > -1e-9)
    assert np.all(np.diff(measures[:, FIRST_TENTH:], axis=1) >= 0.0)
    np.testing.assert_allclose(measures[: len(COUNTIES), BETWEEN_COUNTIES], 0.0, atol=1e-9)


@given(st.floats(LOWEST_INCOME, 1e6), st.floats(1.0, 4.0))
def test_bins_keep_the_order_of_incomes(income: float, factor: float) -> None:
    low, high = (bin_of(int(bits)) for bits in np.array([income, income * factor], np.float32).view(np.int32))
    assert 0 <= low <= high < N_BINS


def test_losses_count_as_the_lowest_income() -> None:
    world = with_incomes(3, per_head=100.0)
    world.households.business_income[:] = -1e6
    np.testing.assert_allclose(income_spread(world).measures[:, FIRST_TENTH:], LOWEST_INCOME)


@pytest.mark.parametrize(
    ("residence", "county", "urban"),
    [(HOME, QUJIANG, 0), (TOWN, QUJIANG, 1), (RESETTLED, QUJIANG, 0), (CORE, KECHENG, 1)],
)
def test_people_count_where_they_live(residence: int, county: int, urban: int) -> None:
    """All of Qujiang's rural persons in one residence, everyone else without members: one group only."""
    world = with_incomes(4, per_head=500.0)
    households, hamlets = world.households, world.hamlets
    here = (hamlets.county == QUJIANG)[households.hamlet] & (hamlets.urban == 0)[households.hamlet]
    for name in (*MEMBERS, "farm", "local", "local_skilled", "own", "idle"):
        getattr(households, name)[~here] = 0
    households.residence[here] = residence
    spread = income_spread(world)
    assert np.flatnonzero(spread.labour.sum(axis=1)).tolist() == [county]
    assert np.flatnonzero(spread.measures[:N_COUNTIES, FIRST_TENTH]).tolist() == [county]
    other = here & (np.arange(len(households)) % 2 == 0)
    households.residence[other] = TOWN if urban == 0 else HOME
    for name in INCOMES:
        getattr(households, name)[other] *= 4.0
    assert income_spread(world).measures[CITY_INDEX, BETWEEN_ZONES] > 0.01
