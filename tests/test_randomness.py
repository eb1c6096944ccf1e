"""Statistical tests of the counter-based draws, beside NumPy's Philox under the same tests.

The seeds are fixed, so a run of this file is deterministic; for a sound generator each p-value checked
against ALARM would fall below it by chance with probability 1e-6 over the choice of the seed. With fewer
than 400 of them the file's false-alarm rate is below 4 in 10,000.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sim.randomness import Purpose, child_id, mix, normal, normals, stream, uniform, uniform_of, uniforms

ALARM = 1e-6
N = 20_000
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15

type Floats = NDArray[np.float64]

IDS = {
    "adjacent": np.arange(1, N + 1, dtype=np.uint64),
    "even": np.arange(2, 2 * N + 1, 2, dtype=np.uint64),
    "far apart": (np.arange(1, N + 1, dtype=np.uint64) << np.uint64(32)),
    "top bits": (np.arange(1, N + 1, dtype=np.uint64) << np.uint64(49)),
    "random": np.random.default_rng(3).integers(1, 2**63, N, dtype=np.uint64),
}


# the tests: each returns the p-value of independent uniform draws


def kolmogorov(u: Floats) -> float:
    return float(stats.kstest(u, "uniform").pvalue)


def bins(u: Floats) -> float:
    return float(stats.chisquare(np.bincount((u * 100).astype(int), minlength=100)).pvalue)


def pairs(u: Floats) -> float:
    """Chi-square of successive pairs, without overlap, on a 16 x 16 grid."""
    cells = (u[: u.size // 2 * 2].reshape(-1, 2) * 16).astype(int)
    return float(stats.chisquare(np.bincount(cells[:, 0] * 16 + cells[:, 1], minlength=256)).pvalue)


def serial(u: Floats, lag: int = 1) -> float:
    return correlation(u[:-lag], u[lag:])


def tenth(u: Floats) -> float:
    return serial(u, 10)


def low_bits(u: Floats) -> float:
    """Chi-square of the ten lowest of the 52 bits that a draw surely carries."""
    return float(stats.chisquare(np.bincount((u * 2.0**52).astype(np.int64) % 1024, minlength=1024)).pvalue)


def correlation(a: Floats, b: Floats) -> float:
    """Two-sided p-value of no correlation (normal in large samples)."""
    return float(2 * stats.norm.sf(abs(np.corrcoef(a, b)[0, 1]) * np.sqrt(a.size)))


BATTERY: tuple[Callable[[Floats], float], ...] = (kolmogorov, bins, pairs, serial, tenth, low_bits)


def draws(seed: int = 1, month: int = 0, purpose: Purpose = Purpose.AWARENESS, ids: str = "adjacent") -> Floats:
    return uniforms(stream(seed, month, purpose), IDS[ids])


def over(states: Sequence[np.uint64], agent: int = 17) -> Floats:
    """Return one agent's draws over many streams."""
    return np.array([uniform(state, np.uint64(agent)) for state in states])


LINES: dict[str, Callable[[], Floats]] = {
    **{f"ids {name}": (lambda name=name: draws(ids=name)) for name in IDS},
    "burn-in month": lambda: draws(month=-36),
    "large seed": lambda: draws(seed=2**63 - 1),
    "one agent over months": lambda: over([stream(1, month, Purpose.BIRTH) for month in range(-36, N)]),
    "one agent over seeds": lambda: over([stream(seed, 5, Purpose.BIRTH) for seed in range(N)]),
    "one agent over purposes and months": lambda: over(
        [stream(1, month, purpose) for month in range(400) for purpose in Purpose]
    ),
    "second draw of a decision": lambda: np.array(
        [uniform_of(stream(1, 0, Purpose.TALENT), agent, 1) for agent in IDS["adjacent"]]
    ),
    "Philox": lambda: np.random.Generator(np.random.Philox(7)).random(N),
}


@pytest.mark.parametrize("test", BATTERY, ids=lambda test: test.__name__)
@pytest.mark.parametrize("line", LINES)
def test_draws_look_uniform_and_independent(line: str, test: Callable[[Floats], float]) -> None:
    assert test(LINES[line]()) > ALARM


