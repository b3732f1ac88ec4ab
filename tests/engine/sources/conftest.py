"""Clips that the tests encode themselves; every frame carries its number as bright blocks."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.values.frame import Image

_BITS = 8
MakeClip = Callable[..., Path]


def numbered(index: int, width: int, height: int) -> Image:
    """A picture that tells its number in eight blocks along the top, brightest block first."""
    image = np.full((height, width, 3), 90, np.uint8)
    image[height // 2 :, :, 0] = np.linspace(20, 230, width, dtype=np.uint8)
    block = width // _BITS
    for bit in range(_BITS):
        lit = index >> (_BITS - 1 - bit) & 1
        image[: height // 4, bit * block : (bit + 1) * block] = 230 if lit else 20
    return image


def number_of(image: Image) -> int:
    """The number that `numbered` wrote."""
    height, width = image.shape[:2]
    block = width // _BITS
    row = image[height // 8, block // 2 :: block].mean(-1)[:_BITS]
    return int("".join("1" if value > 128 else "0" for value in row), 2)


@pytest.fixture(name="numbered")
def _numbered() -> Callable[[int, int, int], Image]:
    return numbered


@pytest.fixture(name="number_of")
def _number_of() -> Callable[[Image], int]:
    return number_of


@pytest.fixture
def make_clip(tmp_path: Path) -> MakeClip:
    """Encode numbered frames."""

    def make(
        name: str = "clip.mp4",
        *,
        frames: int = 20,
        size: tuple[int, int] = (320, 240),
        pts: Sequence[int] | None = None,
        codec: str = "libx264",
        faststart: bool = False,
        draw: Callable[[int, int, int], Image] = numbered,
    ) -> Path:
        path = tmp_path / name
        options = {"movflags": "faststart"} if faststart else {}
        with av.open(str(path), "w", options=options) as container:
            stream = container.add_stream(codec, rate=25)
            stream.width, stream.height = size
            stream.pix_fmt = {"libx264": "yuv420p", "gif": "rgb8", "mpeg4": "yuv420p"}[codec]
            unit = Fraction(1, 100 if pts else 25)
            stream.codec_context.time_base = unit
            if codec == "libx264":
                stream.options = {"crf": "12", "preset": "ultrafast", "g": "5"}
            for index in range(frames):
                frame = av.VideoFrame.from_ndarray(draw(index, *size), "rgb24")
                frame.pts = pts[index] if pts else index
                frame.time_base = unit
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    return make
