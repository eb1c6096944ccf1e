"""Check the policies, counterfactuals and parameters of a scenario against what the registry knows."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final, Literal, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from sim.calendar import parse_month
from sim.errors import nearest
from sim.parameters import Declaration, Parameters
from sim.policies.base import Policy, Timing
from sim.scenario.fields import FieldReader, bounds_text, hint_quotes, hint_unit
from sim.scenario.files import CALIBRATED, PRIOR, is_off, is_on
from sim.scenario.yaml import Node, shown

DOCUMENTED: Final = "documented"
NONE = "none"

type Steps = tuple[str | int, ...]

_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "string": "text",
    "tuple": "a list",
    "list": "a list",
    "bool": "true or false",
    "dict": "a mapping",
    "greater": "a number",
    "less": "a number",
}


@dataclass(frozen=True)
class Counterfactual:
    """A run beside the scenario: no policy at all, all reforms as documented, without some policies, or only some."""

    kind: Literal["none", "documented", "without", "only"]
    names: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name of the run, for instance ``without relocation``."""
        return " ".join((self.kind, " and ".join(self.names))).rstrip()


def read_policies(
    reader: FieldReader, node: Node | None, known: Mapping[str, type[Policy[Any]]]
) -> dict[str, Policy[Any]]:
    """Return the policies that are on, in the registry's order; broken ones are reported and left out."""
    written = reader.mapping(node, "policies", known, "policy")
    on: dict[str, Policy[Any]] = {}
    for name, kind in known.items():
        if name in written and not is_off(written[name]):
            settings = _read_settings(reader, written[name], kind)
            if settings is not None:
                on[name] = kind(settings)
    return on


def names_switched_on(node: Node | None) -> frozenset[str]:
    """Return the names of the policies that are written as on, whether or not their settings are sound."""
    return frozenset(() if node is None else (name for name, entry in node.entries().items() if not is_off(entry)))


def _read_settings(reader: FieldReader, node: Node, kind: type[Policy[Any]]) -> Timing | None:
    key = f"policies.{kind.name}"
    if is_on(node) or node.value == DOCUMENTED:
        return kind.Settings()
    if not isinstance(node.value, dict):
        allowed = "on, off (or false), documented, or a mapping of settings"
        reader.report(node, key, f"must be {allowed}, not {shown(node)}", _nearest_switch(node))
        return None
    before = len(reader.problems)
    values = {name: _plain(entry, kind.Settings.model_fields.get(name)) for name, entry in node.value.items()}
    for steps, number in node.numbers():
        if not math.isfinite(number):
            reader.report(node.at(steps), _dotted(key, steps), "must be a finite number")
            values.pop(str(steps[0]), None)
    _check_order(reader, node, kind)
    try:
        settings = kind.Settings.model_validate(values)
    except ValidationError as error:
        for detail in error.errors():
            _report_setting(reader, node, kind, detail)
        return None
    return settings if len(reader.problems) == before else None


def _check_order(reader: FieldReader, node: Node, kind: type[Policy[Any]]) -> None:
    """Report an end before the start; months that cannot be read are reported elsewhere."""
    written, documented = node.entries(), kind.Settings()
    start = written["start"].value if "start" in written else documented.start
    end = written["end"].value if "end" in written else documented.end
    try:
        is_reversed = parse_month(str(end)) < parse_month(str(start))
    except ValueError:
        return
    if is_reversed:
        place = node.at(("end",)) if "end" in written else node.at(("start",))
        message = f"the end {end} lies before the start {start}; allowed is the start or later"
        reader.report(place, f"policies.{kind.name}.end", message)


def _nearest_switch(node: Node) -> str:
    if node.value is None:
        return "Write on to run it as documented."
    return nearest(str(node.value), ("on", "off", DOCUMENTED)) if isinstance(node.value, str) else ""


def _plain(node: Node, field: FieldInfo | None) -> Any:
    """Return a setting's value; the word none stands for no value where a setting may have none."""
    may_be_none = field is not None and NoneType in get_args(field.annotation)
    return None if may_be_none and node.value == NONE else node.plain()


def _dotted(key: str, steps: Sequence[str | int]) -> str:
    return key + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def _report_setting(reader: FieldReader, node: Node, kind: type[Policy[Any]], detail: Any) -> None:
    """Say in the words of a scenario what pydantic found wrong with a setting."""
    steps: Steps = detail["loc"]
    place, fields = node.at(steps), kind.Settings.model_fields
    dotted = _dotted(f"policies.{kind.name}", steps)
    if detail["type"] == "extra_forbidden":
        message = f"unknown setting; '{kind.name}' has {', '.join(fields)}."
        reader.report(place, dotted, message, nearest(str(steps[-1]), fields))
        return
    if detail["type"] == "literal_error":
        words = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
        message = f"{shown(place)} is not allowed; allowed are {', '.join(words)}."
        reader.report(place, dotted, message, nearest(str(place.value), words))
        return
    word = _KINDS.get(detail["type"].split("_")[0])
    if word is None:
        reader.report(place, dotted, str(detail["msg"]).removeprefix("Value error, "))
        return
    low, high, unit = _limits(fields.get(str(steps[0])) if steps else None)
    allowed = " ".join(part for part in (word, bounds_text(low, high), f"({unit})" if unit else "") if part)
    number = place.value
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    hint = hint_unit(float(str(number)), low, high) if is_number else hint_quotes(place) if "number" in word else ""
    reader.report(place, dotted, f"must be {allowed}, not {shown(place)}", hint)


