"""Relocation of hill hamlets (Qujiang): consultation, resettlement homes, support per person."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.levers import (
    RELOCATION_CONSENT,
    RELOCATION_CONSULTATIONS,
    RELOCATION_HOMES,
    RELOCATION_SUBSIDY,
    Lever,
    LeverBoard,
)
from sim.policies.base import Place, Policy, Timing, setting


class RelocationSettings(Timing):
    """Settings of relocation."""

    start: str = setting("2023-01", unit="month", source="relocated_persons", meaning="first month")
    places: tuple[Place, ...] = setting(
        ("qujiang",), unit="places", source="relocated_persons", meaning="counties in which it runs"
    )
    homes_per_month: float = setting(
        300.0,
        unit="homes/month",
        source="assumption: feasibility section 4 (250-310 when running); so that acceptance binds, not homes",
        meaning="resettlement homes that come on stream in each county",
        low=0.0,
        high=5_000.0,
    )
    homes_after: float = setting(
        6.0,
        unit="months",
        source="assumption: feasibility section 4, six months to start",
        meaning="months until the first homes are finished",
        low=0.0,
        high=120.0,
    )
    consultations_per_month: float = setting(
        28.0,
        unit="hamlets/month",
        source="assumption: feasibility section 4 (22-34)",
        meaning="hamlets consulted in each county at full speed",
        low=0.0,
        high=500.0,
    )
    consultation_ramp: float = setting(
        6.0,
        unit="months",
        source="assumption: feasibility section 4, six months to start",
        meaning="months until consultations reach full speed",
        low=0.0,
        high=120.0,
    )
    subsidy: float = setting(
        8_400.0,
        unit="CNY/person",
        source="assumption: baseline relocation_provincial_subsidy_per_person (memory)",
        meaning="support paid for each registered person moved",
        low=0.0,
        high=200_000.0,
    )
    consent_factor: float = setting(
        1.0,
        unit="ratio",
        source="assumption: the ordinary consent share",
        meaning="factor on the consent share that a whole move needs",
        low=0.1,
        high=1.05,
    )
    home_cost: float = setting(
        110_000.0,
        unit="CNY/home",
        source="assumption: baseline relocation_investment_per_person less the subsidy, three persons a home",
        meaning="public cost of a finished home",
        low=0.0,
        high=1_000_000.0,
    )


class Relocation(Policy[RelocationSettings]):
    """Relocation of hill hamlets."""

    name: ClassVar[str] = "relocation"
    title: ClassVar[dict[str, str]] = {"en": "Relocation of hill hamlets", "zh": "大搬快聚富民安居"}
    meaning: ClassVar[str] = (
        "remote and hazardous hamlets are consulted; whole hamlets and single households move to new homes "
        "in towns and resettlement points"
    )
    facts: ClassVar[tuple[str, ...]] = ("relocated_persons", "relocated_hamlets", "urbanisation_gain")
    levers: ClassVar[tuple[Lever, ...]] = (
        RELOCATION_HOMES,
        RELOCATION_SUBSIDY,
        RELOCATION_CONSULTATIONS,
        RELOCATION_CONSENT,
    )
    Settings: ClassVar[type[Timing]] = RelocationSettings

    def act(self, levers: LeverBoard, month: int, strength: float) -> None:
        """Write homes, consultations, support and the consent factor of this month."""
        settings = self.settings
        ramp = settings.consultation_ramp
        speed = min(1.0, (month - self.first + 1) / ramp) if ramp > 0.0 else 1.0
        self.write(levers, RELOCATION_CONSULTATIONS, strength * speed * settings.consultations_per_month)
        self.write(levers, RELOCATION_HOMES, self._homes(month))
        self.write(levers, RELOCATION_SUBSIDY, settings.subsidy)
        self.write(levers, RELOCATION_CONSENT, settings.consent_factor)

    def running_cost(self, month: int) -> NDArray[np.float64]:
        """Return CNY of the month for the homes that are finished, by county, shape (6,)."""
        return np.where(self.counties, self._homes(month) * self.settings.home_cost, 0.0)

    def _homes(self, month: int) -> float:
        """Return the homes a county finishes in a month."""
        if month - self.first < self.settings.homes_after:
            return 0.0
        return self.strength(month) * self.settings.homes_per_month


POLICY = Relocation
