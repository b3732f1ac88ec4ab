"""Recorded sources from any second on: what seeking, stepping back and loops need."""

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from time import monotonic_ns

import av
from av.video.frame import VideoFrame

from engine.sources.clock import MediaClock
from engine.sources.convert import Converter
from engine.sources.decode import Decoder, open_container
from engine.sources.seeking import Recording, shown_s
from engine.sources.small import small_copy
from engine.sources.source import SmallSize, Source, SourceInfo
from engine.sources.synthetic import SyntheticSource
from engine.sources.video import VideoSource, pixel_aspect, timed
from engine.values.frame import Frame

_SAME_S = 5e-4
"""Time stamps nearer than this belong to one frame."""
_JOINT_S = 1.0
"""Time stamps that fall by more than this are those of another recording."""


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
    """A video file, sought by its own time stamps: exact to the frame.

    Joined recordings, whose time stamps begin again in the middle, can be sought only before the
    first joint. Once it was met, places are found by reading from the beginning.
    """

    def __init__(self, info: SourceInfo, small_size: SmallSize) -> None:
        self.info = info
        self._small_size = small_size
        self._open()
        first = next(iter(self._decoder), None)
        self._origin_s = (first.time or 0.0) if first is not None else 0.0
        self._clock = self._new_clock()
        self._joined = False

    def frames_from(self, time_s: float) -> Iterator[Frame]:
        shown: tuple[VideoFrame, float] | None = None
        for decoded, decoded_s in self._timed_from(time_s):
            if decoded_s <= time_s + _SAME_S:
                shown = decoded, decoded_s
                continue
            if shown is not None:
                yield self._frame(*shown)
                shown = None
            yield self._frame(decoded, decoded_s)
        if shown is not None:
            yield self._frame(*shown)

    def close(self) -> None:
        self._decoder.close()

    def _open(self) -> None:
        path = Path(self.info.address)
        self._decoder = Decoder(open_container(str(path)), str(path), frame_threads=True)
        self._convert = Converter(self._small_size, pixel_aspect=pixel_aspect(self._decoder.stream))

    def _timed_from(self, time_s: float) -> Iterator[tuple[VideoFrame, float]]:
        """Decoded frames and their media seconds from the key frame before `time_s` on."""
        met_s = self._clock.origin_s or 0.0
        self._joined = self._joined or abs(met_s - self._origin_s) > _JOINT_S
        self._clock = self._new_clock()
        if time_s > 0 and not self._joined and self._seek(time_s):
            frames = iter(self._decoder)
            first = next(frames, None)
            if first is not None and first.time is not None:
                first_s = first.time - self._origin_s
                if 0.0 <= first_s <= time_s + _SAME_S:
                    return timed(chain([first], frames), self._clock)
        # Containers without an index may land too late: from the beginning it always works.
        self.close()
        self._open()
        return timed(iter(self._decoder), self._clock)

    def _new_clock(self) -> MediaClock:
        return MediaClock(self._decoder.stream.time_base, self.info.rate, self._origin_s)

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

    def _frame(self, decoded: VideoFrame, time_s: float) -> Frame:
        image, small = self._convert(decoded)
        index = round(time_s * self.info.rate)
        return Frame(image, index, time_s, monotonic_ns(), self.info.name, small)


class _SceneRecording:
    """A made-up scene: any frame can be drawn at once."""

    def __init__(self, source: SyntheticSource, small_size: SmallSize) -> None:
        self.info, self._scene, self._small_size = source.info, source.scene, small_size

    def frames_from(self, time_s: float) -> Iterator[Frame]:
        rate, last = self._scene.script.rate, self._scene.frames - 1
        for index in range(min(max(0, int((time_s + _SAME_S) * rate)), last), last + 1):
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
