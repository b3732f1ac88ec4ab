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
    """

    name: str
    members: tuple[Method, ...]

    def fit(self, train: Samples, watch: Samples, seed: int) -> "Averaged":
        """Let every member learn, then fit the temperature of their mean."""
        learnt = tuple(
            member.fit(train, watch, seed + number) for number, member in enumerate(self.members)
        )
        probs = _mean_probs(learnt, watch)
        return Averaged(learnt, fit_temperature(probs, watch.years))


@dataclass(frozen=True, slots=True, eq=False)
class Averaged:
    """What an ensemble has learnt.

    Attributes:
        members: Predictors.
        temperature: Log probabilities of their mean are divided by it.
    """

    members: tuple[Predictor, ...]
    temperature: float

    def __call__(self, samples: Samples) -> AgeDistribution:
        """(N, 101) distributions."""
        return AgeDistribution(AGES, tempered(_mean_probs(self.members, samples), self.temperature))


def _mean_probs(members: tuple[Predictor, ...], samples: Samples) -> Floats:
    return np.mean([member(samples).probs for member in members], 0, dtype=np.float32)
