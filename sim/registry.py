"""Collect what a model is made of: mechanisms in month order, their parameters, and the policies by name.

A planner's own policy joins by the entry-point group ``countysim.policies``: the entry's name is the policy's
name, its object the `Policy` subclass. It is checked when first asked for, so a broken one never hinders
`import sim`.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import ValidationError

from sim.errors import CountysimError, nearest
from sim.levers import LEVERS
from sim.mechanisms import (
    brand,
    demography,
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
from sim.mechanisms.base import Mechanism, Phase
from sim.parameters import Parameters
from sim.policies import (
    forest_tenure,
    innovation_platform,
    investment_attraction,
    talent_self_evaluation,
)
from sim.policies import relocation as relocation_policy
from sim.policies.base import Policy, Timing

ENTRY_POINT_GROUP = "countysim.policies"
RESERVED_NAMES = ("none", "on", "off", "documented")
"""Words that mean something else where a scenario names a policy."""

_POLICY_NAME = re.compile(r"[a-z][a-z0-9_]*")


class RegistryError(CountysimError):
    """A mechanism or a policy breaks the contract by which the model uses it."""


MECHANISMS: tuple[Mechanism, ...] = (
    information.MECHANISM,
    projects.MECHANISM,
    production.MECHANISM,
    entry_exit.MECHANISM,
    innovation.MECHANISM,
    brand.MECHANISM,
    forest_market.MECHANISM,
    labour.MECHANISM,
    migration.MECHANISM,
    talent.MECHANISM,
    forest_transfer.MECHANISM,
    relocation.MECHANISM,
    drift.MECHANISM,
    income.MECHANISM,
    village_accounts.MECHANISM,
    demography.MECHANISM,
)
"""Every mechanism in the order in which a month runs them."""

_FIRST, _LAST = village_accounts.MECHANISM, income.MECHANISM
STARTS: tuple[Mechanism, ...] = (
    _FIRST,
    *(m for m in MECHANISMS if m.start is not None and m not in (_FIRST, _LAST)),
    _LAST,
)
"""The mechanisms that complete the starting state, in order. Village accounts come first, as the brand premium clears
with the quality of their goods; incomes come last, as they are scaled to what leases and villages already pay."""

POLICIES: tuple[type[Policy[Any]], ...] = (
    forest_tenure.POLICY,
    talent_self_evaluation.POLICY,
    relocation_policy.POLICY,
    investment_attraction.POLICY,
    innovation_platform.POLICY,
)
"""The reforms that are part of the project, in the order of the programme axis."""


def check_month_order(mechanisms: Sequence[Mechanism]) -> None:
    """Check that names are unique and that no mechanism stands after one of a later phase.

    Raises:
        RegistryError: with the names that clash or stand in the wrong order.
    """
    names = [mechanism.name for mechanism in mechanisms]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RegistryError(f"two mechanisms carry the name {', '.join(twice)}")
    position = {phase: i for i, phase in enumerate(Phase)}
    for before, after in itertools.pairwise(mechanisms):
        if position[before.phase] > position[after.phase]:
            raise RegistryError(
                f"mechanism '{after.name}' (phase {after.phase}) stands after '{before.name}' (phase {before.phase})"
            )


check_month_order(MECHANISMS)


def default_parameters() -> Parameters:
    """Return every mechanism's parameters at their prior medians."""
    return Parameters({mechanism.name: mechanism.parameters() for mechanism in MECHANISMS})


def policy(name: str) -> type[Policy[Any]]:
    """Return the policy of a name.

    Raises:
        RegistryError: there is none (with the nearest name), or an installed policy is broken.
    """
    known = installed_policies()
    if name not in known:
        raise RegistryError(f"no policy '{name}'; there are {', '.join(known)}. {nearest(name, known)}".rstrip())
    return known[name]


