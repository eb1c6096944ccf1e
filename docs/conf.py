"""How Sphinx makes a site of these pages: `python -m sphinx -W --keep-going -b html docs out/docs`."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import os
import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.ext.napoleon import GoogleDocstring

from sim.tables import Table

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


def set_docstring(_app: Sphinx, what: str, _name: str, subject: Any, _options: Any, lines: list[str]) -> None:
    """Say what docstrings leave to the code: equations stay as written, declared fields come with unit and meaning."""
    text = "\n".join(lines)
    if what == "module":
        text = EQUATIONS.sub(r"\1\n\n::\n\n\2", text)
    elif what == "class":
        text = TOGETHER.sub(lambda found: "\n".join(found[1] + name + found[3] for name in found[2].split(", ")), text)
        if declared := [f"    {field.name}: {about(field.metadata)}" for field in declared_fields(subject)]:
            text = "\n".join((text.rstrip(), "", "Attributes:", *declared, ""))
    lines[:] = text.split("\n")


def declared_fields(subject: Any) -> list[dataclasses.Field[Any]]:
    """Return the columns of a table or the parameters of a set; nothing for other classes."""
    fields = dataclasses.fields(subject) if dataclasses.is_dataclass(subject) else ()
    return [field for field in fields if "meaning" in field.metadata]


def about(declaration: Any) -> str:
    """Return the meaning of a column or parameter with its unit, of a parameter with its prior's support."""
    support = f", {declaration['low']:g} to {declaration['high']:g}" if "low" in declaration else ""
    return f"{declaration['meaning']} ({declaration['unit']}{support})"


def set_signature(
    _app: Sphinx, _what: str, _name: str, subject: Any, _options: Any, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """Leave out the signature of a table; write defaults made anew for each object so that Sphinx can read them."""
    if isinstance(subject, type) and issubclass(subject, Table):
        return "", None
    return signature and signature.replace("<factory>", "..."), returns


def read_as_function(docstring: GoogleDocstring) -> list[str]:
    """Read the docstring of a constant or property like a function's: in "A: b", A is a word and no type."""
    return GoogleDocstring([*docstring._consume_to_end()], docstring._config, what="function").lines()


def setup(app: Sphinx) -> None:
    """Register what this project adds to Sphinx."""
    GoogleDocstring._parse_attribute_docstring = read_as_function
    app.connect("source-read", lead_to_pages)
    app.connect("include-read", lead_to_pages)
    app.connect("autodoc-process-docstring", set_docstring, priority=100)
    app.connect("autodoc-process-signature", set_signature)
