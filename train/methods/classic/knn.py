"""Nearest neighbours: the mean age of the k nearest faces, nearer ones counting more.

    age(x) = sum_n w_n y_n / sum_n w_n,   w_n = 1 / |x - x_n|   over the k nearest n

Source: Cover and Hart, "Nearest neighbor pattern classification", 1967. k is chosen on watched
people.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.neighbors import KNeighborsRegressor

from engine.values.age import Doubles, Floats
from train.methods.classic.shallow import Answer, Labelled, error, with_spread


@dataclass(frozen=True, slots=True)
class NearestNeighbours:
    """The learner.

    Attributes:
        neighbours: Candidates for k.
    """

    neighbours: tuple[int, ...] = (3, 5, 10, 20, 30)

    def __call__(self, train: Labelled, watch: Labelled, seed: int) -> Answer:  # noqa: ARG002
        """Learn by heart."""
        counts = [count for count in self.neighbours if count <= len(train.years)]
        candidates = [partial(_ages, _fitted(train, count)) for count in counts]
        return with_spread(min(candidates, key=lambda ages: error(ages, watch)), watch)


def _fitted(train: Labelled, count: int) -> KNeighborsRegressor:
    return KNeighborsRegressor(count, weights="distance").fit(train.x, train.years)


def _ages(neighbours: KNeighborsRegressor, x: Floats) -> Doubles:
    return np.asarray(neighbours.predict(x), np.float64)
