"""Sums over people that can be added: of one track, one source or ten thousand.

An audience is a sum of beliefs, never a count of point ages: somebody believed 60 % of age is 0.6
of a person in that band. With p the probabilities of a band, its expected number is the sum of p
and, as people are told apart, its variance the sum of p (1 - p) (a Poisson binomial number).
"""

from collections.abc import Sequence
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from engine.sinks.biography import Biography
from engine.sinks.palette import BANDS
from engine.values.age import AgeDistribution
from engine.values.result import Status

AGES = range(101)
DWELL_S = (0, 5, 15, 30, 60, 300)
"""Where the classes of dwell begin."""
SIDES_PX = (0, 32, 64, 128, 256)
"""Where the classes of the face's largest side begin; the first is called too small."""
QUALITIES = (0.0, 0.2, 0.4, 0.6, 0.8)
"""Where the classes of mean quality begin."""


def _sums(length: int) -> tuple[float, ...]:
    return (0.0,) * length


def _of_length(length: int) -> object:
    return Field(default=_sums(length), min_length=length, max_length=length)


class Tally(BaseModel):
    """Who was there, in numbers.

    Attributes:
        people: Tracks; of pictures, faces.
        unknown: Of those, nothing could be said about; they are in no age below.
        too_small: Of the unknown, those whose face never reached the second class of `SIDES_PX`.
        provisional: Of the tracks, those whose belief was still moving when they ended.
        seconds: Summed dwell, of tracks only.
        longest_s: Longest dwell.
        ages: Expected number at each age, 0 to 100.
        bands: Expected number in each of `BANDS`.
        bands_variance: Its variance.
        dwell: Number in each class of `DWELL_S`, of tracks only.
        sides: Number in each class of `SIDES_PX`.
        qualities: Number in each class of `QUALITIES`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: int = 0
    unknown: int = 0
    too_small: int = 0
    provisional: int = 0
    seconds: float = 0.0
    longest_s: float = 0.0
    ages: Annotated[tuple[float, ...], _of_length(len(AGES))] = _sums(len(AGES))
    bands: Annotated[tuple[float, ...], _of_length(len(BANDS))] = _sums(len(BANDS))
    bands_variance: Annotated[tuple[float, ...], _of_length(len(BANDS))] = _sums(len(BANDS))
    dwell: Annotated[tuple[float, ...], _of_length(len(DWELL_S))] = _sums(len(DWELL_S))
    sides: Annotated[tuple[float, ...], _of_length(len(SIDES_PX))] = _sums(len(SIDES_PX))
    qualities: Annotated[tuple[float, ...], _of_length(len(QUALITIES))] = _sums(len(QUALITIES))

    def __add__(self, other: "Tally") -> "Tally":
        """The sums of both."""
        sums = {
            name: np.add(getattr(self, name), getattr(other, name)).tolist()
            for name in type(self).model_fields
        }
        return Tally.model_validate(sums | {"longest_s": max(self.longest_s, other.longest_s)})

    @property
    def known(self) -> int:
        """People whose age something could be said about."""
        return self.people - self.unknown

    @property
    def visits(self) -> int:
        """People who came and left, unlike faces in pictures."""
        return round(sum(self.dwell))

    @classmethod
    def of(cls, life: Biography) -> Self:
        """The tally of one person."""
        track = life.track
        counts = {
            "people": 1,
            **({} if life.picture else _stay(track.last_s - track.first_s)),
            "sides": _one(SIDES_PX, life.side_px),
            "qualities": _one(QUALITIES, track.quality),
        }
        if track.belief.status is Status.INSUFFICIENT:
            return cls.model_validate(
                counts | {"unknown": 1, "too_small": int(life.side_px < SIDES_PX[1])}
            )
        shares = band_shares(track.belief.distribution)
        return cls.model_validate(
            counts
            | {
                "provisional": int(track.belief.status is Status.PROVISIONAL and not life.picture),
                "ages": track.belief.distribution.probs.tolist(),
                "bands": shares.tolist(),
                "bands_variance": (shares * (1 - shares)).tolist(),
            }
        )


def band_shares(distribution: AgeDistribution) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """(8,) probability of each of `BANDS`."""
    reached = [float(distribution.probability_from(band.first)) for band in BANDS]
    return np.clip(np.array(reached) - np.array([*reached[1:], 0.0]), 0, 1)


def _stay(dwell_s: float) -> dict[str, object]:
    return {"seconds": dwell_s, "longest_s": dwell_s, "dwell": _one(DWELL_S, dwell_s)}


def _one(starts: Sequence[float], value: float) -> list[int]:
    """A one in the class of `value`."""
    at = max(0, int(np.searchsorted(starts, value, side="right")) - 1)
    return [int(place == at) for place in range(len(starts))]
