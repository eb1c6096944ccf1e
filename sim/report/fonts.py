"""A small Chinese font for readers whose system has none: only the characters of the page."""

from __future__ import annotations

import base64
import io

from fontTools import subset

from sim.plots.fonts import chinese_font

FAMILY = "Noto Sans SC"
"""The name pictures ask for; the page offers it under the same one."""
DROPPED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx")
"""Tables for vertical setting and fine typography, which a report does without."""


def font_address(characters: str) -> str:
    """Return a font that holds some characters as a data address (WOFF).

    Raises:
        PictureError: the package with the font is not installed.
    """
    options = subset.Options(
        flavor="woff", layout_features=[], layout_closure=False, hinting=False, notdef_outline=True
    )
    options.drop_tables += list(DROPPED_TABLES)
    buffer = io.BytesIO()
    with subset.load_font(chinese_font(), options, dontLoadGlyphNames=True) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=characters)
        subsetter.subset(font)
        subset.save_font(font, buffer, options)
    return "data:font/woff;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
