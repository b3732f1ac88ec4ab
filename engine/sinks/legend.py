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
        (1, 4) x1 y1 x2 y2 in px, all even, or (0, 4) where the picture is too narrow.
    """
    pad, swatch = scale.pad_px, cap_height(scale.small_px)
    width = sum(_widths(scale)) + len(BANDS) * (swatch + 3 * pad) + pad
    height = swatch + 2 * pad
    corner = np.array([pad, picture_wh[1] - pad - height]) // 2 * 2
    if width + 2 * pad > picture_wh[0]:
        return np.zeros((0, 4), np.int64)
    size = np.array([width, height]) // 2 * 2
    return np.concatenate([corner, corner + size])[None]


def legend_stamp(size_wh: tuple[int, int], scale: Scale) -> Stamp:
    """The legend itself, of the size that its place has."""
    return _stamp(*size_wh, scale)


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
