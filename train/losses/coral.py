"""Rank-consistent ordinal regression (CORAL).

    z_nk = w x_n + b_k,   L = -1/N sum_n sum_k [ t_nk log s(z_nk) + (1 - t_nk) log(1 - s(z_nk)) ]
    t_nk = [y_n > a_k],   s the logistic function,   k = 0..A-2

One weight vector for all thresholds: the hyperplanes are parallel and cannot contradict each other
once the biases fall.
Source: Cao, Mirjalili, Raschka, "Rank consistent ordinal regression for neural networks with
application to age estimation", 2020.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from train.losses.or_cnn import ORCNNLoss


class ParallelThresholds(nn.Module):
    """A linear layer with one weight vector and a bias a threshold, at first 1 down to 1 / K."""

    def __init__(self, width: int, thresholds: int) -> None:
        super().__init__()
        self.score = nn.Linear(width, 1, bias=False)
        self.bias = nn.Parameter(torch.arange(thresholds, 0, -1) / thresholds)

    def forward(self, features: Tensor) -> Tensor:
        """(N, width) to (N, thresholds)."""
        return self.score(features) + self.bias


@dataclass(frozen=True, slots=True)
class CORALLoss(ORCNNLoss):
    """The binary cross-entropies of OR-CNN on parallel hyperplanes."""

    def head(self, width: int, ages: int) -> nn.Module:
        """Parallel hyperplanes."""
        return ParallelThresholds(width, ages - 1)
