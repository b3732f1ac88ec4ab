"""Conditional probability neural network: one network scores a face and an age together.

    s(x, a) = w . sigmoid(W x + u a + b),   p(a_j | x) = softmax_j s(x, a_j)
    min  -1/N sum_n sum_j d_nj log p_nj,    d_j ~ exp(-(a_j - y)^2 / (2 s^2))

Source: Geng, Yin, Zhou, "Facial age estimation by learning from label distributions", TPAMI 2013.
Departs in AdamW on batches in place of resilient backpropagation; the pass is chosen on watched
people.
"""

import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from engine.values.age import AgeDistribution, Floats
from train.losses.label_distribution import gaussian_targets, soft_cross_entropy
from train.methods.classic.shallow import Answer, Labelled, with_temperature
from train.methods.method import AGES

_AXIS = torch.from_numpy(AGES)
_RATE = 1e-2


class ConditionalScore(nn.Module):
    """Scores of all ages from one hidden layer."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.face = nn.Linear(inputs, hidden)
        self.age = nn.Linear(1, hidden, bias=False)
        self.out = nn.Linear(hidden, 1, bias=False)  # a bias would cancel in the softmax
        nn.init.normal_(self.age.weight, std=5.0)  # ages come as -0.5..0.5: units must bend within

    def forward(self, x: Tensor) -> Tensor:
        """(N, D) to (N, 101) scores."""
        ages = self.age((_AXIS / 100 - 0.5)[:, None])
        return self.out(torch.sigmoid(self.face(x)[:, None] + ages[None])).squeeze(2)


@dataclass(frozen=True, slots=True)
class ConditionalNetwork:
    """The learner.

    Attributes:
        hidden: Units.
        sigma_years: s.
        passes: Over the data, at most.
        batch: Samples a step.
    """

    hidden: int = 64
    sigma_years: float = 3.0
    passes: int = 40
    batch: int = 32

    def __call__(self, train: Labelled, watch: Labelled, seed: int) -> Answer:
        """Learn, keep the pass that answers best on `watch`, and fit the temperature there."""
        torch.manual_seed(seed)
        net = ConditionalScore(train.x.shape[1], self.hidden)
        optimizer = torch.optim.AdamW(net.parameters(), _RATE, weight_decay=0.05)
        x, years = torch.from_numpy(train.x), torch.from_numpy(train.years)
        best, least = net, np.inf
        for _ in range(self.passes):
            for rows in torch.split(torch.randperm(len(x)), self.batch):
                targets = gaussian_targets(years[rows], _AXIS, self.sigma_years)
                optimizer.zero_grad()
                loss = soft_cross_entropy(net(x[rows]), targets)
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
            error = float(np.abs(_distribution(net, watch.x).median() - watch.years).mean())
            if error < least:
                best, least = copy.deepcopy(net), error
        return with_temperature(lambda x: _distribution(best, x), watch)


@torch.inference_mode()
def _distribution(net: ConditionalScore, x: Floats) -> AgeDistribution:
    return AgeDistribution(AGES, torch.softmax(net(torch.from_numpy(x)), 1).numpy())
