"""What households of a county and zone share in a month's accounts; `sim.mechanisms.income` states the equations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from sim.mechanisms.inner import inner_numpy
from sim.places import KECHENG
from sim.sectors import ORDINARY, TERTIARY
from sim.world import URBAN, Floats

type CountyTerms = tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats, Floats, Floats, Floats, Floats]
"""Wages now and in January 2023, (6, 2) by skill; outside wage, farm workers now and in January 2023, brand premium,
branded share, consortium dividend (CNY/mu/year) and paid part of the rent of stored land, (6,); income of 2022 and
scale, (6, 2) and (6, 2, 4) by zone."""

(
    REMITTED_SHARE,
    DAY_PAY,
    FARM_PAY,
    FARM_RESPONSE,
    FARM_FOREST,
    OWN_TREND,
    FOREST_TREND,
    RETURN,
    PENSION_RURAL,
    PENSION_URBAN,
    CHILD,
    FLOOR,
    PROPENSITY,
    WEALTH_TERM,
    SAVED,
    DISSAVED,
) = range(16)
N_RATES = 16
"""Positions in the array of monthly rates and amounts that the kernel takes."""


class Terms(NamedTuple):
    """What the households of a hamlet share this month; money in CNY, incomes scaled.

    Attributes:
        wage, wage_skilled: of its county; `core_wage`, `core_wage_skilled`: of the core town.
        wage_scale, business_scale, property_scale, transfer_scale: from model to survey income.
        remittance: of a member away.
        day_work: pay for work on let land per mu.
        per_farmer: farm income of a worker; `forest_share`: part from the forest; `brand`: factor of the brand.
        forest_part: the forest's part of farm sales, brand included.
        own_trend: growth of profits of own businesses; `forest_factor`: of the yield of land kept.
        per_pooled: consortium dividend per mu and year; `stored_part`: part of the rent of stored land that is paid.
        interest: monthly return on wealth.
        pension, child: transfers to a person aged 60 and over, below 15.
        floor: least consumption of a person; `propensity`, `wealth_term`: its rise with income and wealth.
        saved_part, dissaved_part: part of what is saved, or drawn, that moves liquid wealth.
    """

    wage: np.float32
    wage_skilled: np.float32
    core_wage: np.float32
    core_wage_skilled: np.float32
    wage_scale: np.float32
    business_scale: np.float32
    property_scale: np.float32
    transfer_scale: np.float32
    remittance: np.float32
    day_work: np.float32
    per_farmer: np.float32
    forest_share: np.float32
    brand: np.float32
    forest_part: np.float32
    own_trend: np.float32
    forest_factor: np.float32
    per_pooled: np.float32
    stored_part: np.float32
    interest: np.float32
    pension: np.float32
    child: np.float32
    floor: np.float32
    propensity: np.float32
    wealth_term: np.float32
    saved_part: np.float32
    dissaved_part: np.float32


@njit(cache=True, nogil=True)
def farm_pay(usual: float, present: float, then: float, response: float) -> float:
    """Return net income per farm worker, CNY a month before scaling.

    The land stays: when fewer work it, each of them earns more.

    Args:
        usual: with the workers of January 2023, CNY a month.
        present, then: farm workers of the county now and in January 2023, persons.
        response: elasticity of the income per worker to their number.
    """
    return usual * (present / then) ** response if present > 0.0 and then > 0.0 else usual


@njit(cache=True, nogil=True)
def forest_pay(usual: float, wage: float, then: float) -> float:
    """Return pay for work on let land, CNY/mu/month; it follows the ordinary wage, CNY a month now and `then`."""
    return usual * wage / then


@njit(cache=True, nogil=True)
def brand_factor(premium: float, branded_share: float) -> float:
    """Return the factor of the regional brand on the price of forest products, ratio."""
    return 1.0 + premium * branded_share


@inner_numpy
def shared_terms(here: int, zone: int, rates: Floats, counties: CountyTerms) -> Terms:
    """Return the terms of households from a county and zone; `rates` has shape (N_RATES,)."""
    wage, wage_then, outside_wage, farmers, farmers_then, premium, branded, dividend, stored, target, scale = counties
    pension = rates[PENSION_URBAN] if zone == URBAN else rates[PENSION_RURAL]
    forest_share, brand = rates[FARM_FOREST], brand_factor(premium[here], branded[here])
    return Terms(
        wage=np.float32(wage[here, ORDINARY]),
        wage_skilled=np.float32(wage[here, TERTIARY]),
        core_wage=np.float32(wage[KECHENG, ORDINARY]),
        core_wage_skilled=np.float32(wage[KECHENG, TERTIARY]),
        wage_scale=np.float32(scale[here, zone, 0]),
        business_scale=np.float32(scale[here, zone, 1]),
        property_scale=np.float32(scale[here, zone, 2]),
        transfer_scale=np.float32(scale[here, zone, 3]),
        remittance=np.float32(rates[REMITTED_SHARE] * outside_wage[here]),
        day_work=np.float32(forest_pay(rates[DAY_PAY], wage[here, ORDINARY], wage_then[here, ORDINARY])),
        per_farmer=np.float32(farm_pay(rates[FARM_PAY], farmers[here], farmers_then[here], rates[FARM_RESPONSE])),
        forest_share=np.float32(forest_share),
        brand=np.float32(brand),
        forest_part=np.float32(forest_share * brand / (1.0 - forest_share + forest_share * brand)),
        own_trend=np.float32(rates[OWN_TREND]),
        forest_factor=np.float32(brand * rates[FOREST_TREND]),
        per_pooled=np.float32(dividend[here]),
        stored_part=np.float32(stored[here]),
        interest=np.float32(rates[RETURN]),
        pension=np.float32(pension),
        child=np.float32(rates[CHILD]),
        floor=np.float32(rates[FLOOR] * target[here, zone]),
        propensity=np.float32(rates[PROPENSITY]),
        wealth_term=np.float32(rates[WEALTH_TERM]),
        saved_part=np.float32(rates[SAVED]),
        dissaved_part=np.float32(rates[DISSAVED]),
    )
