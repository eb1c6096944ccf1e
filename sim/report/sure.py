"""How sure the answer is, what the model leaves out, and what went wrong in the run: plain sentences."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from sim.calendar import parse_month
from sim.comparison.chance import student
from sim.messages import text
from sim.registry import POLICIES
from sim.report.answer import Compared
from sim.report.evidence import EvidenceSection
from sim.report.variants import counterfactuals, other_points, run_name_of
from sim.units import Language

if TYPE_CHECKING:
    from sim.results import RunResult

ENOUGH_SEEDS = 10
SMALLEST_SHARE = 0.01
SHARE_FOR_COUNTS = 0.1
LAST_DOCUMENTED = "2024-12"


def sureness(compared: Compared, evidence: EvidenceSection, run: str, *, is_documented: bool) -> list[str]:
    """Return how far chance, evidence and assumptions let the answer be trusted.

    Args:
        compared: what is compared.
        evidence: documented against simulated.
        run: name of the run held against the documents.
        is_documented: whether that run is what was done, so that agreement is expected.
    """
    manifest, language = compared.result.manifest, compared.language
    return [
        *_chance(compared),
        *_fit(evidence, run, is_documented, language),
        *_sample(float(manifest["share"]["asked"]), language),
        *_horizon(str(manifest["last_month"]), language),
    ]


def _chance(compared: Compared) -> list[str]:
    language, seeds = compared.language, len(compared.result.seeds)
    draws = compared.result.manifest["scenario"]["draws"]
    if seeds == 1:
        first = [text("report.sure_one", language)]
    elif compared.other is None:
        first = [text("report.sure_alone", language)]
    else:
        seeds_differ = "report.sure_seeds" if draws is None else "report.sure_seeds_drawn"
        first = [text(seeds_differ, language, count=seeds)]
        first += (
            [text("report.sure_few", language, count=seeds, reach=f"{student(seeds):.1f}")]
            if seeds < ENOUGH_SEEDS
            else []
        )
    if compared.other is not None and compared.result.households:
        first.append(text("report.sure_movers", language))
    if draws is None:
        return [*first, text("report.sure_parameters", language)]
    return [*first, text("report.sure_draws", language, count=draws)]


def _fit(evidence: EvidenceSection, run: str, is_documented: bool, language: Language) -> list[str]:
    total = len(evidence.targets)
    if not total:
        return [text("report.sure_evidence_none", language)]
    counts = {kind: evidence.counts[kind] for kind in ("agrees", "near", "misses")}
    found = [text("report.sure_evidence", language, run=run, total=total, **counts)]
    if not is_documented:
        found.append(text("report.sure_not_documented", language))
    elif evidence.missed:
        found.append(
            text("report.sure_missed", language, names=text("report.semicolon", language).join(evidence.missed))
        )
    return found


def _sample(share: float, language: Language) -> list[str]:
    if share < SMALLEST_SHARE:
        return [text("report.sure_small_share", language)]
    return [text("report.sure_share", language)] if share < SHARE_FOR_COUNTS else []


def _horizon(last_month: str, language: Language) -> list[str]:
    is_later = parse_month(last_month) > parse_month(LAST_DOCUMENTED)
    return [text("report.sure_after", language)] if is_later else []


def limits(language: Language) -> list[str]:
    """Return what the model does not cover, in short."""
    return [
        text("report.limit_reforms", language, modelled=len(POLICIES)),
        text("report.limit_fitted", language),
        text("report.limit_pipeline", language),
        text("report.limit_economy", language),
        text("report.limit_housing", language),
        text("report.limit_people", language),
        text("report.limit_data", language),
        text("report.limit_chance", language),
    ]


def warnings(result: RunResult, language: Language) -> list[str]:
    """Return what went wrong in the run: failed runs, runs left out, warnings of the program, another version."""
    manifest = result.manifest
    runs = [*counterfactuals(result.scenarios, manifest), *other_points(result.scenarios, manifest)]
    found = [
        text(
            "report.warning_failure",
            language,
            run=run_name_of(failure["scenario"], runs, manifest, language),
            seed=failure["seed"],
            message=failure["message"],
        )
        for failure in manifest["failures"]
    ]
    if manifest.get("left_out"):
        found.append(text("report.warning_left_out", language, count=len(manifest["left_out"])))
    for warning in manifest.get("warnings", ()):
        message = f"{warning['text']} ({warning['kind']}, {warning['place']})"
        found.append(text("report.warning_program", language, times=warning["times"], message=message))
    made, here = manifest["versions"]["countysim"], version("countysim")
    return found if made == here else [*found, text("report.warning_version", language, made=made, here=here)]
