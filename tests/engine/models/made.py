"""Crops of no face, of the side that the shipped age model takes."""

import numpy as np

from engine.models.shipped import AGE_MODEL
from engine.models.tensorrt.load import read_spec
from engine.values.frame import Image

SIDE_PX = read_spec(AGE_MODEL).inputs[0].shape[1] or 0


def random_crops(count: int, seed: int = 0, side_px: int = SIDE_PX) -> Image:
    """(count, side, side, 3) of noise."""
    return np.random.default_rng(seed).integers(0, 256, (count, side_px, side_px, 3), np.uint8)
