"""The catalogue is whole: every text used exists in both languages, with the same placeholders, and none is idle."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import messages
from sim.errors import MessageError
from sim.evidence import load_evidence
from sim.messages import LANGUAGES, catalogue, text

SIM = Path(messages.__file__).parent
CHINESE = re.compile(r"[一-鿿]")
KEY_IN_TEMPLATE = re.compile(r"[\"'](report\.\w+)[\"']")
LOOKED_UP = {"text"}
"""Functions whose first argument is the key of a message."""
FACTS = "facts."


def keys_in_code() -> Iterator[tuple[str, str]]:
    """Yield file and key of every literal message key in `sim`."""
    for path in sorted(SIM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in catalogue():
                yield path.name, node.value
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in LOOKED_UP and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield path.name, first.value
    for path in sorted(SIM.rglob("*.html")):
        yield from ((path.name, key) for key in KEY_IN_TEMPLATE.findall(path.read_text(encoding="utf-8")))


def prefixes_in_code() -> set[str]:
    """Return how keys begin that an f-string puts together, as in ``f"report.measure_{name}"``.

    Whoever looks up messages so has a test of his own that every name has one.
    """
    files = {key.partition(".")[0] for key in catalogue()}
    found = set()
    for path in SIM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                start = str(node.values[0].value)
                if "." in start and start.partition(".")[0] in files:
                    found.add(start)
    return found


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_every_key_in_the_code_has_a_message() -> None:
    assert [(file, key) for file, key in keys_in_code() if key not in catalogue()] == []


def test_every_message_is_used() -> None:
    used, prefixes = {key for _, key in keys_in_code()}, tuple(prefixes_in_code())
    assert [key for key in catalogue() if key not in used and not key.startswith(prefixes)] == []


@pytest.mark.parametrize("key", catalogue())
def test_both_languages_say_the_same_with_the_same_placeholders(key: str) -> None:
    message = catalogue()[key]
    assert all(message[language].strip() for language in LANGUAGES)
    assert placeholders(message["en"]) == placeholders(message["zh"])
    assert not CHINESE.search(message["en"])
    assert CHINESE.search(message["zh"]) or not re.search(r"[a-z]{4}", re.sub(r"{.*?}", "", message["zh"]))


def test_every_target_has_a_name_and_no_name_is_idle() -> None:
    names = {key.removeprefix(FACTS) for key in catalogue() if key.startswith(FACTS)}
    assert names == {fact.id for fact in load_evidence().targets()}


def test_names_of_targets_differ() -> None:
    for language in LANGUAGES:
        names = [catalogue()[key][language] for key in catalogue() if key.startswith(FACTS)]
        assert len(names) == len(set(names))


def test_placeholders_may_have_any_name() -> None:
    assert text("plots.seeds", "en", seeds=3).count("3") == 1
    with pytest.raises(MessageError, match=r"'plots\.seeds' needs a value for 'seeds'"):
        text("plots.seeds", "zh")


def test_a_missing_message_or_value_is_named() -> None:
    with pytest.raises(MessageError, match=r"plots\.documented"):
        text("plots.documentd", "en")
    with pytest.raises(MessageError, match="no message"):
        text("", "zh")
