"""The county market for forest land is county arithmetic: the engine's own function serves both."""

from __future__ import annotations

from typing import Any

from sim.mechanisms import forest_market as mechanism
from sim.mechanisms.forest_market import MarketParameters


def step(model: Any, p: MarketParameters) -> None:
    """Move demand, rent, operators and, in December, leading firms."""
    mechanism.step(model.office, p, model.levers, model.ledger)
