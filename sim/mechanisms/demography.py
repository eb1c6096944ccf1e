"""Births, ageing, deaths, work entry and retirement, new households.

Each month at most one thing happens to a household, with the sum of the hazards of its members (about 1
percent, so the second order is left out):

    ageing       1/(12 * length of the age class); sex is drawn at 15; members away come home at 60
    births       (fertility_young * women 15-34 + fertility_mid * women 35-59) * exp(fertility_trend * years)
    deaths       by age class (`demography_rates`), times `mortality`
    work entry   a young member who neither works nor looks for work begins to look;
                 educated with the chance `tertiary_entry`
    retirement   at 60 and at 65 a worker stops with `retires_60` and `retires_65`
    leaving home a young adult, or a couple with an infant, moves into a vacant row of the hamlet,
                 if it has one and two adults stay (marriage is implied: both are members of the household);
                 of three adults one leaves alone, so that nobody is left behind single

Nobody is lost: persons = persons before + births - deaths. A household whose last member has died is
dissolved in the next month, so that what it was paid in its last month still counts: its row becomes
vacant, its forest land and its wealth go to the collective (`hamlets.orphan_forest`, `orphan_wealth`), which holds
them and does nothing with the wealth: an estate without heirs falls to the collective (assumption, recalled
from civil law), and heirs who live elsewhere are not modelled. Births to members away are not
apart: fertility of resident women stands for all births that are registered (assumption). Movement of
registration to other places is not modelled.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numba import njit

from sim.accounting import Ledger
from sim.calendar import MONTHS_PER_YEAR
from sim.levers import LeverBoard
from sim.mechanisms import demography_kernel as kernel
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.demography_rates import class_hazards
from sim.mechanisms.hamlet_sums import N_SIDES, by_county
from sim.mechanisms.members import AWAY, MEMBERS, MID_WOMEN, PEOPLE, YOUNG_MEN, YOUNG_WOMEN, people_of
from sim.parameters import ParameterSet, parameter
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.world import Floats, Households, Int8s, World


def _others(dtype: str, first: tuple[str, ...]) -> tuple[str, ...]:
    """Return the household columns of a type that do not count people, some of them `first`."""
    fields = dataclasses.fields(Households)
    names = [field.name for field in fields if field.metadata["dtype"] == np.dtype(dtype)]
    return (*first, *(name for name in names if name not in PEOPLE and name not in first))


MARKS, WAITS, AMOUNTS = _others("i1", kernel.COPIED), _others("i2", ()), _others("f4", kernel.KEPT)
"""What else a household has: all is cleared when it is dissolved."""
_members_of = attrgetter(*MEMBERS, *AWAY)
_marks_of, _waits_of, _amounts_of = attrgetter(*MARKS), attrgetter(*WAITS), attrgetter(*AMOUNTS)


@dataclass(frozen=True)
class DemographyParameters(ParameterSet):
    """Parameters of demography."""

    fertility_young: float = parameter(
        0.068,
        unit="1/year",
        low=0.050,
        high=0.085,
        source="births_registered_population 2021 (16,500) over resident women; assumption",
        meaning="births a year per resident woman aged 15-34 in January 2023",
    )
    fertility_mid: float = parameter(
        0.0035,
        unit="1/year",
        low=0.002,
        high=0.006,
        source="assumption: a tenth of births",
        meaning="births a year per resident woman aged 35-59 in January 2023",
    )
    fertility_trend: float = parameter(
        -0.01,
        unit="1/year",
        low=-0.05,
        high=0.02,
        source="assumption; registered births fell by 16 percent a year in 2019-21",
        meaning="growth of fertility",
    )
    mortality: float = parameter(
        1.0,
        unit="ratio",
        low=0.85,
        high=1.15,
        source="deaths_registered_population 2021 (16,200); assumption",
        meaning="factor on deaths by age class",
    )
    work_entry: float = parameter(
        0.09,
        unit="1/year",
        low=0.06,
        high=0.25,
        source="assumption: eleven years of school, study and care",
        meaning="hazard of a young member outside the labour force to look for work",
    )
    tertiary_entry: float = parameter(
        0.30,
        unit="ratio",
        low=0.20,
        high=0.50,
        source="assumption: gross enrolment near 0.6 less those who study and stay away",
        meaning="chance that one who enters work has tertiary education",
    )
    retires_60: float = parameter(
        0.45,
        unit="ratio",
        low=0.2,
        high=0.8,
        source="assumption",
        meaning="chance that a worker stops at 60",
    )
    retires_65: float = parameter(
        0.6,
        unit="ratio",
        low=0.2,
        high=0.9,
        source="assumption",
        meaning="chance that a worker stops at 65",
    )
    back_to_farm: float = parameter(
        0.4,
        unit="ratio",
        low=0.1,
        high=0.8,
        source="assumption",
        meaning="chance that a member who comes home at 60 works on the farm",
    )
    leaving_home: float = parameter(
        0.03,
        unit="1/year",
        low=0.01,
        high=0.06,
        source="assumption",
        meaning="hazard of a young member to found a household, where three adults live together",
    )
    couples: float = parameter(
        0.5,
        unit="ratio",
        low=0.2,
        high=0.9,
        source="assumption",
        meaning="chance that the one who leaves home is half of a couple, where two other adults stay",
    )


@functools.lru_cache(maxsize=64)
def _hazards(p: DemographyParameters) -> Floats:
    """Return the hazards by class and event, shape (11, 5), read-only: of births a year, of the others a month."""
    hazards = class_hazards().copy()
    hazards[:, kernel.DIES] *= p.mortality
    hazards[YOUNG_WOMEN, kernel.BEARS] = p.fertility_young
    hazards[MID_WOMEN, kernel.BEARS] = p.fertility_mid
    for young in (YOUNG_MEN, YOUNG_WOMEN):
        hazards[young, kernel.LEAVES_HOME] = p.leaving_home / MONTHS_PER_YEAR
        hazards[young, kernel.ENTERS_WORK] = p.work_entry / MONTHS_PER_YEAR
    hazards.flags.writeable = False
    return hazards


def monthly_hazards(p: DemographyParameters, month: int) -> Floats:
    """Return the monthly hazards by class, members away last, and event, shape (11, 5)."""
    hazards = _hazards(p).copy()
    hazards[:, kernel.BEARS] *= math.exp(p.fertility_trend * month / MONTHS_PER_YEAR) / MONTHS_PER_YEAR
    return hazards


def kernel_chances(p: DemographyParameters) -> Floats:
    """Return the chances of the kernel in the order it expects, shape (N_CHANCES,)."""
    return np.array([p.tertiary_entry, p.retires_60, p.retires_65, p.couples, p.back_to_farm])


def start(world: World, p: DemographyParameters) -> None:
    """Count registered persons of the starting state."""
    households, hamlets = world.households, world.hamlets
    people = sum(c.astype(np.float64) for c in _members_of(households))
    weights = np.where(households.id != 0, hamlets.weight[households.hamlet], 0.0)
    counts = np.bincount(households.registered, weights * people, minlength=kernel.N_REGISTERED)
    world.counties.registered[:] = counts[:N_COUNTIES] + world.counties.collective_registered


def step(world: World, p: DemographyParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Let a month pass for every member of every household."""
    households, hamlets, counties = world.households, world.hamlets, world.counties
    sums = np.empty((len(hamlets), N_SIDES, 3))
    natural = np.empty((len(hamlets), kernel.N_REGISTERED))
    world.over_hamlets(
        kernel.live,
        world.stream(Purpose.AGEING),
        world.stream(Purpose.DEATH),
        world.stream(Purpose.HOUSEHOLD_FORMATION),
        monthly_hazards(p, world.month),
        kernel_chances(p),
        hamlets.start,
        hamlets.stop,
        hamlets.urban,
        households.id,
        households.hamlet,
        people_of(households),
        (*_marks_of(households), households.aware.view(np.int8)),
        _waits_of(households),
        _amounts_of(households),
        hamlets.orphan_forest,
        hamlets.orphan_wealth,
        sums,
        natural,
    )
    add_changes(
        sums,
        natural,
        hamlets.weight,
        hamlets.county,
        counties.births,
        counties.deaths,
        counties.arrivals,
        counties.registered,
    )


@njit(cache=True, nogil=True)
def add_changes(
    sums: Floats,
    natural: Floats,
    weight: Floats,
    county: Int8s,
    births: Floats,
    deaths: Floats,
    arrivals: Floats,
    registered: Floats,
) -> None:
    """Write births and deaths of the month by county, add returns and what registered persons changed by, each (6,).

    `sums` and `natural` are those of `kernel.live`, `weight` and `county` by hamlet, shape (n,).
    """
    changes = by_county(sums, weight, county)
    for c in range(N_COUNTIES):
        births[c], deaths[c] = changes[c, kernel.BORN], changes[c, kernel.DIED]
        arrivals[c] += changes[c, kernel.CAME_BACK]
    for h in range(county.size):
        for c in range(N_COUNTIES):
            registered[c] += weight[h] * natural[h, c]


MECHANISM = Mechanism(
    name="demography",
    phase=Phase.DEMOGRAPHY,
    meaning="Lets members be born, age, die, enter and leave work, and found households.",
    parameters=DemographyParameters,
    levers=(),
    step=step,
    start=start,
)
