"""Find a scenario's file, follow its `extends` to the first ancestor, and merge the chain into one mapping.

Every merged entry keeps the file and line it was written in. Rules of merging, key by key:

- ``population``, ``outputs``, ``policies``, a policy's settings and ``parameters`` merge entry by entry;
- ``replicates``, ``seed`` and ``seeds`` replace each other;
- ``parameters: prior`` or a file replaces all inherited ones;
- ``on`` keeps inherited settings, ``documented`` and ``off`` drop them;
- ``outputs.folder`` is not inherited (a descendant must not write over its ancestor's results);
- everything else is replaced.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import Problem, nearest
from sim.scenario.yaml import Node, read_mapping, shown

SHIPPED_FOLDERS = (
    Path(__file__).parents[2] / "scenarios",
    Path(sys.prefix) / "share" / "countysim" / "scenarios",
)
"""Where the project's own scenarios lie: in a checkout, and once installed."""

PRIOR, CALIBRATED = "prior", "calibrated"
SUFFIXES = (".yaml", ".yml")
SEEDS = frozenset(("seed", "seeds"))
"""Keys of `population` that say which seeds are run, as `replicates` does."""


@dataclass(frozen=True)
class Chain:
    """A scenario merged with its ancestors; `ancestors` holds their names, the nearest first."""

    path: Path
    merged: Node
    ancestors: tuple[str, ...]


def read_chain(path: Path, problems: list[Problem]) -> Chain | None:
    """Return the merged chain of a scenario file, or None after a report."""
    found = find_scenario(str(path), Path())
    if found is None:
        problems.append(Problem(str(path), None, path.name, "there is no such file.", _near(path.name, path.parent)))
        return None
    paths, documents = [found], list[Node]()
    while len(documents) < len(paths):
        document = read_mapping(paths[-1], problems)
        if document is None:
            return None
        documents.append(document)
        parent = _parent(document, paths, problems)
        if parent is not None:
            paths.append(parent)
    merged = _with_parameter_file(documents[-1], problems)
    for document in reversed(documents[:-1]):
        merged = _merged(merged, _with_parameter_file(document, problems))
    return Chain(found, merged, tuple(ancestor.stem for ancestor in paths[1:]))


def find_scenario(name: str, folder: Path) -> Path | None:
    """Return the file of a scenario, named with or without suffix, in `folder` or among the shipped ones."""
    file_name = name if name.endswith(SUFFIXES) else f"{name}.yaml"
    candidates = [folder / name, folder / file_name, *(shipped / file_name for shipped in SHIPPED_FOLDERS)]
    return next((candidate for candidate in candidates if _exists(candidate)), None)


def _exists(path: Path) -> bool:
    try:
        return path.exists() and (path.suffix in SUFFIXES or path.is_file())
    except (OSError, ValueError):  # a name that no file can have
        return False


def _near(name: str, folder: Path) -> str:
    known: list[str] = []
    for place in (folder, *SHIPPED_FOLDERS):
        if _is_folder(place):
            known.extend(sorted(file.stem for file in place.glob("*.yaml")))
    listed = ", ".join(dict.fromkeys(known))
    return nearest(Path(name).stem, known) or (f"There are: {listed}." if known else "")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _parent(document: Node, paths: list[Path], problems: list[Problem]) -> Path | None:
    node = document.entries().get("extends")
    if node is None:
        return None
    if not isinstance(node.value, str) or not node.value:
        problems.append(node.problem("extends", f"must be the name of one scenario, not {shown(node)}"))
        return None
    folder = paths[-1].parent
    found = find_scenario(node.value, folder)
    if found is None:
        message = f"there is no scenario {shown(node)} beside this file or among the shipped ones."
        problems.append(node.problem("extends", message, _near(node.value, folder)))
        return None
    if found.resolve() in [path.resolve() for path in paths]:
        circle = " -> ".join([*(path.stem for path in paths), found.stem])
        problems.append(node.problem("extends", f"the scenarios extend each other in a circle: {circle}"))
        return None
    return found


def _with_parameter_file(document: Node, problems: list[Problem]) -> Node:
    """Return the document with the content of a parameter file in place of the file's name."""
    node = document.entries().get("parameters")
    if node is None or not isinstance(node.value, str) or not node.value.endswith(SUFFIXES):
        return document
    path = Path(document.file).parent / node.value
    if not _exists(path):
        problems.append(node.problem("parameters", f"there is no file {shown(node)} beside this scenario"))
        content: Node | None = None
    else:
        content = read_mapping(path, problems)
    entries = dict(document.entries())
    entries["parameters"] = _ParameterFile({} if content is None else content.entries(), node.file, node.line)
    return Node(entries, document.file, document.line)


class _ParameterFile(Node):
    """Parameters read from a file: they replace what is inherited."""


def _merged(parent: Node, child: Node) -> Node:
    own = child.entries()
    inherited = _without_seeds(parent.entries()) if _chooses_seeds(own) else parent.entries()
    entries = {**inherited, **own}
    for key, merge in (("population", _over), ("policies", _policies), ("parameters", _parameters)):
        if key in inherited and key in own:
            entries[key] = merge(inherited[key], own[key])
    if "outputs" in inherited:
        entries["outputs"] = _outputs(inherited["outputs"], own.get("outputs"))
    return Node(entries, child.file, child.line)


def _over(parent: Node, child: Node, dropped: Iterable[str] = ()) -> Node:
    """Return a child's mapping over its parent's; anything but two mappings leaves the child as it is."""
    if not (isinstance(parent.value, dict) and isinstance(child.value, dict)):
        return child
    kept = {key: node for key, node in parent.value.items() if key not in dropped}
    return Node({**kept, **child.value}, child.file, child.line)


def _chooses_seeds(entries: Mapping[str, Node]) -> bool:
    population = entries.get("population")
    return "replicates" in entries or (population is not None and not SEEDS.isdisjoint(population.entries()))


def _without_seeds(entries: Mapping[str, Node]) -> dict[str, Node]:
    kept = {key: node for key, node in entries.items() if key != "replicates"}
    population = kept.get("population")
    if population is not None and isinstance(population.value, dict):
        named = {key: node for key, node in population.value.items() if key not in SEEDS}
        kept["population"] = Node(named, population.file, population.line)
    return kept


def _outputs(parent: Node, child: Node | None) -> Node:
    return _over(parent, Node({}, parent.file, parent.line) if child is None else child, ("folder",))


def _parameters(parent: Node, child: Node) -> Node:
    return child if isinstance(child, _ParameterFile) else _over(parent, child)


def _policies(parent: Node, child: Node) -> Node:
    merged = _over(parent, child)
    for name in parent.entries().keys() & child.entries().keys():
        merged.entries()[name] = _policy(parent.entries()[name], child.entries()[name])
    return merged


def _policy(parent: Node, child: Node) -> Node:
    keeps_settings = is_on(child) and isinstance(parent.value, dict)
    return parent if keeps_settings else _over(parent, child)


def is_on(node: Node) -> bool:
    """Say whether a policy is written as switched on, without settings of its own."""
    return node.value is True or (isinstance(node.value, str) and node.value.lower() in ("on", "yes", "true"))


def is_off(node: Node) -> bool:
    """Say whether a policy is written as switched off; YAML 1.2 reads off and no as text."""
    return node.value is False or (isinstance(node.value, str) and node.value.lower() in ("off", "no", "false"))
