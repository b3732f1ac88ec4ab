"""Cumulative attributes: how many years lie behind a face, learnt jointly, then read by an SVR.

    c_j(y) = [j <= y], j = 1..100,   C = ridge regression x -> c,   age(x) = SVR(C(x))

Source: Chen, Gong, Xiang, Loy, "Cumulative attribute space for age and crowd density estimation",
CVPR 2013. Ridge penalty and C of the SVR are chosen on watched people.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from engine.values.age import Doubles, Floats
from train.methods.classic.shallow import Answer, Labelled, error, with_spread
from train.methods.method import AGES


@dataclass(frozen=True, slots=True)
class CumulativeAttributes:
    """The learner.

    Attributes:
        penalties: Candidates of the ridge.
        softness: Candidates of the SVR's C.
    """

    penalties: tuple[float, ...] = (30.0, 300.0, 3000.0)
    softness: tuple[float, ...] = (10.0, 100.0)

    def __call__(self, train: Labelled, watch: Labelled, seed: int) -> Answer:  # noqa: ARG002
        """Learn both stages for all candidates and keep the best."""
        pairs = product(self.penalties, self.softness)
        candidates = [_fit(train, penalty, c) for penalty, c in pairs]
        return with_spread(min(candidates, key=lambda ages: error(ages, watch)), watch)


def cumulative_attributes(years: Floats) -> Floats:
    """(N,) ages to (N, 100) zeros and ones: one for each year lived."""
    return (AGES[None, 1:] <= np.rint(years)[:, None]).astype(np.float32)


def _fit(train: Labelled, penalty: float, softness: float) -> Callable[[Floats], Doubles]:
    ridge = Ridge(penalty).fit(train.x, cumulative_attributes(train.years))
    machine = make_pipeline(StandardScaler(), SVR(C=softness, epsilon=0.5))
    machine.fit(ridge.predict(train.x), train.years)
    return lambda x: np.asarray(machine.predict(ridge.predict(x)), np.float64)
