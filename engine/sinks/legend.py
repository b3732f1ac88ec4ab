"""Explains the colours of the age bands."""

from functools import lru_cache

import numpy as np

from engine.sinks.label import Scale
from engine.sinks.layout import Ints
from engine.sinks.palette import BANDS, FAINT_TEXT
from engine.sinks.plate import REGULAR, Stamp, cap_height, lay_plate, put_text, text_width
from engine.values.frame import Image


def legend_place(picture_wh: tuple[int, int], scale: Scale) -> Ints:
    """Where the legend goes: in the lower left corner, in a row.

    Returns:
        (1, 4) x1 y1 x2 y2 in px, or (0, 4) where the picture is too narrow.
    """
    pad, swatch = scale.pad_px, cap_height(scale.small_px)
    width = sum(_widths(scale)) + len(BANDS) * (swatch + 3 * pad) + pad
    height = swatch + 2 * pad
    bottom = picture_wh[1] - pad
    if width + 2 * pad > picture_wh[0]:
        return np.zeros((0, 4), np.int64)
    return np.array([[pad, bottom - height, pad + width, bottom]], np.int64)


def draw_legend(image: Image, scale: Scale) -> None:
    """Fill `image`, a view into a picture at the place of the legend."""
    height, width = image.shape[:2]
    _stamp(width, height, scale).press(image)


def _widths(scale: Scale) -> list[int]:
    return [text_width(band.name, scale.small_px, REGULAR) for band in BANDS]


@lru_cache(maxsize=8)
def _stamp(width: int, height: int, scale: Scale) -> Stamp:
    return Stamp.of(lambda plate: _ink(plate, scale), (width, height))


def _ink(plate: Image, scale: Scale) -> None:
    pad, swatch = scale.pad_px, cap_height(scale.small_px)
    lay_plate(plate, pad)
    x = 2 * pad
    for band, text_px in zip(BANDS, _widths(scale), strict=True):
        plate[pad : pad + swatch, x : x + swatch] = band.colour
        x += swatch + pad
        put_text(plate, band.name, (x, pad + swatch), FAINT_TEXT, scale.small_px, REGULAR)
        x += text_px + 2 * pad