def _limits(field: FieldInfo | None) -> tuple[float | None, float | None, str]:
    """Return lower bound, upper bound and unit of a setting, as far as it declares them."""
    if field is None:
        return None, None, ""
    low = next((rule.ge for rule in field.metadata if hasattr(rule, "ge")), None)
    high = next((rule.le for rule in field.metadata if hasattr(rule, "le")), None)
    about = field.json_schema_extra
    return low, high, str(about.get("unit", "")) if isinstance(about, dict) else ""


def read_counterfactuals(
    reader: FieldReader, node: Node | None, on: Collection[str], known: Sequence[str]
) -> tuple[Counterfactual, ...]:
    """Return the runs to make beside the scenario."""
    found: list[Counterfactual] = []
    for i, item in enumerate(reader.items(node, "counterfactuals", "[none, {without: relocation}]")):
        counterfactual = _read_counterfactual(reader, item, f"counterfactuals[{i}]", on, known)
        if counterfactual in found:
            reader.report(item, f"counterfactuals[{i}]", f"'{counterfactual.label}' stands twice")
        elif counterfactual is not None:
            found.append(counterfactual)
    return tuple(found)


def _read_counterfactual(
    reader: FieldReader, node: Node, key: str, on: Collection[str], known: Sequence[str]
) -> Counterfactual | None:
    if node.value in (NONE, DOCUMENTED):
        return Counterfactual("none" if node.value == NONE else "documented")
    kinds: tuple[Literal["without", "only"], ...] = ("without", "only")
    kind = next((kind for kind in kinds if kind in node.entries()), None)
    if kind is None or len(node.entries()) != 1:
        allowed = "none, documented, {without: a policy or a list} or {only: a policy or a list}"
        hint = nearest(str(node.value), (NONE, DOCUMENTED))
        reader.report(node, key, f"must be {allowed}, not {shown(node)}", hint)
        return None
    names = node.entries()[kind]
    listed = names.value if isinstance(names.value, list) else [names]
    if not listed:
        reader.report(names, f"{key}.{kind}", "names no policy")
    faults = [_report_name(reader, name, f"{key}.{kind}", on, known) for name in listed]
    return (
        None if any(faults) or not listed else Counterfactual(kind, tuple(dict.fromkeys(str(n.value) for n in listed)))
    )


def _report_name(reader: FieldReader, node: Node, key: str, on: Collection[str], known: Sequence[str]) -> bool:
    """Report a name that is no policy of the scenario; say whether it is none."""
    if not isinstance(node.value, str) or node.value not in known:
        message = f"{shown(node)} is no policy; allowed are {', '.join(known)}."
        reader.report(node, key, message, nearest(str(node.value), known))
        return True
    if node.value not in on:
        reader.report(node, key, f"{shown(node)} is not on in this scenario, so the run would differ in nothing else")
        return True
    return False


def read_parameters(reader: FieldReader, node: Node | None, defaults: Parameters) -> Parameters:
    """Return the parameters: the defaults and over them what the scenario sets."""
    if node is None or node.value == PRIOR:
        return defaults
    if node.value == CALIBRATED:
        message = "there is no posterior yet: nothing has been calibrated."
        reader.report(node, "parameters", message, f"Write '{PRIOR}' for the prior medians.")
        return defaults
    if not isinstance(node.value, dict):
        allowed = f"{PRIOR}, {CALIBRATED}, a YAML file, or {{forest_transfer.review_hazard: 0.02}} and the like"
        reader.report(
            node,
            "parameters",
            f"must be {allowed}, not {shown(node)}",
            nearest(str(node.value), (PRIOR, CALIBRATED)),
        )
        return defaults
    declared = defaults.declarations()
    values = {name: _read_parameter(reader, name, entry, declared) for name, entry in node.value.items()}
    return defaults.replaced({name: value for name, value in values.items() if value is not None})


def names_set(node: Node | None, defaults: Parameters) -> tuple[str, ...]:
    """Return the flat names of the parameters a scenario sets itself, whether or not their values are sound."""
    written = () if node is None else node.entries()
    return tuple(name for name in written if name in defaults.flat())


def _read_parameter(reader: FieldReader, name: str, node: Node, declared: Mapping[str, Declaration]) -> float | None:
    key = f"parameters.{name}"
    if name not in declared:
        message = "unknown parameter; a name reads mechanism.parameter."
        reader.report(node, key, message, _nearest_parameter(name, declared))
        return None
    about, before = declared[name], len(reader.problems)
    value = reader.number(node, key, f"in {about.unit}", about.low, about.high)
    return value if len(reader.problems) == before else None


def _nearest_parameter(name: str, declared: Mapping[str, Declaration]) -> str:
    """Return the nearest flat name; a name without its mechanism is completed first."""
    endings = [flat for flat in declared if flat.endswith(f".{name}")]
    return f"Did you mean '{endings[0]}'?" if endings else nearest(name, declared)
