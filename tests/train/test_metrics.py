"""Metrics against closed forms."""

import numpy as np
import pytest
from scipy.stats import norm

from engine.values.age import AgeDistribution
from train.methods.method import Spread
from train.metrics import (
    bias_by_decade,
    bootstrap_interval,
    covered,
    crps,
    cumulative_score,
    epsilon_error,
    macro_mae,
    negative_log_likelihood,
    score,
)

AGES = np.arange(101, dtype=np.float32)


def normals(means: np.ndarray, sd: float) -> AgeDistribution:
    probs = norm.pdf(AGES[None], means[:, None], sd)
    return AgeDistribution(AGES, (probs / probs.sum(1, keepdims=True)).astype(np.float32))


def test_crps_of_a_normal_is_the_published_number() -> None:
    assert crps(normals(np.array([33.0]), 3.0), np.array([30.0]))[0] == pytest.approx(
        1.80174, abs=2e-3
    )


def test_crps_of_a_point_is_the_absolute_error() -> None:
    point = np.zeros((1, 101), np.float32)
    point[0, 40] = 1
    assert crps(AgeDistribution(AGES, point), np.array([33.0]))[0] == pytest.approx(7)


def test_crps_counts_every_year_beyond_the_axis() -> None:
    points = np.eye(101, dtype=np.float32)[[100, 30, 100]]
    found = crps(AgeDistribution(AGES, points), np.array([116.0, 116.0, 101.5]))
    np.testing.assert_allclose(found, [16, 86, 1.5])


def test_crps_of_ages_between_two_years_is_exact() -> None:
    random = np.random.default_rng(3)
    probs = random.dirichlet(np.full(101, 0.1), 50)
    probs[:2] = np.eye(101)[[33, 34]]
    years = np.concatenate([[33.25, 33.25], random.uniform(0, 100, 48)])
    away = (probs * np.abs(AGES - years[:, None])).sum(1)
    apart = np.einsum("ni,nj,ij->n", probs, probs, np.abs(AGES[:, None] - AGES))
    found = crps(AgeDistribution(AGES, probs.astype(np.float32)), years)
    np.testing.assert_allclose(found, away - apart / 2, atol=1e-4)
    np.testing.assert_allclose(found[:2], [0.25, 0.75], atol=1e-6)


def test_crps_of_whole_years_is_the_sum_over_thresholds_to_the_last_bit() -> None:
    random = np.random.default_rng(4)
    found = AgeDistribution(AGES, random.dirichlet(np.full(101, 0.1), 102).astype(np.float32))
    years = np.arange(102.0)
    below = np.cumsum(found.probs, -1, dtype=np.float64)
    expected = np.sum((below - (AGES[None] >= years[:, None])) ** 2, -1)
    np.testing.assert_array_equal(crps(found, years), expected)


def test_likelihood_of_a_certain_answer_is_zero_and_of_an_impossible_one_is_floored() -> None:
    point = np.zeros((2, 101), np.float32)
    point[:, 40] = 1
    found = negative_log_likelihood(AgeDistribution(AGES, point), np.array([40.0, 10.0]))
    np.testing.assert_allclose(found, [0, -np.log(1e-12)], atol=1e-6)


def test_honest_distributions_cover_what_they_claim() -> None:
    random = np.random.default_rng(0)
    means = random.uniform(30, 70, 4000)
    years = means + random.normal(0, 5, 4000)
    found = normals(means, 5.0)
    assert covered(found, years, 0.9).mean() == pytest.approx(0.9, abs=0.015)
    assert covered(found, years, 0.5).mean() == pytest.approx(0.5, abs=0.025)


def test_the_bootstrap_counts_a_group_once() -> None:
    values = np.concatenate([np.full(500, 9.0), np.arange(20, dtype=float) % 2])
    wide = bootstrap_interval(values, ["one"] * 500 + [str(i) for i in range(20)])
    narrow = bootstrap_interval(values, [str(i) for i in range(520)])
    assert wide[1] - wide[0] > 5 * (narrow[1] - narrow[0])


