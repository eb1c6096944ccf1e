"""The world: tables of columns for households, hamlets, villages, enterprises, projects and counties.

Households stand sorted by hamlet: the members of hamlet h fill rows start[h] to stop[h], spare rows included (a
row with `id` 0 is vacant). Hamlets stand sorted by village, villages by county. A household keeps its row when
it moves to town: its `residence` changes, its hamlet (registered home, land, neighbours) does not. Hamlets are
the sampling unit; `weight` says how many real hamlets one row stands for, and every sum over households carries
it.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.accounting import N_COMPONENTS
from sim.places import N_COUNTIES
from sim.randomness import Purpose, stream
from sim.sectors import N_SECTORS, N_SIZES, N_SKILLS
from sim.tables import Table, column

type Bools = NDArray[np.bool_]
type Int8s = NDArray[np.int8]
type Int16s = NDArray[np.int16]
type Int32s = NDArray[np.int32]
type Int64s = NDArray[np.int64]
type Ids = NDArray[np.uint64]
type Float32s = NDArray[np.float32]
type Floats = NDArray[np.float64]

HOME, TOWN, RESETTLED, CORE = range(4)
"""Residence: own hamlet; town of the own county; a rural resettlement point there; the core town in Kecheng."""

NOT_LET, SINGLE, POOLED, STORED = range(4)
"""How forest land is let: by the household alone, in a village block, to the storage platform."""

N_LEASE_CHANNELS = 4
RURAL, URBAN = range(2)
N_ZONES = 2

NOT_ASKED, DECLINED, WAITING, MOVED = range(4)
"""Relocation state of a household."""

STAYING, CONSULTED, MOVED_WHOLE, LEAVING = range(4)
"""Relocation state of a hamlet; LEAVING: it decided to move as a whole and has not finished."""

AWARE_FOREST, AWARE_RELOCATION = 1, 2
"""Bits of a household's awareness."""

SIGNED, BUILDING, OPERATING = 1, 2, 3
"""State of a project (0: unused row)."""


@dataclass
class Households(Table):
    """One row a family household; `away_*` are its registered members who live outside the city."""

    id: Ids = column("u8", "dimensionless", "identity that keys its draws; 0 marks a vacant row")
    hamlet: Int32s = column("i4", "dimensionless", "row of its hamlet")
    registered: Int8s = column("i1", "dimensionless", "registered county, 6 for outside the city")
    residence: Int8s = column("i1", "dimensionless", "where its members at home live (HOME, TOWN, RESETTLED, CORE)")
    infants: Int8s = column("i1", "persons", "residents aged 0-2")
    children: Int8s = column("i1", "persons", "residents aged 3-14")
    young_men: Int8s = column("i1", "persons", "resident men aged 15-34")
    young_women: Int8s = column("i1", "persons", "resident women aged 15-34")
    mid_men: Int8s = column("i1", "persons", "resident men aged 35-59")
    mid_women: Int8s = column("i1", "persons", "resident women aged 35-59")
    late: Int8s = column("i1", "persons", "residents aged 60-64")
    old: Int8s = column("i1", "persons", "residents aged 65 and over")
    away_children: Int8s = column("i1", "persons", "away members aged 0-14")
    away_young: Int8s = column("i1", "persons", "away members aged 15-34")
    away_mid: Int8s = column("i1", "persons", "away members aged 35-59")
    tertiary: Int8s = column("i1", "persons", "resident adults with tertiary education")
    farm: Int8s = column("i1", "persons", "residents who work on the farm or in the forest")
    local: Int8s = column("i1", "persons", "residents in ordinary local off-farm jobs")
    local_skilled: Int8s = column("i1", "persons", "residents in local jobs that need tertiary education")
    own: Int8s = column("i1", "persons", "residents who run their own business")
    idle: Int8s = column("i1", "persons", "residents who look for work")
    job_cell: Int8s = column("i1", "dimensionless", "sector x size cell of the local jobs, -1 for none")
    skill: Float32s = column("f4", "ratio", "wage multiplier of the household's workers")
    forest: Float32s = column("f4", "mu", "transferable forest land held")
    forest_let: Float32s = column("f4", "mu", "part of it that is let")
    forest_yield: Float32s = column("f4", "CNY/mu/year", "own net yield of land kept, labour counted as a cost")
    let_how: Int8s = column("i1", "dimensionless", "how it is let (NOT_LET, SINGLE, POOLED, STORED)")
    lease_left: Int16s = column("i2", "months", "months until the lease ends")
    lease_rent: Float32s = column("f4", "CNY/mu/year", "rent agreed in the lease, the collective's part included")
    own_business: Float32s = column("f4", "CNY/month", "profit of the own business at January 2023 prices")
    aware: NDArray[np.uint8] = column("u1", "dimensionless", "bits: knows forest programme, knows relocation")
    relocation: Int8s = column("i1", "dimensionless", "relocation state (NOT_ASKED, DECLINED, WAITING, MOVED)")
    relocation_wait: Int16s = column("i2", "months", "months since it accepted to move")
    wage_income: Float32s = column("f4", "CNY/month", "wages of residents and remittances")
    business_income: Float32s = column("f4", "CNY/month", "net income of farm, forest and own business")
    property_income: Float32s = column("f4", "CNY/month", "land rent, dividends, interest")
    transfer_income: Float32s = column("f4", "CNY/month", "pensions, subsidies")
    forestry_income: Float32s = column("f4", "CNY/month", "part of all four that comes from the forest")
    consumption: Float32s = column("f4", "CNY/month", "consumption spending")
    wealth: Float32s = column("f4", "CNY", "liquid wealth")

    def occupied(self) -> Bools:
        """Return which rows hold a household, shape (n,)."""
        return np.asarray(self.id != 0)


