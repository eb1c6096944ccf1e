from __future__ import annotations

import numpy as np

from sim.evidence import Border, Evidence
from sim.places import COUNTIES
from sim.population import Blueprint
from sim.population.geography import inside
from sim.population.margins import HILL_ZONE, TOWN_ZONE

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]])


def test_a_hole_is_outside() -> None:
    border = Border("qujiang", ((SQUARE, SQUARE / 4.0 + 1.0),))
    points = np.array([[0.5, 0.5], [1.5, 1.5], [5.0, 1.0], [3.5, 3.5]])
    assert inside(border, points).tolist() == [True, False, False, True]


def test_villages_and_hamlets_lie_in_their_county(plan: Blueprint, evidence: Evidence) -> None:
    roster = plan.roster
    for c, county in enumerate(COUNTIES):
        border = evidence.borders[county]
        assert inside(border, roster.village_point[roster.village_county == c]).all()
        assert inside(border, roster.point[roster.county == c]).all()


def test_village_numbers_are_the_published_ones(plan: Blueprint) -> None:
    roster = plan.roster
    rural = np.bincount(roster.village_county[~roster.village_urban])
    assert rural.tolist() == [239, 254, 262, 292, 180, 255]
    assert 7_000 <= np.count_nonzero(roster.zone != TOWN_ZONE) <= 7_800
    assert np.bincount(roster.village, minlength=len(roster.village_county)).min() >= 1


def test_eligible_hamlets_are_hazardous_or_remoter_than_the_others(plan: Blueprint) -> None:
    roster = plan.roster
    for c in range(6):
        rural = (roster.county == c) & (roster.zone != TOWN_ZONE)
        hill = rural & (roster.zone == HILL_ZONE)
        remote = roster.minutes[hill & ~roster.hazard]
        assert remote.min() >= roster.minutes[rural & ~hill].max()
        assert not np.any(roster.hazard & rural & ~hill)


def test_remoter_villages_hold_more_forest(plan: Blueprint) -> None:
    roster = plan.roster
    rural = ~roster.village_urban
    per_household = roster.village_forest[rural] / np.bincount(roster.village, roster.households)[rural]
    far = roster.village_minutes[rural] > np.median(roster.village_minutes[rural])
    assert per_household[far].mean() > per_household[~far].mean()
    assert np.all(roster.village_forest[~rural] == 0.0)
