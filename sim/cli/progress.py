"""One progress line for every command that takes its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress_line(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Give a callback (what happens, steps done, steps in all) that draws one line, gone at the end.

    Nothing is drawn into a file or a pipe, which may be closed by then.
    """
    columns = (BarColumn(30), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
    shown = (*columns, TextColumn("{task.description}"))
    with Progress(*shown, console=console, transient=True, disable=not console.is_interactive) as bar:
        task = bar.add_task("starting", total=None)

        def report(message: str, done: int, total: int) -> None:
            bar.update(task, description=message, completed=done, total=total)

        yield report
