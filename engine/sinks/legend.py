"""Explains the colours of the age bands."""

import numpy as np

from engine.sinks.label import Scale
from engine.sinks.layout import Ints
from engine.sinks.palette import BANDS, FAINT_TEXT
from engine.sinks.plate import REGULAR, cap_height, lay_plate, put_text, text_width
from engine.values.frame import Image


def draw_legend(image: Image, scale: Scale) -> Ints:
    """Draw the legend in the lower left corner, in a row.

    Returns:
        (1, 4) the place taken, x1 y1 x2 y2 in px, or (0, 4) where the picture is too narrow.
    """
    pad, swatch = scale.pad_px, cap_height(scale.small_px)
    widths = [text_width(band.name, scale.small_px, REGULAR) for band in BANDS]
    width = sum(widths) + len(BANDS) * (swatch + 3 * pad) + pad
    height = swatch + 2 * pad
    bottom = image.shape[0] - pad
    if width + 2 * pad > image.shape[1]:
        return np.zeros((0, 4), np.int64)
    plate = image[bottom - height : bottom, pad : pad + width]
    lay_plate(plate, pad)
    x = 2 * pad
    for band, text_px in zip(BANDS, widths, strict=True):
        plate[pad : pad + swatch, x : x + swatch] = band.colour
        x += swatch + pad
        put_text(plate, band.name, (x, pad + swatch), FAINT_TEXT, scale.small_px, REGULAR)
        x += text_px + 2 * pad
    return np.array([[pad, bottom - height, pad + width, bottom]], np.int64)
