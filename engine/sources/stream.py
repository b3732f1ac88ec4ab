"""Live video: frames as they arrive from the network or the screen. Every end is a loss."""

import time
from collections.abc import Iterator
from itertools import chain
from urllib.parse import urlsplit

import av
from av.container import InputContainer

from engine.errors import SourceError
from engine.sources.clock import ReceiveClock
from engine.sources.closing import Closing
from engine.sources.convert import Converter
from engine.sources.decode import Decoder, open_container
from engine.sources.source import SmallSize, SourceInfo
from engine.sources.video import VideoSource, nominal_rate, pixel_aspect
from engine.values.frame import Frame

OPEN_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 2.5
"""FFmpeg hands over what it held back at the first timeout and gives up at the second: a silent
stream is noticed after twice this, a close waits once."""
_NO_ANSWER = "no answer in time"


class LiveSource(Closing):
    """A stream that goes on until it is closed; when it ends by itself that is an error."""

    def __init__(
        self,
        container: InputContainer,
        *,
        name: str,
        address: str,
        small_size: SmallSize | None = None,
    ) -> None:
        """Take over an opened container and wait for its first frame.

        Args:
            container: Freshly opened, with a read timeout; closed with the source.
            name: Name of the source.
            address: What the user gave, passwords masked.
            small_size: Size of the copy for the detector; None for no copy.

        Raises:
            SourceError: No picture came.
        """
        self._decoder = Decoder(container, address, frame_threads=False)
        self._clock = ReceiveClock()
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
            rate=nominal_rate(self._decoder.stream),
            frames=0,
            duration_s=0.0,
        )

    def __iter__(self) -> Iterator[Frame]:
        """Deliver frames until closed.

        Raises:
            SourceError: The stream ended or broke.
        """
        for index, decoded in enumerate(self._frames):
            time_s = self._clock()
            image, small = self._convert(decoded)
            yield Frame(image, index, time_s, time.monotonic_ns(), self.info.name, small)
        self._decoder.report_damage(self.problems)
        if not self._decoder.closing:
            raise SourceError(
                f"{self.info.address} disconnected{self._reason()}. "
                "Check the camera and the network."
            )

    def close(self) -> None:
        """Let go of the connection; a read under way ends within its timeout."""
        self._decoder.close()

    def _reason(self) -> str:
        return f" ({explain(self._decoder.failure)})" if self._decoder.failure else ""


def open_stream(
    url: str, *, name: str, address: str, small_size: SmallSize | None = None
) -> LiveSource | VideoSource:
    """Connect to a camera or a server.

    Args:
        url: The full address, with its password.
        name: Name of the source.
        address: The address with passwords masked, for messages.
        small_size: Size of the copy for the detector; None for no copy.

    Returns:
        A live source; or a recorded one for a file behind http(s), known by its length.

    Raises:
        SourceError: No connection, no access or no video.
    """
    is_rtsp = urlsplit(url).scheme.lower().startswith("rtsp")
    options = (
        {"rtsp_transport": "tcp", "timeout": str(int(OPEN_TIMEOUT_S * 1e6))} if is_rtsp else {}
    )
    began_s = time.monotonic()
    try:
        timeout_s = (OPEN_TIMEOUT_S, READ_TIMEOUT_S)
        container = open_container(url, options=options, timeout_s=timeout_s)
    except av.FFmpegError as error:
        # Never the error's own text: it holds the address with its password.
        in_time = time.monotonic() - began_s < 0.9 * OPEN_TIMEOUT_S
        reason = explain(error.strerror or "") if in_time else _NO_ANSWER
        raise SourceError(
            f"{address} cannot be opened: {reason}. Check the address, and that it is reachable."
        ) from None
    is_recording = not is_rtsp and bool(container.duration)
    kind = VideoSource if is_recording else LiveSource
    return kind(container, name=name, address=address, small_size=small_size)


def explain(reason: str) -> str:
    """FFmpeg's word for a failure in words of ours where its own mislead."""
    if "Immediate exit" in reason or not reason:
        return _NO_ANSWER
    if "401" in reason or "403" in reason:
        return f"{reason}: wrong user name or password"
    return reason
