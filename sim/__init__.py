"""countysim: an agent-based simulation of county development policy.

The public names are loaded when first used, so that `import sim` stays light.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.kernel_cache import drop_stale

if TYPE_CHECKING:
    from sim.comparison import compare
    from sim.model import CountyModel
    from sim.results import RunResult
    from sim.runs import run
    from sim.scenario import load_scenario

drop_stale(Path(__file__).parent)

__all__ = ["CountyModel", "RunResult", "compare", "load_scenario", "run"]

_HOME = {
    "CountyModel": "sim.model",
    "RunResult": "sim.results",
    "compare": "sim.comparison",
    "load_scenario": "sim.scenario",
    "run": "sim.runs",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
