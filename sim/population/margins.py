"""The published margins of the population at the turn of 2022/23, reconciled with each other.

What is published is used; what is not is an `assumption` row of the evidence. Three reconciliations deserve a
word:

* Registered persons are those of the end of 2021 moved on by one year at the city's rate of 2020-21.
* County residents of 2022 are `memory` rows that sum to 2,288,000; they are scaled to the city's 2,291,000.
* Where registered persons live follows from both margins by proportional fitting of a gravity table: the
  diagonal stay, others live in another county of the six, or outside the city (these are carried as away
  members of their household).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.evidence import Evidence
from sim.places import CITY, COUNTIES, LONGYOU, N_COUNTIES, OUTSIDE
from sim.population.fitting import largest_remainder, normal_scores, proportional_fit

type Floats = NDArray[np.float64]
type Int64s = NDArray[np.int64]

TOWN_ZONE, NEAR_ZONE, HILL_ZONE = range(3)
N_ZONES = 3
"""Zones of composition: urban blocks, ordinary rural hamlets, hamlets eligible for relocation."""

STAY, MOVE_AWAY, MOVE_INSIDE = 0.85, 0.12, 0.03
"""Gravity seed: weight of staying, of leaving the city, of moving to another of the six (assumption)."""
LOG_SIZE_SD = 0.75
"""Log sd of the size of eligible hamlets (feasibility scan)."""
HILL_HAMLET_MEDIAN = 23.0
"""Median households of an eligible hamlet (feasibility scan, range 19-29)."""
HILL_AWAY_LIMIT = 0.6
"""Largest part of a county's away members that eligible hamlets carry (assumption)."""
NEAR_AWAY_SHARE = 0.8
"""Part of the other away members that ordinary rural hamlets carry, the rest urban families (assumption)."""
AWAY_AGES = np.array([0.12, 0.45, 0.43])
"""Children, 15-34, 35-59 among away members (assumption; migrant workers' mean age is 43)."""
INFANTS_KEY = "share_under_3_of_registered_population"
COLLECTIVE_AGES = np.array([0.0, 0.02, 0.90, 0.02, 0.06])
"""Ages 0-2, 3-14, 15-59, 60-64, 65+ of persons in collective households (assumption)."""

# relative frequency of members by zone: towns younger, hills old (assumption; fitting keeps county totals)
_TILT = np.array(
    [
        [1.10, 1.15, 1.25, 1.25, 1.08, 1.08, 0.85, 0.75],
        [0.95, 0.95, 0.85, 0.85, 0.98, 0.98, 1.10, 1.20],
        [0.45, 0.50, 0.40, 0.35, 0.80, 0.70, 1.80, 2.30],
    ]
)


@dataclass(frozen=True, eq=False)
class Margins:
    """Counts of persons and households, all for the full city.

    Attributes:
        registered: registered persons by county, shape (6,).
        residents: resident persons by county, shape (6,).
        urban_residents: of these in towns, shape (6,).
        collective: persons in collective households before rounding residuals, shape (6,).
        households: family households by county and zone, shape (6, 3).
        persons: residents of family households by county and zone, shape (6, 3).
        members: the same by age and sex, shape (6, 3, 8).
        away: away members of family households by county and zone, shape (6, 3).
        origins: residents of family households by registered place (6 counties, outside) and county, shape
            (7, 6).
        hill_sizes: households of each eligible hamlet by county, a tuple of six arrays.
    """

    registered: Int64s
    residents: Int64s
    urban_residents: Floats
    collective: Floats
    households: Int64s
    persons: Floats
    members: Floats
    away: Floats
    origins: Floats
    hill_sizes: tuple[Int64s, ...]

    @property
    def incomers(self) -> Floats:
        """Return urban residents registered outside their county, by registered place and county, shape (7, 6)."""
        table = self.origins.copy()
        table[np.arange(N_COUNTIES), np.arange(N_COUNTIES)] = 0.0
        return table


def by_county(evidence: Evidence, key: str, year: int | str) -> Floats:
    """Return a statistic of the six counties in the unit of its rows, shape (6,).

    Raises:
        EvidenceError: a county has no row.
    """
    return np.array([evidence.value(key, county, year) for county in COUNTIES])


