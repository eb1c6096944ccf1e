"""The font Chinese pictures are drawn with: Noto Sans SC, which the package `zhplot` ships (SIL Open Font License 1.1).

Only the file is used. The package is never imported: importing it changes matplotlib's settings for the whole process.
"""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path

from matplotlib import font_manager

from sim.errors import PictureError
from sim.units import Language

PACKAGE = "zhplot"
FONT_FILE = "fonts/NotoSansSC-Regular.ttf"
LATIN_FAMILY = "DejaVu Sans"
"""The font matplotlib itself ships."""


def font_families(language: Language) -> list[str]:
    """Return the names of fonts that matplotlib knows, the first with every character of a language.

    In English the Chinese font stands behind the other: a title may be written in Chinese alone.

    Raises:
        PictureError: the package with the Chinese font is not installed, or the file is not in it.
    """
    chinese = _register(chinese_font())
    return [LATIN_FAMILY, chinese] if language == "en" else [chinese]


def chinese_font(package: str = PACKAGE) -> Path:
    """Return the font file.

    Raises:
        PictureError: the package is not installed, or the file is not in it.
    """
    found = importlib.util.find_spec(package)
    folders = found.submodule_search_locations if found is not None else None
    for folder in folders or ():
        path = Path(folder) / FONT_FILE
        if path.is_file():
            return path
    raise PictureError(
        f"Pictures in Chinese need the font Noto Sans SC of the package '{package}', which is not installed or lacks "
        f"{FONT_FILE}. Install it with: pip install --force-reinstall {package}"
    )


@functools.cache
def _register(path: Path) -> str:
    """Make a font file known to matplotlib and return its family name."""
    font_manager.fontManager.addfont(path)
    return font_manager.FontProperties(fname=path).get_name()
