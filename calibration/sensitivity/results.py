"""Run a sensitivity study and write what it found.

The folder holds ``runs.jsonl`` (every finished run, kept when the study is stopped), ``indices.csv`` (factor by
outcome: first-order and total index with 95 % intervals), ``outputs.csv`` (each outcome: mean, spread, what chance
alone does, whether the indices converged), ``indices.png`` and ``manifest.json``. Each file is whole or as before.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from calibration.experiment import Evaluation, Progress, Task, evaluate, open_store, values_of
from calibration.sensitivity.pictures import draw_indices
from calibration.sensitivity.sobol import TOTAL_OF_NOTHING, Floats, Indices, design, indices, varies
from calibration.sensitivity.study import DUMMY, Study, middle, point
from sim.errors import ResultsError
from sim.results.folders import MANIFEST_FILE, read_manifest, replaced_file

RUNS, INDICES, OUTPUTS, PICTURE = "runs.jsonl", "indices.csv", "outputs.csv", "indices.png"
PACKAGES = ("countysim", "numpy", "numba", "SALib")


@dataclass(frozen=True)
class OutputResult:
    """What a study found about one outcome.

    Attributes:
        name, unit: the outcome.
        mean, spread: mean and standard deviation over the design, in `unit`.
        chance: standard deviation over seeds with every factor at its median, in `unit`.
        indices: by factor; None when no factor moves the outcome.
    """

    name: str
    unit: str
    mean: float
    spread: float
    chance: float
    indices: Indices | None

    @property
    def chance_share(self) -> float:
        """The variance of chance relative to that of chance and factors together, ratio."""
        total = self.chance**2 + self.spread**2
        return self.chance**2 / total if total > 0.0 else 0.0


@dataclass(frozen=True)
class StudyResult:
    """A study with what it found about every outcome."""

    study: Study
    outputs: tuple[OutputResult, ...]

    @property
    def dummy_total(self) -> float:
        """The largest total index that the dummy shows; it should be 0."""
        position = list(self.study.factors).index(DUMMY.name)
        return max((float(o.indices.total[position]) for o in self.outputs if o.indices is not None), default=0.0)

    @property
    def dummy_is_silent(self) -> bool:
        """Say whether the dummy stays below what may be noise of the estimator."""
        return self.dummy_total <= TOTAL_OF_NOTHING

    @property
    def converged(self) -> bool:
        """Say whether every outcome that varies has an interval narrow enough to rely on."""
        return all(output.indices.converged for output in self.outputs if output.indices is not None)


def run_study(
    study: Study, folder: Path, *, workers: int | None, force: bool, progress: Progress = lambda _done, _total: None
) -> StudyResult:
    """Run what is missing of a study, analyse it and write its folder.

    Args:
        study: from `load_study`.
        folder: where to; runs that are already there are not repeated.
        workers: processes; one for each processor when None. The data do not depend on it.
        force: replace the tables of another study there.
        progress: told how many runs are done.

    Raises:
        ResultsError: the folder holds another study or no study at all, cannot be written, or a run failed.
    """
    _check_folder(study, folder, force=force)
    operators = {output.name: output.operator for output in study.outputs}
    rows, chance = _design_tasks(study), _chance_tasks(study)
    with open_store(folder / RUNS) as store:
        evaluations = evaluate([*rows, *chance], operators, store, workers, progress)
    values_of(evaluations)
    result = _analyse(study, evaluations[: len(rows)], evaluations[len(rows) :])
    _write(result, len(evaluations), folder)
    return result


def _check_folder(study: Study, folder: Path, *, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise ResultsError(f"{folder} is a file; choose another folder with --out")
    if not (folder / MANIFEST_FILE).is_file():
        return
    written = read_manifest(folder)
    if "study" not in written:
        raise ResultsError(
            f"{folder} holds no study: another command wrote its {MANIFEST_FILE}, so --force leaves it alone. "
            "Choose another folder with --out."
        )
    if written.get("hash") != study.hash and not force:
        raise ResultsError(
            f"{folder} holds the results of another study. "
            "Choose another folder with --out, or replace them with --force."
        )


def _design_tasks(study: Study) -> list[Task]:
    seed = study.scenario.seeds[0]
    rows = [point(study.factors, row) for row in design(len(study.factors), study.samples, study.seed)]
    return [Task(study.at(row), seed, row) for row in rows]


def _chance_tasks(study: Study) -> list[Task]:
    """Return the runs at the middle of every factor, which differ by their seed alone."""
    at = middle(study.factors)
    scenario, first = study.at(at), study.scenario.seeds[0]
    return [Task(scenario, first + k, at) for k in range(study.replicates)]


def _analyse(study: Study, rows: Sequence[Evaluation], chance: Sequence[Evaluation]) -> StudyResult:
    over_design, over_seeds = _table(study, rows), _table(study, chance)
    found = []
    for k, output in enumerate(study.outputs):
        values = over_design[:, k]
        estimate = indices(values, len(study.factors), study.seed) if varies(values) else None
        by_chance = float(np.std(over_seeds[:, k], ddof=1))
        found.append(
            OutputResult(output.name, output.unit, float(values.mean()), float(values.std()), by_chance, estimate)
        )
    return StudyResult(study, tuple(found))


def _table(study: Study, evaluations: Sequence[Evaluation]) -> Floats:
    return np.array([[values[o.name] for o in study.outputs] for values in values_of(evaluations)])


def _write(result: StudyResult, runs: int, folder: Path) -> None:
    study = result.study
    manifest = {
        "study": study.name,
        "title": study.title,
        "hash": study.hash,
        "scenario": study.scenario.resolved(),
        "samples": study.samples,
        "seed": study.seed,
        "replicates": study.replicates,
        "factors": {
            key: {"low": d.low, "median": d.default, "high": d.high, "unit": d.unit, "prior": d.prior}
            for key, d in study.factors.items()
        },
        "runs": runs,
        "dummy_total_index": result.dummy_total,
        "converged": result.converged,
        "versions": {name: version(name) for name in PACKAGES},
    }
    _replace(folder / INDICES, _csv(INDEX_COLUMNS, _index_rows(result)))
    _replace(folder / OUTPUTS, _csv(OUTPUT_COLUMNS, _output_rows(result)))
    picture = io.BytesIO()
    draw_indices(result).savefig(picture, format="png", dpi=110)
    _replace(folder / PICTURE, picture.getvalue())
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    _replace(folder / MANIFEST_FILE, text.encode("utf-8"))


INDEX_COLUMNS = ("outcome", "factor", "first_order", "first_order_error", "total", "total_error")
OUTPUT_COLUMNS = ("outcome", "unit", "mean", "sd_over_design", "sd_over_seeds", "share_of_chance", "converged")


def _index_rows(result: StudyResult) -> list[list[object]]:
    return [
        [output.name, factor, *(float(column[k]) for column in _columns(output.indices))]
        for output in result.outputs
        if output.indices is not None
        for k, factor in enumerate(result.study.factors)
    ]


def _columns(found: Indices) -> tuple[Floats, ...]:
    return found.first, found.first_error, found.total, found.total_error


def _output_rows(result: StudyResult) -> list[list[object]]:
    return [[o.name, o.unit, o.mean, o.spread, o.chance, o.chance_share, _verdict(o)] for o in result.outputs]


def _verdict(output: OutputResult) -> str:
    if output.indices is None:
        return "does not vary"
    return "yes" if output.indices.converged else "no"


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([f"{cell:.6g}" if isinstance(cell, float) else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _replace(path: Path, content: bytes) -> None:
    with replaced_file(path) as draft:
        draft.write_bytes(content)
