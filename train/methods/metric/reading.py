"""How ages are read from a metric network: softmax, ranked hyperplanes, or nearest neighbours.

Source: the authors' release of SADAL reads a softmax; ranked hyperplanes are the same group's way
in Liu, Lu, Feng, Zhou, "Ordinal deep feature learning for facial age estimation", 2017.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from engine.values.age import AgeDistribution, Floats
from train.methods.classic.knn import NearestNeighbours
from train.methods.classic.ohrank import OHRanker
from train.methods.classic.shallow import Labelled, at_most
from train.methods.fine_tune import fit_temperature, tempered
from train.methods.method import AGES, Predictor, Samples
from train.methods.metric.networks import MetricNet

Reading = Literal["softmax", "ohrank", "knn"]
_BATCH = 64
_MOST = 4000  # kernels grow with the square of it


@dataclass(frozen=True, slots=True, eq=False)
class _Softmax:
    """The age head's distribution at the temperature of watched people."""

    net: MetricNet
    temperature: float

    def __call__(self, samples: Samples) -> AgeDistribution:
        return AgeDistribution(AGES, tempered(raw_probs(self.net, samples), self.temperature))


def read(reading: Reading, net: MetricNet, train: Samples, watch: Samples, seed: int) -> Predictor:
    """A predictor for a network that has learnt from `train`."""
    if reading == "softmax":
        return _Softmax(net, fit_temperature(raw_probs(net, watch), watch.years))
    learn = OHRanker() if reading == "ohrank" else NearestNeighbours()
    seen = [at_most(samples, _MOST, seed) for samples in (train, watch)]
    labelled = [Labelled(points_of(net, samples), samples.years) for samples in seen]
    answer = learn(labelled[0], labelled[1], seed)
    return lambda samples: answer(points_of(net, samples))


def raw_probs(net: MetricNet, samples: Samples) -> Floats:
    """(N, 101) uncalibrated distributions, mean over crop and mirrored crop."""
    return _mean_of_views([torch.softmax(net.head(f), 1) for f in _features(net, samples)])


def points_of(net: MetricNet, samples: Samples) -> Floats:
    """(N, DIMENSIONS) points, mean over crop and mirrored crop."""
    return _mean_of_views([net.embedding(features).x for features in _features(net, samples)])


def _features(net: MetricNet, samples: Samples) -> Iterator[Tensor]:
    net.eval()
    with torch.inference_mode():
        for first in range(0, len(samples), _BATCH):
            seen = torch.from_numpy(samples.activations[first : first + _BATCH][:, :2]).float()
            yield net.features(seen.flatten(0, 1))


def _mean_of_views(parts: list[Tensor]) -> Floats:
    whole = torch.cat(parts).detach()
    return whole.view(len(whole) // 2, 2, -1).mean(1).numpy()
