"""What a setting reaches is found by moving it, and agrees with what reforms and mechanisms declare."""

from __future__ import annotations

from typing import Any

import pytest

from sim.burn_in import burn_in
from sim.cli.explain import BUDGET_REACH, TIMING_REACH, reached
from sim.levers import RELOCATION_HOMES, Lever, LeverBoard
from sim.parameters import Parameters, ParameterSet
from sim.policies.base import Policy, Timing, setting
from sim.policies.forest_tenure import ForestTenure
from sim.policies.relocation import Relocation
from sim.reach import BURN_IN, parameter_readers, reach, readers
from sim.registry import MECHANISMS, POLICIES, default_parameters
from tests.worlds import small_world

SETTINGS = [(kind, name) for kind in POLICIES for name in kind.Settings.model_fields if name not in Timing.model_fields]


def names_of(levers: tuple[Lever, ...]) -> set[str]:
    return {lever.name for lever in levers}


@pytest.mark.parametrize(("kind", "name"), SETTINGS, ids=lambda part: getattr(part, "name", part))
def test_every_setting_reaches_something_its_reform_declares(kind: type[Policy[Any]], name: str) -> None:
    found = reach(kind, name)
    assert found.levers or found.cost
    assert names_of(found.levers) <= names_of(kind.levers)
    assert all(readers(lever) for lever in found.levers)


@pytest.mark.parametrize("kind", POLICIES, ids=lambda kind: kind.name)
def test_every_lever_of_a_reform_is_reached_by_a_setting(kind: type[Policy[Any]]) -> None:
    found = [reach(kind, name) for each, name in SETTINGS if each is kind]
    assert {lever for each in found for lever in names_of(each.levers)} == names_of(kind.levers)


def test_known_links() -> None:
    assert names_of(reach(Relocation, "subsidy").levers) == {"relocation_subsidy"}
    assert reach(Relocation, "home_cost").levers == ()
    assert reach(Relocation, "home_cost").cost
    homes = reach(Relocation, "homes_per_month")
    assert (names_of(homes.levers), homes.cost) == ({"relocation_homes"}, True)
    centres = names_of(reach(ForestTenure, "service_centres").levers)
    assert centres == {"forest_certification", "forest_block_capacity", "forest_transaction_cost"}
    assert readers(RELOCATION_HOMES) == ("relocation",)


@pytest.mark.parametrize("name", ["start", "end", "places"])
def test_when_and_where_a_reform_runs_moves_the_levers_it_uses(name: str) -> None:
    assert names_of(reach(Relocation, name).levers) >= {"relocation_homes", "relocation_subsidy"}


def test_a_budget_moves_no_lever_but_stops_the_reform() -> None:
    assert reach(Relocation, "budget").stops
    assert reach(Relocation, "budget").levers == ()
    assert reached(Relocation, "budget") == BUDGET_REACH
    assert reached(Relocation, "start") == TIMING_REACH


class _Settings(Timing):
    idle: float = setting(1.0, unit="CNY", source="assumption: toy", meaning="is read by nobody", low=0.0, high=2.0)
    wide: bool = setting(False, unit="dimensionless", source="assumption: toy", meaning="doubles the homes")


class _Toy(Policy[_Settings]):
    name = "toy"
    levers = (RELOCATION_HOMES,)
    Settings = _Settings

    def act(self, levers: LeverBoard, month: int, strength: float) -> None:
        """Write the homes."""
        self.write(levers, RELOCATION_HOMES, 20.0 if self.settings.wide else 10.0)


def test_an_idle_setting_is_told() -> None:
    assert reached(_Toy, "idle") == "nothing in the first five years"
    assert reached(_Toy, "wide") == "lever relocation_homes, read by relocation"


class _Watched(Parameters):
    """Parameters that note which mechanism's are read."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__(dict(parameters))
        self.read: set[str] = set()

    def __getitem__(self, mechanism: str) -> ParameterSet:
        self.read.add(mechanism)
        return super().__getitem__(mechanism)


def test_the_burn_in_reads_the_parameters_we_say() -> None:
    watched = _Watched(default_parameters())
    watched.read.clear()
    burn_in(small_world(), watched)
    assert watched.read == set(BURN_IN)


def test_who_reads_a_mechanisms_parameters() -> None:
    assert parameter_readers("projects") == ("projects", "the burn-in of 2020-22")
    for mechanism in MECHANISMS:
        assert parameter_readers(mechanism.name)[0] == mechanism.name
        assert ("the starting state of " + mechanism.name in parameter_readers(mechanism.name)) == (
            mechanism.start is not None
        )
