"""Faces in the layout of MOTChallenge, for tools that evaluate trackers.

One line a tracked face and frame: frame from 1, track, left, top, width, height in px, score, and
three numbers of the world that are not known, -1. Source: motchallenge.net, instructions.
"""

from collections.abc import Iterable
from pathlib import Path

from engine.sinks.growing import GrowingFile
from engine.sinks.rows import FACE_COLUMNS, Row

_AT = {column.name: place for place, column in enumerate(FACE_COLUMNS)}


class MotFile:
    """A table file of faces, without those of no track, such as faces in pictures."""

    columns = FACE_COLUMNS

    def __init__(self, path: Path) -> None:
        """Choose the final name."""
        self._file = GrowingFile(path)

    def open(self) -> None:
        """Begin an empty file; the layout has no head."""
        self._file.open()

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        self._file.append("".join(_line(row) for row in rows))

    def complete(self) -> None:
        """Give the file its name."""
        self._file.complete()


def _line(row: Row) -> str:
    names = ("frame", "track_id", "x1", "y1", "x2", "y2", "score")
    numbers = (float(str(row[_AT[name]])) for name in names)
    frame, track_id, x1, y1, x2, y2, score = numbers
    if track_id < 0:
        return ""
    box = f"{x1:.1f},{y1:.1f},{x2 - x1:.1f},{y2 - y1:.1f}"
    return f"{frame + 1:.0f},{track_id:.0f},{box},{score:.4f},-1,-1,-1\n"
