"""Levers: the only way a policy touches the world.

A lever declares its unit, its neutral value by county and how contributions of several programmes combine. These are
kept by programme, so that what a mechanism spends under a lever can be booked to the programmes that caused it.
Every month starts neutral: the end of a policy is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.places import N_COUNTIES
from sim.units import check_unit

type Combination = Literal["sum", "product", "max"]
type Bools = NDArray[np.bool_]
type Floats = NDArray[np.float64]
type Int64s = NDArray[np.int64]


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

    All levers are combined at once, when one of them is first read after a change.

    Args:
        programmes: names of the policies of the run, in the order of the programme axis.

    Attributes:
        remaining: money each programme may still spend, CNY, infinite without a budget, shape (programmes,).
    """

    def __init__(self, programmes: Sequence[str]) -> None:
        self.programmes = tuple(programmes)
        self._row = {name: i for i, name in enumerate(self.programmes)}
        self.remaining: Floats = np.full(len(self.programmes), np.inf)
        self._levers: list[Lever] = []
        self._index: dict[str, int] = {}
        self._know(LEVERS)
        self.reset()

    def _know(self, levers: Iterable[Lever]) -> None:
        """Make room for further levers, neutral so far."""
        self._levers += levers
        self._index = {lever.name: k for k, lever in enumerate(self._levers)}
        self._neutral = np.array([lever.neutral for lever in self._levers])
        self._how = np.array([_COMBINATIONS[lever.combine] for lever in self._levers])
        shape = (len(self._levers), len(self.programmes), N_COUNTIES)
        self._at_rest = np.broadcast_to(self._neutral[:, None, None], shape).copy()

    def reset(self) -> None:
        """Make every lever neutral; budgets keep what they hold."""
        self._contributions = self._at_rest.copy()
        self._written: dict[str, list[Bools]] = {}
        self._combined: tuple[Floats, Floats, Floats] | None = None

    def grant(self, programme: str, budget: float) -> None:
        """Set the money a programme may still spend, in CNY."""
        self.remaining[self._row[programme]] = budget

    def write(self, lever: Lever, programme: str, value: float | Floats, counties: Bools) -> None:
        """Let a programme contribute `value` (scalar or shape (6,)) to a lever in the marked counties."""
        if lever.name not in self._index:
            before = self._contributions
            self._know([lever])
            self._contributions = np.concatenate([before, self._at_rest[-1:]])
        contribution = self._contributions[self._index[lever.name], self._row[programme]]
        contribution[counties] = value[counties] if isinstance(value, np.ndarray) else value
        self._written.setdefault(lever.name, []).append(counties)
        self._combined = None

    def written(self, *levers: Lever) -> Bools:
        """Return the counties, shape (6,), in which a programme wrote one of the levers this month.

        A programme that runs may write a neutral value; one that has ended, or cannot pay for its month, writes none.
        """
        found = [counties for lever in levers for counties in self._written.get(lever.name, ())]
        return np.asarray(np.logical_or.reduce(found) if found else np.zeros(N_COUNTIES, dtype=np.bool_))

    def effective(self, lever: Lever) -> Floats:
        """Return the combined value by county, shape (6,), not to be changed; neutral when nobody contributes."""
        k = self._index.get(lever.name)
        return np.full(N_COUNTIES, lever.neutral) if k is None else self._values_and_parts()[0][k]

    def shares(self, lever: Lever) -> Floats:
        """Return each programme's part of a lever's departure from neutral, shape (programmes, 6), not to be changed.

        Columns sum to 1, or to 0 where nobody contributes.
        """
        k = self._index.get(lever.name)
        return np.zeros((len(self.programmes), N_COUNTIES)) if k is None else self._values_and_parts()[1][k]

    def _values_and_parts(self) -> tuple[Floats, Floats, Floats]:
        if self._combined is None:
            values, parts = np.empty((len(self._levers), N_COUNTIES)), np.empty(self._contributions.shape)
            largest = np.empty(parts.shape[:2])
            _combine(self._contributions, self._neutral, self._how, values, parts, largest)
            self._combined = values, parts, largest
        return self._combined

    def is_neutral(self) -> bool:
        """Say whether every lever has its neutral value everywhere."""
        return bool(np.all(self._values_and_parts()[0] == self._neutral[:, None]))

    def funds(self, lever: Lever) -> float:
        """Return the money (CNY) that may be spent under a lever without overdrawing a contributor's budget.

        Each pays its share of what is spent, at most that in the county where it is largest. Infinite when no
        contributor has a budget, 0 when there is none.
        """
        k = self._index.get(lever.name)
        return 0.0 if k is None else _least_held(self.remaining, self._values_and_parts()[2][k])

    def affords(self, programme: str, by_county: Floats) -> bool:
        """Say whether a programme's budget still holds what is to be spent, CNY by county, shape (6,)."""
        return bool(self.remaining[self._row[programme]] >= sum(by_county.tolist()))


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _combine(
    contributions: Floats, neutral: Floats, how: Int64s, values: Floats, parts: Floats, largest: Floats
) -> None:
    """Combine the `contributions` of programmes to all levers, (levers, programmes, 6).

    Writes the `values`, (levers, 6), the `parts` of the programmes in their departure from neutral, (levers,
    programmes, 6), 0 where there is none, and the `largest` of these over counties, (levers, programmes).
    """
    for k in range(values.shape[0]):
        largest[k] = 0.0
        for c in range(N_COUNTIES):
            value, total = neutral[k], 0.0
            for p in range(contributions.shape[1]):
                given = contributions[k, p, c]
                if how[k] == _SUM:
                    value += given - neutral[k]
                elif how[k] == _PRODUCT:
                    value *= given / neutral[k]
                else:
                    value = max(value, given)
                parts[k, p, c] = abs(given - neutral[k])
                total += parts[k, p, c]
            values[k, c] = value
            if total > 0.0:
                for p in range(contributions.shape[1]):
                    parts[k, p, c] /= total
                    largest[k, p] = max(largest[k, p], parts[k, p, c])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _least_held(remaining: Floats, largest: Floats) -> float:
    """Return what the programme that can pay least allows, CNY, 0 where nobody contributes.

    `remaining` is the money of the programmes, CNY, `largest` their largest part in a county, both (programmes,).
    """
    least, contributes = np.inf, False
    for p in range(remaining.size):
        if largest[p] > 0.0:
            least, contributes = min(least, remaining[p] / largest[p]), True
    return least if contributes else 0.0
