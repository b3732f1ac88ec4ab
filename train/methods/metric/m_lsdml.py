"""Label-sensitive metric learning over two populations (M-LSDML).

Every batch holds as many grey photographs as coloured ones; beside the loss of LSDML the moments of
their embeddings are pulled together. Source and losses: `train.losses.lsdml`. Departs in what a
population is: the paper joins several data sets, a row of the benchmark learns from one, whose old
prints and new photographs look as different.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.values.age import AgeDistribution
from engine.values.frame import Image
from train.activations import last_stage
from train.losses.lsdml import LSDMLLoss, moment_distance
from train.methods.fine_tune import FineTuned, check_batch, raw_probs
from train.methods.method import AGES, Samples

_AXIS = torch.from_numpy(AGES)
_GREY_CHROMA = 4.0
_FEWEST = 8
_HEAD_PASSES = 30
_HEAD_RATE = 1e-3
_AVERAGE_DECAY = 0.97
_CLIP = 5.0


@dataclass(frozen=True, slots=True)
class PopulationMetric:
    """One row of the benchmark.

    Attributes:
        name: Of the row.
        loss: Of all samples.
        alignment: mu, weight of the populations' distance.
        passes: Over the data, at most; how many are used is chosen on watched people.
        batch: Samples a step.
        learning_rate: Peak rate of the last stage; the head learns ten times as fast.
    """

    name: str
    loss: LSDMLLoss = LSDMLLoss()  # noqa: RUF009 it is frozen
    alignment: float = 0.01
    passes: int = 4
    batch: int = 32
    learning_rate: float = 1e-4

    def fit(self, train: Samples, watch: Samples, seed: int) -> FineTuned:
        """Fit the head to frozen features, then head and last stage together.

        Raises:
            DataError: `train` does not fill a batch.
        """
        check_batch(train, self.batch)
        torch.manual_seed(seed)
        random = np.random.default_rng(seed)
        populations = divided(grey_photographs(train.crops[:]))
        pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2))
        head = self.loss.head(train.backbone.width, len(AGES))
        self._fit_head(head, train, populations, random)
        net = nn.Sequential(last_stage(train.backbone), pool, head)
        average = copy.deepcopy(net).eval()
        groups = [
            {"params": list(net[0].parameters()), "lr": self.learning_rate},
            {"params": list(head.parameters()), "lr": 10 * self.learning_rate},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.02)
        steps = self.passes * (len(train) // self.batch)
        rate = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, steps))
        best, least = average, np.inf
        for _ in range(self.passes):
            net.train()
            for rows, split in self._batches(populations, len(train), random):
                views = random.integers(0, train.activations.shape[1], len(rows))
                seen = torch.from_numpy(train.activations.pick(rows, views)).float()
                years = torch.from_numpy(train.years[rows])
                _descend(optimizer, self._total(net(seen), years, split))
                rate.step()
                _follow(average, net)
            if (error := _error(average, self.loss, watch)) < least:
                best, least = copy.deepcopy(average), error
        return FineTuned.calibrated(best, self.loss, watch)

    def _fit_head(
        self,
        head: nn.Module,
        train: Samples,
        populations: list[NDArray[np.intp]],
        random: np.random.Generator,
    ) -> None:
        features, years = torch.from_numpy(train.features), torch.from_numpy(train.years)
        optimizer = torch.optim.AdamW(head.parameters(), _HEAD_RATE, weight_decay=0.02)
        for _ in range(_HEAD_PASSES):
            for rows, split in self._batches(populations, len(train), random):
                at = torch.from_numpy(rows)
                _descend(optimizer, self._total(head(features[at]), years[at], split))

    def _total(self, outputs: Tensor, years: Tensor, split: int) -> Tensor:
        loss = self.loss(outputs, _AXIS, years)
        if not split:
            return loss
        embedding = outputs[:, len(AGES) - 1 :]
        return loss + self.alignment * moment_distance(embedding[:split], embedding[split:])

    def _batches(
        self, populations: list[NDArray[np.intp]], samples: int, random: np.random.Generator
    ) -> Iterator[tuple[NDArray[np.intp], int]]:
        """As many samples as there are: rows, and where the second population begins or 0."""
        share = self.batch // len(populations)
        for _ in range(samples // self.batch):
            parts = [random.choice(rows, share) for rows in populations]
            yield np.concatenate(parts), share if len(parts) == 2 else 0


def grey_photographs(crops: Image) -> NDArray[np.bool_]:
    """(N,) whether (N, S, S, 3) RGB crops have hardly any colour or one tint throughout."""
    colours = crops[:, ::4, ::4].astype(np.float32)
    chroma = colours - colours.mean(3, keepdims=True)
    return np.asarray(chroma.std((1, 2)).mean(1) < _GREY_CHROMA)


def divided(grey: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Rows of both populations, or all rows together where one has too few."""
    parts = [np.flatnonzero(grey), np.flatnonzero(~grey)]
    return parts if min(map(len, parts)) >= _FEWEST else [np.arange(len(grey))]


def _error(net: nn.Sequential, loss: LSDMLLoss, watch: Samples) -> float:
    found = AgeDistribution(AGES, raw_probs(net, loss, watch))
    return float(np.abs(found.median() - watch.years).mean())


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], _CLIP)
    optimizer.step()


@torch.no_grad()
def _follow(average: nn.Module, net: nn.Module) -> None:
    for kept, new in zip(average.parameters(), net.parameters(), strict=True):
        kept.lerp_(new, 1 - _AVERAGE_DECAY)
