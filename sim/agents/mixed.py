"""Agents of several kinds as one set: ordinary Mesa agents beside the rows of tables."""

from __future__ import annotations

import copy
import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain
from random import Random
from typing import Any, Literal

from mesa import Agent
from mesa.agentset import AbstractAgentSet, AgentSet, GroupBy

from sim.agents.grouping import most
from sim.agents.rows import Method, ResultType, RowAgent, calls


class MixedAgentSet(AbstractAgentSet[Agent]):
    """Several agent sets one after the other, answered set by set: ordinary agents and rows of tables.

    Args:
        parts: sets without common members.
        random: the model's generator.
    """

    def __init__(self, parts: Iterable[Any], random: Random) -> None:
        self._parts = list(parts)
        self.random = random

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts)

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self._parts)

    def __contains__(self, agent: object) -> bool:
        return any(agent in part for part in self._parts)

    def to_list(self) -> list[Any]:
        """Return the members as a list."""
        return list(self)

    def copy(self) -> MixedAgentSet:
        """Return a set of the present members."""
        return MixedAgentSet([copy.copy(part) for part in self._parts], self.random)

    __copy__ = copy

    def select(
        self,
        filter_func: Callable[[Any], bool] | None = None,
        at_most: int | float = math.inf,
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> Any:
        """Select members as Mesa does; what comes from one part only is a set of that part's kind."""
        left = most(at_most, len(self))
        selections = []
        for part in self._parts:
            selection = part.select(filter_func, at_most=left, agent_type=agent_type)
            left -= len(selection)
            selections.append(selection)
        return self._replace(selections) if inplace else _simplest(selections, self.random)

    def get(
        self,
        attr_names: str | Iterable[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Return each member's value of an attribute, or a list of its values of several, as Mesa does."""
        names = attr_names if isinstance(attr_names, str) else list(attr_names)
        return list(chain.from_iterable(part.get(names, handle_missing, default_value) for part in self._parts))

    def set(self, attr_name: str, value: Any) -> MixedAgentSet:
        """Set an attribute of every member."""
        for part in self._parts:
            part.set(attr_name, value)
        return self

    def groupby(self, by: Callable[[Any], Any] | str, result_type: ResultType = "agentset") -> GroupBy:
        """Group the members by an attribute or by a function of an agent."""
        pieces: dict[Any, list[Any]] = {}
        for part in self._parts:
            for key, group in part.groupby(by, result_type):
                pieces.setdefault(key, []).append(group)
        if result_type == "agentset":
            return GroupBy({key: _simplest(groups, self.random) for key, groups in pieces.items()})
        return GroupBy({key: list(chain.from_iterable(groups)) for key, groups in pieces.items()})

    def sort(self, key: Callable[[Any], Any] | str, ascending: bool = False, inplace: bool = False) -> Any:
        """Sort the members; agents of several kinds come as a set that holds a view of each."""
        if (only := self._only()) is not None and not inplace:
            return only.sort(key, ascending)
        ordered = HoldingAgentSet(self, self.random).sort(key, ascending)
        return self._replace([ordered]) if inplace else ordered

    def shuffle(self, inplace: bool = False) -> Any:
        """Shuffle the members; agents of several kinds come as a set that holds a view of each."""
        if (only := self._only()) is not None and not inplace:
            return only.shuffle()
        ordered = HoldingAgentSet(self._shuffled(), self.random)
        return self._replace([ordered]) if inplace else ordered

    def do(self, method: Method, *args: Any, **kwargs: Any) -> MixedAgentSet:
        """Call a method (by name) or a function on each member."""
        for part in self._parts:
            part.do(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: Method, *args: Any, **kwargs: Any) -> MixedAgentSet:
        """Call a method (by name) or a function on each member in random order, all kinds mixed."""
        still_here = (agent for agent in self._shuffled() if isinstance(agent, RowAgent) or agent in self)
        for _ in calls(still_here, method, args, kwargs):
            pass
        return self

    def map(self, method: Method, *args: Any, **kwargs: Any) -> list[Any]:
        """Return what a method (by name) or a function returns for each member."""
        return list(chain.from_iterable(part.map(method, *args, **kwargs) for part in self._parts))

    def add(self, agent: Any) -> None:
        """Add an agent."""
        if agent not in self:
            self._parts.append(HoldingAgentSet([agent], self.random))

    def discard(self, agent: Any) -> None:
        """Take an agent out of the set if it is in it."""
        for part in self._parts:
            part.discard(agent)

    def remove(self, agent: Any) -> None:
        """Take an agent out of the set.

        Raises:
            KeyError: it is not in it.
        """
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    def _update(self, agents: Iterable[Any]) -> MixedAgentSet:
        return self._replace([HoldingAgentSet(agents, self.random)])

    def _from_iterable(self, agents: Iterable[Any]) -> HoldingAgentSet:
        return HoldingAgentSet(agents, self.random)

    def _replace(self, parts: list[Any]) -> MixedAgentSet:
        self._parts = parts
        return self

    def _only(self) -> Any:
        """Return the one part that has members, or None."""
        filled = [part for part in self._parts if len(part)]
        return filled[0] if len(filled) == 1 else None

    def _shuffled(self) -> Iterator[Any]:
        """Yield the members in the order Mesa's AgentSet would draw, making each view when its turn comes."""
        sequences: list[Sequence[Any]] = [getattr(part, "views", part.to_list)() for part in self._parts]
        starts = list(accumulate((len(sequence) for sequence in sequences), initial=0))
        order = list(range(starts[-1]))
        self.random.shuffle(order)
        for position in order:
            part = bisect_right(starts, position) - 1
            yield sequences[part][position - starts[part]]


class ModelAgentSet(MixedAgentSet):
    """All agents of a model: the ordinary ones in the order they were made, then each table in row order.

    Mesa adds and removes ordinary agents here; rows come and go with their table.
    """

    def include(self, agents: AbstractAgentSet[Any]) -> None:
        """Add the set of a table."""
        self._parts.append(agents)

    def add(self, agent: Any) -> None:
        """Add an ordinary agent."""
        self._parts[0].add(agent)

    def _replace(self, parts: list[Any]) -> MixedAgentSet:
        raise TypeError("the model's own set follows the model and cannot be changed in place; change a copy()")


class HoldingAgentSet(AgentSet[Agent]):
    """A Mesa AgentSet that keeps its views alive: Mesa's own holds agents weakly, and nobody else does."""

    def __init__(self, agents: Iterable[Any], random: Random) -> None:
        members = list(agents)
        super().__init__(members, random)
        self._hold(members)

    def shuffle(self, inplace: bool = False) -> HoldingAgentSet:
        """Shuffle the members as Mesa does."""
        shuffled = super().shuffle(inplace)
        return self if inplace else HoldingAgentSet(shuffled, self.random)

    def sort(self, key: Callable[[Any], Any] | str, ascending: bool = False, inplace: bool = False) -> HoldingAgentSet:
        """Sort the members as Mesa does."""
        ordered = super().sort(key, ascending, inplace)
        return self if inplace else HoldingAgentSet(ordered, self.random)

    def add(self, agent: Any) -> None:
        """Add an agent."""
        super().add(agent)
        self._hold([*self._views, agent])

    def _update(self, agents: Iterable[Any]) -> HoldingAgentSet:
        members = list(agents)
        super()._update(members)
        self._hold(members)
        return self

    def _hold(self, agents: Iterable[Any]) -> None:
        self._views = [agent for agent in agents if isinstance(agent, RowAgent)]


def _simplest(parts: list[Any], random: Random) -> Any:
    """Return the one part that has members, or all of them as one set."""
    filled = [part for part in parts if len(part)]
    return filled[0] if len(filled) == 1 else MixedAgentSet(filled, random)
