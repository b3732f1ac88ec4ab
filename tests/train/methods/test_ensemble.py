from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pytest

from train.methods.ensemble import Ensemble
from train.methods.method import AGES, Predictor, Samples, Spread


@dataclass(frozen=True)
class Always:
    """Answers one age, older by the seed it learnt with."""

    age: float
    name: str = "always"

    def fit(self, _train: Samples, _watch: Samples, seed: int) -> Predictor:
        return lambda samples: Spread(3.0, 0.0).around(np.full(len(samples), self.age + seed))


@dataclass(frozen=True)
class Years:
    years: np.ndarray

    def __len__(self) -> int:
        return len(self.years)


def samples(*years: float) -> Samples:
    return cast(Samples, Years(np.array(years, np.float32)))


def test_the_answer_lies_between_those_of_the_members() -> None:
    learnt = Ensemble("both", (Always(20), Always(30))).fit(samples(25, 26), samples(24, 27), 0)
    found = learnt(samples(25))
    assert found.ages is AGES
    assert float(found.mean()[0]) == pytest.approx(25.5, abs=0.3)  # the second has seed 1


def test_a_member_of_three_times_the_weight_counts_three_times() -> None:
    members = (Always(20), Always(29))  # the second has seed 1: 30
    learnt = Ensemble("both", members, weights=(3.0, 1.0)).fit(samples(22), samples(19, 31), 0)
    assert float((learnt(samples(22)).probs[0, :25]).sum()) == pytest.approx(0.75, abs=0.2)
    plain = replace(learnt, temperature=1.0)(samples(22))
    assert float(plain.mean()[0]) == pytest.approx(22.5, abs=0.05)


def test_the_mean_is_sharpened_where_it_is_right_and_widened_where_it_is_wrong() -> None:
    members = (Always(24), Always(25))
    right = Ensemble("both", members).fit(samples(25), samples(25, 25), 0)
    wrong = Ensemble("both", members).fit(samples(25), samples(5, 45), 0)
    assert right.temperature < 1 < wrong.temperature
    assert right(samples(25)).std()[0] < wrong(samples(25)).std()[0]
