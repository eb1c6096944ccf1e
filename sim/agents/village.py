"""Villages as Mesa agents."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.agents.columns import ColumnAgentSet
from sim.agents.household import Household
from sim.agents.rows import DerivedColumn, RowAgent
from sim.places import COUNTIES


class Village(RowAgent):
    """An administrative village or urban community: the columns of `sim.world.Villages` as attributes.

    Its model carries the World as `model.world` and the households' set as `model.households`.
    """

    @DerivedColumn
    def county_name(self) -> Any:
        """Return the name of its county."""
        return np.array(COUNTIES)[self.county]

    @property
    def household_agents(self) -> ColumnAgentSet[Household]:
        """Return the sampled households of the village (its column `households` counts the real ones)."""
        hamlets = self.model.world.hamlets
        first, after = np.searchsorted(hamlets.village, [self._row, self._row + 1])
        rows = slice(0) if first == after else slice(int(hamlets.start[first]), int(hamlets.stop[after - 1]))
        agents: ColumnAgentSet[Household] = self.model.households.among(rows)
        return agents
