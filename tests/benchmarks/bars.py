"""Measure every bar of the performance table: ``python -m tests.benchmarks.bars [--quick]``.

The full measurement writes docs/bars.csv and the table in docs/performance.md; --quick prints only, with smaller
runs. Trust ratios more than single times: other work on the machine slows the latter.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import gc
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from calibration.experiment import Task, evaluate, open_store
from sim.model import CountyModel
from sim.observation import OPERATORS
from tests.benchmarks.differences import differences
from tests.benchmarks.measuring import (
    ROOT,
    countysim,
    fingerprint,
    household_count,
    machine,
    median,
    processor_seconds_of,
    run_process,
    seconds_of,
)
from tests.benchmarks.reference import ReferenceModel
from tests.benchmarks.scenarios import all_reforms, scenario_file

MONTHS = 24
SMALL = 0.01
TABLE, DOCUMENT = ROOT / "docs" / "bars.csv", ROOT / "docs" / "performance.md"
COMMANDS = (
    "run",
    "new",
    "validate",
    "policies",
    "parameters",
    "schema",
    "evidence",
    "population",
    "compare",
    "report",
    "sensitivity",
)
BEGIN, END = "<!-- bars -->", "<!-- end of bars -->"
COLUMNS = ("date", "machine", "what", "measured", "unit", "bar", "aim", "met", "note")


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes:
        large: share that stands for full scale.
        repetitions: of quick measurements; their median counts.
        runs: small runs of a study.
        reference_months: months of the reference.
    """

    large: float
    repetitions: int
    runs: int
    reference_months: int


FULL = Effort(large=1.0, repetitions=5, runs=360, reference_months=6)
QUICK = Effort(large=0.1, repetitions=3, runs=60, reference_months=2)


@dataclass(frozen=True)
class Row:
    """One measured bar; `most` says that the bar is an upper bound; without a bar it only informs."""

    what: str
    measured: float
    unit: str
    bar: float | None = None
    aim: float | None = None
    most: bool = True
    note: str = ""

    @property
    def met(self) -> str:
        """Return yes, no, or nothing where there is no bar."""
        if self.bar is None:
            return ""
        return "yes" if (self.measured <= self.bar) == self.most or self.measured == self.bar else "no"


def small_model(seed: int = 1) -> CountyModel:
    """Return a model of one per cent of the households with every reform on."""
    return CountyModel(all_reforms(MONTHS), share=SMALL, seed=seed)


def measure_scale(effort: Effort) -> Iterator[Row]:
    """Time a large and a small run on one thread, and a large one on two."""
    per_household, prints = {}, []
    for share, threads, times in ((SMALL, 1, effort.repetitions), (effort.large, 1, 1), (effort.large, 2, 1)):

        def run(share: float = share, threads: int = threads) -> float:
            model = CountyModel(all_reforms(MONTHS), share=share, seed=1, threads=threads)
            clock = processor_seconds_of if threads == 1 else seconds_of
            seconds = clock(lambda: model.run_for(MONTHS))
            if share == effort.large:
                prints.append(fingerprint(model))
            return 1e9 * seconds / MONTHS / household_count(model)

        per_household[share, threads] = median(run, times)
    one, two = per_household[effort.large, 1], per_household[effort.large, 2]
    at = f"share {effort.large:g}"
    yield Row(f"household-month, {at}, one thread", one, "ns", 100, 20)
    yield Row(f"household-month, {at}, two threads", two, "ns")
    yield Row(
        f"time per household, {at} over share {SMALL:g}",
        one / per_household[SMALL, 1],
        "ratio",
        1.2,
        note="1 is linear; below it, cheaper at scale",
    )
    yield Row(
        "one thread against two, columns and record", float(len(set(prints)) == 1), "(1: identical)", 1, most=False
    )


