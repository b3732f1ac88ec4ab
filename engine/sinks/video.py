"""The annotated video: what the window shows, as a file."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import av

from engine.errors import SinkError
from engine.sinks.blur import FaceBlur
from engine.sinks.canvas import PlanesCanvas
from engine.sinks.growing import cannot_write, name, partial
from engine.sinks.mp4 import Mp4
from engine.sinks.overlay import Look, Marks, draw, usual
from engine.values.result import FrameResult, Track


class AnnotatedVideo:
    """Sink: every frame, looked at or passed over, with boxes and labels, at its own media second.

    A source without frames leaves no file.
    """

    def __init__(
        self,
        path: Path,
        *,
        rate: float,
        audio_from: Path | None = None,
        blur: FaceBlur | None = None,
        look: Callable[[], Look] = usual,
    ) -> None:
        """Choose the final name; the file begins with the first frame.

        Args:
            path: Final name.
            rate: Nominal frames a second of the source, 0 where unknown.
            audio_from: File whose sound goes along, None for silence.
            blur: Makes faces unrecognisable; None to show them.
            look: What to draw; asked for with every frame, in the thread that writes.
        """
        self._path = path
        self._rate = rate
        self._audio_from = audio_from
        self._blur, self._look = blur, look
        self._mp4: Mp4 | None = None
        self._broken = False

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def write(self, result: FrameResult) -> None:
        """Add one frame."""
        if self._broken:
            return
        if self._blur is not None:
            result = self._blur(result)
        try:
            if self._mp4 is None:
                self._mp4 = self._begin(result)
            self._add(self._mp4, result)
        except av.FFmpegError as error:
            raise self._failed(error) from error

    def finish(self, tracks: tuple[Track, ...]) -> None:
        """Nothing is drawn of tracks that ended."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file and give it its name."""
        if self._mp4 is None:
            return
        try:
            self._mp4.close()
        except av.FFmpegError as fault:
            raise self._failed(fault) from fault
        self._mp4 = None
        name(partial(self._path), self._path)

    def _add(self, mp4: Mp4, result: FrameResult) -> None:
        planes, time_s = result.frame.planes, result.frame.time_s
        shown, trails, zones = self._look()
        over = (shown.trails and trails) or (shown.zones and zones)  # need the whole picture
        if planes is not None and not over:
            marks = Marks.of(result, shown)
            if mp4.add_decoded(planes, time_s, lambda copy: marks.draw(PlanesCanvas(copy))):
                return
        mp4.add(draw(result, shown, trails, zones), time_s)

    def _begin(self, result: FrameResult) -> Mp4:
        mp4 = Mp4(partial(self._path), result.frame.size_wh, self._rate)
        if self._audio_from is not None:
            mp4.add_sound(self._audio_from, result.frame.time_s)
        return mp4

    def _failed(self, error: av.FFmpegError) -> SinkError:
        """Fall silent: one full disk is one error. What was written stays."""
        if self._mp4 is not None:
            self._mp4.abandon()
        self._mp4, self._broken = None, True
        return cannot_write(self._path, error)
