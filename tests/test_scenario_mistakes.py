"""What a mistake in a scenario is answered with: file, line, key, what is allowed, and the likely fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import Problem, ScenarioError
from sim.scenario import load_scenario
from sim.scenario.yaml import MAX_BYTES


def write(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    return caught.value.problems


# what a mistake is answered with: (text, line, key, words of the answer)

MISTAKES: dict[str, tuple[str, int | None, str, tuple[str, ...]]] = {
    "unknown key": (
        "\npolicys: {}",
        2,
        "policys",
        ("unknown key", "counterfactuals", "Did you mean 'policies'?"),
    ),
    "unknown policy": (
        "policies:\n  relocaton: on",
        2,
        "policies.relocaton",
        ("unknown policy", "forest_tenure", "'relocation'"),
    ),
    "unknown setting": (
        "policies:\n  relocation:\n    bugdet: 3",
        3,
        "policies.relocation.bugdet",
        ("unknown setting", "ramp_months", "Did you mean 'budget'?"),
    ),
    "quoted setting": (
        "policies:\n  relocation: {budget: '5'}",
        2,
        "policies.relocation.budget",
        ("a number", "(CNY)", "'5'", "without quotes: 5"),
    ),
    "list in a list for a number": (
        "policies:\n  relocation:\n    budget: [1, [2]]",
        3,
        "policies.relocation.budget",
        ("must be a number", "of at least 0", "a list"),
    ),
    "no replicates": ("replicates: 0", 1, "replicates", ("from 1 to 1000", "'0'")),
    "replicates and seeds": (
        "population: {seeds: [3, 8]}\nreplicates: 20",
        1,
        "population.seeds",
        ("replicates and population.seeds contradict", "how many runs", "not both"),
    ),
    "replicates and seed": ("replicates: 2\npopulation: {seed: 1}", 2, "population.seed", ("contradict", "not both")),
    "number for list": (
        "policies: {relocation: {places: 3}}",
        1,
        "policies.relocation.places",
        ("must be a list", "'3'"),
    ),
    "fraction of months": (
        "policies: {relocation: {ramp_months: 1.5}}",
        1,
        "policies.relocation.ramp_months",
        ("whole number", "from 0 to 120", "(months)", "'1.5'"),
    ),
    "true for a number": (
        "policies: {relocation: {budget: true}}",
        1,
        "policies.relocation.budget",
        ("a number", "true"),
    ),
    "out of bounds": (
        "policies: {relocation: {ramp_months: 121}}",
        1,
        "policies.relocation.ramp_months",
        ("from 0 to 120", "months", "'121'"),
    ),
    "negative budget": (
        "policies: {relocation: {budget: -1}}",
        1,
        "policies.relocation.budget",
        ("at least 0", "CNY"),
    ),
    "endless budget": (
        "policies: {relocation: {budget: .inf}}",
        1,
        "policies.relocation.budget",
        ("finite",),
    ),
    "budget that is no number": (
        "policies: {relocation: {budget: .nan}}",
        1,
        "policies.relocation.budget",
        ("finite",),
    ),
    "number for start": (
        "policies: {relocation: {start: 2024}}",
        1,
        "policies.relocation.start",
        ("text", "'2024'"),
    ),
    "bad month": (
        "policies: {relocation: {start: 2024-13}}",
        1,
        "policies.relocation.start",
        ("2024-13", "2024-09"),
    ),
    "end before start": (
        "policies:\n  relocation:\n    start: 2024-05\n    end: 2024-04",
        4,
        "policies.relocation.end",
        ("2024-04", "before the start 2024-05"),
    ),
    "unknown place": (
        "policies:\n  relocation:\n    places:\n      - kaihua\n      - qujang",
        5,
        "policies.relocation.places[1]",
        ("'qujang'", "kecheng", "Did you mean 'qujiang'?"),
    ),
    "policy without a value": (
        "policies:\n  relocation:",
        2,
        "policies.relocation",
        ("nothing", "off", "Write on"),
    ),
    "policy with a wrong word": (
        "policies: {relocation: documentd}",
        1,
        "policies.relocation",
        ("off", "'documented'?"),
    ),
    "policies as a list": ("policies: [relocation]", 1, "policies", ("mapping", "a list")),
    "months 0": ("months: 0", 1, "months", ("1 to 600", "'0'")),
    "months 601": ("months: 601", 1, "months", ("1 to 600", "'601'")),
    "months quoted": ('months: "24"', 1, "months", ("whole number", "without quotes: 24")),
    "months empty": ("months:", 1, "months", ("nothing",)),
    "months beyond any machine": (f"months: {'9' * 5000}", 1, "months", ("1 to 600",)),
    "months true": ("months: true", 1, "months", ("true",)),
    "share 0": ("population: {share: 0}", 1, "population.share", ("0.001 to 1", "'0'")),
    "share 2": ("population:\n  share: 2", 2, "population.share", ("0.001 to 1", "Did you mean 0.02?")),
    "share not a number": ("population: {share: .nan}", 1, "population.share", ("0.001 to 1", "'nan'")),
    "negative seed": ("population: {seed: -1}", 1, "population.seed", ("from 0 to", "'-1'")),
    "seed of many bits": (
        f"population: {{seed: {2**63}}}",
        1,
        "population.seed",
        ("from 0 to 9223372036854775807",),
    ),
    "no seeds": ("population: {seeds: []}", 1, "population.seeds", ("1 to 1000",)),
    "a seed twice": ("population: {seeds: [1, 1]}", 1, "population.seeds", ("twice",)),
    "a bad seed among good": (
        "population:\n  seeds:\n  - 1\n  - x",
        4,
        "population.seeds[1]",
        ("whole number", "'x'"),
    ),
    "seed and seeds": ("population: {seed: 1, seeds: 2}", 1, "population.seeds", ("either", "not both")),
    "wrong start": ("start: 2024-01", 1, "start", ("only 2023-01",)),
    "start as a date": ("start: 2023-01-01", 1, "start", ("only 2023-01",)),
    "text for title": ("title: hello", 1, "title", ("en, zh", "'hello'")),
    "number in title": ("title: {en: 5}", 1, "title.en", ("text", "'5'")),
    "calibrated": ("parameters: calibrated", 1, "parameters", ("no posterior", "'prior'")),
    "word for parameters": ("parameters: prioir", 1, "parameters", ("prior", "Did you mean 'prior'?")),
    "missing parameter file": ("parameters: none.yaml", 1, "parameters", ("no file 'none.yaml'",)),
    "unknown parameter": (
        "parameters:\n  projects.landing_hazzard: 0.3",
        2,
        "parameters.projects.landing_hazzard",
        ("unknown parameter", "mechanism.parameter", "'projects.landing_hazard'"),
    ),
    "parameter without its mechanism": (
        "parameters: {landing_hazard: 0.3}",
        1,
        "parameters.landing_hazard",
        ("unknown parameter", "'projects.landing_hazard'"),
    ),
    "parameter in percent": (
        "parameters: {projects.inherited_campaign: 8.8}",
        1,
        "parameters.projects.inherited_campaign",
        ("from 0 to 1", "ratio", "Did you mean 0.088?"),
    ),
    "parameter as text": (
        "parameters: {projects.inherited_campaign: '1'}",
        1,
        "parameters.projects.inherited_campaign",
        ("number", "without quotes: 1"),
    ),
    "no draws": ("draws: 0", 1, "draws", ("1 to 1000",)),
    "counterfactual of an unknown policy": (
        "policies: {relocation: on}\ncounterfactuals:\n  - none\n  - {without: relocaton}",
        4,
        "counterfactuals[1].without",
        ("no policy", "Did you mean 'relocation'?"),
    ),
    "counterfactual of a policy that is off": (
        "policies: {relocation: on}\ncounterfactuals: [{only: [relocation, forest_tenure]}]",
        2,
        "counterfactuals[0].only",
        ("'forest_tenure'", "not on"),
    ),
    "counterfactual of another kind": (
        "counterfactuals: [{with: x}]",
        1,
        "counterfactuals[0]",
        ("without", "only"),
    ),
    "counterfactual misspelt": ("counterfactuals: [non]", 1, "counterfactuals[0]", ("Did you mean 'none'?",)),
    "counterfactual without names": (
        "counterfactuals: [{without: []}]",
        1,
        "counterfactuals[0].without",
        ("no policy",),
    ),
    "counterfactual twice": ("counterfactuals: [none, none]", 1, "counterfactuals[1]", ("twice",)),
    "counterfactuals no list": ("counterfactuals: none", 1, "counterfactuals", ("list", "'none'")),
    "snapshot after the end": (
        "months: 6\noutputs:\n  households: [2023-06, 2023-07]",
        3,
        "outputs.households[1]",
        ("2023-01 to 2023-06", "'2023-07'"),
    ),
    "empty folder": ('outputs: {folder: ""}', 1, "outputs.folder", ("text",)),
    "extends nothing known": (
        "extends: documented_2023",
        1,
        "extends",
        ("no scenario", "Did you mean 'documented_2024'?"),
    ),
    "extends a list": ("extends: [a, b]", 1, "extends", ("name of one", "a list")),
    "extends a name no file can have": (f"extends: {'x' * 300}", 1, "extends", ("no scenario",)),
    "extends itself": ("months: 3\nextends: mine", 2, "extends", ("circle", "mine -> mine")),
    "empty file": ("", 1, "mine.yaml", ("empty", "extends: documented_2024")),
    "comments only": ("# later\n", 1, "mine.yaml", ("empty",)),
    "a list": ("- months\n", 1, "mine.yaml", ("keys with values", "a list")),
    "one word": ("relocation", 1, "mine.yaml", ("keys with values", "'relocation'")),
    "tab": ("policies:\n\trelocation: on", 2, "mine.yaml", ("tab", "spaces")),
    "duplicate key": ("months: 3\nstart: 2023-01\nmonths: 4", 3, "months", ("twice", "line 1")),
    "duplicate setting": (
        "policies:\n  relocation: {budget: 1, budget: 2}",
        2,
        "policies.relocation.budget",
        ("twice",),
    ),
    "broken brackets": ("months: 3\npolicies: {relocation: on", 2, "mine.yaml", ("not valid YAML",)),
    "colon in a text": ("title:\n  en: a: b", 2, "mine.yaml", ("not valid YAML", "quotes")),
    "two documents": (
        "months: 3\n---\nmonths: 4\n",
        2,
        "mine.yaml",
        ("not valid YAML", "one scenario in one file"),
    ),
    "python object": ("title: !!python/object/apply:os.getcwd []", 1, "title", ("tag", "not allowed")),
    "own tag": ("months: !secret 3", 1, "months", ("'!secret'", "not allowed")),
    "anchor": ("months: &m 3", 1, "months", ("anchor '&m'", "not allowed")),
    "undefined alias": ("months: *m", 1, "mine.yaml", ("alias 'm'",)),
    "merge key": ("<<: {months: 3}", 1, "<<", ("unknown key",)),
    "list as a key": ("? [a, b]\n: 3", 1, "mine.yaml", ("plain word",)),
    "too deep": ("title: " + "[" * 30 + "]" * 30, 1, "title" + "[0]" * 20, ("deeper than 20",)),
    "far too deep": ("[" * 100_000, 1, "mine.yaml", ("deeper than 20",)),
    "control character": ("start: 2023-01\nmonths: \x00", 2, "mine.yaml", ("not valid YAML",)),
    "impossible escape": ('months: 3\ntitle: {en: "\\U99999999"}', 2, "mine.yaml", ("not valid YAML",)),
}


@pytest.mark.parametrize(("text", "line", "key", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_answered_with_file_line_key_and_the_likely_fix(
    tmp_path: Path, text: str, line: int | None, key: str, words: tuple[str, ...]
) -> None:
    path = write(tmp_path, text)
    (problem,) = problems_of(path)
    assert (problem.file, problem.line, problem.key) == (str(path), line, key)
    for word in words:
        assert word in str(problem)
    assert list(tmp_path.iterdir()) == [path]


def test_aliases_cannot_multiply(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    problems = problems_of(write(tmp_path, "\n".join(lines)))
    assert len(problems) < 200
    assert all("anchor" in problem.message for problem in problems)


def test_all_mistakes_of_a_chain_are_reported_at_once(tmp_path: Path) -> None:
    parent = write(tmp_path, "months: 0\npolicies:\n  forest_tenure: {budget: x}\n", "parent.yaml")
    settings = "{ramp_months: -1, places: [here], end: 2000-01}"
    child = write(tmp_path, f"extends: parent\ndraws: x\npolicies:\n  relocation: {settings}\n")
    problems = problems_of(child)
    assert [Path(problem.file).name for problem in problems] == [child.name] * 4 + [parent.name] * 2
    assert {(Path(problem.file).name, problem.line, problem.key) for problem in problems} == {
        (child.name, 4, "policies.relocation.end"),
        (parent.name, 1, "months"),
        (parent.name, 3, "policies.forest_tenure.budget"),
        (child.name, 2, "draws"),
        (child.name, 4, "policies.relocation.ramp_months"),
        (child.name, 4, "policies.relocation.places[0]"),
    }


def test_scenarios_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "extends: b", "a.yaml")
    write(tmp_path, "extends: c", "b.yaml")
    (problem,) = problems_of(write(tmp_path, "# round\nextends: a", "c.yaml"))
    assert "circle: c -> a -> b -> c" in problem.message
    assert Path(problem.file).name == "b.yaml"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, "months: 3", "relocation_slow.yaml")
    (missing,) = problems_of(tmp_path / "relocation_slo.yaml")
    assert "no such file" in missing.message
    assert "relocation_slow" in missing.suggestion
    (tmp_path / "folder.yaml").mkdir()
    assert "folder" in problems_of(tmp_path / "folder.yaml")[0].message
    (tmp_path / "latin.yaml").write_bytes(b"months: 3\ntitle: {en: caf\xe9}")
    (latin,) = problems_of(tmp_path / "latin.yaml")
    assert (latin.line, "UTF-8" in latin.message) == (2, True)
    (tmp_path / "large.yaml").write_text("#" * (MAX_BYTES + 1))
    assert "1,000,001 bytes" in problems_of(tmp_path / "large.yaml")[0].message
    assert "no such file" in problems_of(Path("x" * 400))[0].message
