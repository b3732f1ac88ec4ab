"""Metrics against closed forms."""

import numpy as np
import pytest
from scipy.stats import norm

from engine.values.age import AgeDistribution
from train.metrics import bootstrap_interval, covered, crps, negative_log_likelihood, score

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
