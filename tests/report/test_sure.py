"""What is said of the seeds is true of the runs that were made."""

from __future__ import annotations

import pytest

from sim.report.answer import Compared
from sim.report.evidence import EvidenceSection
from sim.report.sure import sureness
from sim.report.variants import OtherRun
from sim.units import Language
from tests.report.results import ASKED, made_result

NO_EVIDENCE = EvidenceSection((), (), (), (), {}, ())


def said_of_seeds(draws: int | None, language: Language, other: str = "none") -> str:
    """Return the first sentence on how sure an answer from three seeds is."""
    result = made_result({ASKED: [2e9, 2e9, 2e9], other: [1e9, 1e9, 1e9]}, draws=draws)
    return sureness(
        Compared(result, OtherRun(other, other), language), NO_EVIDENCE, "the scenario", is_documented=False
    )[0]


@pytest.mark.parametrize("other", ["none", "documented", "without relocation"])
def test_the_sentence_fits_whatever_the_scenario_is_held_against(other: str) -> None:
    said = said_of_seeds(None, "en", other)
    assert "3 cities that differ by chance alone, each simulated in every run compared" in said
    assert "without the policies" not in said


@pytest.mark.parametrize(("language", "alone", "drawn"), [("en", "chance alone", "priors"), ("zh", "仅随机", "抽样")])
def test_cities_differ_by_chance_alone_only_when_no_parameters_are_drawn(
    language: Language, alone: str, drawn: str
) -> None:
    fixed, varied = said_of_seeds(None, language), said_of_seeds(3, language)
    assert (alone in fixed, drawn in fixed) == (True, False)
    assert (alone in varied, drawn in varied) == (False, True)
