"""Small grey faces with the light evened out, which hand-made descriptors begin with."""

import cv2
import numpy as np

from engine.values.age import Floats
from engine.values.frame import Image


def grey_faces(crops: Image, side_px: int) -> Floats:
    """(N, S, S, 3) uint8 RGB crops to (N, side_px, side_px) of mean 0 and deviation 1 each."""
    faces = np.stack([_grey(crop, side_px) for crop in crops])
    middle, deviation = faces.mean((1, 2), keepdims=True), faces.std((1, 2), keepdims=True)
    return np.asarray((faces - middle) / (deviation + 1e-3), np.float32)


def _grey(crop: Image, side_px: int) -> Floats:
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (side_px, side_px), interpolation=cv2.INTER_AREA)
    return np.asarray(small / 255, np.float32)
