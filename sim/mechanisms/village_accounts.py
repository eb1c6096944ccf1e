"""Village accounts: what the collective earns, keeps and pays out, and its slow qualities.

Operating income of the collective in CNY a year grows from its base of January 2023,

    income = base (1 + trend)^(t / 12) + what it keeps of the rent of blocks formed since,

which is what owners leave it by their leases (`hamlets.collective_rent`); land and rent of the sampled hamlets are
scaled to the whole village by its weight. A part of income is paid to households as dividends, which
`villages.dividends` carries (CNY a month for the whole village; household accounts pay them out the month after),
a part is spent, the rest becomes assets. Brand quality and ecology are slow autoregressions around

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

from sim.accounting import Ledger
from sim.calendar import MONTHS_PER_YEAR
from sim.levers import LeverBoard
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.inner import inner_numpy
from sim.parameters import ParameterSet, parameter
from sim.places import N_COUNTIES
from sim.randomness import Purpose, normals
from sim.world import Floats, Ids, Int8s, Int32s, World

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


def growth_since_start(trend: float, month: float) -> float:
    """Return the factor by which incomes have grown `month` months after the start of January 2023."""
    factor: float = (1.0 + trend) ** (month / MONTHS_PER_YEAR)
    return factor


@inner_numpy
def operating_income(base: float, growth: float, rent: float) -> float:
    """Return collective income, CNY/year; `growth` since the start, `rent` what it keeps of the rent of blocks."""
    return base * growth + rent


@inner_numpy
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
    villages.block_rent[:] = 0.0
    villages.brand_quality[:] = 1.0
    villages.ecology[:] = 1.0


def step(world: World, parameters: VillageParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Move collective income, dividends, assets, brand quality and ecology by one month."""
    villages, hamlets, base, p = world.villages, world.hamlets, world.base, parameters
    settle_month(
        (p.dividend_share, p.spending_share),
        (p.persistence, p.quality_shock, p.quality_effect, p.ecology_effect),
        growth_since_start(p.trend, world.month + 1.0),
        world.stream(Purpose.VILLAGE_QUALITY),
        base.pooled_share,
        base.forest_let,
        world.counties.forest_total,
        hamlets.village,
        hamlets.weight,
        hamlets.pooled_forest,
        hamlets.collective_rent,
        villages.id,
        villages.county,
        villages.forest,
        villages.weight,
        villages.operating_base,
        villages.block_rent,
        villages.collective_income,
        villages.collective_assets,
        villages.dividends,
        villages.brand_quality,
        villages.ecology,
    )


@inner_numpy
def add_to_villages(village: Int32s, weight: Floats, amount: Floats, village_weight: Floats, total: Floats) -> None:
    """Write an amount by village: that of its sampled hamlets over the part of it they stand for, 0 where none is.

    The first three are by hamlet, shape (hamlets,), the others by village, shape (villages,).
    """
    total[:] = 0.0
    for h in range(village.size):
        total[village[h]] += weight[h] * amount[h]
    for v in range(village_weight.size):
        total[v] = total[v] / village_weight[v] if village_weight[v] > 0.0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def settle_month(
    shares: tuple[float, float],
    slow: tuple[float, float, float, float],
    growth: float,
    stream: np.uint64,
    pooled_share: Floats,
    let_at_start: Floats,
    held: Floats,
    village: Int32s,
    hamlet_weight: Floats,
    pooled_forest: Floats,
    collective_rent: Floats,
    ids: Ids,
    county: Int8s,
    forest: Floats,
    weight: Floats,
    base: Floats,
    rent: Floats,
    income: Floats,
    assets: Floats,
    dividends: Floats,
    quality: Floats,
    ecology: Floats,
) -> None:
    """Let a month pass for all villages; the last six columns, of shape (villages,) as the six before, are written.

    Args:
        shares: parts of income that are paid as dividends and spent.
        slow: persistence, shock and effect of blocks of brand quality, and the effect on ecology.
        growth: of incomes since the start.
        stream: of the shocks, standard normal draws.
        pooled_share, let_at_start, held: part of the land let at the start that lay in blocks, land let then and held
            now, mu, shape (6,).
        village, hamlet_weight, pooled_forest, collective_rent: of each sampled hamlet its village, its weight, land in
            blocks, mu, and what the collective keeps of their rent, CNY/year, shape (hamlets,).
        rent: written: what each collective keeps of the rent of its blocks, CNY/year.
    """
    in_blocks, draws = np.empty(county.size), normals(stream, ids)
    add_to_villages(village, hamlet_weight, collective_rent, weight, rent)
    add_to_villages(village, hamlet_weight, pooled_forest, weight, in_blocks)
    saving = 1.0 - shares[0] - shares[1]
    for v in range(county.size):
        income[v] = operating_income(base[v], growth, rent[v])
        dividends[v] = shares[0] * income[v] / MONTHS_PER_YEAR
        assets[v] += saving * income[v] / MONTHS_PER_YEAR
    persistence, shock, of_quality, of_ecology = slow
    at_start = np.zeros(N_COUNTIES)
    for c in range(N_COUNTIES):
        at_start[c] = pooled_share[c] * (let_at_start[c] / held[c]) if held[c] > 0.0 else 0.0
    for v in range(county.size):
        share = in_blocks[v] / forest[v] if forest[v] > 0.0 else 0.0
        rise = share - at_start[county[v]] if weight[v] > 0.0 else 0.0  # without sampled hamlets a village aims at 1
        quality[v] = slow_index(quality[v], 1.0 + of_quality * rise, persistence, shock * draws[v])
        ecology[v] = slow_index(ecology[v], 1.0 + of_ecology * rise, persistence, 0.0)


MECHANISM = Mechanism(
    name="village_accounts",
    phase=Phase.VILLAGE_ACCOUNTS,
    meaning="collectives earn, save and pay dividends; brand quality and ecology move slowly",
    parameters=VillageParameters,
    levers=(),
    step=step,
    start=start,
)
