"""Every picture of every kind of result, in both languages: no warning, labelled, nothing cut or covered."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from sim.messages import LANGUAGES, catalogue
from sim.plots import PICTURES, Picture, as_svg, save_plots
from sim.plots.fonts import font_families
from sim.units import Language
from tests.plots.results import RESULTS, single_result, swept_result
from tests.runs import tiny_result
from tests.test_comparison import made

PICTURE = {picture.name: picture for picture in PICTURES}
DRAWN = {
    "documented": {
        *("trajectories", "reform_outcomes", "gains", "income_parts", "county_effects"),
        *("forest_map", "relocation_map", "income_map", "queues"),
    },
    "swept": {
        *("trajectories", "sweep", "gains", "income_parts", "county_effects"),
        *("forest_map", "relocation_map", "income_map", "queues"),
    },
    "bound": {
        *("trajectories", "reform_outcomes", "gains", "income_parts", "county_effects"),
        *("forest_map", "relocation_map", "income_map", "queues"),
    },
    "single": {"trajectories", "reform_outcomes", "income_parts", "counties", "queues"},
}
"""The pictures that apply to each result, and no others."""
CASES = [(kind, PICTURE[name]) for kind, names in DRAWN.items() for name in sorted(names)]


@pytest.mark.parametrize("kind", DRAWN)
def test_only_the_pictures_that_apply_are_drawn(kind: str) -> None:
    assert {picture.name for picture in PICTURES if picture.applies(RESULTS[kind]())} == DRAWN[kind]


def test_every_picture_is_tested() -> None:
    assert set.union(*DRAWN.values()) == set(PICTURE)


def drawn(figure: Figure) -> FigureCanvasAgg:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas


def tick_labels(axis: Axes, canvas: FigureCanvasAgg) -> list[Bbox]:
    """Return where the tick labels of an axis that can be seen stand."""
    boxes = []
    for along, limits in ((axis.xaxis, axis.get_xlim()), (axis.yaxis, axis.get_ylim())):
        low, high = sorted(limits)
        for tick in along.get_major_ticks():
            if low <= tick.get_loc() <= high and tick.label1.get_visible() and tick.label1.get_text():
                boxes.append(tick.label1.get_window_extent(canvas.get_renderer()))
    return boxes


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "picture"), CASES, ids=[f"{kind}-{picture.name}" for kind, picture in CASES])
def test_a_picture_can_be_read(kind: str, picture: Picture, language: Language) -> None:
    figure = picture.draw(RESULTS[kind](), language)
    canvas = drawn(figure)
    box = figure.get_tightbbox(canvas.get_renderer())
    width, height = figure.get_size_inches()
    assert box.x0 >= 0.0
    assert box.y0 >= 0.0
    assert box.x1 <= width + 0.01
    assert box.y1 <= height + 0.01
    seen = [label for axis in figure.axes if axis.axison for label in tick_labels(axis, canvas)]
    covered = [(one, other) for one, other in itertools.combinations(seen, 2) if one.overlaps(other)]
    assert covered == []
    families = {text.get_fontfamily()[0] for text in figure.findobj(lambda artist: hasattr(artist, "get_fontfamily"))}
    assert font_families(language)[0] in families


@pytest.mark.parametrize(("kind", "picture"), CASES, ids=[f"{kind}-{picture.name}" for kind, picture in CASES])
def test_axes_are_labelled_in_the_language(kind: str, picture: Picture) -> None:
    words = {}
    for language in LANGUAGES:
        axes = [axis for axis in picture.draw(RESULTS[kind](), language).axes if axis.axison]
        words[language] = [axis.get_title("left") + axis.get_ylabel() + axis.get_xlabel() for axis in axes]
    for en, zh in zip(words["en"], words["zh"], strict=True):
        assert en.isascii() or "²" in en
        assert en != zh or not en


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_pictures_have_a_title_in_the_catalogue(picture: Picture) -> None:
    assert picture.title_key in catalogue()


def test_a_picture_is_a_page_element_that_is_the_same_each_time() -> None:
    texts = [as_svg(PICTURE["queues"].draw(tiny_result(), "zh")) for _ in range(2)]
    assert texts[0].startswith("<svg")
    assert texts[0].rstrip().endswith("</svg>")
    assert texts[0] == texts[1]
    assert "<text" not in texts[0]


def test_all_pictures_of_a_result_stay_small_enough_for_one_page() -> None:
    size = sum(len(as_svg(p.draw(tiny_result(), "zh"))) for p in PICTURES if p.applies(tiny_result()))
    assert size < 2_000_000


def test_pictures_are_written_as_png(tmp_path: Path) -> None:
    paths = save_plots(swept_result(), tmp_path / "deep" / "plots", "zh")
    assert {path.stem for path in paths} == DRAWN["swept"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_a_run_of_one_seed_and_few_months_can_be_drawn(tmp_path: Path) -> None:
    paths = save_plots(made({1: 1.0}, months=2), tmp_path)
    assert [path.stem for path in paths] == ["trajectories", "counties", "queues"]


def test_a_single_run_says_that_it_has_no_band() -> None:
    notes = [text.get_text() for text in PICTURE["trajectories"].draw(single_result(), "en").texts]
    assert notes == ["One seed: no band of chance is shown."]
