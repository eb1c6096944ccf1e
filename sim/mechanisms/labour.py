"""Labour market by county and skill: separations, vacancies, search, matching, wages.

With L the workers of firms, D the workers they want, S effective seekers, V vacancies, in one month:

    vacancies    V = ((separation + gone) * L + hiring_speed * max(D - L, 0)) / filling_0
    seekers      S = sum of intensity * (idle + farm_search * farm), the educated first in the skilled market
    intensity    = 1/(1 + remoteness_search * hours to town) * (1 - care_search * min(1, infants + old/4))
    matches      M = min(V, S, efficiency * S^e * V^(1-e)),      finding = M/S,   filling = M/V
    firms        L' = L * (1 - gone - separation) + V * filling - firing_speed * max(L - D, 0)
    wages        d log w = wage_trend/12 + wage_response/12 * log(tightness / tightness_0)

Firms post what they must post to hire what they want at the normal chance `filling_0` of filling a vacancy,
which is the one at which hires replace separations and `normal_turnover` (workers who retire or move away) in
January 2023: so a market that starts in balance stays there. Households count workers, firms count posts; the
ratio of the two at the start, `base.labour_ratio`, converts persons and never changes. Workers whom households
take away (retirement, migration, removal to Kecheng), `gone`, leave the firms of the county in the next month,
so the two counts stay together. Members of collective households keep their number of jobs.

A rural worker who loses a job goes back to the farm with the chance `base.farm_return`, set at the start so
that off-farm work gains `participation_drift` a year on balance; from then on the balance moves with the
market. A rural job seeker without success goes back to the family's land with hazard `farm_refuge`. Farm workers
of households that live in town give up the farm with hazard `town_farm_exit`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.accounting import Ledger
from sim.calendar import MONTHS_PER_YEAR
from sim.levers import LeverBoard
from sim.mechanisms import labour_kernels as kernels
from sim.mechanisms import labour_market as market
from sim.mechanisms.base import Mechanism, Phase
from sim.mechanisms.hamlet_sums import N_SIDES, by_county
from sim.mechanisms.labour_firms import columns_of, count_posts
from sim.mechanisms.labour_moves import change_jobs
from sim.mechanisms.labour_parameters import LabourParameters
from sim.mechanisms.members import people_of
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.sectors import N_JOB_CELLS, N_SKILLS
from sim.world import Floats, World

__all__ = ["MECHANISM", "LabourParameters", "start", "step"]

MOST = 1.0
NORMAL_FINDING = (0.02, 0.60)
"""Bounds of the monthly job finding chance that counts as normal, ratio; assumption."""
HIGHEST_FARM_RETURN = 0.95
"""Upper bound of the part of rural workers who lose their job and go back to the farm, ratio; assumption: some always
look for another."""


def normal_filling(finding: Floats, efficiency: float, elasticity: float) -> Floats:
    """Return the chance to fill a vacancy in a market in which seekers find work with the chance
    `finding`, of any shape."""
    chance = (efficiency * finding**-elasticity) ** (1.0 / (1.0 - elasticity))
    return np.clip(chance, market.LEAST, MOST)


def search_weights(p: LabourParameters) -> Floats:
    """Return the weights of the kernels in the order they expect, shape (7,)."""
    return np.array(
        [
            p.farm_search,
            p.upgrade_search,
            p.trade_down,
            p.care_search,
            p.town_farm_exit,
            p.farm_refuge,
            p.remoteness_search,
        ]
    )


def market_speeds(p: LabourParameters) -> Floats:
    """Return the speeds of the market, in the parameters' units, in the order its functions expect, shape (7,)."""
    return np.array(
        [
            p.separation,
            p.hiring_speed,
            p.firing_speed,
            p.matching_efficiency,
            p.matching_elasticity,
            p.wage_trend,
            p.wage_response,
        ]
    )


@dataclass(frozen=True)
class Posts:
    """Firms by county, sector and size in posts: workers, wanted beyond them, surplus; each of shape (6, 10,
    2)."""

    labour: Floats
    wanted: Floats
    surplus: Floats

    @classmethod
    def of(cls, world: World) -> Posts:
        """Count the posts of all firms."""
        return cls(*count_posts(columns_of(world.enterprises)))


def by_skill(cells: Floats) -> Floats:
    """Return posts by county and skill from cells, shape (6, 10, 2) to (6, 2)."""
    return np.asarray(cells.sum(axis=2) @ market.SKILL_SHARES.T)


def head_counts(world: World, weights: Floats) -> Floats:
    """Return seekers and employed of family households by hamlet and side, shape (hamlets, 2, N_COUNTS)."""
    households, hamlets = world.households, world.hamlets
    counts = np.empty((len(hamlets), N_SIDES, kernels.N_COUNTS))
    world.over_hamlets(
        kernels.count_heads,
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.minutes,
        weights,
        households.residence,
        people_of(households),
        counts,
    )
    return counts


