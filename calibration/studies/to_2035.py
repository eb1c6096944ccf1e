"""Where does the model go by 2035, with and without the reforms, and what drives it?

No document speaks of 2035: the long run is a prior, and what is checked is that nothing explodes or dies out.
Run it by ``python -m calibration.studies.to_2035``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calibration.studies.runs import Floats, Run, command_of, documented, options, simulate_all, write_table
from sim.calendar import MONTHS_PER_YEAR, year_of
from sim.observables import Record
from sim.places import CITY
from sim.sectors import OFFICIAL

MONTHS = 156
"""January 2023 to December 2035."""
FLOWS = ("gdp", "value_added_above", *(f"value_added_{sector}" for sector in OFFICIAL), "income_rural", "income_urban")
"""Summed over each year: CNY at 2022 prices, or CNY a person, nominal."""
STOCKS = (
    "residents", "registered", "urbanisation", "unemployment_rate", "wage_ordinary", "forest_transfer_share", "firms",
    "gini",
)  # fmt: skip
"""Read each December."""
COLUMNS = (*FLOWS, *STOCKS)


@dataclass(frozen=True)
class Bound:
    """Between what a yearly figure must stay from a year on; all are assumptions about a county that neither dies
    nor explodes."""

    figure: str
    low: float
    high: float
    since: int


BOUNDS: tuple[Bound, ...] = (
    Bound("gdp_growth", -0.02, 0.12, 2023),
    Bound("gdp_growth", 0.02, 0.08, 2029),
    Bound("residents", 2.0e6, 2.6e6, 2023),
    Bound("urbanisation", 0.55, 0.85, 2023),
    Bound("unemployment_rate", 0.02, 0.10, 2023),
    Bound("income_rural_growth", 0.0, 0.15, 2024),
    Bound("gini", 0.2, 0.5, 2023),
)


def yearly(record: Record, columns: Sequence[str] = COLUMNS, place: str = CITY) -> Floats:
    """Return the figures of every full year, flows summed and stocks of December, shape (years, columns)."""
    years = record.months // MONTHS_PER_YEAR
    out = np.empty((years, len(columns)))
    for k, name in enumerate(columns):
        months = record.series(name, place)[1 : 1 + years * MONTHS_PER_YEAR].reshape(years, MONTHS_PER_YEAR)
        out[:, k] = months[:, -1] if name in STOCKS else months.sum(axis=1)
    return out


def summary(found: Floats, gdp_2022: float) -> dict[str, Floats]:
    """Return figures by year, means over seeds, from yearly values of shape (seeds, years, columns).

    Growth of GDP in the first year is against `gdp_2022`, CNY; contributions are points of GDP growth, NaN in the
    first year.
    """
    by_name = {name: found[:, :, k] for k, name in enumerate(COLUMNS)}
    gdp = np.concatenate([np.full((len(found), 1), gdp_2022), by_name["gdp"]], axis=1)
    out = {"gdp_growth": (gdp[:, 1:] / gdp[:, :-1] - 1.0).mean(axis=0)}
    out["gdp_growth_sd"] = (gdp[:, 1:] / gdp[:, :-1] - 1.0).std(axis=0, ddof=1)
    for name in ("value_added_above", *(f"value_added_{sector}" for sector in OFFICIAL)):
        change = np.diff(by_name[name], axis=1) / by_name["gdp"][:, :-1]
        out[f"points_of_{name.removeprefix('value_added_')}"] = _after_first(change.mean(axis=0))
    for name in ("income_rural", "income_urban"):
        growth = by_name[name][:, 1:] / by_name[name][:, :-1] - 1.0
        out[f"{name}_growth"] = _after_first(growth.mean(axis=0))
    return out | {name: by_name[name].mean(axis=0) for name in STOCKS}


def _after_first(values: Floats) -> Floats:
    return np.concatenate([[np.nan], values])


def unstable(figures: Mapping[str, Floats]) -> list[str]:
    """Return a sentence for every year in which a figure, shape (years,), leaves its bounds or is not finite."""
    found = []
    for bound in BOUNDS:
        for k, value in enumerate(figures[bound.figure]):
            year = year_of(k * MONTHS_PER_YEAR)
            if year >= bound.since and not bound.low <= value <= bound.high:
                found.append(f"{bound.figure} in {year} is {value:.4g}, outside [{bound.low:g}, {bound.high:g}]")
    return found


def main() -> None:
    """Simulate to 2035 and write ``to_2035.csv``; end with an error when a figure leaves its bounds."""
    chosen = options(__doc__, {"share": 0.02}, seeds=5)
    scenario = documented(chosen.share, MONTHS)
    rows: list[tuple[object, ...]] = []
    complaints = []
    header: tuple[str, ...] = ()
    for label, variant in (("with", scenario), ("without", scenario.none())):
        runs = [Run(variant, seed) for seed in range(1, chosen.seeds + 1)]
        kept = simulate_all(runs, _years_and_base)
        figures = summary(np.array([years for years, _ in kept]), float(np.mean([base for _, base in kept])))
        header = ("reforms", "year", *figures)
        rows += [
            (label, year_of(k * MONTHS_PER_YEAR), *(float(values[k]) for values in figures.values()))
            for k in range(MONTHS // MONTHS_PER_YEAR)
        ]
        complaints += [f"{label} reforms: {text}" for text in unstable(figures)]
    write_table(chosen.out / "to_2035.csv", command_of("to_2035", chosen), header, rows)
    print("\n".join(complaints) or "every figure stays within its bounds")
    raise SystemExit(1 if complaints else 0)


def _years_and_base(record: Record) -> tuple[Floats, float]:
    """Return the yearly figures and the city's GDP of 2022, CNY."""
    return yearly(record), float(record.value_added_2022[:, -1].sum())


if __name__ == "__main__":
    main()
