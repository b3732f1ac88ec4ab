"""From a decoder's frame to upright RGB arrays: the whole picture and the detector's small copy."""

from collections.abc import Mapping
from threading import Lock, RLock
from typing import NamedTuple, cast

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from engine.sources.source import SmallSize
from engine.values.frame import Grey, Image, Planes, glimpse_step, read_only, sparse

_BT601, _BT709 = 5, 1
_MATRICES = {1: _BT709, 4: 4, 5: _BT601, 6: _BT601, 7: 7, 9: 9, 10: 9}
"""From the numbers of H.273, which frames carry, to those of the scaler (PyAV 16 names fewer)."""
_LUMA_FIRST = frozenset(
    {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"}
)
_SD_HEIGHT = 576
_ONE_THREAD = {"threads": 1} if int(av.__version__.split(".")[0]) >= 17 else {}
"""PyAV 17 began to scale with all cores by default: slower here, and they are wanted elsewhere."""


class Turn(NamedTuple):
    """How a stored picture becomes upright: first swap the axes, then mirror."""

    swap: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    def __call__(self, image: Image) -> Image:
        """Apply to (H, W, 3); returns the image itself where nothing is to be done."""
        if self.swap:
            image = np.asarray(cv2.transpose(image), np.uint8)
        if self.mirror_x or self.mirror_y:
            code = -1 if self.mirror_x and self.mirror_y else int(self.mirror_x)
            image = np.asarray(cv2.flip(image, code), np.uint8)
        return image


def turn_of(frame: VideoFrame) -> Turn:
    """Read the display matrix, which phones write: upright is (x, y) times its 2x2 part.

    Any angle is taken as the nearest quarter turn.
    """
    side_data = cast(Mapping[str, bytes], frame.side_data)
    found = side_data.get("DISPLAYMATRIX")
    if found is None:
        return Turn()
    matrix = np.frombuffer(found, np.int32).astype(np.int64)
    x_to_x, x_to_y, y_to_x, y_to_y = matrix[[0, 1, 3, 4]]
    if abs(x_to_y) + abs(y_to_x) > abs(x_to_x) + abs(y_to_y):
        return Turn(True, bool(y_to_x < 0), bool(x_to_y < 0))
    return Turn(False, bool(x_to_x < 0), bool(y_to_y < 0))


class Converter:
    """Makes the arrays of a `Frame` from the frames of one stream."""

    def __init__(self, small_size: SmallSize | None, *, pixel_aspect: float = 1.0) -> None:
        """Prepare.

        Args:
            small_size: Size of the detector's copy, from the upright picture's; None for no copy.
            pixel_aspect: Width of a stored pixel in heights; wide ones are made square.
        """
        self._small_size = small_size
        self._aspect = pixel_aspect if 0.2 < pixel_aspect < 5 else 1.0
        self._rotation: int | None = None
        self._turn = Turn()
        self._full, self._shrink, self._small = (VideoReformatter() for _ in range(3))
        self._lock, self._small_lock = Lock(), Lock()

    def __call__(self, frame: VideoFrame) -> tuple[Image, Image | None]:
        """Whole picture and small copy, (H, W, 3) uint8 RGB, both read-only."""
        pixels = self.later(frame)
        return pixels.image(), pixels.small()

    def later(self, frame: VideoFrame) -> "DecodedPixels":
        """The same two and a glimpse, each made when it is asked for."""
        return DecodedPixels(self, frame, self._upright(frame))

    def upright_size(self, frame: VideoFrame) -> tuple[int, int]:
        """Width and height in px of the array that a frame becomes."""
        return self._size(frame, self._upright(frame))

    def image_of(self, frame: VideoFrame, turn: Turn) -> Image:
        """The whole picture, read-only. Safe from any thread."""
        width, height = self._size(frame, turn)
        stored = (height, width) if turn.swap else (width, height)
        with self._lock:
            return read_only(turn(_rgb(frame, stored, _colours(frame), self._full)))

    def small_size(self, width: int, height: int) -> tuple[int, int] | None:
        """Size of the small copy of an upright picture; None where it would not be smaller."""
        wanted = self._small_size(width, height) if self._small_size else (width, height)
        return None if wanted[0] >= width and wanted[1] >= height else wanted

    def scaled(self, frame: VideoFrame, turn: Turn, size_wh: tuple[int, int]) -> Image:
        """The picture at another size, read-only. Safe from any thread.

        It is scaled in the decoder's own pixel format, then turned into RGB: less than half the
        time of scaling RGB or of doing both at once (measured at 1080p).
        """
        colours = _colours(frame)
        with self._small_lock:
            shrunk = _shrink(frame, size_wh[::-1] if turn.swap else size_wh, colours, self._shrink)
            stored = (shrunk.width, shrunk.height)
            return read_only(turn(_rgb(shrunk, stored, colours, self._small)))

    def _size(self, frame: VideoFrame, turn: Turn) -> tuple[int, int]:
        width = max(1, round(frame.width * self._aspect))
        return (frame.height, width) if turn.swap else (width, frame.height)

    def _upright(self, frame: VideoFrame) -> Turn:
        """The frame's turn, read again only when its angle changes.

        PyAV ties a frame whose side data was touched into a reference cycle: doing that for
        every frame would keep hundreds of MB until the garbage collector comes by.
        """
        if frame.rotation != self._rotation:
            self._rotation, self._turn = frame.rotation, turn_of(frame)
        return self._turn


class DecodedPixels:
    """The `Pixels` of a decoder's frame, which is held as long as they are."""

    def __init__(self, converter: Converter, frame: VideoFrame, turn: Turn) -> None:
        """Keep what is needed to make arrays later."""
        self._converter, self._frame, self._turn = converter, frame, turn
        self.size_wh = converter.upright_size(frame)
        self._lock = RLock()
        self._image: Image | None = None
        self._scaled: Image | None = None
        self._glimpse: Grey | None = None

    def image(self) -> Image:
        """The whole picture."""
        with self._lock:
            if self._image is None:
                self._image = self._converter.image_of(self._frame, self._turn)
            return self._image

    def small(self) -> Image | None:
        """The small copy."""
        size_wh = self._converter.small_size(*self.size_wh)
        return None if size_wh is None else self.scaled(size_wh)

    def scaled(self, size_wh: tuple[int, int]) -> Image:
        """The picture at another size; the last one is kept."""
        if size_wh == self.size_wh:
            return self.image()
        with self._lock:
            if self._scaled is None or self._scaled.shape[1::-1] != size_wh:
                self._scaled = self._converter.scaled(self._frame, self._turn, size_wh)
            return self._scaled

    def glimpse(self) -> Grey:
        """Every n-th pixel of the luma plane, or of the picture where there is no such plane."""
        with self._lock:
            if self._glimpse is None:
                self._glimpse = read_only(self._glimpsed())
            return self._glimpse

    def planes(self) -> Planes | None:
        """The decoder's planes, where they are the upright picture in the usual form of video."""
        frame = self._frame
        if frame.format.name != "yuv420p" or _colours(frame) != (_BT709, ColorRange.MPEG):
            return None
        even = not (frame.width % 2 or frame.height % 2)
        whole = even and self.size_wh == (frame.width, frame.height) and self._turn == Turn()
        return Planes(*map(_samples, frame.planes)) if whole else None

    def _glimpsed(self) -> Grey:
        step = glimpse_step(*self.size_wh)
        luma = luma_of(self._frame)
        if luma is None:
            return np.asarray(cv2.cvtColor(sparse(self.image(), step), cv2.COLOR_RGB2GRAY))
        return self._turn(sparse(luma, step))


def luma_of(frame: VideoFrame) -> Grey | None:
    """The stored luma of a planar 8-bit frame, (H, W), borrowed from it; None in other formats."""
    if frame.format.name not in _LUMA_FIRST:
        return None
    return _samples(frame.planes[0])


def _samples(plane: VideoPlane) -> Grey:
    """The samples of a plane, borrowed from its frame."""
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)  # type: ignore[call-overload]  # PyAV's planes are buffers
    return np.asarray(rows[: plane.height, : plane.width])


