"""One picture of a source and when it was shown. Knows nothing of faces."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded picture.

    Attributes:
        image: (H, W, 3) uint8 RGB, read-only; the whole picture.
        index: Number of the frame in its source, from 0, over decoded frames.
        time_s: Media clock in seconds; never falls within a source.
        decoded_ns: Monotonic clock when decoding finished; for latency only, never in tables.
        source: Name of the source, safe to show (no passwords).
        small: (h, w, 3) uint8 RGB, the same picture scaled by the decoder for the detector,
            or None where the source made none.
        picture: File name where each frame is a picture of its own, else "".
    """

    image: Image
    index: int
    time_s: float
    decoded_ns: int
    source: str
    small: Image | None = None
    picture: str = ""

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in px."""
        return self.image.shape[1], self.image.shape[0]


def read_only(image: Image) -> Image:
    """Return the image itself, with writing to it forbidden."""
    image.setflags(write=False)
    return image


def shrink(image: Image, size_wh: tuple[int, int]) -> Image:
    """Scale a picture down to `size_wh`, averaging areas; the image itself if it has that size."""
    if (image.shape[1], image.shape[0]) == size_wh:
        return image
    return np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
