"""DLDL-v2: label distribution and expected age learnt together.

    L = 1/N sum_n [ -sum_j d_nj log p_nj + lambda |m_n - y_n| ],   m_n = sum_j p_nj a_j
    d_j ~ exp(-(a_j - y)^2 / (2 s^2))

Source: Gao, Zhou, Wu, Geng, "Age estimation using expectation of label distribution learning",
IJCAI 2018. Departs in one s for all: where ages are means of votes, theirs is their deviation.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from train.losses.label_distribution import gaussian_targets, soft_cross_entropy
from train.losses.loss import OnAges


@dataclass(frozen=True, slots=True)
class DLDLv2Loss(OnAges):
    """The weighted sum.

    Attributes:
        sigma_years: s.
        expectation_weight: lambda.
    """

    sigma_years: float = 2.0
    expectation_weight: float = 1.0

    def __call__(self, logits: Tensor, ages: Tensor, years: Tensor) -> Tensor:
        """The loss of (N, A) logits on an (A,) axis against (N,) true ages; a scalar."""
        means = torch.softmax(logits, 1) @ ages
        targets = gaussian_targets(years, ages, self.sigma_years)
        return (
            soft_cross_entropy(logits, targets)
            + self.expectation_weight * (means - years).abs().mean()
        )
