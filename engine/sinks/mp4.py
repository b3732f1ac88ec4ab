"""An MP4 that plays while it grows and is an ordinary one when it is whole."""

from __future__ import annotations  # PyAV's Packet takes its brackets only from type checkers

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    VideoReformatter,
)
from av.video.stream import VideoStream

from engine.sinks.audio import Sound
from engine.values.frame import Grey, Image, Planes

_log = logging.getLogger(__name__)

_TICKS_A_SECOND = 90_000
_LONGEST_H = 6
"""How long a picture can be shown; the muxer takes no more than 2^31 ticks, 6.6 hours."""
_LONGEST = _LONGEST_H * 3600 * _TICKS_A_SECOND
_USUAL_RATE = 25.0
_FASTEST_RATE = 1000.0
_KEY_FRAME_EVERY_S = 2
_MUXER = {
    # Fragments make a killed run's file play; at the end FFmpeg makes an ordinary file of them.
    # The late header is what lets pictures and sound keep their first timestamps.
    "movflags": "hybrid_fragmented+delay_moov",
    "frag_duration": "1000000",
    "flush_packets": "1",
    "max_interleave_delta": "1000000",
}
# No B-frames: reordered, a last picture after a long gap falls behind the end that the muxer
# computes, and players drop it.
# A frame in 1080p costs 7 ms of one core. "superfast" costs 11 for a sixth fewer bytes of the same
# quality, and smoothing the edges of blocks, which "ultrafast" leaves out, 8 for 0.1 to 0.6 dB more
# at 46 dB and above. The tune looks at no pictures to come, which would be held back in memory.
_ENCODER = {"preset": "ultrafast", "tune": "zerolatency", "crf": "24", "bf": "0"}

_AT_ONCE, _LINES = 3, 540
"""Pictures that are encoded side by side if they have so many lines: nobody waits for a picture
that others work on, as with parts of one. Not as many as there are cores: x264 writes the number
into the file, and the more there are the less far up and down it looks for what has moved. That
makes a small picture up to five times as large, and one thread is as quick there."""


