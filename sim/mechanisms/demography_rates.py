"""Lengths of the age classes and deaths by age, and the hazards they make."""

from __future__ import annotations

import functools

import numpy as np

from sim.calendar import MONTHS_PER_YEAR
from sim.mechanisms.demography_kernel import AGES, DIES, N_EVENTS
from sim.mechanisms.members import AWAY_CHILDREN, MEMBERS, N_CLASSES
from sim.world import Floats

CLASS_YEARS = {
    "infants": 3.0,
    "children": 12.0,
    "young_men": 20.0,
    "young_women": 20.0,
    "mid_men": 25.0,
    "mid_women": 25.0,
    "late": 5.0,
}
"""Length of the age classes in years; a member passes the upper limit with the hazard 1/length."""

AWAY_YEARS = (15.0, 20.0, 25.0)
"""Length of the age classes of members away, in years: 0-14, 15-34, 35-59."""

DEATHS = {
    "infants": 0.0020,
    "children": 0.0002,
    "young_men": 0.0006,
    "young_women": 0.0003,
    "mid_men": 0.0028,
    "mid_women": 0.0013,
    "late": 0.0075,
    "old": 0.0310,
}
"""Deaths a person and year by age class, an age pattern of low mortality; assumption.

Its level gives the 16,200 registered deaths of 2021 (baseline `deaths_registered_population`). Deaths of members away
are few and left out."""


@functools.cache
def class_hazards() -> Floats:
    """Return the monthly hazards of ageing and death by class, shape (11, N_EVENTS), read-only; other events are 0."""
    hazards = np.zeros((N_CLASSES, N_EVENTS))
    for k, name in enumerate(MEMBERS):
        hazards[k, AGES] = 1.0 / (CLASS_YEARS[name] * MONTHS_PER_YEAR) if name in CLASS_YEARS else 0.0
        hazards[k, DIES] = DEATHS[name] / MONTHS_PER_YEAR
    hazards[AWAY_CHILDREN:, AGES] = 1.0 / (np.array(AWAY_YEARS) * MONTHS_PER_YEAR)
    hazards.flags.writeable = False
    return hazards
