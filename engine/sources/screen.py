"""The screen of this machine as a live source."""

import os
from dataclasses import dataclass

import av

from engine.errors import SourceError
from engine.sources.decode import open_container
from engine.sources.source import SmallSize
from engine.sources.stream import OPEN_TIMEOUT_S, SILENT_S, LiveSource


@dataclass(frozen=True, slots=True)
class ScreenPart:
    """What of a screen to watch.

    Attributes:
        display: X11 display such as ":0"; "" for the one of this session.
        size_wh: Width and height in px from the top left corner; None for all of it.
        rate: Frames a second.
    """

    display: str = ""
    size_wh: tuple[int, int] | None = None
    rate: float = 15.0


def open_screen(
    part: ScreenPart, *, name: str, address: str, small_size: SmallSize | None = None
) -> LiveSource:
    """Watch an X11 display.

    Args:
        part: What to watch.
        name: Name of the source.
        address: What the user gave.
        small_size: Size of the copy for the detector; None for no copy.

    Raises:
        SourceError: There is no such display, or this FFmpeg cannot watch one.
    """
    display = part.display or os.environ.get("DISPLAY", "")
    if not display:
        raise SourceError(
            "there is no screen to watch: DISPLAY is not set. "
            "Start this in a desktop session, or name one: screen:?display=:0"
        )
    options = {"framerate": f"{part.rate:g}"}
    if part.size_wh:
        options["video_size"] = f"{part.size_wh[0]}x{part.size_wh[1]}"
    try:
        timeout_s = (OPEN_TIMEOUT_S, SILENT_S)
        container = open_container(display, kind="x11grab", options=options, timeout_s=timeout_s)
    except (av.FFmpegError, ValueError) as error:
        raise SourceError(
            f"the screen {display} cannot be watched "
            f"({getattr(error, 'strerror', None) or error}). Is it an X11 display of this user, "
            "and the size inside it?"
        ) from error
    return LiveSource(container, name=name, address=address, small_size=small_size)
