"""High-level platforms, their doctorate holders, and research support to firms.

    recruitment   P' = P + hire * max(posts - P, 0) - leave * max(P - posts, 0)   P: doctorate holders there
    target        platform effect = PLATFORM_SPILLOVER * min(P / posts, 1)        0 without posts
    spending      S = intensity * value added                                     ordinary research of a firm
    extra         E = RD_SUPPORT * S * (1 + crowding)                             public and what it draws in
    research      R' = (1 - obsolescence) R + S + E
    knowledge     k' = k + obsolescence * (target - k) + elasticity * E / R       log productivity

Ordinary research is already in the productivity trend, so that knowledge counts only what platforms and
support add; all levers neutral leave it at zero. Public research money is booked to the programmes that moved
the lever.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from sim.accounting import Ledger
from sim.calendar import MONTHS_PER_YEAR
from sim.levers import PLATFORM_POSTS, PLATFORM_SPILLOVER, RD_SUPPORT, LeverBoard
from sim.mechanisms.base import Mechanism, Phase
from sim.parameters import ParameterSet, parameter
from sim.places import N_COUNTIES
from sim.world import Floats, Int8s, World

LEAST_POSTS = 1e-6
"""Posts below which there is no platform to speak of, persons."""


@dataclass(frozen=True)
class InnovationParameters(ParameterSet):
    """Parameters of platforms and research."""

    holders_before: float = parameter(
        30.0,
        unit="persons",
        low=0.0,
        high=60.0,
        source="assumption",
        meaning="doctorate holders at platforms in January 2023, spread like those attracted before",
    )
    recruitment: float = parameter(
        0.12,
        unit="1/month",
        low=0.05,
        high=0.30,
        source="assumption: a post is filled in eight months",
        meaning="hazard that an open platform post is filled",
    )
    leaving: float = parameter(
        0.02,
        unit="1/month",
        low=0.005,
        high=0.05,
        source="assumption",
        meaning="hazard that a doctorate holder without a post leaves",
    )
    research_intensity: float = parameter(
        0.04,
        unit="ratio",
        low=0.02,
        high=0.07,
        source="baseline rd_to_gdp_ratio: 2 percent of GDP, mostly by industry, about half of GDP",
        meaning="ordinary research spending of firms with research, of value added",
    )
    obsolescence: float = parameter(
        0.15,
        unit="1/year",
        low=0.10,
        high=0.25,
        prior="fixed",
        source="assumption: the usual depreciation of research capital",
        meaning="rate at which knowledge is lost and platform knowledge is taken up",
    )
    elasticity: float = parameter(
        0.08,
        unit="elasticity",
        low=0.02,
        high=0.15,
        source="assumption",
        meaning="elasticity of productivity to research capital",
    )
    crowding: float = parameter(
        0.5,
        unit="ratio",
        low=-0.3,
        high=1.5,
        source="prior rd_subsidy, private_rd_change_per_public_yuan_prior",
        meaning="private research drawn in (or crowded out) per public yuan",
    )


@njit(cache=True, nogil=True)
def next_doctorates(holders: float, posts: float, recruitment: float, leaving: float) -> float:
    """Return doctorate holders at a county's platforms after a month, persons.

    Without a programme nobody funds further posts and those in place stay.
    """
    surplus = max(holders - posts, 0.0) if posts > 0.0 else 0.0
    return holders + recruitment * max(posts - holders, 0.0) - leaving * surplus


@njit(cache=True, nogil=True, error_model="numpy")
def platform_effect(holders: float, posts: float, strength: float) -> float:
    """Return the long-run effect of a county's platforms on log productivity; 0 without posts."""
    return strength * min(holders, posts) / max(posts, LEAST_POSTS)


@njit(cache=True, nogil=True, error_model="numpy")
def next_knowledge(
    knowledge: float, target: float, extra: float, research: float, wear: float, elasticity: float
) -> float:
    """Return a firm's knowledge (log productivity) after a month; `wear` is monthly obsolescence."""
    return knowledge + wear * (target - knowledge) + elasticity * extra / research


