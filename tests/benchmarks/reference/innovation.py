"""Platforms and research; twin of `sim.mechanisms.innovation`."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.calendar import MONTHS_PER_YEAR
from sim.levers import PLATFORM_POSTS, PLATFORM_SPILLOVER, RD_SUPPORT
from sim.mechanisms import innovation as mechanism
from sim.mechanisms.innovation import InnovationParameters
from sim.places import N_COUNTIES

next_doctorates = mechanism.next_doctorates.py_func
next_knowledge = mechanism.next_knowledge.py_func
platform_effect = mechanism.platform_effect.py_func


def step(model: Any, p: InnovationParameters) -> None:
    """Recruit at platforms, let firms do research, and book public research money."""
    counties, levers = model.office.counties, model.levers
    posts, strength = levers.effective(PLATFORM_POSTS).tolist(), levers.effective(PLATFORM_SPILLOVER).tolist()
    target = [0.0] * N_COUNTIES
    for c in range(N_COUNTIES):
        holders = next_doctorates(float(counties.platform_phds[c]), posts[c], p.recruitment, p.leaving)
        counties.platform_phds[c] = holders
        target[c] = platform_effect(holders, posts[c], strength[c])
    support, public = _affordable(model, p), [0.0] * N_COUNTIES
    model.enterprises.do("do_research", p, support.tolist(), target, public)
    if support.any():
        model.ledger.spend(levers, RD_SUPPORT, np.array(public))


def do_research(
    firm: Any, p: InnovationParameters, support: list[float], target: list[float], public: list[float]
) -> None:
    """Spend on research, with public support, and learn."""
    if firm.research <= 0.0:
        return
    wear = p.obsolescence / MONTHS_PER_YEAR
    ordinary = p.research_intensity * firm.value_added
    paid = support[firm.county] * ordinary
    extra = paid * (1.0 + p.crowding)
    firm.knowledge = next_knowledge(firm.knowledge, target[firm.county], extra, firm.research, wear, p.elasticity)
    firm.research = (1.0 - wear) * firm.research + ordinary + extra
    public[firm.county] += firm.weight * paid


def _affordable(model: Any, p: InnovationParameters) -> Any:
    """Return the public share of research by county that the programmes' money covers."""
    support = model.levers.effective(RD_SUPPORT)
    if not support.any():
        return support
    planned = sum(
        support[firm.county] * p.research_intensity * firm.weight * firm.value_added
        for firm in model.enterprises
        if firm.research > 0.0
    )
    funds = model.levers.funds(RD_SUPPORT)
    return support * (max(funds, 0.0) / planned) if planned > funds else support
