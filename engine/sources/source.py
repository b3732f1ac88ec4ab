"""The contract of every source of frames."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self

from engine.values.frame import Frame

SmallSize = Callable[[int, int], tuple[int, int]]
"""From a picture's width and height to those of the copy that the detector wants."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a live source.

    Attributes:
        transport: How RTSP packets come: tcp loses none, udp is there at once.
        hwaccel: What decodes: the CPU (none), one kind of device, or the first that is there
            (auto). Where a device does not work the CPU decodes, and the source says so.
        fps_cap: Take no more pictures a second than this; 0 for all. Below 1 nobody is followed.
    """

    transport: Literal["tcp", "udp"] = "tcp"
    hwaccel: Literal["auto", "cuda", "vaapi", "none"] = "none"
    fps_cap: float = 0.0


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a source once it is open.

    Attributes:
        name: Short name, safe to show and to use in file names (no passwords, no slashes).
        address: What the user gave, with passwords masked.
        live: Frames come at their own pace and may be lost; else all frames are delivered.
        pictures: Every frame is a picture of its own: no tracks across frames.
        width: Of the first picture, px.
        height: Of the first picture, px.
        rate: Nominal frames a second, 0 where unknown.
        frames: Expected number of frames, 0 where unknown; only for progress.
        duration_s: Expected length, 0 where unknown; only for progress.
        start_s: Where a player of the file shows the first picture: later than at 0 if its sound
            begins before.
    """

    name: str
    address: str
    live: bool
    pictures: bool
    width: int
    height: int
    rate: float
    frames: int
    duration_s: float
    start_s: float = 0.0


class Source(Protocol):
    """A source of frames: opened by its constructor, iterated once, closed at the end of `with`.

    Opening and iterating raise `SourceError` with a message fit for the user. Iteration may stop
    early in this way: every frame delivered before is good.

    Attributes:
        info: What is known of the source.
        problems: What was passed over so far (an unreadable picture, damaged packets), each fit
            for the user; complete when iteration is over.
    """

    info: SourceInfo
    problems: list[str]

    def __iter__(self) -> Iterator[Frame]:
        """Deliver the frames in order."""
        ...

    def close(self) -> None:
        """Let go of file, device or connection; safe to call twice and from another thread."""
        ...

    def __enter__(self) -> Self:
        """Return self."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        ...