def population_margins(evidence: Evidence) -> Margins:
    """Reconcile the margins of one evidence folder.

    Raises:
        EvidenceError: a row is missing.
        PopulationError: the margins contradict each other.
    """
    registered, residents = _registered(evidence), _residents(evidence)
    collective = _collective(evidence, residents)
    urban_residents = by_county(evidence, "urbanisation_rate", 2022) * residents
    family = residents - collective
    origins, away = _origins(evidence, registered, residents, collective)
    hill_sizes = tuple(hill_hamlet_sizes(int(n)) for n in by_county(evidence, "relocation_eligible_hamlets", 2022))
    hills = np.array([sizes.sum() for sizes in hill_sizes])
    persons = _persons_by_zone(evidence, hills, urban_residents - collective, family)
    households = _households_by_zone(_households(evidence, residents, family), persons, hills)
    return Margins(
        registered=registered,
        residents=residents,
        urban_residents=urban_residents,
        collective=collective,
        households=households,
        persons=persons,
        members=_members(evidence, residents, collective, persons),
        away=_away_by_zone(evidence, hills, away),
        origins=origins,
        hill_sizes=hill_sizes,
    )


def hill_hamlet_sizes(hamlets: int) -> Int64s:
    """Return households of each eligible hamlet of a county, shape (hamlets,), smallest first.

    Quantiles of a lognormal (median `HILL_HAMLET_MEDIAN`, log sd `LOG_SIZE_SD`), at least 3.
    """
    sizes = HILL_HAMLET_MEDIAN * np.exp(LOG_SIZE_SD * normal_scores(hamlets))
    return np.asarray(np.maximum(3, np.rint(sizes)).astype(np.int64))


def _registered(evidence: Evidence) -> Int64s:
    before, now = (evidence.value("registered_population", CITY, year) for year in (2020, 2021))
    return largest_remainder(by_county(evidence, "registered_population", 2021), round(now * now / before))


def _residents(evidence: Evidence) -> Int64s:
    total = round(evidence.value("resident_population", CITY, 2022))
    return largest_remainder(by_county(evidence, "resident_population", 2022), total)


def _collective(evidence: Evidence, residents: Int64s) -> Floats:
    """Return persons in collective households: those of 2020 scaled, or by urban residents."""
    city = evidence.value("population_in_collective_households", CITY, 2020)
    city *= residents.sum() / evidence.value("resident_population", CITY, 2020)
    census = evidence.value("resident_population", "longyou", 2020)
    family = evidence.value("population_in_family_households", "longyou", 2020)
    urban = by_county(evidence, "urbanisation_rate", 2022) * residents
    urban[LONGYOU] = 0.0
    longyou = (census - family) * residents[LONGYOU] / census
    collective = (city - longyou) * urban / urban.sum()
    collective[LONGYOU] = longyou
    return np.asarray(collective)


def _households(evidence: Evidence, residents: Int64s, family: Floats) -> Int64s:
    """Return family households by county: city and Longyou scaled from 2020, one size elsewhere."""
    city = evidence.value("family_households", CITY, 2020)
    city *= residents.sum() / evidence.value("resident_population", CITY, 2020)
    longyou = evidence.value("family_households", "longyou", 2020)
    longyou *= residents[LONGYOU] / evidence.value("resident_population", "longyou", 2020)
    others = family.copy()
    others[LONGYOU] = 0.0
    households = (city - longyou) * others / others.sum()
    households[LONGYOU] = longyou
    return largest_remainder(households, round(city))


def _origins(evidence: Evidence, registered: Int64s, residents: Int64s, collective: Floats) -> tuple[Floats, Floats]:
    """Return family residents by registered place and county, shape (7, 6), and away members, shape (6,)."""
    local = evidence.value("collective_share_registered_locally", CITY, 2022)
    incomers = evidence.value("in_migrants_registered_outside", CITY, 2022) - (1.0 - local) * collective.sum()
    rows = np.append(registered - local * collective, incomers)
    columns = residents - collective
    fitted = proportional_fit(_gravity(evidence, residents), rows, np.append(columns, rows.sum() - columns.sum()))
    return fitted[:, :N_COUNTIES], fitted[:N_COUNTIES, OUTSIDE]


def _gravity(evidence: Evidence, residents: Int64s) -> Floats:
    """Return the seed of the origin-destination table, shape (7, 7)."""
    seats = np.array([evidence.seat(county) for county in COUNTIES])
    pull = residents / np.maximum(distances_km(seats[:, None], seats[None]), 1.0)
    np.fill_diagonal(pull, 0.0)
    seed = np.zeros((N_COUNTIES + 1, N_COUNTIES + 1))
    seed[:N_COUNTIES, :N_COUNTIES] = MOVE_INSIDE * pull / pull.sum(axis=1, keepdims=True) + STAY * np.eye(N_COUNTIES)
    seed[:N_COUNTIES, OUTSIDE] = MOVE_AWAY
    seed[OUTSIDE, :N_COUNTIES] = residents / residents.sum()
    return seed


