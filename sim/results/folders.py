"""Write a folder or a file so that it is whole or absent, by one command at a time, and clear up after killed ones.

Beside a run folder ``NAME`` there may stand, hidden:

- ``.NAME.draft-xxxxxxxx``: what is being written; left behind only by a killed process;
- ``.NAME.earlier-xxxxxxxx``: the folder that is being replaced, on disks that cannot exchange two folders at once;
- ``.NAME.unfinished``: the finished runs of a command that has not written its folder yet.

A process holds a lock on each of them while it lives, so what nobody holds was left behind.
The draft of a single file is a file of such a name, without a lock.
"""

from __future__ import annotations

import fcntl
import glob
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import ResultsError
from sim.results.exchange import exchanged

MANIFEST_FILE = "manifest.json"
_REPLACEABLE = frozenset(("scenarios", "comparison"))
"""Keys by which the manifests of runs and of comparisons are known; studies and web apps have manifests too."""
_OWNER = "process"
_RANDOM = "?" * 8
"""What `tempfile.mkdtemp` appends."""


def check_free(folder: Path, *, force: bool) -> None:
    """Raise ResultsError when results cannot go to a folder: before hours of simulation, not after.

    Args:
        folder: where they shall go.
        force: whether the folder of a run or of a comparison (or an empty one) there may be replaced.
    """
    try:
        if folder.exists() and not force:
            raise ResultsError(f"{folder} exists. Choose another folder with --out, or replace it with --force.")
        if folder.exists():
            _check_replaceable(folder)
        parent = _existing_parent(folder)
        if not parent.is_dir() or not os.access(parent, os.W_OK, effective_ids=True):
            raise ResultsError(f"{folder} cannot be written: {parent} is no folder you may write to.")
    except (OSError, ValueError) as error:
        raise _unwritable(folder, error) from error


