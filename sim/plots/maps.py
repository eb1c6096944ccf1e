"""Maps of villages inside the county borders: the starting population, and what a run left behind in each village."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.evidence import Evidence, load_evidence
from sim.messages import text
from sim.places import COUNTIES
from sim.plots.labels import compared_runs, place_name, run_label
from sim.plots.style import FONT_SIZE, LINE_HEIGHT, NOTE_COLOUR, NOTE_SIZE, as_png, dress_ticks, style, wrapped
from sim.results.folders import replaced_file
from sim.units import Language, format_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.results import RunResult
    from sim.world import Floats, Villages

LAND, BORDER, SEAT = "#F4F1EA", "#555555", "#D55E00"
GAIN, LOSS, SAME = "#0072B2", "#D55E00", "#BBBBBB"
MAP_WIDTH, BAR_WIDTH, HEAD = 5.2, 0.85, 0.34
"""Inches of a map, of the room for a colour bar and of the title."""
MARGIN = 0.02
"""Degrees round the borders."""
FINEST = 0.003
"""Degrees; a picture of the city has about 0.0025 a dot of the screen."""
NAMES_BELOW = {"kecheng": (5, -13)}
"""Points from a seat to its name, where the usual place would cover the neighbour's seat or name."""
SMALLEST, LARGEST = 3.0, 60.0
"""Area of a dot, square points."""
STRONG_QUANTILE = 0.95
"""Changes of income are drawn at full size from this quantile on, so that one odd village does not hide the rest."""


@dataclass(frozen=True, eq=False)
class VillageMeans:
    """Villages over all seeds of a run: means weighted by residents or land, each of shape (villages,).

    Attributes:
        id: unique, ascending.
        longitude, latitude: degrees.
        residents: mean over seeds, persons.
        income: CNY a person over the last twelve months; NaN without residents.
        forest, forest_let: mean over seeds, mu.
        relocated: mean over seeds, persons.
    """

    id: Floats
    longitude: Floats
    latitude: Floats
    residents: Floats
    income: Floats
    forest: Floats
    forest_let: Floats
    relocated: Floats


def village_means(result: RunResult, label: str) -> VillageMeans:
    """Return the villages of one run at its end, over all seeds."""
    tables = [snapshot.columns for snapshot in result.villages if snapshot.scenario == label]

    def joined(name: str) -> Floats:
        return np.concatenate([np.asarray(table[name], dtype=np.float64) for table in tables])

    ids, first, row = np.unique(joined("id"), return_index=True, return_inverse=True)

    def mean(values: Floats) -> Floats:
        return np.bincount(row, values, len(ids)) / len(tables)

    residents = joined("residents")
    total = mean(residents * np.nan_to_num(joined("income")))
    persons = mean(residents)
    return VillageMeans(
        id=ids,
        longitude=joined("longitude")[first],
        latitude=joined("latitude")[first],
        residents=persons,
        income=np.divide(total, persons, out=np.full(len(ids), np.nan), where=persons > 0.0),
        forest=mean(joined("forest")),
        forest_let=mean(joined("forest_let")),
        relocated=mean(joined("relocated_persons")),
    )


def draw_forest_map(result: RunResult, language: Language = "en") -> Figure:
    """Return the share of each village's forest land that is let at the end of the scenario."""
    villages = village_means(result, result.scenarios[0])
    there = villages.forest > 0.0
    share = 100.0 * villages.forest_let[there] / villages.forest[there]
    with style(language):
        figure, axis = _base_map(text("plots.forest_map", language), _run_note(result, language), language, bar=True)
        size = _sizes(villages.forest[there])
        look: dict[str, Any] = {"cmap": "cividis_r", "vmin": 0.0, "vmax": 100.0, "linewidths": 0, "rasterized": True}
        dots = axis.scatter(villages.longitude[there], villages.latitude[there], size, share, **look)
        _colour_bar(figure, dots, text("plots.forest_map_bar", language))
    return figure