@dataclass
class Hamlets(Table):
    """One row a sampled natural village or urban block: the unit in which neighbours copy, pool and consent."""

    id: Ids = column("u8", "dimensionless", "identity, the same at every sampling share")
    village: Int32s = column("i4", "dimensionless", "row of its village")
    county: Int8s = column("i1", "dimensionless", "county")
    urban: Int8s = column("i1", "dimensionless", "1 for an urban block")
    weight: Floats = column("f8", "ratio", "real hamlets this row stands for")
    start: Int64s = column("i8", "dimensionless", "first household row")
    stop: Int64s = column("i8", "dimensionless", "row after the last household row, spare rows included")
    longitude: Floats = column("f8", "dimensionless", "degrees east")
    latitude: Floats = column("f8", "dimensionless", "degrees north")
    minutes: Floats = column("f8", "minutes", "travel time to the county seat")
    hazard: Int8s = column("i1", "dimensionless", "1 where a geological hazard is recorded")
    eligible: Int8s = column("i1", "dimensionless", "1 where remote or hazardous enough for relocation")
    attachment: Floats = column("f8", "logit", "what its households share in their wish to stay or go, standard normal")
    certified: Floats = column("f8", "ratio", "share of its forest land with a certified management right")
    aware_share: Floats = column("f8", "ratio", "share of households that know the forest programme")
    transfer_share: Floats = column("f8", "ratio", "share of its transferable land that is let")
    pooled: Int8s = column("i1", "dimensionless", "1 once a block has been formed")
    block_wait: Int16s = column("i2", "months", "months its block waits for the service centre; 0 for no application")
    relocation: Int8s = column("i1", "dimensionless", "relocation state (STAYING, CONSULTED, MOVED_WHOLE)")
    orphan_forest: Floats = column("f8", "mu", "land of households that died out, held by the collective")
    orphan_wealth: Floats = column("f8", "CNY", "wealth of households that died out, held by the collective")
    pooled_forest: Floats = column("f8", "mu", "land of its households that is let in a block")
    block_share: Floats = column("f8", "ratio", "part of the rent of its block that the collective keeps")
    collective_rent: Floats = column("f8", "CNY/year", "rent of its block that the collective keeps")


