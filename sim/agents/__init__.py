"""The agents as Mesa knows them: views on the rows of the world's tables."""

import sim.agents.light_imports  # noqa: F401 - before any module that imports Mesa
from sim.agents.columns import ColumnAgentSet, register
from sim.agents.enterprise import Enterprise
from sim.agents.household import Household
from sim.agents.rows import DerivedColumn, RowAgent
from sim.agents.village import Village

__all__ = ["ColumnAgentSet", "DerivedColumn", "Enterprise", "Household", "RowAgent", "Village", "register"]
