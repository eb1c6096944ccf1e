"""The shipped evidence, its look-ups, and the meaning of bounds and periods."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calendar import parse_month
from sim.errors import EvidenceError
from sim.evidence import (
    BASELINE_FILE,
    BORDERS_FILE,
    FACTS_FILE,
    PLACES_FILE,
    PRIORS_FILE,
    SHIPPED_FOLDER,
    Evidence,
    Fact,
    Source,
    evidence_table,
    load_evidence,
)
from sim.evidence.records import parse_period
from sim.places import COUNTIES
from sim.units import check_unit

SOURCE = Source("report", "A report", "An office", "2024", "press")


def fact(bound: str = "eq", value: float | tuple[float, ...] = 100.0, unit: str = "firms", **more: object) -> Fact:
    fields = {"programme": "economy", "place": "quzhou", "period": "2024", "role": "target", "source": SOURCE}
    return Fact(id="x", value=value, unit=unit, bound=bound, **(fields | more))  # type: ignore[arg-type]


# ---------------------------------------------------------------- the shipped files


@pytest.fixture(scope="module")
def shipped() -> Evidence:
    return load_evidence()


def test_shipped_facts_are_complete(shipped: Evidence) -> None:
    assert Counter(f.role for f in shipped.facts) == {"target": 27, "input": 43, "check": 5, "context": 5}
    assert len({f.programme for f in shipped.facts} - {"economy"}) == 24
    assert len(shipped.targets()) == 27
    assert {f.source.id for f in shipped.facts} == {source.id for source in shipped.sources}


def test_shipped_evidence_is_read_once_a_process(shipped: Evidence) -> None:
    assert load_evidence() is shipped


def test_every_shipped_target_has_an_interval_with_its_value(shipped: Evidence) -> None:
    for target in shipped.targets():
        low, high = target.interval
        assert low <= target.number <= high
        assert target.contains(target.number)
        assert not target.contains(high + 0.01 * abs(high))
        assert not target.contains(low - 0.01 * abs(low))


def test_mobile_clinics_cannot_cover_more_than_the_registered_persons(shipped: Evidence) -> None:
    registered = shipped.value("registered_population", "qujiang", 2021)
    assert shipped.fact("clinic_population_covered").interval == (400_000.0, registered)


def test_shipped_county_shares_of_gdp_agree_with_the_city_statistics(shipped: Evidence) -> None:
    def city_total(key: str) -> float:
        return sum(shipped.value(key, place, 2022) * shipped.value("gdp", place, 2022) for place in COUNTIES)

    above = shipped.value("above_scale_industrial_value_added", "quzhou", 2022)
    assert city_total("gdp_share_industry_above") == pytest.approx(above, rel=0.005)
    primary, tertiary = (shipped.value(f"gdp_{sector}", "quzhou", 2022) for sector in ("primary", "tertiary"))
    assert city_total("gdp_share_primary") == pytest.approx(primary, rel=0.02)
    assert city_total("gdp_share_services") == pytest.approx(tertiary, rel=0.005)
    keys = [f"gdp_share_{s}" for s in ("primary", "industry_above", "industry_below", "construction", "services")]
    for place in COUNTIES:
        assert sum(shipped.value(key, place, 2022) for key in keys) == pytest.approx(1.0, abs=0.0015)
        assert all(shipped.statistic(key, place, 2022).confidence == "assumption" for key in keys)


def test_shipped_registered_population_of_the_counties_sums_to_the_city(shipped: Evidence) -> None:
    counties = sum(shipped.value("registered_population", place, 2021) for place in COUNTIES)
    assert counties == shipped.value("registered_population", "quzhou", 2021)


def test_shipped_numbers_carry_known_units(shipped: Evidence) -> None:
    units = {stated.unit for stated in shipped.facts} | {row.unit for row in shipped.statistics}
    units |= {prior.unit for prior in shipped.priors}
    assert {check_unit(unit).name for unit in units} == units


def test_statistic_is_the_primary_row(shipped: Evidence) -> None:
    rows = [r for r in shipped.statistics if (r.key, r.place, r.year) == ("resident_population", "kecheng", "2020")]
    assert {row.rank: row.value for row in rows} == {"primary": 528_847, "alternative": 528_800}
    assert shipped.statistic("resident_population", "kecheng", 2020).rank == "primary"
    assert shipped.value("resident_population", "kecheng", "2020") == 528_847


def test_prior_gives_a_range_with_its_unit(shipped: Evidence) -> None:
    prior = shipped.prior("relocation", "effect_on_household_income")
    assert (prior.low, prior.central, prior.high, prior.unit) == (4.0, 9.61, 15.0, "percent")


def test_every_seat_lies_within_the_border_of_its_county(shipped: Evidence) -> None:
    for place in COUNTIES:
        rings = [polygon[0] for polygon in shipped.borders[place].polygons]
        assert any(_contains(ring, shipped.seat(place)) for ring in rings), place
    assert tuple(shipped.borders) == COUNTIES


def _contains(ring: np.ndarray, point: tuple[float, float]) -> bool:
    """Even-odd rule over the edges of a closed ring."""
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    crosses = (y0 > point[1]) != (y1 > point[1])
    x_cross = x0[crosses] + (point[1] - y0[crosses]) / (y1 - y0)[crosses] * (x1 - x0)[crosses]
    return bool(np.count_nonzero(x_cross > point[0]) % 2)


def test_borders_are_closed_and_read_only(shipped: Evidence) -> None:
    for border in shipped.borders.values():
        for polygon in border.polygons:
            for ring in polygon:
                np.testing.assert_array_equal(ring[0], ring[-1])
                assert not ring.flags.writeable


def test_ports_are_on_the_map(shipped: Evidence) -> None:
    port = shipped.site("qujiang", "port")
    assert (port.longitude, port.latitude) == pytest.approx((118.96, 28.98), abs=0.05)


def test_table_keeps_every_fact_and_groups_programmes(shipped: Evidence) -> None:
    rows = evidence_table(shipped)
    assert sorted(row.id for row in rows) == sorted(f.id for f in shipped.facts)
    programmes = [row.programme for row in rows]
    changes = sum(here != before for here, before in zip(programmes[1:], programmes, strict=False))
    assert changes == len(set(programmes)) - 1
    relocated = next(row for row in rows if row.id == "relocated_persons")
    assert (relocated.value, relocated.unit, relocated.period) == (13_247.0, "persons", "2023-01/2024-09")
    assert relocated.source == shipped.fact("relocated_persons").source.title


def test_facts_of_a_programme_keep_the_order_of_the_file(shipped: Evidence) -> None:
    assert [f.id for f in shipped.facts_of("mobile_clinic")] == [
        "clinic_population_covered",
        "clinic_vehicles",
        "clinic_ecarts",
        "clinic_kits",
    ]


def test_the_shipped_files_are_small_and_name_no_article_file() -> None:
    for path in SHIPPED_FOLDER.iterdir():
        assert path.stat().st_size < 1_000_000
    assert "sources/" not in (SHIPPED_FOLDER / FACTS_FILE).read_text(encoding="utf-8")
    assert "MIT" in (SHIPPED_FOLDER / BORDERS_FILE).read_text(encoding="utf-8")[:400]


def test_importing_the_evidence_loads_no_heavy_library() -> None:
    code = "import sys, sim.evidence; print(sorted({'numpy', 'pandas', 'ruamel.yaml'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---------------------------------------------------------------- look-ups that fail


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda e: e.fact("relocated_person"),
            [FACTS_FILE, "relocated_person:", "Did you mean 'relocated_persons'?"],
        ),
        (lambda e: e.facts_of("relocate"), [FACTS_FILE, "no fact speaks", "Did you mean 'relocation'?"]),
        (lambda e: e.value("gpd", "quzhou", 2022), [BASELINE_FILE, "gpd:", "Did you mean 'gdp'?"]),
        (lambda e: e.value("gdp", "hangzhou", 2022), ["not given for 'hangzhou'", "changshan, jiangshan"]),
        (lambda e: e.statistic("gdp", "quzhou", 1999), ["in '1999'", "years are 2016, 2021, 2022, 2023."]),
        (
            lambda e: e.prior("relocation", "effect_on_income"),
            [PRIORS_FILE, "Did you mean 'relocation.effect_on"],
        ),
        (lambda e: e.seat("quzhou"), [PLACES_FILE, "not given for 'quzhou'", "kecheng, qujiang"]),
        (lambda e: e.site("qujiang", "prot"), [PLACES_FILE, "no such kind", "Did you mean 'port'?"]),
    ],
)
def test_a_failed_look_up_says_what_there_is(shipped: Evidence, call: object, words: list[str]) -> None:
    with pytest.raises(EvidenceError) as caught:
        call(shipped)  # type: ignore[operator]
    assert all(word in str(caught.value) for word in words), str(caught.value)


# ---------------------------------------------------------------- bounds and periods


@pytest.mark.parametrize(
    ("bound", "value", "unit", "upper", "interval"),
    [
        ("eq", 34.0, "firms", None, (34.0, 34.0)),
        ("approx", 3.51e6, "mu", None, (3.51e6, 3.51e6)),
        ("ge", 2200.0, "operators", None, (2200.0, 2310.0)),
        ("ge", 0.08, "ratio", None, (0.08, 0.084)),
        ("ge", 0.99, "ratio", None, (0.99, 1.0)),
        ("ge", 1.2, "ratio", None, (1.2, 1.26)),
        ("ge", 400_000.0, "persons", 410_900.0, (400_000.0, 410_900.0)),
        ("nearly", 500.0, "firms", None, (475.0, 500.0)),
    ],
)
def test_interval_of_a_bound(
    bound: str, value: float, unit: str, upper: float | None, interval: tuple[float, float]
) -> None:
    stated = fact(bound, value, unit, upper=upper)
    assert stated.interval == pytest.approx(interval)
    low, high = interval
    assert stated.contains(low)
    assert stated.contains(high)
    assert stated.contains((low + high) / 2)
    assert not stated.contains(low * 0.999)
    assert not stated.contains(high * 1.001)


@given(st.floats(1e-6, 1e12), st.sampled_from(["ge", "nearly", "eq", "approx"]))
def test_the_stated_value_is_inside_and_the_interval_at_most_five_percent_wide(value: float, bound: str) -> None:
    stated = fact(bound, value)
    low, high = stated.interval
    assert low <= value <= high
    assert high - low <= 0.05 * value * (1 + 1e-9)


def test_a_fact_of_several_values_has_no_interval() -> None:
    with pytest.raises(ValueError, match="states 2 values"):
        _ = fact(value=(0.0, 1.0)).interval


@pytest.mark.parametrize(
    ("period", "first", "last", "is_stock"),
    [
        ("2024", "2024-01", "2024-12", False),
        ("2023-01/2024-09", "2023-01", "2024-09", False),
        ("2022-10/2024-09", "2022-10", "2024-09", False),
        ("2024-09", "2024-09", "2024-09", False),
        ("2024-12-31", "2024-12", "2024-12", True),
        ("2023-01-01", "2023-01", "2023-01", True),
        ("2023Q1", "2023-01", "2023-03", False),
        ("2023H2", "2023-07", "2023-12", False),
        ("2023M1-9", "2023-01", "2023-09", False),
        ("2022Q4/2025Q1", "2022-10", "2025-03", False),
        ("2003/2023", "2003-01", "2023-12", False),
        ("2019/2024-12-31", "2019-01", "2024-12", False),
    ],
)
def test_period(period: str, first: str, last: str, is_stock: bool) -> None:
    stated = fact(period=period)
    assert stated.months == (parse_month(first), parse_month(last))
    assert stated.is_stock is is_stock


@pytest.mark.parametrize(
    "text",
    [
        *("", "24", "2024 ", "1850", "last year", "2024-13", "2024-09-", "2024-02-30"),
        *("2024-09/2023-01", "2024/2025/2026", "2023M0-3", "2023M9-1", "2023M1-13", "2023Q5"),
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        parse_period(text)
