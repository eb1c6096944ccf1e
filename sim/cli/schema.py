"""The command ``countysim schema``: the JSON Schema of a scenario."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sim.errors import ResultsError
from sim.registry import default_parameters, installed_policies
from sim.results.folders import replaced_file
from sim.scenario.schema import scenario_schema


def schema_text() -> str:
    """Return the JSON Schema of a scenario with every policy known here, as the file holds it.

    Raises:
        RegistryError: an installed policy is broken.
    """
    schema = scenario_schema(installed_policies(), default_parameters())
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def write_schema(out: Path | None, force: bool) -> None:
    """Print the JSON Schema of a scenario, or write it to a file.

    Args:
        out: the file; None prints it.
        force: whether the file may be replaced.

    Raises:
        ResultsError: the file exists and `force` is False, or cannot be written.
        RegistryError: an installed policy is broken.
    """
    if out is None:
        sys.stdout.write(schema_text())
        return
    if out.exists() and not force:
        raise ResultsError(f"{out} exists. Choose another file with --out, or replace it with --force.")
    text = schema_text()
    with replaced_file(out) as draft:
        draft.write_text(text, encoding="utf-8")
