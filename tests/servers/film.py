"""A short loop of video, encoded once and played by as many servers as wanted."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import av
import numpy as np

from engine.values.frame import Image

Codec = Literal["H264", "H265"]
_BITS = 8
_ENCODERS = {"H264": "libx264", "H265": "libx265"}
_X264 = {"tune": "zerolatency", "preset": "ultrafast", "bf": "0"}


@dataclass(frozen=True, slots=True)
class Film:
    """Access units in the order of sending; the first is a key frame with all parameter sets.

    Attributes:
        codec: Name in RTP.
        fps: Frames a second.
        size_wh: Width and height in px.
        units: The network abstraction layer units of every frame, without start codes.
    """

    codec: Codec
    fps: int
    size_wh: tuple[int, int]
    units: tuple[tuple[bytes, ...], ...]

    def is_key(self, index: int) -> bool:
        """Whether a decoder can begin with this frame."""
        if self.codec == "H264":
            return any(unit[0] & 31 == 5 for unit in self.units[index])
        return any(16 <= unit[0] >> 1 & 63 <= 21 for unit in self.units[index])


def numbered(index: int, size_wh: tuple[int, int]) -> Image:
    """A grey picture that tells its number in eight blocks along the top, lowest bit first."""
    width, height = size_wh
    image = np.full((height, width, 3), 60, np.uint8)
    block = width // _BITS
    for bit in range(_BITS):
        image[: height // 4, bit * block : (bit + 1) * block] = 230 if index >> bit & 1 else 20
    return image


def number_of(image: Image) -> int:
    """The number that `numbered` wrote."""
    height, width = image.shape[:2]
    block = width // _BITS
    row = image[height // 8, block // 2 :: block].mean(-1)[:_BITS]
    return sum(1 << bit for bit, value in enumerate(row) if value > 128)


def shoot(
    size_wh: tuple[int, int] = (320, 180),
    *,
    frames: int = 100,
    fps: int = 25,
    codec: Codec = "H264",
    draw: Callable[[int, tuple[int, int]], Image] = numbered,
) -> Film:
    """Encode a film with a key frame twice a second and no frame that waits for a later one."""
    encoder = av.CodecContext.create(_ENCODERS[codec], "w")
    encoder.width, encoder.height = size_wh
    encoder.pix_fmt, encoder.time_base = "yuv420p", Fraction(1, fps)
    encoder.framerate = Fraction(fps)
    every = max(1, fps // 2)
    keys = f"keyint={every}:min-keyint={every}:scenecut=0:repeat-headers=1"
    tool = "x264-params" if codec == "H264" else "x265-params"
    extra = ":sliced-threads=0" if codec == "H264" else ":log-level=none:pools=1:frame-threads=1"
    encoder.options = {**_X264, tool: keys + extra}
    packets = [p for i in range(frames) for p in encoder.encode(_frame(draw(i, size_wh), i, fps))]
    packets += encoder.encode(None)
    return Film(codec, fps, size_wh, tuple(_split(bytes(packet)) for packet in packets))


def _frame(image: Image, index: int, fps: int) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(image, "rgb24")
    frame.pts, frame.time_base = index, Fraction(1, fps)
    return frame


def _split(stream: bytes) -> tuple[bytes, ...]:
    """Units of a byte stream (ITU-T H.264, annex B)."""
    return tuple(part.rstrip(b"\0") for part in stream.split(b"\0\0\1") if part.rstrip(b"\0"))
