"""Crops of the side that the shipped age model takes."""

from collections.abc import Iterator

import cv2
import numpy as np

from engine.models.shipped import AGE_MODEL
from engine.models.tensorrt.load import read_spec
from engine.values.frame import Image

SIDE_PX = read_spec(AGE_MODEL).inputs[0].shape[1] or 0


def random_crops(count: int, side_px: int = SIDE_PX) -> Image:
    """(count, side, side, 3) of noise, which all look of one age."""
    return np.random.default_rng(0).integers(0, 256, (count, side_px, side_px, 3), np.uint8)


def turned(crops: Image) -> Image:
    """(16 N, side, side, 3): each crop and its mirror image, turned by eighths of a circle."""
    both = (each for crop in crops for each in (crop, crop[:, ::-1]))
    return np.stack([turn for crop in both for turn in _turns(crop)])


def differing(rows: np.ndarray, least: float) -> list[int]:
    """Which rows to take, so that any two of them differ by `least` somewhere."""
    taken: list[int] = []
    for row in range(len(rows)):
        if all(np.abs(rows[row] - rows[other]).max() >= least for other in taken):
            taken.append(row)
    return taken


def _turns(crop: Image) -> Iterator[Image]:
    size_wh = (crop.shape[1], crop.shape[0])
    for degrees in range(0, 360, 45):
        turn = cv2.getRotationMatrix2D((size_wh[0] / 2, size_wh[1] / 2), degrees, 1)
        whole = np.ascontiguousarray(crop)
        yield cv2.warpAffine(whole, turn, size_wh, borderMode=cv2.BORDER_REFLECT)
