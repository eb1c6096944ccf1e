"""The agents: a household, a hamlet, a village, an enterprise, each one object with the columns as attributes.

What they do stands in the module of the mechanism; here it becomes their methods, in the order of the month.
"""

from __future__ import annotations

from typing import Any

import mesa

from sim.mechanisms.hamlet_sums import county_of
from sim.world import AWARE_FOREST, HOME, RESETTLED
from tests.benchmarks.reference import (
    demography,
    drift,
    entry_exit,
    forest_transfer,
    income,
    information,
    innovation,
    labour,
    migration,
    pooling,
    production,
    relocation,
    village_accounts,
)


class Village(mesa.Agent):
    """An administrative village."""

    def __init__(self, model: mesa.Model, columns: dict[str, Any]) -> None:
        super().__init__(model)
        vars(self).update(columns)
        self.pooled_sampled = self.rent_sampled = 0.0

    earn = village_accounts.earn


class Hamlet(mesa.Agent):
    """A natural village or an urban block; `rows` are its places for households, None where one is vacant."""

    def __init__(self, model: mesa.Model, village: Village, columns: dict[str, Any]) -> None:
        super().__init__(model)
        vars(self).update(columns)
        self.village = village
        self.rows: list[Household | None] = [None] * (self.stop - self.start)
        self.learning_chance = 0.0
        self.land = [0.0] * forest_transfer.N_SUMS
        self.fear = 0.0

    def households(self) -> list[Household]:
        """Return the households in the order of their rows."""
        return [household for household in self.rows if household is not None]

    listen = information.listen
    count_aware = information.count_aware
    open_month_of_land = forest_transfer.open_month_of_land
    record_land = forest_transfer.record_land
    survey = pooling.survey
    form_block = pooling.form_block
    consult = relocation.consult
    report_block = village_accounts.report_block


class Household(mesa.Agent):
    """A family household."""

    def __init__(self, model: mesa.Model, hamlet: Hamlet, row: int, columns: dict[str, Any]) -> None:
        super().__init__(model)
        vars(self).update(columns)
        self.hamlet = hamlet
        self.row = row
        self.wants_storage = False
        hamlet.rows[row] = self

    def county(self) -> int:
        """Return the county it lives in."""
        return county_of.py_func(self.residence, self.hamlet.county)

    def at_home(self) -> bool:
        """Say whether it lives in its hamlet or in a rural resettlement point."""
        return self.residence in (HOME, RESETTLED)

    def knows_forest_programme(self) -> bool:
        """Say whether it knows the forest programme."""
        return bool(self.aware & AWARE_FOREST)

    def minors(self) -> int:
        """Return its residents below 15."""
        return self.infants + self.children

    def young(self) -> int:
        """Return its residents aged 15-34."""
        return self.young_men + self.young_women

    def mid(self) -> int:
        """Return its residents aged 35-59."""
        return self.mid_men + self.mid_women

    def adults(self) -> int:
        """Return its residents aged 15 and over."""
        return self.young() + self.mid() + self.late + self.old

    def residents(self) -> int:
        """Return its members at home."""
        return self.minors() + self.adults()

    def members_away(self) -> int:
        """Return its members who live outside the city."""
        return self.away_children + self.away_young + self.away_mid

    def can_be_paid(self) -> bool:
        """Say whether it has a resident or an adult away."""
        return self.residents() + self.away_young + self.away_mid > 0

    def workers(self) -> int:
        """Return its residents who work or look for work."""
        return self.farm + self.local + self.local_skilled + self.own + self.idle

    learn = information.learn
    count_heads = labour.count_heads
    change_jobs = labour.change_jobs
    migrate = migration.migrate
    review_land = forest_transfer.review_land
    consents = pooling.consents
    prepare = relocation.prepare
    drift = drift.drift
    settle = income.settle
    live = demography.live


class Enterprise(mesa.Agent):
    """A firm above designated size, or one that stands for several smaller ones."""

    def __init__(self, model: mesa.Model, columns: dict[str, Any]) -> None:
        super().__init__(model)
        vars(self).update(columns)

    produce = production.produce
    turn_over = entry_exit.turn_over
    closes = entry_exit.closes
    do_research = innovation.do_research
    count_posts = labour.count_posts
    adjust_labour = labour.adjust_labour