def _check_replaceable(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if not (folder / MANIFEST_FILE).is_file():
        raise ResultsError(
            f"{folder} is no run folder; --force replaces run folders only. Choose another folder with --out."
        )
    if _REPLACEABLE.isdisjoint(read_manifest(folder)):
        raise ResultsError(
            f"{folder} is no run folder: neither a run nor a comparison wrote its {MANIFEST_FILE}, so --force leaves "
            "it alone. Choose another folder with --out."
        )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder, of whatever wrote it; nothing when it is no JSON object.

    Raises:
        ResultsError: it is damaged.
        OSError: it cannot be read.
    """
    path = folder / MANIFEST_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ResultsError(
            f"{path} is damaged ({error}), so {folder} is not replaced, even with --force. "
            "See what it holds and delete it by hand, or choose another folder with --out."
        ) from error
    return content if isinstance(content, dict) else {}


def _existing_parent(folder: Path) -> Path:
    parent = folder.absolute().parent
    while not parent.exists():
        parent = parent.parent
    return parent


def _unwritable(folder: Path, error: Exception) -> ResultsError:
    """Return the error of a folder that the system refuses; a ValueError tells a name that no file can have."""
    return ResultsError(f"{folder} cannot be written: {getattr(error, 'strerror', None) or error}.")


@dataclass
class Claim:
    """A run folder that one command has reserved until it is written.

    Attributes:
        folder: the run folder.
        unfinished: where finished runs are kept until then.
        cleared: what killed commands had left there, in words.
    """

    folder: Path
    unfinished: Path
    cleared: list[str]
    is_done: bool = False

    @property
    def kept(self) -> int:
        """Return the number of finished runs that are kept."""
        return sum(1 for _ in self.unfinished.glob("*.npz"))

    def kept_line(self) -> str:
        """Return the sentence that says where the finished runs are."""
        return f"{self.kept} finished run{'s are' if self.kept > 1 else ' is'} kept in {self.unfinished}."

    def finish(self) -> None:
        """Say that the run folder holds every run, so that none needs to be kept."""
        self.is_done = True


@contextmanager
def claimed_folder(folder: Path, *, force: bool) -> Iterator[Claim]:
    """Reserve a run folder; no other process can claim it before the block is left.

    Finished runs in ``unfinished`` stay there for the next claim unless `Claim.finish` was called.

    Raises:
        ResultsError: as `check_free`; or another process has claimed the folder.
    """
    cleared = clear_up(folder)
    check_free(folder, force=force)
    unfinished = _beside(folder, "unfinished")
    with ExitStack() as stack:
        try:
            unfinished.mkdir(parents=True, exist_ok=True)
            lock = _lock(unfinished)
            if lock is None:
                raise ResultsError(f"{folder}: another command is at work on it{_owner(unfinished)}.")
            stack.callback(os.close, lock)
            (unfinished / _OWNER).write_text(str(os.getpid()), encoding="ascii")
        except (OSError, ValueError) as error:
            raise _unwritable(folder, error) from error
        claim = Claim(folder, unfinished, cleared)
        try:
            check_free(folder, force=force)  # another command may have written it since
            yield claim
        except BaseException as error:
            if claim.kept:
                again = "The same command with --force" if folder.exists() and not force else "The same command"
                error.add_note(f"{claim.kept_line()} {again} goes on from there.")
            raise
        finally:
            if claim.is_done or not claim.kept:
                shutil.rmtree(unfinished, ignore_errors=True)


def _owner(unfinished: Path) -> str:
    try:
        return f" (process {(unfinished / _OWNER).read_text(encoding='ascii')})"
    except OSError:
        return ""


@contextmanager
def replaced_folder(folder: Path, *, force: bool) -> Iterator[Path]:
    """Give a draft folder to write in, which takes the place of `folder` when the block ends well.

    The draft stands beside `folder`. Its files are flushed to the disk before it is renamed; when the block
    is left by an error or an interrupt, the draft is removed and an earlier folder stays as it was.

    Raises:
        ResultsError: as `check_free`; or something cannot be written, for instance on a full disk.
    """
    check_free(folder, force=force)
    try:
        with _draft(folder) as draft:
            yield draft
            _flush(draft)
            draft.chmod(0o755)
            _put_in_place(draft, folder, force=force)
    except OSError as error:
        raise _unwritable(folder, error) from error


@contextmanager
def replaced_file(target: Path) -> Iterator[Path]:
    """Give an empty draft file to write, which takes the place of `target` when the block ends well.

    The draft stands beside `target`; folders above are made. When the block is left by an error or an interrupt,
    the draft is removed and an earlier file stays as it was.

    Raises:
        ResultsError: something cannot be written, for instance on a full disk.
    """
    draft = _beside(target, f"draft-{secrets.token_hex(4)}")
    try:
        draft.parent.mkdir(parents=True, exist_ok=True)
        try:
            draft.touch(exist_ok=False)  # unlike those of `tempfile`, others may read it as far as the umask lets them
            yield draft
            _flush_one(draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        raise _unwritable(target, error) from error


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """Give a new locked folder beside `folder`, which is gone when the block is left."""
    parent = folder.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    lock = None
    while lock is None:  # another process may have taken it for a left-over before it was locked
        draft = Path(tempfile.mkdtemp(prefix=_beside(folder, "draft-").name, dir=parent))
        lock = _lock(draft)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        os.close(lock)


def _put_in_place(draft: Path, folder: Path, *, force: bool) -> None:
    """Rename the draft to `folder`; an earlier folder then stands in the draft's place, or stays if that fails."""
    if not folder.exists():
        _rename_new(draft, folder)
    elif not force:
        raise ResultsError(_taken_meanwhile(folder))
    elif not exchanged(draft, folder):
        _exchange_in_two_steps(draft, folder)
    _flush_one(folder.absolute().parent)


def _rename_new(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError as error:
        if folder.exists():
            raise ResultsError(_taken_meanwhile(folder)) from error
        raise


def _taken_meanwhile(folder: Path) -> str:
    return f"{folder} has been written by another command meanwhile. Choose another folder, or replace it with --force."


def _exchange_in_two_steps(draft: Path, folder: Path) -> None:
    """Set the earlier folder aside, rename the draft, and bring the earlier one back if that fails."""
    earlier = Path(tempfile.mkdtemp(prefix=_beside(folder, "earlier-").name, dir=draft.parent))
    folder.rename(earlier)
    try:
        draft.rename(folder)
    except BaseException:
        earlier.rename(folder)
        raise
    shutil.rmtree(earlier, ignore_errors=True)


def clear_up(folder: Path) -> list[str]:
    """Remove what killed commands left beside a run folder, and say so; a set-aside folder is brought back.

    What a living process holds, and finished runs that are kept, stay.
    """
    told: list[str] = []
    for earlier in _left_beside(folder, "earlier-"):
        if not folder.exists() and (earlier / MANIFEST_FILE).is_file():
            earlier.rename(folder)
            told.append(f"{folder} is back: a killed command had set it aside.")
        else:
            shutil.rmtree(earlier, ignore_errors=True)
    for draft in _left_beside(folder, "draft-"):
        lock = _lock(draft)
        if lock is not None:
            shutil.rmtree(draft, ignore_errors=True)
            os.close(lock)
            told.append(f"removed {draft.name}, which a killed command had left half-written.")
    return told


def _left_beside(folder: Path, kind: str) -> list[Path]:
    beside = _beside(folder, kind)
    return sorted(beside.parent.glob(glob.escape(beside.name) + _RANDOM))


def _beside(folder: Path, kind: str) -> Path:
    return folder.absolute().with_name(f".{folder.absolute().name}.{kind}")


def _lock(folder: Path) -> int | None:
    """Return a descriptor that holds the lock of a folder until it is closed; None when another has it."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), folder.stat()):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(descriptor)
    return None


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
