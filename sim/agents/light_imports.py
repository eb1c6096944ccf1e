"""Mesa and Numba, imported without the libraries that this project never uses through them.

Mesa's spaces, graphs and data frames and the linear algebra of Numba take longer to import than all else, and a planner
waits for it at every command. So they are imported when somebody first asks for something in them;
``mesa.discrete_space`` and the others work as ever. What was imported before stays as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["mesa"]

DEFERRED_IN_MESA = ("pandas", "networkx", "mesa.discrete_space", "mesa.experimental.continuous_space")
DEFERRED_IN_NUMBA = ("scipy.linalg.cython_blas",)
"""Numba only looks whether it is there; a kernel with linear algebra imports it itself."""


class DeferredModule(ModuleType):
    """Stands for a module inside another and imports it when something in it is asked for."""

    __file__ = None  # `inspect.stack`, which Mesa calls, asks every module for it

    def __getattr__(self, name: str) -> Any:
        _withdraw(self)
        return getattr(import_module(self.__name__), name)


@contextmanager
def _deferred(names: tuple[str, ...]) -> Iterator[None]:
    """Defer modules for what is imported in the block; whoever imports one of them later gets the module itself."""
    modules = [DeferredModule(name) for name in names if name not in sys.modules]
    sys.modules.update({module.__name__: module for module in modules})
    try:
        yield
    finally:
        for module in modules:
            _withdraw(module)


def _withdraw(module: DeferredModule) -> None:
    """Let the import system find the module itself from now on."""
    if sys.modules.get(module.__name__) is module:
        del sys.modules[module.__name__]


def _imported_mesa() -> Any:
    """Return Mesa.

    It looks through the call stack and the source files in it while it is imported: in a thread there are few.
    """
    if "mesa" in sys.modules:
        return import_module("mesa")
    with _deferred(DEFERRED_IN_MESA), ThreadPoolExecutor(1) as thread:
        return thread.submit(import_module, "mesa").result()


if TYPE_CHECKING:
    import mesa
else:
    mesa = _imported_mesa()
    with _deferred(DEFERRED_IN_NUMBA):
        import_module("numba.np.arraymath")
