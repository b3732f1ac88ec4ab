"""Label distribution: a Gaussian around the true age as the target of cross-entropy.

    d_j ~ exp(-(a_j - y)^2 / (2 s^2)),   L = -1/N sum_n sum_j d_nj log p_nj

Source: Gao, Xing, Xie, Wu, Geng, "Deep label distribution learning with label ambiguity", 2017.
With s = 0 it is plain cross-entropy on the rounded age (Rothe et al., DEX, 2018).
"""

import torch
from torch import Tensor


def gaussian_targets(years: Tensor, ages: Tensor, sigma_years: float) -> Tensor:
    """Target distributions.

    Args:
        years: (N,) true ages.
        ages: (A,) age axis, ascending by one.
        sigma_years: Width of the Gaussian; 0 for one-hot at the rounded age.

    Returns:
        (N, A), rows sum to 1.
    """
    if sigma_years == 0:
        nearest = (ages[None] - years[:, None]).abs().argmin(1)
        return torch.nn.functional.one_hot(nearest, len(ages)).to(ages.dtype)
    offsets = (ages[None] - years[:, None]) / sigma_years
    return torch.softmax(-0.5 * offsets**2, 1)


def soft_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy of (N, A) logits against (N, A) target distributions, in nats."""
    return -(targets * torch.log_softmax(logits, 1)).sum(1).mean()