@njit(cache=True, nogil=True, error_model="numpy")
def do_research(
    recruitment: float,
    leaving: float,
    intensity: float,
    wear: float,
    elasticity: float,
    drawn_in: float,
    posts: Floats,
    strength: Floats,
    support: Floats,
    holders: Floats,
    county: Int8s,
    active: Int8s,
    weight: Floats,
    value_added: Floats,
    research: Floats,
    knowledge: Floats,
    public: Floats,
) -> None:
    """Move doctorate holders at platforms, and research and knowledge of every firm with research, by a month.

    Adds public money to `public`, which is by county, (6,), as are `posts`, the platforms' `strength`, the public
    `support` and the `holders`; columns of the enterprises have shape (firms,).
    """
    target = np.empty(N_COUNTIES)
    for c in range(N_COUNTIES):
        holders[c] = next_doctorates(holders[c], posts[c], recruitment, leaving)
        target[c] = platform_effect(holders[c], posts[c], strength[c])
    for i in range(active.size):
        if active[i] == 0 or research[i] <= 0.0:
            continue
        c = county[i]
        ordinary = intensity * value_added[i]
        paid = support[c] * ordinary
        extra = paid * (1.0 + drawn_in)
        knowledge[i] = next_knowledge(knowledge[i], target[c], extra, research[i], wear, elasticity)
        research[i] = (1.0 - wear) * research[i] + ordinary + extra
        public[c] += weight[i] * paid


@njit(cache=True, nogil=True)
def planned_support(
    intensity: float,
    support: Floats,
    county: Int8s,
    active: Int8s,
    weight: Floats,
    value_added: Floats,
    research: Floats,
) -> float:
    """Return the public money, CNY of the month, of a public share of research by county, (6,)."""
    planned = 0.0
    for i in range(active.size):
        if active[i] == 1 and research[i] > 0.0:
            planned += support[county[i]] * intensity * weight[i] * value_added[i]
    return planned


def start(world: World, p: InnovationParameters) -> None:
    """Place the doctorate holders that platforms have at the start."""
    before = world.counties.phds_before
    world.counties.platform_phds[:] = p.holders_before * before / max(float(before.sum()), 1.0)


def step(world: World, p: InnovationParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Recruit at platforms, let firms do research, and book public research money."""
    firms, counties = world.enterprises, world.counties
    public = np.zeros(N_COUNTIES)
    do_research(
        p.recruitment,
        p.leaving,
        p.research_intensity,
        p.obsolescence / MONTHS_PER_YEAR,
        p.elasticity,
        p.crowding,
        levers.effective(PLATFORM_POSTS),
        levers.effective(PLATFORM_SPILLOVER),
        _affordable(world, levers, p),
        counties.platform_phds,
        firms.county,
        firms.active,
        firms.weight,
        firms.value_added,
        firms.research,
        firms.knowledge,
        public,
    )
    if any(public.tolist()):
        ledger.spend(levers, RD_SUPPORT, public)


def _affordable(world: World, levers: LeverBoard, p: InnovationParameters) -> Floats:
    """Return the public share of research by county that the programmes' money covers, shape (6,)."""
    support, firms = levers.effective(RD_SUPPORT), world.enterprises
    funds = levers.funds(RD_SUPPORT)
    if funds == math.inf or not any(support.tolist()):
        return support
    planned = planned_support(
        p.research_intensity, support, firms.county, firms.active, firms.weight, firms.value_added, firms.research
    )
    return support * (max(funds, 0.0) / planned) if planned > funds else support


MECHANISM = Mechanism(
    name="innovation",
    phase=Phase.ENTERPRISES,
    meaning="platforms recruit doctorate holders and diffuse technology; firms do research",
    parameters=InnovationParameters,
    levers=(PLATFORM_POSTS, PLATFORM_SPILLOVER, RD_SUPPORT),
    step=step,
    start=start,
)
