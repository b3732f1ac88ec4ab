"""Drawing into a video's own planes: only what is drawn on becomes RGB and comes back.

Turning a whole picture into RGB and back costs as much as encoding it, and a little of its
sharpness. Knows nothing of what is drawn.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.values.frame import Image, Planes

Rectangles = NDArray[np.int64]

_KR, _KB = 0.2126, 0.0722
"""Shares of red and blue in the luma of BT.709."""


def _to_rgb() -> NDArray[np.float32]:
    """(3, 4) from Y, Cb, Cr and 1 to red, green, blue in 0..255.

    Source: ITU-R BT.709-6, 3.2 to 3.4 with 8-bit levels.
    """
    green = 1 - _KR - _KB
    of_blue, of_red = 2 * (1 - _KB), 2 * (1 - _KR)
    matrix = np.array(
        [
            [1, 0, of_red],
            [1, -of_blue * _KB / green, -of_red * _KR / green],
            [1, of_blue, 0],
        ]
    ) * [255 / 219, 255 / 224, 255 / 224]
    return np.column_stack([matrix, -matrix @ [16, 128, 128]]).astype(np.float32)


_TO_RGB = _to_rgb()
_INVERSE = np.linalg.inv(_TO_RGB[:, :3].astype(np.float64))
_FROM_RGB = np.column_stack([_INVERSE, [16, 128, 128]]).astype(np.float32)


class Canvas:
    """Room for the parts of pictures that are drawn on; kept from one picture to the next."""

    def __init__(self) -> None:
        """Begin without any."""
        self._image: Image = np.zeros((0, 0, 3), np.uint8)

    def draw(self, planes: Planes, touched: Rectangles, paint: Callable[[Image], None]) -> None:
        """Draw into `planes`.

        Args:
            planes: Of the picture; written to.
            touched: (M, 4) x1 y1 x2 y2 px, inside the picture.
            paint: Draws into an (H, W, 3) uint8 RGB picture that is valid in `touched` alone.
        """
        if self._image.shape[:2] != planes.luma.shape:
            self._image = np.zeros((*planes.luma.shape, 3), np.uint8)
        limits = np.tile(planes.luma.shape[::-1], 2)
        even = np.concatenate([touched[:, :2] // 2 * 2, -(-touched[:, 2:] // 2) * 2], 1)
        parts = [part for part in np.minimum(even, limits).tolist() if _has_area(part)]
        for part in parts:
            _fetch(planes, part, self._image)
        paint(self._image)
        for part in parts:
            _bring_back(self._image, part, planes)


def _has_area(part: list[int]) -> bool:
    return part[0] < part[2] and part[1] < part[3]


def _fetch(planes: Planes, part: list[int], image: Image) -> None:
    x1, y1, x2, y2 = part
    luma = planes.luma[y1:y2, x1:x2]
    colour = [
        cv2.resize(
            plane[y1 // 2 : y2 // 2, x1 // 2 : x2 // 2],
            (x2 - x1, y2 - y1),
            interpolation=cv2.INTER_NEAREST,
        )
        for plane in (planes.blue, planes.red)
    ]
    image[y1:y2, x1:x2] = cv2.transform(cv2.merge((luma, *colour)), _TO_RGB)


def _bring_back(image: Image, part: list[int], planes: Planes) -> None:
    x1, y1, x2, y2 = part
    luma, *colour = cv2.split(cv2.transform(image[y1:y2, x1:x2], _FROM_RGB))
    planes.luma[y1:y2, x1:x2] = luma
    half = ((x2 - x1) // 2, (y2 - y1) // 2)
    for plane, samples in zip((planes.blue, planes.red), colour, strict=True):
        small = cv2.resize(samples, half, interpolation=cv2.INTER_AREA)
        plane[y1 // 2 : y2 // 2, x1 // 2 : x2 // 2] = small
