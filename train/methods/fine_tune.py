"""Fine-tune the last stage and the head of the common backbone with a loss.

The head keeps its pre-trained weights where its shape allows; a new one is first fitted to frozen
features, so that its random start does not spoil the stage below it.
Source of that order: Kumar, Raghunathan, Jones, Ma, Liang, "Fine-tuning can distort pretrained
features and underperform out-of-distribution", ICLR 2022.
"""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.errors import DataError
from engine.values.age import AgeDistribution, Floats
from train.activations import last_stage
from train.losses.loss import AgeLoss
from train.methods.method import AGES, Samples, Spread
from train.precision import quick

_BATCH = 64
_HEAD_RATE = 3e-3
_WARMUP = 0.1  # share of all steps
_AXIS = torch.from_numpy(AGES)


@dataclass(frozen=True, slots=True)
class FineTune:
    """One row of the benchmark.

    Attributes:
        name: Of the row.
        loss: What is made small.
        epochs: Most passes over the data; how many are used is chosen on watched people.
        batch: Samples a step.
        learning_rate: Peak rate of the last stage.
        head_factor: Rate of the head relative to it.
        weight_decay: AdamW's.
        dropout: Before the head.
        average_decay: Decay a step of the averaged weights, which are what is kept.
        head_epochs: Most passes that fit a new head to frozen features.
        head_steps: Most steps of that. A head that fits its photographs too closely leaves the
            stage less to learn: on All-Age-Faces' validation split `amr` errs by 5.43 years after
            30 passes of 334 steps, by 5.14 after two and by 5.20 with a head of chance.
    """

    name: str
    loss: AgeLoss
    epochs: int = 3
    batch: int = 32
    learning_rate: float = 1e-4
    head_factor: float = 10.0
    weight_decay: float = 0.02
    dropout: float = 0.2
    average_decay: float = 0.97
    head_epochs: int = 30
    head_steps: int = 900

    def fit(self, train: Samples, watch: Samples, seed: int) -> "FineTuned":
        """Fine-tune on `train`; choose the epoch, then the temperature, on `watch`.

        Raises:
            DataError: `train` does not fill a batch.
        """
        torch.manual_seed(seed)
        net = self._start(train)
        average = copy.deepcopy(net).eval()
        best, least = copy.deepcopy(average), _error(average, self.loss, watch)
        tuner = _Tuner(self, net, average, len(train))
        for epoch in range(self.epochs):
            tuner.pass_over(train, np.random.default_rng([seed, epoch]))
            error = _error(average, self.loss, watch)
            if error < least:
                best, least = copy.deepcopy(average), error
        return FineTuned.calibrated(best, self.loss, watch)

    def _start(self, train: Samples) -> nn.Sequential:
        backbone = train.backbone
        head = self.loss.head(backbone.width, len(AGES))
        fits = isinstance(head, nn.Linear) and head.out_features == backbone.ages
        if fits and backbone.knows_ages:
            head = copy.deepcopy(backbone.head)
        else:
            self._fit_head(head, train)
        pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(self.dropout))
        return nn.Sequential(last_stage(backbone), pool, head)

    def _fit_head(self, head: nn.Module, train: Samples) -> None:
        features, years = torch.from_numpy(train.features), torch.from_numpy(train.years)
        optimizer = torch.optim.AdamW(head.parameters(), _HEAD_RATE, weight_decay=self.weight_decay)
        orders = (torch.randperm(len(years)) for _ in range(self.head_epochs))
        batches = (rows for order in orders for rows in torch.split(order, self.batch))
        for rows in islice(batches, self.head_steps):
            seen = nn.functional.dropout(features[rows], self.dropout)
            _descend(optimizer, self.loss(head(seen), _AXIS, years[rows]))


