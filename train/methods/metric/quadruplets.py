"""Draws quadruplets: two images of one age, one a little younger, one a little older.

Source: Sun et al., ICME 2019. Departs from the authors' lists: neighbours are drawn anew for every
quadruplet; ages at the ends of the range take part with one neighbour; and a neighbour is another
person than the anchor it is paired with, because the years between two pictures of one person
are what a metric must not confuse with who it is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.values.age import Floats

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class QuadrupletRows:
    """N quadruplets as rows of the samples.

    Attributes:
        rows: (N, 4) anchor, positive, younger, older; the anchor's row where a neighbour lacks.
        present: (N, 2) whether there is a younger and an older one.
        gaps: (N, 2) years between anchor and younger, positive and older; 0 where absent.
    """

    rows: Indices
    present: NDArray[np.bool_]
    gaps: Floats


class QuadrupletSampler:
    """Draws from (N,) ages of people named by (N,) groups.

    Args:
        years: True ages; images are of one age if they round to the same year.
        groups: Person of each image.
        limit: Largest gap to a neighbour in years, L.
    """

    def __init__(self, years: Floats, groups: NDArray[np.str_], limit: int = 5) -> None:
        self._years = np.rint(years).astype(int)
        self._people = np.unique(groups, return_inverse=True)[1]
        self._limit = limit
        self._anchors = np.flatnonzero([len(self._partners(row)) > 0 for row in range(len(years))])
        if not len(self._anchors):
            raise ValueError("no two images share an age; quadruplets need such pairs")

    def draw(self, count: int, random: np.random.Generator) -> QuadrupletRows:
        """Draw `count` quadruplets, anchors uniformly over all images that have a partner."""
        anchors = random.choice(self._anchors, count)
        rows = np.stack([self._complete(int(anchor), random) for anchor in anchors])
        present = rows[:, 2:] != rows[:, :1]
        years = self._years[rows]
        return QuadrupletRows(rows, present, np.abs(years[:, 2:] - years[:, :1]).astype(np.float32))

    def _partners(self, row: int) -> Indices:
        same = np.flatnonzero(self._years == self._years[row])
        return same[same != row]

    def _complete(self, anchor: int, random: np.random.Generator) -> Indices:
        positive = int(random.choice(self._partners(anchor)))
        ahead = self._years - self._years[anchor]
        younger = (ahead < 0) & (ahead >= -self._limit) & (self._people != self._people[anchor])
        older = (ahead > 0) & (ahead <= self._limit) & (self._people != self._people[positive])
        return np.array(
            [anchor, positive, *(_one_of(side, anchor, random) for side in (younger, older))]
        )


def _one_of(candidates: NDArray[np.bool_], otherwise: int, random: np.random.Generator) -> int:
    rows = np.flatnonzero(candidates)
    return int(random.choice(rows)) if len(rows) else otherwise
