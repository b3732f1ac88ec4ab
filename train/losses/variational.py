"""Variational terms of VDAL: what an image shows beside its age is a normal distribution.

    z = c(h) + v,   v ~ N(mu(h), sigma(h)^2)
    L = l1 KL(N(mu, sigma^2) || N(0, 1)) + l2 |h - dec(z)|^2 + D(z) + D(c)

h is what the trunk sees, c the centre that people of one age share, v what tells them apart, D the
metric loss of `train.losses.quadruplet`: with D(z) alone nothing would tell c from mu.

Source: Liu, Sun, Zhang, Wu, Yu, Sun, "Similarity-aware and variational deep adversarial learning
for robust facial age estimation", IEEE TMM 2020, whose abstract alone was at hand; the terms are
those of Lin et al., "Deep variational metric learning", ECCV 2018, both metric ones weighing alike.
"""

from torch import Tensor


def divergence_from_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) || N(0, 1)) in nats a dimension, mean over (N, D)."""
    return 0.5 * (log_variance.exp() + mean**2 - 1 - log_variance).mean()


def reconstruction_loss(made: Tensor, real: Tensor) -> Tensor:
    """Mean squared difference of (N, D) reconstructions and what they reconstruct."""
    return ((made - real) ** 2).mean()
