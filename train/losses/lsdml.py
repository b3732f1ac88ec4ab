"""Label-sensitive deep metric learning (LSDML), and several populations at once (M-LSDML).

    L = L_rank(z, y) + lambda mean_{(a,b) hard} (|f_a - f_b| - s ln(1 + |y_a - y_b|))^2

The distance of two faces is to follow the gap of their ages; only pairs that miss it by more than
the batch's mean count, which is the mining. The head gives the A - 1 threshold logits z of OR-CNN
and then the embedding f. M-LSDML pulls the moments of two populations of the batch together:

    + mu (|m_1 - m_2|^2 + |C_1 - C_2|^2_F / (4 E)),   m, C = mean and covariance of f

Source: Liu, Lu, Feng, Zhou, "Label-sensitive deep metric learning for facial age estimation", TIFS
2018; only its abstract was at hand, so target, mining and embedding are ours. Alignment of second
moments: Sun and Saenko, "Deep CORAL", 2016, in place of their cross-population correlation.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from train.losses.loss import OnThresholds
from train.losses.or_cnn import ORCNNLoss


def isotonic_pair_loss(embedding: Tensor, years: Tensor, scale: float) -> Tensor:
    """Mean squared miss of the hard pairs of a batch.

    Args:
        embedding: (N, E).
        years: (N,) true ages.
        scale: s, distance of a pair that is e - 1 years apart.

    Returns:
        Scalar; 0 for fewer than two samples.
    """
    first, second = torch.triu_indices(len(years), len(years), 1)
    if not len(first):
        return embedding.sum() * 0
    squares = ((embedding[first] - embedding[second]) ** 2).sum(1)
    distances = (squares + 1e-8).sqrt()  # a root has no slope at 0
    wanted = scale * torch.log1p((years[first] - years[second]).abs())
    misses = (distances - wanted) ** 2
    hard = misses.detach() >= misses.detach().mean()
    return misses[hard].mean()


def moment_distance(one: Tensor, other: Tensor) -> Tensor:
    """How far means and covariances of (N, E) and (M, E) points are apart; N, M >= 2."""
    means = ((one.mean(0) - other.mean(0)) ** 2).sum()
    covariances = ((torch.cov(one.T) - torch.cov(other.T)) ** 2).sum()
    return means + covariances / (4 * one.shape[1])


@dataclass(frozen=True, slots=True)
class LSDMLLoss(OnThresholds):
    """Ranking and isotonic pairs on one embedding.

    Attributes:
        pair_weight: lambda.
        scale: s.
        dimensions: E, of the embedding.
    """

    pair_weight: float = 0.1
    scale: float = 1.0
    dimensions: int = 128

    def head(self, width: int, ages: int) -> nn.Module:
        """A linear layer to thresholds and embedding."""
        return nn.Linear(width, ages - 1 + self.dimensions)

    def __call__(self, outputs: Tensor, ages: Tensor, years: Tensor) -> Tensor:
        """The loss of (N, A - 1 + E) outputs on an (A,) axis against (N,) true ages; a scalar."""
        thresholds = len(ages) - 1
        pairs = isotonic_pair_loss(outputs[:, thresholds:], years, self.scale)
        ranks = ORCNNLoss()(outputs[:, :thresholds], ages, years)
        return ranks + self.pair_weight * pairs
