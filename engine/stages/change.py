"""Where something new may be: what has changed in a picture since it was looked at there.

Compares glimpses, so it costs next to nothing on every frame. Knows faces only as places where
change is no news.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.values.faces import Floats
from engine.values.frame import Frame, Grey

_STEP = 14
"""Change of brightness, in levels of 255, that sensor noise and compression do not make."""
_FEWEST = 5
"""Cells that must change together: a face at the size that is asked for covers more."""
_REACH = np.array([-1.1, -0.7, 1.1, 4.0])
"""How far a person's own movements reach around the face, in its sides: left, up, right, down."""
_MARGIN = 3


class ChangeMap:
    """Remembers how each place of the picture looked when it was last looked at."""

    def __init__(self) -> None:
        """Start before the first frame."""
        self._seen: Grey | None = None

    def __call__(self, frame: Frame, people: Floats) -> Floats | None:
        """The part of a frame that has changed where none of the known people explains it.

        Args:
            frame: The frame now.
            people: (N, 4) x1 y1 x2 y2 px, their faces.

        Returns:
            (4,) x1 y1 x2 y2 px, or None where nothing has.
        """
        now = frame.glimpse
        if self._seen is None or self._seen.shape != now.shape:
            return np.array([0, 0, *frame.size_wh], np.float32)
        changed = _changed(self._seen, now)
        news, scale = changed.copy(), _scale(frame, now)
        for x1, y1, x2, y2 in _reach(people, scale, now.shape).tolist():
            news[y1:y2, x1:x2] = 0
        if cv2.countNonZero(news) < _FEWEST:
            return None
        changed = np.asarray(cv2.bitwise_and(news, _crowded(changed)), np.uint8)
        left, top, width, height = cv2.boundingRect(changed)
        if not width or cv2.countNonZero(changed) < _FEWEST:
            return None
        corners = np.array([left - _MARGIN, top - _MARGIN, left + width, top + height], np.float32)
        corners[2:] += _MARGIN
        limits = np.tile(frame.size_wh, 2)
        return np.asarray((corners / scale).clip(0, limits), np.float32)

    def looked(self, frame: Frame, part: Floats | None = None) -> None:
        """Take note that a frame, or the part (4,) of it in px, was looked at."""
        now = frame.glimpse
        if part is None or self._seen is None or self._seen.shape != now.shape:
            self._seen = now.copy()
            return
        x1, y1, x2, y2 = np.rint(part * _scale(frame, now)).astype(int)
        self._seen[y1:y2, x1:x2] = now[y1:y2, x1:x2]


def _changed(before: Grey, now: Grey) -> Grey:
    """(h, w) 255 where brightness changed other than that of the whole picture."""
    change = cv2.subtract(now, before, dtype=cv2.CV_16S)
    light = cv2.mean(change)[0]
    steady = cv2.inRange(change, light - _STEP, light + _STEP)
    return np.asarray(cv2.bitwise_not(steady), np.uint8)


def _crowded(changed: Grey) -> Grey:
    """(h, w) 255 where most of the neighbourhood has changed."""
    share = cv2.boxFilter(changed, -1, (3, 3))
    _, crowd = cv2.threshold(share, 255 * _FEWEST / 9 - 1, 255, cv2.THRESH_BINARY)
    return np.asarray(crowd, np.uint8)


def _scale(frame: Frame, glimpse: Grey) -> NDArray[np.float64]:
    """(4,) cells to a px, for boxes."""
    (height, width), size_wh = glimpse.shape, frame.size_wh
    return np.array(2 * [width / size_wh[0], height / size_wh[1]])


def _reach(people: Floats, scale: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.intp]:
    """(N, 4) cells in which a person's own movement shows."""
    sides = (people[:, 2:] - people[:, :2]).max(1, initial=0)
    cells = (people + sides[:, None] * _REACH) * scale
    return np.asarray(np.rint(cells).clip(0, max(shape)), np.intp)
