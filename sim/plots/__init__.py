"""Pictures of a run and of the starting population, in one style that survives print and colour blindness.

`PICTURES` lists what can be drawn of a result; each `draw_*` function returns a matplotlib figure that can be shown,
written with `as_png` or put into a web page with `as_svg`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from sim.comparison import compare
from sim.plots.counties import draw_counties, draw_county_effects
from sim.plots.gains import draw_gains
from sim.plots.income import draw_income_parts, has_whole_year
from sim.plots.labels import compared_runs, run_label
from sim.plots.maps import (
    draw_forest_map,
    draw_income_change_map,
    draw_relocation_map,
    draw_villages,
    save_village_map,
    village_means,
)
from sim.plots.queues import draw_queues, waiting
from sim.plots.style import as_png, as_svg, without_collection
from sim.plots.sweeps import draw_sweep, varying_outcomes
from sim.plots.trajectories import draw_reform_outcomes, draw_trajectories, reform_panels
from sim.results.manifest import sweep_points
from sim.units import Language

if TYPE_CHECKING:
    from sim.results import RunResult

__all__ = [
    "PICTURES",
    "Drawn",
    "Picture",
    "as_png",
    "as_svg",
    "draw_counties",
    "draw_county_effects",
    "draw_forest_map",
    "draw_gains",
    "draw_income_change_map",
    "draw_income_parts",
    "draw_pictures",
    "draw_queues",
    "draw_reform_outcomes",
    "draw_relocation_map",
    "draw_sweep",
    "draw_trajectories",
    "draw_villages",
    "run_label",
    "save_pictures",
    "save_plots",
    "save_village_map",
    "without_collection",
]


@dataclass(frozen=True)
class Picture:
    """A picture that a result may have.

    Attributes:
        name: file name without suffix.
        title_key: message that heads it in a report.
        draw: draws it; only where it applies.
        applies: whether a result holds what the picture shows.
    """

    name: str
    title_key: str
    draw: Callable[[RunResult, Language], Figure]
    applies: Callable[[RunResult], bool]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture of a result, drawn and not yet written in any format."""

    picture: Picture
    figure: Figure


def draw_pictures(result: RunResult, language: Language = "en") -> tuple[Drawn, ...]:
    """Draw every picture that applies to a result.

    Raises:
        PictureError: the Chinese font is not installed.
    """
    with without_collection():
        return tuple(Drawn(picture, picture.draw(result, language)) for picture in PICTURES if picture.applies(result))


def save_pictures(pictures: Iterable[Drawn], folder: Path) -> list[Path]:
    """Write pictures as PNG and return the files; the folder is made when it does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    with without_collection():
        for drawn in pictures:
            paths.append(folder / f"{drawn.picture.name}.png")
            as_png(drawn.figure, paths[-1])
    return paths


def save_plots(result: RunResult, folder: Path, language: Language = "en") -> list[Path]:
    """Draw every picture that applies to a result, write them as PNG and return the files.

    Raises:
        PictureError: the Chinese font is not installed.
    """
    return save_pictures(draw_pictures(result, language), folder)


def _draw_own_gains(result: RunResult, language: Language) -> Figure:
    scenario, other = compared_runs(result)[:2]
    names = run_label(result, scenario, language), run_label(result, other, language)
    return draw_gains(compare(result, against=other), language, names)


def _has_counterfactual(result: RunResult) -> bool:
    return len(compared_runs(result)) > 1


def _has_sweep(result: RunResult) -> bool:
    return bool(sweep_points(result.manifest)) and bool(varying_outcomes(result))


def _has_gains(result: RunResult) -> bool:
    return _has_counterfactual(result) and bool(result.households)


def _has_income_changes(result: RunResult) -> bool:
    return _has_counterfactual(result) and bool(result.villages)


def _has_forest_let(result: RunResult) -> bool:
    return bool(result.villages) and bool(village_means(result, result.scenarios[0]).forest_let.any())


def _has_relocated(result: RunResult) -> bool:
    return bool(result.villages) and bool(village_means(result, result.scenarios[0]).relocated.any())


PICTURES: tuple[Picture, ...] = (
    Picture("trajectories", "plots.title_trajectories", draw_trajectories, lambda result: True),
    Picture(
        "reform_outcomes",
        "plots.title_reform_outcomes",
        draw_reform_outcomes,
        lambda result: bool(reform_panels(result)),
    ),
    Picture("sweep", "plots.title_sweep", draw_sweep, _has_sweep),
    Picture("gains", "plots.title_gains", _draw_own_gains, _has_gains),
    Picture("income_parts", "plots.title_income_parts", draw_income_parts, has_whole_year),
    Picture("county_effects", "plots.title_county_effects", draw_county_effects, _has_counterfactual),
    Picture("counties", "plots.title_counties", draw_counties, lambda result: not _has_counterfactual(result)),
    Picture("forest_map", "plots.title_forest_map", draw_forest_map, _has_forest_let),
    Picture("relocation_map", "plots.title_relocation_map", draw_relocation_map, _has_relocated),
    Picture("income_map", "plots.title_income_map", draw_income_change_map, _has_income_changes),
    Picture("queues", "plots.title_queues", draw_queues, lambda result: bool(waiting(result))),
)
"""Every picture of a result, in the order a reader wants them."""
