"""The premium of branded forest products; twin of `sim.mechanisms.brand`."""

from __future__ import annotations

from typing import Any

from sim.levers import BRAND_ELIGIBILITY, BRAND_PROMOTION
from sim.mechanisms import brand as mechanism
from sim.mechanisms.brand import BrandParameters
from sim.places import N_COUNTIES

clearing_premium = mechanism.clearing_premium.py_func
branded_demand = mechanism.branded_demand.py_func
branded_supply = mechanism.branded_supply.py_func


def step(model: Any, p: BrandParameters) -> None:
    """Move the premium toward the clearing one and record the branded share, the short side of the market."""
    land, quality = [0.0] * N_COUNTIES, [0.0] * N_COUNTIES
    for village in model.villages:
        land[village.county] += village.forest
        quality[village.county] += village.forest * village.brand_quality
    promotion = model.levers.effective(BRAND_PROMOTION).tolist()
    opened = model.levers.effective(BRAND_ELIGIBILITY).tolist()
    counties = model.office.counties
    for c in range(N_COUNTIES):
        willingness = (p.willingness + promotion[c]) * (quality[c] / land[c] if land[c] > 0.0 else 1.0)
        eligible = min(p.eligible + opened[c], 1.0)
        clearing = clearing_premium(willingness, p.demand_scale, eligible, p.supply_cost, p.supply_scale)
        premium = float(counties.brand_premium[c])
        premium += p.speed * (clearing - premium)
        counties.brand_premium[c] = premium
        counties.branded_share[c] = min(
            branded_demand(premium, willingness, p.demand_scale),
            branded_supply(premium, eligible, p.supply_cost, p.supply_scale),
        )
