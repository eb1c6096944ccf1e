"""The command ``countysim new``: write a starter scenario."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from sim.errors import Problem, ResultsError, ScenarioError
from sim.results.folders import replaced_file
from sim.scenario import Scenario, load_scenario
from sim.scenario.files import SHIPPED_FOLDERS, SUFFIXES, find_scenario
from sim.scenario.starter import starter_text
from sim.units import Language

console = Console()

SCHEMA_FILE = "schema.json"


def write_starter(path: Path, extends: str, language: Language) -> None:
    """Write a starter scenario and say what to do with it.

    Args:
        path: the new file; one without a suffix becomes a ``.yaml`` file.
        extends: name of the scenario it begins with: beside the new file, then among the shipped ones.
        language: of the comments.

    Raises:
        ScenarioError: there is no such scenario, it has mistakes, or the new file would extend itself.
        ResultsError: the file exists, or cannot be written.
    """
    target = path if path.suffix in SUFFIXES else path.with_name(f"{path.name}.yaml")
    if target.exists():
        raise ResultsError(f"{target} exists and stays as it is. Choose another name: countysim new another.yaml")
    text = starter_text(_parent(target, extends), extends, str(target), _schema_address(), language)
    with replaced_file(target) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")
    console.print(f"Wrote {target}. Change it, then:\n", highlight=False, markup=False)
    console.print(f"  countysim validate {target}", highlight=False, markup=False)
    console.print(f"  countysim run {target} --share 0.01", highlight=False, markup=False)


def _parent(target: Path, extends: str) -> Scenario:
    """Return the scenario that the new file will find under a name."""
    found = find_scenario(extends, target.parent)
    if target.stem == Path(extends).stem:
        message = f"a scenario named '{target.stem}' would extend itself; choose another file name"
        raise ScenarioError([Problem(str(target), None, "extends", message)])
    return load_scenario(extends if found is None else found)


def _schema_address() -> str:
    """Return where an editor finds the schema that comes with the project; its bare name when it does not."""
    there = (folder / SCHEMA_FILE for folder in SHIPPED_FOLDERS)
    return next((path.as_posix() for path in there if path.is_file()), SCHEMA_FILE)
