"""Relocation: hill hamlets are consulted, households accept, whole hamlets and single households move to
finished homes.

While consultations run in a county, its eligible hamlets are consulted in the order of recorded hazard,
travel time (in ten-minute bands) and draw, as many a month as the lever says. A household at home accepts
when its lasting taste u lies below

    logistic(m + sd attachment_h + work (a - a_0) - age (o - o_0) + wage log(w / w_mean)
             + subsidy (s - s_0) / 10,000 - land (f - f_0)),

where a is the share of its residents of working age and o that of the old, w the county wage against the
mean of the six, s the subsidy per person, f its forest land; the constants with 0 are reference values, so
that m is the logit at which the mean over hamlets equals the mean acceptance. When the consenting share
reaches threshold x consent factor the hamlet leaves as a whole, with all its households; else each accepter
moves singly with a constant chance (the others decline).

A household that is to move needs some months of preparation (a hamlet that leaves as a whole prepares
together), then a home. Homes come on stream and stay in stock; ready households are served by waiting time,
then draw, while homes and the programmes' money last; nobody is served beyond either, nor where no programme runs:
when it has ended, or cannot pay for its month, who waits waits on. A mover settles in
town or in a rural resettlement point; it keeps its forest land. The subsidy is a lump sum per registered
person: public cost, and wealth of the household, never part of its monthly disposable income.
"""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter

import numpy as np

from sim.accounting import Ledger
from sim.levers import (
    RELOCATION_CONSENT,
    RELOCATION_CONSULTATIONS,
    RELOCATION_HOMES,
    RELOCATION_SUBSIDY,
    LeverBoard,
)
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.relocation_consultations import consult
from sim.mechanisms.relocation_moves import move_in, wait_and_prepare
from sim.mechanisms.relocation_parameters import RelocationParameters
from sim.randomness import Purpose
from sim.world import Floats, World

LEVERS = (RELOCATION_HOMES, RELOCATION_SUBSIDY, RELOCATION_CONSULTATIONS, RELOCATION_CONSENT)
"""What a programme of relocation writes; one that writes any of them runs."""

_QUADRATURE_POINTS = 40
_OF_AGE = ("young_men", "young_women", "mid_men", "mid_women")
_OTHERS = ("infants", "children", "late", "old")
_AWAY = ("away_children", "away_young", "away_mid")
_of_age, _others = attrgetter(*_OF_AGE), attrgetter(*_OTHERS)
_registered = attrgetter(*_OF_AGE, *_OTHERS, *_AWAY)


@lru_cache(maxsize=64)
def mean_logit(acceptance: float, spread: float) -> float:
    """Return the m at which the mean of logistic(m + spread z), z standard normal, is `acceptance`."""
    points, weights = np.polynomial.hermite_e.hermegauss(_QUADRATURE_POINTS)
    weights = weights / weights.sum()
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2.0
        mean = float(weights @ (1.0 / (1.0 + np.exp(-(middle + spread * points)))))
        low, high = (middle, high) if mean < acceptance else (low, middle)
    return (low + high) / 2.0


def step(world: World, parameters: RelocationParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Build homes, consult hamlets, move those who are ready, count."""
    counties, hamlets = world.counties, world.hamlets
    homes, subsidy = levers.effective(RELOCATION_HOMES), levers.effective(RELOCATION_SUBSIDY)
    counties.homes += homes
    counties.homes_built += homes
    _consult(world, parameters, levers, subsidy)
    if not hamlets.relocation.any():
        counties.relocation_queue[:] = 0.0
        return
    _move(world, parameters, levers, ledger, subsidy)


def _consult(world: World, parameters: RelocationParameters, levers: LeverBoard, subsidy: Floats) -> None:
    hamlets, households = world.hamlets, world.households
    consult(
        levers.effective(RELOCATION_CONSULTATIONS),
        world.counties.wage,
        subsidy,
        levers.effective(RELOCATION_CONSENT),
        _rule(parameters),
        world.lasting_stream(Purpose.RELOCATION_CONSULTATION),
        world.counties.consult_credit,
        np.empty(len(hamlets), np.int64),
        hamlets.id,
        hamlets.county,
        hamlets.eligible,
        hamlets.hazard,
        hamlets.minutes,
        hamlets.weight,
        hamlets.attachment,
        hamlets.start,
        hamlets.stop,
        hamlets.relocation,
        households.id,
        _of_age(households),
        _others(households),
        households.old,
        households.forest,
        households.residence,
        households.relocation,
        households.relocation_wait,
        households.aware,
        world.lasting_stream(Purpose.RELOCATION_ACCEPTANCE),
        world.lasting_stream(Purpose.RELOCATION_SINGLE),
    )


def _rule(parameters: RelocationParameters) -> Floats:
    """Return the numbers of a consultation in the order of their positions."""
    return np.array(
        [
            parameters.work_weight,
            parameters.age_weight,
            parameters.land_weight,
            parameters.reference_working,
            parameters.reference_old,
            parameters.reference_land,
            mean_logit(parameters.acceptance, parameters.hamlet_spread),
            parameters.hamlet_spread,
            parameters.wage_weight,
            parameters.subsidy_weight,
            parameters.reference_subsidy,
            parameters.consent_threshold,
            parameters.single_share,
        ]
    )


def _move(world: World, parameters: RelocationParameters, levers: LeverBoard, ledger: Ledger, subsidy: Floats) -> None:
    """Age applications, move ready households while homes and money last, by waiting time, then draw, and count."""
    hamlets, households, counties = world.hamlets, world.households, world.counties
    ready, keys = wait_and_prepare(
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.relocation,
        hamlets.id,
        households.id,
        households.residence,
        households.relocation,
        households.relocation_wait,
        levers.written(*LEVERS),
        world.lasting_stream(Purpose.RELOCATION_PREPARATION),
        parameters.preparation_hazard,
        world.stream(Purpose.RELOCATION_MOVE),
    )
    paid = move_in(
        ready[np.lexsort((keys[1], keys[0]))],
        _registered(households),
        world.stream(Purpose.RELOCATION_DESTINATION),
        parameters.town_share,
        subsidy,
        levers.funds(RELOCATION_SUBSIDY),
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.weight,
        hamlets.relocation,
        households.id,
        households.hamlet,
        households.residence,
        households.relocation,
        households.wealth,
        counties.homes,
        counties.relocated_persons,
        counties.relocated_hamlets,
        counties.relocation_queue,
    )
    if paid.any():
        ledger.spend(levers, RELOCATION_SUBSIDY, paid)


MECHANISM = Mechanism(
    name="relocation",
    phase=Phase.LAND_AND_HOMES,
    meaning="eligible hamlets are consulted; whole hamlets and single households move to finished homes",
    parameters=RelocationParameters,
    levers=LEVERS,
    step=step,
)
