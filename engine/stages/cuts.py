"""Tells a cut from motion by tiny grey thumbnails. Knows no faces."""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.values.frame import Frame

_SIZE_WH = (16, 12)
_FLAT = 1.0
_REMEMBERED_S, _MOST_USUAL = 1.0, 0.2
"""How long a change makes more of its kind usual, and the largest that people's walking makes."""


class CutDetector:
    """Compares each frame with the one before, and the change with those of the last second.

    Correlation, not difference: exposure and a light switched on are no cuts. What changes all the
    time is no cut either: people who fill a third of the picture and walk make changes of 0.16.
    Measured on 13 clips and 10 made-up scenes: the part of a change that is new is up to 0.04 and
    up to 0.1 there; 0.08 and more where another person's clip of the same room is spliced on, 0.57
    and more where the room changes too.
    """

    def __init__(self) -> None:
        """Start before the first frame."""
        self._last: NDArray[np.float32] | None = None
        self._last_s = 0.0
        self._usual = 0.0

    def __call__(self, frame: Frame) -> float:
        """Likeness of this frame to the last one, -1..1; 1 for the first.

        The correlation of their thumbnails, not counting as much of a change as is usual.
        """
        now, before = _thumbnail(frame), self._last
        gone_s, self._last_s = frame.time_s - self._last_s, frame.time_s
        self._last = now
        if before is None:
            return 1.0
        change = 1 - _correlation(before, now)
        usual = self._usual * float(np.exp(-gone_s / _REMEMBERED_S))
        self._usual = max(usual, min(change, _MOST_USUAL))
        return 1 - max(0.0, change - usual)


def _thumbnail(frame: Frame) -> NDArray[np.float32]:
    small = cv2.resize(frame.glimpse, _SIZE_WH, interpolation=cv2.INTER_AREA)
    grey = small.astype(np.float32).ravel()
    return np.asarray(grey - grey.sum() / grey.size, np.float32)


def _correlation(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    flat = first.size * _FLAT**2
    energies = float(first @ first), float(second @ second)
    if max(energies) < flat:
        return 1.0
    return float(first @ second) / float(np.sqrt(max(energies[0], flat) * max(energies[1], flat)))
