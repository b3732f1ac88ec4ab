"""A result as a mirror shows it: swapped left to right and cut to the screen."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage

from engine.gate import Verdict
from engine.values.age import Floats
from engine.values.frame import Image
from engine.values.result import AgeBelief, FrameResult

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in px."""


@dataclass(frozen=True, slots=True, eq=False)
class Visitor:
    """Somebody near.

    Attributes:
        track_id: Number of the track.
        box: The face in the reflection, in its pixels.
        belief: About the age.
    """

    track_id: int
    box: QRectF
    belief: AgeBelief


@dataclass(frozen=True, slots=True, eq=False)
class Reflection:
    """What the mirror shows.

    Attributes:
        image: As large as the room it was made for; borrows the memory of `pixels`.
        pixels: (H, W, 4) uint8, kept because `image` borrows it.
        visitors: From left to right as they are shown.
        verdict: What the gate says; None without a gate.
    """

    image: QImage
    pixels: Image
    visitors: tuple[Visitor, ...]
    verdict: Verdict | None = None


def cut(size_wh: tuple[int, int], room_wh: tuple[int, int], centre: tuple[float, float]) -> Box:
    """The largest part of a picture that has the room's shape.

    Args:
        size_wh: Of the picture.
        room_wh: Of the room; only its shape counts.
        centre: Place that is to be in the middle, as far as the picture reaches.
    """
    width, height = size_wh
    factor = min(width / room_wh[0], height / room_wh[1])
    wide, high = room_wh[0] * factor, room_wh[1] * factor
    left = max(0.0, min(centre[0] - wide / 2, width - wide))
    top = max(0.0, min(centre[1] - high / 2, height - high))
    return left, top, left + wide, top + high


def mirrored(boxes: Floats, part: Box, room_wh: tuple[int, int]) -> Floats:
    """Boxes (N, 4) of the picture as they lie in the reflection."""
    left, top, right, bottom = part
    across, down = room_wh[0] / (right - left), room_wh[1] / (bottom - top)
    x1, y1, x2, y2 = boxes.T
    moved = [(right - x2) * across, (y1 - top) * down, (right - x1) * across, (y2 - top) * down]
    return np.stack(moved, 1).astype(np.float32)


def reflect(
    result: FrameResult, near: NDArray[np.intp], part: Box, room_wh: tuple[int, int]
) -> Reflection:
    """Make the reflection of a result.

    Args:
        result: What to show.
        near: Rows of the visitors' faces.
        part: What of the picture.
        room_wh: Size of the reflection in screen px.
    """
    boxes = mirrored(result.faces.boxes, part, room_wh)
    image = _scaled(result.frame.image, part, room_wh)
    pixels = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2BGRA), np.uint8)
    memory = cast(bytes, pixels.data)  # any buffer will do, though PyQt's types say bytes
    shown = QImage(memory, *room_wh, pixels.strides[0], QImage.Format.Format_RGB32)
    visitors = [
        Visitor(int(result.faces.track_ids[row]), _rectangle(boxes[row]), result.beliefs[row])
        for row in near
    ]
    return Reflection(shown, pixels, tuple(sorted(visitors, key=lambda one: one.box.left())))


def _scaled(image: Image, part: Box, room_wh: tuple[int, int]) -> Image:
    left, top, right, bottom = (round(edge) for edge in part)
    chosen = image[top : max(bottom, top + 1), left : max(right, left + 1)]
    shrinks = 2 * room_wh[0] < chosen.shape[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.flip(cv2.resize(chosen, room_wh, interpolation=way), 1), np.uint8)


def _rectangle(box: Floats) -> QRectF:
    x1, y1, x2, y2 = (float(edge) for edge in box)
    return QRectF(x1, y1, x2 - x1, y2 - y1)
