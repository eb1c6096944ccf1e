"""Kernels older than any source with kernels are dropped; everything else stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.kernel_cache import drop_stale

CALLEE = """
from numba import njit

@njit(cache=True)
def rule(x):
    return x + {added}
"""
CALLER = """
from numba import njit
from kernels.rules import rule

@njit(cache=True)
def kernel(x):
    return rule(x)

print(kernel(1.0))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "kernels"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from pathlib import Path\nfrom sim.kernel_cache import drop_stale\ndrop_stale(Path(__file__).parent)\n"
    )
    (folder / "rules.py").write_text(CALLEE.format(added="1.0"))
    (folder / "caller.py").write_text(CALLER)
    return folder


def run(package: Path) -> str:
    path = os.pathsep.join([str(package.parent), str(Path(sim.__file__).parents[1])])
    command = [sys.executable, "-c", "import kernels.caller"]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_a_changed_callee_reaches_its_callers(package: Path) -> None:
    assert run(package) == "2.0\n"
    compiled = set(package.rglob("*.nbi"))
    assert compiled
    assert run(package) == "2.0\n"
    assert drop_stale(package) == 0, "nothing has changed"
    (package / "rules.py").write_text(CALLEE.format(added="5.0"))
    assert run(package) == "6.0\n"


def test_a_source_without_kernels_drops_nothing(package: Path) -> None:
    run(package)
    (package / "words.py").write_text("TEXT = 1\n")
    os.utime(package / "words.py", ns=(2**62, 2**62))
    assert drop_stale(package) == 0


def test_every_file_of_an_outdated_kernel_goes(package: Path) -> None:
    run(package)
    files = {*package.rglob("*.nbi"), *package.rglob("*.nbc")}
    later = 10**9 + max(path.stat().st_mtime_ns for path in files)
    os.utime(package / "rules.py", ns=(later, later))
    assert drop_stale(package) == len(files) == 4
    assert not any(path.exists() for path in files)
