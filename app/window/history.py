"""How the belief about each person in view has come about. Knows no Qt."""

from collections import deque
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from engine.values.age import AgeDistribution
from engine.values.faces import UNCLAIMED
from engine.values.result import FrameResult, Status

_LEVELS = (0.5, 0.25, 0.75, 0.05, 0.95)
_MOST = 20_000
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


class Histories:
    """Remembers the courses of one source's people, until ten seconds after they left.

    Written by one thread, read by another.
    """

    def __init__(self) -> None:
        """Start with nobody."""
        self._lock = Lock()
        self._rows: dict[int, deque[NDArray[np.float64]]] = {}

    def add(self, result: FrameResult) -> None:
        """Take in a result."""
        rows = _rows(result)
        now_s = result.frame.time_s
        with self._lock:
            for track_id, row in zip(result.faces.track_ids.tolist(), rows, strict=True):
                if track_id == UNCLAIMED:
                    continue
                kept = self._rows.setdefault(track_id, deque(maxlen=_MOST))
                if not kept or row[0] > kept[-1][0]:
                    kept.append(row)
            gone = [k for k, kept in self._rows.items() if now_s - kept[-1][0] > _KEPT_S]
            for track_id in gone:
                del self._rows[track_id]

    def course(self, track_id: int) -> Course | None:
        """The course of a person, or None of whom nothing is remembered."""
        with self._lock:
            kept = self._rows.get(track_id)
            table = np.stack(kept).T if kept else None
        if table is None:
            return None
        return Course(table[0], table[1], table[2:4], table[4:6], table[6], table[7])


def _rows(result: FrameResult) -> NDArray[np.float64]:
    """(N, 8) time, median, bounds of 50 % and 90 %, estimate and quality of each face."""
    n = len(result.beliefs)
    rows = np.full((n, 8), np.nan)
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
            rows[seen, 6] = alone.median()
    rows[:, 7] = result.quality
    return rows
