"""The report of a run: one web page that opens without a network, prints well, and says only what the run supports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.results.folders import replaced_file
from sim.units import Language

if TYPE_CHECKING:
    from sim.plots import Drawn
    from sim.results import RunResult

__all__ = ["REPORT_FILE", "render_report", "write_report"]

REPORT_FILE = "report.html"


def write_report(
    result: RunResult,
    path: str | Path,
    language: Language = "en",
    *,
    evidence_scenario: str | None = None,
    pictures: Sequence[Drawn] | None = None,
) -> Path:
    """Write the report of a result as one HTML file and return its path; an earlier file is replaced.

    Args:
        result: of a run; every sentence, table and picture is made from it.
        path: the file; folders above it are made.
        language: ``en`` or ``zh``.
        evidence_scenario: label of the scenario held against the documents; when None, the counterfactual with every
            reform as documented if there is one and the scenario is not, else the scenario itself.

        pictures: the result's pictures in this language where they are drawn already; drawn anew when None.

    Raises:
        ResultsError: the file cannot be written, or the result holds no such scenario.
    """
    target = Path(path)
    page = render_report(result, language, evidence_scenario=evidence_scenario, pictures=pictures)
    with replaced_file(target) as draft:
        draft.write_text(page, encoding="utf-8")
    return target


def render_report(
    result: RunResult,
    language: Language = "en",
    *,
    evidence_scenario: str | None = None,
    pictures: Sequence[Drawn] | None = None,
) -> str:
    """Return the report as HTML; arguments and errors as in `write_report`."""
    from sim.report.page import build_page
    from sim.report.template import render

    return render(build_page(result, language, evidence_scenario, pictures))
