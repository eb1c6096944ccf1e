"""Village accounts; twin of `sim.mechanisms.village_accounts`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.calendar import MONTHS_PER_YEAR
from sim.mechanisms import village_accounts as mechanism
from sim.mechanisms.village_accounts import VillageParameters, growth_since_start
from sim.randomness import Purpose
from tests.benchmarks.reference.draws import normal

operating_income = mechanism.operating_income.py_func
slow_index = mechanism.slow_index.py_func


@dataclass
class Year:
    """What collectives meet this month, by county."""

    p: VillageParameters
    growth: float
    pooled_at_start: list[float]
    shocks: int


def step(model: Any, p: VillageParameters) -> None:
    """Move collective income, dividends, assets, brand quality and ecology by one month."""
    office = model.office
    base, counties = office.base, office.counties
    let_at_start = base.forest_let / counties.forest_total
    year = Year(
        p,
        growth_since_start(p.trend, office.month + 1.0),
        (base.pooled_share * let_at_start).tolist(),
        model.stream(Purpose.VILLAGE_QUALITY),
    )
    model.hamlets.do("report_block")
    model.villages.do("earn", year)


def report_block(hamlet: Any) -> None:
    """Tell the village how much land the hamlet lets in a block, and what of its rent the collective keeps."""
    hamlet.village.pooled_sampled += hamlet.weight * hamlet.pooled_forest
    hamlet.village.rent_sampled += hamlet.weight * hamlet.collective_rent


def earn(village: Any, year: Year) -> None:
    """Earn, pay dividends and save; let brand quality and ecology follow the tended forest."""
    v, p = village, year.p
    pooled = v.pooled_sampled / v.weight if v.weight > 0.0 else 0.0
    v.block_rent = v.rent_sampled / v.weight if v.weight > 0.0 else 0.0
    v.pooled_sampled = v.rent_sampled = 0.0
    v.collective_income = operating_income(v.operating_base, year.growth, v.block_rent)
    v.dividends = p.dividend_share * v.collective_income / MONTHS_PER_YEAR
    saving = 1.0 - p.dividend_share - p.spending_share
    v.collective_assets += saving * v.collective_income / MONTHS_PER_YEAR
    share = pooled / v.forest if v.forest > 0.0 else 0.0
    rise = share - year.pooled_at_start[v.county] if v.weight > 0.0 else 0.0
    shock = p.quality_shock * normal(year.shocks, v.id)
    v.brand_quality = slow_index(v.brand_quality, 1.0 + p.quality_effect * rise, p.persistence, shock)
    v.ecology = slow_index(v.ecology, 1.0 + p.ecology_effect * rise, p.persistence, 0.0)
