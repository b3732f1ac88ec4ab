"""What every method of the benchmark is given and what it gives back.

A method learns from the samples of some people, chooses epochs and settings on those of others
(`watch`), and returns a predictor. It never sees the people that it is tested on, as far as the
data set tells people (`train.protocols`). A recipe file `train/recipes/benchmark/<name>.py` that
defines METHOD makes a method a row of the benchmark.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.stats import norm

from engine.values.age import AgeDistribution, Doubles, Floats
from train.backbone import AgeNet

Rows = NDArray[np.intp] | list[int] | slice
AGES: Floats = np.arange(101, dtype=np.float32)
"""(101,) the age axis of all methods."""
_HALF_NORMAL = float(np.sqrt(np.pi / 2))  # standard deviation over mean absolute deviation


@dataclass(frozen=True, slots=True, eq=False)
class LazyRows:
    """Rows of an array that stay on disk until they are asked for.

    `np.asarray(rows)` reads all of them, `rows[a:b]` or `rows[indices]` a few.

    Attributes:
        array: (M, ...) array, often mapped from disk.
        at: (N,) which of its rows these are.
    """

    array: NDArray[np.uint8] | NDArray[np.float16]
    at: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, rows: Rows) -> np.ndarray:
        """A copy of the chosen rows."""
        return np.asarray(self.array[self.at[rows]])

    def pick(self, rows: NDArray[np.intp], views: NDArray[np.intp]) -> np.ndarray:
        """One entry of the second dimension for each chosen row, (len(rows), ...)."""
        return np.asarray(self.array[self.at[rows], views])

    def __array__(self, dtype: type | None = None, copy: bool | None = None) -> np.ndarray:
        """All rows, always a copy."""
        return self[:].astype(dtype or self.array.dtype, copy=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of all rows together."""
        return (len(self.at), *self.array.shape[1:])

    def take(self, rows: Rows) -> "LazyRows":
        """The chosen rows, still lazy."""
        return LazyRows(self.array, self.at[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """N photographs of faces with their labels and what a frozen network sees in them.

    Attributes:
        crops: (N, S, S, 3) uint8 RGB, as the engine cuts them.
        features: (N, width) output of the common frozen backbone, mean of crop and mirrored crop.
        activations: (N, V, C, h, w) float16 output of the backbone's frozen part, which deep
            methods fine-tune from. View 0 is the crop, view 1 its mirror image; further ones, if
            any, are crops changed at random, for training only.
        years: (N,) true ages, or means of votes.
        votes_std: (N,) standard deviation of votes in years; nan where there were none.
        groups: (N,) person, or group of near-duplicates.
        backbone: The common pre-trained network, not to be changed;
            `train.activations.last_stage` copies the part that activations go into.
        face: The face network that the backbone was fine-tuned from, or is, with its own age head;
            None if it is not at hand.
        source: Names the cached crops that the samples come from.
    """

    crops: LazyRows
    features: Floats
    activations: LazyRows
    years: Floats
    votes_std: Floats
    groups: NDArray[np.str_]
    backbone: AgeNet
    face: AgeNet | None = None
    source: str = ""

    def __len__(self) -> int:
        return len(self.years)

    def take(self, rows: Rows) -> "Samples":
        """The chosen samples; pictures and activations are not copied."""
        return Samples(
            self.crops.take(rows),
            self.features[rows],
            self.activations.take(rows),
            self.years[rows],
            self.votes_std[rows],
            self.groups[rows],
            self.backbone,
            self.face,
            self.source,
        )


class Predictor(Protocol):
    """What a method has learnt."""

    def __call__(self, samples: Samples) -> AgeDistribution:
        """(N, 101) distributions on `AGES`; labels of the samples are not looked at."""


class Method(Protocol):
    """One row of the benchmark."""

    @property
    def name(self) -> str:
        """Short name: row of the table, file of the recipe."""

    def fit(self, train: Samples, watch: Samples, seed: int) -> Predictor:
        """Learn.

        Args:
            train: Samples to learn from.
            watch: Samples of other people, for choosing epochs and settings.
            seed: Source of all chance; the same seed gives the same predictor.
        """


@dataclass(frozen=True, slots=True)
class Spread:
    """How wide errors are at an estimated age: a line, because the old are harder than the young.

    Attributes:
        at_zero: Standard deviation of the error at age 0, in years.
        per_year: How much it grows for each year of estimated age.
    """

    at_zero: float
    per_year: float

    @classmethod
    def of(cls, estimates: Floats | Doubles, years: Floats) -> "Spread":
        """Fit to (N,) estimates and true ages of people that the method did not learn from."""
        columns = np.stack([np.ones(len(years)), np.maximum(estimates, 0)], 1)
        (at_zero, per_year), _ = nnls(columns, np.abs(estimates - years).astype(np.float64))
        return cls(_HALF_NORMAL * float(at_zero), _HALF_NORMAL * float(per_year))

    def around(self, estimates: Floats | Doubles) -> AgeDistribution:
        """Normal distributions around (N,) point estimates.

        What lies beyond the ends of the axis is put on its ends, so that the median stays the
        estimate. Only within half a year of an end it moves inwards, by less than half a year.
        """
        points = np.clip(estimates, AGES[0], AGES[-1])[:, None].astype(np.float64)
        deviations = np.maximum(self.at_zero + self.per_year * points, 0.25)
        upper = norm.cdf((AGES + 0.5 - points) / deviations)
        upper[:, -1] = 1
        return AgeDistribution(AGES, np.diff(upper, prepend=0).astype(np.float32))
