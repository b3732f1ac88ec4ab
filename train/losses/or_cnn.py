"""Ordinal regression by independent binary outputs (OR-CNN).

    L = -1/N sum_n sum_k w_k [ t_nk log o_nk + (1 - t_nk) log(1 - o_nk) ]
    o_nk = sigmoid(z_nk) = P(y_n > a_k),   t_nk = [y_n > a_k],   k = 0..A-2

Source: Niu, Zhou, Wang, Gao, Hua, "Ordinal regression with multiple output CNN for age estimation",
CVPR 2016. The weights w_k are 1 here; theirs follow the square root of how often a rank occurs.
"""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from train.losses.loss import OnThresholds, older_than


@dataclass(frozen=True, slots=True)
class ORCNNLoss(OnThresholds):
    """Sum of binary cross-entropies."""

    def __call__(self, logits: Tensor, ages: Tensor, years: Tensor) -> Tensor:
        """The loss of (N, A - 1) logits on an (A,) axis against (N,) true ages; a scalar."""
        targets = older_than(years, ages)
        return binary_cross_entropy_with_logits(logits, targets, reduction="sum") / len(logits)
