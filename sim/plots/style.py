"""One look for every picture: it survives print in grey, colour blindness and a narrow screen.

Figures are laid out in inches rather than by matplotlib's layout engines, which draw every text several times.
"""

from __future__ import annotations

import gc
import io
import math
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.calendar import MONTHS_PER_YEAR, month_label
from sim.plots.fonts import font_families
from sim.units import Language

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from sim.world import Floats

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#666666")
"""Okabe and Ito's colours, distinct to colour-blind readers; yellow is too pale for print."""
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)))
"""Tell lines apart in grey print; 7 colours and 5 dashes give 35 different lines."""
HATCHES = ("", "////", "\\\\\\\\", "xxxx", "||||")
"""No dots: each would be a circle of its own in an SVG."""
GREY = "#666666"
DOCUMENTED: dict[str, Any] = {"color": "black", "linewidth": 1.6, "marker": "D", "markersize": 4.5}

WIDTH = 7.0
LEFT, RIGHT, TOP = 0.68, 0.2, 0.3
BETWEEN_COLUMNS, BETWEEN_ROWS = 0.72, 0.62
BELOW = 0.36
"""Inches round and between the axes, room for titles and labels included."""
FONT_SIZE, NOTE_SIZE = 9.0, 8.0
LINE_HEIGHT = 0.185
"""Inches of a line of text below the axes."""
HANDLE = 0.65
"""Inches a key needs beside the words of an entry."""
NOTE_COLOUR = "#444444"
MOST_INTERVALS = 5
"""Between the ticks of a value axis."""
DPI = 150
PNG_COMPRESSION = 1
"""Of 9; the highest makes files a tenth smaller and takes four times as long."""
POINTS_PER_INCH = 72.0
_STEPS = (1, 2, 3, 6, *range(MONTHS_PER_YEAR, 100 * MONTHS_PER_YEAR, MONTHS_PER_YEAR))
"""Months between ticks."""
LATIN_WIDTH = 0.54
"""Width of a Latin letter / font size (assumption: a little above English on average); a Chinese one is 1 wide."""


@contextmanager
def style(language: Language) -> Iterator[None]:
    """Give the context in which every picture is drawn.

    Raises:
        PictureError: the Chinese font is not installed.
    """
    settings: Any = {
        "font.family": font_families(language),
        "text.parse_math": False,  # a dollar sign in a title is a dollar sign
        "font.size": FONT_SIZE,
        "axes.titlesize": FONT_SIZE + 0.5,
        "axes.titlelocation": "left",
        "axes.labelsize": NOTE_SIZE,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.linewidth": 0.7,
        "xtick.labelsize": NOTE_SIZE,
        "ytick.labelsize": NOTE_SIZE,
        "legend.frameon": False,
        "legend.fontsize": FONT_SIZE,
        "hatch.linewidth": 0.6,
        "lines.linewidth": 1.6,
    }
    with mpl.rc_context(settings):
        yield


@dataclass(frozen=True)
class Entry:
    """One line of a key: what stands there and the artist that shows it."""

    label: str
    artist: Artist


def line_look(position: int) -> dict[str, Any]:
    """Return colour and dashes of the line at a position; the first 35 differ."""
    return {"color": COLOURS[position % len(COLOURS)], "linestyle": DASHES[position % len(DASHES)]}


def bar_look(position: int) -> dict[str, Any]:
    """Return colour and hatch of the bars at a position."""
    look = {"facecolor": COLOURS[position % len(COLOURS)], "hatch": HATCHES[position % len(HATCHES)]}
    return look | {"edgecolor": "white", "linewidth": 0.5}


def line_entry(label: str, **look: Any) -> Entry:
    """Return the entry of a line in a key."""
    return Entry(label, Line2D([], [], **look))


