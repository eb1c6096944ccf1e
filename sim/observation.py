"""Observation operators: from the record to the figure a document states, one for each target.

An operator takes a `Record` and returns the number with the document's place, period, denominator and
growth base, which its docstring states. Output is at constant 2022 prices, income is nominal; the two are
never mixed. A target without an operator is not modelled yet and is listed as such.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.calendar import parse_month
from sim.observables import Record
from sim.places import CITY, place_index
from sim.sectors import SECTORS

type Operator = Callable[[Record], float]
type Window = tuple[int, int]

QUJIANG = "qujiang"


def window(first: str, last: str) -> Window:
    """Return first and last month index of a run of ISO months."""
    return parse_month(first), parse_month(last)


YEAR_2022 = window("2022-01", "2022-12")
YEAR_2023 = window("2023-01", "2023-12")
YEAR_2024 = window("2024-01", "2024-12")
NINE_MONTHS_2023 = window("2023-01", "2023-09")
NINE_MONTHS_2024 = window("2024-01", "2024-09")
START = parse_month("2022-12")
END_2023 = parse_month("2023-12")
SEPTEMBER_2024 = parse_month("2024-09")
END_2024 = parse_month("2024-12")

FORESTRY_OUTPUT_2022 = 37.0e9
"""CNY of 2022, gross output of the city's forestry chain: `assumption`. Changshan reported 6.337 bn CNY for
2023 after growth of 17.4 % (press), so 5.40 bn in 2022; its forest (1,099 km2 of land, cover 0.762)
is 14.8 % of the city's (8.483 M mu)."""
FORESTRY_CHAIN_2022 = {"forestry_processing": 0.60, "farming": 0.20, "trade_tourism": 0.20}
"""Parts of that output in 2022: processing, growing (moves with farming), tourism: `assumption`."""
PRICE_GROWTH = 0.003
"""Consumer prices of the province, ratio a year in 2023 and 2024 (official)."""


def _output(record: Record, place: str, span: Window, sectors: tuple[str, ...]) -> float:
    """Return value added of some sectors in a window, CNY at 2022 prices; 2022 comes from the burn-in."""
    first, last = span
    if last < 0:
        columns = [SECTORS.index(sector) for sector in sectors]
        return float(record.value_added_2022[first + 12 : last + 13, place_index(place), columns].sum())
    return sum(record.total(f"value_added_{sector}", place, first, last) for sector in sectors)


def output_growth(record: Record, place: str, now: Window, before: Window, sectors: tuple[str, ...]) -> float:
    """Return the real growth of value added of some sectors from one window to another, a ratio (0.05 is 5 %)."""
    return _output(record, place, now, sectors) / _output(record, place, before, sectors) - 1.0


def above_size_output(record: Record, place: str, span: Window) -> float:
    """Return value added of above-size industry in a window, CNY at 2022 prices."""
    first, last = span
    if last < 0:
        return float(record.above_2022[first + 12 : last + 13, place_index(place)].sum())
    return record.total("value_added_above", place, first, last)


def _income_growth(record: Record, indicator: str, place: str, now: Window, before: Window) -> float:
    return record.total(indicator, place, *now) / record.total(indicator, place, *before) - 1.0


def forestry_gross_output(record: Record) -> float:
    """City, year 2024, CNY at current prices: gross output of the chain (processing, growing, tourism).

    The level of 2022 and its parts are assumptions; growth comes from the model's value added by sector
    (value added rates are constant), the price of branded goods against the starting state, and consumer
    prices. No part of the GDP identity.
    """
    years = (YEAR_2024[0] - YEAR_2022[0]) // 12
    brand = _brand_price(record, *YEAR_2024) / _brand_price(record, START, START)
    chain = 0.0
    for sector, part in FORESTRY_CHAIN_2022.items():
        growth = 1.0 + output_growth(record, CITY, YEAR_2024, YEAR_2022, (sector,))
        chain += part * growth * (1.0 if sector == "trade_tourism" else brand)
    return FORESTRY_OUTPUT_2022 * chain * (1.0 + PRICE_GROWTH) ** years


def _brand_price(record: Record, first: int, last: int) -> float:
    """Return the mean price of speciality forest products, branded or not, against unbranded ones."""
    months = range(first, last + 1)
    return sum(1.0 + record.at("brand_premium", CITY, m) * record.at("branded_share", CITY, m) for m in months) / len(
        months
    )


