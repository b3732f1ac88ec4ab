"""A shallow method: what is measured in a face, and what is learnt on those numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from engine.values.age import AgeDistribution, Doubles, Floats
from train.methods.fine_tune import fit_temperature, tempered
from train.methods.method import AGES, Predictor, Samples, Spread

Describe = Callable[[Samples], Floats]
Answer = Callable[[Floats], AgeDistribution]


class Labelled(NamedTuple):
    """Descriptions with their ages.

    Attributes:
        x: (N, D) numbers that describe faces.
        years: (N,) true ages.
    """

    x: Floats
    years: Floats


class Descriptor(Protocol):
    """What is measured in a face; may itself be learnt."""

    def __call__(self, train: Samples, seed: int) -> Describe:
        """A function from samples to (N, D) descriptions."""


class Learner(Protocol):
    """What is learnt on descriptions."""

    def __call__(self, train: Labelled, watch: Labelled, seed: int) -> Answer:
        """A function from (N, D) descriptions to age distributions."""


@dataclass(frozen=True, slots=True)
class Shallow:
    """One row of the benchmark.

    Attributes:
        name: Of the row.
        descriptor: What is measured.
        learner: What is learnt on it.
        components: Principal components that are kept of standardised descriptions.
        most: Samples learnt from at most, drawn at random: kernels grow with their square.
    """

    name: str
    descriptor: Descriptor
    learner: Learner
    components: int = 200
    most: int = 4000

    def fit(self, train: Samples, watch: Samples, seed: int) -> Predictor:
        """Measure, compress, learn."""
        train, watch = (at_most(samples, self.most, seed) for samples in (train, watch))
        describe = self.descriptor(train, seed)
        x = describe(train)
        components = min(self.components, *x.shape)
        compress = make_pipeline(StandardScaler(), PCA(components, random_state=seed)).fit(x)
        scale = np.float32(compress.transform(x).std())
        seen = [
            Labelled(_compressed(compress.transform(describe(s)), scale), s.years)
            for s in (train, watch)
        ]
        answer = self.learner(seen[0], seen[1], seed)
        return lambda samples: answer(_compressed(compress.transform(describe(samples)), scale))


@dataclass(frozen=True, slots=True)
class FaceFeatures:
    """The frozen backbone's features."""

    def __call__(self, train: Samples, seed: int) -> Describe:  # noqa: ARG002 nothing is learnt
        """A function that hands them on."""
        return lambda samples: samples.features


def with_spread(ages: Callable[[Floats], Doubles], watch: Labelled) -> Answer:
    """Distributions around estimates, as wide as the errors on watched people."""
    spread = Spread.of(ages(watch.x), watch.years)
    return lambda x: spread.around(ages(x))


def with_temperature(answer: Answer, watch: Labelled) -> Answer:
    """Distributions at the temperature that makes watched people's ages likeliest."""
    temperature = fit_temperature(answer(watch.x).probs, watch.years)
    return lambda x: AgeDistribution(AGES, tempered(answer(x).probs, temperature))


def error(ages: Callable[[Floats], Doubles], watch: Labelled) -> float:
    """Mean absolute error of estimates in years."""
    return float(np.abs(ages(watch.x) - watch.years).mean())


def _compressed(components: Floats, scale: np.float32) -> Floats:
    """Components in units of their common deviation: learners need no scale of their own."""
    return np.asarray(components / scale, np.float32)


def at_most(samples: Samples, most: int, seed: int) -> Samples:
    """The samples, or so many of them drawn at random."""
    if len(samples) <= most:
        return samples
    rows = np.random.default_rng(seed).choice(len(samples), most, replace=False)
    return samples.take(np.sort(rows))