@dataclass
class Villages(Table):
    """One row an administrative village or urban community of the full city, sampled or not."""

    id: Ids = column("u8", "dimensionless", "identity")
    county: Int8s = column("i1", "dimensionless", "county")
    urban: Int8s = column("i1", "dimensionless", "1 for an urban community")
    longitude: Floats = column("f8", "dimensionless", "degrees east")
    latitude: Floats = column("f8", "dimensionless", "degrees north")
    minutes: Floats = column("f8", "minutes", "travel time to the county seat")
    hazard: Floats = column("f8", "ratio", "share of its hamlets with a recorded geological hazard")
    households: Floats = column("f8", "households", "family households in the full city")
    forest: Floats = column("f8", "mu", "transferable forest land in the full city")
    forest_other: Floats = column("f8", "mu", "forest land that cannot be transferred")
    weight: Floats = column("f8", "ratio", "weighted sampled households / households: 1 in expectation")
    collective_income: Floats = column("f8", "CNY/year", "operating income of the collective")
    collective_assets: Floats = column("f8", "CNY", "assets of the collective")
    dividends: Floats = column("f8", "CNY/month", "dividends the collective pays to households")
    brand_quality: Floats = column("f8", "ratio", "quality of its speciality products, 1 is the mean")
    cadre_hours: Floats = column("f8", "hours/month", "working hours of its cadres")
    task_load: Floats = column("f8", "ratio", "share of those hours that routine tasks take")
    ecology: Floats = column("f8", "ratio", "ecology index, 1 is the mean")
    operating_base: Floats = column("f8", "CNY/year", "operating income in January 2023")
    block_rent: Floats = column("f8", "CNY/year", "rent of blocks formed since, in the operating income")


@dataclass
class Enterprises(Table):
    """One row a firm above designated size, or a weighted sample of the smaller ones; `active` 0 marks a spare row."""

    id: Ids = column("u8", "dimensionless", "identity that keys its draws")
    county: Int8s = column("i1", "dimensionless", "county")
    sector: Int8s = column("i1", "dimensionless", "sector")
    size: Int8s = column("i1", "dimensionless", "0 below, 1 above designated size")
    active: Int8s = column("i1", "dimensionless", "1 while it exists")
    city_administered: Int8s = column("i1", "dimensionless", "1 when the city administers it, 0 the county")
    weight: Floats = column("f8", "ratio", "real firms this row stands for")
    scale: Floats = column("f8", "ratio", "total factor productivity without trend and shock")
    shock: Floats = column("f8", "log", "persistent productivity deviation, mean zero")
    capital: Floats = column("f8", "CNY", "capital at 2022 prices")
    labour: Floats = column("f8", "persons", "workers")
    desired_labour: Floats = column("f8", "persons", "workers wanted")
    value_added: Floats = column("f8", "CNY/month", "value added at 2022 prices")
    investment: Floats = column("f8", "CNY/month", "gross investment at 2022 prices")
    ramp: Floats = column("f8", "ratio", "part of capacity in use, 1 for an established firm")
    age: Int32s = column("i4", "months", "months since it began to operate")
    talents: Floats = column("f8", "persons", "talent head-count")
    certified: Floats = column("f8", "persons", "talents certified by the firm itself since January 2023")
    certified_year: Floats = column("f8", "persons", "of these in the current calendar year")
    research: Floats = column("f8", "CNY", "knowledge capital from research spending")
    whitelisted: Int8s = column("i1", "dimensionless", "1 when it meets the whitelist rule")
    aware: Int8s = column("i1", "dimensionless", "1 once it knows the talent programme")
    project: Int32s = column("i4", "dimensionless", "row of the project it came from, -1 for none")
    demand: Floats = column("f8", "CNY/month", "volume it sells at price one, at the demand of January 2023")
    knowledge: Floats = column("f8", "log", "productivity gained from platforms and research support")

    def occupied(self) -> Bools:
        """Return which rows hold a firm, shape (n,)."""
        return np.asarray(self.active != 0)


@dataclass
class Projects(Table):
    """One row a signed investment project; every project is a row at every sampling share."""

    id: Ids = column("u8", "dimensionless", "identity that keys its draws")
    county: Int8s = column("i1", "dimensionless", "county")
    sector: Int8s = column("i1", "dimensionless", "sector of the plant")
    state: Int8s = column("i1", "dimensionless", "SIGNED, BUILDING, OPERATING; 0 for a spare row")
    campaign: Int8s = column("i1", "dimensionless", "1 when a programme's campaign signed it, 0 at the ordinary rate")
    value: Floats = column("f8", "CNY", "signed value")
    signed: Int32s = column("i4", "months", "month of signing")
    landed: Int32s = column("i4", "months", "month construction began")
    completed: Int32s = column("i4", "months", "month the plant begins to operate")
    enterprise: Int32s = column("i4", "dimensionless", "row of its plant, -1 for none")

    def occupied(self) -> Bools:
        """Return which rows hold a project, shape (n,)."""
        return np.asarray(self.state != 0)


