"""Births, ageing, deaths, work entry, new households; twin of `sim.mechanisms.demography`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.mechanisms import demography as mechanism
from sim.mechanisms import demography_kernel as kernel
from sim.mechanisms.demography import DemographyParameters
from sim.mechanisms.members import AWAY, FARM_FIRST, JOB_FIRST, MEMBERS
from sim.places import N_COUNTIES
from sim.randomness import Purpose
from sim.sectors import NO_JOB
from sim.world import Households
from tests.benchmarks.reference.draws import child_id, uniform, uniform_of
from tests.benchmarks.reference.members import keep_skills, stop_work

event_of = kernel.event_of.py_func
CHILDREN_SEXES = ("young_men", "young_women")
NEXT_CLASS = {
    "infants": "children",
    "young_men": "mid_men",
    "young_women": "mid_women",
    "mid_men": "late",
    "mid_women": "late",
    "late": "old",
}
"""Where a member goes who passes the limit of its age class; sex is drawn when children do."""


EMPTY_ROW = {name: 0.0 if values.dtype.kind == "f" else 0 for name, values in vars(Households.zeros(0)).items()}
"""Values of a vacant row."""


@dataclass
class Life:
    """Hazards of the month by member class, the draws, and what happened by county."""

    p: DemographyParameters
    hazards: dict[str, list[float]]
    totals: dict[str, float]
    stream: int
    detail: int
    formation: int
    births: list[float] = field(default_factory=lambda: [0.0] * N_COUNTIES)
    deaths: list[float] = field(default_factory=lambda: [0.0] * N_COUNTIES)
    arrivals: list[float] = field(default_factory=lambda: [0.0] * N_COUNTIES)


def step(model: Any, p: DemographyParameters) -> None:
    """Let a month pass for every member of every household."""
    office = model.office
    hazards = mechanism.monthly_hazards(p, office.month).tolist()
    classes = MEMBERS + AWAY
    totals = {name: sum(row) for name, row in zip(classes, hazards, strict=True)}
    life = Life(
        p,
        dict(zip(classes, hazards, strict=True)),
        totals,
        model.stream(Purpose.AGEING),
        model.stream(Purpose.DEATH),
        model.stream(Purpose.HOUSEHOLD_FORMATION),
    )
    model.households.do("live", life)
    counties = office.counties
    counties.births[:], counties.deaths[:] = life.births, life.deaths
    counties.arrivals[:] += life.arrivals
    registered = [0.0] * kernel.N_REGISTERED
    for h in model.households:
        registered[h.registered] += h.hamlet.weight * (h.residents() + h.members_away())
    counties.registered[:] = registered[:N_COUNTIES] + counties.collective_registered


def live(household: Any, life: Life) -> None:
    """Let at most one thing happen to the household; dissolve it when nobody is left."""
    h = household
    if h.residents() + h.members_away() == 0:
        h.hamlet.orphan_forest += h.forest
        h.hamlet.orphan_wealth += h.wealth
        h.hamlet.rows[h.row] = None
        h.remove()
        return
    total = sum(getattr(h, name) * hazard for name, hazard in life.totals.items())
    draw = uniform(life.stream, h.id)
    if draw < total:
        _happen(h, life, draw)


def _happen(h: Any, life: Life, draw: float) -> None:
    """Let the event at position `draw` of the household's hazards happen to the member it belongs to."""
    kind, event = _whose(h, life, draw)
    county, weight = h.county(), h.hamlet.weight
    if kind in AWAY:
        life.arrivals[county] += weight * _age_away(h, life, kind)
    elif event == kernel.AGES:
        _age(h, life, kind)
    elif event == kernel.DIES:
        _die(h, life, kind)
        life.deaths[county] += weight
    elif event == kernel.BEARS:
        h.infants += 1
        life.births[county] += weight
    elif event == kernel.ENTERS_WORK:
        _enter_work(h, life)
    else:
        _leave_home(h, life, kind)


def _whose(h: Any, life: Life, draw: float) -> tuple[str, int]:
    for name, total in life.totals.items():
        part = getattr(h, name) * total
        if draw < part or name == AWAY[-1]:
            return name, event_of(draw / part * total, life.hazards[name]) if name in MEMBERS else kernel.AGES
        draw -= part
    raise AssertionError("the last class takes what is left")


