"""Functions compiled for kernels alone: Python must never call one, as that ends the process without a word."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.test_imports import ROOT, sources

INNER = {"inner", "inner_numpy", "inner_sum"}
COMPILED = INNER | {"njit"}


def decorators(function: ast.FunctionDef) -> set[str]:
    """Return the names of a function's decorators, called or not."""
    bare = (each.func if isinstance(each, ast.Call) else each for each in function.decorator_list)
    return {ast.unparse(each).rpartition(".")[2] for each in bare}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def inner_functions(folder: Path) -> set[tuple[str, str]]:
    """Return (module, name) of every function that has no entry for Python."""
    found = set()
    for path in folder.rglob("*.py"):
        module = ".".join(path.relative_to(folder.parent).with_suffix("").parts)
        for function in functions(ast.parse(path.read_text(encoding="utf-8"))):
            if decorators(function) & INNER:
                found.add((module, function.name))
    return found


def python_uses(path: Path, module: str, inner: set[tuple[str, str]]) -> list[str]:
    """Return where a file uses an inner function outside compiled code, except as ``name.py_func``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {name for where, name in inner if where == module}
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (node.module, alias.name) in inner:
                    names.add(alias.asname or alias.name)
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    compiled = {id(n) for f in functions(tree) if decorators(f) & COMPILED for n in ast.walk(f)}
    plain = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "py_func"}
    uses = []
    for node in ast.walk(tree):
        if id(node) in compiled | plain:
            continue
        by_name = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names
        by_module = (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and (modules.get(node.value.id, ""), node.attr) in inner
        )
        if by_name or by_module:
            uses.append(f"{path.name}:{node.lineno}: {ast.unparse(node)}")
    return uses


ALL = inner_functions(ROOT / "sim")


def test_there_are_such_functions() -> None:
    assert ("sim.mechanisms.members", "stop_work") in ALL


@pytest.mark.parametrize("folder", ["sim", "calibration", "tests"])
def test_python_calls_none_of_them(folder: str) -> None:
    found = []
    for path in sources(folder):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found += python_uses(path, module, ALL)
    assert found == []


def test_a_call_from_python_is_found(tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(
        "from sim.mechanisms import members\nfrom sim.mechanisms.members import stop_work as stop\n"
        "def f(who):\n    stop(who)\n    stop.py_func(who)\n    return members.count(who)\n"
        "@njit(cache=True)\ndef g(who):\n    return stop(who)\n"
    )
    assert python_uses(path, "wrong", ALL) == ["wrong.py:4: stop", "wrong.py:6: members.count"]
