"""What a policy (a reform) is: typed settings with documented defaults, and what it writes to the levers each month.

A reform is one file. It derives from `Policy`, declares `name`, `title`, `meaning`, `facts` (ids it must explain) and a
pydantic `Settings` class, and implements `act`. The base class handles start, end, ramp, places and budget, the
same for every reform, the user's own included.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator

from sim.calendar import parse_month
from sim.levers import Lever, LeverBoard
from sim.places import COUNTIES, N_COUNTIES
from sim.units import check_unit

type Floats = NDArray[np.float64]
type Place = Literal["kecheng", "qujiang", "longyou", "jiangshan", "changshan", "kaihua"]


def setting(
    default: Any, *, unit: str, source: str, meaning: str, low: float | None = None, high: float | None = None
) -> Any:
    """Declare one setting of a reform.

    Args:
        default: the documented value, in `unit`.
        unit: a unit of `sim.units`.
        source: id of the fact it comes from, or ``assumption: why``.
        meaning: what it is, in one sentence.
        low: smallest value allowed.
        high: largest value allowed.
    """
    check_unit(unit)
    return Field(default, ge=low, le=high, description=meaning, json_schema_extra={"unit": unit, "source": source})


class Timing(BaseModel):
    """When and where a reform runs, and with how much money: common to all reforms."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    start: str = setting(
        "2024-01", unit="month", source="assumption: year the article speaks of", meaning="first month"
    )
    end: str | None = setting(
        None, unit="month", source="assumption: still running", meaning="last month; none for no end"
    )
    ramp_months: Annotated[int, Field(strict=True)] = setting(
        0,
        unit="months",
        source="assumption: at full strength at once",
        meaning="months until full strength",
        low=0,
        high=120,
    )
    places: tuple[Place, ...] = setting(
        COUNTIES, unit="places", source="assumption: all counties", meaning="counties in which it runs"
    )
    budget: float | None = setting(
        None,
        unit="CNY",
        source="none documented",
        meaning="money for the whole run; none for no limit",
        low=0.0,
    )

    @field_validator("start", "end")
    @classmethod
    def _is_month(cls, value: str | None) -> str | None:
        if value is not None:
            parse_month(value)
        return value

    @field_validator("places", mode="before")
    @classmethod
    def _as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value


class Policy[S: Timing]:
    """One reform with its settings; subclasses implement `act`.

    Attributes:
        settings: what the scenario set.
        first, last: month indices between which it runs.
        counties: the counties in which it runs, shape (6,).
        reached: how many these are, at least 1.
    """

    name: ClassVar[str]
    title: ClassVar[dict[str, str]]
    meaning: ClassVar[str]
    facts: ClassVar[tuple[str, ...]]
    levers: ClassVar[tuple[Lever, ...]]
    Settings: ClassVar[type[Timing]]

    def __init__(self, settings: S) -> None:
        self.settings = settings
        self.first = parse_month(settings.start)
        self.last = math.inf if settings.end is None else parse_month(settings.end)
        self.counties: NDArray[np.bool_] = np.array([county in settings.places for county in COUNTIES])
        self.reached = max(int(self.counties.sum()), 1)

    def strength(self, month: int) -> float:
        """Return how far the reform is ramped up in a month: 0 when it does not run, 1 at full strength."""
        if not self.first <= month <= self.last:
            return 0.0
        if self.settings.ramp_months == 0:
            return 1.0
        return min(1.0, (month - self.first + 1) / self.settings.ramp_months)

    def write(self, levers: LeverBoard, lever: Lever, value: float | Floats) -> None:
        """Contribute to a lever in the reform's counties: a value in the lever's unit, or one a county, shape (6,)."""
        levers.write(lever, self.name, value, self.counties)

    def apply(self, levers: LeverBoard, month: int) -> None:
        """Write this month's levers; writes nothing while the reform does not run."""
        strength = self.strength(month)
        if strength > 0.0:
            self.act(levers, month, strength)

    def act(self, levers: LeverBoard, month: int, strength: float) -> None:
        """Write the reform's levers for a month in which it runs with `strength` in (0, 1]."""
        raise NotImplementedError

    def running_cost(self, month: int) -> Floats:
        """Return CNY of the month the reform spends on itself (staff, promotion), by county, shape (6,).

        Money that depends on what agents do (subsidies, homes) is booked by the mechanism that spends it.
        """
        return np.zeros(N_COUNTIES)
