"""Enterprises as Mesa agents."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.agents.rows import DerivedColumn, RowAgent
from sim.places import COUNTIES
from sim.sectors import SECTORS


class Enterprise(RowAgent):
    """A firm: the columns of `sim.world.Enterprises` as attributes, and the names behind its codes."""

    @DerivedColumn
    def county_name(self) -> Any:
        """Return the name of its county."""
        return np.array(COUNTIES)[self.county]

    @DerivedColumn
    def sector_name(self) -> Any:
        """Return the name of its sector."""
        return np.array(SECTORS)[self.sector]