def draw_relocation_map(result: RunResult, language: Language = "en") -> Figure:
    """Return the persons relocated out of each village up to the end of the scenario, as circles."""
    villages = village_means(result, result.scenarios[0])
    moved = villages.relocated > 0.0
    with style(language):
        figure, axis = _base_map(text("plots.relocation_map", language), _run_note(result, language), language)
        axis.plot(villages.longitude, villages.latitude, ".", color=SAME, markersize=1.2, rasterized=True)
        persons = villages.relocated[moved]
        x, y = villages.longitude[moved], villages.latitude[moved]
        axis.scatter(x, y, _sizes(persons), color=GAIN, alpha=0.6, linewidths=0, rasterized=True)
        largest = float(persons.max())
        samples = [largest, _round(largest / 4.0)]
        sizes = _sizes(np.array(samples), largest)
        entries = [
            (format_value(_round(persons), "persons", language), _dot("o", GAIN, size, alpha=0.6))
            for persons, size in zip(samples, sizes, strict=True)
        ]
        _map_key(axis, [*entries, (text("plots.village", language), _dot("o", SAME, 2.0))])
    return figure


def draw_income_change_map(result: RunResult, language: Language = "en") -> Figure:
    """Return the change of income per head by village, scenario less its first counterfactual, last twelve months."""
    other = compared_runs(result)[1]
    with_reforms, without = village_means(result, result.scenarios[0]), village_means(result, other)
    _, here, there = np.intersect1d(with_reforms.id, without.id, return_indices=True)
    change = with_reforms.income[here] - without.income[there]
    known = np.isfinite(change)
    x, y, change = with_reforms.longitude[here][known], with_reforms.latitude[here][known], change[known]
    strong = _round(float(np.quantile(np.abs(change), STRONG_QUANTILE))) if len(change) else 0.0
    sizes = _sizes(np.minimum(np.abs(change), strong), strong)
    with style(language):
        against = text("plots.map_against", language, other=run_label(result, other, language))
        note = against + _run_note(result, language)
        figure, axis = _base_map(text("plots.income_map", language), note, language)
        small = np.abs(change) < 0.02 * strong if strong else np.full(len(change), True)
        axis.plot(x[small], y[small], ".", color=SAME, markersize=1.2, rasterized=True)
        gains, losses = (change > 0.0) & ~small, (change < 0.0) & ~small
        axis.scatter(x[losses], y[losses], sizes[losses], LOSS, marker="v", linewidths=0, alpha=0.75, rasterized=True)
        axis.scatter(x[gains], y[gains], sizes[gains], GAIN, marker="^", linewidths=0, alpha=0.75, rasterized=True)
        amount = format_value(strong, "CNY", language)
        _map_key(
            axis,
            [
                (text("plots.gains_at_least", language, amount=amount), _dot("^", GAIN, LARGEST, alpha=0.75)),
                (text("plots.loses_at_least", language, amount=amount), _dot("v", LOSS, LARGEST, alpha=0.75)),
                (text("plots.hardly_changes", language), _dot("o", SAME, 2.0)),
            ],
        )
    return figure


def draw_villages(villages: Villages, evidence: Evidence, language: Language = "en") -> Figure:
    """Return the map of all villages of a world, by travel time to the county seat."""
    with style(language):
        title = text("plots.villages", language, count=f"{len(villages):,}")
        figure, axis = _base_map(title, "", language, evidence, bar=True)
        look: dict[str, Any] = {"cmap": "cividis_r", "linewidths": 0, "rasterized": True}
        size = _sizes(villages.households.astype(np.float64))
        dots = axis.scatter(villages.longitude, villages.latitude, size, villages.minutes, **look)
        _colour_bar(figure, dots, text("plots.minutes", language))
    return figure


def save_village_map(villages: Villages, evidence: Evidence, path: Path, language: Language = "en") -> None:
    """Draw the map of villages into a PNG file; its folder is made when it does not exist.

    Raises:
        ResultsError: the file cannot be written; an earlier one stays as it was.
    """
    figure = draw_villages(villages, evidence, language)
    with replaced_file(path) as draft:
        as_png(figure, draft)


