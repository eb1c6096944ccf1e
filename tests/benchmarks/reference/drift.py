"""Drift to town; twin of `sim.mechanisms.drift`."""

from __future__ import annotations

from typing import Any

from sim.mechanisms.drift import DriftParameters, drift_hazard
from sim.places import KECHENG
from sim.randomness import Purpose
from sim.sectors import ORDINARY
from sim.world import CORE, TOWN, WAITING
from tests.benchmarks.reference.draws import uniform


def step(model: Any, p: DriftParameters) -> None:
    """Move some rural households to town."""
    wage = model.office.counties.wage[:, ORDINARY]
    moving, destination = model.stream(Purpose.DRIFT), model.stream(Purpose.DRIFT_DESTINATION)
    model.households.do("drift", p, (wage / wage.mean()).tolist(), moving, destination)


def drift(household: Any, p: DriftParameters, wage: list[float], moving: int, destination: int) -> None:
    """Move to a town of the own county or to the core town."""
    hamlet = household.hamlet
    if hamlet.urban or not household.at_home() or household.relocation == WAITING:
        return
    hazard = drift_hazard.py_func(
        p.hazard, p.remoteness, hamlet.minutes, p.reference_minutes, wage[hamlet.county], p.wage_response
    )
    if uniform(moving, household.id) < hazard:
        far = hamlet.county != KECHENG and uniform(destination, household.id) < p.core_share
        household.residence = CORE if far else TOWN