FAULTY: dict[str, Callable[[], Floats]] = {
    "no mixing": lambda: np.array([(agent * GOLDEN & MASK) / 2**64 for agent in range(1, N + 1)]),
    "slightly bent": lambda: np.random.default_rng(1).random(N) ** 1.05,
    "repeats its neighbour": lambda: np.repeat(np.random.default_rng(1).random(N // 2), 2),
    "single precision": lambda: np.random.default_rng(1).random(N, dtype=np.float32).astype(np.float64),
}


@pytest.mark.parametrize("line", FAULTY)
def test_the_tests_find_a_faulty_generator(line: str) -> None:
    assert min(test(FAULTY[line]()) for test in BATTERY) < ALARM


@pytest.mark.parametrize("test", BATTERY, ids=lambda test: test.__name__)
def test_p_values_over_many_streams_are_spread_as_those_of_philox(test: Callable[[Floats], float]) -> None:
    ids = IDS["adjacent"][:10_000]
    ours = [test(uniforms(stream(seed, 3, Purpose.DRIFT), ids)) for seed in range(150)]
    philox = [test(np.random.Generator(np.random.Philox(seed)).random(ids.size)) for seed in range(150)]
    assert stats.kstest(ours, "uniform").pvalue > ALARM
    assert stats.kstest(philox, "uniform").pvalue > ALARM
    assert stats.ks_2samp(ours, philox).pvalue > ALARM


# streams against each other


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (draws(month=0), draws(month=1)),
        (draws(month=0), draws(month=12)),
        (draws(month=-1), draws(month=0)),
        (draws(seed=1), draws(seed=2)),
        (draws(seed=0), draws(seed=2**32)),
        (draws(purpose=Purpose.BIRTH), draws(purpose=Purpose.DEATH)),
        (draws(month=1, purpose=Purpose.BIRTH), draws(month=0, purpose=Purpose.AGEING)),
        (draws(ids="adjacent"), draws(ids="even")),
    ],
    ids=[
        "months",
        "years",
        "turn of the year",
        "seeds",
        "high seeds",
        "purposes",
        "month for purpose",
        "ids",
    ],
)
def test_streams_do_not_follow_each_other(one: Floats, two: Floats) -> None:
    assert correlation(one, two) > ALARM
    assert correlation((one - 0.5) ** 2, (two - 0.5) ** 2) > ALARM
    grid = np.bincount((one * 16).astype(int) * 16 + (two * 16).astype(int), minlength=256)
    assert float(stats.chisquare(grid).pvalue) > ALARM


def test_purposes_are_uncorrelated_with_each_other() -> None:
    table = np.array([draws(purpose=purpose)[:4000] for purpose in Purpose])
    z = np.corrcoef(table)[np.triu_indices(len(Purpose), 1)] * np.sqrt(table.shape[1])
    assert 2 * stats.norm.sf(np.abs(z).max()) * z.size > ALARM  # Bonferroni over all pairs
    assert stats.kstest(z, "norm").pvalue > ALARM


def test_no_two_streams_of_a_run_share_a_stretch_of_ids() -> None:
    """Streams walk one cycle in steps of the increment; they must lie further apart than ids number."""
    inverse = pow(GOLDEN, -1, 1 << 64)
    states = [int(stream(1, month, purpose)) for month in range(-36, 600) for purpose in Purpose]
    steps = np.sort(np.array([state * inverse & MASK for state in states], dtype=np.uint64))
    assert np.diff(steps).min() > 10_000_000


# one draw


def oracle(seed: int, month: int, purpose: int, agent: int) -> float:
    """The same draw in whole numbers of any size, after Steele, Lea and Flood (2014)."""

    def finalise(z: int) -> int:
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
        return z ^ (z >> 31)

    state = finalise(seed + GOLDEN & MASK)
    state = finalise(state + (month & MASK) * GOLDEN & MASK)
    state = finalise(state + purpose * GOLDEN & MASK)
    return ((finalise(state + agent * GOLDEN & MASK) >> 12) + 0.5) * 2.0**-52


@given(st.integers(0, 2**63 - 1), st.integers(-36, 600), st.sampled_from(Purpose), st.integers(0, 2**64 - 1))
def test_a_draw_is_the_published_hash_of_seed_month_purpose_and_agent(
    seed: int, month: int, purpose: Purpose, agent: int
) -> None:
    drawn = uniform(stream(seed, month, purpose), np.uint64(agent))
    assert drawn == oracle(seed, month, int(purpose), agent)
    assert 0.0 < drawn <= 1.0


def test_reference_values_of_splitmix64() -> None:
    first_three = [int(mix(np.uint64(i * GOLDEN & MASK))) for i in (1, 2, 3)]
    assert first_three == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


