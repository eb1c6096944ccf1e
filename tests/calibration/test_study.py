"""Studies: what is read, every mistake located, the folder that comes out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from calibration.sensitivity.command import print_result
from calibration.sensitivity.pictures import draw_indices
from calibration.sensitivity.results import StudyResult, run_study
from calibration.sensitivity.study import DUMMY, Study, load_study, middle, point
from sim.errors import ResultsError, ScenarioError
from sim.observation import OPERATORS

COMMITTED = Path(__file__).parents[2] / "calibration" / "studies" / "sobol_first.yaml"
SMALL = """
scenario: documented_2024
share: 0.001
months: 3
samples: 8
replicates: 2
factors:
  brand.willingness: prior
  policies.relocation.homes_per_month: {low: 100, high: 400}
outputs: [brand_premium quzhou 2023-03, relocated_persons qujiang 2023-01]
"""


def written(folder: Path, text: str = SMALL) -> Path:
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_committed_study_asks_what_its_folder_answers() -> None:
    study = load_study(COMMITTED)
    assert study.samples == 64
    assert len(study.factors) == 7
    assert list(study.factors)[-1] == DUMMY.name
    assert [output.name for output in study.outputs] == list(OPERATORS)
    assert study.scenario.share == 0.01
    manifest = json.loads((COMMITTED.parents[2] / "docs/studies/sobol_first/manifest.json").read_text())
    assert manifest["hash"] == study.hash, "run the study again: its inputs have changed"


def test_factors_are_priors_or_bounds(tmp_path: Path) -> None:
    study = load_study(written(tmp_path))
    homes = study.factors["policies.relocation.homes_per_month"]
    assert [homes.quantile(u) for u in (0.0, 0.25, 0.5, 1.0)] == [100.0, 175.0, 250.0, 400.0]
    declared = study.scenario.parameters.declarations()["brand.willingness"]
    assert study.factors["brand.willingness"] == declared
    assert middle(study.factors)["brand.willingness"] == declared.default


def test_a_point_sets_exactly_its_factors(tmp_path: Path) -> None:
    study = load_study(written(tmp_path))
    values = point(study.factors, (0.9, 0.5, 0.1))
    changed = study.at(values)
    before = study.scenario.parameters.flat()
    after = changed.parameters.flat()
    assert {key for key in before if before[key] != after[key]} == {"brand.willingness"}
    assert after["brand.willingness"] == values["brand.willingness"]
    assert changed.policies["relocation"].settings.homes_per_month == 250.0
    for name, policy in study.scenario.policies.items():
        if name != "relocation":
            assert changed.policies[name].settings == policy.settings
    assert study.at(values | {DUMMY.name: 0.7}).hash == changed.hash, "nothing reads the dummy"


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("samples: 8", "samples: 100"), 5, "power of two.*Write 64 or 128"),
        (("brand.willingness: prior", "brand.willingnes: prior"), 8, "unknown factor.*brand.willingness"),
        (("brand.willingness: prior", "production.markup: prior"), 8, "unknown factor"),
        (("brand.willingness: prior", "brand.willingness: {low: 0.1}"), 8, "lacks high"),
        (("brand.willingness: prior", "brand.willingness: {low: 0.2, high: 0.1}"), 8, "must lie below"),
        (("brand.willingness: prior", "brand.willingness: {low: 0.0, high: 0.1}"), 8, "from 0.03 to 0.2"),
        (("brand.willingness: prior", "brand.willingness: 3"), 8, "must be bounds such as.*or prior"),
        (("{low: 100, high: 400}", "prior"), 9, "must be bounds"),
        (("{low: 100, high: 400}", "{low: .nan, high: 400}"), 9, "homes/month"),
        (("brand_premium quzhou", "brand_premum quzhou"), 10, "no indicator.*brand_premium"),
        (("brand_premium quzhou", "brand_premium quzou"), 10, "no place.*quzhou"),
        (("2023-03", "2023-04"), 10, "month must lie from 2023-01 to 2023-03"),
        (("2023-03", "March"), 10, "month must lie"),
        (("[brand_premium quzhou 2023-03, ", "[talent_self_certifed, "), 10, "talent_self_certified"),
        (("scenario: documented_2024", "scenario: documented_2042"), None, "documented_2024"),
        (("scenario: documented_2024", "title: none"), 2, "is missing"),
        (("share: 0.001", "share: 2"), 3, "from 0.001 to 1"),
        (("share: 0.001", "seed: 0"), 3, "from 1 to"),
        (("months: 3", "months: 601"), 4, "from 1 to 600"),
        (("replicates: 2", "replicates: 1"), 6, "from 2 to"),
        (("replicates: 2", "replicate: 2"), 6, "replicates"),
    ],
)
def test_a_mistake_is_located(tmp_path: Path, change: tuple[str, str], line: int | None, words: str) -> None:
    assert change[0] in SMALL
    path = written(tmp_path, SMALL.replace(*change))
    with pytest.raises(ScenarioError, match=f"(?s){words}") as caught:
        load_study(path)
    assert line in [problem.line for problem in caught.value.problems]


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    text = SMALL.replace("samples: 8", "samples: 3").replace("share: 0.001", "share: 2").replace("quzhou", "qu")
    with pytest.raises(ScenarioError) as caught:
        load_study(written(tmp_path, text))
    assert len(caught.value.problems) == 3


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Path, StudyResult]:
    folder = tmp_path_factory.mktemp("study")
    study = load_study(written(folder))
    return study, folder / "out", run_study(study, folder / "out", workers=1, force=False)


def test_the_folder_says_what_was_found(finished: tuple[Study, Path, StudyResult]) -> None:
    study, folder, result = finished
    rows = list(csv.DictReader((folder / "indices.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["factor"] for row in rows] == list(study.factors), "nobody has moved in January: no indices there"
    willingness = rows[0]
    assert float(willingness["total"]) > 0.5
    assert float(rows[-1]["total"]) == result.dummy_total == 0.0
    outputs = list(csv.DictReader((folder / "outputs.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["converged"] for row in outputs] == ["no", "does not vary"]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["runs"] == 8 * (3 + 2) + 2
    assert manifest["hash"] == study.hash
    assert (folder / "indices.png").stat().st_size > 5_000
    assert not list(folder.glob(".*"))


def test_again_is_the_same_without_a_run(finished: tuple[Study, Path, StudyResult]) -> None:
    study, folder, _ = finished
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done: list[tuple[int, int]] = []
    run_study(study, folder, workers=1, force=False, progress=lambda *counts: done.append(counts))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert len(done) == 1
    assert done[0][0] == done[0][1]


def test_another_study_does_not_replace_it_unasked(finished: tuple[Study, Path, StudyResult], tmp_path: Path) -> None:
    _, folder, _ = finished
    other = load_study(written(tmp_path, SMALL.replace("high: 400", "high: 300")))
    before = (folder / "indices.csv").read_bytes()
    with pytest.raises(ResultsError, match=r"another study.*--out.*--force"):
        run_study(other, folder, workers=1, force=False)
    assert (folder / "indices.csv").read_bytes() == before


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ('{"scenarios": ["mine"], "hash": "0"}', r"holds no study.*--out"),
        ('{"name": "app"}', "holds no study"),
        ("[]", "holds no study"),
        ('{"study": ', r"manifest.json is damaged.*by hand.*--out"),
    ],
)
def test_what_is_no_study_stays_as_it_is(tmp_path: Path, manifest: str, words: str, force: bool) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "manifest.json").write_text(manifest)
    with pytest.raises(ResultsError, match=words):
        run_study(load_study(written(tmp_path)), folder, workers=1, force=force)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"manifest.json": manifest}


def test_the_picture_shows_every_index(finished: tuple[Study, Path, StudyResult]) -> None:
    study, _, result = finished
    (axis,) = (axis for axis in draw_indices(result).axes if axis.get_visible())
    widths = [patch.get_width() for patch in axis.patches]
    found = result.outputs[0].indices
    assert found is not None
    assert widths == pytest.approx([*found.total, *found.first])
    assert [label.get_text() for label in axis.get_yticklabels()] == list(study.factors)


def test_the_printed_table_warns(finished: tuple[Study, Path, StudyResult], capsys: pytest.CaptureFixture[str]) -> None:
    print_result(finished[2])
    printed = capsys.readouterr().out
    assert "no factor of this study moves it" in printed
    assert "Not converged" in printed
    assert "brand.willingness" in printed
