"""How much of the margin a pair of ages deserves: the similarity-aware weight Q of SADAL.

    Q(d) = ln(1 + d/eps) / ln(1 + L/eps), at most 1                                   (clamped)
    Q(d) = 1/L ln(1 + d/eps) for d <= L, else d/L - C,   C = 1 - 1/L ln(1 + L/eps)    (slide)

d is the gap of two ages in years, L the largest gap of a quadruplet. The slide form leaves 0..1
beyond a gap of about 8, where the generator's factor 1 - Q turns negative; the clamped one never.

Source: Sun, Liu, Wang, Yu, Wu, "Similarity-aware deep adversarial learning for facial age
estimation", ICME 2019. The clamped form is their normalised logarithm for d <= L, held at 1 beyond.
"""

import math
from typing import Literal

import torch
from torch import Tensor

Form = Literal["clamped", "slide"]


def similarity(gap: Tensor, form: Form = "clamped") -> Tensor:
    """Q of gaps in years, any shape, with the authors' L = 5 and eps = 1."""
    return clamped_similarity(gap) if form == "clamped" else slide_similarity(gap)


def clamped_similarity(gap: Tensor, limit: float = 5.0, curvature: float = 1.0) -> Tensor:
    """Q of gaps in years, any shape; 0 at 0, 1 from `limit` on."""
    return (torch.log1p(gap / curvature) / math.log1p(limit / curvature)).clamp_max(1)


def slide_similarity(gap: Tensor, limit: float = 5.0, curvature: float = 1.0) -> Tensor:
    """Q of gaps in years, any shape; continuous at `limit`, straight and unbounded beyond."""
    near = torch.log1p(gap / curvature) / limit
    offset = 1 - math.log1p(limit / curvature) / limit
    return torch.where(gap <= limit, near, gap / limit - offset)