class Mp4:
    """H.264 (BT.709, 4:2:0) and, where asked, the sound of another file.

    All raise `av.FFmpegError`.
    """

    def __init__(self, path: Path, size_wh: tuple[int, int], rate: float) -> None:
        """Begin a file.

        Args:
            path: The file itself; no temporary name is made here.
            size_wh: Of the first picture in px. Odd sides become one larger.
            rate: Nominal frames a second, 0 where unknown; only a hint for the encoder.
        """
        self._path = path
        self._container = av.open(str(path), "w", format="mp4", options=_MUXER)
        rate = min(rate, _FASTEST_RATE) if rate > 0 else _USUAL_RATE
        self._size_wh = size_wh
        self._stream = self._add_video(Fraction(rate).limit_denominator(1001))
        self._step = round(_TICKS_A_SECOND / rate)
        self._last: int | None = None
        self._left_out = 0
        self._held: Packet[VideoStream] | None = None
        self._sound: Sound | None = None
        self._scaler = VideoReformatter()

    def add_sound(self, path: Path, first_picture_s: float) -> None:
        """Take the sound of a file along; before the first picture."""
        self._sound = Sound(path, self._container, first_picture_s)

    def add(self, image: Image, time_s: float) -> None:
        """Add a picture, scaled to the size of the first; times that do not grow are nudged.

        After a gap of more than six hours, which an MP4 cannot hold, all that follows is earlier.
        """
        self._add(self._yuv(_even(image, self._size_wh)), time_s)

    def add_decoded(
        self, planes: Planes, time_s: float, draw: Callable[[Planes], None] = lambda _: None
    ) -> bool:
        """Add a decoded picture as it is, without turning it into RGB and back.

        Args:
            planes: The picture; copied.
            time_s: As for `add`.
            draw: Draws into the copy.

        Returns:
            Whether the picture has the size of the first; another one is not added.
        """
        if planes.luma.shape[::-1] != self._size_wh:
            return False
        frame = VideoFrame(*self._size_wh, "yuv420p")
        copy = Planes(*map(_samples, frame.planes))
        for samples, given in zip(copy, planes, strict=True):
            samples[:] = given
        draw(copy)
        self._add(frame, time_s)
        return True

    def _add(self, frame: VideoFrame, time_s: float) -> None:
        ticks = round(time_s * _TICKS_A_SECOND) - self._left_out
        if self._last is None:
            self._container.start_encoding()  # opens the file now, not after the encoder's delay
        else:
            ticks = self._shortened(max(ticks, self._last + 1), self._last)
        frame.pts, frame.time_base = ticks, Fraction(1, _TICKS_A_SECOND)
        self._mux_pictures(self._stream.encode(frame))
        self._last = ticks
        self._mux_sound(ticks)

    def close(self) -> None:
        """Finish the file; the sound ends where that of its file does or the next picture is."""
        if self._last is not None:
            self._mux_pictures(self._stream.encode(None))
            self._mux_picture(self._step)
            self._mux_sound(self._last + self._step)
            for packet in self._sound.after(self._last / _TICKS_A_SECOND) if self._sound else ():
                self._container.mux(packet)
        self._let_go()
        self._container.close()

    def abandon(self) -> None:
        """Close the file as it is, after a failure."""
        self._let_go()
        with suppress(av.FFmpegError):
            self._container.close()

    def _shortened(self, ticks: int, last: int) -> int:
        """The ticks of a picture, near enough to those of the last one."""
        over = ticks - last - _LONGEST
        if over <= 0:
            return ticks
        if not self._left_out:
            _log.warning(
                "%s: a gap of %.1f hours is only %d long in the annotated video; "
                "the tables have the times of all that follows",
                self._path,
                (ticks - last) / _TICKS_A_SECOND / 3600,
                _LONGEST_H,
            )
        self._left_out += over
        if self._sound is not None:
            self._sound.leave_out(over / _TICKS_A_SECOND)
        return last + _LONGEST

    def _yuv(self, image: Image) -> VideoFrame:
        return self._scaler.reformat(
            VideoFrame.from_numpy_buffer(np.ascontiguousarray(image), "rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )

    def _let_go(self) -> None:
        if self._sound is not None:
            self._sound.close()
        self._sound = None

    def _mux_pictures(self, packets: Iterable[Packet[VideoStream]]) -> None:
        """Mux each once the next tells how long it is shown.

        With sound a fragment may end at any picture, and the muxer begins the next one where the
        last picture ends by its own account, whatever the first picture's time.
        """
        for packet in packets:
            if self._held is not None:
                self._mux_picture((packet.pts or 0) - (self._held.pts or 0))
            self._held = packet

    def _mux_picture(self, ticks: int) -> None:
        if self._held is not None:
            self._held.duration = ticks
            self._container.mux(self._held)
        self._held = None

    def _mux_sound(self, until: int) -> None:
        if self._sound is not None:
            for packet in self._sound.until(until / _TICKS_A_SECOND):
                self._container.mux(packet)

    def _add_video(self, rate: Fraction) -> VideoStream:
        stream = self._container.add_stream("libx264", rate=rate, options=_ENCODER)
        stream.width, stream.height = (side + side % 2 for side in self._size_wh)
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, _TICKS_A_SECOND)
        codec = stream.codec_context
        codec.thread_type = "FRAME"
        codec.thread_count = _AT_ONCE if stream.height >= _LINES else 1
        codec.time_base = Fraction(1, _TICKS_A_SECOND)
        codec.gop_size = max(1, round(_KEY_FRAME_EVERY_S * rate))
        codec.color_range = ColorRange.MPEG
        codec.colorspace = Colorspace.ITU709
        codec.color_primaries = ColorPrimaries.BT709
        codec.color_trc = ColorTrc.BT709
        return stream


def _samples(plane: VideoPlane) -> Grey:
    """The samples of a plane; writing to them writes to the frame."""
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)  # type: ignore[call-overload]  # PyAV's planes are buffers
    return np.asarray(rows[: plane.height, : plane.width])


def _even(image: Image, size_wh: tuple[int, int]) -> Image:
    width, height = size_wh
    if image.shape[:2] != (height, width):
        image = np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
    if width % 2 or height % 2:
        edge = cv2.BORDER_REPLICATE
        image = np.asarray(cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, edge), np.uint8)
    return image
