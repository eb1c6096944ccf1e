"""Household types of every stratum: whole numbers of households by composition and registered place.

A stratum is a county and a zone (town, ordinary hamlets, hamlets eligible for relocation). Entropy balancing
spreads the stratum's households over compositions so that members by age and sex and away members come out;
rounding makes the counts whole. What rounding leaves, a few persons a county, goes to the collective
households, so that registered and resident persons are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.places import N_COUNTIES, OUTSIDE
from sim.population.archetypes import N_MEMBERS, NOBODY_AWAY, TYPE_MEMBERS, TYPE_PRIOR
from sim.population.fitting import entropy_weights, largest_remainder
from sim.population.margins import AWAY_AGES, N_ZONES, TOWN_ZONE, Margins

type Floats = NDArray[np.float64]
type Int64s = NDArray[np.int64]

N_STRATA = N_COUNTIES * N_ZONES
N_PLACES = N_COUNTIES + 1
"""Registered places: six counties and outside."""


@dataclass(frozen=True, eq=False)
class HouseholdTypes:
    """Every household of the full city by stratum, in the order of its type.

    Attributes:
        members: residents and away members by column and type, shape (11, types + 1), int8; the last type is nobody.
        registered: registered place of each type, shape (types + 1,), int8; types are compositions x places.
        first: first place of a stratum in `order`, shape (18 + 1,); strata are county-major.
        order: type of each household, stratum by stratum, shape (households,), int16.
        totals: residents by stratum and member group, shape (18, 8).
        family: residents of family households by county, shape (6,).
        natives: members, at home or away, of the households registered in the county they stand in, shape
            (6,).
        collective: persons in collective households by county: residents less family members, shape (6,).
        collective_registered: of all collective households, those registered in the county, shape (6,).
    """

    members: NDArray[np.int8]
    registered: NDArray[np.int8]
    first: Int64s
    order: NDArray[np.int16]
    totals: Floats
    family: Floats
    natives: Floats
    collective: Int64s
    collective_registered: Int64s


def household_types(margins: Margins) -> HouseholdTypes:
    """Spread the households of each stratum over types.

    Raises:
        PopulationError: the margins of a stratum contradict each other.
    """
    counts = np.stack([_counts(margins, c, z) for c in range(N_COUNTIES) for z in range(N_ZONES)])
    members = np.repeat(TYPE_MEMBERS, N_PLACES, axis=0)
    registered = np.tile(np.arange(N_PLACES), len(TYPE_MEMBERS))
    types = np.tile(np.arange(len(members)), N_STRATA)
    totals = counts @ members[:, :N_MEMBERS]
    family = totals.sum(axis=1).reshape(N_COUNTIES, N_ZONES).sum(axis=1)
    all_members = members.sum(axis=1)
    by_place = np.bincount(registered, counts.sum(axis=0) * all_members, N_PLACES).astype(np.int64)
    county_counts = counts.reshape(N_COUNTIES, N_ZONES, -1).sum(axis=1)
    natives = [float((all_members * county_counts[c])[registered == c].sum()) for c in range(N_COUNTIES)]
    return HouseholdTypes(
        members=np.pad(members.astype(np.int8).T, ((0, 0), (0, 1))),
        registered=np.append(registered, 0).astype(np.int8),
        first=np.concatenate([[0], np.cumsum(counts.sum(axis=1))]),
        order=np.repeat(types, counts.ravel()).astype(np.int16),
        totals=totals,
        family=family,
        natives=np.array(natives),
        collective=margins.residents - family.astype(np.int64),
        collective_registered=margins.registered - by_place[:OUTSIDE],
    )


def _counts(margins: Margins, county: int, zone: int) -> Int64s:
    """Return households by type (composition x registered place) of one stratum, shape (types,)."""
    households = int(margins.households[county, zone])
    incomers = margins.incomers[:, county] if zone == TOWN_ZONE else np.zeros(N_PLACES)
    movers = round(households * incomers.sum() / margins.persons[county, zone])
    own = np.zeros(N_PLACES)
    own[county] = 1.0
    table = np.zeros((len(TYPE_MEMBERS), N_PLACES), dtype=np.int64)
    mean_members = margins.members[county, zone] / households
    mean_away = margins.away[county, zone] * AWAY_AGES / (households - movers)
    natives = entropy_weights(TYPE_PRIOR, TYPE_MEMBERS, np.append(mean_members, mean_away))
    table += largest_remainder(np.outer(natives, own), households - movers)
    if movers:
        here = TYPE_MEMBERS[NOBODY_AWAY, :N_MEMBERS]
        weights = entropy_weights(TYPE_PRIOR[NOBODY_AWAY], here, mean_members)
        table[NOBODY_AWAY] += largest_remainder(np.outer(weights, incomers), movers)
    return table.ravel()