def measure_reference(effort: Effort) -> Iterator[Row]:
    """Time engine and reference on the same months of the same world; they must end in the same state.

    Each month of the reference is timed beside the engine's months, as a shared machine changes its speed in between.
    """
    engine = small_model()
    reference = ReferenceModel(engine.world, all_reforms(MONTHS))
    slow, fast = [], []
    for _ in range(effort.reference_months):
        slow.append(processor_seconds_of(reference.step))
        fast.append(engine_month(effort.reference_months))
        engine.step()
    found, rows = differences(engine, reference), household_count(engine)
    yield Row(
        f"reference in plain Mesa agents over engine, share {SMALL:g}",
        statistics.median(s / f for s, f in zip(slow, fast, strict=True)),
        "ratio",
        300,
        1500,
        most=False,
        note=f"mechanisms alone, {len(slow)} months, {rows} households; {'equal' if not found else 'states differ'}",
    )
    yield Row(f"reference: household-month, share {SMALL:g}", 1e9 * statistics.median(slow) / rows, "ns")
    yield Row(f"engine: month of all mechanisms, share {SMALL:g}", 1e3 * statistics.median(fast), "ms")


def engine_month(months: int) -> float:
    """Return the mean processor time of the first months of a small world, observation left out, s."""
    model = small_model()
    before = dict(model.timings)
    gc.freeze()  # the collector shall not look through the objects of the reference meanwhile
    seconds = processor_seconds_of(lambda: [model.step() for _ in range(months)])
    gc.unfreeze()
    spent = {name: total - before.get(name, 0.0) for name, total in model.timings.items()}
    return seconds / months * (1.0 - spent["observables"] / sum(spent.values()))


def measure_throughput(effort: Effort) -> Iterator[Row]:
    """Count small runs a second of studies as researchers make them: evidence vectors into a run store, two processes.

    The processes have started and loaded their kernels when the count begins: with the first third of the runs.
    """
    scenario = dataclasses.replace(all_reforms(MONTHS), share=SMALL)
    drawn = dataclasses.replace(scenario, draws=effort.runs).parameter_draws()
    designs = {
        "one seed, parameters drawn": [
            Task(dataclasses.replace(scenario, parameters=values), 1, {"draw": k}) for k, values in enumerate(drawn)
        ],
        "a seed each": [Task(scenario, 1 + k, {}) for k in range(effort.runs)],
    }
    for what, tasks in designs.items():
        rate = finished_a_second(tasks)
        yield Row(f"share {SMALL:g} x {MONTHS} months on two cores, {what}", rate, "runs/s", 60, 400, most=False)


def finished_a_second(tasks: Sequence[Task]) -> float:
    """Return the runs a second of a study without its first third."""
    times: list[float] = []
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "runs.jsonl") as store:
        evaluate(tasks, OPERATORS, store, 2, lambda _done, _total: times.append(perf_counter()))
    begin = len(times) // 3
    return (len(times) - 1 - begin) / (times[-1] - times[begin])


