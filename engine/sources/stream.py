"""Live video: frames as they arrive from the network or the screen. Every end is a loss."""

import time
from collections.abc import Iterator
from itertools import chain

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from engine.errors import AccessError, SourceError
from engine.pacer import Pacer
from engine.sources.catch_up import CatchUp
from engine.sources.clock import RateCap, ReceiveClock
from engine.sources.closing import Closing
from engine.sources.convert import Converter
from engine.sources.decode import NO_ANSWER, Decoder, open_container
from engine.sources.hardware import decoding_device
from engine.sources.source import Reading, SmallSize, SourceInfo
from engine.sources.video import VideoSource, nominal_rate, pixel_aspect
from engine.values.frame import Frame, LazyFrame

OPEN_TIMEOUT_S = 5.0
SILENT_S = 5.0
"""How long nothing may come; a close during silence waits for it. Shorter reads, one after another,
lose the thread of RTSP over TCP where the network pauses in the middle of a packet: FFmpeg forgets
the first half, and takes what follows for the beginning of another packet."""
_PICTURE_S = 10.0
"""How long a picture may be under way: a key frame of RTSP over a thin line, a segment of HLS."""
_PLAYLISTS = (".m3u8", ".mpd")
_PROBED_US = "200000"
"""Longer probing starts a second behind and finds nothing more (measured)."""
_TIMED = ("rtsp", "mpegts", "flv", "matroska,webm")
"""Formats that bring packets one by one with the camera's own times, by which one that waited is
known. The times of MJPEG are made up by FFmpeg."""
_BURSTS = ("hls", "dash", "mov,mp4,m4a,3gp,3g2,mj2")
"""Formats that bring a segment of seconds at once."""
_DRY_S = 1.0
"""What comes so much later than it was due shows that the segments in store have run out."""
_TICK_S = 0.05


class LiveSource(Closing):
    """A stream that goes on until it is closed; when it ends by itself that is an error."""

    def __init__(
        self,
        container: InputContainer,
        *,
        name: str,
        address: str,
        small_size: SmallSize | None = None,
        fps_cap: float = 0.0,
    ) -> None:
        """Take over an opened container and wait for its first frame.

        Args:
            container: Freshly opened, with a read timeout; closed with the source.
            name: Name of the source.
            address: What the user gave, passwords masked.
            small_size: Size of the copy for the detector; None for no copy.
            fps_cap: Deliver no more frames a second than this; 0 for all.

        Raises:
            SourceError: No picture came.
        """
        timed = container.format.name in _TIMED
        self._catch_up = CatchUp() if timed else None
        self._pacer = Pacer() if container.format.name in _BURSTS else None
        self._decoder = Decoder(
            container,
            address,
            frame_threads=False,
            silent_s=SILENT_S if timed else None,
            catch_up=self._catch_up,
        )
        self._clock = ReceiveClock()
        self._cap = RateCap(fps_cap)
        self._convert = Converter(small_size, pixel_aspect=pixel_aspect(self._decoder.stream))
        self.problems: list[str] = []
        frames = iter(self._decoder)
        first = next(frames, None)
        if first is None:
            self.close()
            raise SourceError(f"{address} answered but sent no picture{self._reason()}.")
        self._frames = chain([first], frames)
        width, height = self._convert.upright_size(first)
        self.info = SourceInfo(
            name=name,
            address=address,
            live=True,
            pictures=False,
            width=width,
            height=height,
            rate=self._cap.rate(nominal_rate(self._decoder.stream)),
            frames=0,
            duration_s=0.0,
        )

    def __iter__(self) -> Iterator[Frame]:
        """Deliver frames until closed.

        Raises:
            SourceError: The stream ended or broke.
        """
        index = 0
        for decoded in self._frames:
            self._wait_until_due(decoded)
            if self._decoder.closing:
                break
            time_s = self._clock()
            if not self._cap(time_s):
                continue
            pixels = self._convert.later(decoded)
            number = index + self._decoder.left_out
            yield LazyFrame(pixels, number, time_s, self._punctual_ns(), self.info.name)
            index += 1
        self._decoder.report_damage(self.problems)
        if not self._decoder.closing:
            raise SourceError(
                f"{self.info.address} disconnected{self._reason()}. "
                "Check the camera and the network."
            )

    @property
    def codec(self) -> VideoCodecContext:
        """What decodes it."""
        return self._decoder.stream.codec_context

    @property
    def sign_s(self) -> float:
        """When a picture came, taken or not."""
        return self._cap.sign_s

    def close(self) -> None:
        """Let go of the connection; a read under way ends within its timeout."""
        self._decoder.close()

    def _wait_until_due(self, decoded: VideoFrame) -> None:
        """Spread a segment over the seconds that it shows; after a time without one, begin anew."""
        if self._pacer is None or decoded.time is None:
            return
        while (wait_s := self._pacer.wait_s(decoded.time, time.monotonic())) > 0:
            if self._decoder.closing:
                return
            time.sleep(min(wait_s, _TICK_S))
        if wait_s < -_DRY_S:
            self._pacer.rest()

    def _punctual_ns(self) -> int:
        """When the newest frame would have come, had nothing piled up before it."""
        if self._pacer:
            return time.monotonic_ns()
        late_s = self._catch_up.late_s if self._catch_up else 0.0
        return round((self._decoder.came_s - late_s) * 1e9)

    def _reason(self) -> str:
        return f" ({explain(self._decoder.failure)})" if self._decoder.failure else ""


