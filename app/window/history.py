"""How the belief about each person in view has come about. Knows no Qt."""

from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from engine.values.age import AgeDistribution
from engine.values.faces import UNCLAIMED
from engine.values.result import FrameResult, Status

_LEVELS = (0.5, 0.25, 0.75, 0.05, 0.95)
_COLUMNS, _ESTIMATE = 8, 6
_FIRST, _MOST = 64, 2048
"""Rows that there is room for at first, and at most: more than a screen has points."""
_KEPT_S = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The belief about one person over time.

    Attributes:
        time_s: (P,) media seconds, ascending.
        median: (P,) years; NaN while nothing is known.
        inner: (2, P) years, central 50 %.
        outer: (2, P) years, central 90 %.
        estimate: (P,) years, median of that frame alone; NaN where the face was not estimated.
        quality: (P,) of the face, 0..1.
    """

    time_s: NDArray[np.float64]
    median: NDArray[np.float64]
    inner: NDArray[np.float64]
    outer: NDArray[np.float64]
    estimate: NDArray[np.float64]
    quality: NDArray[np.float64]


class _Rows:
    """The rows of one person, in bounded memory: a long visit is kept more and more coarsely."""

    def __init__(self) -> None:
        self._table = np.empty((_FIRST, _COLUMNS))
        self._count, self._offered, self._every = 0, 0, 1
        self.last_s = -np.inf

    def add(self, row: NDArray[np.float64]) -> None:
        """Take every n-th row, and all that hold an estimate; none out of order."""
        if row[0] <= self.last_s:
            return
        self.last_s = float(row[0])
        wanted = self._offered % self._every == 0 or not np.isnan(row[_ESTIMATE])
        self._offered += 1
        if wanted:
            self._make_room()
            self._table[self._count] = row
            self._count += 1

    def _make_room(self) -> None:
        if self._count < len(self._table):
            return
        if self._count < _MOST:
            self._table = np.resize(self._table, (2 * self._count, _COLUMNS))
            return
        kept = np.arange(_MOST) % 2 == 0
        estimated = kept | ~np.isnan(self._table[:, _ESTIMATE])
        kept = estimated if estimated.mean() < 0.75 else kept
        self._count, self._every = int(kept.sum()), 2 * self._every
        self._table[: self._count] = self._table[kept]

    def columns(self) -> NDArray[np.float64]:
        """(8, P) a copy of what is kept."""
        return self._table[: self._count].T.copy()


class Histories:
    """Remembers the courses of one source's people, until ten seconds after they left.

    Written by one thread, read by another.
    """

    def __init__(self) -> None:
        """Start with nobody."""
        self._lock = Lock()
        self._rows: dict[int, _Rows] = {}

    def add(self, result: FrameResult) -> None:
        """Take in a result."""
        rows = _rows(result)
        now_s = result.frame.time_s
        with self._lock:
            for track_id, row in zip(result.faces.track_ids.tolist(), rows, strict=True):
                if track_id != UNCLAIMED:
                    self._rows.setdefault(track_id, _Rows()).add(row)
            gone = [k for k, kept in self._rows.items() if now_s - kept.last_s > _KEPT_S]
            for track_id in gone:
                del self._rows[track_id]

    def course(self, track_id: int) -> Course | None:
        """The course of a person, or None of whom nothing is remembered."""
        with self._lock:
            kept = self._rows.get(track_id)
            table = kept.columns() if kept else None
        if table is None:
            return None
        return Course(table[0], table[1], table[2:4], table[4:6], table[6], table[7])


def _rows(result: FrameResult) -> NDArray[np.float64]:
    """(N, 8) time, median, bounds of 50 % and 90 %, estimate and quality of each face."""
    n = len(result.beliefs)
    rows = np.full((n, _COLUMNS), np.nan)
    if not n:
        return rows
    rows[:, 0] = result.frame.time_s
    ages = result.beliefs[0].distribution.ages
    beliefs = AgeDistribution(
        ages, np.stack([belief.distribution.probs for belief in result.beliefs])
    )
    known = np.array([belief.status is not Status.INSUFFICIENT for belief in result.beliefs])
    for column, level in enumerate(_LEVELS, start=1):
        rows[known, column] = beliefs.quantile(level)[known]
    if result.estimates is not None:
        seen = ~np.isnan(result.estimates.probs[:, 0])
        if seen.any():
            alone = AgeDistribution(result.estimates.ages, result.estimates.probs[seen])
            rows[seen, _ESTIMATE] = alone.median()
    rows[:, 7] = result.quality
    return rows