def rural_counts(world: World, weights: Floats) -> Floats:
    """Return effective seekers on farms and employed of rural hamlets by county, shape (6, 2)."""
    households, hamlets = world.households, world.hamlets
    counts = np.empty((len(hamlets), N_SIDES, 2))
    world.over_hamlets(
        kernels.count_rural,
        hamlets.start,
        hamlets.stop,
        hamlets.urban,
        hamlets.minutes,
        weights,
        households.residence,
        people_of(households),
        counts,
    )
    return np.asarray(by_county(counts, hamlets.weight, hamlets.county))


def employed_in_families(counts: Floats) -> Floats:
    """Return workers of family households by skill from head-counts by county, shape (6, N_COUNTS) to (6, 2)."""
    return counts[:, kernels.EMPLOYED : kernels.EMPLOYED + N_SKILLS]


def start(world: World, p: LabourParameters) -> None:
    """Set the normal market, in which hires replace separations, and the county columns of the starting
    state."""
    counties, base = world.counties, world.base
    heads = head_counts(world, search_weights(p))
    counts = by_county(heads, world.hamlets.weight, world.hamlets.county)
    counties.employment[:] = employed_in_families(counts) + counties.collective_workers
    posts = by_skill(Posts.of(world).labour)
    base.labour_ratio[:] = np.where(
        counties.employment > 0.0, posts / np.maximum(counties.employment, market.LEAST), 1.0
    )
    counties.seekers[:] = _all_seekers(world, counts)
    losses = (p.separation + p.normal_turnover) * counties.employment
    finding = np.clip(losses / np.maximum(counties.seekers, market.LEAST), *NORMAL_FINDING)
    base.filling[:] = normal_filling(finding, p.matching_efficiency, p.matching_elasticity)
    counties.vacancies[:] = losses / base.filling
    base.tightness[:] = counties.vacancies / np.maximum(counties.seekers, market.LEAST)
    counties.finding[:], counties.filling[:] = finding, base.filling
    _balance_farms(world, p, finding)


def _balance_farms(world: World, p: LabourParameters, finding: Floats) -> None:
    """Set how many rural workers return to the farm, so that the net flow out of farming is the drift."""
    counts = rural_counts(world, search_weights(p))
    leaving = counts[:, kernels.FARM_SEEKERS] * finding[:, 0]
    employed = counts[:, kernels.RURAL_EMPLOYED]
    net = p.participation_drift / MONTHS_PER_YEAR * employed
    losing = np.maximum(p.separation * employed, market.LEAST)
    world.base.farm_return[:] = np.clip((leaving - net) / losing, 0.0, HIGHEST_FARM_RETURN)


def _all_seekers(world: World, counts: Floats) -> Floats:
    """Return effective seekers by county and skill; collective households seek in proportion to their
    workers."""
    in_families = employed_in_families(counts)
    everybody = in_families + world.counties.collective_workers
    share = np.divide(everybody, in_families, out=np.ones_like(everybody), where=in_families > 0.0)
    return counts[:, kernels.SEEKERS : kernels.SEEKERS + N_SKILLS] * share


def step(world: World, p: LabourParameters, levers: LeverBoard, ledger: Ledger) -> None:
    """Run the market of a month: post, match, set wages, move workers of firms and households."""
    hamlets, counties, weights = world.hamlets, world.counties, search_weights(p)
    separation, cells = np.empty((N_COUNTIES, N_SKILLS)), np.empty((N_COUNTIES, N_JOB_CELLS))
    heads = head_counts(world, weights)
    market.run_market(
        market_speeds(p),
        market.SKILL_SHARES,
        columns_of(world.enterprises),
        market.market_of(counties),
        market.normal_of(world.base),
        heads,
        hamlets.weight,
        hamlets.county,
        separation,
        cells,
    )
    _move_households(world, weights, separation, cells, heads)
    market.count_employed(heads, hamlets.weight, hamlets.county, counties.collective_workers, counties.employment)


def _move_households(world: World, weights: Floats, separation: Floats, cells: Floats, heads: Floats) -> None:
    households, hamlets = world.households, world.hamlets
    world.over_hamlets(
        change_jobs,
        world.stream(Purpose.SEPARATION),
        world.stream(Purpose.JOB_FINDING),
        world.stream(Purpose.FARM_EXIT),
        world.stream(Purpose.JOB_CELL),
        hamlets.start,
        hamlets.stop,
        hamlets.county,
        hamlets.urban,
        hamlets.minutes,
        weights,
        separation,
        world.counties.finding,
        world.base.farm_return,
        cells,
        households.id,
        households.residence,
        people_of(households),
        households.own_business,
        households.job_cell,
        heads,
    )


MECHANISM = Mechanism(
    name="labour",
    phase=Phase.LABOUR,
    meaning="Matches job seekers with vacancies by county and skill, and moves wages with tightness.",
    parameters=LabourParameters,
    levers=(),
    step=step,
    start=start,
)
