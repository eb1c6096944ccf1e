"""Village accounts: what the collective earns, keeps and pays out, and its slow qualities.

Operating income of the collective in CNY a year grows from its base of January 2023,

    income = base (1 + trend)^(t / 12) + collective share of the rent of pooled land,

the pooled land of the sampled hamlets scaled to the whole village by its weight. A part of income is paid
to households as dividends, which `villages.dividends` carries (CNY a month for the whole village; household
accounts pay them out the month after), a part is spent, the rest becomes assets. Brand quality and ecology
are slow autoregressions around

    1 + effect x (pooled share of the village's transferable land above that of the start),

because forest let under professional management is tended; quality has a random part.

The starting incomes are lognormal, with the median at which the published share of villages has more than
500,000 CNY.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.accounting import Ledger
from sim.calendar import MONTHS_PER_YEAR
from sim.levers import FOREST_COLLECTIVE_SHARE, LeverBoard
from sim.mechanisms.base import Mechanism, Phase
from sim.parameters import ParameterSet, parameter
from sim.randomness import Purpose, normals
from sim.world import World

type Floats = NDArray[np.float64]

_WELL_OFF = 500_000.0
"""CNY a year; source: baseline share_villages_operating_income_over_500k."""


@dataclass(frozen=True)
class VillageParameters(ParameterSet):
    """Parameters of village accounts."""

    well_off_share: float = parameter(
        0.5196,
        unit="ratio",
        low=0.4,
        high=0.65,
        source="baseline share_villages_operating_income_over_500k, quzhou 2022",
        meaning="share of villages whose collective earns more than 500,000 CNY a year at the start",
        prior="fixed",
    )
    income_spread: float = parameter(
        0.8,
        unit="log",
        low=0.4,
        high=1.2,
        source="assumption",
        meaning="spread of log collective income at the start",
    )
    trend: float = parameter(
        0.07,
        unit="1/year",
        low=0.02,
        high=0.12,
        source="assumption",
        meaning="growth of the collectives' operating income, land rent aside",
    )
    dividend_share: float = parameter(
        0.10,
        unit="ratio",
        low=0.02,
        high=0.30,
        source="assumption",
        meaning="part of collective income paid to households",
    )
    spending_share: float = parameter(
        0.65, unit="ratio", low=0.4, high=0.7, source="assumption", meaning="part of collective income spent"
    )
    starting_assets: float = parameter(
        8.0,
        unit="years",
        low=2.0,
        high=20.0,
        source="assumption",
        meaning="assets of the collective at the start in years of income",
        prior="fixed",
    )
    persistence: float = parameter(
        0.95,
        unit="1/month",
        low=0.85,
        high=0.99,
        source="assumption",
        meaning="part of a deviation of brand quality or ecology that is left after a month",
    )
    quality_shock: float = parameter(
        0.01,
        unit="ratio",
        low=0.0,
        high=0.03,
        source="assumption",
        meaning="standard deviation of the monthly shock to brand quality",
    )
    quality_effect: float = parameter(
        0.05,
        unit="ratio",
        low=0.0,
        high=0.2,
        source="assumption",
        meaning="rise of brand quality when all forest land is let in blocks",
    )
    ecology_effect: float = parameter(
        0.05,
        unit="ratio",
        low=-0.05,
        high=0.2,
        source="assumption",
        meaning="rise of the ecology index when all forest land is let in blocks",
    )


def starting_median(well_off_share: float, spread: float) -> float:
    """Return the median (CNY/year) of lognormal incomes of which `well_off_share` exceed 500,000 CNY."""
    return _WELL_OFF * math.exp(spread * NormalDist().inv_cdf(well_off_share))


def operating_income(base: Floats, trend: float, month: float, rent: Floats) -> Floats:
    """Return collective income, CNY/year; `month` from January 2023, `rent` the part of pooled rent."""
    return base * (1.0 + trend) ** (month / 12.0) + rent


@njit(cache=True, nogil=True)
def slow_index(value: float, aim: float, persistence: float, shock: float) -> float:
    """Return an index after a month: it forgets a part of its distance to `aim` and never turns negative."""
    return max(aim + persistence * (value - aim) + shock, 0.0)


def start(world: World, parameters: VillageParameters) -> None:
    """Draw collective incomes of rural villages; urban communities have none."""
    villages = world.villages
    draws = normals(world.lasting_stream(Purpose.VILLAGE_INCOME), villages.id)
    median = starting_median(parameters.well_off_share, parameters.income_spread)
    incomes = median * np.exp(parameters.income_spread * draws)
    villages.operating_base[:] = np.where(villages.urban == 1, 0.0, incomes)
    villages.collective_income[:] = villages.operating_base
    villages.collective_assets[:] = parameters.starting_assets * villages.operating_base
    villages.dividends[:] = parameters.dividend_share * villages.collective_income / MONTHS_PER_YEAR
    villages.brand_quality[:] = 1.0
    villages.ecology[:] = 1.0


def step(world: World, parameters: VillageParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Move collective income, dividends, assets, brand quality and ecology by one month."""
    villages, counties = world.villages, world.counties
    pooled = pooled_land(world)
    kept = (levers.effective(FOREST_COLLECTIVE_SHARE) * counties.forest_rent)[villages.county]
    villages.collective_income[:] = operating_income(
        villages.operating_base, parameters.trend, world.month + 1.0, pooled * kept
    )
    villages.dividends[:] = parameters.dividend_share * villages.collective_income / MONTHS_PER_YEAR
    saving = 1.0 - parameters.dividend_share - parameters.spending_share
    villages.collective_assets += saving * villages.collective_income / MONTHS_PER_YEAR
    at_start = world.base.pooled_share * _share_let_at_start(world)
    share = np.divide(pooled, villages.forest, out=np.zeros(len(villages)), where=villages.forest > 0)
    rise = np.where(villages.weight > 0, share - at_start[villages.county], 0.0)
    shocks = normals(world.stream(Purpose.VILLAGE_QUALITY), villages.id)
    keep = parameters.persistence
    move_index(villages.brand_quality, parameters.quality_effect * rise, keep, parameters.quality_shock * shocks)
    move_index(villages.ecology, parameters.ecology_effect * rise, keep, np.zeros(len(villages)))


def pooled_land(world: World) -> Floats:
    """Return the mu each whole village lets in blocks, shape (villages,); 0 where no hamlet is sampled."""
    hamlets, villages = world.hamlets, world.villages
    sampled = np.bincount(hamlets.village, hamlets.weight * hamlets.pooled_forest, len(villages))
    return np.divide(sampled, villages.weight, out=np.zeros(len(villages)), where=villages.weight > 0)


def _share_let_at_start(world: World) -> Floats:
    """Return the share of transferable land let in January 2023 by county, ratio, shape (6,)."""
    let, total = world.base.forest_let, world.counties.forest_total
    return np.divide(let, total, out=np.zeros_like(let), where=total > 0)


@njit(cache=True, nogil=True)
def move_index(values: Floats, rise: Floats, persistence: float, shocks: Floats) -> None:
    """Move an index of all villages by a month; `rise` is its aim above 1."""
    for v in range(values.size):
        values[v] = slow_index(values[v], 1.0 + rise[v], persistence, shocks[v])


MECHANISM = Mechanism(
    name="village_accounts",
    phase=Phase.VILLAGE_ACCOUNTS,
    meaning="collectives earn, save and pay dividends; brand quality and ecology move slowly",
    parameters=VillageParameters,
    levers=(FOREST_COLLECTIVE_SHARE,),
    step=step,
    start=start,
)
