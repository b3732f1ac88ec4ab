"""OHRanker: one cost-sensitive hyperplane for each "older than k", and their votes counted.

    f_k = SVM on [y > k] with costs c_k(n) = min(c, y_n - k if y_n > k else k + 1 - y_n)
    age(x) = a_min + sum_k [f_k(x) > 0]

Source: Chang, Chen, Hung, "Ordinal hyperplanes ranker with cost sensitivities for age estimation",
CVPR 2011. All thresholds share one Gaussian kernel. Departs in truncating the absolute cost (`cap`)
and where fewer than five samples are on a side of a threshold: nobody is older than such high ones,
everybody older than such low ones, so that a_min is the first threshold that can be learnt.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.svm import SVC

from engine.values.age import Doubles, Floats
from train.methods.classic.shallow import Answer, Labelled, error, with_spread

_FEWEST = 5


@dataclass(frozen=True, slots=True, eq=False)
class RankedHyperplanes:
    """What was learnt.

    Attributes:
        youngest: a_min, years: the first threshold that was learnt.
        x: (N, D) training descriptions.
        precision: Of the Gaussian kernel.
        weights: (N, K) of the training samples in each threshold's hyperplane.
        offsets: (K,).
    """

    youngest: int
    x: Floats
    precision: float
    weights: Doubles
    offsets: Doubles

    def __call__(self, x: Floats) -> Doubles:
        """(N, D) descriptions to (N,) ages in whole years."""
        votes = kernel(x, self.x, self.precision) @ self.weights + self.offsets > 0
        return self.youngest + votes.sum(1).astype(np.float64)


@dataclass(frozen=True, slots=True)
class OHRanker:
    """The learner.

    Attributes:
        softness: Candidates for C, chosen on watched people.
        cap: c, the largest cost in years.
        reach: Kernel width in units of the median distance of two samples.
    """

    softness: tuple[float, ...] = (1.0, 10.0)
    cap: float = 10.0
    reach: float = 1.0

    def __call__(self, train: Labelled, watch: Labelled, seed: int) -> Answer:  # noqa: ARG002
        """Learn all hyperplanes for each candidate and keep the best ones."""
        squares = cdist(train.x, train.x, "sqeuclidean")
        precision = 1 / (self.reach**2 * float(np.median(squares)))
        gram = np.exp(-precision * squares)
        found = [self._rank(train, gram, precision, c) for c in self.softness]
        return with_spread(min(found, key=lambda ages: error(ages, watch)), watch)

    def _rank(
        self, train: Labelled, gram: Doubles, precision: float, softness: float
    ) -> RankedHyperplanes:
        years = np.rint(train.years).astype(int)
        thresholds = np.arange(years.min(), years.max())
        learnable = [k for k in thresholds if _FEWEST <= (years > k).sum() <= len(years) - _FEWEST]
        planes = [self._hyperplane(years, k, gram, softness) for k in learnable]
        weights = np.stack([weights for weights, _ in planes], 1)
        offsets = np.array([offset for _, offset in planes])
        return RankedHyperplanes(int(learnable[0]), train.x, precision, weights, offsets)

    def _hyperplane(
        self, years: np.ndarray, threshold: int, gram: Doubles, softness: float
    ) -> tuple[Doubles, float]:
        costs = ranking_costs(years, threshold, self.cap)
        machine = SVC(C=softness, kernel="precomputed", cache_size=64)
        machine.fit(gram, years > threshold, costs / costs.mean())
        weights = np.zeros(len(years))
        weights[machine.support_] = machine.dual_coef_[0]
        return weights, float(machine.intercept_[0])


def ranking_costs(years: np.ndarray, threshold: int, cap: float) -> Doubles:
    """(N,) years that a wrong vote of one threshold would put an estimate off at least, capped."""
    gaps = np.where(years > threshold, years - threshold, threshold + 1 - years)
    return np.minimum(gaps, cap).astype(np.float64)


def kernel(x: Floats, other: Floats, precision: float) -> Doubles:
    """(N, M) exp(-precision |x - other|^2)."""
    return np.exp(-precision * cdist(x, other, "sqeuclidean"))
