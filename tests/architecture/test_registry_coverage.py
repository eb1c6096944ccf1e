"""Everything in the registry is explained, sourced, tested and used."""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.accounting import Ledger
from sim.evidence import load_evidence
from sim.levers import LEVERS, Floats, Lever, LeverBoard
from sim.mechanisms.base import Mechanism
from sim.policies.base import Policy
from sim.registry import MECHANISMS, POLICIES, default_parameters
from sim.units import check_unit
from tests.architecture.test_imports import ROOT, imported
from tests.worlds import small_world

type Bools = NDArray[np.bool_]

TESTS = ROOT / "tests"
PARAMETERS = default_parameters().declarations()
SETTINGS = [(kind, name) for kind in POLICIES for name in kind.Settings.model_fields]
UNSOURCED = ("assumption", "none documented")


def text_of_test(folder: str, name: str) -> str:
    """Return the text of the test file of a mechanism or a policy."""
    return (TESTS / folder / f"test_{name}.py").read_text(encoding="utf-8")


def modules_of(mechanism: str) -> list[str]:
    """Return a mechanism's module and those it is made of and that have a test file of their own."""
    others = {other.name for other in MECHANISMS} - {mechanism}
    path = ROOT / "sim" / "mechanisms" / f"{mechanism}.py"
    parts = {name.split(".")[2] for name in imported(path) if name.startswith("sim.mechanisms.")}
    tested = {part for part in parts if (TESTS / "mechanisms" / f"test_{part}.py").exists()}
    return [mechanism, *sorted(tested - others - {mechanism})]


def names(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text) is not None


class WatchedBoard(LeverBoard):
    """A lever board that notes which levers are read and written."""

    def __init__(self, programmes: list[str]) -> None:
        super().__init__(programmes)
        self.read: set[str] = set()
        self.wrote: set[str] = set()

    def write(self, lever: Lever, programme: str, value: float | Floats, counties: Bools) -> None:
        self.wrote.add(lever.name)
        super().write(lever, programme, value, counties)

    def effective(self, lever: Lever) -> Floats:
        self.read.add(lever.name)
        return super().effective(lever)

    def shares(self, lever: Lever) -> Floats:
        self.read.add(lever.name)
        return super().shares(lever)


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda mechanism: mechanism.name)
def test_a_mechanism_is_explained(mechanism: Mechanism) -> None:
    module = sys.modules[mechanism.step.__module__]
    assert module.__name__ == f"sim.mechanisms.{mechanism.name}"
    assert module.__doc__
    assert mechanism.meaning
    assert mechanism.parameters.__doc__


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda mechanism: mechanism.name)
def test_a_mechanism_and_each_of_its_parameters_is_tested(mechanism: Mechanism) -> None:
    text = "".join(text_of_test("mechanisms", module) for module in modules_of(mechanism.name))
    wanted = [mechanism.name, *(declaration.name for declaration in mechanism.parameters.declarations())]
    assert [word for word in wanted if not names(text, word)] == []


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_is_explained(name: str) -> None:
    declaration = PARAMETERS[name]
    check_unit(declaration.unit)
    assert declaration.source.strip()
    assert len(declaration.meaning.split()) > 1
    declaration.check(declaration.default)
    assert declaration.prior == "fixed" or declaration.low < declaration.high


@pytest.mark.parametrize("kind", POLICIES, ids=lambda kind: kind.name)
def test_a_policy_is_explained_and_tested(kind: type[Policy[Any]]) -> None:
    assert sys.modules[kind.__module__].__doc__
    assert kind.__doc__
    assert kind.Settings.__doc__
    assert names(text_of_test("policies", kind.name), kind.name)


@pytest.mark.parametrize("kind", POLICIES, ids=lambda kind: kind.name)
def test_the_facts_of_a_policy_are_in_the_evidence(kind: type[Policy[Any]]) -> None:
    evidence = load_evidence()
    assert kind.facts
    assert [evidence.fact(id).id for id in kind.facts] == list(kind.facts)


@pytest.mark.parametrize(("kind", "name"), SETTINGS, ids=lambda part: getattr(part, "name", part))
def test_a_setting_is_explained_and_sourced(kind: type[Policy[Any]], name: str) -> None:
    field = kind.Settings.model_fields[name]
    about = field.json_schema_extra
    assert isinstance(about, dict)
    assert field.description
    check_unit(str(about["unit"]))
    assert is_sourced(str(about["source"]))


def is_sourced(source: str) -> bool:
    """Say whether a source admits to be a guess, or names a fact, a statistic or an effect size."""
    evidence = load_evidence()
    known = {fact.id for fact in evidence.facts} | {row.key for row in evidence.statistics}
    known |= {prior.parameter for prior in evidence.priors}
    return source.startswith(UNSOURCED) or bool(known & set(re.findall(r"\w+", source)))


def test_a_source_must_say_something() -> None:
    assert is_sourced("assumption: a guess")
    assert is_sourced(f"fact {load_evidence().facts[0].id}")
    assert not is_sourced("everybody knows")


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_a_lever_has_a_reader_and_a_writer(lever: Lever) -> None:
    assert [mechanism.name for mechanism in MECHANISMS if lever in mechanism.levers]
    assert [kind.name for kind in POLICIES if lever in kind.levers]


@pytest.mark.parametrize("kind", POLICIES, ids=lambda kind: kind.name)
def test_a_policy_writes_the_levers_it_declares_and_no_other(kind: type[Policy[Any]]) -> None:
    policy, board = kind(kind.Settings()), WatchedBoard([kind.name])
    for month in range(36):
        policy.apply(board, month)
    assert board.wrote == {lever.name for lever in kind.levers}


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda mechanism: mechanism.name)
def test_a_mechanism_reads_the_levers_it_declares_and_no_other(mechanism: Mechanism) -> None:
    board = _everything_on()
    _step_once(mechanism, board)
    assert board.read == {lever.name for lever in mechanism.levers}


def _everything_on() -> WatchedBoard:
    """Return a board on which every documented policy acts at full strength."""
    board = WatchedBoard([kind.name for kind in POLICIES])
    for kind in POLICIES:
        policy = kind(kind.Settings())
        policy.act(board, 30, 1.0)
    return board


def _step_once(mechanism: Mechanism, board: LeverBoard) -> None:
    world, parameters = small_world(), default_parameters()
    world.month = 30
    if mechanism.start is not None:
        mechanism.start(world, parameters[mechanism.name])
    mechanism.step(world, parameters[mechanism.name], board, Ledger(board.programmes))