class _Colours(NamedTuple):
    matrix: int
    range: ColorRange


def _colours(frame: VideoFrame) -> _Colours:
    """Matrix and range of a frame; what it leaves open follows the custom of its format."""
    if frame.format.is_rgb:
        return _Colours(_BT601, ColorRange.JPEG)
    guess = _BT601 if frame.height <= _SD_HEIGHT else _BT709
    full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
    return _Colours(
        _MATRICES.get(int(frame.colorspace), guess), ColorRange.JPEG if full else ColorRange.MPEG
    )


def _rgb(
    frame: VideoFrame, size_wh: tuple[int, int], colours: _Colours, scaler: VideoReformatter
) -> Image:
    """RGB pixels of a frame; transparent ones get whatever colour the decoder left there."""
    converted = scaler.reformat(
        frame,
        *size_wh,
        "rgb24",
        src_colorspace=colours.matrix,
        dst_colorspace=_BT601,
        src_color_range=colours.range,
        **_ONE_THREAD,
    )
    return np.ascontiguousarray(converted.to_ndarray(), np.uint8)


def _shrink(
    frame: VideoFrame, size_wh: tuple[int, int], colours: _Colours, scaler: VideoReformatter
) -> VideoFrame:
    """The frame scaled down by averaging areas, in its own pixel format and colours."""
    return scaler.reformat(
        frame,
        *size_wh,
        "rgb24" if frame.format.name == "pal8" else frame.format.name,
        src_colorspace=colours.matrix,
        dst_colorspace=colours.matrix,
        interpolation=Interpolation.AREA,
        src_color_range=colours.range,
        dst_color_range=colours.range,
        **_ONE_THREAD,
    )