def test_scores_of_shifted_answers_show_the_shift() -> None:
    years = np.linspace(20, 80, 61)
    found = score(normals(years + 2, 4.0), years, [str(i) for i in range(61)])
    assert found.images == 61
    assert found.mae == pytest.approx(2, abs=0.02)
    assert found.bias == pytest.approx(2, abs=0.02)
    assert found.cs5 == 1.0
    assert found.width90 == pytest.approx(2 * 1.645 * 4, abs=0.1)
    assert found.width50 == pytest.approx(2 * 0.6745 * 4, abs=0.1)


def test_scores_are_means_of_what_each_answer_scores() -> None:
    random = np.random.default_rng(2)
    years = random.uniform(20, 80, 300)
    found = AgeDistribution(AGES, random.dirichlet(np.full(101, 0.1), 300).astype(np.float32))
    scores = score(found, years, [str(i) for i in range(300)])
    off = np.abs(found.median() - years)
    assert scores.mae_of_mean == pytest.approx(np.abs(found.mean() - years).mean(), abs=1e-4)
    assert scores.median_error == pytest.approx(np.median(off), abs=1e-4)
    assert scores.crps == pytest.approx(crps(found, years).mean(), abs=1e-4)
    assert scores.nll == pytest.approx(negative_log_likelihood(found, years).mean(), abs=1e-4)
    assert scores.cover50 == pytest.approx(covered(found, years, 0.5).mean(), abs=1e-4)
    assert scores.cover90 == pytest.approx(covered(found, years, 0.9).mean(), abs=1e-4)
    reach = 1.96 * off.std() / np.sqrt(300)
    ends = off.mean() - reach, off.mean() + reach
    assert (scores.mae_low, scores.mae_high) == pytest.approx(ends, abs=0.15 * reach)


@pytest.mark.parametrize(
    ("away", "expected"), [(0, 0.0), (4, 1 - np.exp(-0.5)), (8, 1 - np.exp(-2.0))]
)
def test_the_epsilon_error_is_that_of_a_normal_of_the_votes(away: float, expected: float) -> None:
    years = np.array([30.0, 50.0, 40.0])
    found = epsilon_error(years + away, years, np.array([4.0, 4.0, np.nan]))
    assert found == pytest.approx(expected)


def test_votes_that_all_agree_are_all_or_nothing() -> None:
    years = np.array([30.0, 30.0])
    assert epsilon_error(np.array([30.0, 30.1]), years, np.zeros(2)) == pytest.approx(0.5)


def test_without_votes_there_is_no_epsilon_error() -> None:
    assert np.isnan(epsilon_error(np.ones(2), np.ones(2), np.full(2, np.nan)))


def test_the_macro_error_counts_people_and_not_photographs() -> None:
    errors = np.array([-1.0, 1.0, 1.0, 7.0])
    assert macro_mae(errors, ["anna", "anna", "anna", "bert"]) == pytest.approx(4.0)


def test_bias_is_told_for_each_decade() -> None:
    errors, years = np.array([1.0, 3.0, -2.0]), np.array([3.0, 9.9, 10.0])
    assert bias_by_decade(errors, years) == {"0s": 2.0, "10s": -2.0}


def test_whole_years_off_by_exactly_five_are_within_five() -> None:
    """A median is read from float32 probabilities: it misses whole years by a hair."""
    years = np.arange(10, 70, dtype=np.float64)
    off = np.where(years % 2, 5.0, -5.0)
    found = Spread(4.0, 0.05).around(years + off)
    assert score(found, years, [str(year) for year in years]).cs5 == 1
    curve = cumulative_score(found.median() - years)
    assert (curve[4], curve[5]) == (0, 1)


def test_the_cumulative_score_counts_errors_up_to_each_year() -> None:
    found = cumulative_score(np.array([0.0, -1.0, 1.5, 20.0]), 3)
    np.testing.assert_allclose(found, [0.25, 0.5, 0.75, 0.75])
