"""Reports in a real browser, wide and narrow and on paper: nothing loaded, nothing cut, nothing to scroll sideways.

Left out unless asked for with ``pytest -m browser``: it needs the extra ``browser`` and a Chromium.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.messages import LANGUAGES
from sim.report import write_report
from sim.units import Language
from tests.plots.results import RESULTS

pytestmark = pytest.mark.browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"desktop": 1280, "phone": 390}
LEAVES_THE_PAGE = """() => [...document.querySelectorAll('body *')].filter(element =>
    element.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    && !element.closest('.scroll') && !element.closest('pre')).map(element => element.outerHTML.slice(0, 80))"""
CUT = """() => [...document.querySelectorAll('body *')].filter(element =>
    !['auto', 'visible'].includes(getComputedStyle(element).overflowX) && !element.closest('svg')
    && element.scrollWidth > element.clientWidth).map(element => element.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Give a Chromium with an empty profile: the one named by CHROMIUM, else the one on the path."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path is not None, "no Chromium found: set CHROMIUM to its path"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the reports of all results in both languages."""
    target = tmp_path_factory.mktemp("reports")
    for name, result in RESULTS.items():
        for language in LANGUAGES:
            write_report(result(), target / f"{name}_{language}.html", language)
    return target


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", RESULTS)
def test_the_page_fits(browser: Any, folder: Path, name: str, language: Language, width: str) -> None:
    page = browser.new_page(viewport={"width": WIDTHS[width], "height": 844})
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / f"{name}_{language}.html").as_uri())
    page.evaluate("document.fonts.ready.then(() => true)")
    assert said == []
    assert [address for address in asked if not address.startswith(("file:", "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    assert page.evaluate(LEAVES_THE_PAGE) == []
    assert page.evaluate(CUT) == []
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_prints_on_a4(browser: Any, folder: Path, language: Language) -> None:
    page = browser.new_page()
    page.goto((folder / f"documented_{language}.html").as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 less its margins, at 96 dots an inch
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert 5 <= len(sheets) <= 30
    assert {(round(float(width)), round(float(height))) for width, height in sheets} == {(595, 842)}
    page.close()
