"""Networks of the metric learners: trunk with age head, embedding, metric, generator.

Source: Sun et al., ICME 2019: x in R^100, f and G of 100 units. Departs in the trunk, which is the
common backbone's last stage, and in the ReLU inside G, which their release lacks (`linear` leaves
it out).
"""

import copy
from typing import NamedTuple

import torch
from torch import Tensor, nn

from train.activations import last_stage
from train.backbone import AgeNet
from train.losses.variational import divergence_from_normal, reconstruction_loss
from train.precision import quick

DIMENSIONS = 100
_DROPOUT = 0.2


class Points(NamedTuple):
    """Embedded images.

    Attributes:
        x: (N, DIMENSIONS) points.
        extra: Scalar that the embedding itself wants small.
        centre: (N, DIMENSIONS) points to be in order too, or None if they are `x`.
    """

    x: Tensor
    extra: Tensor
    centre: Tensor | None = None


class LinearEmbedding(nn.Module):
    """One linear layer from features to points.

    Args:
        width: Length of the features.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.centre = nn.Linear(width, DIMENSIONS)

    def forward(self, features: Tensor) -> Points:
        """(N, width) features to points."""
        return Points(self.centre(features), features.new_zeros(()))


class VariationalEmbedding(nn.Module):
    """A centre and a random offset around it; without the offset when not training.

    Args:
        width: Length of the features.
        divergence_weight: l1 of `train.losses.variational`.
        reconstruction_weight: l2.
    """

    def __init__(
        self, width: int, divergence_weight: float = 0.1, reconstruction_weight: float = 1.0
    ) -> None:
        super().__init__()
        self.centre = nn.Linear(width, DIMENSIONS)
        self.mean = nn.Linear(width, DIMENSIONS)
        self.log_variance = nn.Linear(width, DIMENSIONS)
        self.decode = nn.Linear(DIMENSIONS, width)
        self._weights = divergence_weight, reconstruction_weight
        nn.init.constant_(self.log_variance.bias, -3.0)

    def forward(self, features: Tensor) -> Points:
        """(N, width) features to points."""
        centre = self.centre(features)
        if not self.training:
            return Points(centre, features.new_zeros(()))
        mean, log_variance = self.mean(features), self.log_variance(features).clamp(-8, 4)
        x = centre + mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        divergence, reconstruction = self._weights
        extra = divergence * divergence_from_normal(mean, log_variance)
        # The features are a fixed target: else they would shrink to be easy to reconstruct.
        extra = extra + reconstruction * reconstruction_loss(self.decode(x), features.detach())
        return Points(x, extra, centre)


class MetricNet(nn.Module):
    """Last stage of the common backbone with an age head, an embedding x and a metric f on it."""

    def __init__(self, backbone: AgeNet, *, variational: bool) -> None:
        super().__init__()
        self.stage = last_stage(backbone)
        self.dropout = nn.Dropout(_DROPOUT)
        self.head = copy.deepcopy(backbone.head)
        kind = VariationalEmbedding if variational else LinearEmbedding
        self.embedding = kind(backbone.width)
        self.metric = nn.Linear(DIMENSIONS, DIMENSIONS)

    def features(self, activations: Tensor) -> Tensor:
        """(N, C, h, w) activations to (N, width); quicker while training, where it can be."""
        with quick(wanted=self.training):
            maps = self.stage(activations)
        return maps.float().mean((2, 3))


class Generator(nn.Module):
    """Makes a hard negative from a real one and the two images of the other age."""

    def __init__(self, *, linear: bool) -> None:
        super().__init__()
        between = nn.Identity() if linear else nn.ReLU()
        self.layers = nn.Sequential(
            nn.Linear(3 * DIMENSIONS, DIMENSIONS), between, nn.Linear(DIMENSIONS, DIMENSIONS)
        )

    def forward(self, negative: Tensor, anchor: Tensor, positive: Tensor) -> Tensor:
        """Three (N, DIMENSIONS) points to the made negative (N, DIMENSIONS)."""
        return self.layers(torch.cat([negative, anchor, positive], 1))
