"""Labour market; twin of `sim.mechanisms.labour`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.mechanisms import labour_kernels as kernel
from sim.mechanisms import labour_market as rules
from sim.mechanisms.labour import Posts, by_skill
from sim.mechanisms.labour_parameters import LabourParameters
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.sectors import (
    N_SECTORS,
    N_SIZES,
    N_SKILLS,
    NO_JOB,
    ORDINARY,
    TERTIARY,
    TERTIARY_SHARE_OF_SECTOR,
)
from tests.benchmarks.reference.draws import uniform, uniform_of

SKILL_SHARES = np.stack([1.0 - np.array(TERTIARY_SHARE_OF_SECTOR), np.array(TERTIARY_SHARE_OF_SECTOR)])
"""Part of each sector's posts by skill, shape (2, 10)."""

search_intensity = kernel.search_intensity.py_func
skilled_idle = kernel.skilled_idle.py_func
underplaced = kernel.underplaced.py_func
lost_job = kernel.lost_job.py_func
found_job = kernel.found_job.py_func
drawn_cell = kernel.drawn_cell.py_func
matches = rules.matches.py_func
wage_growth = rules.wage_growth.py_func


def step(model: Any, p: LabourParameters) -> None:
    """Post, match, move workers of firms and households, set wages."""
    office = model.office
    counties, base = office.counties, office.base
    posts, heads = _posts(model), _heads(model, p)
    in_families = heads[:, kernel.EMPLOYED : kernel.EMPLOYED + N_SKILLS]
    everybody = in_families + counties.collective_workers
    gone = _taken_away(by_skill(posts.labour), everybody * base.labour_ratio) @ SKILL_SHARES
    wanted = np.maximum(p.separation + gone[:, :, None], 0.0) * posts.labour + p.hiring_speed * posts.wanted
    counties.vacancies[:] = by_skill(wanted) / (base.filling * np.maximum(base.labour_ratio, rules.LEAST))
    counties.seekers[:] = heads[:, kernel.SEEKERS : kernel.SEEKERS + N_SKILLS]
    counties.seekers *= _ratio(everybody, in_families, 1.0)
    new = matches(counties.vacancies, counties.seekers, p.matching_efficiency, p.matching_elasticity)
    counties.finding[:] = _ratio(new, counties.seekers)
    counties.filling[:] = _ratio(new, counties.vacancies)
    hired = (counties.filling / base.filling) @ SKILL_SHARES
    model.enterprises.do("adjust_labour", p, gone.tolist(), hired.tolist())
    dismissed = _ratio(p.firing_speed * by_skill(posts.surplus), by_skill(posts.labour))
    market = Market.of(model, p, p.separation + dismissed, wanted)
    model.households.do("change_jobs", market)
    counties.employment[:] = np.array(market.employed) + counties.collective_workers
    tightness = _ratio(counties.vacancies, counties.seekers)
    counties.wage[:] *= np.exp(wage_growth(tightness, base.tightness, p.wage_trend, p.wage_response))


def _ratio(part: Any, whole: Any, otherwise: float = 0.0) -> Any:
    return np.divide(part, whole, out=np.full_like(part, otherwise), where=whole > 0.0)


def _taken_away(counted: Any, present: Any) -> Any:
    """Return the part of firms' workers whom households took away by county and skill."""
    part = np.clip(_ratio(counted - present, counted), -rules.TAKEN_BOUND, rules.TAKEN_BOUND)
    return np.where(present > 0.0, part, 0.0)


def _cumulative_cells(wanted: Any) -> Any:
    """Return cumulative shares of vacancies over job cells by county."""
    cells = wanted.reshape(N_COUNTIES, N_SECTORS * N_SIZES) + rules.LEAST
    return np.cumsum(cells, axis=1) / cells.sum(axis=1, keepdims=True)


def _posts(model: Any) -> Posts:
    counts = np.zeros((3, N_COUNTIES, N_SECTORS, N_SIZES)).tolist()
    model.enterprises.do("count_posts", counts)
    return Posts(*np.array(counts))


def _heads(model: Any, p: LabourParameters) -> Any:
    counts = np.zeros((N_COUNTIES, kernel.N_COUNTS)).tolist()
    model.households.do("count_heads", p, counts)
    return np.array(counts)


def count_posts(firm: Any, counts: list[Any]) -> None:
    """Count the firm's workers, those it wants beyond them, and those it has too many."""
    workers, wanted, surplus = (table[firm.county][firm.sector] for table in counts)
    gap = firm.desired_labour - firm.labour
    workers[firm.size] += firm.weight * firm.labour
    wanted[firm.size] += firm.weight * max(gap, 0.0)
    surplus[firm.size] += firm.weight * max(-gap, 0.0)


def adjust_labour(firm: Any, p: LabourParameters, gone: list[Any], hired: list[Any]) -> None:
    """Lose workers and take on those of the wanted who came."""
    away = gone[firm.county][firm.sector]
    gap = firm.desired_labour - firm.labour
    wanted = max(p.separation + away, 0.0) * firm.labour + p.hiring_speed * max(gap, 0.0)
    left = firm.labour * (1.0 - away - p.separation) - p.firing_speed * max(-gap, 0.0)
    firm.labour = max(left, 0.0) + wanted * hired[firm.county][firm.sector]


def _intensity(household: Any, p: LabourParameters) -> float:
    remote = 1.0 / (1.0 + p.remoteness_search * household.hamlet.minutes / 60.0)
    return search_intensity(remote, household.residence, household.infants, household.old, p.care_search)


