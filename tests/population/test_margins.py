"""The bars of the starting state at full scale, and its sampling error below."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence import Evidence
from sim.places import CITY, COUNTIES, LONGYOU, PLACES, QUJIANG
from sim.population import Blueprint, MarginRow, build_world, margins_table
from sim.population.archetypes import MEMBERS
from sim.population.margins import COLLECTIVE_AGES, distances_km
from sim.world import RURAL, URBAN, World

AGES = ("family_residents_0_2", "family_residents_0_14", "family_residents_15_59", "family_residents_60_plus",
        "family_residents_65_plus", "family_men_15_59")  # fmt: skip


@pytest.fixture(scope="module")
def rows(full: World, evidence: Evidence) -> dict[tuple[str, str], MarginRow]:
    return {(row.margin, row.place): row for row in margins_table(full, evidence)}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("margin", ["registered_population", "resident_population", "family_households"])
def test_persons_and_households_are_exact_to_one(rows, margin: str, place: str) -> None:
    row = rows[margin, place]
    assert row.simulated == row.published
    assert row.standard_error == 0.0


def test_margins_are_the_published_figures_or_scale_to_them(rows, evidence: Evidence) -> None:
    before, last = (evidence.value("registered_population", CITY, year) for year in (2020, 2021))
    assert rows["registered_population", CITY].published == round(last * last / before)
    assert rows["resident_population", CITY].published == 2_291_000
    for county in COUNTIES:
        aged = evidence.value("registered_population", county, 2021) * last / before
        assert rows["registered_population", county].published == pytest.approx(aged, abs=1.0)
        residents = evidence.value("resident_population", county, 2022) * 2_291_000 / 2_288_000
        assert rows["resident_population", county].published == pytest.approx(residents, abs=1.0)


def test_collective_households_are_the_residual_and_near_the_census(plan: Blueprint, evidence: Evidence) -> None:
    census = evidence.value("population_in_collective_households", CITY, 2020)
    scaled = census * 2_291_000 / evidence.value("resident_population", CITY, 2020)
    assert plan.types.collective.sum() == pytest.approx(scaled, rel=2e-3)
    assert np.all((plan.types.collective_registered > 0) & (plan.types.collective_registered < plan.types.collective))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("margin", [*AGES, "mean_family_household_size", "away_members", "urban_residents"])
def test_size_ages_and_away_members_within_one_percent(rows, margin: str, place: str) -> None:
    assert abs(rows[margin, place].error) < 0.01


def test_longyou_ages_agree_with_its_census(full: World, plan: Blueprint, evidence: Evidence) -> None:
    """Residents by age, collective households added back, against the official shares."""
    family = plan.types.totals.reshape(6, 3, 8).sum(axis=1)[LONGYOU]
    collective = plan.types.collective[LONGYOU] * COLLECTIVE_AGES
    residents = plan.margins.residents[LONGYOU]
    shares = {
        "0_14": family[:2].sum() + collective[:2].sum(),
        "15_59": family[2:6].sum() + collective[2],
        "60_plus": family[6:].sum() + collective[3:].sum(),
        "65_plus": family[7] + collective[4],
    }
    for ages, persons in shares.items():
        published = evidence.value(f"age_share_{ages}", "longyou", 2020)
        assert persons / residents == pytest.approx(published, rel=0.01)


def test_gdp_by_sector_and_above_size_industry(rows) -> None:
    for key in ("gdp", "gdp_primary", "gdp_secondary", "gdp_tertiary", "above_scale_industrial_value_added"):
        assert abs(rows[key, CITY].error) < 0.005
    for county in COUNTIES:
        assert abs(rows["gdp", county].error) < 0.005
    for key in ("gdp_primary", "gdp_secondary", "gdp_tertiary"):
        assert abs(rows[key, "changshan"].error) < 1e-9
    assert 0.16 <= rows["gdp_share_industry_above", "qujiang"].simulated <= 0.28


def test_income_targets_average_to_the_published_city_means(rows) -> None:
    assert rows["urban_disposable_income_per_capita", CITY].simulated == pytest.approx(57_465, rel=0.01)
    assert rows["rural_disposable_income_per_capita", CITY].simulated == pytest.approx(31_468, rel=0.01)


def test_forest_area_is_exact(full: World) -> None:
    households, villages = full.households, full.villages
    held = households.forest.astype(np.float64).sum()
    assert held == pytest.approx(3_510_000, rel=1e-8)
    assert held + villages.forest_other.sum() == pytest.approx(8_483_200, rel=1e-8)
    by_village = np.bincount(full.hamlets.village[households.hamlet], households.forest, len(villages))
    np.testing.assert_allclose(by_village, villages.forest, rtol=1e-5)


def test_county_rows_add_up(full: World) -> None:
    counties = full.counties
    total = counties.residents.sum() + counties.collective_residents.sum()
    assert total == 2_291_000
    assert counties.households.sum() == np.count_nonzero(full.households.id)
    np.testing.assert_allclose(counties.value_added.sum(axis=1) * 12, full.base.value_added_2022.sum(axis=1))
    assert np.all(full.base.income_target[:, URBAN] > full.base.income_target[:, RURAL])
    np.testing.assert_allclose(full.base.income_shares.sum(axis=1), 1.0)


def test_relocation_frame_of_qujiang_lies_in_the_feasible_ranges(full: World, plan: Blueprint) -> None:
    hamlets = full.hamlets
    rural = (hamlets.county == QUJIANG) & (hamlets.urban == 0)
    eligible = rural & (hamlets.eligible == 1)
    assert 1_050 <= rural.sum() <= 1_400
    assert 430 <= eligible.sum() <= 820
    sizes = plan.roster.households[eligible]
    assert 19 <= np.median(sizes) <= 29
    at_home = sum(getattr(full.households, name).astype(float) for name in MEMBERS)
    away = sum(getattr(full.households, name).astype(float) for name in ("away_children", "away_young", "away_mid"))
    inside = eligible[full.households.hamlet]
    registered = at_home[inside].sum() + away[inside].sum()
    assert 37_000 <= registered <= 76_000
    assert 0.35 <= at_home[inside].sum() / registered <= 0.7


Z_BARS = {0.01: 5.0, 0.001: 8.0}
"""Standard errors a margin may be off.

