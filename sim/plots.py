"""Pictures of a run and of the starting population, in one style that survives print and colour blindness."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from sim.calendar import month_label
from sim.evidence import Evidence, Fact, load_evidence
from sim.observables import Record
from sim.observation import START
from sim.places import CITY, COUNTIES, NAMES, place_index
from sim.sectors import SECTORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.results import RunResult
    from sim.world import Floats, Villages

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's colours, distinct to colour-blind readers; dashes tell lines apart in grey print."""
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (1, 1)))
DOCUMENTED_COLOUR = "black"

LABELS = {
    "urbanisation": {"en": "Urbanisation, Qujiang (%)", "zh": "衢江区城镇化率（%）"},
    "gdp": {"en": "GDP growth on the year before, Qujiang (%)", "zh": "衢江区生产总值同比增速（%）"},
    "industry": {"en": "Above-size industry growth, Qujiang (%)", "zh": "衢江区规上工业增加值同比增速（%）"},
    "rural_income": {"en": "Rural income growth, Qujiang (%)", "zh": "衢江区农村居民收入同比增速（%）"},
    "forest": {"en": "Forest land let, city (% of transferable)", "zh": "全市林地流转率（%）"},
    "relocated": {"en": "Persons relocated, Qujiang", "zh": "衢江区累计搬迁人数"},
    "documented": {"en": "documented", "zh": "文件数据"},
    "minutes": {"en": "Travel time to the county seat (minutes)", "zh": "到县城时间（分钟）"},
    "villages": {"en": "Villages and urban communities", "zh": "行政村与社区"},
}
MONTHS_AVERAGED = 3
"""Growth is that of three months on the same months of the year before: single months are noisy."""


def _style() -> AbstractContextManager[None]:
    """Return the context in which every picture is drawn."""
    return mpl.rc_context({"font.size": 9, "axes.titlesize": 10, "axes.titlelocation": "left", "legend.frameon": False})


type Curve = Callable[[Record], Floats]


@dataclass(frozen=True)
class Panel:
    """One small picture: a curve by month (NaN where it does not exist) and the fact it is held against."""

    label: str
    fact: str
    curve: Curve
    mark: Callable[[Fact, Floats], float]
    """Height of the documented value, given the mean curve with the starting state first."""


def _yearly_growth(values: Floats, year_before: Floats) -> Floats:
    """Return growth in percent, start first, of MONTHS_AVERAGED months on the same months of the year before.

    Args:
        values: monthly flows from month 0 on, shape (months,).
        year_before: the twelve months before, or an empty array when unknown.
    """
    flows = np.concatenate([year_before, values])
    growth = np.full(len(values) + 1, np.nan)
    for month in range(len(values)):
        last = len(year_before) + month + 1
        first = last - MONTHS_AVERAGED
        if first >= 12:
            growth[month + 1] = 100.0 * (flows[first:last].sum() / flows[first - 12 : last - 12].sum() - 1.0)
    return growth


def _gdp_growth(record: Record) -> Floats:
    before = record.value_added_2022[:, place_index("qujiang"), : len(SECTORS)].sum(axis=1)
    return _yearly_growth(record.series("gdp", "qujiang")[1:], before)


def _industry_growth(record: Record) -> Floats:
    before = record.above_2022[:, place_index("qujiang")]
    return _yearly_growth(record.series("value_added_above", "qujiang")[1:], before)


def _rural_income_growth(record: Record) -> Floats:
    return _yearly_growth(record.series("income_rural", "qujiang")[1:], np.zeros(0))


def _percent(fact: Fact, _mean: Floats) -> float:
    return 100.0 * fact.number


PANELS = (
    Panel(
        "urbanisation",
        "urbanisation_gain",
        lambda record: 100.0 * record.series("urbanisation", "qujiang"),
        lambda fact, mean: float(mean[0]) + fact.number,
    ),
    Panel("gdp", "gdp_growth", _gdp_growth, _percent),
    Panel("industry", "industrial_value_added_growth", _industry_growth, _percent),
    Panel("rural_income", "rural_income_growth", _rural_income_growth, _percent),
    Panel(
        "forest",
        "forest_transfer_rate",
        lambda record: 100.0 * record.series("forest_transfer_share", CITY),
        _percent,
    ),
    Panel(
        "relocated",
        "relocated_persons",
        lambda record: record.series("relocated_persons", "qujiang"),
        lambda fact, _mean: fact.number,
    ),
)


