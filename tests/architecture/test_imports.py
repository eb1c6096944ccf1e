"""Imports run one way, and files stay short enough to read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MAX_LINES = 400

LAYERS: tuple[tuple[str, ...], ...] = (
    ("kernel_cache", "errors", "warned", "units", "messages", "calendar", "places", "sectors"),
    ("vector_math", "randomness"),
    ("evidence", "parameters"),
    ("tables", "world", "levers", "accounting"),
    ("mechanisms",),
    ("agents",),
    ("policies",),
    ("registry",),
    ("scenario", "reach"),
    ("population", "burn_in", "identities", "observables", "observation", "closing"),
    ("model",),
    ("results", "outcomes"),
    ("execution",),
    ("runs", "comparison"),
    ("plots", "report"),
    ("dashboard", "cli"),
)
"""A module may import its own layer and those before it; `x_y` belongs where `x` does if it is not named."""

POLICY_MAY_IMPORT = {"evidence", "parameters", "levers", "calendar", "places", "units", "errors", "policies"}


def layer_of(module: str) -> int:
    """Return the position in LAYERS of a top-level module of `sim`."""
    names = [name for layer in LAYERS for name in layer if module == name or module.startswith(f"{name}_")]
    if not names:
        raise LookupError(f"sim/{module} belongs to no layer: name it in LAYERS")
    longest = max(names, key=len)
    return next(i for i, layer in enumerate(LAYERS) if longest in layer)


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names of the modules a file imports when it runs (not for type checking only)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in _run_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "sim")


def _run_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from _run_nodes(node)


def top_module(dotted: str) -> str | None:
    """Return the module below `sim` that a dotted name stands for."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "sim" and len(parts) > 1 else None


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "sim").parts[0].removesuffix(".py")


SIM = [path for path in sources("sim") if path != ROOT / "sim" / "__init__.py"]


@pytest.mark.parametrize("path", SIM, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    own = layer_of(name_of(path))
    later = {m for m in map(top_module, imported(path)) if m is not None and layer_of(m) > own}
    assert not later, f"imports {sorted(later)}, which stand after it"


@pytest.mark.parametrize("path", sources("sim"), ids=lambda path: str(path.relative_to(ROOT)))
def test_sim_never_imports_calibration(path: Path) -> None:
    assert not [name for name in imported(path) if name.split(".")[0] == "calibration"]


@pytest.mark.parametrize("path", sources("sim/policies"), ids=lambda path: path.stem)
def test_policies_reach_the_world_through_levers_only(path: Path) -> None:
    used = {module for module in map(top_module, imported(path)) if module is not None}
    assert used <= POLICY_MAY_IMPORT


@pytest.mark.parametrize("path", sources("sim/mechanisms"), ids=lambda path: path.stem)
def test_mechanisms_name_no_policy(path: Path) -> None:
    assert "policies" not in set(map(top_module, imported(path)))


@pytest.mark.parametrize("folder", ["sim", "calibration", "tests"])
def test_files_stay_short(folder: str) -> None:
    lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(folder)}
    assert {path: length for path, length in lengths.items() if length > MAX_LINES} == {}


def test_the_rules_can_be_broken(tmp_path: Path) -> None:
    path = tmp_path / "relocation.py"
    path.write_text("from sim import world\nimport sim.mechanisms.drift\ndef f():\n    from sim.model import X\n")
    assert {top_module(name) for name in imported(path)} == {None, "world", "mechanisms", "model"}
    assert layer_of("burn_in") == layer_of("population") < layer_of("cli")
    with pytest.raises(LookupError):
        layer_of("utils")


def test_type_checking_imports_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "errors.py"
    path.write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from sim.model import CountyModel\n")
    assert set(imported(path)) == {"typing"}
