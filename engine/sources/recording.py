"""Recorded sources from any second on: what seeking, stepping back and loops need."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic_ns

import av
from av.video.frame import VideoFrame

from engine.sources.convert import Converter
from engine.sources.decode import Decoder, open_container
from engine.sources.seeking import Recording, shown_s
from engine.sources.small import small_copy
from engine.sources.source import SmallSize, Source, SourceInfo
from engine.sources.synthetic import SyntheticSource
from engine.sources.video import VideoSource, pixel_aspect
from engine.values.frame import Frame

_SAME_S = 5e-4
"""Time stamps nearer than this belong to one frame."""


def recording_of(open_source: Callable[[], Source], small_size: SmallSize) -> Recording:
    """Make a recording of a source that is not live.

    Args:
        open_source: Opens it; called again where the source cannot seek.
        small_size: Size of the copy for the detector.

    Raises:
        SourceError: It cannot be opened.
    """
    source = open_source()
    if isinstance(source, SyntheticSource):
        return _SceneRecording(source, small_size)
    if isinstance(source, VideoSource):
        source.close()
        return _VideoRecording(source.info, small_size)
    return _RereadRecording(source, open_source)


class _VideoRecording:
    """A video file, sought by its own time stamps: exact to the frame."""

    def __init__(self, info: SourceInfo, small_size: SmallSize) -> None:
        self.info = info
        self._small_size = small_size
        self._open()
        self._origin_s = 0.0
        first = next(iter(self._decoder), None)
        self._origin_s = self._time_s(first) if first is not None else 0.0

    def frames_from(self, time_s: float) -> Iterator[Frame]:
        shown: VideoFrame | None = None
        for decoded in self._decoded_from(time_s):
            if self._time_s(decoded) <= time_s + _SAME_S:
                shown = decoded
                continue
            if shown is not None:
                yield self._frame(shown)
                shown = None
            yield self._frame(decoded)
        if shown is not None:
            yield self._frame(shown)

    def close(self) -> None:
        self._decoder.close()

    def _open(self) -> None:
        path = Path(self.info.address)
        self._decoder = Decoder(open_container(str(path)), str(path), frame_threads=True)
        self._convert = Converter(self._small_size, pixel_aspect=pixel_aspect(self._decoder.stream))

    def _decoded_from(self, time_s: float) -> Iterator[VideoFrame]:
        """Decoded frames from the key frame before `time_s` on."""
        if time_s > 0 and self._seek(time_s):
            frames = iter(self._decoder)
            first = next(frames, None)
            if first is not None and self._time_s(first) <= time_s + _SAME_S:
                yield first
                yield from frames
                return
        # Containers without an index may land too late: from the beginning it always works.
        self.close()
        self._open()
        yield from self._decoder

    def _seek(self, time_s: float) -> bool:
        stream = self._decoder.stream
        if not stream.time_base:
            return False
        try:
            place = round((time_s + self._origin_s) / stream.time_base)
            self._decoder.container.seek(place, stream=stream)
        except av.FFmpegError:
            return False
        return True

    def _time_s(self, decoded: VideoFrame) -> float:
        return (decoded.time or 0.0) - self._origin_s

    def _frame(self, decoded: VideoFrame) -> Frame:
        image, small = self._convert(decoded)
        time_s = max(0.0, self._time_s(decoded))
        index = round(time_s * self.info.rate)
        return Frame(image, index, time_s, monotonic_ns(), self.info.name, small)


class _SceneRecording:
    """A made-up scene: any frame can be drawn at once."""

    def __init__(self, source: SyntheticSource, small_size: SmallSize) -> None:
        self.info, self._scene, self._small_size = source.info, source.scene, small_size

    def frames_from(self, time_s: float) -> Iterator[Frame]:
        rate = self._scene.script.rate
        for index in range(max(0, int((time_s + _SAME_S) * rate)), self._scene.frames):
            image = self._scene.render(index)
            small = small_copy(image, self._small_size)
            yield Frame(image, index, index / rate, monotonic_ns(), self.info.name, small)

    def close(self) -> None:
        """There is nothing to let go of."""


class _RereadRecording:
    """Pictures and animations: read again from the beginning."""

    def __init__(self, source: Source, open_source: Callable[[], Source]) -> None:
        self.info, self._source, self._open_source = source.info, source, open_source
        self._fresh = True

    def frames_from(self, time_s: float) -> Iterator[Frame]:
        if not self._fresh:
            self._source.close()
            self._source = self._open_source()
        self._fresh = False
        before: Frame | None = None
        for frame in self._source:
            if shown_s(frame) <= time_s + _SAME_S:
                before = frame
                continue
            if before is not None:
                yield before
                before = None
            yield frame
        if before is not None:
            yield before

    def close(self) -> None:
        self._source.close()
