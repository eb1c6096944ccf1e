"""The command ``countysim compare``: differences of runs, who gains and who loses, what an outcome costs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from sim.cli.tables import HEADLINES, plain_table
from sim.comparison import GROUPINGS, THRESHOLD, Comparison, Gain, Grouping, Side, compare_all, side_by_side
from sim.comparison.tables import COSTS_FILE, DIFFERENCES_FILE, GAINS_FILE, write_costs, write_differences, write_gains
from sim.comparison.words import GROUPED_BY, group_name, programme_name, signed, significant
from sim.errors import ResultsError
from sim.messages import text
from sim.observables.indicators import INDICATORS, POSITION
from sim.places import NAMES
from sim.results import RunResult
from sim.results.folders import check_free, replaced_folder
from sim.units import Language, axis_scale, format_change, format_value

console = Console()

VALUE_DIGITS, CHANGE_DIGITS, ERROR_DIGITS = 4, 3, 2
"""Significant digits that are shown."""
FINER = 2
"""Decimals that a change may have beyond those of its value; what is smaller still reads 0."""
INCOME_DECIMALS = 1
WIDEST_WORD = 26
"""Letters of a head above which it breaks."""


def show_comparison(
    folders: Sequence[Path],
    against: str | None,
    place: str,
    month: str | None,
    by: Grouping | None,
    language: Language,
    out: Path | None,
    force: bool,
) -> None:
    """Print how the first of some run folders differs from the others, or a single one from its counterfactuals.

    Args:
        folders: run folders.
        against: label of the scenario to compare with, in the others or in the single one.
        place: a county or the city.
        month: as "2024-09"; the last month when None.
        by: how households are grouped; by income, county and settlement when None.
        language: of all that is printed and written.
        out: folder for tables (CSV) and pictures; nothing is written when None.
        force: whether an earlier comparison there may be replaced.

    Raises:
        ResultsError: a folder is no run folder, runs cannot be compared, or there is no such month or place.
    """
    if out is not None:
        check_free(out, force=force)
    runs = [RunResult.load(folder) for folder in folders]
    comparisons = compare_all(runs, against)
    console.print(_differences(comparisons, place, month, language))
    chosen: Sequence[Grouping] = GROUPINGS[:-1] if by is None else (by,)
    gainful = [each for each in comparisons if _print_gains(each, chosen, language)]
    for each in comparisons:
        _print_costs(each, place, language)
    _print_notes(comparisons, gainful, language)
    if out is not None:
        with replaced_folder(out, force=force) as draft:
            _write(draft, folders, comparisons, gainful, chosen, place, language)
        console.print(f"\n{text('compare.written', language, folder=out)}", highlight=False, markup=False)


def _differences(comparisons: Sequence[Comparison], place: str, month: str | None, language: Language) -> Table:
    """Return the main indicators of the first run at a place, and their difference to each other run."""
    first = comparisons[0]
    heads = [text("compare.against", language, name=each.names[1]) for each in comparisons]
    seeds = len(first.left.run.seeds)
    title = text(
        "compare.differences" if seeds > 1 else "compare.differences_one_seed",
        language,
        first=first.names[0],
        place=NAMES[place][language] if place in NAMES else place,
        month=month or first.last_month,
        seeds=seeds,
    )
    columns = (text("compare.indicator", language), text("compare.unit", language))
    table = plain_table(f"\n{title}", *columns, first.names[0], *heads, numbers=(first.names[0], *heads))
    for name in dict.fromkeys(name for name, _ in HEADLINES):
        cells = [each.of(name, month, place) for each in comparisons]
        scale = axis_scale(max(abs(cells[0].first), *(abs(cell.second) for cell in cells)), cells[0].unit, language)
        value = significant(cells[0].first / scale.divisor, VALUE_DIGITS)
        finest = len(value.partition(".")[2]) + FINER
        scaled = ((cell.difference / scale.divisor, cell.standard_error / scale.divisor) for cell in cells)
        differences = (_change(*pair, finest) for pair in scaled)
        table.add_row(indicator_label(name, language), _short(scale.label.strip()), value, *differences)
    return _with_whole_cells(table)


def _with_whole_cells(table: Table) -> Table:
    """Let words and heads of a narrow table break over lines, but never a number below them."""
    for column in table.columns:
        column.no_wrap = False
        if column.justify == "right":
            words = (*str(column.header).split(), *column.cells)
            column.width = max(min(cell_len(str(word)), WIDEST_WORD) for word in words)
    return table


def _short(text_with_unit: str) -> str:
    """Return a number with its unit for a narrow column."""
    return text_with_unit.replace(" per ", "/")


def indicator_label(name: str, language: Language) -> str:
    """Return what an indicator is called."""
    return INDICATORS[POSITION[name]].label(language)


def _change(difference: float, error: float, finest: int) -> str:
    """Return a change and its standard error, with no more than `finest` decimals."""
    spread = significant(error, ERROR_DIGITS, finest)
    return f"{signed(difference, CHANGE_DIGITS, finest)}{f' ± {spread}' if spread else ''}"


def _print_gains(comparison: Comparison, chosen: Sequence[Grouping], language: Language) -> bool:
    """Print who gains and who loses; say why not and return False where households cannot be paired."""
    try:
        gains = [(by, comparison.gains(by)) for by in (*chosen, "all")]
    except ResultsError as error:
        console.print(f"\n{text('compare.no_gains', language, reason=error)}", highlight=False, markup=False)
        return False
    first, second = comparison.names
    names = [text(key, language, threshold=f"{THRESHOLD:g}", second=second) for key in _GAIN_COLUMNS]
    title = text("compare.gains", language, first=first, second=second)
    table = plain_table(f"\n{title}", *names, numbers=names[1:])
    for by, groups in gains:
        if by != "all":
            table.add_row(f"[dim]{text(GROUPED_BY[by], language)}[/dim]")
        for gain in groups:
            table.add_row(f"  {group_name(gain.group, language)}", *_gain_cells(gain, language))
    console.print(_with_whole_cells(table))
    return True


_GAIN_COLUMNS = (
    "compare.group",
    "compare.persons",
    "compare.before",
    "compare.change",
    "compare.better",
    "compare.worse",
)
_COST_COLUMNS = (
    "compare.programme",
    "compare.csv_cost",
    "compare.outcome",
    "compare.effect",
    "compare.per_unit",
)


def _gain_cells(gain: Gain, language: Language) -> list[str]:
    return [
        format_value(float(f"{gain.persons:.4g}"), "dimensionless", language),
        significant(gain.before, VALUE_DIGITS),
        _change(gain.change, gain.standard_error, INCOME_DECIMALS),
        f"{100.0 * gain.better:.1f} %",
        f"{100.0 * gain.worse:.1f} %",
    ]


def _print_costs(comparison: Comparison, place: str, language: Language) -> None:
    rows = comparison.costs(place)
    if not rows:
        return
    first, second = comparison.names
    title = text("compare.costs", language, first=first, second=second, place=NAMES[place][language])
    names = [text(key, language) for key in _COST_COLUMNS]
    table = plain_table(f"\n{title}", *names, numbers=(names[1], names[3], names[4]))
    last = ""
    for row in rows:
        again = row.programme == last
        last = row.programme
        per_unit = _short(format_value(_rounded(row.cost_per_unit), row.unit, language))
        table.add_row(
            "" if again else programme_name(row.programme, language),
            "" if again else format_value(_rounded(row.cost), "dimensionless", language),
            indicator_label(row.indicator, language),
            format_change(_rounded(row.effect), row.effect_unit, language),
            per_unit if row.cost_per_unit == row.cost_per_unit else text("compare.unclear", language),
        )
    console.print(_with_whole_cells(table))


def _rounded(value: float) -> float:
    return float(f"{value:.{CHANGE_DIGITS}g}")


def _print_notes(comparisons: Sequence[Comparison], gainful: Sequence[Comparison], language: Language) -> None:
    """Say what the errors cover, who is paired, and what a difference may also come from."""
    runs = [comparisons[0].left.run, *(each.right.run for each in comparisons)]
    drawn = any(run.manifest.get("parameter_draws") for run in runs)
    notes = [text("compare.chance_and_draws" if drawn else "compare.chance", language)]
    if gainful:
        share = f"{100.0 * min(each.paired_share for each in gainful):.2f} %"
        notes.append(text("compare.paired", language, share=share, threshold=f"{THRESHOLD:g}"))
    notes.append(text("compare.one_package", language))
    versions = {str(run.manifest.get("versions", {}).get("countysim")) for run in runs}
    if len(versions) > 1:
        notes.append(text("compare.versions", language, versions=", ".join(sorted(versions))))
    console.print()
    for note in notes:
        console.print(note, style="dim", highlight=False, markup=False)


def _write(
    draft: Path,
    folders: Sequence[Path],
    comparisons: Sequence[Comparison],
    gainful: Sequence[Comparison],
    chosen: Sequence[Grouping],
    place: str,
    language: Language,
) -> None:
    from sim.plots import save_plots

    write_differences(draft / DIFFERENCES_FILE, comparisons, language)
    write_costs(draft / COSTS_FILE, comparisons, language, place)
    if gainful:
        write_gains(draft / GAINS_FILE, gainful, language, (*chosen, "all"))
    sides = [comparisons[0].left, *(each.right for each in comparisons)]
    labels = labels_of(sides, language)
    save_plots(side_by_side(sides, labels), draft / "plots", language)
    manifest = {"comparison": [side.label for side in sides], "folders": [str(folder) for folder in folders]}
    (draft / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def labels_of(sides: Sequence[Side], language: Language) -> list[str]:
    """Return labels for pictures of some scenarios: the first keeps its own, other runs go by their titles.

    Counterfactuals keep their labels too: pictures have names for them. A title met before is numbered.
    """
    labels, shown = [sides[0].label], [_title(sides[0], language)]
    for side in sides[1:]:
        title = _title(side, language)
        shown.append(title)
        labels.append(title if shown.count(title) == 1 else f"{title} ({shown.count(title)})")
    return labels


def _title(side: Side, language: Language) -> str:
    titles = side.run.manifest.get("scenario", {}).get("title", {})
    return str(titles.get(language, side.label)) if side.label == side.run.scenarios[0] else side.label
