"""Mesa, imported without the libraries that this project never uses through it: spaces, graphs and data frames.

They take longer to import than all else, and a planner waits for it at every command. So they are imported when
somebody first asks Mesa for something in them; ``mesa.discrete_space`` and the others work as ever. What was imported
before, Mesa or one of the libraries, stays as it is.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["mesa"]

DEFERRED = ("pandas", "networkx", "mesa.discrete_space", "mesa.experimental.continuous_space")


class DeferredModule(ModuleType):
    """Stands for a module inside Mesa and imports it when something in it is asked for."""

    __file__ = None  # `inspect.stack`, which Mesa calls, asks every module for it

    def __getattr__(self, name: str) -> Any:
        _withdraw(self)
        return getattr(import_module(self.__name__), name)


def _imported_mesa() -> Any:
    """Return Mesa; only Mesa gets the deferred modules, whoever imports one of them later gets the module itself.

    Mesa looks through the call stack and the source files in it while it is imported: in a thread there are few.
    """
    if "mesa" in sys.modules:
        return import_module("mesa")
    deferred = [DeferredModule(name) for name in DEFERRED if name not in sys.modules]
    sys.modules.update({module.__name__: module for module in deferred})
    try:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(import_module, "mesa").result()
    finally:
        for module in deferred:
            _withdraw(module)


def _withdraw(module: DeferredModule) -> None:
    """Let the import system find the module itself from now on."""
    if sys.modules.get(module.__name__) is module:
        del sys.modules[module.__name__]


if TYPE_CHECKING:
    import mesa
else:
    mesa = _imported_mesa()
