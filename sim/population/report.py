"""Compare a starting world with the margins it was built from, with the standard error at its share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import EvidenceError
from sim.evidence import Evidence
from sim.places import CHANGSHAN, CITY_INDEX, N_COUNTIES, PLACES, QUJIANG
from sim.population.archetypes import AWAY_MEMBERS, MEMBERS
from sim.population.blueprint import Blueprint, blueprint
from sim.population.counting import column_sum
from sim.population.margins import INFANTS_KEY, N_ZONES
from sim.sectors import ABOVE, MANUFACTURING, OFFICIAL, OFFICIAL_OF_SECTOR
from sim.world import RURAL, URBAN, World

type Floats = NDArray[np.float64]
type Int64s = NDArray[np.int64]

ALL_PLACES = range(len(PLACES))
DERIVED = "assumption"

# margin: member columns, positions in MEMBERS, key and year of the published share
_AGES = (
    ("family_residents_0_2", MEMBERS[:1], INFANTS_KEY, "2023-01"),
    ("family_residents_0_14", MEMBERS[:2], "age_share_0_14", "2020"),
    ("family_residents_15_59", MEMBERS[2:6], "age_share_15_59", "2020"),
    ("family_residents_60_plus", MEMBERS[6:], "age_share_60_plus", "2020"),
    ("family_residents_65_plus", MEMBERS[7:], "age_share_65_plus", "2020"),
    ("family_men_15_59", ("young_men", "mid_men"), "sex_share_male", "2020"),
)


class MarginRow(NamedTuple):
    """One margin of one place.

    `published` is the margin as used, after the scaling named in `source`; `error` is simulated over
    published less one; `standard_error` is that of the error at the world's share, 0 where nothing is
    sampled. The confidence is that of the place's own statistic, or ``assumption`` where it has none and
    others imply it.
    """

    margin: str
    place: str
    unit: str
    published: float
    simulated: float
    error: float
    standard_error: float
    confidence: str
    source: str


@dataclass(frozen=True, eq=False)
class Design:
    """The sample of a world: what totals and their standard errors need; columns of shape (hamlets,).

    Attributes:
        world, plan: the world and the plan it was built from.
        chosen: roster rows of the hamlets (hamlet ids are roster rows plus one).
        zone: county x zone of composition of each hamlet.
        left_out: part of each hamlet's sampling stratum that is not sampled.
    """

    world: World
    plan: Blueprint
    chosen: Int64s
    zone: Int64s
    left_out: Floats

    @classmethod
    def of(cls, world: World, plan: Blueprint) -> Design:
        """Return the design of a world of `build_world`."""
        chosen = world.hamlets.id.astype(np.int64) - 1
        roster, stratum = plan.roster, plan.frame.stratum[chosen]
        present = np.diff(plan.frame.first)
        left_out = 1.0 - np.bincount(stratum, minlength=len(present)) / present
        zone = (roster.county * N_ZONES + roster.zone)[chosen]
        return cls(world, plan, chosen, zone, left_out[stratum])

    def by_hamlet(self, values: NDArray[np.generic]) -> Floats:
        """Return sums of a household column over hamlets, shape (hamlets,)."""
        return np.asarray(np.add.reduceat(values.astype(np.float64), self.world.hamlets.start))

    def totals(self, values: NDArray[np.generic]) -> Floats:
        """Return weighted totals of a household column for the seven places, shape (7,)."""
        hamlets = self.world.hamlets
        return with_city(np.bincount(hamlets.county, hamlets.weight * self.by_hamlet(values), N_COUNTIES))

    def standard_errors(self, values: NDArray[np.generic]) -> Floats:
        """Return standard errors of those totals, shape (7,).

        Types are spread over a county's zone at random: the variance is that between the zone's households.
        Calibration to county totals is left out: an upper estimate for what it makes exact.
        """
        weight = self.world.hamlets.weight
        households = self.plan.roster.households[self.chosen]
        count, first, second = (
            np.bincount(self.zone, weight * sums, len(self.plan.types.totals))
            for sums in (households, self.by_hamlet(values), self.by_hamlet(values.astype(np.float64) ** 2))
        )
        variance = np.maximum(second / count - (first / count) ** 2, 0.0)[self.zone]
        parts = weight**2 * households * variance * self.left_out
        return np.sqrt(with_city(np.bincount(self.world.hamlets.county, parts, N_COUNTIES)))

    def land_errors(self) -> Floats:
        """Return standard errors of transferable land, from the variance between all hamlets, shape (7,)."""
        roster, frame = self.plan.roster, self.plan.frame
        stratum = frame.stratum
        rate = np.bincount(stratum, roster.forest) / frame.households
        residual = roster.forest - rate[stratum] * roster.households
        present = np.bincount(stratum)
        sampled = np.bincount(stratum[self.chosen], minlength=len(present))
        variance = np.bincount(stratum, residual**2) / (present - 1)
        parts = present**2 * variance * (1.0 / sampled - 1.0 / present)
        return np.sqrt(with_city(parts.reshape(N_COUNTIES, -1).sum(axis=1)))


def with_city(by_county: ArrayLike) -> Floats:
    """Return six county values and their sum, shape (7,)."""
    values = np.asarray(by_county, dtype=np.float64)
    return np.append(values, values.sum())


def margins_table(world: World, evidence: Evidence) -> list[MarginRow]:
    """Return every margin of the starting world beside what it was built from.

    Args:
        world: a world of `build_world` with the same evidence, not stepped yet.
        evidence: the statistics.
    """
    report = _Report(world, evidence)
    report.add_persons()
    report.add_ages()
    report.add_land_and_work()
    report.add_output()
    report.add_income()
    report.add_sample()
    return report.rows


class _Report:
    """Collects rows; one method a subject."""

    def __init__(self, world: World, evidence: Evidence) -> None:
        self.world, self.evidence, self.plan = world, evidence, blueprint(evidence)
        self.design = Design.of(world, self.plan)
        self.rows: list[MarginRow] = []

    def add_persons(self) -> None:
        """Add registered and resident persons, households, town and away members."""
        margins, counties = self.plan.margins, self.world.counties
        at_home, away = self._persons(*MEMBERS), self._persons(*AWAY_MEMBERS)
        home_error = self.design.standard_errors(at_home)
        registered_error = self.design.standard_errors(at_home + away)
        residents = with_city(counties.residents.sum(axis=1) + counties.collective_residents)
        urban = with_city(counties.residents[:, URBAN] + counties.collective_residents)
        households = with_city(counties.households.sum(axis=1))
        urban_rows = self.world.hamlets.urban[self.world.households.hamlet]
        family = with_city(margins.persons.sum(axis=1))
        size_error = home_error / households
        aged = "moved on by one year at the city's rate of 2020-21"
        scaled = "scaled to the city's 2,291,000"
        carried = "2020 scaled by residents"
        add = self._add
        add(
            "registered_population",
            "persons",
            with_city(margins.registered),
            with_city(counties.registered),
            registered_error,
            ("registered_population", "2021", aged),
        )
        add(
            "resident_population",
            "persons",
            with_city(margins.residents),
            residents,
            home_error,
            ("resident_population", "2022", scaled),
        )
        add(
            "urban_residents",
            "persons",
            with_city(margins.urban_residents),
            urban,
            self.design.standard_errors(at_home * urban_rows),
            ("urbanisation_rate", "2022", ""),
        )
        add(
            "family_households",
            "households",
            with_city(margins.households.sum(axis=1)),
            households,
            np.zeros(7),
            ("family_households", "2020", carried),
        )
        add(
            "mean_family_household_size",
            "persons/household",
            family / with_city(margins.households.sum(axis=1)),
            self.design.totals(at_home) / households,
            size_error,
            ("mean_family_household_size", "2020", ""),
        )
        add(
            "away_members",
            "persons",
            with_city(margins.away.sum(axis=1)),
            self.design.totals(away),
            self.design.standard_errors(away),
            ("away_members", "2022", "proportional fitting"),
        )

    def add_ages(self) -> None:
        """Add residents of family households by age, and men of working age."""
        members = self.plan.margins.members.sum(axis=1)
        for name, columns, key, year in _AGES:
            sums = self._persons(*columns)
            wanted = with_city(members[:, [MEMBERS.index(column) for column in columns]].sum(axis=1))
            note = "census share of residents less collective households"
            self._add(
                name,
                "persons",
                wanted,
                self.design.totals(sums),
                self.design.standard_errors(sums),
                (key, year, note),
            )

    def add_land_and_work(self) -> None:
        """Add forest land, educated and employed persons."""
        plan, households = self.plan, self.world.households
        forest = np.bincount(plan.roster.village_county, plan.roster.village_forest, N_COUNTIES)
        self._add(
            "transferable_forest_land",
            "mu",
            with_city(forest),
            self.design.totals(households.forest),
            self.design.land_errors(),
            ("transferable_forest_land", "2022", "area x cover"),
        )
        every = self.world.villages.forest.sum() + self.world.villages.forest_other.sum()
        wanted = self.evidence.value("forest_land_area", "quzhou", 2025)
        self._add("forest_land_area", "mu", [wanted], [every], [0.0], ("forest_land_area", "2025", ""), [CITY_INDEX])
        jobs = households.local + households.local_skilled
        found = self.design.totals(jobs) + with_city(self.plan.chances.collective_workers.sum(axis=1))
        self._add(
            "local_off_farm_workers",
            "persons",
            with_city(plan.chances.jobs.sum(axis=1)),
            found,
            self.design.standard_errors(jobs),
            ("employment_rate", "2022", "less farm and own account"),
        )

    def add_output(self) -> None:
        """Add value added of enterprises and farming, and the number of firms above designated size."""
        firms, evidence = self.world.enterprises, self.evidence
        cells = np.zeros(self.plan.economy.value_added.shape)
        output = 12.0 * firms.weight * firms.value_added * firms.active
        np.add.at(cells, (firms.county, firms.sector, firms.size), output)
        cells[:, 0, 0] += self.world.base.farm_value_added
        gdp = [*(evidence.value("gdp", place, 2022) for place in PLACES)]
        none = np.zeros(7)
        self._add("gdp", "CNY", gdp, with_city(cells.sum(axis=(1, 2))), none, ("gdp", "2022", ""))
        above = cells[:, 1 : MANUFACTURING + 1, ABOVE].sum(axis=1)
        official = np.array(OFFICIAL_OF_SECTOR)
        for place in (CHANGSHAN, CITY_INDEX):
            rows = cells if place == CITY_INDEX else cells[[place]]
            for s, name in enumerate(OFFICIAL):
                key = f"gdp_{name}"
                wanted = [evidence.value(key, PLACES[place], 2022)]
                self._add(key, "CNY", wanted, [rows[:, official == s].sum()], [0.0], (key, "2022", ""), [place])
        key = "above_scale_industrial_value_added"
        city_above = [evidence.value(key, "quzhou", 2022)]
        self._add(key, "CNY", city_above, [above.sum()], [0.0], (key, "2022", ""), [CITY_INDEX])
        key = "gdp_share_industry_above"
        share = [above[QUJIANG] / cells[QUJIANG].sum()]
        self._add(key, "ratio", [evidence.value(key, "qujiang", 2022)], share, [0.0], (key, "2022", ""), [QUJIANG])
        large = (firms.active == 1) & (firms.size == ABOVE) & (firms.sector <= MANUFACTURING)
        key = "above_scale_industrial_firms"
        numbers = with_city([evidence.value(key, place, 2022) for place in PLACES[:N_COUNTIES]])
        self._add(
            key,
            "firms",
            numbers,
            with_city(np.bincount(firms.county[large], minlength=N_COUNTIES)),
            none,
            (key, "2022", ""),
        )

    def add_income(self) -> None:
        """Add the city means that follow from the county targets and the simulated residents."""
        counties, target = self.world.counties, self.world.base.income_target
        people = counties.residents.copy()
        people[:, URBAN] += counties.collective_residents
        for zone, name in ((RURAL, "rural"), (URBAN, "urban")):
            key = f"{name}_disposable_income_per_capita"
            mean = np.average(target[:, zone], weights=people[:, zone])
            wanted = [self.evidence.value(key, "quzhou", 2022)]
            self._add(
                key,
                "CNY/person",
                wanted,
                [mean],
                [0.0],
                (key, "2022", "target of the accounts"),
                [CITY_INDEX],
            )

    def add_sample(self) -> None:
        """Add the share of households that is sampled, hamlets eligible for relocation included."""
        rows = np.count_nonzero(self.world.households.id)
        share = [rows / self.plan.roster.households.sum()]
        self._add(
            "realised_share",
            "ratio",
            [self.world.share],
            share,
            [0.0],
            ("", "", "eligible ones tenfold"),
            [CITY_INDEX],
        )

    def _persons(self, *columns: str) -> Floats:
        return np.asarray(column_sum(self.world.households, columns, np.float64))

    def _add(
        self,
        margin: str,
        unit: str,
        published: ArrayLike,
        simulated: ArrayLike,
        errors: ArrayLike,
        reference: tuple[str, str, str],
        places: Sequence[int] = ALL_PLACES,
    ) -> None:
        columns = (np.asarray(values, dtype=np.float64).tolist() for values in (published, simulated, errors))
        for place, wanted, found, error in zip(places, *columns, strict=True):
            name = PLACES[place]
            relative = (found / wanted - 1.0, error / wanted)
            self.rows.append(MarginRow(margin, name, unit, wanted, found, *relative, *self._tag(name, reference)))

    def _tag(self, place: str, reference: tuple[str, str, str]) -> tuple[str, str]:
        key, year, note = reference
        try:
            statistic = self.evidence.statistic(key, place, year)
        except EvidenceError:
            return DERIVED, note
        return statistic.confidence, "; ".join(text for text in (statistic.source, note) if text)
