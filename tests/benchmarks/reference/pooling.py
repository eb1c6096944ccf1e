"""Village blocks; twin of `sim.mechanisms.forest_pooling`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.levers import FOREST_BLOCK_CAPACITY, FOREST_COLLECTIVE_SHARE
from sim.mechanisms import forest_pooling as mechanism
from sim.mechanisms.forest_leases import POOLED_RENT
from sim.mechanisms.forest_rules import BLOCK_RENT, DIVIDEND, ForestParameters, lease_months
from sim.mechanisms.queueing import serve_within_capacity
from sim.randomness import Purpose
from sim.world import HOME, N_LEASE_CHANNELS, NOT_LET, POOLED
from tests.benchmarks.reference.draws import uniform


@dataclass
class Offer:
    """What households are offered for their plots in a block, by county."""

    p: ForestParameters
    terms: Any
    rents: Any
    kept: Any
    rule: Any
    taste: int
    lengths: int


def consents(household: Any, offer: Offer) -> bool:
    """Say whether the household would give its retained land to a block at this offer."""
    h = household
    if h.forest <= 0.0 or h.let_how != NOT_LET:
        return False
    county = h.hamlet.county
    return mechanism.consents.py_func(
        np.uint64(offer.taste),
        np.uint64(h.id),
        h.forest_yield,
        h.farm > 0,
        h.residence != HOME,
        offer.terms[county],
        offer.rents[county],
        h.hamlet.transfer_share,
        offer.rule,
    )


def survey(hamlet: Any, offer: Offer) -> tuple[float, float]:
    """Return consenting share and consenting mu of the households with retained land."""
    asked = [h for h in hamlet.households() if h.forest > 0.0 and h.let_how == NOT_LET]
    willing = [h for h in asked if h.consents(offer)]
    return (len(willing) / len(asked) if asked else 0.0), sum(h.forest for h in willing)


def form_block(hamlet: Any, offer: Offer) -> None:
    """Let the plots of those who consent as one block."""
    p = offer.p
    for h in [h for h in hamlet.households() if h.consents(offer)]:
        h.let_how, h.forest_let = POOLED, h.forest
        h.lease_left = lease_months.py_func(
            np.uint64(offer.lengths), np.uint64(h.id), p.shortest_lease, p.longest_lease
        )
        h.lease_rent = float(offer.terms[hamlet.county][BLOCK_RENT])
        hamlet.land[POOLED_RENT] += h.forest * h.lease_rent
        hamlet.land[POOLED] += h.forest
        hamlet.land[N_LEASE_CHANNELS + POOLED] += h.forest
    hamlet.pooled, hamlet.block_wait, hamlet.block_share = 1, 0, float(offer.kept[hamlet.county])


def pool(model: Any, p: ForestParameters, terms: Any) -> None:
    """Propose, queue and form blocks."""
    levers, counties = model.levers, model.office.counties
    capacity = levers.effective(FOREST_BLOCK_CAPACITY)
    counties.block_queue[:] = 0.0
    counties.block_credit[capacity <= 0.0] = 0.0
    kept = np.minimum(levers.effective(FOREST_COLLECTIVE_SHARE), 1.0)
    offer = Offer(
        p,
        terms,
        terms[:, BLOCK_RENT] * (1.0 - kept) + terms[:, DIVIDEND],
        kept,
        np.array([p.scale, p.peer, p.peer_reference, p.absent_loss]),
        model.lasting_stream(Purpose.FOREST_POOL_TASTE),
        model.stream(Purpose.LEASE_TERMS),
    )
    sizes: dict[Any, float] = {}
    waiting = [h for h in model.hamlets if h.block_wait > 0 and capacity[h.county] > 0.0]
    for hamlet in _proposed(model, p, capacity) + waiting:
        share, area = hamlet.survey(offer)
        if hamlet.block_wait == 0 and share >= p.pool_threshold:
            hamlet.block_wait = 1
        if hamlet.block_wait > 0 and area > 0.0:
            sizes[hamlet] = area * hamlet.weight
        else:
            hamlet.block_wait = 0
    _serve(model, offer, sizes, capacity)


def _proposed(model: Any, p: ForestParameters, capacity: Any) -> list[Any]:
    """Return the hamlets that are asked for a block this month."""
    state = model.stream(Purpose.FOREST_POOL_PROPOSAL)

    def is_asked(hamlet: Any) -> bool:
        if hamlet.urban or hamlet.pooled or hamlet.block_wait or capacity[hamlet.county] <= 0.0:
            return False
        informed = p.uninformed_proposals + (1.0 - p.uninformed_proposals) * hamlet.aware_share
        return uniform(state, hamlet.id) < p.proposal_hazard * informed

    return list(model.hamlets.select(is_asked))


def _serve(model: Any, offer: Offer, sizes: dict[Any, float], capacity: Any) -> None:
    """Serve each county's queue within capacity and demand; who has waited longest comes first.

    A block finds operators while at least half of its land is wanted; capacity left over is kept up to one hamlet.
    """
    counties, state = model.office.counties, model.stream(Purpose.FOREST_MATCH)
    order = sorted(sizes, key=lambda hamlet: (-hamlet.block_wait, uniform(state, hamlet.id)))
    room = counties.forest_demand - counties.forest_let[:, 1:].sum(axis=1)
    for county in np.flatnonzero(capacity > 0.0):
        queue = [hamlet for hamlet in order if hamlet.county == county]
        wanted, begun = [], 0.0
        for hamlet in queue:
            begun += sizes[hamlet]
            if begun - sizes[hamlet] / 2.0 < room[county]:
                wanted.append(hamlet)
        credit, wanted_land = float(counties.block_credit[county]), np.array([sizes[hamlet] for hamlet in wanted])
        served, _ = serve_within_capacity(wanted_land, credit, float(capacity[county]))
        formed = [hamlet for hamlet, is_served in zip(wanted, served, strict=True) if is_served]
        for hamlet in queue:
            hamlet.block_wait += 1
        for hamlet in formed:
            hamlet.form_block(offer)
        land = sum(sizes[hamlet] for hamlet in formed)
        counties.block_queue[county] = begun - land
        counties.block_credit[county] = min(credit + float(capacity[county]) - land, _land_of_a_hamlet(model, county))


def _land_of_a_hamlet(model: Any, county: int) -> float:
    """Return the weighted transferable land of a mean rural hamlet of a county, mu."""
    rural = sum(hamlet.county == county and hamlet.urban == 0 for hamlet in model.hamlets)
    return float(model.office.counties.forest_total[county]) / max(rural, 1)
