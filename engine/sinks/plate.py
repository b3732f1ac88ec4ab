"""Dark see-through plates and text: the ink that labels and the legend are drawn with."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.sinks.bt709 import BLACK, FROM_RGB
from engine.sinks.palette import PLATE, Colour
from engine.values.frame import Image

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


class Layer(NamedTuple):
    """A see-through drawing for pictures of one kind.

    Attributes:
        ink: (H, W[, 3]) uint8, what is added.
        rest: (H, W[, 3]) uint8, how much is left of what was there, of 255.
    """

    ink: Image
    rest: Image


def press(layer: Layer, image: Image, x: int, y: int) -> None:
    """Put a layer on a picture, its upper left corner at x and y."""
    height, width = layer.ink.shape[:2]
    view = image[y : y + height, x : x + width]
    cv2.multiply(view, layer.rest, view, 1 / 255)
    cv2.add(view, layer.ink, view)


@dataclass(frozen=True, eq=False)
class Stamp:
    """A see-through drawing that can be pressed on any picture.

    Attributes:
        layer: (H, W, 3) RGB.
    """

    layer: Layer

    @classmethod
    def of(cls, draw: Callable[[Image], None], size_wh: tuple[int, int]) -> "Stamp":
        """The stamp that does what `draw` does, which must mix its ink with what is there.

        Drawn on black and on white: what differs is what shines through.
        """
        black = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
        white = np.full_like(black, 255)
        draw(black)
        draw(white)
        return cls(Layer(black, np.asarray(cv2.subtract(white, black), np.uint8)))

    @cached_property
    def video_layers(self) -> tuple[Layer, Layer, Layer]:
        """For luma (H, W), Cb and Cr (H / 2, W / 2); the stamp must have even sides."""
        height, width = self.layer.ink.shape[:2]
        rest = self.layer.rest.mean(2, dtype=np.float32)
        inks = cv2.transform(self.layer.ink.astype(np.float32), FROM_RGB)
        inks += (1 - rest / 255)[..., None] * np.array(BLACK, np.float32)
        layers = []
        for ink, size_wh in zip(
            cv2.split(inks), ((width, height), *2 * ((width // 2, height // 2),)), strict=True
        ):
            parts = (
                cv2.resize(part, size_wh, interpolation=cv2.INTER_AREA) for part in (ink, rest)
            )
            layers.append(Layer(*(np.rint(part).clip(0, 255).astype(np.uint8) for part in parts)))
        return layers[0], layers[1], layers[2]


def lay_plate(image: Image, radius_px: int) -> None:
    """Darken the whole of `image`, mostly a view into a larger one, except beyond its corners."""
    height, width = image.shape[:2]
    press(_plate(width, height, radius_px), image, 0, 0)


@lru_cache(maxsize=128)
def _plate(width: int, height: int, radius_px: int) -> Layer:
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
    cover = cv2.merge([smooth] * 3) * np.float32(_OPACITY / 255)
    ink = np.rint(cover * np.array(PLATE, np.float32)).astype(np.uint8)
    return Layer(ink, np.rint(255 * (1 - cover)).astype(np.uint8))


def subpixel(points: NDArray[np.floating]) -> NDArray[np.int32]:
    """Points (P, 2) in px as OpenCV's drawing functions take them with `SHIFT`."""
    return np.round(points * (1 << SHIFT)).astype(np.int32)
