"""Read the YAML of a scenario into nodes that know their file and line; refuse what no scenario needs.

Only plain mappings, lists and scalars are read. Aliases, anchors, tags and tab indentation are refused, so
that no file can make the reader build an object or grow beyond its own size. In YAML 1.2 ``off`` and ``no``
are text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import Reader

from sim.errors import Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_TOO_DEEP = f"is nested deeper than {MAX_DEPTH} levels"
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    _TAG + kind for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge")
)

type Scalar = str | int | float | bool | None
type Value = Scalar | dict[str, Node] | list[Node]


@dataclass(frozen=True)
class Node:
    """A value as written, with the line (from 1) of its key, or of itself in a list."""

    value: Value
    file: str
    line: int

    def problem(self, key: str, message: str, suggestion: str = "") -> Problem:
        """Return a mistake at this node."""
        stop = "." if suggestion and not message.endswith(".") else ""
        return Problem(self.file, self.line, key, message + stop, suggestion)

    def entries(self) -> dict[str, Node]:
        """Return the entries of a mapping; none for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def at(self, steps: tuple[str | int, ...]) -> Node:
        """Return the deepest node that stands on the way of `steps`."""
        node = self
        for step in steps:
            if isinstance(node.value, dict) and step in node.value:
                node = node.value[str(step)]
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
            else:
                break
        return node

    def plain(self) -> Any:
        """Return the value without lines; lists become tuples, which strict settings take."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return tuple(node.plain() for node in self.value) if isinstance(self.value, list) else self.value

    def numbers(self, steps: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], float]]:
        """Yield the place and value of every number below this node."""
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            yield steps, self.value
        elif isinstance(self.value, dict):
            for key, node in self.value.items():
                yield from node.numbers((*steps, key))
        elif isinstance(self.value, list):
            for i, node in enumerate(self.value):
                yield from node.numbers((*steps, i))


def shown(node: Node) -> str:
    """Return a value as an error message quotes it."""
    if isinstance(node.value, dict | list):
        return "a mapping" if isinstance(node.value, dict) else "a list"
    if node.value is None:
        return "nothing"
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    text = node.value if isinstance(node.value, str) else f"{node.value:.15g}"
    return f"'{text[:60]}...'" if len(text) > 60 else f"'{text}'"


def read_mapping(path: Path, problems: list[Problem]) -> Node | None:
    """Return the mapping a YAML file holds, or None after a report of all that is wrong with the file."""
    file = str(path)
    text = _read_text(path, problems)
    if text is None:
        return None
    tabs = [i for i, line in enumerate(text.splitlines(), 1) if "\t" in line[: len(line) - len(line.lstrip())]]
    if tabs:
        message, fix = (
            "the line is indented with a tab; YAML allows spaces only.",
            "Use two spaces for each level.",
        )
        problems.extend(Problem(file, line, path.name, message, fix) for line in tabs[:20])
        return None
    root = _compose(file, path.name, text, problems)
    if root is None:
        return None
    before = len(problems)
    node = _Converter(file, problems).convert(root, root.start_mark.line + 1, "", 0)
    if not isinstance(node.value, dict):
        message = f"must hold keys with values (months: 24), not {_kind(node)}"
        problems.append(node.problem(path.name, message))
    return node if len(problems) == before else None


def _kind(node: Node) -> str:
    return shown(node) if isinstance(node.value, list) else f"the single value {shown(node)}"


def _read_text(path: Path, problems: list[Problem]) -> str | None:
    def refuse(message: str, suggestion: str = "", line: int | None = None) -> None:
        problems.append(Problem(str(path), line, path.name, message, suggestion))

    try:
        size = path.stat().st_size
        if path.is_file() and size <= MAX_BYTES:
            written = path.read_bytes()
            return written.decode("utf-8-sig")
        if path.is_file():
            refuse(f"has {size:,} bytes; a scenario file may have at most {MAX_BYTES:,}")
        else:
            refuse("is a folder, not a scenario file" if path.is_dir() else "is no ordinary file")
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        refuse(f"is not UTF-8 text (byte {error.start}).", "Save it as UTF-8.", line)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        refuse(f"cannot be read: {getattr(error, 'strerror', None) or error}")
    return None


def _compose(file: str, name: str, text: str, problems: list[Problem]) -> Any:
    """Return the root of the node graph, or None after a report; no constructor of the library runs."""
    reader = YAML(typ="safe", pure=True)
    reader.Reader = _LineKeeper
    reader.max_depth = 2 * MAX_DEPTH  # hostile nesting would take the library minutes
    line: int | None = None
    try:
        root = reader.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, fault, fix = None if mark is None else mark.line + 1, *_explained(error)
    except RecursionError:
        fault, fix = _TOO_DEEP, ""
    except Exception as error:  # on damaged text the library's scanner also leaks its inner errors
        position = getattr(error, "position", None)
        line = reader.reader.reached if position is None else text.count("\n", 0, position) + 1
        fault, fix = f"is not valid YAML: {next(iter(str(error).splitlines()), repr(error))}", ""
    else:
        if root is not None and not (isinstance(root, ScalarNode) and root.value == ""):
            return root
        line, fault, fix = 1, "the file is empty.", "The shortest scenario is 'extends: documented_2024'."
    problems.append(Problem(file, line, name, fault, fix))
    return None


class _LineKeeper(Reader):  # type: ignore[misc]  # the library has no types
    """The library's reader; it still knows the line it has reached after the library has reset it."""

    reached = 1

    def reset_reader(self) -> None:
        self.reached = getattr(self, "line", 0) + 1
        super().reset_reader()


