"""Sectors, firm size classes and skills: the codes of every sector, size and skill axis."""

from __future__ import annotations

SECTORS = (
    "farming",
    "forestry_processing",
    "manufacturing",
    "construction",
    "logistics",
    "trade_tourism",
    "digital_culture",
    "professional",
    "finance_property",
    "public_services",
)
N_SECTORS = len(SECTORS)
(
    FARMING,
    FORESTRY_PROCESSING,
    MANUFACTURING,
    CONSTRUCTION,
    LOGISTICS,
    TRADE_TOURISM,
    DIGITAL_CULTURE,
    PROFESSIONAL,
    FINANCE_PROPERTY,
    PUBLIC_SERVICES,
) = range(N_SECTORS)

OFFICIAL = ("primary", "secondary", "tertiary")
OFFICIAL_OF_SECTOR = (0, 1, 1, 1, 2, 2, 2, 2, 2, 2)
"""Position in OFFICIAL of each sector: the mapping to the three sectors of official statistics."""

SIZES = ("below_designated_size", "above_designated_size")
N_SIZES = len(SIZES)
BELOW, ABOVE = range(N_SIZES)

SKILLS = ("ordinary", "tertiary")
N_SKILLS = len(SKILLS)
ORDINARY, TERTIARY = range(N_SKILLS)

TERTIARY_SHARE_OF_SECTOR = (0.01, 0.06, 0.10, 0.06, 0.08, 0.11, 0.28, 0.34, 0.31, 0.31)
"""Part of each sector's posts that need tertiary education, ratio; source: assumption (no local statistic),
scaled so that the posts of the city add up to its educated workers."""


def job_cell(sector: int, size: int) -> int:
    """Return the code of an employment cell (sector x size class) as households carry it."""
    return sector * N_SIZES + size


N_JOB_CELLS = N_SECTORS * N_SIZES
NO_JOB = -1
