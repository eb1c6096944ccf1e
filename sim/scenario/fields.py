"""Check the parts of a scenario and turn them into values; every mistake is reported, none stops the reading.

A broken part is read as a harmless stand-in, so that one pass finds all mistakes; the caller raises before a
stand-in is used.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from sim.calendar import month_label, parse_month
from sim.errors import Problem, nearest
from sim.scenario.yaml import Node, shown

MAX_SEEDS = 1000
LARGEST_SEED = 2**63 - 1


def hint_unit(value: float, low: float | None, high: float | None) -> str:
    """Return ``Did you mean 0.088?`` and why for a percentage written where a part of one belongs."""
    is_share = high is not None and high <= 1.0 and value > high
    hint = f"Did you mean {value / 100:g}? Shares are parts of one, not per cent."
    return hint if is_share and (low or 0.0) <= value / 100 <= (high or 0.0) else ""


def hint_quotes(node: Node) -> str:
    """Return the fix for a number written as text."""
    try:
        is_number = isinstance(node.value, str) and math.isfinite(float(node.value))
    except ValueError:
        return ""
    return f"Write it without quotes: {node.value}." if is_number else ""


def bounds_text(low: float | None, high: float | None) -> str:
    """Return bounds as a message states them."""
    if low is not None and high is not None:
        return f"from {low:g} to {high:g}"
    return f"of at least {low:g}" if low is not None else f"of at most {high:g}" if high is not None else ""


class FieldReader:
    """Read nodes into values and collect what is wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def report(self, node: Node, key: str, message: str, suggestion: str = "") -> None:
        """Add a mistake at a node."""
        self.problems.append(node.problem(key, message, suggestion))

    def mapping(self, node: Node | None, key: str, allowed: Iterable[str], what: str = "key") -> Mapping[str, Node]:
        """Return the known entries of a mapping that may be absent; report unknown ones with the nearest."""
        if node is None:
            return {}
        names = tuple(allowed)
        if not isinstance(node.value, dict):
            self.report(node, key, f"must be a mapping with any of {', '.join(names)}, not {shown(node)}")
            return {}
        for name, entry in node.value.items():
            if name not in names:
                dotted = f"{key}.{name}" if key else name
                self.report(entry, dotted, f"unknown {what}; allowed are {', '.join(names)}.", nearest(name, names))
        return {name: entry for name, entry in node.value.items() if name in names}

    def items(self, node: Node | None, key: str, example: str) -> list[Node]:
        """Return the items of a list that may be absent."""
        if node is None:
            return []
        if isinstance(node.value, list):
            return node.value
        self.report(node, key, f"must be a list, for instance {example}, not {shown(node)}")
        return []

    def text(self, node: Node, key: str) -> str:
        """Return a text that is not empty."""
        if isinstance(node.value, str) and node.value.strip():
            return node.value.strip()
        self.report(node, key, f"must be text, not {shown(node)}")
        return ""

    def whole(self, node: Node, key: str, what: str, low: int, high: int) -> int:
        """Return a whole number between two bounds."""
        value = node.value
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.report(
            node,
            key,
            f"must be {what}, a whole number from {low} to {high}, not {shown(node)}",
            hint_quotes(node),
        )
        return low

    def number(self, node: Node, key: str, what: str, low: float, high: float) -> float:
        """Return a finite number between two bounds."""
        value = node.value
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if isinstance(value, int | float) and is_number and low <= value <= high:
            return float(value)
        hint = hint_unit(value, low, high) if isinstance(value, int | float) and is_number else hint_quotes(node)
        self.report(node, key, f"must be {what}, a number {bounds_text(low, high)}, not {shown(node)}", hint)
        return low

    def month(self, node: Node, key: str, first: int, last: int) -> int:
        """Return the index of a month between two months."""
        allowed = f"from {month_label(first)} to {month_label(last)}"
        try:
            month = parse_month(node.value) if isinstance(node.value, str) else None
        except ValueError:
            month = None
        if month is not None and first <= month <= last:
            return month
        self.report(node, key, f"must be a month {allowed}, written as 2024-09, not {shown(node)}")
        return first

    def seeds(self, replicates: Node | None, population: Mapping[str, Node], default: int) -> tuple[int, ...]:
        """Return the seeds that `replicates` (how many), `seed` (one) or `seeds` (which, or how many) ask for."""
        written = {"population.seed": population.get("seed"), "population.seeds": population.get("seeds")}
        asked = {"replicates": replicates, **written}
        keys = [key for key, node in asked.items() if node is not None]
        if len(keys) > 1:
            last = asked[keys[-1]]
            assert last is not None
            message = f"{' and '.join(keys)} contradict each other"
            fix = "Write either replicates (how many runs), population.seed (one seed) or population.seeds (which), not"
            self.report(last, keys[-1], message, f"{fix} {'both' if len(keys) == 2 else 'all'}.")
        one, many = written["population.seed"], written["population.seeds"]
        if one is not None:
            return (self.whole(one, "population.seed", "the seed", 0, LARGEST_SEED),)
        if many is not None and isinstance(many.value, list):
            return self._listed_seeds(many, many.value)
        if many is not None:
            return _first_seeds(self.whole(many, "population.seeds", "the number of seeds", 1, MAX_SEEDS))
        if replicates is not None:
            return _first_seeds(self.whole(replicates, "replicates", "the number of runs", 1, MAX_SEEDS))
        return _first_seeds(default)

    def _listed_seeds(self, node: Node, items: list[Node]) -> tuple[int, ...]:
        seeds = [
            self.whole(item, f"population.seeds[{i}]", "a seed", 0, LARGEST_SEED)
            for i, item in enumerate(items[:MAX_SEEDS])
        ]
        if not 1 <= len(items) <= MAX_SEEDS:
            self.report(node, "population.seeds", f"must list 1 to {MAX_SEEDS} seeds, not {len(items)}")
        elif len(set(seeds)) < len(seeds):
            self.report(node, "population.seeds", "lists a seed twice; the same seed gives the same run")
        return tuple(seeds) or (1,)


def _first_seeds(number: int) -> tuple[int, ...]:
    return tuple(range(1, number + 1))
