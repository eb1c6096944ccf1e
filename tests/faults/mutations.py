"""Change the text of a scenario as people and broken editors do: keys, values, types, indentation, lines, bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from hypothesis import strategies as st

from sim.registry import default_parameters, installed_policies
from sim.scenario import TOP_KEYS

LIBRARY = Path(__file__).parents[2] / "scenarios"
EXTRA = (
    "extends: documented_2024\ntitle: {en: Fast, zh: 快}\nmonths: 96\n"
    "policies:\n  relocation:\n    budget: 1.3e+9\n    homes_per_month: {from: 100, to: 400, steps: 4}\n"
    "  forest_tenure: off\ncounterfactuals: [none, {without: relocation}]\noutputs: {households: [2023-12]}\n",
    "policies:\n  relocation: {start: 2024-01, end: 2025-01, places: [qujiang], ramp_months: 3}\n"
    "start: 2023-01\nparameters: {projects.inherited_campaign: 0.5}\n"
    "population: {share: 0.1, seeds: [1, 2]}\ndraws: 3\n",
)
TEXTS = (*(path.read_text(encoding="utf-8") for path in sorted(LIBRARY.glob("*.yaml"))), *EXTRA)

_LINE = re.compile(r"^(?P<indent>[ -]*)(?P<key>[\w.]+)(?P<colon>:\s*)(?P<value>.*)$")
_SETTINGS = sorted({name for policy in installed_policies().values() for name in policy.Settings.model_fields})
_KEYS = (
    *TOP_KEYS,
    *installed_policies(),
    *_SETTINGS,
    *default_parameters().flat(),
    "from",
    "to",
    "steps",
    "en",
    "",
    "x",
)
# fmt: off
_VALUES = (
    "0", "1", "-1", "2", "601", "1e999", "-0.0", "0.088", "8.8", ".nan", ".inf", "-.inf", "9" * 400, "0x1F", "0o17",
    "1_000", "true", "off", "on", "none", "null", "~", "", "''", '"24"', "prior", "calibrated", "documented", "2024-01",
    "2024-13", "2023-01-01", "12:30:45", "qujang", "qujiang", "衢江", "[]", "[1, 2]", "[[1]]", "{}",
    "{from: 0, to: 1, steps: 3}",
    "{from: 1, to: 0, steps: 1e9}", "{a: {b: c}}", "mine", "documented_2024", "nowhere.yaml", "mine.yaml", "/", "..",
    "&a 3", "*a", "!!int 3", "!x 3", "!!set {a}", "!!binary x", "!!python/name:os.system", "|", ">-", "? x", "# gone",
    "'unclosed", "[1, 2", "{a: 1", "a: b", "@x", "`x`", "%x", "\\U99999999", '"\\U99999999"', '"\\0"', "x" * 5000,
)
_PIECES = (
    b"\t", b"\n", b"\r", b"\r\n", b":", b": ", b"- ", b"[", b"]", b"{", b"}", b"'", b'"', b"|\n", b">\n", b"? ", b"#",
    b"&a ", b"*a", b"<<: ", b"!x ", b"%YAML 1.1\n---\n", b"---\n", b"...\n", b"\x00", b"\x07", b"\x85", b"\xff",
    b"\xfe\xff",
    b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xe2\x80\xa8", "衢".encode(), "é".encode("latin-1"),
)
# fmt: on

type Lines = list[str]
type Change = Callable[[st.DrawFn, Lines], Lines]


def _position(draw: st.DrawFn, lines: Lines) -> int:
    return draw(st.integers(0, max(0, len(lines) - 1)))


def _on_entry(draw: st.DrawFn, lines: Lines, change: Callable[[re.Match[str]], str]) -> Lines:
    """Change one line that holds a key; a text without any stays as it is."""
    entries = [(i, match) for i, line in enumerate(lines) if (match := _LINE.match(line))]
    if not entries:
        return lines
    i, match = draw(st.sampled_from(entries))
    return [*lines[:i], change(match), *lines[i + 1 :]]


def _key(draw: st.DrawFn, lines: Lines) -> Lines:
    key = draw(st.sampled_from(_KEYS))
    return _on_entry(draw, lines, lambda m: f"{m['indent']}{key}{m['colon']}{m['value']}")


def _misspelt(draw: st.DrawFn, lines: Lines) -> Lines:
    def misspell(match: re.Match[str]) -> str:
        at = draw(st.integers(0, len(match["key"]) - 1))
        letter = draw(st.sampled_from(("", "x", "é", "_", " ", ".")))
        return f"{match['indent']}{match['key'][:at]}{letter}{match['key'][at + 1 :]}{match['colon']}{match['value']}"

    return _on_entry(draw, lines, misspell)


def _value(draw: st.DrawFn, lines: Lines) -> Lines:
    value = draw(st.one_of(st.sampled_from(_VALUES), st.floats().map(str), st.integers().map(str), st.text(max_size=6)))
    return _on_entry(draw, lines, lambda m: f"{m['indent']}{m['key']}: {value}")


def _type(draw: st.DrawFn, lines: Lines) -> Lines:
    frame = draw(st.sampled_from(("[{}]", "[{}, {}]", "{{a: {}}}", '"{}"', "'{}'", "- {}", "!!str {}", "? {}", "{}:")))
    return _on_entry(draw, lines, lambda m: f"{m['indent']}{m['key']}: {frame.format(m['value'], m['value'])}")


def _indentation(draw: st.DrawFn, lines: Lines) -> Lines:
    at = _position(draw, lines)
    indent = draw(st.sampled_from(("", " ", "  ", "   ", "\t", "      ", "- ", "\u00a0", "\u3000")))
    changed = [line[:0] + indent + line.lstrip() for line in lines[at : at + 1]]
    return [*lines[:at], *changed, *lines[at + 1 :]]


def _lines(draw: st.DrawFn, lines: Lines) -> Lines:
    """Remove, repeat or move some lines, or take some from another scenario."""
    at, to, length = _position(draw, lines), _position(draw, lines), draw(st.integers(1, 3))
    block = lines[at : at + length]
    rest = [*lines[:at], *lines[at + length :]]
    other = draw(st.sampled_from(TEXTS)).splitlines()
    start = _position(draw, other)
    return draw(
        st.sampled_from(
            (
                rest,
                [*lines[:to], *block, *lines[to:]],
                [*rest[:to], *block, *rest[to:]],
                [*lines[:at], *other[start : start + length], *lines[at:]],
            )
        )
    )


_CHANGES: Sequence[Change] = (_key, _misspelt, _value, _value, _type, _indentation, _lines)


def _broken_bytes(draw: st.DrawFn, content: bytes) -> bytes:
    at, cut = draw(st.integers(0, len(content))), draw(st.integers(0, 12))
    piece = draw(st.one_of(st.sampled_from(_PIECES), st.binary(max_size=4)))
    return content[:at] + piece + content[at + cut :]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return the bytes of a scenario with one to four changes, now and then also cut short or in another encoding."""
    lines = draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(draw(st.integers(0, 3))):
        lines = draw(st.sampled_from(_CHANGES))(draw, lines)
    content = "\n".join(lines).encode("utf-8", errors="surrogatepass")
    if draw(st.integers(0, 3)) == 0 or not lines:
        content = _broken_bytes(draw, content)
    end = draw(st.sampled_from((*([None] * 20), 0, 1, len(content) // 2)))
    encoding = draw(st.sampled_from((*(["utf-8"] * 20), "utf-16", "gb18030", "latin-1")))
    if encoding != "utf-8":
        content = content.decode("utf-8", errors="replace").encode(encoding, errors="replace")
    return content[:end]
