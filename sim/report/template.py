"""Fill the page's template: every value is escaped, a missing one is an error."""

from __future__ import annotations

import functools
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from sim.messages import text
from sim.report.fonts import FAMILY, font_address

if TYPE_CHECKING:
    from sim.report.page import Page

FOLDER = "data/report"
HTML_LANGUAGES = {"en": "en", "zh": "zh-CN"}


def render(page: Page) -> str:
    """Return the page as HTML; where it holds Chinese, with those letters for systems without a Chinese font."""

    def say(key: str, **values: Any) -> str:
        return text(key, page.language, **values)

    style = Markup(_read("report.css"))  # our own file
    shown = _template().render(page=page, say=say, style=style, lang=HTML_LANGUAGES[page.language])
    if not any("\u4e00" <= letter <= "\u9fff" for letter in shown):
        return shown
    letters = "".join(sorted(set(shown)))
    face = f"@font-face{{font-family:'{FAMILY}';src:url({font_address(letters)}) format('woff')}}"
    return shown.replace("<style>", f"<style>\n{face}", 1)


@functools.cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_read("report.html"))


def _read(name: str) -> str:
    return files("sim").joinpath(FOLDER, name).read_text(encoding="utf-8")
