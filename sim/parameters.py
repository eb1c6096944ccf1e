"""How a parameter is declared: once, in its mechanism, with unit, bounds, prior, source and meaning.

A mechanism's parameters are a frozen dataclass that derives from `ParameterSet`; each field is made by
`parameter`. The prior of a parameter has its default as the median: half of the mass lies evenly between the
lower bound and the default, half between the default and the upper bound (evenly in logarithms for
``log_split``).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, cast

import numpy as np
from numpy.typing import NDArray

from sim.errors import CountysimError, nearest
from sim.units import check_unit

type PriorKind = Literal["split", "log_split", "fixed"]


class ParameterError(CountysimError):
    """A parameter is declared or set outside its rules."""


@dataclass(frozen=True)
class Declaration:
    """What is known of one parameter: `low` and `high` bound both calibration and sensitivity."""

    name: str
    default: float
    unit: str
    low: float
    high: float
    prior: PriorKind
    source: str
    meaning: str

    def quantile(self, probability: float) -> float:
        """Return the prior quantile; the median is the default."""
        if self.prior == "fixed":
            return self.default
        low, mid, high = self.low, self.default, self.high
        if self.prior == "log_split":
            low, mid, high = math.log(low), math.log(mid), math.log(high)
        if probability < 0.5:
            value = low + (mid - low) * probability * 2.0
        else:
            value = mid + (high - mid) * (probability - 0.5) * 2.0
        return math.exp(value) if self.prior == "log_split" else value

    def check(self, value: float) -> None:
        """Raise ParameterError when `value`, in the declared unit, is no finite number inside the bounds."""
        if not (math.isfinite(value) and self.low <= value <= self.high):
            raise ParameterError(f"{self.name} = {value:g} {self.unit} lies outside [{self.low:g}, {self.high:g}]")


def parameter(
    default: float,
    *,
    unit: str,
    low: float,
    high: float,
    source: str,
    meaning: str,
    prior: PriorKind = "split",
) -> Any:
    """Declare one field of a ParameterSet.

    Args:
        default: prior median, in `unit`.
        unit: a unit of `sim.units`.
        low: lower bound of the prior's support.
        high: upper bound of the prior's support.
        source: where the numbers come from; a guess says ``assumption``.
        meaning: what it stands for, in one sentence.
        prior: shape of the prior; ``fixed`` is never drawn.

    Raises:
        ParameterError: bounds out of order, an empty text, or a logarithmic prior that touches zero.
    """
    check_unit(unit)
    if not low <= default <= high:
        raise ParameterError(f"default {default:g} outside [{low:g}, {high:g}]")
    if prior == "log_split" and low <= 0:
        raise ParameterError(f"a logarithmic prior needs a positive lower bound, not {low:g}")
    if not source or not meaning:
        raise ParameterError("a parameter needs a source and a meaning")
    details = {"unit": unit, "low": low, "high": high, "prior": prior, "source": source, "meaning": meaning}
    return dataclasses.field(default=default, metadata=details)


@dataclass(frozen=True)
class ParameterSet:
    """Base of each mechanism's parameters: frozen, every field a declared float."""

    @classmethod
    def declarations(cls) -> tuple[Declaration, ...]:
        """Return the declarations in the order of the fields."""
        return tuple(
            Declaration(name=f.name, default=cast(float, f.default), **f.metadata) for f in dataclasses.fields(cls)
        )

    def replaced(self, values: Mapping[str, float]) -> Self:
        """Return a copy with some fields changed, each checked against its bounds.

        Raises:
            ParameterError: an unknown name (with the nearest one) or a value outside its bounds.
        """
        known = {declaration.name: declaration for declaration in self.declarations()}
        for name, value in values.items():
            if name not in known:
                raise ParameterError(f"no parameter '{name}'. {nearest(name, known)}".rstrip())
            known[name].check(value)
        return dataclasses.replace(self, **dict(values))


class Parameters(Mapping[str, ParameterSet]):
    """All parameter sets of a model by mechanism name; flat names read ``mechanism.parameter``."""

    def __init__(self, sets: Mapping[str, ParameterSet]) -> None:
        self._sets = dict(sets)

    def __getitem__(self, mechanism: str) -> ParameterSet:
        return self._sets[mechanism]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sets)

    def __len__(self) -> int:
        return len(self._sets)

    def flat(self) -> dict[str, float]:
        """Return every value under its flat name."""
        return {
            f"{mechanism}.{field.name}": float(getattr(values, field.name))
            for mechanism, values in self._sets.items()
            for field in dataclasses.fields(values)
        }

    def declarations(self) -> dict[str, Declaration]:
        """Return every declaration under its flat name."""
        return {
            f"{mechanism}.{declaration.name}": declaration
            for mechanism, values in self._sets.items()
            for declaration in values.declarations()
        }

    def replaced(self, values: Mapping[str, float]) -> Parameters:
        """Return a copy with some flat names changed.

        Raises:
            ParameterError: an unknown name (with the nearest one) or a value outside its bounds.
        """
        declared = self.declarations()
        changes: dict[str, dict[str, float]] = {}
        for flat_name, value in values.items():
            if flat_name not in declared:
                raise ParameterError(f"no parameter '{flat_name}'. {nearest(flat_name, declared)}".rstrip())
            mechanism, name = flat_name.split(".", 1)
            changes.setdefault(mechanism, {})[name] = value
        return Parameters({m: s.replaced(changes.get(m, {})) for m, s in self._sets.items()})

    def drawn(self, rng: np.random.Generator, names: Iterable[str] | None = None) -> Parameters:
        """Return one draw from the priors: of all parameters, or of the flat `names` only."""
        declared = self.declarations()
        chosen = declared if names is None else {name: declared[name] for name in names}
        probabilities: NDArray[np.float64] = rng.random(len(chosen))
        drawn = {n: d.quantile(float(u)) for (n, d), u in zip(chosen.items(), probabilities, strict=True)}
        return self.replaced(drawn)
