"""Several methods asked together: the mean of their distributions.

Members that err differently average out; the mean of distributions is wider than each of them, so
its temperature is fitted anew on watched people.
Source: Lakshminarayanan, Pritzel, Blundell, "Simple and scalable predictive uncertainty estimation
using deep ensembles", 2017.
"""

from dataclasses import dataclass

import numpy as np

from engine.values.age import AgeDistribution, Floats
from train.methods.fine_tune import fit_temperature, tempered
from train.methods.method import AGES, Method, Predictor, Samples


@dataclass(frozen=True, slots=True)
class Ensemble:
    """One row of the benchmark.

    Attributes:
        name: Of the row.
        members: What is averaged; each learns with a seed of its own.
        weights: Of the members, in proportion; () for equal ones.
    """

    name: str
    members: tuple[Method, ...]
    weights: tuple[float, ...] = ()

    def fit(self, train: Samples, watch: Samples, seed: int) -> "Averaged":
        """Let every member learn, then fit the temperature of their mean."""
        learnt = tuple(
            member.fit(train, watch, seed + number) for number, member in enumerate(self.members)
        )
        weights = self.weights or (1.0,) * len(learnt)
        probs = _mean_probs(learnt, weights, watch)
        return Averaged(learnt, weights, fit_temperature(probs, watch.years))


@dataclass(frozen=True, slots=True, eq=False)
class Averaged:
    """What an ensemble has learnt.

    Attributes:
        members: Predictors.
        weights: Of the members, in proportion.
        temperature: Log probabilities of their mean are divided by it.
    """

    members: tuple[Predictor, ...]
    weights: tuple[float, ...]
    temperature: float

    def __call__(self, samples: Samples) -> AgeDistribution:
        """(N, 101) distributions."""
        probs = _mean_probs(self.members, self.weights, samples)
        return AgeDistribution(AGES, tempered(probs, self.temperature))


def _mean_probs(
    members: tuple[Predictor, ...], weights: tuple[float, ...], samples: Samples
) -> Floats:
    every = [member(samples).probs for member in members]
    return np.average(every, 0, weights).astype(np.float32)