def count_heads(household: Any, p: LabourParameters, counts: list[list[float]]) -> None:
    """Count the household's effective seekers and its employed by skill."""
    h = household
    if h.farm + h.local + h.local_skilled + h.idle == 0:
        return
    row, weight = counts[h.county()], h.hamlet.weight
    intensity = weight * _intensity(h, p)
    educated = skilled_idle(h.idle, h.tertiary, h.local_skilled)
    upgrading = underplaced(h.local, h.idle, h.tertiary, h.local_skilled)
    uneducated = p.farm_search * h.farm + h.idle - educated
    row[kernel.SEEKERS + ORDINARY] += intensity * (uneducated + p.trade_down * educated)
    row[kernel.SEEKERS + TERTIARY] += intensity * (educated + p.upgrade_search * upgrading)
    row[kernel.EMPLOYED + ORDINARY] += weight * h.local
    row[kernel.EMPLOYED + TERTIARY] += weight * h.local_skilled


@dataclass
class Market:
    """What households meet in a month: chances by county and skill, and the draws."""

    p: LabourParameters
    separation: list[list[float]]
    finding: list[list[float]]
    farm_return: list[float]
    cells: list[list[float]]
    separation_stream: int
    finding_stream: int
    farm_stream: int
    cell_stream: int
    employed: list[list[float]] = field(default_factory=lambda: [[0.0] * N_SKILLS for _ in range(N_COUNTIES)])

    @classmethod
    def of(cls, model: Any, p: LabourParameters, separation: Any, wanted: Any) -> Market:
        """Return the market of this month."""
        office = model.office
        return cls(
            p,
            separation.tolist(),
            office.counties.finding.tolist(),
            office.base.farm_return.tolist(),
            _cumulative_cells(wanted).tolist(),
            model.stream(Purpose.SEPARATION),
            model.stream(Purpose.JOB_FINDING),
            model.stream(Purpose.FARM_EXIT),
            model.stream(Purpose.JOB_CELL),
        )


def change_jobs(household: Any, market: Market) -> None:
    """Lose jobs, find jobs, leave the farm, move up, and be counted."""
    h = household
    farm, local, skilled, idle = h.farm, h.local, h.local_skilled, h.idle
    if farm + local + skilled + idle == 0:
        return
    if h.own == 0 and h.own_business > 0.0 and idle > 0:
        h.own, idle = 1, idle - 1
        h.idle = idle
    county = h.county()
    if local + skilled > 0:
        _lose_job(h, market, county)
    if farm + idle > 0 or h.tertiary > skilled:
        intensity = _intensity(h, market.p)
        ordinary, tertiary = (intensity * chance for chance in market.finding[county])
        _find_jobs(h, market, idle, skilled_idle(idle, h.tertiary, skilled), ordinary, tertiary)
        if farm > 0:
            _leave_farm(h, market, farm, ordinary)
        _move_up(h, market, underplaced(local, idle, h.tertiary, skilled), tertiary)
    if h.local + h.local_skilled == 0:
        h.job_cell = NO_JOB
    elif local + skilled == 0 or h.job_cell == NO_JOB:
        h.job_cell = drawn_cell(uniform(market.cell_stream, h.id), market.cells[county])
    market.employed[county][ORDINARY] += h.hamlet.weight * h.local
    market.employed[county][TERTIARY] += h.hamlet.weight * h.local_skilled


def _lose_job(h: Any, market: Market, county: int) -> None:
    rates = market.separation[county]
    kind = lost_job(uniform(market.separation_stream, h.id), h.local, h.local_skilled, *rates)
    if kind == NO_JOB:
        return
    h.local -= kind == ORDINARY
    h.local_skilled -= kind == TERTIARY
    rural = h.hamlet.urban == 0 and h.at_home()
    if rural and uniform_of(market.separation_stream, h.id, 0) < market.farm_return[county]:
        h.farm += 1
    else:
        h.idle += 1


def _find_jobs(h: Any, market: Market, idle: int, educated: int, ordinary: float, tertiary: float) -> None:
    """Let each who looks for work find a job, or go back to the family's land."""
    for seeker in range(idle):
        draw = uniform_of(market.finding_stream, h.id, seeker)
        kind = found_job(draw, seeker < educated, ordinary, tertiary, market.p.trade_down)
        if kind != NO_JOB:
            h.idle -= 1
            h.local += kind == ORDINARY
            h.local_skilled += kind == TERTIARY
        elif h.hamlet.urban == 0 and h.at_home():
            back_to_land = uniform_of(market.farm_stream, h.id, seeker + 1) < market.p.farm_refuge
            h.idle -= back_to_land
            h.farm += back_to_land


def _leave_farm(h: Any, market: Market, farm: int, finding: float) -> None:
    """Move one farm worker to a job, or, of a household in town, out of farming."""
    hired = farm * market.p.farm_search * finding
    quits = 0.0 if h.at_home() else farm * market.p.town_farm_exit
    draw = uniform(market.farm_stream, h.id)
    if draw < hired + quits:
        h.farm -= 1
        h.local += draw < hired
        h.idle += draw >= hired


def _move_up(h: Any, market: Market, upgrading: int, finding: float) -> None:
    """Let an educated member with an ordinary job find a skilled one."""
    if upgrading > 0 and h.local > 0:
        chance = market.p.upgrade_search * upgrading * finding
        if uniform_of(market.farm_stream, h.id, 0) < chance:
            h.local -= 1
            h.local_skilled += 1
