"""Whatever is written in a scenario file, the answer is a scenario or a ScenarioError that names the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.scenario import Scenario, load_scenario

_TEXTS = (
    "extends: parent\ntitle: {en: Fast, zh: 快}\nmonths: 96\n"
    "policies:\n  relocation:\n    budget: 1.3e+9\n  forest_tenure: off\n"
    "counterfactuals: [none, {without: relocation}]\noutputs: {households: [2023-12]}\n",
    "policies:\n  relocation: {start: 2024-01, end: 2025-01, places: [qujiang], ramp_months: 3}\n"
    "start: 2023-01\nparameters: {projects.inherited_campaign: 0.5}\n"
    "population: {share: 0.1, seeds: [1, 2]}\ndraws: 3\n",
)
# fmt: off
_SPLICES = st.sampled_from((
    "\t", "\n", ":", "- ", "[", "]", "{", "}", "'", '"', "|\n", ">\n", "? ", "#", "@", "`", "~", "&a ", "*a",
    "<<: ", "!x ", "!!int ", "!!set {a}", "!!binary x", "!!python/name:x ", "%YAML 1.1\n---\n", "---\n",
    "...\n", ".nan", "-.inf", "0x1F", "1e999", "9" * 400, "true", "off", "null", "2023-01-01", "12:30:45",
    "extends: mine\n", "\\U99999999", "\x00", "\x07", "\ud7ff", "\ud800", "\u2028",
))
# fmt: on


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return a scenario with one to three pieces cut out and something else put in."""
    text = draw(st.sampled_from(_TEXTS))
    for _ in range(draw(st.integers(1, 3))):
        at, cut = draw(st.integers(0, len(text))), draw(st.integers(0, 12))
        text = text[:at] + draw(st.one_of(_SPLICES, st.text(max_size=4))) + text[at + cut :]
    return text


@settings(max_examples=2000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=mutated())
def test_no_text_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "parent.yaml").write_text("policies: {forest_tenure: on}")
    (folder / "mine.yaml").write_bytes(text.encode("utf-8", errors="surrogatepass"))
    answer = _answer(folder / "mine.yaml")
    if isinstance(answer, Scenario):
        assert 1 <= answer.resolved()["months"] <= 600
        assert all(0 <= month < answer.months for month in answer.outputs.households)
    else:
        assert answer.problems
        assert all(problem.key and problem.message for problem in answer.problems)
        assert all(str(folder) in problem.file for problem in answer.problems)


def _answer(path: Path) -> Scenario | ScenarioError:
    try:
        return load_scenario(path)
    except ScenarioError as error:
        return error
