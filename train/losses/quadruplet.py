"""Adversarial quadruplet losses of SADAL.

A quadruplet holds two images i, j of one age, a younger one k and an older one l. The generator
makes k~, l~ from them, harder than the real ones; the metric f tells them apart all the same.

    d(u, w) = |f(u) - f(w)|^2,   pairs P = {(i, k), (j, l)}
    G = sum_P |n~ - a|^2 + |n~ - n|^2 + max(0, d(a, n~) [1 - Q] - tau)^2
    D = sum_P max(0, tau - d(a, n~) Q)^2 + d(i, j)              (margin mode "source")
    D = sum_P max(0, tau Q - d(a, n~))^2 + d(i, j)              (margin mode "scaled")

At the minimum of "source" d = tau / Q: the wider the gap, the smaller the distance, the reverse of
what the method is meant to do. "scaled" orders distances by gap.

Source: Sun et al., ICME 2019; the [1 - Q] is the authors' code, the slide lost the 1. Departs in
pulling i and j together by d, not d^2, as their last code does: steadier where d is large. Their
code measures the last term of G on the points themselves and does not square it; here it is the
slide's.
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

MarginMode = Literal["source", "scaled"]


class Quadruplet(NamedTuple):
    """Points of N quadruplets, (N, D) each."""

    anchor: Tensor
    positive: Tensor
    younger: Tensor
    older: Tensor


def squared_distance(u: Tensor, w: Tensor) -> Tensor:
    """Squared Euclidean distance over the last dimension."""
    return ((u - w) ** 2).sum(-1)


def _pairs(points: Quadruplet) -> tuple[Tensor, Tensor]:
    """The two sides of the negative pairs, (N, 2, D) each."""
    sides = torch.stack([points.anchor, points.positive], 1)
    return sides, torch.stack([points.younger, points.older], 1)


def metric_loss(
    embedded: Quadruplet,
    similarity: Tensor,
    present: Tensor,
    margin: float = 1.0,
    mode: MarginMode = "scaled",
) -> Tensor:
    """D, the mean over quadruplets.

    Args:
        embedded: f of the points.
        similarity: (N, 2) Q of (anchor, younger) and (positive, older).
        present: (N, 2) 1 where the quadruplet has that neighbour, else 0: its term is dropped.
        margin: tau.
        mode: What Q scales.
    """
    distance = squared_distance(*_pairs(embedded))
    slack = margin - distance * similarity if mode == "source" else margin * similarity - distance
    push = (present * slack.clamp_min(0) ** 2).sum(1)
    return (push + squared_distance(embedded.anchor, embedded.positive)).mean()


def generator_loss(
    real: Quadruplet,
    made: Quadruplet,
    embedded: Quadruplet,
    similarity: Tensor,
    present: Tensor,
    margin: float = 1.0,
) -> Tensor:
    """G, the mean over quadruplets.

    Args:
        real: Points of images.
        made: The same with the generator's neighbours.
        embedded: f of `made`.
        similarity: As in `metric_loss`.
        present: As in `metric_loss`.
        margin: tau.
    """
    anchors, negatives = _pairs(made)
    hard = squared_distance(negatives, anchors)
    near = squared_distance(negatives, _pairs(real)[1])
    excess = squared_distance(*_pairs(embedded)) * (1 - similarity) - margin
    return (present * (hard + near + excess.clamp_min(0) ** 2)).sum(1).mean()