def _age_away(h: Any, life: Life, kind: str) -> int:
    """Let a member away pass an age limit; at 60 it comes home, the last one with the children. Return who."""
    if getattr(h, kind) == 0:
        return 0
    setattr(h, kind, getattr(h, kind) - 1)
    if kind != "away_mid":
        following = AWAY[AWAY.index(kind) + 1]
        setattr(h, following, getattr(h, following) + 1)
        return 0
    h.late += 1
    if not h.hamlet.urban and h.at_home():
        h.farm += uniform_of(life.detail, h.id, 0) < life.p.back_to_farm
    if h.away_young + h.away_mid > 0:
        return 1
    children, h.away_children = h.away_children, 0
    h.children += children
    return 1 + children


def _age(h: Any, life: Life, kind: str) -> None:
    """Let a member at home pass an age limit; work ends for some at 60 and 65."""
    first, second = uniform_of(life.detail, h.id, 0), uniform_of(life.detail, h.id, 1)
    setattr(h, kind, getattr(h, kind) - 1)
    following = CHILDREN_SEXES[first >= 0.5] if kind == "children" else NEXT_CLASS[kind]
    setattr(h, following, getattr(h, following) + 1)
    if following in ("late", "old"):
        chance = life.p.retires_60 if following == "late" else life.p.retires_65
        if first * h.adults() < h.workers() and second < chance:
            stop_work(h, FARM_FIRST if kind == "late" else JOB_FIRST)


def _die(h: Any, life: Life, kind: str) -> None:
    """Take a member out of the household and, by the share of adults who work, out of work."""
    adults = h.adults()
    setattr(h, kind, getattr(h, kind) - 1)
    if kind in ("infants", "children"):
        return
    is_late = kind in ("late", "old")
    if uniform_of(life.detail, h.id, 0) * adults < h.workers() * (0.5 if is_late else 1.0):
        stop_work(h, FARM_FIRST if is_late else JOB_FIRST)
    while h.workers() > adults - 1:
        stop_work(h, JOB_FIRST)
    keep_skills(h, adults - 1)


def _enter_work(h: Any, life: Life) -> None:
    """Let a young member who neither works nor looks for work begin to look."""
    adults = h.adults()
    if h.workers() < adults:
        h.idle += 1
        h.tertiary += h.tertiary < adults and uniform_of(life.detail, h.id, 0) < life.p.tertiary_entry


def _leave_home(h: Any, life: Life, kind: str) -> None:
    """Move a young member, or a couple with an infant, into a new household, if the hamlet has room and two stay."""
    if None not in h.hamlet.rows or h.adults() < 3:
        return
    new = _found(h, life)
    share = h.wealth / (h.adults() + h.infants + h.children)
    may_both = h.young_men > 0 and h.young_women > 0 and h.adults() >= 4
    couple = may_both and uniform_of(life.detail, h.id, 0) < life.p.couples
    movers = 0
    for sex in CHILDREN_SEXES:
        if couple or sex == kind:
            _take_work_along(h, new, uniform_of(life.detail, h.id, 1 + MEMBERS.index(sex)))
            setattr(h, sex, getattr(h, sex) - 1)
            setattr(new, sex, getattr(new, sex) + 1)
            movers += 1
    if couple and h.infants > 0:
        h.infants -= 1
        new.infants += 1
        movers += 1
    new.wealth = share * movers
    h.wealth -= share * movers
    if new.local + new.local_skilled == 0:
        new.job_cell = NO_JOB
    keep_skills(h, h.adults())
    if new.row > h.row:  # rows are visited in order: a later row still lives through this month
        new.live(life)


def _found(h: Any, life: Life) -> Any:
    """Return a new household in the first vacant row, with what it takes over from its parent."""
    kept = {name: getattr(h, name) for name in (*kernel.COPIED, "skill")}
    columns = {**EMPTY_ROW, **kept, "id": child_id(life.formation, h.id)}
    del columns["hamlet"]
    return type(h)(h.model, h.hamlet, h.hamlet.rows.index(None), columns)


def _take_work_along(h: Any, new: Any, draw: float) -> None:
    """Take the work and education of one adult along; the own business stays."""
    adults, workers = h.adults(), h.workers()
    employees = workers - h.own
    must = workers == adults
    if employees > 0 and (must or draw * adults < employees):
        options = ("local", "local_skilled", "idle", "farm")
        activity = next(name for name in options if getattr(h, name) > 0)
        setattr(h, activity, getattr(h, activity) - 1)
        setattr(new, activity, getattr(new, activity) + 1)
    elif must:
        h.own -= 1
    if h.tertiary > 0 and (new.local_skilled > new.tertiary or draw * adults < h.tertiary):
        h.tertiary -= 1
        new.tertiary += 1
