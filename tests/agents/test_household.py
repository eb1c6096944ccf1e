"""Households of a small world as Mesa agents."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents import Household
from sim.places import COUNTIES
from tests.agents.county import County


@pytest.fixture(scope="module")
def county() -> County:
    return County()


def test_every_occupied_row_is_a_household_and_no_spare_row(county: County) -> None:
    households = county.world.households
    assert len(county.households) == np.count_nonzero(households.id) < len(households)
    assert county.agents_by_type[Household] is county.households
    assert sorted(county.households.get("id")) == sorted(households.id[households.id != 0].tolist())


def test_place_is_that_of_the_hamlet(county: County) -> None:
    hamlets = county.world.hamlets
    for household in county.households.shuffle().select(at_most=20):
        assert household.village_row == hamlets.village[household.hamlet]
        assert household.village == county.villages.view(household.village_row)
        assert household.county == household.village.county == hamlets.county[household.hamlet]
        assert household.county_name == COUNTIES[household.county]
        assert household.weight == hamlets.weight[household.hamlet]
        assert household in household.village.household_agents


def test_income_is_the_sum_of_the_four_components(county: County) -> None:
    households = county.world.households
    components = ["wage_income", "business_income", "property_income", "transfer_income"]
    for k, name in enumerate(components):
        getattr(households, name)[:] = 10.0**k
    household = next(iter(county.households))
    household.wage_income = 5.0
    assert household.income == 1115.0
    assert county.households.column("income")[1:] == pytest.approx(1111.0)


def test_residents_are_everybody_at_home(county: County) -> None:
    households = county.world.households
    ages = ["infants", "children", "young_men", "young_women", "mid_men", "mid_women", "late", "old"]
    expected = sum(getattr(households, age).astype(int) for age in ages)[households.id != 0]
    assert county.households.get("residents") == expected.tolist()
    assert [household.residents for household in county.households] == expected.tolist()


def test_grouping_by_county_matches_the_world(county: County) -> None:
    by_county = county.households.groupby("county_name").agg("weight", sum)
    households, hamlets = county.world.households, county.world.hamlets
    rows = households.id != 0
    expected = np.bincount(hamlets.county[households.hamlet[rows]], hamlets.weight[households.hamlet[rows]])
    assert by_county == pytest.approx(dict(zip(COUNTIES, expected.tolist(), strict=True)))
