"""Soft ordinal labels (SORD).

    d_j = exp(-phi(a_j, y)) / sum_k exp(-phi(a_k, y)),   L = -1/N sum_n sum_j d_nj log p_nj
    phi(a, y) = |a - y| or (a - y)^2

Source: Diaz, Marathe, "Soft labels for ordinal regression", CVPR 2019.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from train.losses.label_distribution import soft_cross_entropy
from train.losses.loss import OnAges


@dataclass(frozen=True, slots=True)
class SORDLoss(OnAges):
    """Cross-entropy against soft ordinal labels.

    Attributes:
        power: 1 or 2, the exponent in phi.
        scale: phi is multiplied by it.
    """

    power: int = 1
    scale: float = 1.0

    def __call__(self, logits: Tensor, ages: Tensor, years: Tensor) -> Tensor:
        """The loss of (N, A) logits on an (A,) axis against (N,) true ages; a scalar."""
        away = (ages[None] - years[:, None]).abs() ** self.power
        return soft_cross_entropy(logits, torch.softmax(-self.scale * away, 1))