def sheet(
    panels: int,
    *,
    columns: int = 2,
    heights: float | Sequence[float] = 1.75,
    key: Sequence[Entry] = (),
    note: str = "",
    left: float = LEFT,
    between: float = BETWEEN_COLUMNS,
    between_rows: float = BETWEEN_ROWS,
    below: float = BELOW,
    share_y: Literal["none", "row", "all"] = "none",
) -> tuple[Figure, list[Axes]]:
    """Return a figure with axes in a grid, a key and a note below them.

    Args:
        panels: number of axes, row by row.
        columns: axes in a row; fewer when there are fewer panels.
        heights: of the axes, inches; one for all rows or one a row.
        key: entries of the key.
        note: what the reader must know, wrapped to the width.
        left: inches left of the first column, for its labels.
        between: inches between columns.
        between_rows: inches between rows.
        below: inches between the last row and key or note.
        share_y: which panels have one vertical axis together.
    """
    columns = min(columns, panels)
    rows = math.ceil(panels / columns)
    row_heights = list(heights) if isinstance(heights, Sequence) else [heights] * rows
    foot = _Foot(key, wrapped(note, WIDTH - 2 * RIGHT))
    total = TOP + sum(row_heights) + (rows - 1) * between_rows + below + foot.height
    figure = Figure(figsize=(WIDTH, total))
    width = (WIDTH - left - RIGHT - (columns - 1) * between) / columns
    frame = {
        "left": left / WIDTH,
        "right": 1.0 - RIGHT / WIDTH,
        "top": 1.0 - TOP / total,
        "bottom": (below + foot.height) / total,
        "wspace": between / width,
        "hspace": between_rows * rows / sum(row_heights),
        "height_ratios": row_heights,
    }
    grid = figure.subplots(rows, columns, squeeze=False, sharey=share_y, gridspec_kw=frame)
    axes = list(grid.flat)
    for spare in axes[panels:]:
        spare.remove()
    for axis in axes[:panels]:
        dress_ticks(axis)
    foot.draw(figure, total)
    return figure, axes[:panels]


def dress_ticks(axis: Axes) -> None:
    """Set what ticks look like: matplotlib makes them when the figure is drawn, when the style is gone."""
    look: dict[str, Any] = {"length": 3, "width": 0.7, "grid_color": "#DDDDDD", "grid_linewidth": 0.6}
    axis.tick_params(labelfontfamily=mpl.rcParams["font.family"][0], labelsize=NOTE_SIZE, **look)
    axis.yaxis.set_major_locator(round_ticks())


def round_ticks() -> MaxNLocator:
    """Return the locator of ticks for values: few, at round numbers."""
    return MaxNLocator(MOST_INTERVALS, steps=[1, 2, 2.5, 5, 10])


@dataclass(frozen=True)
class _Foot:
    """The key and the lines of the note below the axes."""

    key: Sequence[Entry]
    lines: Sequence[str]

    @property
    def height(self) -> float:
        """Inches."""
        return self._note + self._key + (0.12 if self.key or self.lines else 0.0)

    @property
    def _note(self) -> float:
        return len(self.lines) * LINE_HEIGHT * NOTE_SIZE / FONT_SIZE

    @property
    def _key(self) -> float:
        lines = sum(label.count("\n") + 1 for label in self._labels)
        return math.ceil(lines / _key_columns(self.key)) * 1.08 * LINE_HEIGHT

    @property
    def _labels(self) -> list[str]:
        """Labels of the key; one wider than the figure is wrapped, and then stands alone in its row."""
        room = (WIDTH - 2 * RIGHT - HANDLE) * NOTE_SIZE / FONT_SIZE
        return ["\n".join(wrapped(entry.label, room)) for entry in self.key]

    def draw(self, figure: Figure, total: float) -> None:
        """Write key and note to the bottom of a figure `total` inches high."""
        x, y = RIGHT / WIDTH, 0.04 / total
        if self.lines:
            look: dict[str, Any] = {"size": NOTE_SIZE, "color": NOTE_COLOUR, "va": "bottom", "linespacing": 1.25}
            figure.text(x, y, "\n".join(self.lines), **look)
        if self.key:
            place = (x, y + (self._note + 0.06) / total)
            spaces: dict[str, Any] = {"borderaxespad": 0.0, "borderpad": 0.0, "labelspacing": 0.35, "handlelength": 2.6}
            handles, columns = [entry.artist for entry in self.key], _key_columns(self.key)
            figure.legend(handles, self._labels, loc="lower left", bbox_to_anchor=place, ncols=columns, **spaces)


