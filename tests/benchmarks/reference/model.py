"""The reference model: the month of `sim.model` with one Python object for each agent."""

from __future__ import annotations

import copy
from typing import Any

import mesa

from sim.accounting import Ledger
from sim.levers import LeverBoard
from sim.randomness import Purpose
from sim.registry import MECHANISMS
from sim.scenario import Scenario
from sim.tables import Table
from sim.world import Enterprises, Hamlets, Households, Villages, World
from tests.benchmarks.reference import (
    brand,
    demography,
    draws,
    drift,
    entry_exit,
    forest_market,
    forest_transfer,
    income,
    information,
    innovation,
    labour,
    migration,
    production,
    projects,
    relocation,
    talent,
    village_accounts,
)
from tests.benchmarks.reference.agents import Enterprise, Hamlet, Household, Village

STEPS = {
    "information": information.step,
    "projects": projects.step,
    "production": production.step,
    "entry_exit": entry_exit.step,
    "innovation": innovation.step,
    "brand": brand.step,
    "forest_market": forest_market.step,
    "labour": labour.step,
    "migration": migration.step,
    "talent": talent.step,
    "forest_transfer": forest_transfer.step,
    "relocation": relocation.step,
    "drift": drift.step,
    "income": income.step,
    "village_accounts": village_accounts.step,
    "demography": demography.step,
}
"""The twin of each mechanism of the registry."""


class ReferenceModel(mesa.Model):
    """The scenario from a built world on, agent by agent.

    Args:
        world: a starting world (population, burn-in and starts done); it is copied, not changed.
        scenario: policies and parameters.

    Attributes:
        office: what the six counties know: their columns, the constants of the start, the list of projects.
    """

    def __init__(self, world: World, scenario: Scenario) -> None:
        super().__init__(rng=world.seed)
        self.parameters = scenario.parameters
        self.policies = tuple(scenario.policies.values())
        self.levers = LeverBoard([policy.name for policy in self.policies])
        self.ledger = Ledger(self.levers.programmes)
        for policy in self.policies:
            if policy.settings.budget is not None:
                self.levers.grant(policy.name, policy.settings.budget)
        self.office = _county_office(world)
        self._populate(world)

    def _populate(self, world: World) -> None:
        """Make an object of every occupied row."""
        villages = [Village(self, columns) for columns in _rows(world.villages)]
        hamlets = [Hamlet(self, villages[c["village"]], _without(c, "village")) for c in _rows(world.hamlets)]
        for row, columns in enumerate(_rows(world.households)):
            if columns["id"] != 0:
                hamlet = hamlets[columns["hamlet"]]
                Household(self, hamlet, row - hamlet.start, _without(columns, "hamlet"))
        for columns in _rows(world.enterprises):
            if columns["active"]:
                Enterprise(self, columns)
        self.enterprise_rows = len(world.enterprises)

    @property
    def households(self) -> Any:
        """Return all households."""
        return self.agents_by_type[Household]

    @property
    def hamlets(self) -> Any:
        """Return all hamlets."""
        return self.agents_by_type[Hamlet]

    @property
    def villages(self) -> Any:
        """Return all villages."""
        return self.agents_by_type[Village]

    @property
    def enterprises(self) -> Any:
        """Return all enterprises."""
        return self.agents_by_type[Enterprise]

    def found_enterprise(self, columns: dict[str, Any]) -> Enterprise:
        """Add an enterprise; what `columns` leaves out is 0."""
        return Enterprise(self, {**dict.fromkeys(Enterprises.column_names(), 0), **columns})

    def spare_enterprises(self) -> int:
        """Return how many more enterprises the list can hold."""
        return self.enterprise_rows - len(self.enterprises)

    def stream(self, purpose: Purpose) -> int:
        """Return the random stream of a decision this month."""
        return draws.stream(self.office.seed, self.office.month, purpose)

    def lasting_stream(self, purpose: Purpose) -> int:
        """Return the random stream of a trait that never changes."""
        return draws.stream(self.office.seed, 0, purpose)

    def step(self) -> None:
        """Simulate one month: levers, then the mechanisms in the registry's order."""
        self.ledger.open_month()
        self.levers.reset()
        month = self.office.month
        for policy in self.policies:
            cost = policy.running_cost(month)
            if policy.strength(month) > 0.0 and self.levers.affords(policy.name, cost):
                self.ledger.spend_programme(self.levers, policy.name, cost)
                policy.apply(self.levers, month)
        for mechanism in MECHANISMS:
            STEPS[mechanism.name](self, self.parameters[mechanism.name])
        self.office.month += 1


def _county_office(world: World) -> World:
    """Return a world of counties, constants and projects alone, for the county functions of the mechanisms."""
    projects_list = world.projects.copy()
    projects_list.enterprise[:] = -1
    return World(
        seed=world.seed,
        share=world.share,
        month=world.month,
        households=Households.zeros(0),
        hamlets=Hamlets.zeros(0),
        villages=Villages.zeros(0),
        enterprises=Enterprises.zeros(0),
        projects=projects_list,
        counties=world.counties.copy(),
        base=copy.deepcopy(world.base),
    )


def _rows(table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table as plain Python values by column."""
    names = table.column_names()
    columns = [getattr(table, name).tolist() for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _without(columns: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in columns.items() if key != name}
