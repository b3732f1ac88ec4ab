"""Animated WebP, which FFmpeg 8 cannot decode, by OpenCV."""

import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from engine.errors import SourceError
from engine.sources.bounds import check_size
from engine.sources.closing import Closing
from engine.sources.header import picture_size
from engine.sources.small import small_copy
from engine.sources.source import SmallSize, SourceInfo
from engine.values.frame import Frame, Image, read_only

_CHUNK_PX = 64_000_000
_WHITE = 255
_UNTIMED_MS = 100
"""How long a frame is shown that is to be shown for no time at all; browsers do the same."""


class AnimationSource(Closing):
    """The frames of an animated WebP at their own times, transparent parts on white.

    OpenCV decodes from the start whatever it is asked for, into memory: frames are fetched in
    chunks of at most 256 MB, which takes few passes for any animation of a usual size.
    """

    def __init__(self, path: Path, *, name: str, small_size: SmallSize | None = None) -> None:
        """Decode the first frames.

        Args:
            path: The file.
            name: Name of the source.
            small_size: Size of the copy for the detector; None for no copy.

        Raises:
            SourceError: It is damaged or too large.
        """
        with path.open("rb") as file:
            width, height = picture_size(file) or (0, 0)
        check_size(width, height, str(path))
        self._path, self._small_size = path, small_size
        self._count = max(1, _CHUNK_PX // max(1, width * height))
        self._closing = False
        self.problems: list[str] = []
        self._first = self._chunk(0)
        if not self._first:
            raise SourceError(f"{path} is an animated WebP that cannot be decoded. Damaged?")
        shown_s = [seconds for _, seconds in self._first]
        step_s = sum(shown_s) / len(shown_s)
        frames = cv2.imcount(str(path))
        self.info = SourceInfo(
            name=name,
            address=str(path),
            live=False,
            pictures=False,
            width=width,
            height=height,
            rate=1 / step_s,
            frames=frames,
            duration_s=frames * step_s,
        )

    def __iter__(self) -> Iterator[Frame]:
        """Deliver the frames in order."""
        time_s = 0.0
        for index, (image, shown_s) in enumerate(self._pictures()):
            small = small_copy(image, self._small_size)
            yield Frame(image, index, time_s, time.monotonic_ns(), self.info.name, small)
            time_s += shown_s

    def close(self) -> None:
        """Stop after the frame under way."""
        self._closing = True

    def _pictures(self) -> Iterator[tuple[Image, float]]:
        chunk, self._first = self._first, []
        start = 0
        while chunk:
            for picture in chunk:
                if self._closing:
                    return
                yield picture
            start += len(chunk)
            chunk = self._chunk(start) if start < self.info.frames else []

    def _chunk(self, start: int) -> list[tuple[Image, float]]:
        """Frames from number `start` and for how many seconds each is shown."""
        found, animation = cv2.imreadanimation(str(self._path), start, self._count)
        if not found:
            return []
        return [
            (_on_white(np.asarray(frame, np.uint8)), (milliseconds or _UNTIMED_MS) / 1000)
            for frame, milliseconds in zip(animation.frames, animation.durations, strict=True)
        ]


def _on_white(frame: Image) -> Image:
    """(H, W, 3) read-only RGB of a frame in BGR or BGRA."""
    image = np.asarray(cv2.cvtColor(frame[..., :3], cv2.COLOR_BGR2RGB), np.uint8)
    if frame.shape[2] == 4 and frame[..., 3].min() < 255:
        alpha = frame[..., 3:].astype(np.uint16)
        image = ((image * alpha + _WHITE * (255 - alpha) + 127) // 255).astype(np.uint8)
    return read_only(image)
