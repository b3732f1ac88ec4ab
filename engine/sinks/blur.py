"""Makes faces unrecognisable."""

import cv2
import numpy as np

from engine.values.faces import Floats
from engine.values.frame import Image

_LARGER = 1.3
_BLOCKS = 6
"""Mosaic blocks along the longer side: too few for a face to be matched by people or machines."""


def blur_faces(image: Image, boxes: Floats) -> Image:
    """Put a coarse mosaic over the ellipse around every face.

    Args:
        image: (H, W, 3) uint8 RGB; left as it is.
        boxes: (N, 4) x1 y1 x2 y2 in px; may reach past the picture. The ellipse is 1.3 times as
            large, for hair, ears and chin.

    Returns:
        A new picture.
    """
    blurred = image.copy()
    for box in boxes:
        _blur(blurred, box)
    return blurred


def _blur(image: Image, box: Floats) -> None:
    height, width = image.shape[:2]
    centre = (box[:2] + box[2:]) / 2
    half = np.maximum((box[2:] - box[:2]) / 2 * _LARGER, 1)
    x1, y1 = np.clip(np.floor(centre - half), 0, (width, height)).astype(int)
    x2, y2 = np.clip(np.ceil(centre + half), 0, (width, height)).astype(int)
    if x2 <= x1 or y2 <= y1:
        return
    region = image[y1:y2, x1:x2]
    longer = max(region.shape[:2])
    blocks = [max(1, round(_BLOCKS * side / longer)) for side in (x2 - x1, y2 - y1)]
    coarse = cv2.resize(region, blocks, interpolation=cv2.INTER_AREA)
    mosaic = cv2.resize(coarse, (x2 - x1, y2 - y1), interpolation=cv2.INTER_NEAREST)
    mask = np.zeros(region.shape[:2], np.uint8)
    centre_px = tuple(int(value) for value in np.round(centre - (x1, y1)))
    axes_px = tuple(int(value) for value in np.ceil(half))
    cv2.ellipse(mask, centre_px, axes_px, 0, 0, 360, 255, -1)
    cv2.copyTo(mosaic, mask, region)
