"""Learners on features that tell the age: all of them must find it, with honest widths."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from train.losses.or_cnn import ORCNNLoss
from train.methods.classic.ca_svr import CumulativeAttributes
from train.methods.classic.cpnn import ConditionalNetwork
from train.methods.classic.knn import NearestNeighbours
from train.methods.classic.ldl import MaximumEntropy
from train.methods.classic.ohrank import OHRanker
from train.methods.classic.ranking_net import DeepRank, RankingNet
from train.methods.classic.shallow import FaceFeatures, Learner, Shallow
from train.methods.method import AGES, Samples

LEARNERS = [
    NearestNeighbours(),
    OHRanker(),
    MaximumEntropy(steps=60),
    ConditionalNetwork(hidden=32, passes=60, batch=16),
    CumulativeAttributes(),
    DeepRank(),
    DeepRank((15.0, 35.0)),
]


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: type(learner).__name__)
def test_every_learner_finds_the_age_in_features_that_tell_it(
    learner: Learner, made_samples: Callable[[int], Samples]
) -> None:
    asked = made_samples(41)
    method = Shallow("made", FaceFeatures(), learner, components=10)
    found = method.fit(made_samples(150), made_samples(40), 1)(asked)
    floor = np.abs(asked.years - np.median(asked.years)).mean()
    assert np.abs(found.median() - asked.years).mean() < 0.4 * floor
    low, high = found.interval(0.9)
    assert np.mean((low <= asked.years) & (asked.years <= high)) > 0.6
    np.testing.assert_allclose(found.probs.sum(1), 1, atol=1e-5)


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: type(learner).__name__)
def test_intervals_are_as_wide_as_errors_and_no_wider(
    learner: Learner, made_samples: Callable[[int], Samples]
) -> None:
    train, watch, asked = (jittered(made_samples(count)) for count in (150, 200, 400))
    found = Shallow("made", FaceFeatures(), learner, components=10).fit(train, watch, 1)(asked)
    for level in (0.5, 0.9):
        low, high = found.interval(level)
        share = np.mean((low <= asked.years) & (asked.years <= high))
        assert share == pytest.approx(level, abs=0.1), level


def jittered(samples: Samples) -> Samples:
    """The same with ages that features tell to five years only."""
    off = np.random.default_rng(len(samples)).normal(0, 5, len(samples))
    return replace(samples, years=np.maximum(samples.years + off, 0).astype(np.float32))


def test_the_gate_of_groups_is_taught_beside_the_ranks() -> None:
    torch.manual_seed(1)
    net, x, years = RankingNet(5, 8, 3).eval(), torch.randn(4, 5), torch.tensor([3.0, 15, 30, 60])
    ranks, gate = net(x)
    assert torch.softmax(gate, 1).sum(1).tolist() == pytest.approx([1] * 4)
    gates = -torch.log_softmax(gate, 1)[range(4), [0, 1, 1, 2]].mean()
    expected = ORCNNLoss()(ranks, torch.from_numpy(AGES), years) + gates
    found = DeepRank((15.0, 35.0))._loss(net, x, years)
    assert float(found.detach()) == pytest.approx(float(expected.detach()))


def test_the_same_seed_gives_the_same_answers(made_samples: Callable[[int], Samples]) -> None:
    method = Shallow("made", FaceFeatures(), ConditionalNetwork(passes=2), components=5, most=40)
    first, second = (
        method.fit(made_samples(60), made_samples(12), 7)(made_samples(13)).probs for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def test_a_method_says_the_same_of_itself_in_every_run() -> None:
    """Answers on disk are found again by what a method prints as."""
    assert " at 0x" not in repr([Shallow("made", FaceFeatures(), learner) for learner in LEARNERS])
