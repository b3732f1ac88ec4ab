"""Similarity-aware deep adversarial learning (SADAL), and its variational extension (VDAL).

    rank       the trunk learns ages by cross-entropy
    real       + D on real quadruplets
    adversary  the generator learns alone by G, then in turn with the rest:
               cross-entropy + D(real) + lambda D(made)
    release    all at once as the authors do: cross-entropy + G + lambda D(made), nothing detached

Losses: `train.losses.quadruplet`. Source: Sun, Liu, Wang, Yu, Wu, ICME 2019; Liu et al., IEEE TMM
2020 (ranker and metric learnt jointly). Departs in the trunk (the common backbone, whose last stage
is fine-tuned) and in the order of stages, which is that of Duan et al., "Deep adversarial metric
learning", CVPR 2018, with the other side's loss detached.
"""

import copy
from dataclasses import dataclass, field

import numpy as np
import torch

from engine.values.age import AgeDistribution
from train.methods.method import AGES, Predictor, Samples
from train.methods.metric.learner import Duel, Learner, Stage
from train.methods.metric.networks import MetricNet
from train.methods.metric.reading import Reading, raw_probs, read


@dataclass(frozen=True, slots=True)
class Sadal:
    """One row of the benchmark.

    Attributes:
        name: Of the row.
        reading: How ages are read from what was learnt.
        variational: VDAL's embedding.
        stages: Passes over the data in each stage; those that know the metric are candidates.
        duel: How the metric and the generator learn.
    """

    name: str
    reading: Reading = "softmax"
    variational: bool = False
    stages: tuple[tuple[Stage, int], ...] = (("rank", 1), ("real", 1), ("adversary", 2))
    duel: Duel = field(default_factory=Duel)

    def fit(self, train: Samples, watch: Samples, seed: int) -> Predictor:
        """Learn, then fit the reading."""
        return read(self.reading, self.learn(train, watch, seed), train, watch, seed)

    def learn(self, train: Samples, watch: Samples, seed: int) -> MetricNet:
        """Go through the stages; the pass that answers best on `watch`, whatever the reading."""
        torch.manual_seed(seed)
        net = MetricNet(train.backbone, variational=self.variational)
        passes = sum(count for _, count in self.stages)
        learner = Learner(self.duel, net, train, passes, np.random.default_rng(seed))
        best, least = learner.average, np.inf
        for stage, count in self.stages:
            if stage == "adversary":
                learner.warm_generator()
            for _ in range(count):
                learner.pass_over(stage)
                if stage != "rank" and (error := _error(learner.average, watch)) < least:
                    best, least = copy.deepcopy(learner.average), error
        return best


def _error(net: MetricNet, watch: Samples) -> float:
    found = AgeDistribution(AGES, raw_probs(net, watch))
    return float(np.abs(found.median() - watch.years).mean())
