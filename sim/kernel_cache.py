"""Throw away compiled kernels that are older than the code they call.

Numba keeps a compiled kernel beside its source and makes it again when that source changes, but not when a function it
calls in another file does: an update of the project would go on computing with the old one. So any change to a
source with kernels drops every kernel compiled before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

INDEX, DATA = ".nbi", ".nbc"


def drop_stale(package: Path) -> int:
    """Remove outdated kernels below a package and return the number of files removed.

    A kernel is outdated when a source that has kernels was changed after it was compiled. Kernels kept elsewhere, as
    the package cannot be written or ``NUMBA_CACHE_DIR`` says so, are not found: whoever updates such a package empties
    that folder.
    """
    indexes = list(package.rglob(f"*{INDEX}"))
    newest = max((_written(source) for source in {_source_of(index) for index in indexes}), default=0)
    outdated = [index for index in indexes if _written(index) < newest]
    return sum(_removed(path) for index in outdated for path in _files_of(index))


def _source_of(index: Path) -> Path:
    """Return the source of a kernel: Numba names its index ``module.function-line.version.nbi``."""
    return index.parent.parent / f"{index.name.split('.', 1)[0]}.py"


def _written(path: Path) -> int:
    """Return when a file was written, nanoseconds; 0 for one that is gone, taken away by another process perhaps."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _files_of(index: Path) -> Iterator[Path]:
    yield index
    yield from index.parent.glob(f"{index.name.removesuffix(INDEX)}.*{DATA}")


def _removed(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True
