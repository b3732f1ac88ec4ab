"""DeepRank and DeepRank+: a small network on descriptions that answers "older than a_k?" for all k.

    o_k = sigmoid(z_k),   z = W2 relu(W1 x),   L = sum_k BCE(o_k, [y > a_k])
    with groups:  z = sum_g p(g | x) z^g,   p = softmax(V relu(W1 x)),   L + CE(p, group of y)

The "+" has a ranker for every age group and lets a gate mix them.
Source: Yang, Lin, Chang, Chen, "Automatic age estimation from face images via deep ranking", BMVC
2015, of which the abstract was at hand: widths, gate and groups are ours.
"""

import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from engine.values.age import AgeDistribution, Floats
from train.losses.loss import OnThresholds
from train.losses.or_cnn import ORCNNLoss
from train.methods.classic.shallow import Answer, Labelled
from train.methods.fine_tune import likeliest_temperature
from train.methods.method import AGES

_AXIS = torch.from_numpy(AGES)
_RATE = 1e-3
_DROPOUT = 0.3


class RankingNet(nn.Module):
    """One hidden layer, a gate and a ranker for each group."""

    def __init__(self, inputs: int, hidden: int, groups: int) -> None:
        super().__init__()
        self.hidden = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Dropout(_DROPOUT))
        self.gate = nn.Linear(hidden, groups)
        self.rankers = nn.Linear(hidden, groups * (len(AGES) - 1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, D) to threshold logits (N, A - 1) and gate logits (N, G)."""
        seen = self.hidden(x)
        gate = self.gate(seen)
        ranks = self.rankers(seen).view(len(x), gate.shape[1], -1)
        return (torch.softmax(gate, 1)[:, :, None] * ranks).sum(1), gate


@dataclass(frozen=True, slots=True)
class DeepRank:
    """The learner.

    Attributes:
        ends: First ages of the groups after the youngest; none for one group (DeepRank).
        hidden: Units.
        passes: Over the data, at most; the best one on watched people is kept.
        batch: Samples a step.
    """

    ends: tuple[float, ...] = ()
    hidden: int = 256
    passes: int = 40
    batch: int = 32

    def __call__(self, train: Labelled, watch: Labelled, seed: int) -> Answer:
        """Learn, keep the pass that answers best on `watch`, and fit the temperature there."""
        torch.manual_seed(seed)
        net = RankingNet(train.x.shape[1], self.hidden, len(self.ends) + 1)
        optimizer = torch.optim.AdamW(net.parameters(), _RATE, weight_decay=0.05)
        x, years = torch.from_numpy(train.x), torch.from_numpy(train.years)
        best, least = net, np.inf
        for _ in range(self.passes):
            for rows in torch.split(torch.randperm(len(x)), self.batch):
                optimizer.zero_grad()
                loss = self._loss(net.train(), x[rows], years[rows])
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
            error = float(np.abs(_distribution(net, watch.x).median() - watch.years).mean())
            if error < least:
                best, least = copy.deepcopy(net), error
        temperature = likeliest_temperature(
            lambda candidate: _distribution(best, watch.x, candidate).probs, watch.years
        )
        return lambda x: _distribution(best, x, temperature)

    def _loss(self, net: RankingNet, x: Tensor, years: Tensor) -> Tensor:
        ranks, gate = net(x)
        group = torch.bucketize(years, torch.tensor(self.ends), right=True)
        return ORCNNLoss()(ranks, _AXIS, years) + nn.functional.cross_entropy(gate, group)


@torch.inference_mode()
def _distribution(net: RankingNet, x: Floats, temperature: float = 1.0) -> AgeDistribution:
    # The votes' temperature, not the ages': equal votes make ages improbable that others surround,
    # and a power of those would lift the far ones first. The median stays the ranking's.
    ranks, _ = net.eval()(torch.from_numpy(x))
    return AgeDistribution(AGES, OnThresholds().probs(ranks / temperature, _AXIS).numpy())
