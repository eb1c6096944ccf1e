"""Information: households learn of the forest programme from contacts and from neighbours.

Where contacts take place (contacts c > 0 per household and month), a household of a rural hamlet that does
not know the programme becomes aware in a month with chance

    1 - exp(-effect c) (1 - word_of_mouth x aware share of the hamlet).

Without contacts nobody learns: no programme, no news of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.accounting import Ledger
from sim.levers import FOREST_PUBLICITY, LeverBoard
from sim.mechanisms.base import Mechanism, Phase
from sim.parameters import ParameterSet, parameter
from sim.randomness import Purpose, uniform
from sim.world import AWARE_FOREST, World

type Floats = NDArray[np.float64]

_KNOWS, _NO_NEWS = np.uint8(AWARE_FOREST), np.uint8(0)


@dataclass(frozen=True)
class InformationParameters(ParameterSet):
    """Parameters of awareness."""

    effect: float = parameter(
        0.5,
        unit="1/contact",
        low=0.1,
        high=1.5,
        source="assumption",
        meaning="rate at which one contact makes a household aware",
    )
    word_of_mouth: float = parameter(
        0.3,
        unit="ratio",
        low=0.0,
        high=0.8,
        source="assumption",
        meaning="chance to learn from neighbours in a month when all of them know",
    )


@njit(cache=True, nogil=True)
def awareness_chance(contacts: float, aware_share: float, effect: float, word_of_mouth: float) -> float:
    """Return the chance of an unaware household to become aware in a month, ratio.

    Args:
        contacts: contacts a household and month; without any the chance is 0.
        aware_share: part of the hamlet's households that know, ratio.
        effect: rate a contact, 1/contact.
        word_of_mouth: chance to learn from neighbours who all know, ratio a month.
    """
    if contacts <= 0.0:
        return 0.0
    return 1.0 - math.exp(-effect * contacts) * (1.0 - word_of_mouth * aware_share)


@njit(cache=True, nogil=True)
def learn(
    first: int,
    last: int,
    start: NDArray[np.int64],
    stop: NDArray[np.int64],
    urban: NDArray[np.int8],
    county: NDArray[np.int8],
    aware_share: Floats,
    ids: NDArray[np.uint64],
    aware: NDArray[np.uint8],
    contacts: Floats,
    effect: float,
    word_of_mouth: float,
    state: np.uint64,
) -> None:
    """Let households of rural hamlets [first, last) learn; write their bit and the hamlets' aware share.

    Everybody draws, who knows already in vain: without a branch both loops become vector code.

    Args:
        first, last: the hamlets.
        start, stop, urban, county: household rows, kind and county by hamlet, shape (hamlets,).
        aware_share: last month's aware share of households, written for this month, ratio, shape (hamlets,).
        ids, aware: identity (0 if vacant) and awareness bits, written, by household row, shape (rows,).
        contacts: contacts a household and month by county, shape (6,).
        effect, word_of_mouth: as in `awareness_chance`.
        state: state of the month's random stream.
    """
    for h in range(first, last):
        if urban[h] or contacts[county[h]] <= 0.0:
            continue
        chance = awareness_chance(contacts[county[h]], aware_share[h], effect, word_of_mouth)
        first_row, last_row = np.uintp(start[h]), np.uintp(stop[h])
        for i in range(first_row, last_row):
            learns = (ids[i] != 0) & (uniform(state, ids[i]) < chance)
            aware[i] |= _KNOWS if learns else _NO_NEWS
        known, total = 0, 0
        for i in range(first_row, last_row):
            lives_here = ids[i] != 0
            known += lives_here & (aware[i] & AWARE_FOREST)
            total += lives_here
        aware_share[h] = known / total if total > 0 else 0.0


def step(world: World, parameters: InformationParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Let households learn of the forest programme where contacts take place.

    Writes `aware` of households and `aware_share` of hamlets, as far as FOREST_PUBLICITY (contacts a household
    and month, shape (6,)) is not 0; draws Purpose.AWARENESS.
    """
    contacts = levers.effective(FOREST_PUBLICITY)
    if not any(contacts.tolist()):
        return
    hamlets, households = world.hamlets, world.households
    world.over_hamlets(
        learn,
        hamlets.start,
        hamlets.stop,
        hamlets.urban,
        hamlets.county,
        hamlets.aware_share,
        households.id,
        households.aware,
        contacts,
        parameters.effect,
        parameters.word_of_mouth,
        world.stream(Purpose.AWARENESS),
    )


MECHANISM = Mechanism(
    name="information",
    phase=Phase.INFORMATION,
    meaning="households learn of the forest programme from contacts and from neighbours",
    parameters=InformationParameters,
    levers=(FOREST_PUBLICITY,),
    step=step,
)
