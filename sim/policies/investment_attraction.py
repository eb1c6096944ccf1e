"""Investment attraction of Qujiang: projects signed by year and faster approval.

Only nine months of 2024 are documented (14 projects, close to 10 billion CNY). Signing of 2023 and after 2024
is assumed. The campaign of 2020-22 is no part of this reform here: it belongs to the starting state
(parameters of `projects`).
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MONTHS_PER_YEAR, year_of
from sim.levers import APPROVAL_SPEED, SIGNED_PROJECTS, SIGNED_VALUE, Lever, LeverBoard
from sim.policies.base import Place, Policy, Timing, setting

_FIRST_DOCUMENTED, _LAST_DOCUMENTED = 2024, 2024


class Settings(Timing):
    """Settings of investment attraction."""

    start: str = setting(
        "2023-01", unit="month", source="assumption: statistics show it running before", meaning="first month"
    )
    places: tuple[Place, ...] = setting(
        ("qujiang",), unit="places", source="projects_signed", meaning="counties in which it runs"
    )
    projects: float = setting(
        14 / 9,
        unit="projects/month",
        source="projects_signed",
        meaning="projects signed a month in 2024",
        low=0.0,
        high=50.0,
    )
    project_value: float = setting(
        10e9 / 14,
        unit="CNY",
        source="projects_signed_value",
        meaning="mean signed value of a project",
        low=1e7,
        high=1e11,
    )
    value_before: float = setting(
        13e9,
        unit="CNY/year",
        source="assumption: feasibility section 2, no document",
        meaning="value signed a year before 2024",
        low=0.0,
        high=1e12,
    )
    value_after: float = setting(
        5e9,
        unit="CNY/year",
        source="assumption: the campaign slows, no document",
        meaning="value signed a year after 2024",
        low=0.0,
        high=1e12,
    )
    approval_speed: float = setting(
        1.0,
        unit="ratio",
        source="assumption: the landing hazard was fitted to years in which the reform ran",
        meaning="factor on the hazard that a signed project lands",
        low=0.1,
        high=10.0,
    )
    promotion_cost: float = setting(
        20e6,
        unit="CNY/year",
        source="assumption: staff, travel and signing ceremonies of one district; incentives are not documented",
        meaning="public money spent on finding and hosting investors in each county",
        low=0.0,
        high=1e10,
    )


class InvestmentAttraction(Policy[Settings]):
    """Sign projects beyond the ordinary rate and speed up their approval."""

    name: ClassVar[str] = "investment_attraction"
    title: ClassVar[dict[str, str]] = {"en": "Investment attraction", "zh": "招商引资"}
    meaning: ClassVar[str] = "signs investment projects beyond the ordinary rate and speeds up their approval"
    facts: ClassVar[tuple[str, ...]] = (
        "projects_signed",
        "projects_signed_value",
        "projects_landed",
        "funds_in_place_growth_rank",
    )
    levers: ClassVar[tuple[Lever, ...]] = (SIGNED_PROJECTS, SIGNED_VALUE, APPROVAL_SPEED)
    Settings: ClassVar[type[Timing]] = Settings

    def projects_a_month(self, month: int) -> float:
        """Return the projects due a month at full strength."""
        s = self.settings
        if year_of(month) < _FIRST_DOCUMENTED:
            return s.value_before / s.project_value / MONTHS_PER_YEAR
        if year_of(month) > _LAST_DOCUMENTED:
            return s.value_after / s.project_value / MONTHS_PER_YEAR
        return s.projects

    def act(self, levers: LeverBoard, month: int, strength: float) -> None:
        """Write projects, their value and the speed of approval."""
        self.write(levers, SIGNED_PROJECTS, strength * self.projects_a_month(month))
        self.write(levers, SIGNED_VALUE, self.settings.project_value)
        self.write(levers, APPROVAL_SPEED, self.settings.approval_speed**strength)

    def running_cost(self, month: int) -> NDArray[np.float64]:
        """Return what the campaign costs in a month by county, CNY, shape (6,)."""
        return np.where(self.counties, self.strength(month) * self.settings.promotion_cost / MONTHS_PER_YEAR, 0.0)


POLICY = InvestmentAttraction
