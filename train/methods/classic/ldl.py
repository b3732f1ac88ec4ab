"""Label distribution learning with the maximum-entropy model (IIS-LLD's objective).

    p(a_j | x) = softmax_j(theta_j . [x, 1]),   d_j ~ exp(-(a_j - y)^2 / (2 s^2))
    min  -1/N sum_n sum_j d_nj log p_nj + r/2 |theta|^2

Source: Geng, Yin, Zhou, "Facial age estimation by learning from label distributions", TPAMI 2013.
Departs in three ways: L-BFGS in place of improved iterative scaling (same minimum, far quicker), a
small penalty, and the whole distribution as the answer instead of its highest age.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

from engine.values.age import AgeDistribution, Doubles, Floats
from train.methods.classic.shallow import Answer, Labelled, with_temperature
from train.methods.method import AGES


@dataclass(frozen=True, slots=True)
class MaximumEntropy:
    """The learner.

    Attributes:
        sigma_years: s.
        penalties: Candidates for r, chosen on watched people.
        steps: Most steps of L-BFGS.
    """

    sigma_years: float = 3.0
    penalties: tuple[float, ...] = (1e-3, 1e-2, 1e-1)
    steps: int = 200

    def __call__(self, train: Labelled, watch: Labelled, seed: int) -> Answer:  # noqa: ARG002
        """Fit for each penalty, keep the best, and fit its temperature on `watch`."""
        fits = [self._fit(train, penalty) for penalty in self.penalties]
        theta = min(fits, key=lambda theta: _median_error(theta, watch))
        return with_temperature(lambda x: _distribution(theta, x), watch)

    def _fit(self, train: Labelled, penalty: float) -> Doubles:
        x, targets = _with_one(train.x), label_distributions(train.years, self.sigma_years)
        shape = x.shape[1], len(AGES)
        found = minimize(
            lambda theta: objective(theta.reshape(shape), x, targets, penalty),
            np.zeros(shape[0] * shape[1]),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": self.steps, "ftol": 1e-7},
        )
        return found.x.reshape(shape)


def objective(
    theta: Doubles, x: Doubles, targets: Doubles, penalty: float
) -> tuple[float, Doubles]:
    """Value and flat gradient for (D, A) theta, (N, D) descriptions and (N, A) targets."""
    logs = log_softmax(x @ theta, 1)
    value = -(targets * logs).sum() / len(x) + 0.5 * penalty * (theta**2).sum()
    gradient = x.T @ (np.exp(logs) - targets) / len(x) + penalty * theta
    return float(value), gradient.ravel()


def label_distributions(years: Floats, sigma_years: float) -> Doubles:
    """(N, 101) normal distributions around (N,) ages, cut to the axis; rows sum to 1."""
    heights = np.exp(-0.5 * ((AGES[None] - years[:, None]) / sigma_years) ** 2)
    return heights.astype(np.float64) / heights.sum(1, keepdims=True)


def _distribution(theta: Doubles, x: Floats) -> AgeDistribution:
    return AgeDistribution(AGES, np.exp(log_softmax(_with_one(x) @ theta, 1)).astype(np.float32))


def _median_error(theta: Doubles, watch: Labelled) -> float:
    return float(np.abs(_distribution(theta, watch.x).median() - watch.years).mean())


def _with_one(x: Floats) -> Doubles:
    return np.concatenate([x, np.ones((len(x), 1))], 1).astype(np.float64)
