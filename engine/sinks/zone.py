"""Draws areas and lines with their names and counts."""

from dataclasses import dataclass

import cv2
import numpy as np

from engine.sinks.label import Scale
from engine.sinks.layout import Ints
from engine.sinks.palette import TEXT, Colour
from engine.sinks.plate import REGULAR, SHIFT, cap_height, lay_plate, put_text, subpixel, text_width
from engine.values.frame import Image

_INK: Colour = (86, 180, 233)


@dataclass(frozen=True, slots=True)
class DrawnZone:
    """A zone as it is drawn.

    Attributes:
        points: x, y in widths and heights of the picture; two for a line, else a polygon.
        text: Name and count.
    """

    points: tuple[tuple[float, float], ...]
    text: str


def draw_zone(image: Image, zone: DrawnZone, scale: Scale) -> Ints:
    """Draw the outline, and the text at its first corner.

    Returns:
        (1, 4) the place of the text, x1 y1 x2 y2 in px.
    """
    height, width = image.shape[:2]
    corners = np.array(zone.points) * (width - 1, height - 1)
    closed = len(corners) > 2
    path = [subpixel(corners)]
    cv2.polylines(image, path, closed, _INK, max(1, scale.line_px - 1), cv2.LINE_AA, SHIFT)
    pad = scale.pad_px
    wide = text_width(zone.text, scale.small_px, REGULAR) + 2 * pad
    high = cap_height(scale.small_px) + 2 * pad
    x = int(np.clip(corners[0, 0] + pad, 0, max(0, width - wide)))
    y = int(np.clip(corners[0, 1] + pad, 0, max(0, height - high)))
    plate = image[y : y + high, x : x + wide]
    if plate.shape[:2] == (high, wide):
        lay_plate(plate, pad)
        put_text(plate, zone.text, (pad, high - pad), TEXT, scale.small_px, REGULAR)
    return np.array([[x, y, x + wide, y + high]], np.int64)
