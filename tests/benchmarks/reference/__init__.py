"""The readable reference: the same mechanisms as ordinary Mesa agents, one Python object each.

Each module is the twin of the mechanism of its name in `sim.mechanisms`: the same equations through the
plain-Python side of the scalar rules (`.py_func`), the same county functions, the same draws. It is the oracle
of the kernels and the yardstick of their speed.
"""

from tests.benchmarks.reference.agents import Enterprise, Hamlet, Household, Village
from tests.benchmarks.reference.model import ReferenceModel

__all__ = ["Enterprise", "Hamlet", "Household", "ReferenceModel", "Village"]
