"""Self-evaluation of talent: firms on a city whitelist certify their own talents within a quota."""

from __future__ import annotations

from typing import ClassVar

from sim.levers import TALENT_QUOTA_RATE, TALENT_SUBSIDY, WHITELIST_FIRMS, Lever, LeverBoard
from sim.policies.base import Policy, Timing, setting


class Settings(Timing):
    """Settings of talent self-evaluation."""

    whitelist_firms: float = setting(
        320.0,
        unit="firms",
        source="talent_whitelist_firms",
        meaning="firms administered by the city that may certify talent",
        low=0.0,
        high=10_000.0,
    )
    quota_rate: float = setting(
        0.05,
        unit="ratio",
        source="assumption: feasibility section 8, range 0.02 to 0.10",
        meaning="certifications allowed a year per talent of a firm",
        low=0.0,
        high=1.0,
    )
    subsidy: float = setting(
        20_000.0,
        unit="CNY/person",
        source="assumption: the documents name support but no amount",
        meaning="public support paid for a certified talent",
        low=0.0,
        high=1e6,
    )


class TalentSelfEvaluation(Policy[Settings]):
    """Let firms of the city whitelist certify their own talents."""

    name: ClassVar[str] = "talent_self_evaluation"
    title: ClassVar[dict[str, str]] = {"en": "Talent self-evaluation", "zh": "人才自主评价"}
    meaning: ClassVar[str] = (
        "lets whitelisted firms certify their own talents within a quota and supports the certified"
    )
    facts: ClassVar[tuple[str, ...]] = (
        "talent_services_integrated",
        "talent_whitelist_firms",
        "talent_self_certified",
    )
    levers: ClassVar[tuple[Lever, ...]] = (WHITELIST_FIRMS, TALENT_QUOTA_RATE, TALENT_SUBSIDY)
    Settings: ClassVar[type[Timing]] = Settings

    def act(self, levers: LeverBoard, month: int, strength: float) -> None:
        """Write the length of the list, the quota and the subsidy; a ramp lengthens the list."""
        self.write(levers, WHITELIST_FIRMS, strength * self.settings.whitelist_firms)
        self.write(levers, TALENT_QUOTA_RATE, self.settings.quota_rate)
        self.write(levers, TALENT_SUBSIDY, self.settings.subsidy)


POLICY = TalentSelfEvaluation
