"""The colours of video: from red, green and blue to BT.709's luma and colour in 8 bits.

Source: ITU-R BT.709-6, 3.2 to 3.4.
"""

import numpy as np
from numpy.typing import NDArray

from engine.sinks.palette import Colour

BLACK = (16, 128, 128)
"""Y, Cb and Cr of black."""
_KR, _KB = 0.2126, 0.0722
"""Shares of red and blue in the luma."""


def _matrix() -> NDArray[np.float32]:
    luma = np.array([_KR, 1 - _KR - _KB, _KB])
    blue = (np.array([0, 0, 1]) - luma) / (2 * (1 - _KB))
    red = (np.array([1, 0, 0]) - luma) / (2 * (1 - _KR))
    return (np.stack([luma * 219, blue * 224, red * 224]) / 255).astype(np.float32)


FROM_RGB = _matrix()
"""(3, 3) from red, green, blue in 0..255 to Y, Cb, Cr above those of black."""


def levels(colour: Colour) -> list[float]:
    """Y, Cb and Cr of a colour."""
    found: list[float] = (FROM_RGB @ np.array(colour) + BLACK).tolist()
    return found
