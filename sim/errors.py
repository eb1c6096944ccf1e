"""Errors a user can act on: every one says where, what is wrong, what is allowed and the likely fix."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One mistake in a file a person wrote.

    Attributes:
        file: the file's path as the person named it.
        line: line number from 1, or None where no line can be named.
        key: the dotted key, for instance ``policies.relocation.budget``.
        message: what is wrong and what is allowed.
        suggestion: the likely fix, or an empty string.
    """

    file: str
    line: int | None
    key: str
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        fix = f" {self.suggestion}" if self.suggestion else ""
        return f"{where}: {self.key}: {self.message}{fix}"


class CountysimError(Exception):
    """Base of every error the command line prints without a traceback."""


class ProblemsError(CountysimError):
    """All problems of one input at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class EvidenceError(ProblemsError):
    """The shipped (or a user's) evidence files break their own rules."""


class ScenarioError(ProblemsError):
    """A scenario cannot be run as written."""


class PopulationError(CountysimError):
    """The starting world cannot be built from the baseline statistics."""


class IdentityError(CountysimError):
    """An accounting identity or a conservation law is broken: a defect of the model, not of the input."""


class RunError(CountysimError):
    """No run of a scenario came through."""


class TooLittleMemoryError(CountysimError):
    """The runs need more memory than there is."""


class ResultsError(CountysimError):
    """A run folder cannot be written or read."""


class PictureError(CountysimError):
    """A picture cannot be drawn: its font is missing."""


class MessageError(CountysimError):
    """The catalogue of messages lacks a text, a language or the value of a placeholder."""


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Return ``Did you mean X?`` for the closest allowed word, or an empty string."""
    close = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.55)
    return f"Did you mean '{close[0]}'?" if close else ""
