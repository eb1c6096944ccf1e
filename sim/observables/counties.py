"""What the record takes from the county table: columns as they are, and sums of them."""

from __future__ import annotations

from itertools import accumulate
from operator import attrgetter

import numpy as np
from numba import njit

from sim.observables.indicators import INCOME_PARTS, POSITION, ZONES
from sim.places import N_COUNTIES
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

_columns_of = attrgetter(*SINGLE, *WIDE)
_NAMES = [[name] for name in SINGLE.values()] + list(WIDE.values())
_FIRSTS = [N_COUNTIES * before for before in accumulate(map(len, _NAMES[:-1]), initial=0)]
_COPIES = np.array(
    [
        (POSITION[name], first + k, len(names))
        for first, names in zip(_FIRSTS, _NAMES, strict=True)
        for k, name in enumerate(names)
        if name != UNSEEN
    ]
)
"""For each indicator that is a column: its position, the position of its first county among all values of the columns
one after the other, and the step to the next county."""
_ADDITIONS = np.array([(POSITION[whole], POSITION[part]) for whole, parts in SUMS.items() for part in parts])


def observe_counties(counties: Counties, out: Floats) -> None:
    """Write the county columns and their sums into `out`, zero before, shape (6, indicators)."""
    copy_and_add(np.concatenate(_columns_of(counties), axis=None), _COPIES, _ADDITIONS, out)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def copy_and_add(values: Floats, copies: Int64s, additions: Int64s, out: Floats) -> None:
    """Write columns of `out`, shape (counties, indicators): copies of `values`, shape (n,), and sums of columns.

    A row of `copies` (k, 3) says which column begins where in `values` with which step, a row of `additions` (m, 2) to
    which column another is added, one row after the other.
    """
    for k in range(copies.shape[0]):
        for c in range(out.shape[0]):
            out[c, copies[k, 0]] = values[copies[k, 1] + c * copies[k, 2]]
    for k in range(additions.shape[0]):
        for c in range(out.shape[0]):
            out[c, additions[k, 0]] += out[c, additions[k, 1]]
