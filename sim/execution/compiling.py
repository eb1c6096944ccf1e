"""Compile the kernels of a new machine, or of a changed program, on all processor cores at once.

Numba compiles a kernel when it is first called, and a process compiles one at a time. So several processes share the
mechanisms of a tiny world between them and call each once; what one compiles is kept on disk, where all find it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.mechanisms.demography_kernel import live
from sim.model import CountyModel
from sim.registry import MECHANISMS
from sim.scenario import load_scenario

MOST_PROCESSES = 8
"""More would wait for the mechanism that takes longest."""
_SMALLEST_SHARE, _SEED = 0.001, 1
_HELP = "import sys; from sim.execution.compiling import help_out; help_out(sys.argv[1])"


def compile_side_by_side(cores: int) -> None:
    """Compile every kernel of a month that is not on disk yet; does nothing when they are.

    Args:
        cores: processor cores to use; with one there is nothing to share.
    """
    processes = min(cores, MOST_PROCESSES)
    if processes == 1 or is_compiled():
        return
    with TemporaryDirectory() as claims, _helpers(processes - 1, claims) as helpers:
        model = _tiny_model()
        for helper in helpers:
            _tell_to_begin(helper)
        _compile_unclaimed(model, Path(claims))
        for helper in helpers:
            helper.wait()


def is_compiled() -> bool:
    """Say whether the last kernel of a month is on disk; then the others are."""
    return any(Path(live.stats.cache_path).glob(f"{live.__module__.rpartition('.')[2]}.{live.__name__}-*.nbi"))


def help_out(claims: str) -> None:
    """Be a helper: load everything, wait for the word that the kernels of construction are there, take a share.

    Args:
        claims: folder where each mechanism is claimed by a file of its name.
    """
    if sys.stdin.readline():  # empty when whoever asked for help is gone
        _compile_unclaimed(_tiny_model(), Path(claims))


@contextmanager
def _helpers(number: int, claims: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Give helper processes, which are ended with the block. What troubles one shows again in the run itself."""
    command = (sys.executable, "-c", _HELP, claims)
    quiet = subprocess.DEVNULL
    helpers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, text=True) for _ in range(number)
    ]
    try:
        yield helpers
    finally:
        for helper in helpers:
            helper.kill()
            helper.communicate()


def _tell_to_begin(helper: subprocess.Popen[str]) -> None:
    assert helper.stdin is not None
    try:
        helper.stdin.write("begin\n")
        helper.stdin.flush()
    except BrokenPipeError:
        pass  # it has ended; the others do its part


def _tiny_model() -> CountyModel:
    return CountyModel(load_scenario("documented_2024"), share=_SMALLEST_SHARE, seed=_SEED)


def _compile_unclaimed(model: CountyModel, claims: Path) -> None:
    """Run the mechanisms nobody else has claimed, each once, in January 2023."""
    for mechanism in MECHANISMS:
        try:
            (claims / mechanism.name).touch(exist_ok=False)
        except FileExistsError:
            continue
        mechanism.step(model.world, model.parameters[mechanism.name], model.levers, model.ledger)
