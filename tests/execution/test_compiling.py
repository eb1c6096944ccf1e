"""Kernels compiled by several processes: each mechanism once, by whoever comes first, and never without need."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.execution import compiling


def forbidden(*_args: Any, **_options: Any) -> None:
    raise AssertionError("nothing is to be compiled here")


def test_each_mechanism_is_called_by_exactly_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    called: list[str] = []
    names = [f"m{k}" for k in range(40)]
    mechanisms = [SimpleNamespace(name=name, step=lambda *_, name=name: called.append(name)) for name in names]
    monkeypatch.setattr(compiling, "MECHANISMS", mechanisms)
    model: Any = SimpleNamespace(world=None, parameters=dict.fromkeys(names), levers=None, ledger=None)
    at_once = [threading.Thread(target=compiling._compile_unclaimed, args=(model, tmp_path)) for _ in range(4)]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    assert sorted(called) == sorted(names)


def test_one_core_or_a_full_cache_needs_no_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", forbidden)
    monkeypatch.setattr(compiling, "_tiny_model", forbidden)
    monkeypatch.setattr(compiling, "is_compiled", lambda: False)
    compiling.compile_side_by_side(1)
    monkeypatch.setattr(compiling, "is_compiled", lambda: True)
    compiling.compile_side_by_side(8)


def test_the_last_kernel_says_that_all_are_on_disk() -> None:
    compiling._compile_last(compiling._tiny_model())
    assert compiling.is_compiled()


def test_a_helper_ends_when_whoever_asked_is_gone(tmp_path: Path) -> None:
    helper = subprocess.run(
        (sys.executable, "-c", compiling._HELP, str(tmp_path)), stdin=subprocess.DEVNULL, timeout=120, check=False
    )
    assert helper.returncode == 0
    assert not list(tmp_path.iterdir())


def test_helpers_compile_what_this_process_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Helpers are told only when construction is done, and claims are gone afterwards."""
    steps: list[str] = []
    monkeypatch.setattr(compiling, "is_compiled", lambda: False)
    monkeypatch.setattr(compiling, "_tiny_model", lambda: steps.append("construction"))
    monkeypatch.setattr(compiling, "_tell_to_begin", lambda _helper: steps.append("begin"))
    monkeypatch.setattr(compiling, "_compile_unclaimed", lambda _model, claims: steps.append(str(claims)))
    monkeypatch.setattr(compiling, "_compile_last", lambda _model: steps.append("closing"))
    monkeypatch.setattr(compiling, "_HELP", "pass")
    monkeypatch.setattr(compiling, "affordable_compilers", lambda processes: processes)
    compiling.compile_side_by_side(3)
    assert steps[:3] == ["construction", "begin", "begin"]
    assert not Path(steps[3]).exists()
    assert steps[4] == "closing", "what says that all are compiled comes last"