@dataclass
class Counties(Table):
    """Six rows: markets and stocks of each county."""

    wage: Floats = column("f8", "CNY/month", "wage by skill (ordinary, tertiary)", width=N_SKILLS)
    vacancies: Floats = column("f8", "persons", "open posts by skill", width=N_SKILLS)
    seekers: Floats = column("f8", "persons", "effective job seekers by skill", width=N_SKILLS)
    finding: Floats = column("f8", "ratio", "chance of an effective seeker to find work this month", width=N_SKILLS)
    filling: Floats = column("f8", "ratio", "chance of a vacancy to be filled this month", width=N_SKILLS)
    employment: Floats = column(
        "f8", "persons", "local off-farm workers by skill, collective households included", width=N_SKILLS
    )
    value_added: Floats = column("f8", "CNY/month", "value added by sector at 2022 prices", width=N_SECTORS)
    value_added_above: Floats = column("f8", "CNY/month", "of industry above designated size")
    consumption: Floats = column("f8", "CNY/month", "household consumption, nominal")
    local_demand: Floats = column("f8", "ratio", "local consumption relative to its trend, 1 at the start")
    construction_spending: Floats = column("f8", "CNY/month", "building work of projects at 2022 prices")
    registered: Floats = column("f8", "persons", "registered persons, collective households included")
    households: Floats = column("f8", "households", "family households by rural, urban", width=N_ZONES)
    income: Floats = column(
        "f8", "CNY/month", "household income by zone and component, zone-major", width=N_ZONES * N_COMPONENTS
    )
    forestry_income: Floats = column("f8", "CNY/month", "income from the forest by rural, urban", width=N_ZONES)
    origin_rural_income: Floats = column("f8", "CNY/month", "income of households of rural hamlets, movers included")
    origin_rural_persons: Floats = column(
        "f8", "persons", "residents of all households of rural hamlets, movers included"
    )
    residents: Floats = column("f8", "persons", "resident persons in family households by rural, urban", width=N_ZONES)
    collective_residents: Floats = column("f8", "persons", "residents of collective households")
    collective_registered: Floats = column("f8", "persons", "of these registered in the county")
    collective_workers: Floats = column("f8", "persons", "of these at work", width=N_SKILLS)
    births: Floats = column("f8", "persons", "births this month")
    deaths: Floats = column("f8", "persons", "deaths this month")
    arrivals: Floats = column("f8", "persons", "away members who came back this month")
    departures: Floats = column("f8", "persons", "residents who left the city this month")
    forest_rent: Floats = column("f8", "CNY/mu/year", "rent of let forest land")
    forest_total: Floats = column("f8", "mu", "transferable land")
    forest_let: Floats = column(
        "f8", "mu", "let land by channel (0 unused, single, pooled, stored)", width=N_LEASE_CHANNELS
    )
    forest_flow: Floats = column(
        "f8", "mu", "land newly let this month by channel; column 0: renewed", width=N_LEASE_CHANNELS
    )
    forest_demand: Floats = column("f8", "mu", "land operators want at the current rent")
    stored_part: Floats = column("f8", "ratio", "part of the rent of stored land that the platform pays this month")
    block_queue: Floats = column("f8", "mu", "land of blocks that wait for the service centre")
    block_credit: Floats = column("f8", "mu", "unused or overdrawn capacity of the service centre")
    operators: Floats = column("f8", "firms", "new-type forest operators")
    leading_firms: Floats = column("f8", "firms", "forestry leading firms of provincial level and above")
    brand_premium: Floats = column("f8", "ratio", "price premium of branded forest products")
    branded_share: Floats = column("f8", "ratio", "share of speciality forest products sold under the brand")
    homes: Floats = column("f8", "households", "finished resettlement homes still empty")
    relocation_queue: Floats = column("f8", "households", "accepted households that wait for a home")
    consult_credit: Floats = column("f8", "hamlets", "unused or overdrawn consultation capacity")
    relocated_persons: Floats = column("f8", "persons", "registered persons moved since January 2023")
    relocated_hamlets: Floats = column("f8", "hamlets", "hamlets moved as a whole since January 2023")
    homes_built: Floats = column("f8", "households", "resettlement homes finished since January 2023")
    landed_projects: Floats = column("f8", "projects", "projects above 100 million CNY that landed this month")
    signing_credit: Floats = column(
        "f8", "projects", "fraction of a project due to be signed: ordinary, campaign", width=2
    )
    platform_phds: Floats = column("f8", "persons", "doctorate holders at high-level platforms")
    phds_before: Floats = column("f8", "persons", "doctorate holders attracted in the ten years before")
    talents_certified: Floats = column("f8", "persons", "talents certified by firms this month")
    farm_workers: Floats = column("f8", "persons", "farm workers by county of the hamlet")
    outside_wage: Floats = column("f8", "CNY/month", "wage of migrants outside the city")