@dataclass(slots=True, eq=False)
class _Tuner:
    """The network while it is fine-tuned, and its average."""

    recipe: FineTune
    net: nn.Sequential
    average: nn.Sequential
    samples: int
    optimizer: torch.optim.Optimizer = field(init=False)
    step: int = 0

    def __post_init__(self) -> None:
        """Give the head a rate of its own."""
        recipe = self.recipe
        groups = [
            {"params": list(self.net[0].parameters()), "factor": 1.0},
            {"params": list(self.net[2].parameters()), "factor": recipe.head_factor},
        ]
        self.optimizer = torch.optim.AdamW(
            groups, recipe.learning_rate, weight_decay=recipe.weight_decay, foreach=True
        )

    def pass_over(self, train: Samples, random: np.random.Generator) -> None:
        """One epoch; every sample once, in a view drawn at random."""
        check_batch(train, self.recipe.batch)
        order = random.permutation(len(train))
        views = random.integers(0, train.activations.shape[1], len(train))
        self.net.train()
        for first in range(0, len(order) - self.recipe.batch + 1, self.recipe.batch):
            rows = order[first : first + self.recipe.batch]
            seen = torch.from_numpy(train.activations.pick(rows, views[rows])).float()
            years = torch.from_numpy(train.years[rows])
            for group in self.optimizer.param_groups:
                group["lr"] = self.recipe.learning_rate * group["factor"] * self._rate()
            _descend(self.optimizer, self.recipe.loss(self._outputs(seen), _AXIS, years))
            self.step += 1
            self._follow()

    def _outputs(self, seen: Tensor) -> Tensor:
        with quick():  # head and loss stay exact
            pooled = self.net[:2](seen)
        outputs: Tensor = self.net[2](pooled.float())
        return outputs

    def _rate(self) -> float:
        total = max(1, self.recipe.epochs * (self.samples // self.recipe.batch))
        warm = min(1.0, (self.step + 1) / (_WARMUP * total))
        return warm * 0.5 * (1 + math.cos(math.pi * self.step / total))

    @torch.no_grad()
    def _follow(self) -> None:
        decay = min(self.recipe.average_decay, (1 + self.step) / (10 + self.step))
        for kept, new in zip(self.average.parameters(), self.net.parameters(), strict=True):
            kept.lerp_(new, 1 - decay)


@dataclass(frozen=True, slots=True, eq=False)
class FineTuned:
    """A fine-tuned network with honest widths.

    Attributes:
        net: Last stage, pooling and head.
        loss: Reads the head's outputs.
        temperature: Log probabilities are divided by it.
        spread: Width of errors, for a loss that answers with points.
    """

    net: nn.Sequential
    loss: AgeLoss
    temperature: float = 1.0
    spread: Spread | None = None

    @classmethod
    def calibrated(cls, net: nn.Sequential, loss: AgeLoss, watch: Samples) -> "FineTuned":
        """Fit temperature or spread to watched people."""
        probs = raw_probs(net, loss, watch)
        if loss.point:
            return cls(net, loss, spread=Spread.of(probs @ AGES, watch.years))
        return cls(net, loss, temperature=fit_temperature(probs, watch.years))

    def __call__(self, samples: Samples) -> AgeDistribution:
        """(N, 101) distributions, mean over crop and mirrored crop."""
        probs = raw_probs(self.net, self.loss, samples)
        if self.spread is not None:
            return self.spread.around(probs @ AGES)
        return AgeDistribution(AGES, tempered(probs, self.temperature))


def check_batch(train: Samples, batch: int) -> None:
    """See that samples fill a batch: of fewer nothing would be learnt.

    Raises:
        DataError: They do not.
    """
    if len(train) < batch:
        raise DataError(
            f"there are {len(train)} photographs to learn from, fewer than the {batch} of a batch"
        )


def tempered(probs: Floats, temperature: float) -> Floats:
    """(N, A) distributions made wider by a temperature above 1, sharper below."""
    logs = np.log(np.maximum(probs, 1e-30)) / temperature
    powers = np.exp(logs - logs.max(1, keepdims=True))
    return (powers / powers.sum(1, keepdims=True)).astype(np.float32)


def fit_temperature(probs: Floats, years: Floats) -> float:
    """The temperature that makes (N,) true ages likeliest under (N, A) distributions."""
    return likeliest_temperature(lambda temperature: tempered(probs, temperature), years)


def likeliest_temperature(at_temperature: Callable[[float], Floats], years: Floats) -> float:
    """The temperature whose (N, A) distributions make (N,) true ages likeliest.

    Source: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", 2017.
    """
    at = np.rint(np.clip(years, AGES[0], AGES[-1])).astype(int)[:, None]
    candidates = np.geomspace(0.4, 5, 48)
    likelihoods = [
        np.log(np.take_along_axis(at_temperature(t), at, 1) + 1e-9).mean() for t in candidates
    ]
    return float(candidates[int(np.argmax(likelihoods))])


@torch.inference_mode()
def raw_probs(net: nn.Sequential, loss: AgeLoss, samples: Samples) -> NDArray[np.float32]:
    """(N, 101) uncalibrated distributions, mean over crop and mirrored crop."""
    net.eval()
    parts: list[Tensor] = []
    for first in range(0, len(samples), _BATCH):
        seen = torch.from_numpy(samples.activations[first : first + _BATCH][:, :2]).float()
        probs = loss.probs(net(seen.flatten(0, 1)), _AXIS)
        parts.append(probs.view(len(seen), 2, -1).mean(1))
    return torch.cat(parts).numpy()


def _error(net: nn.Sequential, loss: AgeLoss, watch: Samples) -> float:
    found = AgeDistribution(AGES, raw_probs(net, loss, watch))
    return float(np.abs(found.median() - watch.years).mean())


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], 5.0)
    optimizer.step()
