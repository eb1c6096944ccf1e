"""Run a command so that whatever ends it is told in plain words and by an exit code, and nothing is swallowed.

Warnings are counted and shown at the end. Ctrl-C, SIGTERM and a closed terminal unwind the command like an error,
so that drafts are removed, processes ended and finished runs kept. ``docs/faults.md`` lists the exit codes.
"""

from __future__ import annotations

import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from sim.warned import RunWarning, Warned, counted_warnings

DONE, FAILED, BAD_INPUT, BAD_FOLDER, TOO_LITTLE_MEMORY = 0, 1, 2, 3, 4
SIGNALLED = 128
"""A command that a signal ended leaves with this plus the number of the signal: 130 for Ctrl-C, 143 for SIGTERM."""
EXIT_CODES = (
    "Exit codes: 0 done · 1 a run failed, or a defect · 2 the input is wrong · 3 a results folder or file cannot be "
    "read or written · 4 too little memory · 130 interrupted · 143 terminated."
)
_STOPPING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_WORDS = {"SIGINT": "Interrupted", "SIGTERM": "Terminated", "SIGHUP": "The terminal was closed"}
_STATE = {"debug": False}


class Stopped(BaseException):
    """A signal asks the command to end."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


def set_debug(value: bool) -> None:
    """Show tracebacks from now on when `value` is true; a command's ``--debug`` calls it."""
    _STATE["debug"] = _STATE["debug"] or value


def guarded(command: Callable[[], object]) -> int:
    """Run a command that ends by SystemExit, an error or a signal; tell what happened and return the exit code."""
    _STATE["debug"] = False
    with counted_warnings() as warnings, _signals_raised():
        code = _exit_code(command)
    _show_warnings(warnings)
    return code


def _exit_code(command: Callable[[], object]) -> int:
    try:
        command()
    except SystemExit as leaving:
        if isinstance(leaving.code, str):
            print(leaving.code, file=sys.stderr)
        return leaving.code if isinstance(leaving.code, int) else DONE if leaving.code is None else FAILED
    except Stopped as stop:
        return _told(stop, [f"{_WORDS[signal.Signals(stop.number).name]}."], SIGNALLED + stop.number)
    except MemoryError as error:
        return _told(error, ["The memory did not suffice. A smaller --share needs less."], TOO_LITTLE_MEMORY)
    except Exception as error:
        return _report(error)
    return DONE


def _report(error: Exception) -> int:
    """Tell an error and return the exit code."""
    from sim.errors import (
        CountysimError,
        IdentityError,
        PopulationError,
        ProblemsError,
        ResultsError,
        RunError,
        TooLittleMemoryError,
    )

    if isinstance(error, ProblemsError):
        count = len(error.problems)
        return _told(error, [f"{count} problem{'s' if count > 1 else ''}; nothing was written.", str(error)], BAD_INPUT)
    if isinstance(error, ResultsError):
        return _told(error, [str(error)], BAD_FOLDER)
    if isinstance(error, TooLittleMemoryError):
        return _told(error, [str(error)], TOO_LITTLE_MEMORY)
    if isinstance(error, IdentityError | PopulationError | RunError):
        return _told(error, [str(error)], FAILED)
    if isinstance(error, CountysimError):
        return _told(error, [str(error)], BAD_INPUT)
    if isinstance(error, OSError) and error.strerror:
        return _told(error, [f"{error.filename or 'a file'} cannot be read or written: {error.strerror}."], BAD_FOLDER)
    return _told(error, [_defect(error)], FAILED)


def _defect(error: Exception) -> str:
    """Return the one line that tells an unexpected error and how to report it."""
    from sim.execution.work import defect_place

    what = " ".join(f"{type(error).__name__}: {error}".split())
    place = defect_place(error)
    told = f"{what} ({place})" if place else what
    return f"{told}. This is a defect of countysim: report this line, the command and what it prints with --debug."


def _told(error: BaseException, lines: list[str], code: int) -> int:
    """Print the lines and the notes of an error, its traceback before them when asked for; return the code."""
    if _STATE["debug"]:
        traceback.print_exception(error)
        lines = lines[:-1] if isinstance(error, Exception) else lines
        notes: list[str] = []
    else:
        notes = getattr(error, "__notes__", [])
    for line in (*lines, *notes):
        print(line, file=sys.stderr)
    return code


def _show_warnings(counts: Counter[Warned]) -> None:
    if not counts:
        return
    print(f"{counts.total()} warning{'s' if counts.total() > 1 else ''}:", file=sys.stderr)
    for warned, times in counts.items():
        text = warned.text if warned.kind == RunWarning.__name__ else str(warned)
        print(f"- {text}{f', {times} times' if times > 1 else ''}", file=sys.stderr)


@contextmanager
def _signals_raised() -> Iterator[None]:
    """Turn the first signal that asks to end into `Stopped`; later ones do not disturb the clearing up."""
    before = {number: signal.getsignal(number) for number in _STOPPING}

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        for other in _STOPPING:
            signal.signal(other, signal.SIG_IGN)
        raise Stopped(number)

    for number in _STOPPING:
        if before[number] is not signal.SIG_IGN:  # as nohup leaves it
            signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
