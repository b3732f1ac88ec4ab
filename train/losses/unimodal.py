"""Unimodal-concentrated loss.

    L = 1/N sum_n [ log(v_n)/2 + (m_n - y_n)^2 / (2 v_n) ]
        + lambda 1/N sum_n sum_j max(0, -(p_nj - p_n,j+1) sgn(a_j - [y_n]))
    m_n = sum_j p_nj a_j,   v_n = sum_j p_nj (a_j - m_n)^2

The first term is the likelihood of the truth under a normal distribution with the prediction's own
mean and variance; the second forbids the prediction to rise again away from [y], the whole year
nearest to the truth (of two the even one).
Source: Li, Wang, Li, Chen, Cao, "Unimodal-concentrated loss: fully adaptive label distribution
learning for ordinal regression", CVPR 2022. The variance is floored here.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from train.losses.loss import OnAges

_LEAST_VARIANCE = 0.05


def concentrated_loss(probs: Tensor, ages: Tensor, years: Tensor) -> Tensor:
    """Negative log-likelihood but for its constant, in nats."""
    means = probs @ ages
    variances = (probs * (ages[None] - means[:, None]) ** 2).sum(1) + _LEAST_VARIANCE
    return (0.5 * variances.log() + (means - years) ** 2 / (2 * variances)).mean()


def unimodal_loss(probs: Tensor, ages: Tensor, years: Tensor) -> Tensor:
    """Sum of rises away from the true age, rounded to a whole year, per sample."""
    side = torch.sign(ages[None, :-1] - years.round()[:, None])
    return torch.relu(-(probs[:, :-1] - probs[:, 1:]) * side).sum(1).mean()


@dataclass(frozen=True, slots=True)
class UnimodalConcentratedLoss(OnAges):
    """The weighted sum.

    Attributes:
        unimodal_weight: lambda.
    """

    unimodal_weight: float = 1000.0

    def __call__(self, logits: Tensor, ages: Tensor, years: Tensor) -> Tensor:
        """The loss of (N, A) logits on an (A,) axis against (N,) true ages; a scalar."""
        probs = torch.softmax(logits, 1)
        return concentrated_loss(probs, ages, years) + self.unimodal_weight * unimodal_loss(
            probs, ages, years
        )
