"""Villages of a small world as Mesa agents."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from sim.places import COUNTIES
from tests.agents.county import County
from tests.agents.twins import ids


def test_the_villages_share_out_the_households() -> None:
    county = County()
    assert len(county.villages) == len(county.world.villages)
    members = [ids(village.household_agents) for village in county.villages]
    assert list(chain.from_iterable(members)) == ids(county.households)
    for village in county.villages:
        assert village.county_name == COUNTIES[village.county]
        assert {household.village for household in village.household_agents} == {village}


@pytest.mark.parametrize(("empty", "neighbour"), [(0, 1), (4, 3), (-1, -2)])
def test_a_village_without_sampled_hamlets_has_no_household_agents(empty: int, neighbour: int) -> None:
    county = County()
    hamlets, rows = county.world.hamlets, np.arange(len(county.villages))
    hamlets.village[hamlets.village == rows[empty]] = rows[neighbour]
    sizes = [len(village.household_agents) for village in county.villages]
    assert sizes[empty] == 0
    assert np.count_nonzero(sizes) == len(rows) - 1
    assert sum(sizes) == len(county.households)


def test_the_column_of_real_households_stays_readable() -> None:
    county = County()
    village = county.villages.view(3)
    county.world.villages.households[3] = 412.5
    assert village.households == 412.5
