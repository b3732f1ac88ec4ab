import math

import numpy as np
import pytest

from train.thresholds import Bin, Challenge, challenge, reliability


def test_sure_and_right_costs_nothing() -> None:
    found = reliability(np.array([0.0, 1.0, 1.0]), np.array([False, True, True]))
    assert (found.brier, found.calibration_error) == (0, 0)
    assert found.bins == [Bin(1, 0.0, 0.0), Bin(2, 1.0, 1.0)]


def test_the_scores_are_those_of_the_sums_written_out() -> None:
    chances = np.array([0.12, 0.18, 0.55, 0.95])
    happened = np.array([False, True, True, True])
    found = reliability(chances, happened)
    assert found.brier == pytest.approx((0.12**2 + 0.82**2 + 0.45**2 + 0.05**2) / 4)
    assert [b.images for b in found.bins] == [2, 1, 1]
    assert found.bins[0].claimed == pytest.approx(0.15)
    assert found.bins[0].found == 0.5
    assert found.calibration_error == pytest.approx((2 * 0.35 + 0.45 + 0.05) / 4)


def test_chances_that_come_true_have_little_calibration_error() -> None:
    random = np.random.default_rng(0)
    chances = random.uniform(0, 1, 40000)
    happened = random.uniform(0, 1, 40000) < chances
    found = reliability(chances, happened)
    assert found.calibration_error < 0.01
    assert found.brier == pytest.approx(1 / 6, abs=0.005)  # mean of p (1 - p)
    assert reliability(chances**2, happened).calibration_error > 0.1


def test_challenge_25_counts_minors_let_pass_and_adults_stopped() -> None:
    years = np.array([13.0, 14.0, 17.9, 18.0, 24.0, 25.0, 30.5, 31.0])
    estimates = np.array([40.0, 25.0, 24.9, 40.0, 10.0, 24.9, 25.0, 10.0])
    assert challenge(estimates, years) == Challenge(2, 0.5, 2, 0.5)


def test_where_there_is_nobody_there_is_no_share() -> None:
    found = challenge(np.array([50.0]), np.array([50.0]))
    assert (found.minors, found.adults) == (0, 0)
    assert math.isnan(found.passed)
    assert math.isnan(found.stopped)