def measure_commands(effort: Effort) -> Iterator[Row]:
    """Time commands from start to end in processes of their own, the last one without compiled kernels."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scenario = str(scenario_file(folder, MONTHS))

        def run(share: float, out: str, *more: str) -> list[str]:
            seed = ("--seed", "1", "--threads", "2")
            return countysim(
                "run", scenario, "--share", str(share), *seed, "--out", str(folder / out), "--force", *more
            )

        run_process(run(SMALL, "warm"))
        full = [run_process(run(effort.large, "full")) for _ in range(effort.repetitions)]
        at, seconds = f"share {effort.large:g}", statistics.median(process.seconds for process in full)
        yield Row(f"`countysim run`, {at}, {MONTHS} months, two threads", seconds, "s", 10, 3)
        yield Row(f"memory of that process, {at}", max(process.peak for process in full), "GB", 1.5, 0.6)
        help_seconds = median(lambda: run_process(countysim("--help")).seconds, effort.repetitions)
        yield Row("`countysim --help`", help_seconds, "s", 0.5, 0.2)
        yield from measure_answers(effort, scenario, folder)
        fresh = {"NUMBA_CACHE_DIR": str(folder / "cache")}
        short = run(0.001, "short", "--months", "1")
        cold = run_process(short, fresh).seconds
        warm = run_process(short, fresh).seconds
        yield Row(
            "cold compile on a fresh machine", cold - warm, "s", 60, 20, note=f"{cold:.0f} s against {warm:.1f} s warm"
        )


def measure_answers(effort: Effort, scenario: str, folder: Path) -> Iterator[Row]:
    """Time how long a planner waits for help, a check, the printed answer, and the folder with its report."""
    slowest = max(
        median(lambda name=name: run_process(countysim(name, "--help")).seconds, effort.repetitions)
        for name in COMMANDS
    )
    yield Row("`countysim COMMAND --help`, the slowest command", slowest, "s", 0.5)
    check = median(lambda: run_process(countysim("validate", scenario)).seconds, effort.repetitions)
    yield Row("`countysim validate`", check, "s", 1)
    options = ("--share", str(SMALL), "--seed", "1", "--force", "--out", str(folder / "first"))
    at = f"share {SMALL:g}, one seed, {MONTHS} months, warm"
    runs = [
        run_process(countysim("run", scenario, *options), await_line="Documented against simulated")
        for _ in range(effort.repetitions)
    ]
    yield Row(
        f"first result: the evidence table is printed, {at}",
        statistics.median(r.seconds_to_line for r in runs),
        "s",
        3,
        1.5,
    )
    yield Row(f"the folder with pictures and report is whole, {at}", statistics.median(r.seconds for r in runs), "s", 6)
    report = countysim("report", str(folder / "first"), "--out", str(folder / "again.html"), "--force")
    alone = median(lambda: run_process(report).seconds, effort.repetitions)
    yield Row("`countysim report` of that folder: imports, pictures, page", alone, "s")
    both = countysim(
        "run", "scenarios/documented_2024.yaml", "--share", str(SMALL), "--force", "--out", str(folder / "both")
    )
    shipped = median(lambda: run_process(both).seconds, effort.repetitions)
    yield Row(f"`countysim run documented_2024`, share {SMALL:g}: five seeds with and without reforms", shipped, "s")


def measure_construction(effort: Effort) -> Iterator[Row]:
    """Time how long the starting world takes, first in its process."""
    code = (
        "from time import perf_counter; from sim.model import CountyModel; "
        "from tests.benchmarks.scenarios import all_reforms; scenario = all_reforms(1); "
        f"begin = perf_counter(); CountyModel(scenario, share={effort.large}, seed=1); "
        "first = perf_counter(); "
        f"CountyModel(scenario, share={effort.large}, seed=2); print(first - begin, perf_counter() - first)"
    )
    times = [tuple(map(float, run_process(["-c", code]).output.split())) for _ in range(effort.repetitions)]
    first, again = (sorted(column)[len(column) // 2] for column in zip(*times, strict=True))
    at = f"share {effort.large:g}"
    note = "plan of the city, burn-in and loading of kernels included"
    yield Row(f"creating the world, {at}, first in its process", first, "s", 3, 0.5, note=note)
    yield Row(f"creating the world, {at}, again in the process", again, "s")


MEASURES: tuple[Callable[[Effort], Iterator[Row]], ...] = (
    measure_commands,
    measure_scale,
    measure_reference,
    measure_throughput,
    measure_construction,
)


def main() -> None:
    """Measure, print as it goes, and write the tables unless --quick."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller runs; print only")
    quick = parser.parse_args().quick
    print(machine())
    rows = []
    for measure in MEASURES:
        for row in measure(QUICK if quick else FULL):
            rows.append(row)
            print(_line(row), flush=True)
    if not quick:
        write_table(rows, TABLE)
        fill_document(rows, DOCUMENT)


def write_table(rows: list[Row], path: Path) -> None:
    """Write the rows with the date and a description of the machine."""
    today, where = datetime.now(UTC).date().isoformat(), machine()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            bound = (_number(row.bar), _number(row.aim), row.met, row.note)
            writer.writerow((today, where, row.what, _number(row.measured), row.unit, *bound))


def fill_document(rows: list[Row], path: Path) -> None:
    """Replace the table between the document's two markers."""
    text = path.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    today = datetime.now(UTC).date().isoformat()
    head = f"Measured {today} on {machine()}.\n\n| what | measured | bar | aim | met |\n|---|---|---|---|---|"
    lines = [_line(row) for row in rows]
    path.write_text("\n".join([before + BEGIN, head, *lines, END + after]), encoding="utf-8")


def _line(row: Row) -> str:
    sign = "<=" if row.most else ">="
    bar = "" if row.bar is None else f"{sign} {_number(row.bar)}"
    note = f" ({row.note})" if row.note else ""
    return f"| {row.what}{note} | {_number(row.measured)} {row.unit} | {bar} | {_number(row.aim)} | {row.met} |"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if value < 1000 else f"{value:.0f}"


if __name__ == "__main__":
    main()
