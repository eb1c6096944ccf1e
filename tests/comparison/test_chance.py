"""A mean over seeds is told apart from zero as often as the interval says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.comparison.chance import is_clear, standard_error, student


@pytest.mark.parametrize("seeds", [2, 3, 10, 100])
def test_the_reach_is_that_of_students_t_and_wider_for_several_comparisons(seeds: int) -> None:
    assert student(seeds) == pytest.approx(stats.t.ppf(0.975, seeds - 1))
    assert student(seeds, 45) == pytest.approx(stats.t.ppf(1.0 - 0.025 / 45, seeds - 1))


def test_one_seed_tells_nothing_of_chance() -> None:
    assert math.isnan(student(1))
    assert math.isnan(standard_error(np.array([5.0])))
    assert not is_clear(np.array([5.0]))


@pytest.mark.parametrize("seeds", [2, 4, 10])
def test_pure_chance_is_called_clear_once_in_twenty(seeds: int) -> None:
    samples = np.random.default_rng(8).normal(0.0, 3.0, (4000, seeds))
    assert np.mean([is_clear(sample) for sample in samples]) == pytest.approx(0.05, abs=0.015)


def test_what_is_the_same_in_every_seed_is_clear_unless_it_is_nothing() -> None:
    assert is_clear(np.array([2.0, 2.0]))
    assert is_clear(np.array([-2.0, -2.0]))
    assert not is_clear(np.zeros(2))
