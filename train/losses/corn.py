"""Conditional ordinal regression (CORN).

    f_k = s(z_nk) = P(y > a_k | y > a_(k-1)),   P(y > a_k) = prod_{i <= k} f_i
    L = -1/(sum_k |S_k|) sum_k sum_{n in S_k} [ t_nk log f_k + (1 - t_nk) log(1 - f_k) ]
    S_k = samples with y > a_(k-1),   t_nk = [y_n > a_k]

Source: Shi, Cao, Raschka, "Deep neural networks for rank-consistent ordinal regression based on
conditional probabilities", 2021.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from train.losses.loss import OnThresholds, differences, older_than


@dataclass(frozen=True, slots=True)
class CORNLoss(OnThresholds):
    """Mean binary cross-entropy over the tasks that a sample takes part in."""

    def __call__(self, logits: Tensor, ages: Tensor, years: Tensor) -> Tensor:
        """The loss of (N, A - 1) logits on an (A,) axis against (N,) true ages; a scalar."""
        targets = older_than(years, ages)
        asked = torch.cat([torch.ones_like(targets[:, :1]), targets[:, :-1]], 1)
        losses = binary_cross_entropy_with_logits(logits, targets, reduction="none")
        return (losses * asked).sum() / asked.sum()

    def probs(self, outputs: Tensor, ages: Tensor) -> Tensor:  # noqa: ARG002 one interface
        """Differences of the products of conditional probabilities, which fall by themselves."""
        return differences(torch.nn.functional.logsigmoid(outputs).cumsum(1).exp())