@functools.cache
def installed_policies() -> Mapping[str, type[Policy[Any]]]:
    """Return every policy by name; looks for installed ones once per process.

    Raises:
        RegistryError: an installed policy is broken.
    """
    return collect_policies(entry_points(group=ENTRY_POINT_GROUP))


def collect_policies(entries: Iterable[EntryPoint]) -> dict[str, type[Policy[Any]]]:
    """Return the project's policies and those of some entry points, by name.

    Raises:
        RegistryError: an entry cannot be loaded, breaks the contract, or takes a name that is in use.
    """
    found = {policy.name: policy for policy in POLICIES}
    for entry in sorted(entries, key=lambda entry: entry.name):
        loaded = _load(entry)
        if loaded.name in found:
            raise RegistryError(f"{_called(entry)}: the name '{loaded.name}' is taken; choose another")
        found[loaded.name] = loaded
    return found


def _called(entry: EntryPoint) -> str:
    return f"policy '{entry.name}' ({entry.value})"


def _load(entry: EntryPoint) -> type[Policy[Any]]:
    try:
        loaded = entry.load()
    except Exception as error:  # somebody else's module may fail in any way; the user needs its name
        raise RegistryError(f"{_called(entry)} cannot be imported: {error}") from error
    fault = contract_fault(loaded)
    if not fault and loaded.name != entry.name:
        fault = f"its name is '{loaded.name}'; give the entry point the same name"
    if fault:
        raise RegistryError(f"{_called(entry)}: {fault}")
    return loaded  # type: ignore[no-any-return]  # contract_fault has shown what it is


def contract_fault(candidate: Any) -> str:
    """Return how an object fails to be a policy the model can use, or an empty text."""
    if not (isinstance(candidate, type) and issubclass(candidate, Policy)):
        return "is no subclass of sim.policies.base.Policy"
    missing = [
        name for name in ("name", "title", "meaning", "facts", "levers", "Settings") if not hasattr(candidate, name)
    ]
    if missing:
        return f"lacks the class attributes {', '.join(missing)}"
    checks = (_name_fault, _words_fault, _lever_fault, _settings_fault, _act_fault)
    return next((fault for check in checks if (fault := check(candidate))), "")


def _name_fault(candidate: type[Policy[Any]]) -> str:
    name = candidate.name
    if not isinstance(name, str) or not _POLICY_NAME.fullmatch(name):
        return f"the name {name!r} must be small letters, digits and underscores, a letter first"
    return f"the name '{name}' is a word of the scenario language" if name in RESERVED_NAMES else ""


def _words_fault(candidate: type[Policy[Any]]) -> str:
    title = candidate.title
    if not (isinstance(title, dict) and title.get("en") and title.get("zh")):
        return "the title must hold a text under 'en' and under 'zh'"
    return "" if candidate.meaning else "the meaning is empty"


def _lever_fault(candidate: type[Policy[Any]]) -> str:
    strange = [str(getattr(lever, "name", lever)) for lever in candidate.levers if lever not in LEVERS]
    known = [lever.name for lever in LEVERS]
    return f"no mechanism knows the lever '{strange[0]}'. {nearest(strange[0], known)}".rstrip() if strange else ""


def _settings_fault(candidate: type[Policy[Any]]) -> str:
    settings = candidate.Settings
    if not (isinstance(settings, type) and issubclass(settings, Timing)):
        return "Settings is no subclass of sim.policies.base.Timing"
    for name, field in settings.model_fields.items():
        about = field.json_schema_extra
        if not (isinstance(about, dict) and about.get("unit") and about.get("source") and field.description):
            return f"declare the setting '{name}' by setting(): it lacks a unit, a source or a meaning"
    try:
        settings.model_validate(settings().model_dump())
    except ValidationError as error:
        return f"the defaults of its settings break their own rules: {error.errors()[0]['msg']}"
    return ""


def _act_fault(candidate: type[Policy[Any]]) -> str:
    return "does not implement act" if candidate.act is Policy.act else ""
