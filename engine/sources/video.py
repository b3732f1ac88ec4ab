"""Recorded video: every frame, at its own media second."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.errors import SourceError
from engine.sources.clock import MediaClock
from engine.sources.closing import Closing
from engine.sources.convert import Converter
from engine.sources.decode import Decoder, open_container
from engine.sources.source import SmallSize, SourceInfo
from engine.values.frame import Frame, LazyFrame

_DECLARING = ("mov", "matroska", "avi", "flv", "asf")
"""Containers that write their length down; elsewhere FFmpeg guesses it from the bit rate."""
_DECLARING_ENDS = ("matroska", "avi", "asf")
"""Those of them that count from second 0, not from the first picture."""
_REORDERED_S = 0.5
"""A first picture no later than this may only have waited for those that it was coded with."""
_DURATION = re.compile(r"(\d+):(\d+):(\d+\.?\d*)")
_BROKEN_OFF = 0.9


class VideoSource(Closing):
    """A video file, delivered whole. Damaged stretches are skipped.

    A file that ends long before the length it declares delivers what is there, then raises
    `SourceError`. WMV declares none any more when its end, where the index is, is missing.
    """

    def __init__(
        self,
        container: InputContainer,
        *,
        name: str,
        address: str,
        small_size: SmallSize | None = None,
    ) -> None:
        """Take over an opened container and decode its first frame.

        Args:
            container: Freshly opened; closed with the source, also when this fails.
            name: Name of the source.
            address: What the user gave, passwords masked.
            small_size: Size of the copy for the detector; None for no copy.

        Raises:
            SourceError: There is nothing in it that can be decoded.
        """
        self._decoder = Decoder(container, address, frame_threads=True)
        stream = self._decoder.stream
        rate = nominal_rate(stream)
        self._clock = MediaClock(stream.time_base, rate)
        self._convert = Converter(small_size, pixel_aspect=pixel_aspect(stream))
        self._declared_s, self._of_video = _declared_s(container, stream)
        self._declares_end = _declares_end(container, stream)
        self.problems: list[str] = []
        frames = iter(self._decoder)
        first = next(frames, None)
        if first is None:
            self.close()
            raise SourceError(f"{address} holds no frame that can be decoded. Is it damaged?")
        self._frames = chain([first], frames)
        width, height = self._convert.upright_size(first)
        ends_s = (container.duration or 0) / av.time_base
        begins_s = (first.time or 0.0) if self._declares_end else 0.0
        if not _REORDERED_S < begins_s < ends_s:
            begins_s = 0.0
        self.info = SourceInfo(
            name=name,
            address=address,
            live=False,
            pictures=False,
            width=width,
            height=height,
            rate=rate,
            frames=(stream.frames or round(ends_s * rate)) - round(begins_s * rate),
            duration_s=ends_s - begins_s,
            start_s=max(0.0, (first.time or 0.0) - (container.start_time or 0) / av.time_base),
        )

    def __iter__(self) -> Iterator[Frame]:
        """Deliver the frames in order."""
        for index, (decoded, time_s) in enumerate(timed(self._frames, self._clock)):
            if self._decoder.closing:
                break
            pixels = self._convert.later(decoded)
            yield LazyFrame(pixels, index, time_s, time.monotonic_ns(), self.info.name)
        self._end()

    def close(self) -> None:
        """Let go of the file."""
        self._decoder.close()

    def _end(self) -> None:
        """Tell what was lost."""
        decoder = self._decoder
        if decoder.closing:
            return
        declared_s = self._declared_s - (decoder.start_s if self._declares_end else 0.0)
        least_s = _BROKEN_OFF * declared_s
        if decoder.length_s < least_s and (self._of_video or not self._sound_lasts(least_s)):
            raise SourceError(
                f"{self.info.address} breaks off after {decoder.length_s:.1f} of "
                f"{declared_s:.1f} s; all frames before that were read. "
                "Copy the file again if there is a whole one."
            )
        decoder.report_damage(self.problems)
        if decoder.failure:
            raise SourceError(
                f"{self.info.address} cannot be read after {decoder.length_s:.1f} s: "
                f"{decoder.failure}. All frames before that were read."
            )

    def _sound_lasts(self, least_s: float) -> bool:
        """Whether the length declared is that of the sound, which was not read so far."""
        until_s = self._decoder.start_s + least_s
        with _open_container(Path(self.info.address)) as again, suppress(av.FFmpegError):
            return any(
                packet.dts * packet.time_base >= until_s
                for packet in again.demux(again.streams.audio)
                if packet.dts is not None
            )
        return False


def open_video(path: Path, *, name: str, small_size: SmallSize | None = None) -> VideoSource:
    """Open a video file.

    Raises:
        SourceError: It is not there, not readable or no video.
    """
    container = _open_container(path)
    return VideoSource(container, name=name, address=str(path), small_size=small_size)


def timed(frames: Iterator[VideoFrame], clock: MediaClock) -> Iterator[tuple[VideoFrame, float]]:
    """Each frame and its media second. The next one is decoded first: it shows who leaps."""
    coming = next(frames, None)
    while (decoded := coming) is not None:
        coming = next(frames, None)
        yield decoded, clock(decoded.pts, coming.pts if coming else None)


def decode_only(path: Path) -> int:
    """Decode a file as `VideoSource` does, but make no pictures: the yardstick of `bench`.

    Returns:
        The number of frames.

    Raises:
        SourceError: As `open_video`.
    """
    decoder = Decoder(_open_container(path), str(path), frame_threads=True)
    frames = sum(1 for _ in decoder)
    decoder.close()
    return frames


def check_file(path: Path) -> None:
    """Refuse what cannot be opened before a decoder gives a worse reason.

    Raises:
        SourceError: There is no file, it is empty or may not be read.
    """
    try:
        with path.open("rb") as file:
            if file.read(1):
                return
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist. Check the path.") from None
    except PermissionError:
        raise SourceError(f"{path} may not be read by this user. Change its rights.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from error
    raise SourceError(f"{path} is empty (0 bytes). Copy or record it again.")


def _open_container(path: Path) -> InputContainer:
    check_file(path)
    try:
        return open_container(str(path))
    except av.FFmpegError as error:
        raise SourceError(
            f"{path} is no video that can be read ({error.strerror}): it is not one, "
            "or a recording or copy that was never finished."
        ) from error


def nominal_rate(stream: VideoStream) -> float:
    """Frames a second that the container speaks of, 0 where it does not."""
    return float(stream.average_rate or stream.guessed_rate or 0)


def pixel_aspect(stream: VideoStream) -> float:
    """Width of a pixel in heights; 1 where unknown."""
    return float(stream.sample_aspect_ratio or 1)


def _declares_end(container: InputContainer, stream: VideoStream) -> bool:
    """Whether the length declared is where the video ends.

    A whole MP4 lists its frames and declares a length; fragments say where on the recorder's
    timeline they are. What is missing of fragments that an edit list delays may go untold.
    """
    name = container.format.name
    return any(kind in name for kind in _DECLARING_ENDS) or ("mov" in name and not stream.frames)


def _declared_s(container: InputContainer, stream: VideoStream) -> tuple[float, bool]:
    """How long the container says that the video is, or where it ends; 0 where it only guesses.

    With it, whether that is said of the video alone or may be that of a longer sound.
    """
    if not any(kind in container.format.name for kind in _DECLARING):
        return 0.0, True
    if "avi" in container.format.name:
        rate = nominal_rate(stream)
        return stream.frames / rate if rate else 0.0, True
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base), True
    if tag := _DURATION.fullmatch(stream.metadata.get("DURATION", "")):
        return int(tag[1]) * 3600 + int(tag[2]) * 60 + float(tag[3]), True
    return (container.duration or 0) / av.time_base, len(container.streams) == 1