@given(st.permutations(list(range(60))), st.integers(0, 60))
def test_a_draw_is_the_same_in_any_order_and_company(order: list[int], split: int) -> None:
    state, ids = stream(5, 7, Purpose.TALENT), IDS["random"][:60]
    alone = [uniform(state, agent) for agent in ids]
    shuffled = uniforms(state, ids[order])
    assert shuffled.tolist() == [alone[i] for i in order]
    assert np.concatenate([uniforms(state, ids[:split]), uniforms(state, ids[split:])]).tolist() == alone


def test_purposes_keep_their_numbers() -> None:
    numbers = [int(purpose) for purpose in Purpose]
    assert numbers == sorted(set(numbers))
    assert len(Purpose.__members__) == len(numbers)  # no second name for a number
    assert Purpose.POPULATION_SAMPLE == 1
    assert Purpose.AWARENESS == 9
    assert Purpose.TALENT == 32
    assert Purpose.RELOCATION_PREPARATION == 55


@pytest.mark.parametrize("bit", [0, 1, 7, 31, 32, 62, 63])
def test_one_bit_of_an_id_changes_half_of_the_bits(bit: int) -> None:
    state = int(stream(1, 1, Purpose.BIRTH))
    flips = [
        (
            int(mix(np.uint64(state + a * GOLDEN & MASK))) ^ int(mix(np.uint64(state + (a ^ 1 << bit) * GOLDEN & MASK)))
        ).bit_count()
        for a in range(2000)
    ]
    z = (np.mean(flips) - 32.0) / np.sqrt(64 * 0.25 / len(flips))
    assert 2 * stats.norm.sf(abs(z)) > ALARM


# normals and children


def test_normal_draws_have_the_moments_and_shape_of_a_normal() -> None:
    drawn = normals(stream(2, 3, Purpose.INCOME_SHOCK), np.arange(100_000, dtype=np.uint64))
    n = drawn.size
    centred = (drawn - drawn.mean()) / drawn.std()
    z = np.array(
        [
            drawn.mean() * np.sqrt(n),
            (drawn.var() - 1.0) * np.sqrt(n / 2.0),
            np.mean(centred**3) * np.sqrt(n / 6.0),
            (np.mean(centred**4) - 3.0) * np.sqrt(n / 24.0),
        ]
    )
    assert (2 * stats.norm.sf(np.abs(z)) > ALARM).all()
    assert stats.kstest(drawn, "norm").pvalue > ALARM
    assert correlation(drawn[:-1], drawn[1:]) > ALARM
    assert drawn[5] == normal(stream(2, 3, Purpose.INCOME_SHOCK), np.uint64(5))


def test_the_draws_of_one_decision_do_not_follow_each_other() -> None:
    state = stream(1, 0, Purpose.JOB_CELL)
    table = np.array([[uniform_of(state, agent, which) for agent in IDS["adjacent"][:5000]] for which in range(4)])
    for one in range(4):
        for two in range(one):
            assert correlation(table[one], table[two]) > ALARM
    assert correlation(table[0], uniforms(state, IDS["adjacent"][:5000])) > ALARM


def test_children_never_take_an_id_that_is_in_use() -> None:
    """Among 1.2 million random ids of 64 bits a collision has probability 4e-8."""
    parents = np.arange(1, 200_001, dtype=np.uint64)
    events = [
        stream(1, month, purpose) for month in (0, 1, 2) for purpose in (Purpose.BIRTH, Purpose.HOUSEHOLD_FORMATION)
    ]
    children = [np.array([child_id(event, parent) for parent in parents], dtype=np.uint64) for event in events[:3]]
    grandchildren = np.array([child_id(events[3], parent) for parent in children[0]], dtype=np.uint64)
    everybody = np.concatenate([parents, *children, grandchildren])
    assert np.unique(everybody).size == everybody.size
    assert everybody.min() > 0  # 0 marks a vacant row


def test_a_child_draws_independently_of_its_parent() -> None:
    parents = IDS["adjacent"]
    children = np.array([child_id(stream(1, 0, Purpose.BIRTH), parent) for parent in parents], dtype=np.uint64)
    state = stream(1, 1, Purpose.LABOUR_ENTRY)
    assert correlation(uniforms(state, parents), uniforms(state, children)) > ALARM
    assert min(test(uniforms(state, children)) for test in BATTERY) > ALARM
