"""Households learn of the forest programme; twin of `sim.mechanisms.information`."""

from __future__ import annotations

from typing import Any

from sim.levers import FOREST_PUBLICITY
from sim.mechanisms.information import InformationParameters, awareness_chance
from sim.randomness import Purpose
from sim.world import AWARE_FOREST
from tests.benchmarks.reference.draws import uniform


def step(model: Any, p: InformationParameters) -> None:
    """Let contacts and neighbours make the programme known."""
    contacts = model.levers.effective(FOREST_PUBLICITY).tolist()
    if not any(contacts):
        return
    model.hamlets.do("listen", p, contacts)
    model.households.do("learn", model.stream(Purpose.AWARENESS))
    model.hamlets.do("count_aware", contacts)


def listen(hamlet: Any, p: InformationParameters, contacts: list[float]) -> None:
    """Find the chance of the month that a household of the hamlet becomes aware."""
    reached = 0.0 if hamlet.urban else contacts[hamlet.county]
    hamlet.learning_chance = awareness_chance.py_func(reached, hamlet.aware_share, p.effect, p.word_of_mouth)


def learn(household: Any, state: int) -> None:
    """Become aware by chance."""
    chance = household.hamlet.learning_chance
    if chance > 0.0 and not household.knows_forest_programme() and uniform(state, household.id) < chance:
        household.aware |= AWARE_FOREST


def count_aware(hamlet: Any, contacts: list[float]) -> None:
    """Count who knows the programme, where contacts take place."""
    if hamlet.urban or contacts[hamlet.county] <= 0.0:
        return
    known = [household.knows_forest_programme() for household in hamlet.households()]
    hamlet.aware_share = sum(known) / len(known) if known else 0.0
