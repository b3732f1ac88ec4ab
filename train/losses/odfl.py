"""Ordinal deep feature learning, end to end (ODL).

    L = L_rank(z, y) + lambda mean_{(a,b,c)} max(0, d_ab - d_ac + mu w_abc)
    w_abc = (|y_a - y_c| - |y_a - y_b|) / (a_max - a_min),   d_ab = ||f_a - f_b||^2
    over all triplets of the batch in which b is nearer in age to a than c is

The embedding f keeps the order of ages, more strictly the more they differ; a ranker is learnt on
the same features. The head gives the A - 1 threshold logits z of OR-CNN and then f.
Source: Liu, Lu, Feng, Zhou, "Ordinal deep learning for facial age estimation", 2019. Only its
abstract was at hand: form of the hinge, margin and embedding are ours.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from train.losses.loss import OnThresholds
from train.losses.or_cnn import ORCNNLoss


def ordinal_triplet_loss(
    embedding: Tensor, years: Tensor, span_years: float, margin: float
) -> Tensor:
    """Mean hinge over the triplets of a batch.

    Args:
        embedding: (N, E).
        years: (N,) true ages.
        span_years: Length of the age axis.
        margin: mu.

    Returns:
        Scalar; 0 where no triplet has unequal gaps.
    """
    squares = (embedding[:, None] - embedding[None]).pow(2).sum(2)
    gaps = (years[:, None] - years[None]).abs()
    extra = (gaps[:, None, :] - gaps[:, :, None]) / span_years  # of (a, b, c)
    hinges = torch.relu(squares[:, :, None] - squares[:, None, :] + margin * extra)
    themselves = torch.eye(len(years), dtype=torch.bool, device=years.device)
    counted = (extra > 0) & ~themselves[:, :, None]
    return (hinges * counted).sum() / counted.sum().clamp_min(1)


@dataclass(frozen=True, slots=True)
class ODFLLoss(OnThresholds):
    """Ranking and ordinal triplets on one embedding.

    Attributes:
        triplet_weight: lambda.
        margin: mu.
        dimensions: Of the embedding.
    """

    triplet_weight: float = 1.0
    margin: float = 4.0
    dimensions: int = 128

    def head(self, width: int, ages: int) -> nn.Module:
        """A linear layer to thresholds and embedding."""
        return nn.Linear(width, ages - 1 + self.dimensions)

    def __call__(self, outputs: Tensor, ages: Tensor, years: Tensor) -> Tensor:
        """The loss of (N, A - 1 + E) outputs on an (A,) axis against (N,) true ages; a scalar."""
        thresholds = len(ages) - 1
        span = float(ages[-1] - ages[0])
        triplets = ordinal_triplet_loss(outputs[:, thresholds:], years, span, self.margin)
        ranks = ORCNNLoss()(outputs[:, :thresholds], ages, years)
        return ranks + self.triplet_weight * triplets
