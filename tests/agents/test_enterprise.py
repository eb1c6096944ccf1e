"""Enterprises of a small world as Mesa agents."""

from __future__ import annotations

from sim.agents import Enterprise
from sim.places import COUNTIES
from sim.sectors import SECTORS
from tests.agents.county import County


def test_active_firms_are_agents_and_an_exit_leaves_every_set() -> None:
    county = County()
    firms = county.world.enterprises
    assert len(county.enterprises) == firms.active.sum() < len(firms)
    large = county.agents_by_type[Enterprise].select(county.enterprises.column("size") == 1)
    closing = next(iter(large))
    before = len(county.enterprises), len(large)
    closing.active = 0
    assert (len(county.enterprises), len(large)) == (before[0] - 1, before[1] - 1)
    assert closing not in county.enterprises
    assert closing not in large


def test_codes_have_names() -> None:
    county = County()
    for firm in county.enterprises.shuffle().select(at_most=20):
        assert firm.county_name == COUNTIES[firm.county]
        assert firm.sector_name == SECTORS[firm.sector]
    names = county.enterprises.groupby("sector_name").count()
    assert set(names) <= set(SECTORS)
    assert sum(names.values()) == len(county.enterprises)
