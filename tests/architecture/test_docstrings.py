"""Public docstrings say what a reader needs: shapes of arrays, units of numbers, errors raised.

What a program can read is checked, for every public function, method and class of `sim` and `calibration`:

* there is a docstring;
* who takes, returns or holds arrays gives a shape, and every array listed under ``Args`` one of its own, unless the
  lines before give one for all;
* every error of this project that the body raises, itself or through a private function of the file, is named;
* who takes or returns floating-point numbers says in which unit, in words of `sim.units` or one of PURE, and an
  amount of money in CNY.

Whether the words are true is for a reader to judge.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.units import UNITS

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("sim", "calibration") for path in (ROOT / folder).rglob("*.py"))

type Node = ast.FunctionDef | ast.ClassDef

ARRAYS = {"NDArray", "ndarray"}
FLOATS = {"float", "float32", "float64"}
TABLE = "Table"
"""Base of the tables of columns: each column is declared with its unit and meaning, and has a value for each row."""

SHAPE = re.compile(
    r"""\bshapes?\b | (?<![\w.`])\(               # in words, or as a tuple: (6,), (n, 3), (cells, 4), (7, N_SECTORS)
    (?=[^()]*,)(?: (?:\d+|[a-z]|[a-z]+s|[A-Z][A-Z_\d]+) (?:\ \+\ \d+)? (?:,\ ?|(?=\))) )+ \)""",
    re.VERBOSE,
)
PURE = (
    *("part", "share", "chance", "probability", "hazard", "rate", "factor", "scale", "weight", "elasticity", "ratio"),
    *("logarithm", "log", "logit", "index", "quantile", "correlation", "uniform", "normal", "gamma", "Gini", "Theil"),
    *("standard error", "standard deviation", "variance", "coefficient", "unit", "inch", "second", "byte", "degree"),
    *("relative", "fraction", "sign"),
)
"""Words for numbers without a unit of `sim.units`, or for whatever unit the reader brings."""

MONEY = {
    "cost",
    "costs",
    "income",
    "wage",
    "rent",
    "price",
    "wealth",
    "budget",
    "subsidy",
    "dividend",
    "money",
    "value_added",
}
ENTRY = re.compile(r"^ {4}(\w+(?:, \w+)*): ((?:.*)(?:\n {5,}.*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Public:
    """A public function, method or class as written.

    Attributes:
        name: dotted name inside its file.
        node: its definition.
        owner: the class it belongs to.
    """

    name: str
    node: Node
    owner: ast.ClassDef | None = None

    @property
    def text(self) -> str:
        return ast.get_docstring(self.node) or ""


def names_in(node: ast.AST | None) -> set[str]:
    """Return every name and attribute below a node."""
    found = ast.walk(node) if node is not None else iter(())
    return {str(getattr(n, "id", None) or getattr(n, "attr", "")) for n in found}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def closed(known: set[str], named: dict[str, set[str]]) -> set[str]:
    """Return the known names with all that are defined by them, step by step."""
    while more := {name for name, by in named.items() if by & known} - known:
        known = known | more
    return known


TREES = [parsed(path) for path in FILES]
ALIASES = {n.name.id: names_in(n.value) for tree in TREES for n in ast.walk(tree) if isinstance(n, ast.TypeAlias)}
BASES = {
    n.name: set().union(*map(names_in, n.bases))
    for tree in TREES
    for n in ast.walk(tree)
    if isinstance(n, ast.ClassDef)
}
ARRAY_NAMES = closed(ARRAYS, ALIASES)
FLOAT_NAMES = closed(FLOATS, ALIASES)
ERRORS = closed({"CountysimError"}, BASES)
TABLES = closed({TABLE}, BASES)
UNIT_WORDS = {word for unit in UNITS.values() for word in (unit.name, unit.en_one) if word} - {"sign", "places"}
UNIT = re.compile(
    rf"(?<!\w)(?:{'|'.join(re.escape(word) for word in sorted(UNIT_WORDS, key=len, reverse=True))}|%)(?!\w)"
    rf"|\b(?:{'|'.join(PURE)})(?:s|es)?\b"
)


def publics(body: Sequence[ast.stmt], owner: ast.ClassDef | None = None) -> Iterator[Public]:
    """Yield the public definitions of a module or class, and of the public classes in it."""
    prefix = f"{owner.name}." if owner else ""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield Public(prefix + node.name, node, owner)
            if isinstance(node, ast.ClassDef):
                yield from publics(node.body, node)


def arguments(node: Node) -> dict[str, ast.expr | None]:
    """Return the annotation of each argument, of a class those of its fields or of its ``__init__``."""
    if isinstance(node, ast.ClassDef):
        own = {
            n.target.id: n.annotation
            for n in node.body
            if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
        }
        made = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
        return {k: v for k, v in own.items() if not k.startswith("_")} | (arguments(made[0]) if made else {})
    return {a.arg: a.annotation for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}


def missing(public: Public) -> list[str]:
    return [] if public.text else ["has no docstring"]


def without_shape(public: Public) -> list[str]:
    node = public.node
    arrays = {name for name, annotation in arguments(node).items() if names_in(annotation) & ARRAY_NAMES}
    returned = set() if isinstance(node, ast.ClassDef) else names_in(node.returns) & ARRAY_NAMES
    if not (arrays or returned) or public.node.name in TABLES:
        return []
    if not SHAPE.search(public.text):
        return [f"gives no shape ({', '.join(sorted(arrays)) or 'of what it returns'})"]
    before, _, listed = public.text.partition("Args:\n")
    if SHAPE.search(before):
        return []
    entries = {name: about for names, about in ENTRY.findall(listed) for name in names.split(", ")}
    return [f"{name} has no shape" for name in sorted(arrays & set(entries)) if not SHAPE.search(entries[name])]


def raised(node: ast.FunctionDef, near: dict[str, ast.FunctionDef], seen: frozenset[str] = frozenset()) -> set[str]:
    """Return the errors of this project that a body raises, those of the private functions it calls included."""
    found: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Raise):
            found |= names_in(inner.exc) & ERRORS
        elif isinstance(inner, ast.Call):
            called = names_in(inner.func) & set(near) - seen
            for name in called:
                found |= raised(near[name], near, seen | called)
    return found


def private_functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """Return the private functions and methods of a file; two of one name do not occur."""
    return {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name.startswith("_")}


def without_error(public: Public, near: dict[str, ast.FunctionDef]) -> list[str]:
    if isinstance(public.node, ast.ClassDef):
        return []
    return [f"does not name {error}" for error in sorted(raised(public.node, near)) if error not in public.text]


def without_unit(public: Public) -> list[str]:
    node = public.node
    if isinstance(node, ast.ClassDef):
        return []
    given = arguments(node)
    numbers = [name for name, annotation in given.items() if names_in(annotation) & FLOAT_NAMES]
    returns_numbers = bool(names_in(node.returns) & FLOAT_NAMES)
    if not numbers and not returns_numbers:
        return []
    helps = [n.value for a in given.values() if a for n in ast.walk(a) if isinstance(n, ast.Constant)]
    words = " ".join((public.text, *map(str, helps), ast.get_docstring(public.owner) or "" if public.owner else ""))
    if not UNIT.search(words):
        return [f"says no unit ({', '.join(numbers) or 'of what it returns'})"]
    is_money = returns_numbers and bool(set(node.name.split("_")) & MONEY)
    if is_money and not re.search(r"\bCNY\b|\b(ratio|index|log|share|scale|unit)s?\b", words):
        return ["says neither CNY nor that it is a ratio"]
    return []


def complaints(tree: ast.Module) -> list[str]:
    """Return what the docstrings of a file lack, one line each."""
    near = private_functions(tree)
    return [
        f"{public.name}: {complaint}"
        for public in publics(tree.body)
        for found in (missing(public), without_shape(public), without_error(public, near), without_unit(public))
        for complaint in found
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_docstrings_say_shapes_units_and_errors(path: Path) -> None:
    tree = parsed(path)
    assert ast.get_docstring(tree) or not tree.body, "the file has no docstring"
    assert complaints(tree) == []
