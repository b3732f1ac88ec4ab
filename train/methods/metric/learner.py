"""One adversarial run: networks, optimisers and the quadruplets they are shown."""

import copy
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from train.losses.label_distribution import gaussian_targets, soft_cross_entropy
from train.losses.quadruplet import MarginMode, Quadruplet, generator_loss, metric_loss
from train.losses.similarity import Form, similarity
from train.methods.method import AGES, Samples
from train.methods.metric.networks import Generator, MetricNet
from train.methods.metric.quadruplets import QuadrupletRows, QuadrupletSampler
from train.methods.metric.reading import points_of

Stage = Literal["rank", "real", "adversary", "release"]
QUADRUPLETS = 8
_AXIS = torch.from_numpy(AGES)
_GENERATOR_STEPS = 100
_NEW_RATE = 1e-3
_FACTOR = 10.0  # rate of head and new layers relative to the last stage
_AVERAGE_DECAY = 0.97
_WEIGHT_DECAY = 0.02
_WARMUP = 0.1  # share of all steps


@dataclass(frozen=True, slots=True)
class Duel:
    """How the metric and the generator learn against each other.

    Attributes:
        margin_mode: What the similarity scales; see `train.losses.quadruplet`.
        similarity: Q.
        linear_generator: The authors' generator, without ReLU.
        metric_weight: Of D relative to cross-entropy.
        made_weight: lambda, of D on made negatives relative to real ones.
        sigma_years: Width of cross-entropy's target; 0 for one-hot.
        learning_rate: Peak rate of the last stage; new layers and head learn ten times as fast.
    """

    margin_mode: MarginMode = "scaled"
    similarity: Form = "clamped"
    linear_generator: bool = False
    metric_weight: float = 0.3
    made_weight: float = 1.0
    sigma_years: float = 2.0
    learning_rate: float = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class _Ties:
    """How the images of N quadruplets belong together: (N, 2) similarities and presence."""

    similarity: Tensor
    present: Tensor


class Learner:
    """Networks while they learn.

    Attributes:
        net: The network.
        average: Its running average, which is what is kept.
    """

    def __init__(
        self,
        duel: Duel,
        net: MetricNet,
        train: Samples,
        passes: int,
        random: np.random.Generator,
    ) -> None:
        self.net, self.average = net, copy.deepcopy(net).eval()
        self._duel, self._train, self._random = duel, train, random
        self._generator = Generator(linear=duel.linear_generator)
        self._sampler = QuadrupletSampler(train.years, train.groups)
        self._steps_per_pass = max(1, len(train) // (4 * QUADRUPLETS))
        self._steps, self._step = passes * self._steps_per_pass, 0
        stage = list(net.stage.parameters())
        new = [*net.head.parameters(), *net.embedding.parameters(), *net.metric.parameters()]
        groups = [{"params": stage, "factor": 1.0}, {"params": new, "factor": _FACTOR}]
        self._optimizer = torch.optim.AdamW(groups, duel.learning_rate, weight_decay=_WEIGHT_DECAY)
        self._adversary = torch.optim.AdamW(self._generator.parameters(), _NEW_RATE)

    def pass_over(self, stage: Stage) -> None:
        """Show as many images as there are, as quadruplets."""
        self.net.train()
        for _ in range(self._steps_per_pass):
            drawn = self._sampler.draw(QUADRUPLETS, self._random)
            rows = drawn.rows.T.reshape(-1)
            views = self._random.integers(0, self._train.activations.shape[1], len(rows))
            seen = torch.from_numpy(self._train.activations.pick(rows, views)).float()
            years = torch.from_numpy(self._train.years[rows])
            self._set_rate()
            self._adversary.zero_grad()
            _descend(self._optimizer, self._loss(seen, years, self._ties(drawn), stage))
            if stage == "release":
                self._adversary.step()
            self._follow()

    def warm_generator(self) -> None:
        """Teach the generator alone, on the points of the network as it is."""
        points = torch.from_numpy(points_of(self.net, self._train))
        for _ in range(_GENERATOR_STEPS):
            drawn = self._sampler.draw(QUADRUPLETS, self._random)
            real = Quadruplet(*points[torch.from_numpy(drawn.rows.T)])
            self._teach_generator(real, self._ties(drawn))

    def _ties(self, drawn: QuadrupletRows) -> _Ties:
        q = similarity(torch.from_numpy(drawn.gaps), self._duel.similarity)
        return _Ties(q, torch.from_numpy(drawn.present).float())

    def _loss(self, seen: Tensor, years: Tensor, ties: _Ties, stage: Stage) -> Tensor:
        features = self.net.features(seen)
        logits = self.net.head(self.net.dropout(features))
        rank = soft_cross_entropy(logits, gaussian_targets(years, _AXIS, self._duel.sigma_years))
        if stage == "rank":
            return rank
        x, extra, centre = self.net.embedding(features)
        terms = extra + self._metric_terms(Quadruplet(*x.chunk(4)), ties, stage)
        if centre is not None:
            terms = terms + self._metric_loss(Quadruplet(*centre.chunk(4)), ties)
        return rank + self._duel.metric_weight * terms

    def _metric_terms(self, real: Quadruplet, ties: _Ties, stage: Stage) -> Tensor:
        if stage == "real":
            return self._metric_loss(real, ties)
        if stage == "release":
            made = self._made(real)
            terms = self._generator_loss(real, made, ties)
        else:
            self._teach_generator(_detached(real), ties)
            _, _, younger, older = _detached(self._made(_detached(real)))
            made = Quadruplet(real.anchor, real.positive, younger, older)
            terms = self._metric_loss(real, ties)
        return terms + self._duel.made_weight * self._metric_loss(made, ties)

    def _made(self, real: Quadruplet) -> Quadruplet:
        anchor, positive, younger, older = real
        return Quadruplet(
            anchor,
            positive,
            self._generator(younger, anchor, positive),
            self._generator(older, positive, anchor),
        )

    def _embedded(self, points: Quadruplet) -> Quadruplet:
        return Quadruplet(*(self.net.metric(x) for x in points))

    def _metric_loss(self, points: Quadruplet, ties: _Ties) -> Tensor:
        return metric_loss(
            self._embedded(points),
            ties.similarity,
            ties.present,
            mode=self._duel.margin_mode,
        )

    def _generator_loss(self, real: Quadruplet, made: Quadruplet, ties: _Ties) -> Tensor:
        return generator_loss(real, made, self._embedded(made), ties.similarity, ties.present)

    def _teach_generator(self, real: Quadruplet, ties: _Ties) -> None:
        # The metric collects gradients here too; its own step begins by clearing them.
        _descend(self._adversary, self._generator_loss(real, self._made(real), ties))

    def _set_rate(self) -> None:
        warm = min(1.0, (self._step + 1) / max(1.0, _WARMUP * self._steps))
        rate = warm * 0.5 * (1 + math.cos(math.pi * self._step / self._steps))
        for group in self._optimizer.param_groups:
            group["lr"] = self._duel.learning_rate * group["factor"] * rate
        self._step += 1

    @torch.no_grad()
    def _follow(self) -> None:
        decay = min(_AVERAGE_DECAY, (1 + self._step) / (10 + self._step))
        for kept, new in zip(self.average.parameters(), self.net.parameters(), strict=True):
            kept.lerp_(new, 1 - decay)


def _detached(points: Quadruplet) -> Quadruplet:
    return Quadruplet(*(x.detach() for x in points))


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], 5.0)
    optimizer.step()
