"""Innovation platforms: posts for doctorate holders in academician teams, diffusion to firms, research
support.
"""

from __future__ import annotations

import functools
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MONTHS_PER_YEAR
from sim.levers import PLATFORM_POSTS, PLATFORM_SPILLOVER, RD_SUPPORT, Lever, LeverBoard
from sim.places import KECHENG, N_COUNTIES
from sim.policies.base import Policy, Timing, setting


class Settings(Timing):
    """Settings of innovation platforms."""

    teams: float = setting(
        5.0,
        unit="teams",
        source="academician_teams",
        meaning="academician teams at high-level platforms",
        low=0.0,
        high=100.0,
    )
    posts_per_team: float = setting(
        20.0,
        unit="persons",
        source="assumption: a round number for a large team, not fitted; only platform_phd_ratio informs it",
        meaning="posts for doctorate holders a team funds",
        low=0.0,
        high=1000.0,
    )
    kecheng_share: float = setting(
        0.7,
        unit="ratio",
        source="assumption: the platforms stand in the city's seat",
        meaning="part of the posts in Kecheng; the other counties share the rest evenly",
        low=0.0,
        high=1.0,
    )
    post_cost: float = setting(
        300_000.0,
        unit="CNY/person/year",
        source="assumption: pay and equipment of a doctorate holder",
        meaning="public cost of a post",
        low=0.0,
        high=1e7,
    )
    spillover: float = setting(
        0.01,
        unit="ratio",
        source="assumption: no evaluation found",
        meaning="rise of productivity of firms with research once all posts are filled",
        low=0.0,
        high=0.2,
    )
    research_support: float = setting(
        0.05,
        unit="ratio",
        source="assumption: no document",
        meaning="public share of firms' research spending",
        low=0.0,
        high=1.0,
    )


class InnovationPlatform(Policy[Settings]):
    """Fund platform posts, diffuse their technology and support research of firms."""

    name: ClassVar[str] = "innovation_platform"
    title: ClassVar[dict[str, str]] = {"en": "Innovation platforms", "zh": "高能级创新平台"}
    meaning: ClassVar[str] = (
        "funds posts at high-level platforms, spreads technology to firms and supports their research"
    )
    facts: ClassVar[tuple[str, ...]] = ("academician_teams", "platform_phd_ratio", "rd_leads_city")
    levers: ClassVar[tuple[Lever, ...]] = (PLATFORM_POSTS, PLATFORM_SPILLOVER, RD_SUPPORT)
    Settings: ClassVar[type[Timing]] = Settings

    @functools.cached_property
    def posts(self) -> NDArray[np.float64]:
        """Return the posts by county at full strength, shape (6,)."""
        s = self.settings
        others = self.counties.copy()
        others[KECHENG] = False
        in_kecheng = s.kecheng_share if self.counties[KECHENG] else 0.0
        spread = np.zeros(N_COUNTIES)
        spread[others] = (1.0 - in_kecheng) / max(int(others.sum()), 1)
        spread[KECHENG] = 1.0 - spread.sum() if self.counties[KECHENG] else 0.0
        return s.teams * s.posts_per_team * spread

    def act(self, levers: LeverBoard, month: int, strength: float) -> None:
        """Write posts, diffusion and research support."""
        self.write(levers, PLATFORM_POSTS, strength * self.posts)
        self.write(levers, PLATFORM_SPILLOVER, strength * self.settings.spillover)
        self.write(levers, RD_SUPPORT, strength * self.settings.research_support)

    def running_cost(self, month: int) -> NDArray[np.float64]:
        """Return the cost of the posts, CNY of the month by county, shape (6,)."""
        return self.strength(month) * self.posts * self.settings.post_cost / MONTHS_PER_YEAR


POLICY = InnovationPlatform
