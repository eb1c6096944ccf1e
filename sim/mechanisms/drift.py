"""Drift to town: rural households move to a town without any programme.

A household that lives in its rural hamlet or in a rural resettlement point moves in a month with hazard

    h exp(remoteness (minutes - reference) / 60) (county wage / mean wage of the six)^wage_response.

Most go to the town of their own county, a few to the core town in Kecheng. It keeps its land and its
hamlet. A household that has accepted relocation waits for its home and does not drift.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from sim.accounting import Ledger
from sim.levers import LeverBoard
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.inner import inner
from sim.mechanisms.stretches import flagged_rows, longest_stretch, longest_way, stretch_end
from sim.parameters import ParameterSet, parameter
from sim.places import KECHENG, N_COUNTIES
from sim.randomness import Purpose, uniform
from sim.sectors import ORDINARY
from sim.world import CORE, HOME, RESETTLED, TOWN, WAITING, Bools, Floats, Ids, Int8s, Int64s, World

_MINUTES_PER_HOUR = 60.0


@dataclass(frozen=True)
class DriftParameters(ParameterSet):
    """Parameters of drift to town."""

    hazard: float = parameter(
        0.0018,
        unit="1/month",
        low=0.0012,
        high=0.0026,
        source="feasibility section 8",
        meaning="hazard of a rural household at the reference distance to move to town",
    )
    remoteness: float = parameter(
        0.2,
        unit="1/hour",
        low=0.0,
        high=0.6,
        source="assumption",
        meaning="rise of the log hazard per hour of travel to the county seat",
    )
    reference_minutes: float = parameter(
        40.0,
        unit="minutes",
        low=20.0,
        high=60.0,
        source="assumption: near the mean travel time",
        meaning="travel time at which the hazard holds",
        prior="fixed",
    )
    wage_response: float = parameter(
        0.5,
        unit="elasticity",
        low=0.0,
        high=1.5,
        source="assumption",
        meaning="elasticity of the hazard to the county's wage relative to the mean of the six",
    )
    core_share: float = parameter(
        0.08,
        unit="ratio",
        low=0.0,
        high=0.25,
        source="assumption",
        meaning="part of the movers of other counties who settle in the core town in Kecheng",
    )


@njit(cache=True, nogil=True)
def drift_hazard(
    base: float, remoteness: float, minutes: float, reference: float, wage: float, response: float
) -> float:
    """Return the monthly hazard; `wage` is relative to the mean of the six, `remoteness` per hour."""
    return min(1.0, base * math.exp(remoteness * (minutes - reference) / _MINUTES_PER_HOUR) * wage**response)


@njit(cache=True, nogil=True)
def move_to_town(
    first: int,
    last: int,
    start: Int64s,
    stop: Int64s,
    urban: Int8s,
    county: Int8s,
    minutes: Floats,
    ids: Ids,
    residence: Int8s,
    relocation: Int8s,
    wage: Floats,
    base: float,
    remoteness: float,
    reference: float,
    response: float,
    core_share: float,
    moving: np.uint64,
    destination: np.uint64,
) -> None:
    """Let rural households of the hamlets [first, last) move to town; writes `residence`.

    Hamlet columns have shape (hamlets,), household columns (rows,); `wage` is by county and skill, shape (6, 2). A
    first pass flags the draws below the hazard of the remotest hamlet of a stretch, which begins with a rural one.
    """
    length = longest_stretch(first, last, start, stop)
    flags, due = np.empty(length, np.bool_), np.empty(length, np.int64)
    wages = relative_wages(wage)
    h = first
    while h < last:
        if urban[h] != 0:
            h += 1
            continue
        end = stretch_end(h, last, start, stop, county)
        a, b, c = start[h], stop[end - 1], county[h]
        highest = drift_hazard(base, remoteness, longest_way(h, end, minutes), reference, wages[c], response)
        flag_draws(moving, highest, ids[a:b], flags)
        for row in due[: flagged_rows(flags[: b - a], a, due)]:
            i = np.uint64(row)
            while row >= stop[h]:
                h += 1
            on_land = residence[i] == HOME or residence[i] == RESETTLED
            if urban[h] != 0 or ids[i] == 0 or not on_land or relocation[i] == WAITING:
                continue
            if uniform(moving, ids[i]) < drift_hazard(base, remoteness, minutes[h], reference, wages[c], response):
                far = c != KECHENG and uniform(destination, ids[i]) < core_share
                residence[i] = CORE if far else TOWN
        h = end


@inner
def relative_wages(wage: Floats) -> Floats:
    """Return ordinary wages relative to the mean of the six, shape (6,); `wage` is by county and skill, (6, 2)."""
    mean = 0.0
    for c in range(N_COUNTIES):
        mean += wage[c, ORDINARY] / N_COUNTIES
    relative = np.empty(N_COUNTIES)
    for c in range(N_COUNTIES):
        relative[c] = wage[c, ORDINARY] / mean
    return relative


@inner
def flag_draws(stream: np.uint64, chance: float, ids: Ids, flags: Bools) -> None:
    """Flag the agents, shape (n,), whose draw lies below `chance`."""
    for j in range(ids.size):
        flags[j] = uniform(stream, ids[j]) < chance


def step(world: World, parameters: DriftParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Move some rural households to town."""
    hamlets, households = world.hamlets, world.households
    world.over_hamlets(
        move_to_town,
        hamlets.start,
        hamlets.stop,
        hamlets.urban,
        hamlets.county,
        hamlets.minutes,
        households.id,
        households.residence,
        households.relocation,
        world.counties.wage,
        parameters.hazard,
        parameters.remoteness,
        parameters.reference_minutes,
        parameters.wage_response,
        parameters.core_share,
        world.stream(Purpose.DRIFT),
        world.stream(Purpose.DRIFT_DESTINATION),
    )


MECHANISM = Mechanism(
    name="drift",
    phase=Phase.LAND_AND_HOMES,
    meaning="rural households move to town without any programme",
    parameters=DriftParameters,
    levers=(),
    step=step,
)
