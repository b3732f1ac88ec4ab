import numpy as np
import pytest

from train.methods.classic.ohrank import OHRanker, ranking_costs
from train.methods.classic.shallow import Labelled


def test_costs_are_the_years_that_a_wrong_vote_puts_off() -> None:
    years = np.array([0, 4, 5, 6, 30])
    assert ranking_costs(years, 4, 10).tolist() == [5, 1, 1, 2, 10]


def test_a_wrong_vote_costs_more_the_further_it_puts_off() -> None:
    """Eight faces of 10 and twelve of 21 look alike: they are older than k if 12 (21 - k) is more
    than 8 (k + 1 - 10), which it is up to 16. Without costs the twelve would win all the way."""
    years = np.array([10] * 8 + [21] * 12 + [40] * 20, np.float32)
    x = (years == 40)[:, None].astype(np.float32)
    answer = OHRanker()(Labelled(x, years), Labelled(x, years), 1)
    assert answer(x).median() == pytest.approx(np.array([17] * 20 + [40] * 20), abs=0.01)


def test_ages_are_votes_counted_from_the_youngest() -> None:
    random = np.random.default_rng(1)
    years = random.integers(20, 31, 200).astype(np.float32)
    x = np.stack([years, random.normal(size=200)], 1).astype(np.float32)
    answer = OHRanker()(Labelled(x, years), Labelled(x, years), 1)
    assert np.abs(answer(x).median() - years).mean() < 0.6


def test_rare_ages_take_part_without_hyperplanes_of_their_own() -> None:
    years = np.array([1] * 20 + [2] * 20 + [60], np.float32)
    x = years[:, None].clip(0, 5)
    answer = OHRanker()(Labelled(x, years), Labelled(x, years), 1)
    assert answer(x[:40]).median() == pytest.approx(years[:40], abs=0.5)


def test_a_rare_youngest_does_not_make_the_others_younger() -> None:
    years = np.array([1] + [59] * 20 + [60] * 20, np.float32)
    x = years[:, None].clip(55, 60)
    answer = OHRanker()(Labelled(x, years), Labelled(x, years), 1)
    assert answer(x[1:]).median() == pytest.approx(years[1:], abs=0.5)
