"""SADAL and its kin on made-up people; what they learn is tested on real ones by the benchmark."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from engine.errors import DataError
from train.losses.lsdml import LSDMLLoss, moment_distance
from train.methods.classic.knn import NearestNeighbours
from train.methods.classic.ohrank import OHRanker
from train.methods.classic.shallow import Labelled
from train.methods.method import Method, Samples
from train.methods.metric.learner import Duel, Learner
from train.methods.metric.m_lsdml import PopulationMetric, divided, grey_photographs
from train.methods.metric.networks import DIMENSIONS, Generator, MetricNet
from train.methods.metric.reading import points_of, raw_probs, read
from train.methods.metric.sadal import Sadal

QUICK = (("rank", 1), ("real", 1), ("adversary", 1))
METHODS = [
    Sadal("softmax", stages=QUICK),
    Sadal(
        "source", reading="knn", duel=Duel(margin_mode="source", similarity="slide"), stages=QUICK
    ),
    Sadal("release", duel=Duel(linear_generator=True), stages=(("release", 2),)),
    Sadal("variational", reading="ohrank", variational=True, stages=QUICK),
    PopulationMetric("populations", passes=1),
]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_variant_learns_the_same_twice_and_answers_with_distributions(
    method: Method, made_samples: Callable[[int], Samples]
) -> None:
    asked = made_samples(11)
    first, second = (
        method.fit(made_samples(80), made_samples(12), 5)(asked).probs for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(first.sum(1), 1, atol=1e-5)
    assert " at 0x" not in repr(method)


def test_the_common_backbone_is_left_as_it_was(made_samples: Callable[[int], Samples]) -> None:
    samples = made_samples(80)
    before = {name: value.clone() for name, value in samples.backbone.state_dict().items()}
    Sadal("sadal", stages=QUICK).fit(samples, made_samples(12), 1)
    for name, value in samples.backbone.state_dict().items():
        torch.testing.assert_close(value, before[name], rtol=0, atol=0)


def test_the_generator_alone_changes_nothing_else(made_samples: Callable[[int], Samples]) -> None:
    samples = made_samples(80)
    net = MetricNet(samples.backbone, variational=False)
    before = points_of(net, samples)
    learner = Learner(Duel(), net, samples, 4, np.random.default_rng(1))
    learner.warm_generator()
    np.testing.assert_array_equal(points_of(net, samples), before)


def test_a_network_that_has_not_learnt_answers_as_the_backbone_does(
    made_samples: Callable[[int], Samples],
) -> None:
    samples = made_samples(9)
    net = MetricNet(samples.backbone, variational=True)
    seen = torch.from_numpy(samples.activations[:]).float()
    maps = samples.backbone.body[23:](seen.flatten(0, 1)).mean((2, 3))
    expected = torch.softmax(samples.backbone.head(maps), 1).view(9, 2, -1).mean(1)
    np.testing.assert_allclose(raw_probs(net, samples), expected.detach().numpy(), atol=1e-6)


def test_the_generator_makes_points() -> None:
    negative, anchor, positive = torch.randn(3, 4, DIMENSIONS)
    assert Generator(linear=False)(negative, anchor, positive).shape == (4, DIMENSIONS)
    linear = Generator(linear=True)
    middle = linear((negative + anchor) / 2, anchor, positive)
    both = (linear(negative, anchor, positive) + linear(anchor, anchor, positive)) / 2
    torch.testing.assert_close(middle, both)


def test_weights_of_nothing_but_age_still_learn(made_samples: Callable[[int], Samples]) -> None:
    plain = Sadal("plain", duel=Duel(metric_weight=0.0), stages=QUICK)
    assert plain.fit(made_samples(80), made_samples(12), 1)(made_samples(9)).probs.shape == (9, 101)


def test_points_are_read_by_ranked_hyperplanes_where_the_recipe_asks_for_them(
    made_samples: Callable[[int], Samples],
) -> None:
    parts = [made_samples(60), made_samples(12), made_samples(9)]
    net = MetricNet(parts[0].backbone, variational=False)
    train, watch, asked = (Labelled(points_of(net, part), part.years) for part in parts)
    for reading, learner in (("ohrank", OHRanker()), ("knn", NearestNeighbours())):
        found = read(reading, net, parts[0], parts[1], 1)(parts[2])
        np.testing.assert_array_equal(found.probs, learner(train, watch, 1)(asked.x).probs)


def test_populations_of_fewer_photographs_than_a_batch_are_refused(
    made_samples: Callable[[int], Samples],
) -> None:
    method = PopulationMetric("populations", passes=0)  # its head learns in batches too
    with pytest.raises(DataError, match="31 photographs to learn from, fewer than the 32 of a"):
        method.fit(made_samples(31), made_samples(12), 1)


def test_two_populations_are_pulled_together_and_one_is_not() -> None:
    torch.manual_seed(1)
    outputs, years, axis = torch.randn(6, 100 + 128), 10 * torch.arange(6.0), torch.arange(101.0)
    method = PopulationMetric("populations", alignment=0.3)
    alone = float(LSDMLLoss()(outputs, axis, years))
    apart = float(moment_distance(outputs[:2, 100:], outputs[2:, 100:]))
    assert float(method._total(outputs, years, 2)) == pytest.approx(alone + 0.3 * apart)
    assert float(method._total(outputs, years, 0)) == pytest.approx(alone)


def test_grey_photographs_are_told_from_coloured_ones(
    made_samples: Callable[[int], Samples],
) -> None:
    grey = grey_photographs(made_samples(30).crops[:])
    np.testing.assert_array_equal(grey, np.arange(30) % 3 == 0)


def test_a_population_of_few_is_no_population() -> None:
    grey = np.zeros(20, bool)
    assert [len(part) for part in divided(grey)] == [20]
    grey[:9] = True
    assert [len(part) for part in divided(grey)] == [9, 11]
