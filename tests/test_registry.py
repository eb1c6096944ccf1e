"""The registry: the order of the month, the names of policies, and what a planner's own policy must be."""

from __future__ import annotations

import dataclasses
import importlib
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sim.levers import LEVERS, Lever, LeverBoard
from sim.mechanisms.base import Phase
from sim.policies.base import Policy, Timing, setting
from sim.registry import (
    ENTRY_POINT_GROUP,
    MECHANISMS,
    POLICIES,
    RESERVED_NAMES,
    RegistryError,
    check_month_order,
    collect_policies,
    contract_fault,
    default_parameters,
    installed_policies,
    policy,
)


class _Settings(Timing):
    hours: float = setting(2.0, unit="hours", source="assumption: toy", meaning="a toy setting", low=0.0)


class Toy(Policy[_Settings]):
    """A planner's own policy."""

    name = "toy"
    title: ClassVar[dict[str, str]] = {"en": "Toy", "zh": "玩具"}
    meaning = "Write one lever."
    facts = ()
    levers = (LEVERS[0],)
    Settings = _Settings

    def act(self, levers: LeverBoard, month: int, strength: float) -> None:
        """Write the lever."""
        self.write(levers, LEVERS[0], strength)


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, ENTRY_POINT_GROUP)


def changed(**attributes: Any) -> type[Policy[Any]]:
    return type("Changed", (Toy,), attributes)


def test_the_month_runs_through_every_phase_in_order() -> None:
    phases = [mechanism.phase for mechanism in MECHANISMS]
    assert list(dict.fromkeys(phases)) == list(Phase)
    assert phases == sorted(phases, key=list(Phase).index)


def test_a_mechanism_out_of_order_is_named() -> None:
    late, early = MECHANISMS[-1], MECHANISMS[0]
    with pytest.raises(RegistryError, match=f"'{early.name}' .* stands after '{late.name}'"):
        check_month_order([late, early])


def test_two_mechanisms_of_one_name_are_refused() -> None:
    twin = dataclasses.replace(MECHANISMS[1], name=MECHANISMS[0].name)
    with pytest.raises(RegistryError, match=MECHANISMS[0].name):
        check_month_order([MECHANISMS[0], twin])


def test_default_parameters_are_the_prior_medians_of_all_mechanisms() -> None:
    parameters = default_parameters()
    assert list(parameters) == [mechanism.name for mechanism in MECHANISMS]
    medians = {name: declaration.quantile(0.5) for name, declaration in parameters.declarations().items()}
    assert parameters.flat() == pytest.approx(medians)


def test_policies_are_found_by_name() -> None:
    assert tuple(installed_policies())[: len(POLICIES)] == tuple(kind.name for kind in POLICIES)
    assert all(policy(kind.name) is kind for kind in POLICIES)
    with pytest.raises(RegistryError, match="Did you mean 'relocation'"):
        policy("relocatoin")


@pytest.mark.parametrize("kind", POLICIES, ids=lambda kind: kind.name)
def test_the_projects_own_policies_keep_the_contract(kind: type[Policy[Any]]) -> None:
    assert contract_fault(kind) == ""


def test_a_planners_own_policy_comes_after_the_projects() -> None:
    found = collect_policies([entry("toy", f"{__name__}:Toy")])
    assert list(found) == [*(kind.name for kind in POLICIES), "toy"]
    assert found["toy"] is Toy


def test_an_installed_package_brings_its_policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    info = tmp_path / "toy_policies-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-policies\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\ntoy = {__name__}:Toy\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    importlib.invalidate_caches()
    assert policy("toy") is Toy


@pytest.fixture
def fresh() -> Iterator[None]:
    installed_policies.cache_clear()
    yield
    installed_policies.cache_clear()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("toy", "no_such_module:Toy", ("'toy'", "cannot be imported", "no_such_module")),
        ("toy", f"{__name__}:Missing", ("cannot be imported", "Missing")),
        ("toy", f"{__name__}:entry", ("no subclass",)),
        ("game", f"{__name__}:Toy", ("its name is 'toy'",)),
    ],
)
def test_a_broken_entry_point_is_named(name: str, value: str, words: tuple[str, ...]) -> None:
    with pytest.raises(RegistryError) as caught:
        collect_policies([entry(name, value)])
    for word in words:
        assert word in str(caught.value)


def test_a_taken_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Toy, "name", POLICIES[0].name)
    with pytest.raises(RegistryError, match=f"'{POLICIES[0].name}' is taken"):
        collect_policies([entry(POLICIES[0].name, f"{__name__}:Toy")])


class _Bare(Timing):
    hours: float = 2.0


class _Wrong(Timing):
    hours: float = setting(-1.0, unit="hours", source="assumption: toy", meaning="below its bound", low=0.0)


@pytest.mark.parametrize(
    ("attributes", "word"),
    [
        ({"name": "My Policy"}, "small letters"),
        ({"name": RESERVED_NAMES[0]}, "scenario language"),
        ({"title": {"en": "Toy"}}, "'zh'"),
        ({"meaning": ""}, "meaning"),
        (
            {"levers": (Lever("forest_publicty", "ratio", 0.0, "sum", "x"),)},
            "Did you mean 'forest_publicity'",
        ),
        ({"Settings": dict}, "Timing"),
        ({"Settings": _Bare}, "'hours' by setting()"),
        ({"Settings": _Wrong}, "defaults"),
        ({"act": Policy.act}, "act"),
    ],
)
def test_each_breach_of_the_contract_is_explained(attributes: dict[str, Any], word: str) -> None:
    assert contract_fault(Toy) == ""
    assert word in contract_fault(changed(**attributes))


def test_a_policy_without_its_class_attributes_is_told_which() -> None:
    assert contract_fault(type("Empty", (Policy,), {})) == "lacks the class attributes " + ", ".join(
        ("name", "title", "meaning", "facts", "levers", "Settings")
    )