Of 200 seeds with 91 margins each none passed 5 at share 0.01 (largest 4.9), one passed 8 at 0.001 (land).
Four new seeds raise a false alarm in at most about 2 percent of cases; these are fixed.
"""


@pytest.mark.parametrize("share", Z_BARS)
def test_sampled_worlds_are_within_sampling_error(evidence: Evidence, share: float) -> None:
    for seed in range(4):
        for row in margins_table(build_world(share, seed, evidence), evidence):
            if row.standard_error > 0.0:
                assert abs(row.error) < Z_BARS[share] * row.standard_error, row
            elif row.margin not in ("realised_share", "gdp_share_industry_above"):
                assert abs(row.error) < 0.005, row


def test_standard_errors_describe_the_spread_over_seeds(evidence: Evidence) -> None:
    """Root mean square of errors over 40 seeds against the mean standard error.

    Within 35 percent for what weights do not make exact, at most that for what they do.
    """
    tables = [margins_table(build_world(0.01, seed, evidence), evidence) for seed in range(40)]
    for same in zip(*tables, strict=True):
        row = same[0]
        if row.place != CITY or row.standard_error == 0.0:
            continue
        spread = np.sqrt(np.mean([r.error**2 for r in same])) / np.mean([r.standard_error for r in same])
        assert spread < 1.35, row
        if row.margin in ("family_residents_0_2", "family_residents_65_plus", "family_men_15_59"):
            assert spread > 0.65, row


def test_sampling_is_unbiased(evidence: Evidence, plan: Blueprint) -> None:
    """Mean over 100 seeds within 4 standard errors: eight normal tests, false alarm 5 in 10,000."""
    totals = plan.types.totals.sum(axis=0)
    errors = []
    for seed in range(100):
        world = build_world(0.01, seed, evidence)
        households = world.households
        weight = np.where(households.id != 0, world.hamlets.weight[households.hamlet], 0.0)
        found = np.array([weight @ getattr(households, name) for name in MEMBERS])
        errors.append(found / totals - 1.0)
    mean, spread = np.mean(errors, axis=0), np.std(errors, axis=0) / 10.0
    assert np.all(np.abs(mean) < 4.0 * spread)


def test_distance_of_one_degree_north() -> None:
    assert distances_km(np.array([118.0, 28.0]), np.array([118.0, 29.0])) == pytest.approx(111.19, abs=0.1)
