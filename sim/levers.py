"""Levers: the only way a policy touches the world.

A lever declares its unit, its neutral value, the axes it is spread over and how contributions of several programmes
combine. Contributions are kept by programme, so that what a mechanism spends under a lever can be booked to the
programmes that caused it. Every month starts neutral: the end of a policy is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.places import N_COUNTIES
from sim.units import check_unit

type Combination = Literal["sum", "product", "max"]
type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lever:
    """One lever over the six counties.

    Attributes:
        name: unique name.
        unit: a unit of `sim.units`.
        neutral: the value when no policy contributes (0 for sums, 1 for products).
        combine: how contributions of programmes combine with the neutral value.
        meaning: what a mechanism reads it for.
    """

    name: str
    unit: str
    neutral: float
    combine: Combination
    meaning: str

    def __post_init__(self) -> None:
        check_unit(self.unit)


def _sum(name: str, unit: str, meaning: str) -> Lever:
    return Lever(name, unit, 0.0, "sum", meaning)


def _product(name: str, meaning: str) -> Lever:
    return Lever(name, "ratio", 1.0, "product", meaning)


FOREST_PUBLICITY = _sum(
    "forest_publicity", "contacts/month", "contacts per household that make forest programmes known"
)
FOREST_CERTIFICATION = _sum("forest_certification", "mu/month", "forest land whose management right is certified")
FOREST_TRANSACTION_COST = _product("forest_transaction_cost", "factor on the cost of closing a forest lease")
FOREST_BLOCK_CAPACITY = _sum("forest_block_capacity", "mu/month", "land that service centres can pool into blocks")
FOREST_DIVIDEND = _sum("forest_dividend", "CNY/mu/year", "consortium dividend paid on pooled land")
FOREST_COLLECTIVE_SHARE = _sum(
    "forest_collective_share", "ratio", "part of the pooled rent kept by the village collective"
)
FOREST_STORAGE_BUDGET = _sum("forest_storage_budget", "CNY/month", "money of the state-led storage platform for rent")
FOREST_STORAGE_PRICE = _sum("forest_storage_price", "CNY/mu/year", "rent offered by the storage platform")
FOREST_OPERATOR_SUPPORT = _sum("forest_operator_support", "ratio", "rise of the operators' net return on land")
BRAND_PROMOTION = _sum("brand_promotion", "ratio", "rise of the buyers' mean willingness to pay for the regional brand")
BRAND_ELIGIBILITY = _sum("brand_eligibility", "ratio", "rise of the share of producers who may carry the brand")
WHITELIST_FIRMS = _sum("whitelist_firms", "firms", "firms administered by the city that may certify talent themselves")
TALENT_QUOTA_RATE = _sum("talent_quota_rate", "ratio", "certifications allowed a year per talent head of a firm")
TALENT_SUBSIDY = _sum("talent_subsidy", "CNY/person", "public support paid for a certified talent")
RELOCATION_HOMES = _sum("relocation_homes", "homes/month", "resettlement homes that come on stream")
RELOCATION_SUBSIDY = _sum("relocation_subsidy", "CNY/person", "support paid for each registered person moved")
RELOCATION_CONSULTATIONS = _sum("relocation_consultations", "hamlets/month", "hamlets that cadres can consult")
RELOCATION_CONSENT = Lever(
    "relocation_consent", "ratio", 1.0, "product", "factor on the consent share a whole move needs"
)
SIGNED_PROJECTS = _sum("signed_projects", "projects/month", "projects signed in all, the ordinary ones included")
SIGNED_VALUE = _sum("signed_value", "CNY", "signed value of each project beyond the ordinary rate")
APPROVAL_SPEED = _product("approval_speed", "factor on the hazard that a signed project lands")
PLATFORM_POSTS = _sum("platform_posts", "persons", "research posts that high-level platforms fund")
PLATFORM_SPILLOVER = _sum("platform_spillover", "ratio", "strength of the platforms' technology diffusion to firms")
RD_SUPPORT = _sum("rd_support", "ratio", "public share of firms' research spending")

LEVERS: tuple[Lever, ...] = tuple(value for value in dict(globals()).values() if isinstance(value, Lever))


_COMBINATIONS: dict[Combination, int] = {"sum": 0, "product": 1, "max": 2}
_SUM, _PRODUCT = _COMBINATIONS["sum"], _COMBINATIONS["product"]


class LeverBoard:
    """The levers of one run: contributions by programme, effective values, and what budgets still hold.

    Args:
        programmes: names of the policies of the run, in the order of the programme axis.
    """

    def __init__(self, programmes: Sequence[str]) -> None:
        self.programmes = tuple(programmes)
        self._row = {name: i for i, name in enumerate(self.programmes)}
        self._contributions: dict[str, Floats] = {}
        self._neutral: dict[str, float] = {}
        self._written: dict[str, NDArray[np.bool_]] = {}
        self._nobody = np.zeros((0, N_COUNTIES))
        self._remaining = np.full(len(self.programmes), np.inf)

    def reset(self) -> None:
        """Make every lever neutral; budgets keep what they hold."""
        for name, table in self._contributions.items():
            table.fill(self._neutral[name])
            self._written[name].fill(False)

    def grant(self, programme: str, budget: float) -> None:
        """Set the money a programme may still spend, in CNY."""
        self._remaining[self._row[programme]] = budget

    def write(self, lever: Lever, programme: str, value: float | Floats, counties: NDArray[np.bool_]) -> None:
        """Let a programme contribute `value` (scalar or shape (6,)) to a lever in the marked counties."""
        table = self._contributions.get(lever.name)
        if table is None:
            table = np.full((len(self.programmes), N_COUNTIES), lever.neutral)
            self._contributions[lever.name], self._neutral[lever.name] = table, lever.neutral
            self._written[lever.name] = np.zeros(N_COUNTIES, dtype=np.bool_)
        np.copyto(table[self._row[programme]], value, where=counties)
        self._written[lever.name] |= counties

    def written(self, *levers: Lever) -> NDArray[np.bool_]:
        """Return the counties, shape (6,), in which a programme wrote one of the levers this month.

        A programme that runs may write a neutral value; one that has ended, or cannot pay for its month, writes none.
        """
        found = [self._written[lever.name] for lever in levers if lever.name in self._written]
        return np.asarray(np.logical_or.reduce(found) if found else np.zeros(N_COUNTIES, dtype=np.bool_))

    def effective(self, lever: Lever) -> Floats:
        """Return the combined value by county, shape (6,); the neutral value when nobody contributes."""
        table = self._contributions.get(lever.name, self._nobody)
        return np.asarray(_combined(table, lever.neutral, _COMBINATIONS[lever.combine]))

    def shares(self, lever: Lever) -> Floats:
        """Return each programme's part of a lever's departure from neutral, shape (programmes, 6).

        Columns sum to 1, or to 0 where nobody contributes.
        """
        table = self._contributions.get(lever.name)
        if table is None:
            return np.zeros((len(self.programmes), N_COUNTIES))
        return np.asarray(_parts(table, lever.neutral))

    def is_neutral(self) -> bool:
        """Say whether every lever has its neutral value everywhere."""
        return all(np.all(self.effective(lever) == lever.neutral) for lever in LEVERS)

    def funds(self, lever: Lever) -> float:
        """Return the money (CNY) the contributing programmes may still spend; infinite when none has a budget."""
        table = self._contributions.get(lever.name, self._nobody)
        return float(_held(table, lever.neutral, self._remaining))

    def affords(self, programme: str, amount: float) -> bool:
        """Say whether a programme's budget still holds `amount` CNY."""
        return bool(self._remaining[self._row[programme]] >= amount)

    def draw(self, amounts: Floats) -> None:
        """Take what programmes spent (CNY, shape (programmes,)) out of their budgets."""
        self._remaining -= amounts


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _combined(table: Floats, neutral: float, how: int) -> Floats:
    """Return the value by county, (6,), of contributions by programme, (programmes, 6)."""
    out = np.full(N_COUNTIES, neutral)
    for p in range(table.shape[0]):
        for c in range(N_COUNTIES):
            if how == _SUM:
                out[c] += table[p, c] - neutral
            elif how == _PRODUCT:
                out[c] *= table[p, c] / neutral
            else:
                out[c] = max(out[c], table[p, c])
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _parts(table: Floats, neutral: float) -> Floats:
    """Return each programme's part of the departure from neutral, (programmes, 6); 0 where there is none."""
    out = np.abs(table - neutral)
    for c in range(N_COUNTIES):
        total = out[:, c].sum()
        if total > 0.0:
            out[:, c] /= total
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _held(table: Floats, neutral: float, remaining: Floats) -> float:
    """Return the sum of what the programmes that depart from neutral anywhere may still spend."""
    held = 0.0
    for p in range(table.shape[0]):
        if (table[p] != neutral).any():
            held += remaining[p]
    return held
