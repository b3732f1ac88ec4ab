"""What a loss for fine-tuning consists of: a head, a number to make small, reading an answer."""

from typing import Protocol

import torch
from torch import Tensor, nn


class AgeLoss(Protocol):
    """A loss and the head that belongs to it."""

    @property
    def point(self) -> bool:
        """Whether the answer is one age, whose width must be fitted to errors on watched people."""

    def head(self, width: int, ages: int) -> nn.Module:
        """A fresh head from (N, width) features to (N, O) outputs for an axis of `ages` ages."""

    def __call__(self, outputs: Tensor, ages: Tensor, years: Tensor, /) -> Tensor:
        """The loss of (N, O) outputs on an (A,) axis against (N,) true ages; a scalar."""

    def probs(self, outputs: Tensor, ages: Tensor) -> Tensor:
        """(N, A) distributions that (N, O) outputs stand for; rows sum to 1."""


class OnAges:
    """One logit an age."""

    __slots__ = ()
    point = False

    def head(self, width: int, ages: int) -> nn.Module:
        """A linear layer."""
        return nn.Linear(width, ages)

    def probs(self, outputs: Tensor, ages: Tensor) -> Tensor:  # noqa: ARG002 one interface
        """Softmax."""
        return torch.softmax(outputs, 1)


class OnThresholds:
    """One logit for each "older than a_k", k = 0..A-2."""

    __slots__ = ()
    point = False

    def head(self, width: int, ages: int) -> nn.Module:
        """A linear layer."""
        return nn.Linear(width, ages - 1)

    def probs(self, outputs: Tensor, ages: Tensor) -> Tensor:
        """Differences of the threshold probabilities, which are put in falling order first.

        Sorting keeps how many of them exceed one half, so the median is the ranking's own answer.
        Source: Chernozhukov, Fernandez-Val, Galichon, "Improving point and interval estimators of
        monotone functions by rearrangement", 2009.
        """
        older = torch.sigmoid(outputs[:, : len(ages) - 1]).sort(1, descending=True).values
        return differences(older)


def differences(older: Tensor) -> Tensor:
    """Distributions (N, A) from falling probabilities (N, A - 1) of being older than a_k."""
    ends = older.new_ones(len(older), 1), older.new_zeros(len(older), 1)
    return torch.cat([ends[0], older], 1) - torch.cat([older, ends[1]], 1)


def older_than(years: Tensor, ages: Tensor) -> Tensor:
    """(N, A - 1) ones where the nearest age of the axis is older than a_k, else zeros."""
    return (years[:, None] > ages[None, :-1] + 0.5).to(ages.dtype)
