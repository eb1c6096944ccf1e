"""CountyModel: the county as a Mesa model, and the month as one page of named phases."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from sim.accounting import Ledger
from sim.agents.columns import ColumnAgentSet, register
from sim.agents.enterprise import Enterprise
from sim.agents.household import Household
from sim.agents.light_imports import mesa
from sim.agents.village import Village
from sim.burn_in import burn_in
from sim.evidence import load_evidence
from sim.identities import MonthCheck
from sim.levers import LeverBoard
from sim.mechanisms.base import Phase
from sim.observables import Record
from sim.places import N_COUNTIES
from sim.population import build_world
from sim.registry import MECHANISMS, STARTS

if TYPE_CHECKING:
    from sim.scenario import Scenario


MECHANISMS_OF = {phase: tuple(m for m in MECHANISMS if m.phase is phase) for phase in Phase}
"""The mechanisms of each phase in the registry's order."""


class CountyModel(mesa.Model):
    """One run of one scenario with one seed.

    Args:
        scenario: a resolved scenario.
        seed: the run's seed; the scenario's first seed when None.
        share: sampling share of the population, 0.001 to 1; the scenario's when None.
        threads: threads of the household kernels; the bits of the result do not depend on it.
        check: check every identity every month (slower).

    Attributes:
        definition: the scenario (Mesa keeps the name `scenario` for a class of its own).
        world: the tables of columns, the truth.
        households, enterprises, villages: the same rows as Mesa agent sets.
        record: what was observed; row 0 is the starting state, row k the calendar month k - 1.
        timings: seconds by phase and mechanism since construction.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int | None = None,
        share: float | None = None,
        threads: int = 1,
        check: bool = False,
    ) -> None:
        self.run_seed = scenario.seeds[0] if seed is None else int(seed)
        super().__init__(rng=self.run_seed)
        self.definition = scenario
        self.parameters = scenario.parameters
        self.policies = tuple(scenario.policies.values())
        self.timings: dict[str, float] = {}
        self._build(scenario.share if share is None else share, threads)
        self._plug_into_mesa()
        self.check = MonthCheck(self.world) if check else None
        self.record = Record(scenario.months, self.levers.programmes, self.world.base)
        self.record.take(self.world, self.ledger)

    def _build(self, share: float, threads: int) -> None:
        """Make the starting world: statistics, burn-in of firms, then each mechanism's own starting state."""
        begin = perf_counter()
        self.world = build_world(share, self.run_seed, load_evidence(), threads)
        self.levers = LeverBoard([policy.name for policy in self.policies])
        self.ledger = Ledger(self.levers.programmes)
        for policy in self.policies:
            if policy.settings.budget is not None:
                self.levers.grant(policy.name, policy.settings.budget)
        burn_in(self.world, self.parameters)
        for mechanism in STARTS:
            if mechanism.start is not None:
                mechanism.start(self.world, self.parameters[mechanism.name])
        self.timings["construction"] = perf_counter() - begin

    def _plug_into_mesa(self) -> None:
        self.households: ColumnAgentSet[Household] = register(self, Household, self.world.households)
        self.enterprises: ColumnAgentSet[Enterprise] = register(self, Enterprise, self.world.enterprises)
        self.villages: ColumnAgentSet[Village] = register(self, Village, self.world.villages)
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "month": lambda model: model.world.month,
                "residents": lambda model: float(model.world.counties.residents.sum()),
                "forest_rent": lambda model: float(model.world.counties.forest_rent.sum()) / N_COUNTIES,
            }
        )

    def step(self) -> None:
        """Simulate one month."""
        self._open_month()
        self._write_levers()
        self._run(Phase.INFORMATION)
        self._run(Phase.ENTERPRISES)
        self._run(Phase.LABOUR)
        self._run(Phase.LAND_AND_HOMES)
        self._run(Phase.HOUSEHOLD_ACCOUNTS)
        self._run(Phase.VILLAGE_ACCOUNTS)
        self._run(Phase.DEMOGRAPHY)
        self._close_month()

    def _open_month(self) -> None:
        """Turn the ledger's page; `world.month` is the calendar month to be simulated."""
        self.ledger.open_month()
        if self.check is not None:
            self.check.open(self.world)

    def _write_levers(self) -> None:
        """Make levers neutral, then let every running policy pay for itself and write its own.

        A policy whose budget cannot pay for the month stands still: its levers stay neutral, who waits for it waits on.
        """
        self.levers.reset()
        for policy in self.policies:
            if policy.strength(self.world.month) <= 0.0:
                continue
            cost = policy.running_cost(self.world.month)
            if self.levers.affords(policy.name, cost):
                self.ledger.spend_programme(self.levers, policy.name, cost)
                policy.apply(self.levers, self.world.month)

    def _run(self, phase: Phase) -> None:
        """Run the mechanisms of one phase in the registry's order, timing each."""
        if self.check is not None and phase is Phase.DEMOGRAPHY:
            self.check.open_demography(self.world)
        for mechanism in MECHANISMS_OF[phase]:
            begin = perf_counter()
            mechanism.step(self.world, self.parameters[mechanism.name], self.levers, self.ledger)
            spent = perf_counter() - begin
            self.timings[mechanism.name] = self.timings.get(mechanism.name, 0.0) + spent

    def _close_month(self) -> None:
        """Check the identities, record what is observed, and move on to the next month."""
        begin = perf_counter()
        if self.check is not None:
            self.check.close(self.world, self.ledger, self.levers)
        self.record.take(self.world, self.ledger)
        self.datacollector.collect(self)
        self.timings["observables"] = self.timings.get("observables", 0.0) + perf_counter() - begin
        self.world.month += 1
