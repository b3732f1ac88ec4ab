"""Taking a container apart packet by packet. Knows no arrays and no seconds of ours.

PyAV reports one and the same loss as a clean end, `InvalidDataError`, `ExitError` or
`TimeoutError`: whoever reads a live source must treat every end as a loss.
"""

import logging
import math
import time
from collections.abc import Generator, Iterator
from typing import Any, cast

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.errors import SourceError
from engine.sources.bounds import check_size
from engine.sources.catch_up import CatchUp
from engine.sources.closing import Handle

_log = logging.getLogger(__name__)

_Packets = Generator["Packet[Any]", None, None]

_EARLY_S, _LATE_S = 0.1, 0.5
"""A read that timed out returns within that of its limit."""
_PARSED = {"rtsp": {"h264", "hevc"}, "mpegts": {"h264", "hevc", "mpeg2video", "mpeg4"}}
"""Where FFmpeg holds a picture back until the next one begins: formats and codecs."""

NO_ANSWER = "no answer in time"

_TEXT_ART = "tty"
"""FFmpeg would render any text file as a picture of its letters."""


_FORGIVING: dict[str, Any] = (
    {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}
)
"""A title that is no UTF-8 must not stop a video: up to PyAV 18 that has to be asked for."""


def open_container(
    place: str,
    *,
    kind: str | None = None,
    options: dict[str, str] | None = None,
    timeout_s: tuple[float, float] | None = None,
    hwaccel: HWAccel | None = None,
) -> InputContainer:
    """Open a file, stream or device.

    Args:
        place: Path, address or display.
        kind: FFmpeg's name of the format; None to find out.
        options: FFmpeg's options.
        timeout_s: How long to wait while opening and while reading; None for ever.
        hwaccel: Device that decodes; None for the CPU.

    Raises:
        av.FFmpegError: It cannot be opened. The message may hold the whole address.
    """
    return av.open(
        place, format=kind, options=options, timeout=timeout_s, hwaccel=hwaccel, **_FORGIVING
    )


class Decoder:
    """The frames of a container's first video stream. A bad packet costs frames, never the rest.

    Attributes:
        container: The opened container.
        stream: The video stream that is decoded.
        bad_packets: Packets so far that could not be decoded.
        start_s: Where the first packet read is on the file's own timeline; infinity before it.
        length_s: Media seconds from the start of the first packet read to the end of the last.
        failure: Why reading stopped, "" at a clean end.
        left_out: Packets that were not decoded because the stream had fallen behind.
        came_s: Second of the monotonic clock at which the newest packet came.
    """

    def __init__(
        self,
        container: InputContainer,
        name: str,
        *,
        frame_threads: bool,
        silent_s: float | None = None,
        catch_up: CatchUp | None = None,
    ) -> None:
        """Take over a container; it is closed when this fails.

        Args:
            container: Freshly opened.
            name: Name of the source for messages.
            frame_threads: Decode several frames at once: faster, but frames come later.
            silent_s: After so long without a picture a live source is lost, sound or not; None
                where pictures come in bursts, and for recordings.
            catch_up: Says what to leave out when decoding takes too long; None for nothing.

        Raises:
            SourceError: There is no video in it, or none that can be decoded.
        """
        self.container = container
        self._name = name
        try:
            self.stream = _video_stream(container, name)
        except SourceError:
            container.close()
            raise
        if frame_threads:
            self.stream.thread_type = "AUTO"
        self.bad_packets = 0
        self.start_s = math.inf
        self.length_s = 0.0
        self.failure = ""
        self._silent_s = silent_s
        self._catch_up = catch_up
        self.left_out = 0
        self._held_back = self.stream.codec_context.name in _PARSED.get(container.format.name, ())
        self.came_s = self._returned_s = time.monotonic()
        wanted = [self.stream] if silent_s is None else list(container.streams)
        self._packets = cast("_Packets", container.demux(wanted))
        self._handle = Handle(self._let_go)

    def __iter__(self) -> Iterator[VideoFrame]:
        """Deliver the frames in the order in which they are shown; ends quietly when closed."""
        while (frames := self._next()) is not None:
            yield from frames

    def close(self) -> None:
        """Close the container; safe from another thread."""
        self._handle.close()

    def report_damage(self, problems: list[str]) -> None:
        """Warn of the packets that were skipped, once, and add that to `problems`."""
        if self.bad_packets:
            problems.append(f"{self._name}: {self.bad_packets} damaged packets were skipped")
            _log.warning(problems[-1])

    @property
    def closing(self) -> bool:
        """Whether somebody has closed it."""
        return self._handle.closing

    def _let_go(self) -> None:
        self._packets.close()  # PyAV 18 leaks what a generator holds that is only dropped
        self.container.close()

    def _next(self) -> list[VideoFrame] | None:
        with self._handle.in_use() as is_open:
            if not is_open or self.failure:
                return None
            began_s = time.monotonic()
            try:
                packet = next(self._packets, None)
            except av.FFmpegError as error:
                self.failure = error.strerror or type(error).__name__
                return self._decode(None)
            if packet is None:
                return None
            now_s = time.monotonic()
            video = packet.stream_index == self.stream.index
            if self._is_silence(video, now_s - began_s, now_s):
                self.failure = NO_ANSWER
                return []
            if not video:
                return []
            # What is held back began to come when the packet before it was let go.
            self.came_s = self._returned_s if self._held_back else now_s
            self._returned_s = now_s
            return [] if self._leaves_out(packet) else self._decode(packet)

    def _is_silence(self, video: bool, took_s: float, now_s: float) -> bool:
        """Whether no picture came for too long, though sound did or FFmpeg let go of an old one.

        When a read times out FFmpeg hands over what it had held back, or half a picture. It tells
        of that at the next read, which would wait as long again.
        """
        limit_s = self.container.read_timeout
        if limit_s is not None and took_s > float(limit_s) - _EARLY_S:
            return True
        if self._silent_s is None:
            return False
        if not video:
            return now_s - self._returned_s > self._silent_s
        return self._held_back and -_EARLY_S < took_s - self._silent_s < _LATE_S

    def _leaves_out(self, packet: "Packet[VideoStream]") -> bool:
        if self._catch_up is None or packet.pts is None or not packet.time_base:
            return False
        stamp_s = float(packet.pts * packet.time_base)
        left_out = self._catch_up(stamp_s, self.came_s, key=packet.is_keyframe)
        self.left_out += left_out
        return left_out

    def _decode(self, packet: "Packet[VideoStream] | None") -> list[VideoFrame]:
        """Frames that come out when a packet goes in; None asks for those still inside."""
        if packet is not None and packet.pts is not None and packet.time_base:
            start_s = float(packet.pts * packet.time_base)
            end_s = start_s + float((packet.duration or 0) * packet.time_base)
            self.start_s = min(self.start_s, start_s)
            self.length_s = max(self.length_s, end_s - self.start_s)
        try:
            return self.stream.decode(packet)
        except av.FFmpegError:
            self.bad_packets += 1
            return []


def _video_stream(container: InputContainer, name: str) -> VideoStream:
    if container.format.name == _TEXT_ART:
        raise SourceError(f"{name} is a text file, not a video. Give a video or a picture.")
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        kinds = ", ".join(sorted({s.type for s in container.streams})) or "nothing"
        raise SourceError(f"{name} holds no video, only {kinds}. Give a file with a picture.")
    stream = streams[0]
    if stream.codec_context is None:
        raise SourceError(
            f"{name} is in a video format that this FFmpeg cannot decode. "
            "Convert it to H.264 first."
        )
    check_size(stream.codec_context.width, stream.codec_context.height, name)
    return stream
