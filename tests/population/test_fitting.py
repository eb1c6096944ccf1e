from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import PopulationError
from sim.population.fitting import entropy_weights, largest_remainder, normal_scores, proportional_fit


@given(
    st.lists(st.floats(0.0, 1e6), min_size=1, max_size=40).filter(lambda w: sum(w) > 1e-3),
    st.integers(0, 10**6),
)
def test_rounding_keeps_the_total_and_stays_within_one(weights: list[float], total: int) -> None:
    counts = largest_remainder(weights, total)
    exact = np.array(weights) * (total / sum(weights))
    assert counts.sum() == total
    assert np.all(np.abs(counts - exact) < 1.0 + 1e-6)


def test_rounding_gives_ties_to_the_first() -> None:
    assert largest_remainder([1.0, 1.0, 1.0], 4).tolist() == [2, 1, 1]


def test_fit_has_its_margins_and_keeps_odds_ratios_and_zeros() -> None:
    seed = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 5.0], [2.0, 2.0, 1.0]])
    table = proportional_fit(seed, np.array([10.0, 20.0, 30.0]), np.array([25.0, 20.0, 15.0]))
    np.testing.assert_allclose(table.sum(axis=1), [10, 20, 30])
    np.testing.assert_allclose(table.sum(axis=0), [25, 20, 15])
    assert table[0, 2] == 0.0
    odds = table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0])
    assert odds == pytest.approx(1.0 * 1.0 / (2.0 * 3.0))


def test_fit_refuses_margins_that_disagree_or_cannot_be_met() -> None:
    with pytest.raises(PopulationError, match="margins sum"):
        proportional_fit(np.ones((2, 2)), np.array([1.0, 1.0]), np.array([1.0, 2.0]))
    with pytest.raises(PopulationError, match="zeros"):
        proportional_fit(np.eye(2), np.array([1.0, 2.0]), np.array([2.0, 1.0]))


def test_entropy_weights_tilt_exponentially() -> None:
    prior, trait = np.full(5, 0.2), np.arange(5.0)
    weights = entropy_weights(prior, trait[:, None], np.array([3.0]))
    assert weights @ trait == pytest.approx(3.0)
    ratios = weights[1:] / weights[:-1]
    np.testing.assert_allclose(ratios, ratios[0])


def test_entropy_weights_keep_a_prior_that_fits_already() -> None:
    prior = np.array([0.1, 0.2, 0.3, 0.4])
    traits = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [1.0, 3.0]])
    np.testing.assert_allclose(entropy_weights(prior, traits, prior @ traits), prior)


def test_entropy_weights_refuse_means_outside_the_hull() -> None:
    with pytest.raises(PopulationError, match="no mix"):
        entropy_weights(np.full(3, 1 / 3), np.array([[0.0], [1.0], [2.0]]), np.array([2.5]))


def test_normal_scores_are_symmetric_quantiles() -> None:
    scores = normal_scores(1001)
    np.testing.assert_allclose(scores, -scores[::-1], atol=1e-12)
    assert np.std(scores) == pytest.approx(1.0, abs=0.01)
    assert scores[500] == pytest.approx(0.0, abs=1e-12)
