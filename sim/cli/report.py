"""The command ``countysim report``: make the page of a run folder again, in either language."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from sim.errors import ResultsError
from sim.report import REPORT_FILE, write_report
from sim.results import RunResult
from sim.units import Language

console = Console()


def remake_report(folder: Path, language: Language, out: Path | None, force: bool) -> None:
    """Write the report of a run folder; the folder's own is replaced, another file only when asked for.

    Args:
        folder: a run folder.
        language: ``en`` or ``zh``.
        out: the file; ``report.html`` in the folder when None.
        force: whether another file may be replaced.

    Raises:
        ResultsError: it is no run folder, the file exists and `force` is False, or it cannot be written.
    """
    target = folder / REPORT_FILE if out is None else out
    if target.is_dir():
        raise ResultsError(f"{target} is a folder; name the file, for instance --out {target / REPORT_FILE}.")
    if out is not None and target.exists() and not force:
        raise ResultsError(f"{target} exists. Choose another file with --out, or replace it with --force.")
    console.print(f"Report: {write_report(RunResult.load(folder), target, language)}", highlight=False, markup=False)
