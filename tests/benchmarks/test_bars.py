"""What holds of the bars on any machine: identical bits, bytes per household, linear work, no growing memory."""

from __future__ import annotations

import csv
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from sim.model import CountyModel
from sim.scenario import load_scenario
from sim.world import World
from tests.benchmarks import bars
from tests.benchmarks.bars import Row
from tests.benchmarks.measuring import fingerprint, household_count, run_process
from tests.benchmarks.scenarios import all_reforms, scenario_file

BYTES_PER_HOUSEHOLD = 128
ROWS = [
    Row("a month", 12.0, "ns", 100, 20),
    Row("runs", 12.0, "runs/s", 60, 400, most=False, note="on two cores"),
    Row("for information", 1234.5, "ms"),
]


def model(share: float, threads: int = 1, months: int = 0) -> CountyModel:
    made = CountyModel(all_reforms(24), share=share, seed=3, threads=threads)
    for _ in range(months):
        made.step()
    return made


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_do_not_change_a_bit(threads: int) -> None:
    assert fingerprint(model(0.002, threads, months=4)) == fingerprint(model(0.002, months=4))


def test_fingerprint_sees_one_bit() -> None:
    changed, same = model(0.001), model(0.001)
    before = fingerprint(changed)
    changed.world.households.wealth[0] += 1.0
    assert fingerprint(changed) != before == fingerprint(same)


def test_a_household_takes_few_bytes() -> None:
    households = model(0.001).world.households
    columns = [getattr(households, name) for name in households.column_names()]
    assert sum(column.nbytes for column in columns) <= BYTES_PER_HOUSEHOLD * len(households)


def test_spare_rows_are_few() -> None:
    made = model(0.01)
    assert len(made.world.households) < 1.06 * household_count(made)


def test_households_grow_linearly_with_the_share() -> None:
    counts = [household_count(model(share)) for share in (0.02, 0.04, 0.08)]
    assert (counts[2] - counts[1]) / (counts[1] - counts[0]) == pytest.approx(2.0, rel=0.1)


def test_a_month_visits_every_row_the_same_number_of_times_at_every_share(monkeypatch: pytest.MonkeyPatch) -> None:
    launched: list[tuple[str, int, int]] = []

    def count(world: World, kernel: Any, *columns: Any) -> None:
        def noted(first: int, last: int, *arguments: Any) -> None:
            launched.append((kernel.__name__, first, last))
            kernel(first, last, *arguments)

        over_hamlets(world, noted, *columns)

    over_hamlets = World.over_hamlets
    seen = []
    for share in (0.001, 0.004):
        made = model(share, months=1)
        monkeypatch.setattr(World, "over_hamlets", count)
        made.step()
        monkeypatch.setattr(World, "over_hamlets", over_hamlets)
        assert {(first, last) for _, first, last in launched} == {(0, len(made.world.hamlets))}
        seen.append([name for name, _, _ in launched])
        launched.clear()
    assert seen[0] == seen[1]


def test_memory_does_not_grow_from_month_to_month() -> None:
    model(0.001, months=12)  # loads the kernels, those of rare events and of the turn of the year included
    made = model(0.05, months=3)
    tracemalloc.start()
    made.step()
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    for _ in range(6):
        made.step()
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    rows = len(made.world.households)
    assert after - before < 1.0 * rows
    assert peak - before < 16.0 * rows


def test_a_process_is_measured_and_its_failure_is_told() -> None:
    process = run_process(["-c", "print('done'); data = bytearray(60_000_000)"])
    assert process.output == "done\n"
    assert process.seconds > 0.0
    assert process.peak > 0.06
    with pytest.raises(RuntimeError, match="ended with code 3"):
        run_process(["-c", "raise SystemExit(3)"])


def test_the_written_scenario_is_the_one_made_here(tmp_path: Path) -> None:
    written, made = load_scenario(scenario_file(tmp_path, 7)), all_reforms(7)
    assert written.months == made.months
    assert {n: p.settings for n, p in written.policies.items()} == {n: p.settings for n, p in made.policies.items()}
    assert written.counterfactuals == ()


@pytest.mark.parametrize(
    ("measured", "bar", "most", "met"),
    [
        (9.0, 10.0, True, "yes"),
        (10.0, 10.0, True, "yes"),
        (11.0, 10.0, True, "no"),
        (11.0, 10.0, False, "yes"),
        (10.0, 10.0, False, "yes"),
        (9.0, 10.0, False, "no"),
        (9.0, None, True, ""),
    ],
)
def test_a_bar_is_met_on_its_side(measured: float, bar: float | None, most: bool, met: str) -> None:
    assert Row("x", measured, "s", bar, most=most).met == met


def test_tables_are_written_without_host_or_path(tmp_path: Path) -> None:
    table, document = tmp_path / "bars.csv", tmp_path / "performance.md"
    document.write_text(f"before\n{bars.BEGIN}\nold table\n{bars.END}\nafter\n", encoding="utf-8")
    bars.write_table(ROWS, table)
    bars.fill_document(ROWS, document)
    with table.open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["what"] for row in written] == [row.what for row in ROWS]
    assert [row["met"] for row in written] == ["yes", "no", ""]
    text = document.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old table" not in text
    assert "| runs (on two cores) | 12 runs/s | >= 60 | 400 | no |" in text
    assert str(Path.home()) not in text + table.read_text(encoding="utf-8")
