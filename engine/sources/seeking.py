"""What somebody who watches a recording needs of it. Loads no decoder."""

from collections.abc import Iterator
from math import inf
from typing import Protocol

from engine.sources.source import SourceInfo
from engine.values.frame import Frame

PICTURE_S = 2.0
"""How long each picture of a folder is shown."""


class Recording(Protocol):
    """Frames of a recorded source, from any second on, as often as wanted.

    Attributes:
        info: What is known of the source.
    """

    info: SourceInfo

    def frames_from(self, time_s: float) -> Iterator[Frame]:
        """Deliver frames in order, first the one that is shown at `time_s`.

        Only the newest iterator may be used. Raises SourceError as the source does.
        """
        ...

    def close(self) -> None:
        """Let go of the file; safe to call twice and from another thread."""
        ...


def shown_s(frame: Frame) -> float:
    """Media second at which a frame is shown; pictures have no time of their own."""
    return frame.index * PICTURE_S if frame.picture else frame.time_s


def length_s(info: SourceInfo) -> float:
    """How long a recording plays, infinite where unknown."""
    return info.frames * PICTURE_S if info.pictures else info.duration_s or inf
