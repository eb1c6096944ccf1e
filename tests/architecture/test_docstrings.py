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
NUMBERS_AS_SUCH: dict[str, tuple[str, ...]] = {
    "sim/comparison/words.py": ("significant ",),
    "sim/evidence/entries.py": ("Entry.number ", "Entry.as_number "),
    "sim/report/words.py": ("significant ",),
    "sim/results/tables.py": ("csv_number ",),
    "sim/scenario/fields.py": ("bounds_text ", "FieldReader.number "),
    "sim/vector_math.py": ("exp ",),
}
"""They read, check, round or write numbers whatever they count, or are mathematics: to name a unit would be silly."""

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
        """Return the docstring, of a class with those of its fields."""
        own = ast.get_docstring(self.node) or ""
        fields = self.node.body[1:] if isinstance(self.node, ast.ClassDef) else []
        return "\n".join((own, *(ast.unparse(n) for n in fields if isinstance(n, ast.Expr)))).strip()


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
    return [] if ast.get_docstring(public.node) else ["has no docstring"]


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
    unshaped = sorted(name for name in arrays & set(entries) if not SHAPE.search(entries[name]))
    return [f"names {name} without a shape" for name in unshaped]


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
        f"{public.name} {complaint}"
        for public in publics(tree.body)
        for found in (missing(public), without_shape(public), without_error(public, near), without_unit(public))
        for complaint in found
    ]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_docstrings_say_shapes_units_and_errors(path: Path) -> None:
    tree = parsed(path)
    assert ast.get_docstring(tree) or not tree.body, "the file has no docstring"
    excused = NUMBERS_AS_SUCH.get(name_of(path), ())
    assert [line for line in complaints(tree) if not (line.startswith(excused) and "says no unit" in line)] == []


@pytest.mark.parametrize("file", NUMBERS_AS_SUCH)
def test_exceptions_are_needed(file: str) -> None:
    lines = complaints(parsed(ROOT / file))
    assert [name for name in NUMBERS_AS_SUCH[file] if f"{name}says no unit" not in " ".join(lines)] == []


BROKEN = {
    "def f(): pass": "f has no docstring",
    "class A:\n  'A.'\n  def f(self): pass": "A.f has no docstring",
    "def f(x: NDArray[np.int8]):\n  'Do f(x, y) for each (mu, weighted).'": "f gives no shape (x)",
    "def f() -> Floats:\n  'Return months.'": "f gives no shape (of what it returns)",
    "class A:\n  x: int\n  'Number.'": "A has no docstring",
    "class A:\n  'A.'\n  x: Floats": "A gives no shape (x)",
    "class A:\n  'A.'\n  def __init__(self, x: Floats): pass": "A gives no shape (x)",
    f"def f(x: Ids, y: Ids):\n  {'Do.\n\nArgs:\n    x: shape (n,).\n    y: rows.'!r}": "f names y without a shape",
    "def f():\n  'Do.'\n  raise RunError": "f does not name RunError",
    "def f():\n  'Do.'\n  _g()\ndef _g():\n  raise RunError('no') from None": "f does not name RunError",
    "def f(share: float):\n  'Do.'": "f says no unit (share)",
    "def rent(x: int) -> float:\n  'Return what a household pays.'": "rent says neither CNY nor that it is a ratio",
}


@pytest.mark.parametrize(("source", "complaint"), BROKEN.items())
def test_the_rules_can_be_broken(source: str, complaint: str) -> None:
    assert complaints(ast.parse(source)) == [complaint]


KEPT = (
    "def _f(): pass",
    "def f(x: NDArray[np.int8]):\n  'Do it to rows, shape (n,).'",
    "class A:\n  'A.'\n  x: Floats\n  'Ratios, shape (6,).'",
    "def f(x: Ids):\n  'Do it to cells (6, N_SECTORS).'",
    f"def f(x: Ids, y: Ids):\n  {'Do it to arrays of shape (n,).\n\nArgs:\n    x: rows.\n    y: rows.'!r}",
    "def f():\n  'Do; raises RunError.'\n  raise RunError",
    "def f():\n  'Do.'\n  raise ValueError",
    "def rent(x: int) -> float:\n  'Return CNY/mu/year.'",
    "def f(x: Annotated[float, Option(help='part of the households')]):\n  'Do.'",
)


@pytest.mark.parametrize("source", KEPT)
def test_the_rules_can_be_kept(source: str) -> None:
    assert complaints(ast.parse(source)) == []
