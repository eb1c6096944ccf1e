"""Households as Mesa agents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.agents.rows import DerivedColumn, RowAgent
from sim.places import COUNTIES

if TYPE_CHECKING:
    from sim.agents.village import Village


class Household(RowAgent):
    """A family household: the columns of `sim.world.Households` as attributes, and what follows from them.

    Its model carries the World as `model.world` and the villages' set as `model.villages`. Hamlet, village
    and county are those of its registered home, which it keeps when it moves to town.
    """

    @DerivedColumn
    def village_row(self) -> Any:
        """Return the row of its village."""
        return self.model.world.hamlets.village[self.hamlet]

    @property
    def village(self) -> Village:
        """Return its village."""
        village: Village = self.model.villages.view(self.village_row)
        return village

    @DerivedColumn
    def county(self) -> Any:
        """Return the code of its county."""
        return self.model.world.hamlets.county[self.hamlet]

    @DerivedColumn
    def county_name(self) -> Any:
        """Return the name of its county."""
        return np.array(COUNTIES)[self.county]

    @DerivedColumn
    def weight(self) -> Any:
        """Return how many real households it stands for."""
        return self.model.world.hamlets.weight[self.hamlet]

    @DerivedColumn
    def residents(self) -> Any:
        """Return its members who live at its residence, in persons."""
        young_and_mid = self.young_men + self.young_women + self.mid_men + self.mid_women
        return self.infants + self.children + young_and_mid + self.late + self.old

    @DerivedColumn
    def income(self) -> Any:
        """Return the sum of its four official income components, in CNY/month."""
        return self.wage_income + self.business_income + self.property_income + self.transfer_income
