"""Build the starting world: the city at the turn of 2022/23, household by household, from published
statistics.

1. Margins (`margins`): registered and resident persons, households, ages, in-migrants are reconciled;
   proportional fitting says where registered persons live.
2. Types (`persons`): entropy balancing spreads each stratum's households over compositions; whole numbers;
   what rounding leaves goes to the collective households, so that persons are exact.
3. Map (`geography`): villages inside the county borders, hamlets, travel minutes, eligibility, forest land.
4. Economy (`value_added`, `work`): value added by county, sector and size fitted to the official sectors;
   jobs.

These four do not depend on seed or share and are kept for the process. A world then is:

5. Sample (`sampling`): whole hamlets by stratum, with weights.
6. Fill (`filling`): the household at position k of a hamlet takes its type through a keyed permutation of its
   stratum, so it is the same at every share, and at share 1 every type appears exactly as often as planned.
7. Calibrate: weights move, within bounds, towards exact county totals.
8. Firms (`firms`), county rows, village accounts and base constants (`markets`).
"""

from sim.population.blueprint import Blueprint, blueprint
from sim.population.building import build_world
from sim.population.report import MarginRow, margins_table

__all__ = ["Blueprint", "MarginRow", "blueprint", "build_world", "margins_table"]
