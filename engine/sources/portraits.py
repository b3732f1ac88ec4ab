"""Two public-domain portraits that ship inside dependencies, cut out head and shoulders.

Grace Hopper (US Navy, 1984) comes with matplotlib, Eileen Collins (NASA, 1999) with scikit-image.
Neither package is imported: only its picture is read.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import SourceError, installing
from engine.sources.images import read_picture
from engine.values.frame import Image, read_only

_FEATHER_PX = 1.8


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A person cut out of a photograph.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        alpha: (H, W) uint8, 255 where the person is, soft at the outline.
        face_xyxy: Box of the face in px.
        collar: Row from which there are only clothes.
        age_years: Age in the year of the photograph.
    """

    image: Image
    alpha: NDArray[np.uint8]
    face_xyxy: tuple[float, float, float, float]
    collar: int
    age_years: float


@dataclass(frozen=True, slots=True)
class _Cutting:
    """Where a portrait is found and what is cut from it.

    The face boxes are the mean of what the shipped YuNet finds at full and at half size. The
    outlines come from GrabCut around a hand-drawn outline, thinned to corners; they end above
    what would not look right below: a helmet in the hands, a button.
    """

    package: str
    file: str
    face_xyxy: tuple[float, float, float, float]
    collar: int
    bottom: int
    age_years: float
    outline: tuple[int, ...]


# fmt: off
_HOPPER = _Cutting(
    "matplotlib", "mpl-data/sample_data/grace_hopper.jpg", (179, 117, 352, 329), 410, 550, 77,
    (218, 30, 214, 43, 197, 49, 181, 64, 172, 87, 158, 102, 152, 118, 153, 140, 158, 160,
     156, 190, 158, 221, 161, 228, 169, 260, 176, 268, 177, 288, 200, 300, 203, 318, 186, 333,
     165, 344, 121, 360, 80, 368, 61, 380, 53, 381, 47, 387, 38, 411, 30, 435, 27, 459, 17, 526,
     11, 599, 511, 599, 511, 434, 505, 431, 492, 393, 464, 377, 422, 366, 365, 342, 330, 313,
     330, 300, 337, 284, 361, 262, 369, 225, 367, 191, 373, 190, 373, 185, 369, 183, 371, 135,
     365, 89, 352, 86, 348, 71, 335, 56, 313, 44, 302, 43, 281, 27, 249, 23, 229, 30),
)
_COLLINS = _Cutting(
    "skimage", "data/astronaut.png", (179, 63, 268, 175), 188, 336, 42,
    (259, 22, 237, 16, 205, 21, 156, 58, 153, 68, 157, 104, 170, 116, 174, 128, 182, 132,
     182, 147, 153, 151, 140, 158, 127, 175, 126, 201, 113, 202, 90, 227, 76, 235, 62, 250,
     44, 282, 26, 342, 26, 366, 356, 366, 356, 302, 340, 262, 303, 233, 299, 219, 289, 203,
     256, 174, 256, 163, 264, 149, 266, 137, 275, 134, 290, 117, 300, 92, 296, 58, 288, 43,
     276, 31),
)
# fmt: on


@cache
def load_portraits() -> tuple[Portrait, Portrait]:
    """Hopper, 77 years, and Collins, 42.

    Raises:
        SourceError: A package that holds one is not installed.
    """
    return _cut(_HOPPER), _cut(_COLLINS)


def _cut(cutting: _Cutting) -> Portrait:
    spec = find_spec(cutting.package)
    places = spec.submodule_search_locations if spec else None
    path = Path(next(iter(places or ()), "")) / cutting.file
    if not path.is_file():
        raise SourceError(
            f"the portrait {path.name}, which comes with {cutting.package}, is not installed. "
            f"Install the demo extra: {installing('demo')}"
        )
    image = read_picture(path)
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.array(cutting.outline, np.int32).reshape(-1, 2)], 255)
    # The picture's own edges are no outline: only inside them does the mask shrink and soften.
    mask = np.asarray(cv2.erode(mask, np.ones((3, 3), np.uint8)), np.uint8)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), _FEATHER_PX), np.uint8)
    return Portrait(
        read_only(np.ascontiguousarray(image[: cutting.bottom])),
        read_only(np.ascontiguousarray(mask[: cutting.bottom])),
        cutting.face_xyxy,
        cutting.collar,
        cutting.age_years,
    )
