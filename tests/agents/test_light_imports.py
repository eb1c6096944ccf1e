"""Mesa and Numba come without libraries nobody asked for, and give them to those who ask."""

from __future__ import annotations

import subprocess
import sys

HEAVY = "{'pandas', 'networkx', 'scipy.spatial'}"


def printed(code: str) -> str:
    """Return what a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_the_model_is_a_mesa_model_without_the_heavy_libraries() -> None:
    code = (
        "import sys; from sim.model import CountyModel; import mesa; "
        f"print(issubclass(CountyModel, mesa.Model), {HEAVY} & set(sys.modules))"
    )
    assert printed(code) == "True set()"


def test_spaces_and_data_frames_are_there_for_who_asks() -> None:
    code = (
        "import sim.agents, mesa, networkx, pandas; from mesa.discrete_space import OrthogonalMooreGrid as Grid; "
        "from mesa.experimental.continuous_space import ContinuousSpace; "
        "print(mesa.discrete_space.OrthogonalMooreGrid is Grid, mesa.agent.pd.DataFrame is pandas.DataFrame, "
        "mesa.space.nx.Graph is networkx.Graph, mesa.experimental.continuous_space.ContinuousSpace is ContinuousSpace)"
    )
    assert printed(code) == "True True True True"


def test_a_library_asked_for_first_through_mesa_is_the_library() -> None:
    code = (
        "import sim.agents, mesa; grid = mesa.discrete_space.OrthogonalMooreGrid; frame = mesa.agent.pd.DataFrame; "
        "from mesa.discrete_space import OrthogonalMooreGrid; from pandas import DataFrame; "
        "print(grid is OrthogonalMooreGrid, frame is DataFrame)"
    )
    assert printed(code) == "True True"


def test_what_was_imported_before_stays() -> None:
    code = (
        "import pandas, mesa; space, before = mesa.discrete_space, pandas; import sim.agents, sys; "
        "print(mesa.discrete_space is space, sys.modules['pandas'] is before, sim.agents.light_imports.mesa is mesa)"
    )
    assert printed(code) == "True True True"


def test_mesa_makes_agents_from_data_frames_as_ever() -> None:
    code = (
        "import sim.agents, mesa, pandas; model = mesa.Model(rng=1); "
        "made = mesa.Agent.from_dataframe(model, pandas.DataFrame(index=range(3))); print(len(made), len(model.agents))"
    )
    assert printed(code) == "3 3"


def test_kernels_run_without_linear_algebra_and_one_with_it_finds_it() -> None:
    code = (
        "import sys, numpy; import sim.agents; from numba import njit; sums = njit(lambda a: a.sum()); "
        "products = njit(lambda a: numpy.dot(a, a)); a = numpy.arange(4.0); first = sums(a); "
        "before = 'scipy.linalg' in sys.modules; print(first, before, products(a), 'scipy.linalg' in sys.modules)"
    )
    assert printed(code) == "6.0 False 14.0 True"
