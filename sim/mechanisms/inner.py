"""How functions are compiled that only kernels call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def inner[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function for kernels to call, without the entry for Python: with many arrays that is half the work.

    Python must not call it, that ends the process. `.py_func` is the plain Python function: to be called only where it
    calls no other compiled one.
    """
    return _compiled(function)


def inner_numpy[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile as `inner` does, for loops over numbers that are never divided by zero: tests for it stop vector code."""
    return _compiled(function, error_model="numpy")


def inner_sum[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile as `inner_numpy` does, for sums whose order does not matter, so that vector code may add in its own."""
    return _compiled(function, error_model="numpy", fastmath={"reassoc"})


def _compiled(function: Callable[..., Any], **options: Any) -> Any:
    return njit(cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **options)(function)
