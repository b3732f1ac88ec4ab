"""The sound of a source file, for its annotated copy."""

from __future__ import annotations  # PyAV's Packet takes its brackets only from type checkers

import logging
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

_log = logging.getLogger(__name__)

_CARRIED = frozenset({"aac", "ac3", "alac", "eac3", "flac", "mp3", "opus"})
"""Codecs that an MP4 carries and players play; others are encoded afresh."""
_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
_USUAL_RATE = 48000


class Sound:
    """Audio packets of a file, in time with its pictures; silent where they cannot be read."""

    def __init__(self, path: Path, output: OutputContainer, first_picture_s: float) -> None:
        """Add a stream to `output` for the first audio stream of a file.

        Args:
            path: The file that the pictures come from.
            output: Not yet written to. `path` without sound adds nothing to it.
            first_picture_s: Media second that the annotated video gives to its first picture.
        """
        self._path = path
        self._input: InputContainer | None = None
        self._packets: Iterator[Packet[AudioStream]] = iter(())
        self._next: Packet[AudioStream] | None = None
        self._last_dts: int | None = None
        self._left_out_s = 0.0
        self._timeline = _Timeline()
        try:
            self._begin(output, first_picture_s)
        except av.FFmpegError as error:
            self._give_up(error.strerror)

    def until(self, time_s: float) -> Iterator[Packet[AudioStream]]:
        """The packets before a second of the output that were not given yet, for the muxer."""
        while (packet := self._peek()) and _starts_s(packet) - self._left_out_s < time_s:
            yield from self._given(packet)

    def after(self, time_s: float) -> Iterator[Packet[AudioStream]]:
        """The packets after the picture of this second, up to the file's next picture, if any.

        A whole video has its sound to the end; one that was stopped has no hours of it.
        """
        while packet := self._peek():
            if self._timeline.picture_s - self._left_out_s > time_s:
                return
            yield from self._given(packet)

    def leave_out(self, seconds: float) -> None:
        """Leave out so much from here on: all that follows is that much earlier."""
        self._left_out_s += seconds

    def close(self) -> None:
        """Let go of the file."""
        self._packets = iter(())
        if self._input is not None:
            self._input.close()
        self._input = None

    def _begin(self, output: OutputContainer, first_picture_s: float) -> None:
        self._timeline.shift_s = first_picture_s - _first_picture_s(self._path)
        self._input = av.open(str(self._path), metadata_errors="replace")
        if not self._input.streams.audio:
            return
        stream = self._input.streams.audio[0]
        if stream.codec_context is None:
            self._give_up("FFmpeg cannot decode it")
            return
        give = _copied if _can_be_copied(stream) else _encoded
        self._packets = give(self._input, stream, output, self._timeline)
        # The muxer must know its streams before it gets the first packet of any.
        self._peek()

    def _peek(self) -> Packet[AudioStream] | None:
        if self._next is None:
            try:
                self._next = next(self._packets, None)
            except av.FFmpegError as error:
                self._give_up(error.strerror)
        return self._next

    def _given(self, packet: Packet[AudioStream]) -> Iterator[Packet[AudioStream]]:
        self._next = None
        _move(packet, -self._left_out_s)
        if self._last_dts is None or (packet.dts or 0) > self._last_dts:
            self._last_dts = packet.dts
            yield packet

    def _give_up(self, reason: str | None) -> None:
        _log.warning("%s: the sound ends here (%s)", self._path, reason)
        self.close()


class _Timeline:
    """Where the timestamps of a file belong in the output.

    The pictures of joined recordings, whose timestamps begin again, carry on from where they
    stopped. Their sound must move as far as they do.

    Attributes:
        shift_s: What to add to a timestamp read now.
        picture_s: Second in the output of the newest picture read.
    """

    def __init__(self) -> None:
        self.shift_s = 0.0
        self.picture_s = 0.0
        self._newest: deque[float] = deque(maxlen=4)

    def sound_of(
        self, container: InputContainer, stream: AudioStream
    ) -> Iterator[Packet[AudioStream]]:
        """The packets of the sound, each as soon as it is read; the last one has no timestamp."""
        for packet in container.demux(container.streams.video[0], stream):
            if packet.stream.index == stream.index:
                yield cast("Packet[AudioStream]", packet)
            elif packet.dts is not None:
                self._meet(_starts_s(packet))

    def _meet(self, decoded_s: float) -> None:
        """Two that fall in a row begin a new timeline: one alone is wrong, or follows one."""
        self._newest.append(decoded_s)
        if len(self._newest) == self._newest.maxlen:
            before_s, last_s, falls_s, follows_s = self._newest
            if max(falls_s, follows_s) < min(before_s, last_s):
                self.shift_s += last_s + (last_s - before_s) - follows_s
        self.picture_s = decoded_s + self.shift_s


def _starts_s(packet: Packet[Any]) -> float:
    return float((packet.dts or 0) * (packet.time_base or Fraction(0)))


def _move(packet: Packet[AudioStream], seconds: float) -> None:
    ticks = round(seconds / (packet.time_base or Fraction(1)))
    packet.dts = (packet.dts or 0) + ticks
    packet.pts = None if packet.pts is None else packet.pts + ticks


def _first_picture_s(path: Path) -> float:
    """The file's own timestamp of the first picture that can be decoded."""
    with av.open(str(path), metadata_errors="replace") as container:
        first = next(container.decode(video=0), None)
        return float(first.time or 0) if first else 0.0


def _can_be_copied(stream: AudioStream) -> bool:
    codec = stream.codec.canonical_name
    # AAC without its own header comes from a transport stream, in a form that MP4 does not take.
    return codec in _CARRIED and (codec != "aac" or bool(stream.codec_context.extradata))


def _copied(
    container: InputContainer, stream: AudioStream, output: OutputContainer, timeline: _Timeline
) -> Iterator[Packet[AudioStream]]:
    copy = output.add_stream_from_template(stream)
    # AVI counts in packets, too coarse for the shift; samples are what MP4 counts in.
    unit = Fraction(1, stream.rate or _USUAL_RATE)
    for packet in timeline.sound_of(container, stream):
        if packet.dts is None:
            continue
        scale = Fraction(packet.time_base or unit) / unit
        shown = packet.dts if packet.pts is None else packet.pts
        packet.pts = round(shown * scale + timeline.shift_s / unit)
        packet.dts = round(packet.dts * scale + timeline.shift_s / unit)
        packet.duration = round((packet.duration or 0) * scale)
        packet.time_base = unit
        packet.stream = copy
        yield packet


def _encoded(
    container: InputContainer, stream: AudioStream, output: OutputContainer, timeline: _Timeline
) -> Iterator[Packet[AudioStream]]:
    rate = stream.rate if stream.rate in _AAC_RATES else _USUAL_RATE
    copy = output.add_stream("aac", rate=rate)
    copy.codec_context.layout = "mono" if stream.channels == 1 else "stereo"
    for packet in timeline.sound_of(container, stream):
        for frame in stream.decode(packet):
            if frame.pts is not None and frame.time_base:
                frame.pts += round(timeline.shift_s / frame.time_base)
            yield from copy.encode(frame)
    yield from copy.encode(None)
