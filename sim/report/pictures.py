"""The pictures of a result as parts of the page: SVG whose letters stay text, which is small and can be searched."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from sim.messages import text
from sim.plots.style import as_svg
from sim.units import Language

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.plots import Drawn

_ID = re.compile(r' id="([^"]+)"')
_REFERENCE = re.compile(r'(url\(#|href="#)([^")]+)')
_NOT_SHOWN = re.compile(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL)
_NUMBERS = re.compile(r'\b(?:d|x|y|points)="[^"]*"')
_DECIMALS = re.compile(r"(\.\d\d)\d+")
_BETWEEN = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class PagePicture:
    """A picture: its title, and the ``<svg>`` element that draws it."""

    title: str
    svg: Markup


def page_pictures(pictures: Iterable[Drawn], language: Language) -> tuple[PagePicture, ...]:
    """Return pictures as they stand in the page, in the language they were drawn in."""
    return tuple(
        _page_picture(text(drawn.picture.title_key, language), drawn.picture.name, drawn.figure, language)
        for drawn in pictures
    )


def _page_picture(title: str, name: str, figure: Figure, language: Language) -> PagePicture:
    label = Markup.escape(text("report.picture_alt", language, title=title))
    element = part_of_page(as_svg(figure, letters="none"), name)
    shown = element.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
    return PagePicture(title, Markup(shown))  # matplotlib escapes every text in it


def part_of_page(svg: str, name: str) -> str:
    """Return an SVG element so that it can stand beside others in one page.

    Identities that something refers to get the picture's name in front, all others go; coordinates keep two decimals
    (a hundredth of a point); comments, descriptions and the style that the page's own stylesheet repeats go too.
    """
    element = _NOT_SHOWN.sub("", svg)
    used = {found[2] for found in _REFERENCE.finditer(element)}
    element = _ID.sub(lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", element)
    element = _REFERENCE.sub(rf"\g<1>{name}-\g<2>", element)
    element = _NUMBERS.sub(lambda found: _DECIMALS.sub(r"\1", found[0]), element)
    return _BETWEEN.sub(" ", element).replace("> <", "><")
