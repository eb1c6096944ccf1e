"""Everything a report or a picture says, in English and Chinese: one catalogue, no text in the code.

The catalogue is the TOML files of ``sim/data/messages``, one for each part that speaks. The table ``[title]`` of
``report.toml`` is the message ``report.title``; it holds the text in each language, with placeholders in braces.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from sim.errors import MessageError, nearest
from sim.units import Language

LANGUAGES: tuple[Language, ...] = ("en", "zh")


def text(key: str, language: Language, /, **values: object) -> str:
    """Return a message in one language, its placeholders filled.

    Args:
        key: file and table, as ``report.title``.
        language: ``en`` or ``zh``.
        values: what stands for the placeholders; numbers are formatted before, see `sim.units.format_value`.

    Raises:
        MessageError: there is no such message, or a placeholder has no value.
    """
    messages = catalogue()
    if key not in messages:
        raise MessageError(f"no message '{key}'. {nearest(key, messages)}".rstrip())
    try:
        return messages[key][language].format(**values)
    except KeyError as error:
        raise MessageError(f"the message '{key}' needs a value for {error}") from error


@functools.cache
def catalogue() -> Mapping[str, Mapping[Language, str]]:
    """Return all messages by key, each a mapping from language to text.

    Raises:
        MessageError: a message lacks a language or holds something else.
    """
    messages: dict[str, Mapping[Language, str]] = {}
    for path in sorted(files("sim").joinpath("data/messages").iterdir(), key=lambda path: path.name):
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            key = f"{path.name.removesuffix('.toml')}.{name}"
            if not _is_message(entry):
                raise MessageError(f"the message '{key}' must have exactly the texts {' and '.join(LANGUAGES)}")
            messages[key] = MappingProxyType(entry)
    return MappingProxyType(messages)


def _is_message(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and set(entry) == set(LANGUAGES)
        and all(isinstance(message, str) for message in entry.values())
    )
