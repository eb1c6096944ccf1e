"""Names of groups, programmes and sizes as a reader of a comparison sees them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.comparison.costs import ALL
from sim.comparison.gains import FOUNDED_LATER, Grouping
from sim.messages import text
from sim.places import NAMES
from sim.registry import installed_policies
from sim.units import Language

GROUPED_BY: Mapping[Grouping, str] = {
    "decile": "compare.by_decile",
    "county": "compare.by_county",
    "settlement": "compare.by_settlement",
    "all": "compare.by_all",
}
"""Message that says how households are grouped."""
_GROUPS = {
    "1": "compare.decile_poorest",
    "10": "compare.decile_richest",
    FOUNDED_LATER: "compare.founded_later",
    "rural": "compare.rural",
    "town": "compare.town",
    "relocated": "compare.relocated",
    "all": "compare.all",
}


def group_name(group: str, language: Language) -> str:
    """Return the name of a group of households, see `sim.comparison.Gain`."""
    if group in NAMES:
        return NAMES[group][language]
    return text(_GROUPS.get(group, "compare.decile"), language, number=group)


def programme_name(programme: str, language: Language) -> str:
    """Return the title of a reform, or of all together; one that is not installed here keeps its name."""
    if programme == ALL:
        return text("compare.all_programmes", language)
    known = installed_policies()
    return known[programme].title[language] if programme in known else programme


def significant(value: float, digits: int, most_decimals: int = 12) -> str:
    """Return a number with some significant digits, thousands set apart; nothing for one that does not exist.

    Args:
        value: the number.
        digits: significant digits.
        most_decimals: what is smaller than the last of these decimals is rounded away.
    """
    if not math.isfinite(value):
        return ""
    if round(value, most_decimals) == 0.0:
        return "0"
    decimals = min(digits - 1 - math.floor(math.log10(abs(value))), most_decimals)
    return f"{round(value, decimals):,.{max(0, decimals)}f}"


def signed(value: float, digits: int, most_decimals: int = 12) -> str:
    """Return a change with its sign, see `significant`."""
    shown = significant(value, digits, most_decimals)
    return f"+{shown}" if value > 0.0 and shown != "0" else shown
