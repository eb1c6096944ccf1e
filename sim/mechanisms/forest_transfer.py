"""Forest-land transfer: households let land singly, in village blocks or to the storage platform, and leases
end.

Each month a household reviews its retained land with hazard `review_hazard`; it wants to let with chance P
of `forest_rules` and finds an operator with chance

    m = 1 - exp(-(demand - let) / let / match_scale)        (0 without excess demand in the county).

The lease runs an even 5 to 30 years at the rent of the day; a small part is paid up front (a capital
receipt that goes to wealth, not to income). A lease that ends is renewed with chance logistic(V / scale +
peer term + inertia), else the land returns. Blocks are the matter of `forest_pooling`.

Who wants to let but finds no operator may let to the state-led storage platform when he would also let at its
price; the platform's rents are public cost, and its budget binds. Running leases are paid first. Where the money
does not suffice, or the programme has ended, each owner gets the same part of the agreed rent
(`counties.stored_part`, which household accounts read), so that households receive what the public books; a
lease not paid in full ends with the month, and the land returns to its owner.

Certification raises the certified share of a county's hamlets pro rata: each month the capacity in mu, no
more.

The starting state is drawn from the rule itself, so that the land let in January 2023 is the land whose
owners gain most from letting. With constant hazards a = review P m and d = expiry (1 - renewal) a household
is let after T months with chance

    a / (a + d) (1 - exp(-(a + d) T)).

T is solved so that the share after T months, the end of 2023, is the published one; the state
drawn is that after T - 12 months, the turn of the year. So the drift of 2023 without a reform comes from
the rule, not from a number.
"""

from __future__ import annotations

from operator import attrgetter

import numpy as np
from numba import njit

from sim.accounting import Ledger
from sim.levers import (
    FOREST_BLOCK_CAPACITY,
    FOREST_CERTIFICATION,
    FOREST_COLLECTIVE_SHARE,
    FOREST_DIVIDEND,
    FOREST_STORAGE_BUDGET,
    FOREST_STORAGE_PRICE,
    FOREST_TRANSACTION_COST,
    LeverBoard,
)
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.forest_leases import N_SUMS, STORED_RENT, step_leases
from sim.mechanisms.forest_pooling import pool
from sim.mechanisms.forest_queues import serve_storage
from sim.mechanisms.forest_record import record_land
from sim.mechanisms.forest_rules import ForestParameters, county_terms
from sim.mechanisms.forest_start import start
from sim.mechanisms.members import MEMBERS
from sim.places import N_COUNTIES
from sim.randomness import Purpose, uniforms
from sim.world import Bools, Floats, Int8s, World

_payees_of = attrgetter(*MEMBERS, "away_young", "away_mid")


def step(world: World, parameters: ForestParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Move forest leases by one month and record land let, flows and shares."""
    terms, rule = county_terms(world, parameters, levers), _rule(parameters)
    sums = np.zeros((len(world.hamlets), N_SUMS))
    wants_storage = np.zeros(len(world.households), dtype=np.bool_)
    _step_leases(world, terms, rule, sums, wants_storage)
    _certify(world, levers, sums)
    _store(world, parameters, levers, ledger, wants_storage, sums)
    pool(world, parameters, levers, terms, rule, sums)
    record_land(world, sums)


@njit(cache=True, nogil=True, error_model="numpy")
def certify(capacity: Floats, sums: Floats, weight: Floats, county: Int8s, urban: Int8s, certified: Floats) -> None:
    """Certify land up to the month's capacity (mu by county, (6,)), pro rata to the uncertified land of its hamlets.

    `sums` (hamlets, N_SUMS) holds land by hamlet, `certified` (hamlets,) the share that is certified, moved.
    """
    open_land = np.zeros(N_COUNTIES)
    for h in range(county.size):
        open_land[county[h]] += weight[h] * sums[h, 0] * (1.0 - certified[h])
    for h in range(county.size):
        can, land = capacity[county[h]], open_land[county[h]]
        if urban[h] == 0 and can > 0.0:
            certified[h] += (1.0 - certified[h]) * (can / land if land > can else 1.0)


def _certify(world: World, levers: LeverBoard, sums: Floats) -> None:
    capacity, hamlets = levers.effective(FOREST_CERTIFICATION), world.hamlets
    if capacity.any():
        certify(capacity, sums, hamlets.weight, hamlets.county, hamlets.urban, hamlets.certified)


def _rule(parameters: ForestParameters) -> Floats:
    """Return the numbers of `step_leases` in the order it expects."""
    return np.array(
        [
            parameters.scale,
            parameters.peer,
            parameters.peer_reference,
            parameters.absent_loss,
            parameters.review_hazard,
            parameters.tenure_risk,
            parameters.renewal_inertia,
            parameters.shortest_lease,
            parameters.longest_lease,
            parameters.lump_share,
        ]
    )


def _step_leases(world: World, terms: Floats, rule: Floats, sums: Floats, wants_storage: Bools) -> None:
    hamlets, households = world.hamlets, world.households
    world.over_hamlets(
        step_leases,
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.certified,
        hamlets.transfer_share,
        hamlets.block_share,
        households.id,
        households.hamlet,
        households.forest,
        households.forest_let,
        households.forest_yield,
        households.farm,
        households.residence,
        households.let_how,
        households.lease_left,
        households.lease_rent,
        households.wealth,
        _payees_of(households),
        wants_storage,
        sums,
        terms,
        rule,
        world.stream(Purpose.FOREST_REVIEW),
        world.stream(Purpose.FOREST_MATCH),
        world.stream(Purpose.FOREST_RENEWAL),
        world.stream(Purpose.LEASE_TERMS),
    )


def _store(
    world: World,
    parameters: ForestParameters,
    levers: LeverBoard,
    ledger: Ledger,
    wants_storage: Bools,
    sums: Floats,
) -> None:
    """Let the storage platform rent what its budget covers, book its rents of the month, and end what it cannot pay."""
    hamlets, households, counties = world.hamlets, world.households, world.counties
    rows, budget = np.flatnonzero(wants_storage), levers.effective(FOREST_STORAGE_BUDGET)
    if rows.size == 0 and not sums[:, STORED_RENT].any():
        counties.stored_part[:] = 1.0
        return
    cost = serve_storage(
        rows[np.argsort(uniforms(world.stream(Purpose.FOREST_STORAGE), households.id[rows]), kind="stable")],
        levers.effective(FOREST_STORAGE_PRICE),
        budget,
        max(levers.funds(FOREST_STORAGE_BUDGET), 0.0),
        round(12 * parameters.shortest_lease),
        hamlets.start,
        hamlets.stop,
        hamlets.weight,
        hamlets.county,
        households.hamlet,
        households.forest,
        households.let_how,
        households.forest_let,
        households.lease_rent,
        households.lease_left,
        sums,
        counties.stored_part,
    )
    ledger.spend(levers, FOREST_STORAGE_BUDGET, cost)


MECHANISM = Mechanism(
    name="forest_transfer",
    phase=Phase.LAND_AND_HOMES,
    meaning="households let forest land singly, in blocks or to the storage platform; leases end and renew",
    parameters=ForestParameters,
    levers=(
        FOREST_CERTIFICATION,
        FOREST_TRANSACTION_COST,
        FOREST_BLOCK_CAPACITY,
        FOREST_DIVIDEND,
        FOREST_COLLECTIVE_SHARE,
        FOREST_STORAGE_BUDGET,
        FOREST_STORAGE_PRICE,
    ),
    step=step,
    start=start,
)