def open_stream(
    url: str,
    *,
    name: str,
    address: str,
    small_size: SmallSize | None = None,
    reading: Reading | None = None,
) -> LiveSource | VideoSource:
    """Connect to a camera or a server.

    Args:
        url: The full address, with its password.
        name: Name of the source.
        address: The address with passwords masked, for messages.
        small_size: Size of the copy for the detector; None for no copy.

        reading: How to read it; None for the usual way.

    Returns:
        A live source; or a recorded one for a file behind http(s), known by its length.

    Raises:
        AccessError: The server refuses the user name or password.
        SourceError: No connection, no access or no video.
    """
    reading = reading or Reading()
    device, notice = decoding_device(reading.hwaccel)
    container = _connect(url, address, reading, device)
    if not _is_rtsp(url) and container.duration:
        return VideoSource(container, name=name, address=address, small_size=small_size)
    source = LiveSource(
        container,
        name=name,
        address=address,
        small_size=small_size,
        fps_cap=reading.fps_cap,
    )
    if device and not source.codec.is_hwaccel:
        kind = source.codec.codec.canonical_name
        notice = f"The CPU decodes: the device has no decoder for {kind}."
    if notice:
        source.problems.append(notice)
    return source


def _is_rtsp(url: str) -> bool:
    return url.lower().startswith("rtsp")


def _connect(url: str, address: str, reading: Reading, device: HWAccel | None) -> InputContainer:
    # Silence on a socket tells of a dead camera; over http it would hand over half a picture.
    socket_s, read_s = (SILENT_S, _PICTURE_S) if _is_rtsp(url) else (_PICTURE_S, SILENT_S)
    options = {"timeout": str(int(socket_s * 1e6)), "analyzeduration": _PROBED_US}
    if _is_rtsp(url):
        options |= {"rtsp_transport": reading.transport, "allowed_media_types": "video"}
    elif any(ending in url for ending in _PLAYLISTS):
        read_s = _PICTURE_S
    scheme, mark, rest = url.partition("://")
    began_s = time.monotonic()
    try:
        timeout_s = (OPEN_TIMEOUT_S, read_s)
        return open_container(
            scheme.lower() + mark + rest,  # FFmpeg knows protocols by small letters
            options=options,
            timeout_s=timeout_s,
            hwaccel=device,
        )
    except (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError) as error:
        raise AccessError(
            f"{address} cannot be opened: {explain(error.strerror or '401')}. Correct the address."
        ) from None
    except (av.FFmpegError, ValueError) as error:
        # Never the error's own text: it holds the address with its password.
        in_time = time.monotonic() - began_s < 0.9 * OPEN_TIMEOUT_S
        reason = explain(getattr(error, "strerror", None) or "") if in_time else NO_ANSWER
        raise SourceError(
            f"{address} cannot be opened: {reason}. Check the address, and that it is reachable."
        ) from None


def explain(reason: str) -> str:
    """FFmpeg's word for a failure in words of ours where its own mislead."""
    if "Immediate exit" in reason or not reason:
        return NO_ANSWER
    if "401" in reason or "403" in reason:
        return f"{reason}: wrong user name or password"
    return reason
