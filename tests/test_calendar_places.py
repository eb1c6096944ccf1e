"""Months as numbers, and the places of every county axis."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calendar import month_label, month_of_year, parse_month, year_of
from sim.errors import Problem, ScenarioError, nearest
from sim.places import CITY, CITY_INDEX, COUNTIES, N_COUNTIES, NAMES, OUTSIDE, PLACES, QUJIANG, place_index


@pytest.mark.parametrize(
    ("text", "month"), [("2023-01", 0), ("2023-12", 11), ("2024-09", 20), ("2022-12", -1), ("2020-01", -36)]
)
def test_known_months(text: str, month: int) -> None:
    assert parse_month(text) == month
    assert month_label(month) == text


@given(st.integers(-1476, 11723))
def test_labels_and_months_are_one_to_one(month: int) -> None:
    label = month_label(month)
    assert parse_month(label) == month
    assert label == f"{year_of(month)}-{month_of_year(month):02d}"
    assert 1 <= month_of_year(month) <= 12


@pytest.mark.parametrize(
    "text",
    ["", "2024", "2024-00", "2024-13", "2024-1", "24-01", "2024-01-01", " 2024-01", "1899-12", "3000-01"],
)
def test_what_is_no_month_is_refused_with_the_form_that_is(text: str) -> None:
    with pytest.raises(ValueError, match="2024-09"):
        parse_month(text)


def test_places_are_six_counties_and_their_city() -> None:
    assert (*COUNTIES, CITY) == PLACES
    assert len(set(PLACES)) == N_COUNTIES + 1 == 7
    assert [place_index(place) for place in PLACES] == list(range(7))
    assert place_index("qujiang") == QUJIANG
    assert place_index(CITY) == CITY_INDEX == OUTSIDE
    assert all(NAMES[place]["en"] and NAMES[place]["zh"] for place in PLACES)
    with pytest.raises(KeyError):
        place_index("hangzhou")


def test_a_problem_says_where_what_and_how_to_mend_it() -> None:
    problem = Problem("a.yaml", 3, "months", "must be a number.", "Did you mean 3?")
    assert str(problem) == "a.yaml:3: months: must be a number. Did you mean 3?"
    assert str(Problem("a.yaml", None, "months", "is wrong")) == "a.yaml: months: is wrong"
    assert str(ScenarioError([problem, problem])).count("\n") == 1


def test_nearest_names_one_word_or_none() -> None:
    assert nearest("relocatoin", ["relocation", "forest_tenure"]) == "Did you mean 'relocation'?"
    assert nearest("xyz", ["relocation"]) == ""