def save_plots(result: RunResult, folder: Path) -> list[Path]:
    """Draw the trajectories of a run and return the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "trajectories.png"
    _save(draw_trajectories(result), path)
    return [path]


def draw_trajectories(result: RunResult) -> Figure:
    """Return the headline outcomes: mean and range over seeds of each scenario, documented values."""
    evidence = load_evidence()
    records = {label: list(result.records(label).values()) for label in result.scenarios}
    with _style():
        figure = Figure(figsize=(9.0, 8.5), layout="constrained")
        axes = figure.subplots(3, 2)
        for panel, axis in zip(PANELS, axes.flat, strict=True):
            _draw_panel(axis, panel, records, evidence.fact(panel.fact))
        handles, labels = axes.flat[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), 3))
    return figure


def _draw_panel(axis: Axes, panel: Panel, records: dict[str, list[Record]], fact: Fact) -> None:
    means = []
    for k, (label, runs) in enumerate(records.items()):
        curves = np.array([panel.curve(run) for run in runs])
        months = np.arange(START, START + curves.shape[1])
        colour, dashes = COLOURS[k % len(COLOURS)], DASHES[k % len(DASHES)]
        means.append(curves.mean(axis=0))
        axis.plot(months, means[-1], color=colour, linestyle=dashes, label=label)
        axis.fill_between(months, curves.min(axis=0), curves.max(axis=0), color=colour, alpha=0.2, linewidth=0)
    _draw_documented(axis, fact, panel.mark(fact, means[0]))
    axis.set_title(LABELS[panel.label]["en"])
    _label_months(axis, len(means[0]))
    axis.spines[["top", "right"]].set_visible(False)


def _draw_documented(axis: Axes, fact: Fact, height: float) -> None:
    """Draw a figure as the run of months it speaks of, or as a point when it is reached at the end."""
    first, last = fact.months
    is_point = fact.is_stock or fact.id in ("urbanisation_gain", "relocated_persons")
    months = [last] if is_point else [first, last]
    label = LABELS["documented"]["en"]
    look: dict[str, Any] = {"color": DOCUMENTED_COLOUR, "linewidth": 2.0, "marker": "D", "markersize": 4}
    axis.plot(months, [height] * len(months), label=label, **look)


def _label_months(axis: Axes, rows: int) -> None:
    step = max(6, (rows // 6) // 12 * 12)
    ticks = np.arange(START, START + rows, step)
    axis.set_xticks(ticks, [month_label(int(tick)) for tick in ticks])


def draw_villages(villages: Villages, evidence: Evidence) -> Figure:
    """Return the map of all villages inside the county borders, by travel time to the county seat."""
    with _style():
        figure = Figure(figsize=(8.0, 7.0), layout="constrained")
        axis = figure.subplots()
        for county in COUNTIES:
            rings = [polygon[0] for polygon in evidence.borders[county].polygons]
            axis.add_collection(PolyCollection(rings, facecolor="#F4F1EA", edgecolor="#555555", linewidth=0.8))
        size = 4.0 + 40.0 * villages.households / villages.households.max()
        x, y = villages.longitude, villages.latitude
        dots = axis.scatter(x, y, size, villages.minutes, cmap="cividis_r", linewidths=0)
        figure.colorbar(dots, ax=axis, shrink=0.7, label=LABELS["minutes"]["en"])
        for county in COUNTIES:
            longitude, latitude = evidence.seat(county)
            axis.plot(longitude, latitude, marker="*", color="#D55E00", markersize=12, markeredgecolor="white")
            axis.annotate(NAMES[county]["en"], (longitude, latitude), xytext=(6, 6), textcoords="offset points")
        axis.set_title(f"{LABELS['villages']['en']}: {len(villages):,}")
        axis.set_aspect(1.0 / np.cos(np.radians(float(villages.latitude.mean()))))
        axis.autoscale_view()
        axis.set_axis_off()
    return figure


def save_village_map(villages: Villages, evidence: Evidence, path: Path) -> None:
    """Draw the map of villages into a PNG file; its folder is made when it does not exist."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _save(draw_villages(villages, evidence), path)


def _save(figure: Figure, path: Path) -> None:
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=150)
