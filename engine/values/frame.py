"""One picture of a source and when it was shown. Knows nothing of faces."""

from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Grey = NDArray[np.uint8]

_GLIMPSE_PX = 64


class Planes(NamedTuple):
    """A picture as most video holds it: BT.709 in 8 bits, 16 to 235 and 16 to 240, even sides.

    Borrowed from the decoder, which may still need them to make other pictures: never written to.

    Attributes:
        luma: (H, W) uint8.
        blue: (H/2, W/2) uint8, Cb.
        red: (H/2, W/2) uint8, Cr.
    """

    luma: Grey
    blue: Grey
    red: Grey


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded picture.

    Attributes:
        image: (H, W, 3) uint8 RGB, read-only; the whole picture.
        index: Number of the frame in its source, from 0, over decoded frames.
        time_s: Media clock in seconds; never falls within a source.
        decoded_ns: Monotonic clock when decoding finished, or should have: of a live stream that
            has fallen behind it is earlier by as much. For latency only, never in tables.
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

    @property
    def glimpse(self) -> Grey:
        """(h, w) uint8 brightness of every n-th pixel, cheap for every frame: shows what moves."""
        step = glimpse_step(*self.size_wh)
        return np.asarray(cv2.cvtColor(sparse(self.image, step), cv2.COLOR_RGB2GRAY), np.uint8)

    @property
    def planes(self) -> Planes | None:
        """The same picture as it was decoded; None where it was not, or in another form."""
        return None

    def scaled(self, size_wh: tuple[int, int]) -> Image:
        """The picture at another size, (h, w, 3) uint8 RGB: `small` where that is its size.

        Args:
            size_wh: Width and height in px, not larger than the picture's.
        """
        small = self.small
        if small is not None and (small.shape[1], small.shape[0]) == size_wh:
            return small
        return shrink(self.image, size_wh)

    def showing(self, image: Image) -> "Frame":
        """The same moment with another picture of the same size."""
        return Frame(
            image, self.index, self.time_s, self.decoded_ns, self.source, None, self.picture
        )

    def renumbered(self, index: int, time_s: float, source: str) -> "Frame":
        """The same picture under another number, second and name."""
        return replace(self, index=index, time_s=time_s, source=source)


class Pixels(Protocol):
    """A picture as its decoder left it; arrays are made when asked for, from any thread, once."""

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in px of the upright picture."""
        ...

    def image(self) -> Image:
        """See `Frame.image`."""
        ...

    def small(self) -> Image | None:
        """See `Frame.small`."""
        ...

    def scaled(self, size_wh: tuple[int, int]) -> Image:
        """See `Frame.scaled`."""
        ...

    def glimpse(self) -> Grey:
        """See `Frame.glimpse`."""
        ...

    def planes(self) -> Planes | None:
        """See `Frame.planes`."""
        ...


class LazyFrame(Frame):
    """A frame that turns into RGB when somebody looks at it, for most frames never."""

    __slots__ = ("pixels",)
    pixels: Pixels

    def __init__(
        self, pixels: Pixels, index: int, time_s: float, decoded_ns: int, source: str
    ) -> None:
        """Take the decoder's pixels; the other arguments are those of a `Frame`."""
        given = {
            "pixels": pixels,
            "index": index,
            "time_s": time_s,
            "decoded_ns": decoded_ns,
            "source": source,
            "picture": "",
        }
        for name, value in given.items():
            object.__setattr__(self, name, value)

    def renumbered(self, index: int, time_s: float, source: str) -> "LazyFrame":
        """See `Frame.renumbered`; no picture is made for it."""
        return LazyFrame(self.pixels, index, time_s, self.decoded_ns, source)

    @property
    def image(self) -> Image:
        """The whole picture; converted at the first call."""
        return self.pixels.image()

    @property
    def small(self) -> Image | None:
        """The detector's copy; scaled at the first call."""
        return self.pixels.small()

    def scaled(self, size_wh: tuple[int, int]) -> Image:
        """The picture at another size, scaled as `small` is, whatever size that has."""
        return self.pixels.scaled(size_wh)

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in px."""
        return self.pixels.size_wh

    @property
    def glimpse(self) -> Grey:
        """Brightness of every n-th pixel, straight from the decoder."""
        return self.pixels.glimpse()

    @property
    def planes(self) -> Planes | None:
        """The decoder's own planes."""
        return self.pixels.planes()


def glimpse_step(width: int, height: int) -> int:
    """Every which pixel of a picture goes into its glimpse."""
    return max(1, min(width, height) // _GLIMPSE_PX)


def sparse(image: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """Every `step`-th pixel both ways, from the middle of the first cell."""
    return np.ascontiguousarray(image[step // 2 :: step, step // 2 :: step])


def read_only(image: Image) -> Image:
    """Return the image itself, with writing to it forbidden."""
    image.setflags(write=False)
    return image


def shrink(image: Image, size_wh: tuple[int, int]) -> Image:
    """Scale a picture down to `size_wh`, averaging areas; the image itself if it has that size."""
    if (image.shape[1], image.shape[0]) == size_wh:
        return image
    return np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
