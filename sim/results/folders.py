"""Write a folder so that it is whole or absent."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import ResultsError


def check_free(folder: Path, *, force: bool) -> None:
    """Raise ResultsError when results cannot go to a folder: before hours of simulation, not after.

    Args:
        folder: where they shall go.
        force: whether a run folder (or an empty one) there may be replaced.
    """
    if folder.exists() and not force:
        raise ResultsError(f"{folder} exists. Choose another folder with --out, or replace it with --force.")
    if folder.exists() and not _is_replaceable(folder):
        raise ResultsError(f"{folder} is no run folder; --force replaces run folders only.")
    parent = _existing_parent(folder)
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise ResultsError(f"{folder} cannot be written: {parent} is no folder you may write to.")


def _is_replaceable(folder: Path) -> bool:
    return folder.is_dir() and ((folder / "manifest.json").is_file() or not any(folder.iterdir()))


def _existing_parent(folder: Path) -> Path:
    parent = folder.absolute().parent
    while not parent.exists():
        parent = parent.parent
    return parent


@contextmanager
def replaced_folder(folder: Path, *, force: bool) -> Iterator[Path]:
    """Give a draft folder to write in, which takes the place of `folder` when the block ends well.

    The draft stands beside `folder`. Its files are flushed to the disk before it is renamed; when the block
    is left by an error or an interrupt, the draft is removed and an earlier folder stays as it was.

    Raises:
        ResultsError: as `check_free`.
    """
    check_free(folder, force=force)
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.absolute().parent))
    try:
        yield draft
        _flush(draft)
        draft.chmod(0o755)
        _exchange(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _exchange(draft: Path, folder: Path) -> None:
    """Rename the draft to `folder`; an earlier one is set aside, and brought back if that fails."""
    if not folder.exists():
        draft.rename(folder)
        return
    earlier = draft.with_name(draft.name + "-earlier")
    folder.rename(earlier)
    try:
        draft.rename(folder)
    except BaseException:
        earlier.rename(folder)
        raise
    shutil.rmtree(earlier, ignore_errors=True)


def _flush(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        _flush_one(path)
    _flush_one(folder)


def _flush_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
