"""A face cut from a photograph and set on made-up shoulders, to be laid into a scene.

Photographs of data sets often end at the face. Only the head is taken from them, within a soft
ellipse that holds everything an age model looks at; neck and clothes are drawn.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.sources.portraits import Portrait
from engine.values.faces import Floats
from engine.values.frame import Image, read_only

_HEAD_WH = 0.68, 0.66
"""Half axes of the head's ellipse, in widths and heights of the face's box."""
_SIDE, _ABOVE, _BELOW = 1.1, 0.35, 0.45
"""Room around the box: to either side in widths, above and below in heights."""
_NECK = 0.28
_SHOULDERS_WH = 1.05, 0.55
_SOFT = 0.02
"""Softness of the outlines, in heights of the face."""
_LARGEST_PX = 420
"""Height of a face that is kept; larger ones are scaled down."""


def cut_out(
    image: Image, box_xyxy: Floats, age_years: float, cloth: tuple[int, int, int]
) -> Portrait:
    """Cut a face out.

    Args:
        image: (H, W, 3) uint8 RGB photograph.
        box_xyxy: (4,) box of the face in px; may reach past the border.
        age_years: Age of the person.
        cloth: RGB colour of the clothes.
    """
    size = (box_xyxy[2:] - box_xyxy[:2]) * min(1.0, _LARGEST_PX / (box_xyxy[3] - box_xyxy[1]))
    width, height = (float(side) for side in size)
    canvas = round((1 + 2 * _SIDE) * width), round((1 + _ABOVE + _BELOW) * height)
    corner = np.array([_SIDE * width, _ABOVE * height])
    face = tuple(float(value) for value in (*corner, *(corner + size)))
    scale = float(size[0] / (box_xyxy[2] - box_xyxy[0]))
    shift = corner - scale * box_xyxy[:2]
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    photo = cv2.warpAffine(image, matrix, canvas, flags=how, borderMode=cv2.BORDER_REPLICATE)
    head = _head(canvas, corner, width, height)
    dressed = photo * head[..., None] + np.array(cloth) * (1 - head[..., None])
    alpha = np.maximum(head, _shoulders(canvas, corner, width, height))
    return Portrait(
        read_only(dressed.astype(np.uint8)),
        read_only((alpha * 255).astype(np.uint8)),
        (face[0], face[1], face[2], face[3]),
        round(corner[1] + 1.1 * height),
        age_years,
    )


def _head(
    canvas: tuple[int, int], corner: NDArray[np.float64], width: float, height: float
) -> Floats:
    """Weight of the photograph: head and neck, 0..1."""
    mask = np.zeros(canvas[::-1], np.float32)
    middle = corner + np.array([0.5 * width, 0.45 * height])
    axes = _HEAD_WH[0] * width, _HEAD_WH[1] * height
    cv2.ellipse(mask, _point(middle), _point(axes), 0, 0, 360, 1.0, -1)
    left = middle + np.array([-_NECK * width, 0.0])
    right = middle + np.array([_NECK * width, 0.7 * height])
    cv2.rectangle(mask, _point(left), _point(right), 1.0, -1)
    return _softened(mask, height)


def _shoulders(
    canvas: tuple[int, int], corner: NDArray[np.float64], width: float, height: float
) -> Floats:
    mask = np.zeros(canvas[::-1], np.float32)
    middle = corner + np.array([0.5 * width, (1.1 + _SHOULDERS_WH[1]) * height])
    axes = _SHOULDERS_WH[0] * width, _SHOULDERS_WH[1] * height
    cv2.ellipse(mask, _point(middle), _point(axes), 0, 0, 360, 1.0, -1)
    return _softened(mask, height)


def _softened(mask: Floats, height: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.8, _SOFT * height)), np.float32)


def _point(values: NDArray[np.float64] | tuple[float, float]) -> tuple[int, int]:
    return round(float(values[0])), round(float(values[1]))
