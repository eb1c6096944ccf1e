"""How Sphinx makes a site of these pages: `python -m sphinx -W --keep-going -b html docs out/docs`."""

from __future__ import annotations

import importlib.metadata
import os
import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.ext.napoleon import GoogleDocstring

os.environ["NUMBA_DISABLE_JIT"] = "1"  # a compiled function has no signature to show

project = "countysim"
release = importlib.metadata.version("countysim")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "index"
exclude_patterns = ["README.md"]  # index.md includes it

myst_heading_anchors = 3
default_role = "literal"  # docstrings set code in single backticks
highlight_language = "text"
napoleon_use_ivar = True
napoleon_use_rtype = False
GoogleDocstring._parse_attribute_docstring = lambda _: []  # a constant's "A: b" is a sentence, A no type
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88

html_theme = "furo"
html_title = f"countysim {release}"
html_copy_source = False
html_show_copyright = False

PAGE_OF = {"../scenarios/README.md": "site/library.md", "../sim/data/README.md": "site/evidence_files.md"}
"""Pages that stand in other folders of the repository, and the pages here that include them."""
EQUATIONS = re.compile(r"^(\S.*)\n\n( +\S)", re.MULTILINE)
"""Two lines of a module's docstring where indented text begins."""
TOGETHER = re.compile(r"^( +)(\w+(?:, \w+)+)(: .*(?:\n\1 +.*)*)", re.MULTILINE)
"""Attributes described together, as in ``low, high: the bounds``."""


def lead_to_pages(_app: Sphinx, *read: Any) -> None:
    """Let links to pages of other folders, which work in the repository, lead to their pages on the site."""
    text = read[-1]
    for outside, page in PAGE_OF.items():
        text[0] = text[0].replace(f"]({outside})", f"]({page})")


def set_docstring(_app: Sphinx, what: str, _name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    """Keep a module's indented equations as they are written, and give attributes described together a line each."""
    text = "\n".join(lines)
    if what == "module":
        text = EQUATIONS.sub(r"\1\n\n::\n\n\2", text)
    elif what == "class":
        text = TOGETHER.sub(lambda found: "\n".join(found[1] + name + found[3] for name in found[2].split(", ")), text)
    lines[:] = text.split("\n")


def set_signature(
    _app: Sphinx, _what: str, _name: str, _object: Any, _options: Any, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """Write defaults that are made anew for each object so that Sphinx can read them."""
    return signature and signature.replace("<factory>", "..."), returns


def setup(app: Sphinx) -> None:
    """Register what this project adds to Sphinx."""
    app.connect("source-read", lead_to_pages)
    app.connect("include-read", lead_to_pages)
    app.connect("autodoc-process-docstring", set_docstring, priority=100)
    app.connect("autodoc-process-signature", set_signature)
