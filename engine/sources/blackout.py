"""Polygons painted over before anybody sees a picture: no model, no sink, no window."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Lock

import cv2
import numpy as np

from engine.sources.closing import Closing
from engine.sources.source import Source
from engine.values.frame import Frame, Grey, Image, LazyFrame, read_only

Polygon = tuple[tuple[float, float], ...]
"""Corners in widths and heights of the picture."""

_SHIFT = 4
_EDGE_PX = 3
"""Thickness of the border painted besides the inside: scaled copies mix pixels across it."""


class Blackout(Closing):
    """A source whose frames have black polygons burnt in."""

    def __init__(self, source: Source, polygons: Sequence[Polygon]) -> None:
        """Wrap an open source; it is closed with this one."""
        self.info, self.problems = source.info, source.problems
        self._source = source
        self._polygons = [np.asarray(polygon, np.float64) for polygon in polygons]

    def __iter__(self) -> Iterator[Frame]:
        """Deliver the frames, painted over."""
        for frame in self._source:
            pixels = _Painted(frame, self._polygons)
            if isinstance(frame, LazyFrame):
                yield LazyFrame(pixels, frame.index, frame.time_s, frame.decoded_ns, frame.source)
            else:
                yield replace(frame, image=pixels.image(), small=pixels.small())

    @property
    def sign_s(self) -> float:
        """As the source tells it."""
        return self._source.sign_s if isinstance(self._source, Closing) else super().sign_s

    def close(self) -> None:
        """Close the source."""
        self._source.close()


class _Painted:
    """The `Pixels` of a frame, painted over when they are asked for, once."""

    def __init__(self, frame: Frame, polygons: list[np.ndarray]) -> None:
        self._frame, self._polygons = frame, polygons
        self._lock = Lock()
        self._image: Image | None = None
        self._scaled: Image | None = None
        self.size_wh = frame.size_wh

    def image(self) -> Image:
        with self._lock:
            if self._image is None:
                self._image = _paint(self._frame.image, self._polygons)
            return self._image

    def small(self) -> Image | None:
        small = self._frame.small
        return None if small is None else self.scaled((small.shape[1], small.shape[0]))

    def scaled(self, size_wh: tuple[int, int]) -> Image:
        with self._lock:
            if self._scaled is None or self._scaled.shape[1::-1] != size_wh:
                self._scaled = _paint(self._frame.scaled(size_wh), self._polygons)
            return self._scaled

    def glimpse(self) -> Grey:
        return _paint(self._frame.glimpse, self._polygons)

    def planes(self) -> None:
        """None: the decoder's planes are not painted over."""


def _paint(image: Image, polygons: list[np.ndarray]) -> Image:
    """A copy of a picture, (H, W, 3) or (H, W), with black polygons; read-only."""
    painted = image.copy()
    height, width = painted.shape[:2]
    for polygon in polygons:
        # Pixel centres lie half a pixel in; the corners are rounded to a sixteenth.
        corners = polygon * (width, height) - 0.5
        fixed = np.round(corners * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(painted, [fixed], (0, 0, 0), shift=_SHIFT)
        cv2.polylines(painted, [fixed], True, (0, 0, 0), _EDGE_PX, shift=_SHIFT)
    return read_only(painted)
