"""Age as a distribution: the axis travels with the numbers. Knows no model and no track."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AgeDistribution:
    """One or many age distributions on one axis.

    The probability at integer age a is spread evenly over [a - 0.5, a + 0.5] for quantiles, so
    that mean and median agree on a symmetric distribution; thresholds count whole years lived.

    Attributes:
        ages: (A,) float32, years, ascending by one.
        probs: (..., A) float32, rows sum to 1.
    """

    ages: Floats
    probs: Floats

    def __post_init__(self) -> None:
        """Check that the axis fits the numbers."""
        if self.ages.ndim != 1 or self.probs.shape[-1:] != self.ages.shape:
            raise ValueError(
                f"probs must end in the axis ages {self.ages.shape}; got {self.probs.shape}"
            )

    def __getitem__(self, key: int | slice) -> "AgeDistribution":
        """Select along the first dimension of probs."""
        return AgeDistribution(self.ages, self.probs[key])

    def mean(self) -> Doubles:
        """Expected age in years, shape (...)."""
        return self.probs.astype(np.float64) @ self.ages.astype(np.float64)

    def std(self) -> Doubles:
        """Standard deviation in years, shape (...)."""
        offset = self.ages.astype(np.float64) - np.asarray(self.mean())[..., None]
        return np.sqrt(np.sum(self.probs * offset**2, -1))

    def quantile(self, level: float) -> Doubles:
        """Age in years below which `level` of the probability lies, shape (...)."""
        return self.quantiles((level,))[..., 0]

    def quantiles(self, levels: Sequence[float]) -> Doubles:
        """Ages in years below which `levels` of the probability lie, shape (..., L).

        The half year by which the first age's probability reaches below the axis counts as that
        age: nobody is younger than 0.
        """
        if not all(0 <= level <= 1 for level in levels):
            raise ValueError(f"a quantile level lies in 0..1; got {levels}")
        wanted = np.array(levels)
        cdf = np.cumsum(self.probs, -1, dtype=np.float64)
        cdf /= cdf[..., -1:]
        at = np.minimum((cdf[..., None, :] < wanted[:, None]).sum(-1), len(self.ages) - 1)
        upper = np.take_along_axis(cdf, at, -1)
        mass = np.maximum(np.take_along_axis(self.probs.astype(np.float64), at, -1), 1e-12)
        part = np.clip(1 - (upper - wanted) / mass, 0, 1)
        return np.maximum(self.ages[at] - 0.5 + part, self.ages[0]).astype(np.float64)

    def median(self) -> Doubles:
        """Median age in years, shape (...)."""
        return self.quantile(0.5)

    def interval(self, level: float) -> tuple[Doubles, Doubles]:
        """Central interval holding `level` of the probability: lower and upper age in years."""
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    def probability_below(self, age: int) -> Doubles:
        """P(age in whole years < `age`), shape (...)."""
        return np.sum(self.probs[..., self.ages < age], -1, dtype=np.float64)

    def probability_from(self, age: int) -> Doubles:
        """P(age in whole years >= `age`), shape (...)."""
        return np.sum(self.probs[..., self.ages >= age], -1, dtype=np.float64)
