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

from sim.closing import ClosingAccounts, add_month
from sim.execution.memory import affordable_compilers
from sim.model import CountyModel
from sim.registry import MECHANISMS
from sim.scenario import load_scenario

MOST_PROCESSES = 8
"""More would wait for the mechanism that takes longest."""
_SMALLEST_SHARE, _SEED = 0.001, 1
_PYTHON = f"{sys.version_info.major}{sys.version_info.minor}"
"""As Numba names it in its index: kernels of another Python do not count."""
_HELP = "import sys; from sim.execution.compiling import help_out; help_out(sys.argv[1])"


def compile_side_by_side(cores: int) -> None:
    """Compile the kernels of a month that are not on disk yet; does nothing when they are.

    A few that need a rare event, a finished home for instance, are compiled when it happens.

    Args:
        cores: processor cores to use, as far as the memory allows; with one there is nothing to share.
    """
    if cores == 1 or is_compiled():
        return
    helping = affordable_compilers(min(cores, MOST_PROCESSES) - 1)
    with TemporaryDirectory() as claims, _helpers(helping, claims) as helpers:
        model = _tiny_model()
        for helper in helpers:
            _tell_to_begin(helper)
        _compile_unclaimed(model, Path(claims))
        for helper in helpers:
            helper.wait()
        _compile_last(model)


def is_compiled() -> bool:
    """Say whether the kernel of the closing tables is on disk, which is compiled when the others are."""
    index = f"{add_month.__module__.rpartition('.')[2]}.{add_month.__name__}-*.py{_PYTHON}.nbi"
    return any(Path(add_month.stats.cache_path).glob(index))


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
    """Return a world in which every reform acts, as a mechanism without work calls few of its kernels."""
    model = CountyModel(load_scenario("documented_2024"), share=_SMALLEST_SHARE, seed=_SEED)
    for policy in model.policies:
        policy.act(model.levers, month=0, strength=1.0)
    return model


def _compile_unclaimed(model: CountyModel, claims: Path) -> None:
    """Run the mechanisms nobody else has claimed, each once, in January 2023."""
    for mechanism in MECHANISMS:
        try:
            (claims / mechanism.name).touch(exist_ok=False)
        except FileExistsError:
            continue
        mechanism.step(model.world, model.parameters[mechanism.name], model.levers, model.ledger)


def _compile_last(model: CountyModel) -> None:
    ClosingAccounts(model.world, 1).add_month(model.world)
