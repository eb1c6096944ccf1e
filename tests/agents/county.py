"""A Mesa model that holds a small world and nothing else."""

from __future__ import annotations

import mesa

from sim.agents import Enterprise, Household, Village, register
from tests.worlds import small_world


class County(mesa.Model):
    """The agents of a small world, registered as CountyModel registers them."""

    def __init__(self) -> None:
        super().__init__(rng=1)
        self.world = small_world()
        self.households = register(self, Household, self.world.households)
        self.enterprises = register(self, Enterprise, self.world.enterprises)
        self.villages = register(self, Village, self.world.villages)
