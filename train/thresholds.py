"""Decisions at an age limit: are the chances that a model gives true, and who is stopped wrongly.

Sources: Brier, "Verification of forecasts expressed in terms of probability", 1950; Naeini, Cooper,
Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", 2015, for the expected
calibration error; Challenge-25 as NIST's evaluation of age estimation (FATE AEV) defines it: legal
age 18, let pass whoever is estimated at 25 or more.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
_BINS = 10
CHALLENGE_AGE = 25
MINORS = (14, 17)
ADULTS = (25, 30)


@dataclass(frozen=True, slots=True)
class Bin:
    """Photographs whose claimed chance is alike.

    Attributes:
        images: How many.
        claimed: Mean chance that the model gave.
        found: Share for whom it was so.
    """

    images: int
    claimed: float
    found: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How true the chances of an event are.

    Attributes:
        brier: Mean squared distance of chance and truth, 0 is perfect.
        calibration_error: Mean distance of claimed and found over bins, weighted by images (ECE).
        bins: Those that hold any photographs, from low chances to high ones.
    """

    brier: float
    calibration_error: float
    bins: list[Bin]


def reliability(chances: Doubles, happened: NDArray[np.bool_]) -> Reliability:
    """Compare (N,) claimed chances with what (N,) happened, in ten bins of equal width."""
    at = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    bins = [
        Bin(int(rows.sum()), float(chances[rows].mean()), float(happened[rows].mean()))
        for rows in (at == number for number in range(_BINS))
        if rows.any()
    ]
    away = sum(b.images * abs(b.claimed - b.found) for b in bins) / len(chances)
    return Reliability(float(np.mean((chances - happened) ** 2)), float(away), bins)


@dataclass(frozen=True, slots=True)
class Challenge:
    """Challenge-25 on a set of photographs; shares are nan where there is nobody.

    Attributes:
        minors: People of 14 to 17.
        passed: Share of them who are estimated at 25 or more: false positives.
        adults: People of 25 to 30.
        stopped: Share of them who are estimated below 25: inconvenience.
    """

    minors: int
    passed: float
    adults: int
    stopped: float


def challenge(estimates: Doubles, years: Doubles) -> Challenge:
    """Score (N,) estimates against (N,) true ages."""
    minors, adults = (_between(years, *ages) for ages in (MINORS, ADULTS))
    return Challenge(
        int(minors.sum()),
        _share(estimates[minors] >= CHALLENGE_AGE),
        int(adults.sum()),
        _share(estimates[adults] < CHALLENGE_AGE),
    )


def _between(years: Doubles, youngest: int, oldest: int) -> NDArray[np.bool_]:
    """(N,) who is so old in whole years."""
    return np.asarray((years >= youngest) & (years < oldest + 1))


def _share(which: NDArray[np.bool_]) -> float:
    return float(which.mean()) if len(which) else float("nan")
