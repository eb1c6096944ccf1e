"""Every number of the answer is the result's own, and no sentence claims more than the seeds allow."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from sim.comparison import compare
from sim.places import CITY
from sim.report.answer import Compared, answer
from sim.report.gains import GainsSummary, gains_summary
from sim.report.measures import DIRECT, GDP, effect, interval
from sim.report.page import build_page
from sim.report.variants import OtherRun
from sim.report.words import level, rounded
from sim.results import RunResult
from sim.units import Language
from tests.closing_tables import columns_of, result_of
from tests.report.results import ASKED, made_result
from tests.runs import tiny_result

NONE = OtherRun("none", "none")


def sentences(result: RunResult, language: Language = "en", other: OtherRun | None = NONE) -> list[str]:
    return answer(Compared(result, other, language), None)


def with_gdp(asked: Sequence[float], other: Sequence[float]) -> RunResult:
    return made_result({ASKED: asked, "none": other})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_answer_has_five_sentences_in_each_language(language: Language) -> None:
    end = "." if language == "en" else "。"
    for result in (tiny_result(), with_gdp([2e8], [1e8]), made_result({ASKED: [1e8, 2e8]})):
        said = build_page(result, language).answer
        assert len(said) == 5
        assert all(sentence.endswith(end) for sentence in said)
        assert all("{" not in sentence and "nan" not in sentence for sentence in said)


def test_a_certain_effect_is_stated_with_its_interval() -> None:
    said = sentences(with_gdp([2.01e9, 2.02e9, 2.03e9], [1.9e9, 1.9e9, 1.9e9]))[0]
    # twelve months of 2.02 and 1.9 bn; the differences 1.32, 1.44, 1.56 bn have a standard error of 0.0693 bn
    assert "is 24.24 bn CNY, 1.44 bn CNY or 6.3 % higher than in the run with none of the reforms" in said
    reach = stats.t.ppf(0.975, 2) * 0.12 / math.sqrt(3)
    assert f"(95 % interval +{1.44 - reach:.2f} to +{1.44 + reach:.2f} bn CNY)" in said


def test_an_effect_whose_interval_holds_zero_is_not_claimed() -> None:
    result = with_gdp([2.2e9, 1.9e9], [2.0e9, 2.0e9])
    english, chinese = sentences(result)[0], sentences(result, "zh")[0]
    assert "cannot be told apart from zero" in english
    assert "higher" not in english
    assert "与零无法区分" in chinese
    assert "高" not in chinese


def test_one_seed_says_that_chance_is_unknown() -> None:
    result = with_gdp([2.2e9], [2.0e9])
    assert "with a single seed nobody can say" in sentences(result)[0]
    assert "interval" not in " ".join(sentences(result))
    assert "只运行了1个随机种子" in sentences(result, "zh")[0]
    page = build_page(result, "en")
    assert page.is_single
    assert any("Only one seed" in sentence for sentence in page.sureness)


def test_no_difference_in_any_seed_is_said_to_be_none() -> None:
    result = with_gdp([2.0e9, 2.1e9], [2.0e9, 2.1e9])
    assert "practically the same as in the run with none of the reforms" in sentences(result)[0]
    assert "practically unchanged" in sentences(result)[2]


def test_without_another_run_only_levels_are_stated() -> None:
    said = sentences(made_result({ASKED: [2.0e9, 2.2e9]}), other=None)
    assert "is 25.2 bn CNY (lowest to highest seed 24 to 26.4 bn CNY)" in said[0]
    assert "no other run stands beside this scenario" in said[3]
    assert "higher" not in " ".join(said)


def test_the_numbers_of_a_real_run_are_those_of_its_series() -> None:
    result = tiny_result()
    asked, none = (result.values("gdp", CITY, label)[:, -12:].sum(axis=1) for label in (ASKED, "none"))
    found = effect(GDP, result, "none")
    assert found.value == pytest.approx(asked.mean())
    assert found.difference == pytest.approx((asked - none).mean())
    low, high = stats.t.interval(0.95, 1, (asked - none).mean(), stats.sem(asked - none))
    assert (found.low, found.high) == pytest.approx((low, high))
    said = build_page(result, "en").answer
    assert level(float(asked.mean()), "CNY", "en") in said[0]
    for measure in DIRECT.values():
        ends = result.values(measure.name, CITY, ASKED)[:, -1], result.values(measure.name, CITY, "none")[:, -1]
        assert effect(measure, result, "none").difference == pytest.approx((ends[0] - ends[1]).mean())
    total = result.data.public_cost[0, ..., -1].sum(axis=(1, 2)).mean()
    assert level(float(total), "CNY", "en", 3) in said[4]


def test_gains_are_those_of_the_comparison() -> None:
    comparison = compare(tiny_result(), against="none")
    (everybody,) = comparison.gains("all")
    summary = gains_summary(comparison, "en")
    assert summary.everybody.better == level(everybody.better, "ratio", "en", 2)
    assert summary.everybody.with_unit.lstrip("+−").split()[0] == f"{abs(everybody.change):,.0f}"
    said = build_page(tiny_result(), "en").answer[3]
    assert summary.everybody.better in said
    assert summary.everybody.worse in said


def extreme_tenths(poor: Sequence[float], rich: Sequence[float]) -> GainsSummary:
    """Return what is said of two tenths whose changes by seed, CNY per person and year, are given."""
    after, before = (
        [
            columns_of(id=[1, 2], start_decile=[1, 10], income=[1000.0 + part * low, 1000.0 + part * high])
            for low, high in zip(poor, rich, strict=True)
        ]
        for part in (1.0, 0.0)
    )
    return gains_summary(compare(result_of({"with": after, "none": before})), "en")


def test_tenths_that_differ_by_the_same_in_every_seed_are_told_apart_however_much_both_vary() -> None:
    poor = [10.0, 400.0, 700.0]
    found = extreme_tenths(poor, [change + 5.0 for change in poor])
    assert found.most is not None
    assert found.least is not None
    assert (found.most.group, found.least.group) == ("tenth 10 (richest)", "tenth 1 (poorest)")


def test_tenths_that_chance_alone_may_order_are_not_named() -> None:
    for found in (extreme_tenths([10.0, 400.0, 700.0], [700.0, 15.0, 500.0]), extreme_tenths([10.0], [15.0])):
        assert (found.most, found.least) == (None, None)


def test_the_interval_covers_the_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    samples = rng.normal(1.0, 2.0, (4000, 4))
    ends = np.array([interval(sample) for sample in samples])
    covered = np.mean((ends[:, 0] < 1.0) & (ends[:, 1] > 1.0))
    assert covered == pytest.approx(0.95, abs=0.012)
    assert all(math.isnan(end) for end in interval(np.array([1.0])))


def test_effects_keep_two_digits_of_their_spread() -> None:
    found = rounded(effect(GDP, with_gdp([2.01e9, 2.02e9, 2.03e9], [1.9e9, 1.9e9, 1.9e9]), "none"))
    assert (found.low, found.difference, found.high) == pytest.approx((1.14e9, 1.44e9, 1.74e9))


def test_a_saving_is_called_one() -> None:
    result = made_result({ASKED: [1e9, 1e9], "documented": [1e9, 1e9]})
    costs = result.data.public_cost
    costs[:] = 0.0
    costs[0, :, 1, :, -1], costs[1, :, 1, :, -1] = 2e6, 5e6
    said = sentences(result, other=OtherRun("documented", "documented"))[4]
    assert "3 million CNY less than the run with all reforms as documented (the same in every seed)" in said