def forestry_income_growth(record: Record) -> float:
    """City, 2024 on 2023, a ratio, nominal: monthly forestry income per rural resident, summed over the year."""
    return _income_growth(record, "forestry_income_rural", CITY, YEAR_2024, YEAR_2023)


def forest_transfer_area(record: Record) -> float:
    """City, 31 December 2024, mu: land let to operators, the storage platform included."""
    return record.at("forest_let", CITY, END_2024)


def forest_transfer_rate(record: Record) -> float:
    """City, 31 December 2024: land let to operators / transferable forest land."""
    return record.at("forest_transfer_share", CITY, END_2024)


def forestry_leading_firms(record: Record) -> float:
    """City, 31 December 2024: forestry leading firms of provincial level and above."""
    return record.at("forest_leading_firms", CITY, END_2024)


def forestry_new_operators(record: Record) -> float:
    """City, 31 December 2024: new-type forest operators."""
    return record.at("forest_operators", CITY, END_2024)


def brand_price_premium(record: Record) -> float:
    """City, mean of the months of 2024: ratio of branded to unbranded prices - 1, by forest land."""
    return record.mean("brand_premium", CITY, *YEAR_2024)


def platform_phd_ratio(record: Record) -> float:
    """City, 31 December 2024: doctorate holders at platforms / those attracted in the ten years before."""
    return record.at("platform_phds", CITY, END_2024) / record.at("phds_before", CITY, END_2024)


def talent_self_certified(record: Record) -> float:
    """City, year 2024, persons: certified by firms the city administers, none by the counties' own."""
    return record.at("talents_self_certified", CITY, END_2024) - record.at("talents_self_certified", CITY, END_2023)


def relocated_persons(record: Record) -> float:
    """Qujiang, January 2023 to September 2024: registered persons moved, away members included."""
    return _since_start(record, "relocated_persons")


def relocated_hamlets(record: Record) -> float:
    """Qujiang, January 2023 to September 2024: natural villages moved as a whole."""
    return _since_start(record, "relocated_hamlets")


def _since_start(record: Record, indicator: str) -> float:
    return record.at(indicator, QUJIANG, SEPTEMBER_2024) - record.at(indicator, QUJIANG, START)


def urbanisation_gain(record: Record) -> float:
    """Qujiang, end of 2023 minus end of 2022, percentage points: urban / all residents."""
    return 100.0 * (record.at("urbanisation", QUJIANG, END_2023) - record.at("urbanisation", QUJIANG, START))


def projects_landed(record: Record) -> float:
    """Qujiang, January-September 2024: projects above 100 million CNY that landed, whenever signed."""
    return record.total("projects_landed", QUJIANG, *NINE_MONTHS_2024)


def gdp_growth(record: Record) -> float:
    """Qujiang, January-September 2024 on the same months of 2023, constant prices: all sectors."""
    return output_growth(record, QUJIANG, NINE_MONTHS_2024, NINE_MONTHS_2023, SECTORS)


def industrial_value_added_growth(record: Record) -> float:
    """Qujiang, January-September 2024 on the same months of 2023, constant prices: industry above
    designated size.

    The list of each month: a new plant enters when it operates and has no base.
    """
    return (
        above_size_output(record, QUJIANG, NINE_MONTHS_2024) / above_size_output(record, QUJIANG, NINE_MONTHS_2023)
        - 1.0
    )


def rural_income_growth(record: Record) -> float:
    """Qujiang, January-September 2024 on the same months of 2023, a ratio, nominal: income per current rural
    resident.

    A repeated cross-section, cumulative: each month's mean over who is rural then, summed over nine months.
    """
    return _income_growth(record, "income_rural", QUJIANG, NINE_MONTHS_2024, NINE_MONTHS_2023)


def rural_income_growth_fixed(record: Record) -> float:
    """Qujiang, a ratio as in `rural_income_growth`, at fixed membership: households of rural hamlets, movers too."""
    return _income_growth(record, "origin_rural_income", QUJIANG, NINE_MONTHS_2024, NINE_MONTHS_2023)


OPERATORS: dict[str, Operator] = {
    operator.__name__: operator
    for operator in (
        forestry_gross_output,
        forestry_income_growth,
        forest_transfer_area,
        forest_transfer_rate,
        forestry_leading_firms,
        forestry_new_operators,
        brand_price_premium,
        platform_phd_ratio,
        talent_self_certified,
        relocated_persons,
        relocated_hamlets,
        urbanisation_gain,
        projects_landed,
        gdp_growth,
        industrial_value_added_growth,
        rural_income_growth,
    )
}
"""The operator of each target the model covers, by the id of its fact."""
