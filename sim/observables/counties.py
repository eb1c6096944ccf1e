"""What the record takes from the county table: columns as they are, and sums of them."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.observables.indicators import INCOME_PARTS, POSITION, ZONES
from sim.sectors import OFFICIAL, OFFICIAL_OF_SECTOR, SECTORS, SKILLS
from sim.world import Counties, Floats, Int64s

SINGLE = {
    "value_added_above": "value_added_above",
    "construction_spending": "construction_spending",
    "consumption": "consumption",
    "collective_residents": "residents_collective",
    "registered": "registered",
    "births": "births",
    "deaths": "deaths",
    "arrivals": "arrivals",
    "departures": "departures",
    "origin_rural_income": "origin_rural_income_total",
    "origin_rural_persons": "origin_rural_persons",
    "forest_total": "forest_transferable",
    "forest_rent": "forest_rent",
    "forest_demand": "forest_demand",
    "block_queue": "forest_block_queue",
    "operators": "forest_operators",
    "leading_firms": "forest_leading_firms",
    "brand_premium": "brand_premium",
    "branded_share": "branded_share",
    "relocated_persons": "relocated_persons",
    "relocated_hamlets": "relocated_hamlets",
    "relocation_queue": "relocation_queue",
    "homes_built": "homes_built",
    "homes": "homes_empty",
    "landed_projects": "projects_landed",
    "talents_certified": "talents_certified",
    "platform_phds": "platform_phds",
    "phds_before": "phds_before",
}
"""The indicator that each county column of one value is."""

UNSEEN = ""
"""Stands for a value that is not recorded."""

WIDE = {
    "value_added": [f"value_added_{sector}" for sector in SECTORS],
    "residents": [f"family_residents_{zone}" for zone in ZONES],
    "households": [f"households_{zone}" for zone in ZONES],
    **{name: [f"{name}_{skill}" for skill in SKILLS] for name in ("employment", "wage", "vacancies", "seekers")},
    "income": [f"{part}_income_total_{zone}" for zone in ZONES for part in INCOME_PARTS],
    "forestry_income": ["forestry_income_total_rural", UNSEEN],
    "forest_let": [UNSEEN, "forest_let_single", "forest_let_pooled", "forest_let_stored"],
    "forest_flow": ["forest_renewed", "forest_flow_single", "forest_flow_pooled", "forest_flow_stored"],
}
"""The indicators that each county column of several values holds."""

_OFFICIAL_PARTS: dict[str, list[str]] = {f"value_added_{name}": [] for name in OFFICIAL}
for _sector, _official in zip(SECTORS, OFFICIAL_OF_SECTOR, strict=True):
    _OFFICIAL_PARTS[f"value_added_{OFFICIAL[_official]}"].append(f"value_added_{_sector}")

SUMS = {
    "gdp": WIDE["value_added"],
    **_OFFICIAL_PARTS,
    "residents_rural": ["family_residents_rural"],
    "residents_urban": ["family_residents_urban", "residents_collective"],
    "residents": ["residents_rural", "residents_urban"],
    **{f"income_total_{zone}": [f"{part}_income_total_{zone}" for part in INCOME_PARTS] for zone in ZONES},
    "forest_let": WIDE["forest_let"][1:],
}
"""The indicators that are sums of others, these first."""

_TO_SINGLE = np.array([POSITION[name] for name in SINGLE.values()])
_NAMES = [name for names in WIDE.values() for name in names]
_FROM_WIDE = np.array([k for k, name in enumerate(_NAMES) if name != UNSEEN])
_TO_WIDE = np.array([POSITION[name] for name in _NAMES if name != UNSEEN])
_PAIRS = [(POSITION[whole], POSITION[part]) for whole, parts in SUMS.items() for part in parts]
_WHOLES, _PARTS = (np.array(column, dtype=np.int64) for column in zip(*_PAIRS, strict=True))


def observe_counties(counties: Counties, out: Floats) -> None:
    """Write the county columns and their sums into `out`, zero before, shape (6, indicators)."""
    single = np.concatenate([getattr(counties, name) for name in SINGLE])
    out[:, _TO_SINGLE] = single.reshape(len(SINGLE), -1).T
    wide = np.concatenate([getattr(counties, name) for name in WIDE], axis=1)
    out[:, _TO_WIDE] = wide[:, _FROM_WIDE]
    add_parts(_WHOLES, _PARTS, out)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def add_parts(wholes: Int64s, parts: Int64s, out: Floats) -> None:
    """Add column parts[k] of `out`, shape (counties, indicators), to column wholes[k], one k after the other."""
    for k in range(wholes.size):
        for c in range(out.shape[0]):
            out[c, wholes[k]] += out[c, parts[k]]
