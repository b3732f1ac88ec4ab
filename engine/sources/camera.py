"""A camera of this machine, by OpenCV: PyAV's wheels have no camera input."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, cast

import cv2
import numpy as np
from cv2.utils import logging as cv2_logging
from numpy.typing import NDArray

from engine.errors import SourceError
from engine.sources.clock import RateCap, ReceiveClock
from engine.sources.closing import Closing, Handle
from engine.sources.small import small_copy
from engine.sources.source import Reading, SmallSize, SourceInfo
from engine.values.frame import Frame, Image, read_only


class Capture(Protocol):
    """The part of `cv2.VideoCapture` that is used here."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether the camera could be opened."""
        ...

    def read(self) -> tuple[bool, NDArray[np.uint8] | None]:
        """Wait for the next picture, BGR; False when none came."""
        ...

    def get(self, prop: int) -> float:
        """A property, 0 where unknown."""
        ...

    def release(self) -> None:
        """Let go of the camera."""
        ...


def open_capture(number: int) -> Capture:
    """Open a camera with OpenCV."""
    level = cv2_logging.getLogLevel()
    cv2_logging.setLogLevel(cv2_logging.LOG_LEVEL_SILENT)
    try:
        kind = cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY
        return cast(Capture, cv2.VideoCapture(number, kind))
    finally:
        cv2_logging.setLogLevel(level)


class CameraSource(Closing):
    """A live camera; when it stops by itself that is an error."""

    def __init__(
        self,
        number: int,
        *,
        name: str,
        small_size: SmallSize | None = None,
        reading: Reading | None = None,
        open_capture: Callable[[int], Capture] = open_capture,
    ) -> None:
        """Open the camera and take its first picture.

        Args:
            number: Which camera, from 0.
            name: Name of the source.
            small_size: Size of the copy for the detector; None for no copy.
            reading: How to read it, of which only the cap of the rate counts here.
            open_capture: Opens a camera by number.

        Raises:
            SourceError: There is no such camera, or it gives no picture.
        """
        self._capture = open_capture(number)
        self._handle = Handle(self._capture.release)
        self._small_size = small_size
        self._clock = ReceiveClock()
        self._cap = RateCap(reading.fps_cap if reading else 0.0)
        self.problems: list[str] = []
        first = self._read() if self._capture.isOpened() else None
        if first is None:
            self.close()
            raise SourceError(
                f"camera {number} cannot be opened or gives no picture; {_available()}. "
                "Is it plugged in and free?"
            )
        self._first = first
        height, width = first.shape[:2]
        self.info = SourceInfo(
            name=name,
            address=str(number),
            live=True,
            pictures=False,
            width=width,
            height=height,
            rate=self._cap.rate(max(0.0, self._capture.get(cv2.CAP_PROP_FPS))),
            frames=0,
            duration_s=0.0,
        )

    def __iter__(self) -> Iterator[Frame]:
        """Deliver frames until closed.

        Raises:
            SourceError: The camera stopped.
        """
        image: Image | None = self._first
        index = 0
        while image is not None:
            time_s = self._clock()
            if self._cap(time_s):
                small = small_copy(image, self._small_size)
                yield Frame(image, index, time_s, time.monotonic_ns(), self.info.name, small)
                index += 1
            image = self._read()
        if not self._handle.closing:
            raise SourceError(
                f"camera {self.info.address} stopped giving pictures. Is it still plugged in?"
            )

    @property
    def sign_s(self) -> float:
        """When a picture came, taken or not."""
        return self._cap.sign_s

    def close(self) -> None:
        """Let go of the camera."""
        self._handle.close()

    def _read(self) -> Image | None:
        with self._handle.in_use() as is_open:
            if not is_open:
                return None
            found, image = self._capture.read()
        if not found or image is None:
            return None
        return read_only(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8))


def _available() -> str:
    cameras = sorted(str(path) for path in Path("/dev").glob("video*"))
    return f"found: {', '.join(cameras)}" if cameras else "there is no camera (no /dev/video*)"
