"""Read the facts that the source documents state (YAML)."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.errors import Problem
from sim.evidence.entries import Entry, read_text, report_repeats
from sim.evidence.records import BOUNDS, CONFIDENCES, ROLES, Fact, Source, parse_period
from sim.places import PLACES

SOURCE_FIELDS = ("title", "publisher", "published", "confidence")
FACT_FIELDS = ("id", "programme", "place", "period", "value", "unit", "bound", "role", "source")
FACT_OPTIONAL = ("note", "upper")


def read_facts(path: Path, problems: list[Problem]) -> tuple[tuple[Source, ...], tuple[Fact, ...]]:
    """Return the sources and facts of a YAML file."""
    text = read_text(path, problems)
    content = None if text is None else _parse_yaml(path, text, problems)
    if text is None or content is None:
        return (), ()
    document = _Document(str(path), text, problems)
    top = document.entry("", (), content)
    top.known_fields(("sources", "facts"))
    written_sources = _section(top, "sources", dict, {})
    written_facts = _section(top, "facts", list, [])
    sources = {
        str(step): _source(str(step), entry) for step, entry in document.entries("sources", written_sources.items())
    }
    entries = [entry for _, entry in document.entries("facts", enumerate(written_facts))]
    report_repeats(entries, ("id",), "fact")
    return tuple(sources.values()), tuple(_fact(entry, sources) for entry in entries)


class _Document:
    """A YAML text whose lines are looked up, by a second and slower parse, only when a problem needs one."""

    def __init__(self, file: str, text: str, problems: list[Problem]) -> None:
        self._file = file
        self._text = text
        self._problems = problems

    def entries(self, section: str, items: Iterable[tuple[str | int, Any]]) -> Iterator[tuple[str | int, Entry]]:
        """Yield the mappings of a section under their key or position, and report what is no mapping."""
        for step, cells in items:
            if isinstance(cells, dict):
                yield step, self.entry(f"{section}.{cells.get('id', step)}", (section, step), cells)
            else:
                message = f"'{cells}' is not a mapping of keys to values"
                line = self._line((section, step))
                self._problems.append(Problem(self._file, line, f"{section}.{step}", message))

    def entry(self, name: str, steps: tuple[str | int, ...], cells: Mapping[str, Any]) -> Entry:
        """Return the record that stands at `steps` from the top of the document."""
        return Entry(self._file, name, cells, lambda field: self._line((*steps, field)), self._problems)

    @functools.cached_property
    def _tree(self) -> Any:
        from ruamel.yaml import YAML

        return YAML(typ="rt").load(self._text)

    def _line(self, steps: Sequence[str | int]) -> int:
        """Return the line, from 1, of the deepest of `steps` that is written."""
        node, line = self._tree, 0
        for step in steps:
            is_list = isinstance(step, int) and isinstance(node, list)
            if not is_list and not (isinstance(node, dict) and step in node):
                break
            line = (node.lc.item(step) if is_list else node.lc.key(step))[0]
            node = node[step]
        return int(line) + 1


def _parse_yaml(path: Path, text: str, problems: list[Problem]) -> Mapping[str, Any] | None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

    try:
        document = YAML(typ="safe", pure=False).load(text)
    except MarkedYAMLError as error:
        line = None if error.problem_mark is None else error.problem_mark.line + 1
        problems.append(Problem(str(path), line, path.name, f"is not valid YAML: {error.problem}"))
        return None
    if not isinstance(document, dict):
        problems.append(Problem(str(path), 1, path.name, "must hold the keys sources and facts"))
        return None
    return document


def _section[T](top: Entry, name: str, kind: type[T], empty: T) -> T:
    section = top.cells.get(name)
    if isinstance(section, kind):
        return section
    shape = "a list" if kind is list else "a mapping"
    top.report(name, f"is missing or not {shape}")
    return empty


def _source(id_: str, entry: Entry) -> Source:
    entry.known_fields(SOURCE_FIELDS)
    return Source(
        id=id_,
        title=entry.words("title"),
        publisher=entry.words("publisher"),
        published=entry.words("published"),
        confidence=entry.choice("confidence", CONFIDENCES),
    )


def _fact(entry: Entry, sources: Mapping[str, Source]) -> Fact:
    entry.known_fields(FACT_FIELDS, FACT_OPTIONAL)
    source = entry.choice("source", tuple(sources))
    fact = Fact(
        id=entry.words("id"),
        programme=entry.words("programme"),
        place=entry.choice("place", PLACES),
        period=entry.checked("period", parse_period),
        value=_fact_value(entry),
        unit=entry.unit(),
        bound=entry.choice("bound", BOUNDS),
        role=entry.choice("role", ROLES),
        source=sources.get(source, Source(source, "", "", "", "")),
        note=entry.text("note"),
    )
    _report_impossible_interval(entry, fact)
    return replace(fact, upper=_upper(entry, fact)) if "upper" in entry.cells else fact


def _fact_value(entry: Entry) -> float | tuple[float, ...]:
    written = entry.cells.get("value")
    if isinstance(written, list) and written:
        return tuple(entry.as_number("value", item) for item in written)
    return entry.number("value")


def _report_impossible_interval(entry: Entry, fact: Fact) -> None:
    if fact.bound not in ("ge", "nearly"):
        return
    if isinstance(fact.value, tuple):
        entry.report("bound", f"'{fact.bound}' needs one value; several values are stated as eq")
    elif fact.value <= 0:
        entry.report("bound", f"'{fact.bound}' needs a positive value, not {fact.value:g}")


def _upper(entry: Entry, fact: Fact) -> float:
    upper = entry.number("upper")
    if fact.bound != "ge":
        entry.report("upper", f"belongs to a fact with bound ge, not {fact.bound}")
    elif isinstance(fact.value, float) and upper < fact.value:
        entry.report("upper", f"{upper:g} lies below the value {fact.value:g}")
    return upper
