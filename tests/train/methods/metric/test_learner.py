"""What each stage makes small, against its terms written out one by one."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from train.methods.method import Samples
from train.methods.metric.learner import QUADRUPLETS, Duel, Learner, Stage
from train.methods.metric.networks import MetricNet

OURS = Duel(made_weight=0.7)
THEIRS = Duel(
    margin_mode="source", similarity="slide", linear_generator=True, made_weight=0.7, sigma_years=0
)
Points = list[Tensor]


class Batch:
    """A learner without dropout, and one batch for it."""

    def __init__(self, samples: Samples, duel: Duel, *, variational: bool = False) -> None:
        torch.manual_seed(1)
        net = MetricNet(samples.backbone, variational=variational).eval()
        net.embedding.train()
        self.duel, self.net = duel, net
        self.learner = Learner(duel, net, samples, 4, np.random.default_rng(1))
        self.drawn = self.learner._sampler.draw(QUADRUPLETS, np.random.default_rng(2))
        rows = self.drawn.rows.T.reshape(-1)
        self.seen = torch.from_numpy(samples.activations[rows][:, 0]).float()
        self.years = torch.from_numpy(samples.years[rows])
        i, _, k, _ = (net.metric(x) for x in self.points())
        with torch.no_grad():  # near enough for most pairs to be pushed apart
            net.embedding.centre.weight.div_(3 * ((i - k) ** 2).sum(1).mean().sqrt())
            net.embedding.centre.bias.sub_(torch.cat(self.points()).mean(0))

    def loss(self, stage: Stage) -> float:
        torch.manual_seed(3)
        ties = self.learner._ties(self.drawn)
        return float(self.learner._loss(self.seen, self.years, ties, stage).detach())

    def points(self) -> Points:
        return list(self.net.embedding.centre(self.net.features(self.seen)).chunk(4))

    def made(self, points: Points) -> Points:
        i, j, k, older = points
        make = self.learner._generator
        return [i, j, make(k, i, j), make(older, j, i)]

    def cross_entropy(self) -> float:
        logs = torch.log_softmax(self.net.head(self.net.features(self.seen)), 1).tolist()
        total = 0.0
        for row, year in zip(logs, self.years.tolist(), strict=True):
            s = self.duel.sigma_years
            bell = [
                math.exp(-((a - year) ** 2) / (2 * s**2)) if s else a == year for a in range(101)
            ]
            total -= sum(b * log for b, log in zip(bell, row, strict=True)) / sum(bell)
        return total / len(logs)

    def q(self, n: int, side: int) -> float:
        gap = float(self.drawn.gaps[n, side])
        return math.log(1 + gap) / (5 if self.duel.similarity == "slide" else math.log(6))

    def metric_loss(self, points: Points) -> float:
        i, j, k, older = (self.net.metric(x) for x in points)
        total = 0.0
        for n in range(QUADRUPLETS):
            for side, (near, far) in enumerate(((i, k), (j, older))):
                d, q = distance(near[n], far[n]), self.q(n, side)
                slack = 1 - d * q if self.duel.margin_mode == "source" else q - d
                total += max(0.0, slack) ** 2 * float(self.drawn.present[n, side])
            total += distance(i[n], j[n])
        return total / QUADRUPLETS

    def generator_loss(self, points: Points) -> float:
        made, f = self.made(points), self.net.metric
        total = 0.0
        for n in range(QUADRUPLETS):
            for side in range(2):
                anchor, negative, real = made[side][n], made[2 + side][n], points[2 + side][n]
                excess = distance(f(anchor), f(negative)) * (1 - self.q(n, side)) - 1
                term = distance(anchor, negative) + distance(negative, real) + max(0, excess) ** 2
                total += term * float(self.drawn.present[n, side])
        return total / QUADRUPLETS


def distance(u: Tensor, w: Tensor) -> float:
    return sum((a - b) ** 2 for a, b in zip(u.tolist(), w.tolist(), strict=True))


@pytest.mark.parametrize("duel", [OURS, THEIRS], ids=["ours", "theirs"])
def test_what_each_stage_makes_small_is_the_sum_of_its_terms(
    duel: Duel, made_samples: Callable[[int], Samples]
) -> None:
    batch = Batch(made_samples(80), duel)
    found = {stage: batch.loss(stage) for stage in ("rank", "real", "release")}
    rank, points = batch.cross_entropy(), batch.points()
    real, made = batch.metric_loss(points), batch.metric_loss(batch.made(points))
    assert found["rank"] == pytest.approx(rank, rel=1e-4)
    assert found["real"] - rank == pytest.approx(0.3 * real, rel=1e-3)
    release = batch.generator_loss(points) + 0.7 * made
    assert found["release"] - rank == pytest.approx(0.3 * release, rel=1e-3)
    adversary = batch.loss("adversary")  # which teaches the generator first
    taught = batch.metric_loss(batch.made(points))
    assert taught != pytest.approx(made, rel=1e-3)
    assert adversary - rank == pytest.approx(0.3 * (real + 0.7 * taught), rel=1e-3)


def test_a_taught_generator_makes_what_it_was_asked_for(
    made_samples: Callable[[int], Samples],
) -> None:
    batch = Batch(made_samples(80), OURS)
    points = batch.points()
    before = batch.generator_loss(points)
    for _ in range(20):
        batch.loss("adversary")
    assert batch.generator_loss(points) < 0.8 * before


def test_a_variational_embedding_is_near_normal_tells_the_features_and_orders_its_centres(
    made_samples: Callable[[int], Samples],
) -> None:
    batch = Batch(made_samples(80), OURS, variational=True)
    found = batch.loss("real")
    net, features = batch.net.embedding, batch.net.features(batch.seen)
    mean, log_variance = net.mean(features), net.log_variance(features).clamp(-8, 4)
    torch.manual_seed(3)
    x = net.centre(features) + mean + torch.randn_like(mean) * (log_variance / 2).exp()
    divergence = 0.5 * (log_variance.exp() + mean**2 - 1 - log_variance).mean()
    extra = 0.1 * divergence + ((net.decode(x) - features) ** 2).mean()
    metric = batch.metric_loss(list(x.chunk(4))) + batch.metric_loss(batch.points())
    expected = batch.cross_entropy() + 0.3 * (metric + float(extra.detach()))
    assert found == pytest.approx(expected, rel=1e-4)
