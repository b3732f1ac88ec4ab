"""Tells a cut from motion by tiny grey thumbnails. Knows no faces."""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.values.frame import Frame

_SIZE_WH = (16, 12)
_FLAT = 1.0


class CutDetector:
    """Compares each frame with the one before.

    Correlation, not difference: exposure and a light switched on are no cuts. Measured on 13 clips:
    0.93 to 1 from frame to frame, at most 0.91 where another person's clip of the same room is
    spliced on, at most 0.43 where the room changes too.
    """

    def __init__(self) -> None:
        """Start before the first frame."""
        self._last: NDArray[np.float32] | None = None

    def __call__(self, frame: Frame) -> float:
        """Correlation of this frame's thumbnail with the last one's, -1..1; 1 for the first."""
        now, before = _thumbnail(frame), self._last
        self._last = now
        return 1.0 if before is None else _correlation(before, now)


def _thumbnail(frame: Frame) -> NDArray[np.float32]:
    small = cv2.resize(frame.glimpse, _SIZE_WH, interpolation=cv2.INTER_AREA)
    grey = small.astype(np.float32).ravel()
    return np.asarray(grey - grey.mean(), np.float32)


def _correlation(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    flat = first.size * _FLAT**2
    energies = float(first @ first), float(second @ second)
    if max(energies) < flat:
        return 1.0
    return float(first @ second) / float(np.sqrt(max(energies[0], flat) * max(energies[1], flat)))
