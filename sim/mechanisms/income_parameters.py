"""Parameters of the household accounts, and the wage premiums of job cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.parameters import ParameterSet, parameter
from sim.sectors import ABOVE, N_JOB_CELLS, N_SECTORS, job_cell
from sim.world import Floats

_SECTOR_PREMIUM = (0.80, 0.92, 1.00, 1.08, 1.00, 0.88, 1.10, 1.12, 1.22, 1.10)
"""Wage of each sector relative to the county's wage of the skill, ratio; assumption (no local statistic)."""
_SIZE_PREMIUM = 1.12
"""Wage in a firm above designated size relative to a smaller one, ratio; assumption."""


WEALTH_RETURN = 0.03
"""Yearly return on liquid wealth before the income scale, which absorbs its level (homes), ratio; assumption."""


def _job_premiums() -> Floats:
    premiums = np.ones(1 + N_JOB_CELLS)
    for sector in range(N_SECTORS):
        for size in range(2):
            factor = _SIZE_PREMIUM if size == ABOVE else 1.0
            premiums[1 + job_cell(sector, size)] = _SECTOR_PREMIUM[sector] * factor
    return premiums


JOB_PREMIUM: Floats = _job_premiums()
"""Wage premium by job cell + 1; the first entry is for no job."""


@dataclass(frozen=True)
class IncomeParameters(ParameterSet):
    """Parameters of household income, consumption and saving; all money nominal, at January 2023 levels."""

    remit_share: float = parameter(
        0.30,
        unit="ratio",
        low=0.15,
        high=0.50,
        source="assumption",
        meaning="part of the outside wage that a member away sends home",
    )
    forest_days: float = parameter(
        0.6,
        unit="day/mu/year",
        low=0.3,
        high=1.0,
        source="feasibility section 8",
        meaning="paid days of local work on let forest land",
    )
    forest_day_wage: float = parameter(
        180.0,
        unit="CNY/day",
        low=140.0,
        high=230.0,
        source="feasibility section 3, assumption",
        meaning="day wage of forest work in January 2023",
    )
    farm_income: float = parameter(
        1800.0,
        unit="CNY/person/month",
        low=1000.0,
        high=3000.0,
        prior="fixed",
        source="assumption; its level is absorbed by the income scale",
        meaning="net income of a farm worker in January 2023 relative to profits of own businesses",
    )
    farm_trend: float = parameter(
        0.06,
        unit="1/year",
        low=0.045,
        high=0.075,
        source="feasibility section 4: business income 4.5-7.5 percent",
        meaning="nominal growth of a county's farm income at constant farm workers",
    )
    farm_labour_elasticity: float = parameter(
        0.3,
        unit="elasticity",
        low=0.1,
        high=0.6,
        source="assumption: land is fixed, those who leave farming were under-employed",
        meaning="response of a county's farm income to its farm workers",
    )
    farm_forest_share: float = parameter(
        0.15,
        unit="ratio",
        low=0.05,
        high=0.30,
        source="assumption: forestry income is about 4 percent of rural income (feasibility section 3)",
        meaning="part of farm income from forest products outside leased land",
    )
    own_business_trend: float = parameter(
        0.055,
        unit="1/year",
        low=0.04,
        high=0.07,
        source="feasibility section 4: business income 4.5-7.5 percent",
        meaning="nominal growth of profits of own businesses",
    )
    forest_trend: float = parameter(
        0.04,
        unit="1/year",
        low=0.0,
        high=0.06,
        source="feasibility section 3: trend of forestry income",
        meaning="nominal growth of the net yield of forest land kept",
    )
    pension_rural: float = parameter(
        350.0,
        unit="CNY/person/month",
        low=200.0,
        high=600.0,
        prior="fixed",
        source="assumption: resident pension; its level is absorbed by the income scale",
        meaning="pension of those aged 60 and over of rural hamlets in January 2023",
    )
    pension_urban: float = parameter(
        2600.0,
        unit="CNY/person/month",
        low=1800.0,
        high=3600.0,
        prior="fixed",
        source="assumption: employee pension; its level is absorbed by the income scale",
        meaning="pension of those aged 60 and over of urban blocks in January 2023",
    )
    child_support: float = parameter(
        60.0,
        unit="CNY/person/month",
        low=0.0,
        high=150.0,
        source="assumption: school meals, allowances and insurance refunds",
        meaning="subsidies for a person under 15 in January 2023",
    )
    transfer_trend: float = parameter(
        0.05,
        unit="1/year",
        low=0.03,
        high=0.07,
        source="feasibility section 4: transfers 6.5-10 percent; assumption: 3 of these by more pensioners",
        meaning="nominal growth of pensions and subsidies per person",
    )
    floor_share: float = parameter(
        0.20,
        unit="ratio",
        low=0.05,
        high=0.40,
        source="assumption: consumption is about two thirds of income",
        meaning="consumption that does not depend on income, relative to mean income of 2022",
    )
    propensity: float = parameter(
        0.42,
        unit="ratio",
        low=0.25,
        high=0.65,
        source="assumption",
        meaning="consumption of an added yuan of income",
    )
    wealth_effect: float = parameter(
        0.002,
        unit="1/month",
        low=0.0005,
        high=0.005,
        source="assumption: 2 to 6 percent a year",
        meaning="monthly consumption of a yuan of liquid wealth",
    )
    liquid_share: float = parameter(
        0.30,
        unit="ratio",
        low=0.10,
        high=0.60,
        source="assumption: most saving buys and repays homes; liquid wealth about keeps pace with income",
        meaning="part of saving that becomes liquid wealth",
    )
    consumption_trend: float = parameter(
        0.055,
        unit="1/year",
        low=0.04,
        high=0.08,
        source="assumption; incomes grew by 5.3 (urban) and 7.5 percent (rural) in 2022, slower later",
        meaning="trend against which local demand is measured, and of the consumption floor",
    )