def distances_km(first: Floats, second: Floats) -> Floats:
    """Return distances between points in km, shape (...), by the flat approximation at their mean latitude.

    Args:
        first: longitude and latitude in degrees on the last axis, shape (..., 2).
        second: the same, in a shape that broadcasts.
    """
    gap = np.radians(first - second)
    east = gap[..., 0] * np.cos(np.radians((first[..., 1] + second[..., 1]) / 2.0))
    return np.asarray(6371.0 * np.hypot(east, gap[..., 1]))


def _persons_by_zone(evidence: Evidence, hills: Int64s, town: Floats, family: Floats) -> Floats:
    size = evidence.value("registered_persons_per_eligible_household", CITY, 2022)
    hill = hills * size * evidence.value("resident_share_eligible_hamlets", CITY, 2022)
    return np.stack([town, family - town - hill, hill], axis=1)


def _households_by_zone(households: Int64s, persons: Floats, hills: Int64s) -> Int64s:
    """Return family households, shape (6, 3): one mean size outside the hills."""
    rest = households - hills
    town = np.rint(rest * persons[:, TOWN_ZONE] / persons[:, :HILL_ZONE].sum(axis=1)).astype(np.int64)
    return np.stack([town, rest - town, hills], axis=1)


def _away_by_zone(evidence: Evidence, hills: Int64s, away: Floats) -> Floats:
    size = evidence.value("registered_persons_per_eligible_household", CITY, 2022)
    absent = 1.0 - evidence.value("resident_share_eligible_hamlets", CITY, 2022)
    hill = np.minimum(hills * size * absent, HILL_AWAY_LIMIT * away)
    return np.stack([(1.0 - NEAR_AWAY_SHARE) * (away - hill), NEAR_AWAY_SHARE * (away - hill), hill], axis=1)


def family_ages(evidence: Evidence, residents: Int64s, collective: Floats) -> Floats:
    """Return family residents aged 0-2, 3-14, 15-59, 60-64, 65+ by county, shape (6, 5).

    Census shares of all residents (official for Longyou, assumptions elsewhere) less the collective
    households.

    Args:
        evidence: the statistics.
        residents: resident persons by county, shape (6,).
        collective: persons in collective households by county, shape (6,).

    Raises:
        EvidenceError: a share is missing.
    """
    child, work, sixty, old = (
        by_county(evidence, f"age_share_{ages}", 2020) for ages in ("0_14", "15_59", "60_plus", "65_plus")
    )
    infants = np.full(N_COUNTIES, evidence.value(INFANTS_KEY, CITY, "2023-01"))
    shares = np.stack([infants, child - infants, work, sixty - old, old], axis=1)
    shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(shares * residents[:, None] - COLLECTIVE_AGES * collective[:, None])


def male_shares(evidence: Evidence, residents: Int64s) -> Floats:
    """Return the share of men by county, ratio, shape (6,).

    Longyou's of 2020 is published; the others share what the city's leaves.

    Args:
        evidence: the statistics.
        residents: resident persons by county, shape (6,).

    Raises:
        EvidenceError: a share is missing.
    """
    city, longyou = (evidence.value("sex_share_male", place, 2020) for place in (CITY, "longyou"))
    weight = residents[LONGYOU] / residents.sum()
    shares = np.full(N_COUNTIES, (city - weight * longyou) / (1.0 - weight))
    shares[LONGYOU] = longyou
    return shares


def _members(evidence: Evidence, residents: Int64s, collective: Floats, persons: Floats) -> Floats:
    """Return family residents by county, zone and member group, shape (6, 3, 8)."""
    ages = family_ages(evidence, residents, collective)
    men = male_shares(evidence, residents)
    young = by_county(evidence, "age_share_15_34_of_15_59", 2020)
    groups = [ages[:, 0], ages[:, 1]]
    groups += [ages[:, 2] * part * sex for part in (young, 1.0 - young) for sex in (men, 1.0 - men)]
    totals = np.stack([*groups, ages[:, 3], ages[:, 4]], axis=1)
    tables = [proportional_fit(_TILT * totals[c], persons[c], totals[c]) for c in range(N_COUNTIES)]
    return np.stack(tables)