def _explained(error: MarkedYAMLError) -> tuple[str, str]:
    """Return what is wrong with the YAML and the likely fix."""
    problem = str(error.problem or error.context)
    if "maximum depth" in problem:
        return _TOO_DEEP, ""
    return f"is not valid YAML: {problem}.", _yaml_hint(problem, str(error.context))


def _yaml_hint(problem: str, context: str) -> str:
    if "mapping values are not allowed" in problem:
        return "Put a text that holds a colon into quotes, and indent the keys of one level alike."
    if "cannot start any token" in problem:
        return "Put a text that starts with a special character into quotes."
    return "Write one scenario in one file." if "single document" in context else ""


class _Converter:
    """Turn the library's nodes into ours, reporting what is refused."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self._file = file
        self._problems = problems

    def convert(self, node: Any, line: int, key: str, depth: int) -> Node:
        """Return our node; a refused part is reported and read as nothing."""
        fault = self._fault(node, depth)
        if fault:
            self._report(line, key, fault)
            return Node(None, self._file, line)
        if isinstance(node, MappingNode):
            return Node(self._mapping(node, key, depth), self._file, line)
        if isinstance(node, SequenceNode):
            items = [self.convert(n, n.start_mark.line + 1, f"{key}[{i}]", depth + 1) for i, n in enumerate(node.value)]
            return Node(items, self._file, line)
        return Node(_scalar(node), self._file, line)

    def _fault(self, node: Any, depth: int) -> str:
        if depth > MAX_DEPTH:
            return _TOO_DEEP
        if node.anchor:
            return f"the anchor '&{node.anchor}' is not allowed; write the value out where it is needed"
        tag = str(node.tag)
        return "" if tag in _PLAIN_TAGS else f"the tag '{tag}' is not allowed in a scenario; write the plain value"

    def _mapping(self, node: Any, key: str, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode) or key_node.anchor or not key_node.value:
                self._report(line, key, "a key must be a plain word")
                continue
            name = str(key_node.value)
            dotted = f"{key}.{name}" if key else name
            if name in entries:
                self._report(line, dotted, f"the key stands twice; it was first set in line {entries[name].line}")
            else:
                entries[name] = self.convert(value_node, line, dotted, depth + 1)
        return entries

    def _report(self, line: int, key: str, message: str) -> None:
        self._problems.append(Problem(self._file, line, key or Path(self._file).name, message))


_WORDS: Mapping[str, Scalar] = {
    "true": True,
    "false": False,
    ".inf": math.inf,
    "+.inf": math.inf,
    "-.inf": -math.inf,
    ".nan": math.nan,
}


def _scalar(node: Any) -> Scalar:
    """Return a scalar by its resolved tag; what looks like a number but is none stays text."""
    text, kind = str(node.value), str(node.tag).removeprefix(_TAG)
    if kind == "null":
        return None
    if kind in ("bool", "float") and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        if kind == "int":
            number = int(text, 0) if "0o" in text or "0x" in text else int(text)
            return number if abs(number) < 2**63 else float(text)
        return float(text) if kind == "float" else text
    except ValueError:
        return text