def _base_map(
    title: str, note: str, language: Language, evidence: Evidence | None = None, *, bar: bool = False
) -> tuple[Figure, Axes]:
    """Return a figure with the borders, seats and names of the six counties; `bar` leaves room for a colour bar."""
    evidence = load_evidence() if evidence is None else evidence
    rings = border_rings(evidence)
    corners = np.concatenate(rings)
    low, high = corners.min(axis=0) - MARGIN, corners.max(axis=0) + MARGIN
    aspect = 1.0 / np.cos(np.radians(float(low[1] + high[1]) / 2.0))
    lines = wrapped(note, MAP_WIDTH - 0.2)
    foot = 0.1 + len(lines) * LINE_HEIGHT
    height = MAP_WIDTH * float(aspect * (high[1] - low[1]) / (high[0] - low[0]))
    total = HEAD + height + foot
    width = MAP_WIDTH + (BAR_WIDTH if bar else 0.0)
    figure = Figure(figsize=(width, total))
    axis = figure.add_axes((0.0, foot / total, MAP_WIDTH / width, height / total))
    axis.add_collection(PolyCollection(rings, facecolor=LAND, edgecolor=BORDER, linewidth=0.8))
    for county in COUNTIES:
        seat = evidence.seat(county)
        axis.plot(*seat, marker="*", color=SEAT, markersize=11, markeredgecolor="white", zorder=6)
        offset = NAMES_BELOW.get(county, (6, 5))
        name = axis.annotate(place_name(county, language), seat, offset, textcoords="offset points", zorder=5)
        name.set_bbox({"facecolor": "white", "alpha": 0.65, "linewidth": 0, "pad": 0.8})
    figure.text(0.1 / width, 1.0 - 0.22 / total, title, size=FONT_SIZE + 1)
    figure.text(0.1 / width, 0.06 / total, "\n".join(lines), size=NOTE_SIZE, color=NOTE_COLOUR, linespacing=1.25)
    axis.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    axis.set_axis_off()
    return figure, axis


def border_rings(evidence: Evidence) -> list[Floats]:
    """Return the outer rings of the counties, each shape (points, 2) in degrees, thinned to what a picture can show."""
    return [_thinned(polygon[0]) for county in COUNTIES for polygon in evidence.borders[county].polygons]


def _thinned(ring: Floats) -> Floats:
    """Return a ring without the points that lie closer than FINEST to the last one kept; its ends stay."""
    kept = [0]
    for i in range(1, len(ring) - 1):
        if np.abs(ring[i] - ring[kept[-1]]).max() >= FINEST:
            kept.append(i)
    return np.asarray(ring[[*kept, len(ring) - 1]])


def _run_note(result: RunResult, language: Language) -> str:
    share = format_value(float(result.manifest["share"]["asked"]), "ratio", language)
    seeds = len(result.seeds)
    key = "plots.map_note" if seeds > 1 else "plots.map_note_one_seed"
    return text(key, language, seeds=seeds, share=share)


def _sizes(values: Floats, largest: float | None = None) -> Floats:
    """Return the area of each dot in square points, in proportion to its value."""
    top = float(values.max(initial=0.0)) if largest is None else largest
    return SMALLEST + (LARGEST - SMALLEST) * values / top if top > 0.0 else np.full(len(values), SMALLEST)


def _round(value: float) -> float:
    """Return a number with two significant digits."""
    return float(f"{value:.2g}")


def _dot(marker: str, colour: str, area: float, alpha: float = 1.0) -> Line2D:
    look: dict[str, Any] = {"linestyle": "", "color": colour, "markeredgewidth": 0, "alpha": alpha}
    return Line2D([], [], marker=marker, markersize=float(np.sqrt(area)), **look)


def _map_key(axis: Axes, entries: Iterable[tuple[str, Line2D]]) -> None:
    labels, dots = zip(*entries, strict=True)
    axis.legend(dots, labels, loc="lower right", handletextpad=0.4, fontsize=NOTE_SIZE)


def _colour_bar(figure: Figure, dots: Any, label: str) -> None:
    axis = figure.add_axes((MAP_WIDTH / (MAP_WIDTH + BAR_WIDTH), 0.25, 0.03, 0.5))
    figure.colorbar(dots, cax=axis).set_label(label)
    dress_ticks(axis)