@dataclass
class Base:
    """Constants of the starting state, fixed once and never re-fitted.

    Attributes:
        income_scale: factor from model to published income by county, zone and component, shape (6, 2, 4).
        value_added_2022: CNY of the year 2022 by county and sector at 2022 prices, shape (6, N_SECTORS).
        value_added_by_month: CNY by county and sector for each month of 2022, shape (12, 6, N_SECTORS).
        above_2022: CNY of the year 2022 of industry above designated size by county at 2022 prices, shape (6,).
        below_margin: log of revenue per yuan of wages of firms below designated size at the start, relative to
            what they aim at, by county and sector, shape (6, N_SECTORS).
        below_firms: firms below designated size at the start by county and sector, shape (6, N_SECTORS).
        above_by_month: CNY of above-size industry for each month of 2022, shape (12, 6).
        consumption: CNY of January 2023 by county, shape (6,).
        wage: CNY a month in January 2023 by county and skill, shape (6, 2).
        rent: CNY/mu/year in January 2023 by county, shape (6,).
        labour_cost: CNY a month per worker in January 2023, social contributions included, shape
            (6, N_SECTORS, N_SIZES); the burn-in sets it so that firms want the workers the population gave them.
        labour_ratio: workers that firms count per worker that households count, by county and skill, shape (6, 2).
        income_target: published income of 2022 in CNY per person and year by county and zone, shape (6, 2).
        income_shares: shares of the four components by zone, shape (2, 4).
        farm_value_added: CNY of 2022 by county, shape (6,).
        filling: chance of a vacancy to be filled in the normal labour market, by county and skill, shape (6, 2).
        tightness: vacancies per effective seeker in the normal labour market, by county and skill, shape (6, 2).
        farm_return: part of rural workers who lose their job and go back to the farm, by county, shape (6,).
        out_migration: monthly hazard to leave the city at the outside wage advantage of January 2023, by county and
            zone of the hamlet, shape (6, 2).
        farm_workers: farm workers in January 2023 by county, shape (6,).
        forest_let: mu let in January 2023 by county, shape (6,).
        forest_demand: mu that operators wanted in January 2023 by county, shape (6,).
        pooled_share: part of the land let in January 2023 that is let in blocks, ratio, shape (6,).
        operators: forest operators in January 2023 by county, shape (6,).
        leading_firms: forestry leading firms in January 2023 by county, shape (6,).
        brand_gain: brand premium x branded share in January 2023 by county, ratio, shape (6,).
    """

    income_scale: Floats = field(default_factory=lambda: np.ones((N_COUNTIES, N_ZONES, N_COMPONENTS)))
    value_added_2022: Floats = field(default_factory=lambda: np.zeros((N_COUNTIES, N_SECTORS)))
    value_added_by_month: Floats = field(default_factory=lambda: np.zeros((12, N_COUNTIES, N_SECTORS)))
    above_by_month: Floats = field(default_factory=lambda: np.zeros((12, N_COUNTIES)))
    consumption: Floats = field(default_factory=lambda: np.ones(N_COUNTIES))
    wage: Floats = field(default_factory=lambda: np.ones((N_COUNTIES, N_SKILLS)))
    rent: Floats = field(default_factory=lambda: np.ones(N_COUNTIES))
    labour_cost: Floats = field(default_factory=lambda: np.ones((N_COUNTIES, N_SECTORS, N_SIZES)))
    labour_ratio: Floats = field(default_factory=lambda: np.ones((N_COUNTIES, N_SKILLS)))
    income_target: Floats = field(default_factory=lambda: np.ones((N_COUNTIES, N_ZONES)))
    income_shares: Floats = field(default_factory=lambda: np.ones((N_ZONES, N_COMPONENTS)))
    farm_value_added: Floats = field(default_factory=lambda: np.ones(N_COUNTIES))
    filling: Floats = field(default_factory=lambda: np.ones((N_COUNTIES, N_SKILLS)))
    tightness: Floats = field(default_factory=lambda: np.ones((N_COUNTIES, N_SKILLS)))
    farm_return: Floats = field(default_factory=lambda: np.zeros(N_COUNTIES))
    out_migration: Floats = field(default_factory=lambda: np.zeros((N_COUNTIES, N_ZONES)))
    farm_workers: Floats = field(default_factory=lambda: np.ones(N_COUNTIES))
    above_2022: Floats = field(default_factory=lambda: np.zeros(N_COUNTIES))
    below_margin: Floats = field(default_factory=lambda: np.zeros((N_COUNTIES, N_SECTORS)))
    below_firms: Floats = field(default_factory=lambda: np.zeros((N_COUNTIES, N_SECTORS)))
    forest_let: Floats = field(default_factory=lambda: np.zeros(N_COUNTIES))
    forest_demand: Floats = field(default_factory=lambda: np.zeros(N_COUNTIES))
    pooled_share: Floats = field(default_factory=lambda: np.zeros(N_COUNTIES))
    operators: Floats = field(default_factory=lambda: np.zeros(N_COUNTIES))
    leading_firms: Floats = field(default_factory=lambda: np.zeros(N_COUNTIES))
    brand_gain: Floats = field(default_factory=lambda: np.zeros(N_COUNTIES))


