import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values.age import AgeDistribution

AGES = np.arange(101, dtype=np.float32)


def gaussian(mean: float, std: float) -> AgeDistribution:
    weights = np.exp(-0.5 * ((AGES.astype(float) - mean) / std) ** 2)
    return AgeDistribution(AGES, (weights / weights.sum()).astype(np.float32))


def point(age: int) -> AgeDistribution:
    return AgeDistribution(AGES, np.equal(AGES, age).astype(np.float32))


def test_moments_match_a_loop_over_the_ages() -> None:
    distribution = gaussian(33.3, 4.2)
    pairs = list(zip(AGES.tolist(), distribution.probs.tolist(), strict=True))
    mean = sum(age * p for age, p in pairs)
    variance = sum(p * (age - mean) ** 2 for age, p in pairs)
    assert distribution.mean() == pytest.approx(mean, abs=1e-6)
    assert distribution.std() == pytest.approx(variance**0.5, abs=1e-6)


def test_mean_and_median_agree_on_a_symmetric_distribution() -> None:
    distribution = gaussian(40, 5)
    assert distribution.median() == pytest.approx(distribution.mean(), abs=1e-4)


def test_the_interval_of_a_gaussian_is_that_of_the_books() -> None:
    low, high = gaussian(50, 6).interval(0.9)
    assert (low, high) == (pytest.approx(50 - 1.645 * 6, abs=0.05), pytest.approx(59.87, abs=0.05))


def test_a_certain_age_is_spread_over_its_year() -> None:
    low, high = point(30).interval(0.5)
    assert (low, high) == (pytest.approx(29.75), pytest.approx(30.25))


def test_thresholds_count_whole_years_lived() -> None:
    assert point(17).probability_below(18) == 1
    assert point(18).probability_below(18) == 0
    assert point(18).probability_from(18) == 1


def test_below_and_from_share_all_probability() -> None:
    distribution = gaussian(20, 3)
    below, above = distribution.probability_below(18), distribution.probability_from(18)
    assert below + above == pytest.approx(1)


@given(
    st.lists(st.floats(0, 1), min_size=101, max_size=101).filter(lambda weights: sum(weights) > 0.1)
)
def test_quantiles_never_fall_and_stay_on_the_axis(weights: list[float]) -> None:
    probs = np.array(weights) / np.sum(weights)
    distribution = AgeDistribution(AGES, probs.astype(np.float32))
    quantiles = [float(distribution.quantile(level)) for level in np.linspace(0, 1, 21)]
    assert quantiles == sorted(quantiles)
    assert quantiles[0] >= 0
    assert quantiles[-1] <= 100.5


@given(st.floats(5, 95), st.floats(1, 8), st.floats(0.01, 0.99))
def test_the_share_below_a_quantile_is_its_level(mean: float, std: float, level: float) -> None:
    distribution = gaussian(mean, std)
    edges = np.concatenate([[-0.5], AGES + 0.5])
    cdf = np.concatenate([[0], np.cumsum(distribution.probs, dtype=float)])
    unborn = np.interp(0, edges, cdf)
    share = np.interp(distribution.quantile(level), edges, cdf)
    assert share == pytest.approx(max(level, unborn), abs=1e-4)


def test_nobody_is_younger_than_0() -> None:
    assert point(0).quantiles((0.05, 0.5, 0.95)) == pytest.approx([0, 0, 0.45])


def test_many_distributions_answer_row_by_row() -> None:
    both = AgeDistribution(AGES, np.stack([gaussian(20, 3).probs, gaussian(60, 5).probs]))
    assert both.median().shape == (2,)
    assert both[1].median() == pytest.approx(both.median()[1])
    assert both.interval(0.9)[0][0] == pytest.approx(gaussian(20, 3).interval(0.9)[0])


def test_an_axis_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="axis ages"):
        AgeDistribution(AGES, np.zeros((2, 70), np.float32))


def test_a_level_outside_0_to_1_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.\.1"):
        point(3).quantile(1.1)
