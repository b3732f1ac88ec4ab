"""The contact sheet: the best look at everybody, with age and interval, in the order they left."""

from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from engine.errors import SinkError
from engine.sinks.biography import Biographer, Biography, Faces
from engine.sinks.growing import cannot_write, name, partial
from engine.sinks.label import labels_of
from engine.sinks.palette import FAINT_TEXT, PLATE, TEXT
from engine.sinks.plate import BOLD, REGULAR, put_text, text_width
from engine.values.frame import Image
from engine.values.result import FrameResult, Track

_COLUMNS, _ROWS = 8, 6
_FACE_PX, _TEXT_PX, _GAP_PX = 112, 44, 12
_SMALL_PX = 12


class ContactSheet:
    """Sink: JPEG pages of 48 faces, `NAME.contact-1.jpg` and so on; none for nobody.

    Who was never seen well enough to be estimated is not on it.
    """

    def __init__(self, out: Path, source: str, *, faces: Faces) -> None:
        """Choose the folder and the name of the source, and how faces are shown."""
        self._out = out
        self._source = source
        self._biographer = Biographer(faces)
        self._waiting: list[Biography] = []
        self._pages: list[Path] = []

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def write(self, result: FrameResult) -> None:
        """Take one frame."""
        self._gather(self._biographer.follow(result))

    def finish(self, tracks: tuple[Track, ...]) -> None:
        """Take those who stayed to the end, and write the last page."""
        self._gather(self._biographer.end(tracks))
        if self._waiting:
            self._print()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Name the pages: until then an older sheet stays, and a killed run leaves none."""
        for page in self._pages:
            name(partial(page), page)

    def _gather(self, lives: list[Biography]) -> None:
        for life in lives:
            if life.face is not None:
                self._waiting.append(life)
            if len(self._waiting) == _COLUMNS * _ROWS:
                self._print()

    def _print(self) -> None:
        path = self._out / f"{self._source}.contact-{len(self._pages) + 1}.jpg"
        done, data = cv2.imencode(".jpg", _page(self._waiting)[:, :, ::-1])
        self._waiting = []
        if not done:
            raise SinkError(f"cannot write {path}: the page could not be made into a JPEG.")
        try:
            partial(path).write_bytes(data.tobytes())
        except OSError as error:
            raise cannot_write(path, error) from error
        self._pages.append(path)


def _page(lives: list[Biography]) -> Image:
    """(H, W, 3) uint8 RGB: the faces in rows, with their words below."""
    columns = min(_COLUMNS, len(lives))
    rows = -(-len(lives) // _COLUMNS)
    across, down = _FACE_PX + _GAP_PX, _FACE_PX + _TEXT_PX + _GAP_PX
    page = np.empty((rows * down + _GAP_PX, columns * across + _GAP_PX, 3), np.uint8)
    page[:] = PLATE
    labels = labels_of(
        [life.track.belief for life in lives], [life.track.track_id for life in lives]
    )
    for place, (life, label) in enumerate(zip(lives, labels, strict=True)):
        x = _GAP_PX + place % _COLUMNS * across
        y = _GAP_PX + place // _COLUMNS * down
        page[y : y + _FACE_PX, x : x + _FACE_PX] = life.face if life.face is not None else PLATE
        page[y + _FACE_PX : y + _FACE_PX + 4, x : x + _FACE_PX] = label.colour
        words = f"{label.age} {label.interval}"
        put_text(page, words, (x, y + _FACE_PX + 22), TEXT, 15, BOLD)
        where = life.picture or f"{label.number} {life.track.first_s:.1f} s"
        put_text(page, _fitting(where), (x, y + _FACE_PX + 40), FAINT_TEXT, _SMALL_PX, REGULAR)
    return page


def _fitting(words: str) -> str:
    """The words, or as many of their first letters as fit under a face."""
    while text_width(words, _SMALL_PX) > _FACE_PX:
        words = words[:-2] + "\N{HORIZONTAL ELLIPSIS}"
    return words
