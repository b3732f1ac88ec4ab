"""Metrics of age distributions against true ages.

Sources: CRPS, Gneiting and Raftery, "Strictly proper scoring rules", 2007, on the unit age grid;
epsilon-error, Escalera et al., "ChaLearn looking at people 2015: apparent age and cultural event
recognition", 2015;
percentile bootstrap, Efron, 1979, over groups of photographs so that near-duplicates count once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.values.age import AgeDistribution

Doubles = NDArray[np.float64]
_SMALLEST = 1e-12
_HAIR_YEARS = 1e-3  # by which float32 probabilities move a median off a whole year


def crps(found: AgeDistribution, years: Doubles) -> Doubles:
    """Continuous ranked probability score in years, (N,): sum_j (F_j - s_j)^2 + s_j (1 - s_j).

    s_j is how much of the year from a_j on lies past the true age y: the sum is the integral of
    (F(x) - [x >= y])^2 also where y, as a mean of votes, is no whole year, or lies beyond the axis.
    """
    below = np.cumsum(found.probs, -1, dtype=np.float64)
    past = np.clip(found.ages[None] + 1 - years[:, None], 0, 1)
    beyond = np.maximum(years - (found.ages[-1] + 1), 0)  # F is 1 there and the truth not yet past
    return np.sum((below - past) ** 2 + past * (1 - past), -1) + beyond


def negative_log_likelihood(found: AgeDistribution, years: Doubles) -> Doubles:
    """-log p of the rounded true age in nats, (N,); probabilities are floored at 1e-12."""
    at = np.clip(np.rint(years - found.ages[0]).astype(int), 0, len(found.ages) - 1)
    picked = np.take_along_axis(found.probs, at[:, None], 1)[:, 0]
    return -np.log(np.maximum(picked.astype(np.float64), _SMALLEST))


def covered(found: AgeDistribution, years: Doubles, level: float) -> NDArray[np.bool_]:
    """(N,) whether the central interval of `level` holds the true age."""
    low, high = found.interval(level)
    return np.asarray((low <= years) & (years <= high))


def epsilon_error(estimates: Doubles, years: Doubles, votes_std: Doubles) -> float:
    """Mean of 1 - exp(-(x - mu)^2 / (2 s^2)): 0 is right, 1 far off; nan without votes.

    Args:
        estimates: (N,) x.
        years: (N,) mu, means of votes.
        votes_std: (N,) s, floored at 1e-4; rows where it is nan are left out.
    """
    voted = np.isfinite(votes_std)
    if not voted.any():
        return float("nan")
    away = (estimates - years)[voted] / np.maximum(votes_std[voted], 1e-4)
    return float(np.mean(1 - np.exp(-0.5 * away**2)))


def macro_mae(errors: Doubles, groups: list[str]) -> float:
    """Mean over groups of the mean of (N,) absolute errors within each group."""
    _, index = np.unique(groups, return_inverse=True)
    return float(np.mean(np.bincount(index, np.abs(errors)) / np.bincount(index)))


def bias_by_decade(errors: Doubles, years: Doubles) -> dict[str, float]:
    """Mean of (N,) signed errors for each decade of the true age, such as "20s"."""
    decades = (years // 10).astype(int) * 10
    return {f"{d}s": float(errors[decades == d].mean()) for d in np.unique(decades)}


def cumulative_score(errors: Doubles, most_years: int = 15) -> Doubles:
    """Share of (N,) errors of at most 0, 1, .. `most_years` years."""
    return (np.abs(errors)[None] <= np.arange(most_years + 1)[:, None] + _HAIR_YEARS).mean(1)


def bootstrap_interval(
    values: Doubles, groups: list[str], *, level: float = 0.95, draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Interval of the mean of `values` when whole groups are drawn again with replacement."""
    _, index = np.unique(groups, return_inverse=True)
    sums = np.bincount(index, values)
    counts = np.bincount(index).astype(np.float64)
    random = np.random.default_rng(seed)
    picks = random.integers(0, len(sums), (draws, len(sums)))
    means = sums[picks].sum(1) / counts[picks].sum(1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Scores:
    """What a table row says about a set of photographs; years unless said.

    Attributes:
        images: How many.
        mae: Mean absolute error of the median.
        mae_low: Lower end of its 95 % bootstrap interval over groups.
        mae_high: Upper end.
        mae_of_mean: Mean absolute error of the expected age.
        median_error: Median absolute error.
        cs5: Share within five years, 0..1.
        bias: Mean signed error; positive is estimated too old.
        crps: Mean CRPS.
        nll: Mean negative log-likelihood, nats.
        cover50: Share inside the 50 % interval, 0..1.
        cover90: Share inside the 90 % interval, 0..1.
        width50: Mean width of the 50 % interval.
        width90: Mean width of the 90 % interval.
    """

    images: int
    mae: float
    mae_low: float
    mae_high: float
    mae_of_mean: float
    median_error: float
    cs5: float
    bias: float
    crps: float
    nll: float
    cover50: float
    cover90: float
    width50: float
    width90: float


def score(found: AgeDistribution, years: Doubles, groups: list[str]) -> Scores:
    """All metrics of (N, A) distributions against (N,) true ages in N groups."""
    error = found.median() - years
    low, high = bootstrap_interval(np.abs(error), groups)
    numbers = {
        "mae": np.abs(error).mean(),
        "mae_low": low,
        "mae_high": high,
        "mae_of_mean": np.abs(found.mean() - years).mean(),
        "median_error": np.median(np.abs(error)),
        "cs5": np.mean(np.abs(error) <= 5 + _HAIR_YEARS),
        "bias": error.mean(),
        "crps": crps(found, years).mean(),
        "nll": negative_log_likelihood(found, years).mean(),
        "cover50": covered(found, years, 0.5).mean(),
        "cover90": covered(found, years, 0.9).mean(),
        "width50": _width(found, 0.5),
        "width90": _width(found, 0.9),
    }
    return Scores(len(years), **{name: round(float(value), 4) for name, value in numbers.items()})


def _width(found: AgeDistribution, level: float) -> float:
    low, high = found.interval(level)
    return float(np.mean(high - low))
