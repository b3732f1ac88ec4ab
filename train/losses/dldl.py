"""Deep label distribution learning (DLDL).

    d_j ~ exp(-(a_j - y)^2 / (2 s^2)),   L = 1/N sum_n sum_j d_nj log(d_nj / p_nj)

Source: Gao, Xing, Xie, Wu, Geng, "Deep label distribution learning with label ambiguity", 2017.
The entropy of d is left out, which changes no gradient. Departs in one s for all: where ages are
means of votes, theirs is the deviation of the votes.
"""

from dataclasses import dataclass

from torch import Tensor

from train.losses.label_distribution import gaussian_targets, soft_cross_entropy
from train.losses.loss import OnAges


@dataclass(frozen=True, slots=True)
class DLDLLoss(OnAges):
    """Cross-entropy against a Gaussian.

    Attributes:
        sigma_years: s; 0 for the rounded age alone.
    """

    sigma_years: float = 2.0

    def __call__(self, logits: Tensor, ages: Tensor, years: Tensor) -> Tensor:
        """The loss of (N, A) logits on an (A,) axis against (N,) true ages; a scalar."""
        return soft_cross_entropy(logits, gaussian_targets(years, ages, self.sigma_years))
