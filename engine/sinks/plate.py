"""Dark see-through plates and text: the ink that labels and the legend are drawn with."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.sinks.palette import PLATE, Colour
from engine.values.frame import Image

Weights = NDArray[np.float32]

_OPACITY = 0.78
_CAP = 0.74
"""Height of a digit, in sizes of the font."""
SHIFT = 4
"""Bits after the point in coordinates for OpenCV's drawing functions."""

REGULAR, BOLD = 400, 700


class _Fonts(threading.local):
    """A font for each thread: one shared by two threads now and then draws wrong glyphs."""

    def __init__(self) -> None:
        self.sans = cv2.FontFace("sans")


_fonts = _Fonts()


@lru_cache(maxsize=1024)
def text_width(text: str, size_px: int, weight: int = REGULAR) -> int:
    """Width of a line of text in px."""
    return int(cv2.getTextSize((0, 0), text, (0, 0), _fonts.sans, size_px, weight)[2])


def cap_height(size_px: int) -> int:
    """Height of a digit in px."""
    return round(_CAP * size_px)


def put_text(
    image: Image, text: str, at: tuple[int, int], colour: Colour, size_px: int, weight: int
) -> None:
    """Write a line into `image`, its base line beginning at `at`."""
    cv2.putText(image, text, at, colour, _fonts.sans, size_px, weight)


@dataclass(frozen=True, slots=True, eq=False)
class Stamp:
    """A see-through drawing that can be pressed on any picture.

    Attributes:
        ink: (H, W, 3) uint8 RGB.
        cover: (H, W) float32, share of the ink in the result, 0..1.
        rest: (H, W) float32, share of what was there.
    """

    ink: Image
    cover: Weights
    rest: Weights

    @classmethod
    def of(cls, draw: Callable[[Image], None], size_wh: tuple[int, int]) -> "Stamp":
        """The stamp that does what `draw` does, which must mix its ink with what is there.

        Drawn on black and on white: what differs is what shines through.
        """
        black = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
        white = np.full_like(black, 255)
        draw(black)
        draw(white)
        rest = (white - black.astype(np.float32)).mean(2).clip(0) / 255
        cover = 1 - rest
        ink = black / np.maximum(cover, 1 / 255)[..., None]
        return cls(np.rint(ink).clip(0, 255).astype(np.uint8), cover, rest)

    def press(self, image: Image) -> None:
        """Apply it to an image of its size, mostly a view into a larger one."""
        image[:] = cv2.blendLinear(self.ink, image, self.cover, self.rest)


def lay_plate(image: Image, radius_px: int) -> None:
    """Darken the whole of `image`, mostly a view into a larger one, except beyond its corners."""
    height, width = image.shape[:2]
    _plate(width, height, radius_px).press(image)


@lru_cache(maxsize=128)
def _plate(width: int, height: int, radius_px: int) -> Stamp:
    """A plate with smooth round corners."""
    finer = 4
    shape = np.zeros((height * finer, width * finer), np.uint8)
    radius = min(radius_px, width // 2, height // 2) * finer
    right, bottom = width * finer - 1, height * finer - 1
    cv2.rectangle(shape, (radius, 0), (right - radius, bottom), 255, -1)
    cv2.rectangle(shape, (0, radius), (right, bottom - radius), 255, -1)
    for centre in ((x, y) for x in (radius, right - radius) for y in (radius, bottom - radius)):
        cv2.circle(shape, centre, radius, 255, -1)
    smooth = cv2.resize(shape, (width, height), interpolation=cv2.INTER_AREA)
    cover = smooth.astype(np.float32) * np.float32(_OPACITY / 255)
    dark = np.empty((height, width, 3), np.uint8)
    dark[:] = PLATE
    return Stamp(dark, cover, 1 - cover)


def subpixel(points: NDArray[np.floating]) -> NDArray[np.int32]:
    """Points (P, 2) in px as OpenCV's drawing functions take them with `SHIFT`."""
    return np.round(points * (1 << SHIFT)).astype(np.int32)
