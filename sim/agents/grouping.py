"""Grouping, ordering and aggregating the values of a column as Mesa does with agents."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any

import numpy as np
from mesa.agentset import GroupBy
from numpy.typing import NDArray

from sim.agents.rows import Rows

_NUMPY_TWINS = ((sum, np.sum), (min, np.min), (max, np.max))
"""Built-in functions that would visit an array number by number, and what does the same at once."""


class ColumnGroupBy(GroupBy):
    """Mesa's groups over column sets, aggregated and counted on columns, all groups in one pass."""

    def agg(self, attr_name: str, func: Callable[[Any], Any]) -> dict[Hashable, Any]:
        """Return what the function makes of each group's values of an attribute.

        Args:
            attr_name: a column, a derived column or an attribute of the agents.
            func: called once a group with its values: an array, shape (members,) or (members, k), or a list
                where the attribute is no column.

        Raises:
            AttributeError: the agents have no such attribute.
        """
        groups = list(self.groups.values())
        if not groups or not groups[0]._table.computes(attr_name):
            return super().agg(attr_name, func)
        rows, cuts = _present_rows(groups)
        values = np.split(groups[0]._table.values(attr_name, rows), cuts)
        return {key: applied(func, part) for key, part in zip(self.groups, values, strict=True)}

    def count(self) -> dict[Any, int]:
        """Return the number of members of each group."""
        if not self.groups:
            return {}
        rows, cuts = _present_rows(list(self.groups.values()))
        sizes = np.diff(cuts, prepend=0, append=len(rows))
        return dict(zip(self.groups, sizes.tolist(), strict=True))


def most(at_most: int | float, size: int) -> int:
    """Return how many of `size` agents pass Mesa's `at_most`, 0 to `size`.

    `at_most` is a number of agents, or as a float up to 1.0 a share of them, rounded down.
    """
    count = int(size * at_most) if isinstance(at_most, float) and at_most <= 1.0 else at_most
    return max(0, math.ceil(min(count, size)))


def _present_rows(groups: list[Any]) -> tuple[Rows, Rows]:
    """Return the rows of all groups one after the other, and where each but the first begins among them."""
    listed = np.concatenate([group._rows for group in groups])
    ids = np.concatenate([group._ids for group in groups])
    present = groups[0]._table.present(listed, ids)
    owner = np.repeat(np.arange(len(groups)), [len(group._ids) for group in groups])
    return listed[present], np.searchsorted(owner[present], np.arange(1, len(groups)))


def applied(func: Callable[[Any], Any], values: Any) -> Any:
    """Return what the function makes of a column, shape (n,) or (n, k), or a list.

    The built-in sum, min and max run as NumPy's where the column is numeric and one-dimensional.
    """
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "biuf":
        for builtin, twin in _NUMPY_TWINS:
            if func is builtin:
                return twin(values).item()
    return func(values)


def positions_by_value(keys: NDArray[Any]) -> dict[Any, Rows]:
    """Return the ascending positions of each distinct key, shape (members,), keys in order of first appearance.

    Args:
        keys: one key an agent, shape (n,).
    """
    distinct, first, number = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(number, kind="stable")
    positions = np.split(order, np.cumsum(np.bincount(number))[:-1])
    return {distinct[k].item(): positions[k] for k in np.argsort(first).tolist()}


def positions_by_key(keys: Iterable[Hashable]) -> dict[Any, Rows]:
    """Return what `positions_by_value` returns, shape (members,) each, for keys that are any hashable objects.

    Args:
        keys: one key an agent.

    Raises:
        TypeError: a key is not hashable.
    """
    positions: defaultdict[Hashable, list[int]] = defaultdict(list)
    for position, key in enumerate(keys):
        positions[key].append(position)
    return {key: np.array(places, dtype=np.int64) for key, places in positions.items()}


def stable_order(values: NDArray[Any], ascending: bool) -> Rows:
    """Return the order, shape (n,), that sorts values of shape (n,) and leaves equal ones in place.

    Equal values keep their order also when descending.
    """
    if ascending:
        return np.argsort(values, kind="stable")
    return len(values) - 1 - np.argsort(values[::-1], kind="stable")[::-1]
