"""Sweeps: a setting or parameter written as a list or a range stands for several values; their full product is run.

A setting that is a list by itself, such as `places`, stays one value.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from sim.parameters import Parameters
from sim.policies.base import Policy
from sim.scenario.fields import FieldReader
from sim.scenario.yaml import Node, shown

MAX_POINTS = 200
"""Points of a sweep: the product of the numbers of values."""
RANGE_KEYS = ("from", "to", "steps")
_DIGITS = 6
"""Significant digits of the values between the ends of a range, so that labels stay short."""


@dataclass(frozen=True)
class Axis:
    """One swept setting or parameter.

    Attributes:
        name: as labels show it, `relocation.homes_per_month` or `projects.landing_hazard`.
        steps: where it stands in the scenario, ``("policies", "relocation", "homes_per_month")``.
        node: what was written.
        values: a node for each value.
    """

    name: str
    steps: tuple[str, str] | tuple[str, str, str]
    node: Node
    values: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Point:
    """One point of a sweep.

    Attributes:
        label: the label of its run: the scenario's own name for the first point, else ``name=value, name=value``.
        values: the swept values by axis name.
        policies, parameters: those of the scenario with these values.
    """

    label: str
    values: Mapping[str, Any]
    policies: Mapping[str, Policy[Any]]
    parameters: Parameters


def read_axes(
    reader: FieldReader,
    top: Mapping[str, Node],
    policies: Mapping[str, type[Policy[Any]]],
    parameters: Collection[str],
) -> tuple[Axis, ...]:
    """Return what a scenario sweeps, in the order written; report broken ranges and too many points.

    Args:
        reader: collects mistakes.
        top: the scenario's entries.
        policies: the known policies by name.
        parameters: the known flat names.
    """
    written = [*_swept_settings(top.get("policies"), policies), *_swept_parameters(top.get("parameters"), parameters)]
    axes = [Axis(name, at, node, _values(reader, node, ".".join(at), whole)) for name, at, node, whole in written]
    count = math.prod(max(len(axis.values), 1) for axis in axes)
    if count > MAX_POINTS:
        _report_too_many(reader, axes, count)
        return tuple(dataclasses.replace(axis, values=axis.values[:1]) for axis in axes)
    return tuple(axes)


type _Swept = tuple[str, tuple[str, str] | tuple[str, str, str], Node, bool]


def _swept_settings(node: Node | None, known: Mapping[str, type[Policy[Any]]]) -> Iterator[_Swept]:
    for policy, settings in _entries(node).items():
        fields = known[policy].Settings.model_fields if policy in known else {}
        for name, value in settings.entries().items():
            if name in fields and _is_several(value) and not is_list_valued(fields[name]):
                yield f"{policy}.{name}", ("policies", policy, name), value, is_whole(fields[name])


def _swept_parameters(node: Node | None, known: Collection[str]) -> Iterator[_Swept]:
    for name, value in _entries(node).items():
        if name in known and _is_several(value):
            yield name, ("parameters", name), value, False


def _entries(node: Node | None) -> Mapping[str, Node]:
    return {} if node is None else node.entries()


def _is_several(node: Node) -> bool:
    return isinstance(node.value, list | dict)


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """Return the types a setting may have: ``(float, None)`` for ``float | None``."""
    return tuple(kind for kind in get_args(annotation) if kind is not NoneType) or (annotation,)


def is_list_valued(field: FieldInfo) -> bool:
    """Say whether one value of a setting is itself a list or a mapping."""
    several = (tuple, list, set, frozenset, dict)
    kinds = (field.annotation, *_alternatives(field.annotation))
    return any(kind in several or get_origin(kind) in several for kind in kinds)


def is_whole(field: FieldInfo) -> bool:
    """Say whether a setting takes whole numbers only."""
    return int in _alternatives(field.annotation)


def _values(reader: FieldReader, node: Node, key: str, whole: bool) -> tuple[Node, ...]:
    """Return a node for each value; none after a report."""
    if isinstance(node.value, list):
        return _listed(reader, node, node.value, key)
    entries = node.entries()
    unknown = [name for name in entries if name not in RANGE_KEYS]
    missing = [name for name in RANGE_KEYS if name not in entries]
    if unknown or missing:
        faults = [f"{word} {', '.join(names)}" for word, names in (("unknown", unknown), ("missing", missing)) if names]
        place = entries[unknown[0]] if unknown else node
        message = f"a range has the keys {', '.join(RANGE_KEYS)} ({'; '.join(faults)})."
        reader.report(place, key, message, "For instance {from: 100, to: 500, steps: 5}.")
        return ()
    return _spaced(reader, node, key, whole)


def _listed(reader: FieldReader, node: Node, items: list[Node], key: str) -> tuple[Node, ...]:
    texts = [_text(item.plain()) for item in items]
    if len(items) < 2:
        fix = f"Write {texts[0]} without brackets." if texts else ""
        reader.report(node, key, f"a sweep lists at least two values, not {len(items)}", fix)
        return ()
    first = {text: i for i, text in reversed(list(enumerate(texts)))}
    twice = next((item for i, item in enumerate(items) if first[texts[i]] < i), None)
    if twice is not None:
        reader.report(twice, key, f"the sweep lists {shown(twice)} twice")
    return tuple(items)


def _spaced(reader: FieldReader, node: Node, key: str, whole: bool) -> tuple[Node, ...]:
    """Return evenly spaced values, both ends included; none after a report."""
    before, entries = len(reader.problems), node.entries()
    steps = reader.whole(entries["steps"], f"{key}.steps", "the number of values", 2, MAX_POINTS)
    first, last = (_end(reader, entries[name], f"{key}.{name}") for name in ("from", "to"))
    if len(reader.problems) > before:
        return ()
    if first == last:
        reader.report(node, key, f"the range begins and ends at {_text(first)}")
        return ()
    between = [_rounded(first + (last - first) * i / (steps - 1)) for i in range(1, steps - 1)]
    values = [first, *between, last]
    if whole and not all(value.is_integer() for value in values):
        fraction = next(value for value in values if not value.is_integer())
        reader.report(node, key, f"needs whole numbers, but {steps} even steps give {_text(fraction)}")
        return ()
    return tuple(Node(int(v) if v.is_integer() else v, node.file, node.line) for v in values)


def _end(reader: FieldReader, node: Node, key: str) -> float:
    value = node.value
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    fix = "Months are listed, as in [2023-01, 2023-07]." if isinstance(value, str) else ""
    reader.report(node, key, f"a range goes from a number to a number, not {shown(node)}", fix)
    return 0.0


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _report_too_many(reader: FieldReader, axes: Sequence[Axis], count: int) -> None:
    product = " x ".join(f"{len(axis.values)} of {axis.name}" for axis in axes)
    message = f"the sweep has {count:,} points ({product}); at most {MAX_POINTS} are run at once."
    reader.report(axes[-1].node, ".".join(axes[-1].steps), message, "Use fewer values, or ask one after the other.")


def combinations(axes: Sequence[Axis]) -> Iterator[tuple[Node | None, ...]]:
    """Yield a value for each axis, the first axis varying slowest; None where an axis is broken."""
    return itertools.product(*(axis.values or (None,) for axis in axes))


def at_point(top: Mapping[str, Node], axes: Sequence[Axis], values: Sequence[Node | None]) -> Mapping[str, Node]:
    """Return a scenario's entries with one value in place of each swept one; a broken one is left out."""
    entries = dict(top)
    for axis, value in zip(axes, values, strict=True):
        entries[axis.steps[0]] = _replaced(entries[axis.steps[0]], axis.steps[1:], value)
    return entries


def _replaced(node: Node, steps: Sequence[str], value: Node | None) -> Node:
    name, *rest = steps
    entries = {key: entry for key, entry in node.entries().items() if key != name or rest or value is not None}
    if rest:
        entries[name] = _replaced(entries[name], rest, value)
    elif value is not None:
        entries[name] = value
    return Node(entries, node.file, node.line)


def point_label(values: Mapping[str, Any]) -> str:
    """Return the label of a point that is not the first, for instance ``relocation.homes_per_month=450``."""
    return ", ".join(f"{name}={_text(value)}" for name, value in values.items())


def _text(value: Any) -> str:
    """Return a value as short as it can be told apart."""
    if value is None:
        return "none"
    if not isinstance(value, int | float):
        return re.sub(r"[^\w.+-]", "_", str(value))  # labels become parts of file names
    return f"{value:g}" if float(f"{value:g}") == value else f"{value:.15g}"
