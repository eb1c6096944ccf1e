"""Count Python warnings, so that they can be shown at the end and none is swallowed."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

_PACKAGE = Path(__file__).parent


class RunWarning(UserWarning):
    """A warning that was raised while runs were simulated, possibly in a process of their own."""


@dataclass(frozen=True)
class Warned:
    """A warning: its class, its text, and the file and line it came from."""

    kind: str
    text: str
    place: str

    def __str__(self) -> str:
        return f"{self.text} ({self.kind}, {self.place})"


@contextmanager
def counted_warnings() -> Iterator[Counter[Warned]]:
    """Count the warnings of the block instead of printing them; every occurrence counts, not only the first.

    Warnings that the process's filters ignore or turn into errors stay ignored, or errors.
    """
    counts: Counter[Warned] = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("always", append=True)

        def count(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any) -> None:
            counts[Warned(category.__name__, str(message), f"{place_of(filename)}:{lineno}")] += 1

        warnings.showwarning = cast(Any, count)
        yield counts


def place_of(file: str) -> str:
    """Return a source file as a person looks for it: inside this package as ``sim/...``, else its name."""
    path = Path(file)
    return f"sim/{path.relative_to(_PACKAGE)}" if path.is_relative_to(_PACKAGE) else path.name


def warn_again(counts: Mapping[Warned, int]) -> None:
    """Warn of what was counted, each once with its number."""
    for warned, times in counts.items():
        warnings.warn(f"{warned}{f', {times} times' if times > 1 else ''}", RunWarning, stacklevel=3)
