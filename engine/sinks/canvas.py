"""What overlays are drawn on: an RGB picture, or the planes of a video.

Turning a whole picture into RGB and back costs as much as encoding it, and a little of its
sharpness; so lines and stamps go right into the planes. Knows nothing of what is drawn.
"""

from abc import ABC, abstractmethod

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.sinks.bt709 import levels
from engine.sinks.palette import Colour
from engine.sinks.plate import SHIFT, Stamp, press, subpixel
from engine.values.frame import Image, Planes

Points = NDArray[np.floating]


class Canvas(ABC):
    """Takes lines, discs and stamps; all places in px of the whole picture."""

    @abstractmethod
    def line(self, points: Points, colour: Colour, width_px: int, *, closed: bool = False) -> None:
        """A smooth line through points (P, 2)."""

    @abstractmethod
    def disc(self, centre: Points, colour: Colour, radius_px: int) -> None:
        """A smooth disc about a point (2,)."""

    @abstractmethod
    def press(self, stamp: Stamp, x: int, y: int) -> None:
        """A stamp, its upper left corner at even x and y; whole inside the picture."""


class PictureCanvas(Canvas):
    """Draws into an (H, W, 3) uint8 RGB picture."""

    def __init__(self, image: Image) -> None:
        """Draw into this one."""
        self._image = image

    def line(self, points: Points, colour: Colour, width_px: int, *, closed: bool = False) -> None:
        """See Canvas."""
        _line(self._image, points, colour, width_px, closed)

    def disc(self, centre: Points, colour: Colour, radius_px: int) -> None:
        """See Canvas."""
        _disc(self._image, centre, colour, radius_px)

    def press(self, stamp: Stamp, x: int, y: int) -> None:
        """See Canvas."""
        press(stamp.layer, self._image, x, y)


class PlanesCanvas(Canvas):
    """Draws into the planes of a video; colours have half the sharpness, as all of a video's."""

    def __init__(self, planes: Planes) -> None:
        """Draw into these."""
        self._luma, *self._colours = planes

    def line(self, points: Points, colour: Colour, width_px: int, *, closed: bool = False) -> None:
        """See Canvas."""
        luma, *others = levels(colour)
        _line(self._luma, points, luma, width_px, closed)
        for plane, level in zip(self._colours, others, strict=True):
            _line(plane, _halved(points), level, _half(width_px), closed)

    def disc(self, centre: Points, colour: Colour, radius_px: int) -> None:
        """See Canvas."""
        luma, *others = levels(colour)
        _disc(self._luma, centre, luma, radius_px)
        for plane, level in zip(self._colours, others, strict=True):
            _disc(plane, _halved(centre), level, _half(radius_px))

    def press(self, stamp: Stamp, x: int, y: int) -> None:
        """See Canvas."""
        luma, *others = stamp.video_layers
        press(luma, self._luma, x, y)
        for plane, layer in zip(self._colours, others, strict=True):
            press(layer, plane, x // 2, y // 2)


def _halved(points: Points) -> Points:
    """Places in the planes of colour: a sample lies in the middle of four of luma."""
    return points / 2 - 0.25


def _half(width_px: int) -> int:
    return (width_px + 1) // 2


def _line(
    image: Image, points: Points, colour: Colour | float, width_px: int, closed: bool
) -> None:
    cv2.polylines(image, [subpixel(points)], closed, colour, width_px, cv2.LINE_AA, SHIFT)


def _disc(image: Image, centre: Points, colour: Colour | float, radius_px: int) -> None:
    x, y = subpixel(centre).tolist()
    cv2.circle(image, (x, y), radius_px << SHIFT, colour, -1, cv2.LINE_AA, SHIFT)
