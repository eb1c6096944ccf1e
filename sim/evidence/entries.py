"""Read evidence files into entries that find every mistake before anyone uses a number.

A broken cell is reported and read as a placeholder (an empty text, not-a-number), so that one pass finds all
mistakes; the caller raises before a placeholder is seen.
"""

from __future__ import annotations

import csv
import functools
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import Problem, nearest
from sim.units import check_unit


@dataclass(frozen=True)
class Entry:
    """One record as written: its cells, its name in messages, and where its problems go."""

    file: str
    name: str
    cells: Mapping[str, Any]
    line_of: Callable[[str], int | None]
    problems: list[Problem]

    def report(self, field: str, message: str, suggestion: str = "") -> None:
        """Add a problem of one field."""
        key = f"{self.name}.{field}" if self.name else field
        self.problems.append(Problem(self.file, self.line_of(field), key, message, suggestion))

    def is_empty(self, field: str) -> bool:
        """Return whether nothing is written in a field."""
        value = self.cells.get(field)
        return value is None or (isinstance(value, str) and not value.strip())

    def text(self, field: str) -> str:
        """Return the text of a field that may be empty or absent."""
        if self.is_empty(field):
            return ""
        value = self.cells[field]
        if not isinstance(value, str):
            self.report(field, f"'{value}' is not text", f'Write it in quotes: "{value}".')
            return ""
        return value.strip()

    def words(self, field: str) -> str:
        """Return the text of a field that must not be empty."""
        if self.is_empty(field):
            self.report(field, "is missing or empty")
        return self.text(field)

    def choice(self, field: str, allowed: Sequence[str]) -> str:
        """Return a word of a closed list."""
        word = self.words(field)
        if word and word not in allowed:
            message = f"'{word}' is not allowed here; allowed are {', '.join(allowed)}."
            self.report(field, message, nearest(word, allowed))
        return word

    def number(self, field: str) -> float:
        """Return a finite number."""
        if self.is_empty(field):
            self.report(field, "is missing or empty")
            return math.nan
        return self.as_number(field, self.cells[field])

    def as_number(self, field: str, value: object) -> float:
        """Return `value` as a finite number; report it on `field` if it is none."""
        is_number = isinstance(value, int | float | str) and not isinstance(value, bool)
        try:
            number = float("" if not is_number or "_" in str(value) else str(value))
        except ValueError:
            self.report(field, f"'{value}' is not a number", "Write digits only, for instance 60.0e+9.")
            return math.nan
        if not math.isfinite(number):
            self.report(field, f"'{value}' is not a finite number")
            return math.nan
        return number

    def unit(self) -> str:
        """Return the name of a known unit."""
        return self.checked("unit", check_unit)

    def checked(self, field: str, check: Callable[[str], object]) -> str:
        """Return a text that `check` takes without a ValueError."""
        text = self.words(field)
        try:
            if text:
                check(text)
        except ValueError as error:
            self.report(field, str(error))
        return text

    def known_fields(self, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Report the fields that no record of this kind has."""
        allowed = (*required, *optional)
        for field in map(str, self.cells):
            if field not in allowed:
                message = f"unknown key; allowed are {', '.join(allowed)}."
                self.report(field, message, nearest(field, allowed))


def read_text(path: Path, problems: list[Problem]) -> str | None:
    """Return a UTF-8 file's text without a byte order mark, or None after a report."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.append(Problem(str(path), None, path.name, "the file is missing from the evidence folder"))
    except UnicodeDecodeError as error:
        problems.append(Problem(str(path), None, path.name, f"is not UTF-8 text (byte {error.start})"))
    return None


def read_table(path: Path, columns: Sequence[str], name_columns: Sequence[str], problems: list[Problem]) -> list[Entry]:
    """Return the rows of a CSV file whose header holds exactly `columns`, in any order."""
    text = read_text(path, problems)
    if text is None:
        return []
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    if not _header_fits(path, header, columns, problems):
        return []
    entries, line = [], reader.line_num + 1
    for cells in reader:
        if cells and len(cells) != len(header):
            count = f"the row has {len(cells)} cells instead of {len(header)}"
            suggestion = 'Put a cell that holds a comma into quotes: "a, b".'
            problems.append(Problem(str(path), line, cells[0], count, suggestion))
        elif cells:
            row = dict(zip(header, cells, strict=True))
            name = ".".join(row[column] for column in name_columns)
            entries.append(Entry(str(path), name, row, functools.partial(_same_line, line), problems))
        line = reader.line_num + 1
    return entries


def _same_line(line: int, _field: str) -> int:
    return line


def _header_fits(path: Path, header: Sequence[str], columns: Sequence[str], problems: list[Problem]) -> bool:
    faults = [
        (column, f"unknown column; allowed are {', '.join(columns)}.", nearest(column, columns))
        for column in header
        if column not in columns
    ]
    faults += [(column, "the column is missing", "") for column in columns if column not in header]
    faults += [(column, "the column stands twice", "") for column in columns if list(header).count(column) > 1]
    problems.extend(Problem(str(path), 1, *fault) for fault in faults)
    return not faults


def report_repeats(entries: Iterable[Entry], fields: Sequence[str], what: str) -> None:
    """Report every entry whose `fields` repeat those of an earlier one, in this file or one read before."""
    first: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        identity = tuple(str(entry.cells.get(field, "")).strip() for field in fields)
        earlier = first.setdefault(identity, entry)
        if earlier is not entry and any(identity):
            where = f"{Path(earlier.file).name}:{earlier.line_of(fields[0])}"
            entry.report(fields[0], f"a second {what} '{', '.join(identity)}'; the first stands in {where}.")