def _key_columns(key: Sequence[Entry]) -> int:
    """Return how many entries of a key fit beside each other."""
    if not key:
        return 1
    widest = max(text_width(entry.label, FONT_SIZE) for entry in key) + HANDLE
    return max(1, min(len(key), int((WIDTH - 2 * RIGHT) / widest)))


def text_width(words: str, size: float) -> float:
    """Return the width of a line of text in inches, estimated: a Chinese character is as wide as the font size."""
    letters = sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else LATIN_WIDTH for letter in words)
    return letters * size / POINTS_PER_INCH


def wrapped(words: str, width: float) -> list[str]:
    """Return lines of a note no wider than some inches; Chinese may break between any two characters."""
    lines, line = [], ""
    for piece in _pieces(words):
        if line and text_width(line + piece.rstrip(), NOTE_SIZE) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(words: str) -> Iterator[str]:
    """Yield what must stay together: a word with the space after it, or a wide character with its punctuation."""
    piece = ""
    for letter in words:
        wide = unicodedata.east_asian_width(letter) in "WF"
        closes = wide and unicodedata.category(letter).startswith("P") and letter not in "（“《"
        if piece and not closes and (wide or piece[-1] == " " or _is_wide(piece[-1])):
            yield piece
            piece = ""
        piece += letter
    yield piece


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF" and letter not in "（“《"


def label_months(axis: Axes, first: int, last: int, ticks: int = 5) -> None:
    """Mark some months from `first` on in equal steps, and leave the axis a little room at both ends.

    Args:
        axis: with month indexes along it.
        first, last: month indexes; `first` is the start, December 2022, so that steps of years end at Decembers.
        ticks: at most that many.
    """
    span = last - first
    step = next(months for months in _STEPS if span < months * ticks)
    marked = np.arange(first, last + 1, step)
    axis.set_xticks(marked, [month_label(int(month)) for month in marked])
    axis.set_xlim(first - 0.02 * span - 0.2, last + 0.06 * span + 0.2)


@dataclass(frozen=True, eq=False)
class Band:
    """Mean, lowest and highest value over seeds, each of shape (rows,)."""

    mean: Floats
    low: Floats
    high: Floats


def band(curves: Floats) -> Band:
    """Return mean and range over seeds of curves of one unit, shape (seeds, rows); NaN where no seed has a value."""
    return Band(curves.mean(axis=0), curves.min(axis=0), curves.max(axis=0))


def draw_band(axis: Axes, x: Floats, curves: Floats, position: int) -> None:
    """Draw the mean over seeds as a line and, from two seeds on, lowest to highest as a band.

    Args:
        axis: where to.
        x: horizontal positions, shape (rows,).
        curves: by seed, shape (seeds, rows), in the unit of the axis.
        position: which line of the picture it is, for its look.
    """
    look, spread = line_look(position), band(curves)
    axis.plot(x, spread.mean, **look)
    if len(curves) > 1:
        axis.fill_between(x, spread.low, spread.high, color=look["color"], alpha=0.18, linewidth=0)


@contextmanager
def without_collection() -> Iterator[None]:
    """Pause the garbage collector while pictures are drawn: it would stop at every figure and find little."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def as_png(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whatever the file is called."""
    FigureCanvasAgg(figure)
    figure.savefig(path, format="png", dpi=DPI, pil_kwargs={"compress_level": PNG_COMPRESSION})


def as_svg(figure: Figure, letters: Literal["path", "none"] = "path") -> str:
    """Return a figure as an ``<svg>`` element for a web page.

    The same figure gives the same text.

    Args:
        figure: what to write.
        letters: ``path`` draws them as outlines, so that no font is needed; ``none`` leaves them text in the page's
            font, which is small and can be searched.
    """
    FigureCanvasSVG(figure)
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": letters, "svg.hashsalt": "countysim"}):
        figure.savefig(buffer, format="svg", dpi=DPI, metadata={"Date": None, "Creator": None})
    written = buffer.getvalue()
    return written[written.index("<svg") :]
