"""Mean-variance loss.

    L = CE(z, y) + lambda_1 1/(2N) sum_n (m_n - y_n)^2 + lambda_2 1/N sum_n v_n
    m_n = sum_j p_nj a_j,   v_n = sum_j p_nj (a_j - m_n)^2

Source: Pan, Han, Shan, Chen, "Mean-variance loss for deep age estimation from a face", CVPR 2018.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from train.losses.amr import mean_loss
from train.losses.label_distribution import gaussian_targets, soft_cross_entropy
from train.losses.loss import OnAges


def variance_loss(probs: Tensor, ages: Tensor) -> Tensor:
    """Mean variance of (N, A) distributions on an (A,) axis, in years squared."""
    means = probs @ ages
    return (probs * (ages[None] - means[:, None]) ** 2).sum(1).mean()


@dataclass(frozen=True, slots=True)
class MeanVarianceLoss(OnAges):
    """The weighted sum.

    Attributes:
        mean_weight: lambda_1.
        variance_weight: lambda_2.
    """

    mean_weight: float = 0.2
    variance_weight: float = 0.05

    def __call__(self, logits: Tensor, ages: Tensor, years: Tensor) -> Tensor:
        """The loss of (N, A) logits on an (A,) axis against (N,) true ages; a scalar."""
        probs = torch.softmax(logits, 1)
        return (
            soft_cross_entropy(logits, gaussian_targets(years, ages, 0))
            + self.mean_weight * mean_loss(probs, ages, years)
            + self.variance_weight * variance_loss(probs, ages)
        )
