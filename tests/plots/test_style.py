"""The one look of all pictures: fonts, wrapping, bands, ticks."""

from __future__ import annotations

import gc
import io
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.errors import PictureError
from sim.plots.fonts import chinese_font, font_families
from sim.plots.style import (
    COLOURS,
    DASHES,
    NOTE_SIZE,
    band,
    draw_band,
    label_months,
    line_entry,
    line_look,
    sheet,
    style,
    text_width,
    without_collection,
    wrapped,
)

WORDS = "数据，来自 5 seeds。线为均值（色带为最低至最高值）。"


def test_the_font_comes_from_its_package_which_is_never_imported() -> None:
    code = (
        "import sys, matplotlib; before = dict(matplotlib.rcParams)\n"
        "from sim.plots.fonts import font_families\n"
        "print(*font_families('zh'), 'zhplot' in sys.modules, before == dict(matplotlib.rcParams))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split("\n")[0] == "Noto Sans SC False True"


def test_a_missing_package_is_named() -> None:
    with pytest.raises(PictureError, match="pip install --force-reinstall no_such_package"):
        chinese_font("no_such_package")
    with pytest.raises(PictureError, match="Noto Sans SC of the package 'json'"):
        chinese_font("json")


def test_the_style_ends_with_the_picture() -> None:
    before = dict(mpl.rcParams)
    with style("zh"):
        assert mpl.rcParams["font.family"] == font_families("zh")
    assert dict(mpl.rcParams) == before


def test_thirty_five_lines_differ() -> None:
    looks = [str(line_look(k)) for k in range(len(COLOURS) * len(DASHES))]
    assert len(set(looks)) == 35


@given(arrays(np.float64, (5, 7), elements=st.floats(-1e9, 1e9)))
def test_a_band_holds_every_seed_and_the_mean(curves: np.ndarray) -> None:
    found = band(curves)
    assert (found.low <= curves).all()
    assert (curves <= found.high).all()
    slack = 1e-6
    assert (found.low - slack <= found.mean).all()
    assert (found.mean <= found.high + slack).all()


def test_one_seed_has_a_line_and_no_band() -> None:
    axis = Figure().subplots()
    draw_band(axis, np.arange(3.0), np.array([[1.0, 2.0, 3.0]]), 0)
    assert (len(axis.get_lines()), len(axis.collections)) == (1, 0)
    draw_band(axis, np.arange(3.0), np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]), 1)
    assert (len(axis.get_lines()), len(axis.collections)) == (2, 1)


@given(st.text(alphabet=WORDS, max_size=80), st.floats(1.0, 5.0))
def test_wrapping_keeps_every_letter_and_the_width(words: str, width: float) -> None:
    lines = wrapped(words, width)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    pieces = [line for line in lines if " " in line.strip() and text_width(line, NOTE_SIZE) > width + 0.2]
    assert pieces == []


def test_no_line_begins_with_a_closing_mark() -> None:
    assert not any(line[0] in "，。）" for line in wrapped(WORDS * 4, 1.5))


def test_a_key_too_wide_for_the_figure_is_wrapped() -> None:
    entries = [line_entry("a scenario with a title that nobody could read in one breath " * 4), line_entry("b")]
    with style("en"):
        figure, _ = sheet(1, key=entries)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    box = figure.legends[0].get_window_extent(canvas.get_renderer())
    assert box.x1 < figure.bbox.x1
    assert box.y1 < figure.axes[0].get_window_extent(canvas.get_renderer()).y0 - 0.25 * figure.dpi


@pytest.mark.parametrize(
    ("last", "labels"),
    [
        (23, ["2022-12", "2023-06", "2023-12", "2024-06", "2024-12"]),
        (11, ["2022-12", "2023-03", "2023-06", "2023-09", "2023-12"]),
        (1, ["2022-12", "2023-01", "2023-02"]),
        (155, ["2022-12", "2025-12", "2028-12", "2031-12", "2034-12"]),
        (599, ["2022-12", "2033-12", "2044-12", "2055-12", "2066-12"]),
    ],
)
def test_months_are_marked_in_even_steps_from_the_start(last: int, labels: list[str]) -> None:
    axis = Figure().subplots()
    label_months(axis, -1, last)
    assert [label.get_text() for label in axis.get_xticklabels()] == labels
    assert axis.get_xlim()[1] > last


def test_the_collector_works_again_after_the_pictures() -> None:
    with without_collection():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_chinese_words_in_an_english_picture_are_drawn(recwarn: pytest.WarningsRecorder) -> None:
    with style("en"):
        figure = Figure()
        FigureCanvasAgg(figure)
        figure.suptitle("搬迁提速")
        figure.savefig(io.BytesIO())
    assert [str(warning.message) for warning in recwarn] == []