@dataclass
class World:
    """Everything that changes in a run, and the seed that drives it; `month` is 0 in January 2023."""

    seed: int
    share: float
    month: int
    households: Households
    hamlets: Hamlets
    villages: Villages
    enterprises: Enterprises
    projects: Projects
    counties: Counties
    base: Base = field(default_factory=Base)
    threads: int = 1

    def stream(self, purpose: Purpose) -> np.uint64:
        """Return the random stream of a decision this month."""
        return stream(self.seed, self.month, purpose)

    def lasting_stream(self, purpose: Purpose) -> np.uint64:
        """Return the random stream of a trait that never changes (a taste, a place)."""
        return stream(self.seed, 0, purpose)

    def over_hamlets(self, kernel: Callable[..., Any], *columns: Any) -> None:
        """Call `kernel(first, last, *columns)` for fixed runs of hamlets that together cover all, on the run's threads.

        A kernel writes only rows of its own hamlets, or of blocks of hamlets that begin with one of them and whose
        borders do not depend on the cuts: so the bits do not depend on the threads.
        """
        if self.threads == 1:
            kernel(0, len(self.hamlets), *columns)
            return
        cuts = self._cuts(self.threads * 4)
        pool = _pool(self.threads, os.getpid())
        list(pool.map(lambda k: kernel(cuts[k], cuts[k + 1], *columns), range(len(cuts) - 1)))

    def _cuts(self, pieces: int) -> list[int]:
        """Return hamlet numbers that cut the household rows into pieces of about equal length."""
        rows = np.linspace(0, len(self.households), pieces + 1)[1:-1]
        inner = np.searchsorted(self.hamlets.start, rows)
        return [0, *sorted({int(cut) for cut in inner} - {0, len(self.hamlets)}), len(self.hamlets)]


@functools.cache
def _pool(threads: int, process: int) -> ThreadPoolExecutor:
    """Return the threads that the worlds of a process share; a forked one does not inherit them, so its id is asked."""
    return ThreadPoolExecutor(threads)
