"""Finished runs on disk, so that an interrupted or partly failed command goes on where it stopped.

Each run is one ``.npz`` file, named by the hash of all that decides its numbers: scenario, parameters, seed, and
the program itself. It holds arrays and plain values only; reading one runs no code. A file that was not written
to its end fails its checksum and counts as absent.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import ResultsError

if TYPE_CHECKING:
    from sim.runs import Finished, Job
    from sim.scenario import Scenario

type Arrays = dict[str, np.ndarray[Any, Any]]

_PACKAGE = Path(__file__).parents[1]
_VALUES = "values"
_NUMERICAL = ("numpy", "numba", "mesa")
"""Packages that decide the numbers of a run besides this one."""


class KeptRuns:
    """The finished runs in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __len__(self) -> int:
        return sum(1 for _ in self.folder.glob("*.npz"))

    def keep(self, run: Finished) -> None:
        """Write a run; it is there whole or not at all.

        Raises:
            ResultsError: it cannot be written.
        """
        arrays: Arrays = {}
        values = {name: _packed(value, arrays) for name, value in vars(run).items() if name != "job"}
        about = {"class": _name_of(run), "values": values}
        arrays[_VALUES] = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
        path = self._path(run.job)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".draft", delete_on_close=False) as draft:
                np.savez(draft, allow_pickle=False, **arrays)
                draft.close()
                os.replace(draft.name, path)
        except OSError as error:
            reason = error.strerror or error
            raise ResultsError(f"a finished run cannot be kept in {self.folder}: {reason}") from error

    def load(self, job: Job) -> Finished | None:
        """Return the run of a job, or None when it is not there or damaged."""
        try:
            with self._path(job).open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            about = json.loads(arrays[_VALUES].tobytes())
            values = {name: _unpacked(value, arrays) for name, value in about["values"].items()}
            run: Finished = _instance(about["class"], values | {"job": job})
        except Exception:  # a damaged file fails in many ways; the run is simulated again
            return None
        return run

    def _path(self, job: Job) -> Path:
        return self.folder / f"{key_of(job)}.npz"


def key_of(job: Job) -> str:
    """Return the SHA-256 of what decides a run's content: not of the other runs of its scenario."""
    alone = dataclasses.replace(job.scenario, seeds=(job.seed,), counterfactuals=(), draws=None)
    parts = (job.label, str(job.seed), alone.hash, json.dumps(alone.outputs.households), code_hash(alone))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def code_hash(scenario: Scenario) -> str:
    """Return the SHA-256 of the code of a scenario: this package's and that of its policies, a user's own included."""
    policies = [_source_of(type(policy).__module__) for policy in scenario.policies.values()]
    return hashlib.sha256("\0".join((_program_hash(), *policies)).encode()).hexdigest()


@functools.cache
def _program_hash() -> str:
    """Return the SHA-256 of this package's code and data and of the versions it computes with."""
    digest = hashlib.sha256(repr([sys.version, *map(version, _NUMERICAL)]).encode())
    for path in sorted(_files_below(_PACKAGE)):
        digest.update(str(path.relative_to(_PACKAGE)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder that a person wrote, not the compiled ones, of which there are far more."""
    for where, folders, files in folder.walk():
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (where / name for name in files)


@functools.cache
def _source_of(module: str) -> str:
    """Return the SHA-256 of a module's source, a user's own policy for instance."""
    file = getattr(import_module(module), "__file__", None)
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else module


def _packed(value: Any, arrays: Arrays) -> Any:
    """Return a value as JSON takes it; arrays are put aside and stand by name."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        name = f"array{len(arrays)}"
        arrays[name] = value
        return {"array": name}
    if isinstance(value, np.generic):
        return _packed(value.item(), arrays)
    if isinstance(value, list | tuple):
        return {type(value).__name__: [_packed(item, arrays) for item in value]}
    if isinstance(value, Mapping):
        return {"dict": [[_packed(key, arrays), _packed(item, arrays)] for key, item in value.items()]}
    if type(value).__module__.startswith("sim."):
        return {"class": _name_of(value), "values": {k: _packed(v, arrays) for k, v in vars(value).items()}}
    raise TypeError(f"a run holds {type(value).__name__}, which cannot be kept")


def _unpacked(value: Any, arrays: Arrays) -> Any:
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return arrays[value["array"]]
    if "dict" in value:
        return {_unpacked(key, arrays): _unpacked(item, arrays) for key, item in value["dict"]}
    if "class" in value:
        return _instance(value["class"], {k: _unpacked(v, arrays) for k, v in value["values"].items()})
    (kind, items), *_ = value.items()
    unpacked = [_unpacked(item, arrays) for item in items]
    return unpacked if kind == "list" else tuple(unpacked)


def _name_of(value: object) -> str:
    return f"{type(value).__module__}:{type(value).__qualname__}"


def _instance(name: str, values: Mapping[str, Any]) -> Any:
    """Return an object of one of this package's classes with the given attributes; no constructor runs."""
    module, _, kind = name.partition(":")
    cls = vars(sys.modules[module]).get(kind) if module.startswith("sim.") else None
    if not isinstance(cls, type):
        raise LookupError(f"{name} is no class of this package")
    instance: Any = object.__new__(cls)
    instance.__dict__.update(values)
    return instance
