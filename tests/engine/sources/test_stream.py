import base64
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.codec.hwaccel import hwdevices_available

from engine.errors import SourceError
from engine.sources import hardware, stream
from engine.sources.address import open_source
from engine.sources.source import Reading
from engine.values.frame import Image
from tests.servers.film import number_of as film_number_of
from tests.servers.film import numbered

SECRET = "s3cr3t"
FRAMES = 12
RATE, LASTING_S = 25, 6


class Camera(BaseHTTPRequestHandler):
    """An MJPEG camera at /live, behind a password at /locked, falling silent within a picture at
    /half, others at /clip, /flash, /timed/KIND, /sound and /list.m3u8."""

    clip = b""
    began_s = 0.0
    sent_s: list[float]

    def do_GET(self) -> None:
        if self.path.startswith("/clip"):
            self._send_clip()
        elif self.path.startswith("/flash"):
            self._send_flash()
        elif self.path.startswith("/sound"):
            self._send_sound()
        elif self.path.startswith("/list"):
            self._send_list()
        elif self.path.startswith("/segment"):
            self._send_segment(int(self.path.removeprefix("/segment").removesuffix(".ts")))
        elif self.path.startswith("/timed"):
            self._send_timed(self.path.rpartition("/")[2])
        elif self.path.startswith("/locked") and not self._may_enter():
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
        else:
            self._send_live()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _may_enter(self) -> bool:
        expected = base64.b64encode(f"admin:{SECRET}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {expected}"

    def _send_clip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Content-Length", str(len(self.clip)))
        self.end_headers()
        self.wfile.write(self.clip)

    def _send_flash(self) -> None:
        self.send_response(200)
        self.end_headers()
        with av.open(self.wfile, "w", "flv", options={"flvflags": "no_duration_filesize"}) as film:
            video = film.add_stream("flv1", rate=25)
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            for _ in range(FRAMES):
                film.mux(video.encode(av.VideoFrame(64, 48, "yuv420p")))
            film.mux(video.encode())

    def _send_timed(self, kind: str) -> None:
        """Numbered pictures as they are made, with their times, until nobody listens."""
        self.send_response(200)
        self.end_headers()
        Camera.sent_s = []
        options = {"flush_packets": "1", "live": "1"} if kind == "matroska" else {}
        with (
            suppress(OSError, av.FFmpegError),
            av.open(self.wfile, "w", kind, options=options, buffer_size=1024) as film,
        ):
            video = film.add_stream("libx264", RATE, {"preset": "ultrafast", "tune": "zerolatency"})
            video.width, video.height, video.gop_size = 64, 48, 12
            for index in range(LASTING_S * RATE):
                time.sleep(1 / RATE)
                Camera.sent_s.append(time.monotonic())
                picture = numbered(index, (64, 48))
                film.mux(video.encode(av.VideoFrame.from_ndarray(picture)))

    def _send_sound(self) -> None:
        """MPEG-TS whose sound goes on after half a second of pictures."""
        self.send_response(200)
        self.end_headers()
        options = {"flush_packets": "1", "max_interleave_delta": "100000"}
        with (
            suppress(OSError, av.FFmpegError),
            av.open(self.wfile, "w", "mpegts", options=options, buffer_size=188) as film,
        ):
            video = film.add_stream("libx264", RATE, {"preset": "ultrafast", "tune": "zerolatency"})
            video.width, video.height = 64, 48
            audio = film.add_stream("mp2", 48000)
            for index in range(LASTING_S * RATE):
                time.sleep(1 / RATE)
                if index < RATE // 2:
                    picture = av.VideoFrame.from_ndarray(numbered(index, (64, 48)))
                    picture.pts, picture.time_base = index, Fraction(1, RATE)
                    film.mux(video.encode(picture))
                sound = av.AudioFrame.from_ndarray(np.zeros((1, 3840), np.int16), "s16", "stereo")
                sound.sample_rate, sound.pts, sound.time_base = 48000, 1920 * index, audio.time_base
                film.mux(audio.encode(sound))

    def _send_list(self) -> None:
        """A live playlist: a segment of a second more every second, the first four at once."""
        newest = 4 + int(time.monotonic() - Camera.began_s)
        lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXT-X-MEDIA-SEQUENCE:0"]
        lines += [f"#EXTINF:1.0,\nsegment{number}.ts" for number in range(newest)]
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.apple.mpegurl")
        self.end_headers()
        self.wfile.write("\n".join(lines).encode())

    def _send_segment(self, number: int) -> None:
        self.send_response(200)
        self.end_headers()
        with av.open(self.wfile, "w", "mpegts") as film:
            video = film.add_stream("libx264", RATE, {"preset": "ultrafast", "tune": "zerolatency"})
            video.width, video.height = 64, 48
            for index in range(number * RATE, (number + 1) * RATE):
                picture = av.VideoFrame.from_ndarray(numbered(index % 256, (64, 48)))
                picture.pts, picture.time_base = index, Fraction(1, RATE)
                film.mux(video.encode(picture))
            film.mux(video.encode())

    def _send_live(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
        self.end_headers()
        for index in range(FRAMES):
            picture = np.full((48, 64, 3), 20 * index, np.uint8)
            data = cv2.imencode(".jpg", picture)[1].tobytes()
            head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            if self.path == "/half" and index == 3:
                self.wfile.write(head.encode() + data[: len(data) // 2])
                time.sleep(3.0)
                return
            self.wfile.write(head.encode() + data + b"\r\n")


@pytest.fixture
def host(make_clip: Callable[..., Path]) -> Iterator[str]:
    Camera.clip = make_clip(faststart=True).read_bytes()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_stream_is_live_and_its_end_is_a_loss(host: str) -> None:
    frames = []
    with (
        pytest.raises(SourceError, match=f"http://admin:\\*\\*\\*@{host}/locked disconnected"),
        open_source(f"http://admin:{SECRET}@{host}/locked") as source,
    ):
        frames.extend(source)
    assert source.info.live
    assert len(frames) == FRAMES
    assert frames[0].time_s == 0
    times = [frame.time_s for frame in frames]
    assert times == sorted(times)
    assert frames[0].decoded_ns > 0
    assert SECRET not in repr((source.info, frames[0].source))


def test_closing_a_stream_is_no_loss(host: str) -> None:
    source = open_source(f"http://{host}/live")
    for frame in source:
        if frame.index == 3:
            source.close()
    assert frame.index == 3


def test_a_file_behind_http_is_a_recording_with_its_own_times(
    host: str, number_of: Callable[[Image], int]
) -> None:
    with open_source(f"http://{host}/clip.mp4?token={SECRET}") as source:
        assert not source.info.live
        assert source.info.address.endswith("/clip.mp4?token=***")
        frames = list(source)
    assert [number_of(frame.image) for frame in frames] == list(range(20))
    assert frames[-1].time_s == pytest.approx(19 / 25)


@pytest.mark.parametrize("kind", ["mpegts", "flv", "matroska"])
def test_a_stream_that_is_looked_at_too_slowly_stays_live(host: str, kind: str) -> None:
    with open_source(f"http://{host}/timed/{kind}") as source:
        began_s = time.monotonic()
        for frame in source:
            late_s = time.monotonic() - Camera.sent_s[film_number_of(frame.image)]
            told_s = (time.monotonic_ns() - frame.decoded_ns) / 1e9
            assert late_s - told_s < 1.7, "what was under way before the first picture is not known"
            if time.monotonic() - began_s > 3:
                break
            time.sleep(0.2)
    assert late_s < 2.5


def test_a_stream_of_segments_is_shown_at_its_own_speed(host: str) -> None:
    Camera.began_s = time.monotonic()
    moments_s, numbers = [], []
    with open_source(f"http://{host}/list.m3u8") as source:
        for frame in source:
            moments_s.append(time.monotonic())
            numbers.append(film_number_of(frame.image))
            if len(numbers) == 4 * RATE:
                break
    assert numbers == list(range(numbers[0], numbers[0] + 4 * RATE))
    assert moments_s[-1] - moments_s[0] == pytest.approx(4.0, abs=0.5)
    assert max(np.diff(moments_s)) < 0.5, "no burst of a second, no second without"


def test_a_stream_of_which_the_sound_alone_goes_on_is_lost(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SILENT_S", 1.0)
    began_s = time.monotonic()
    with open_source(f"http://{host}/sound") as source:
        frames = iter(source)
        assert next(frames).index == 0
        with pytest.raises(SourceError, match=r"disconnected \(no answer in time\)"):
            list(frames)
    assert time.monotonic() - began_s < 4.0


def test_half_a_picture_is_not_shown_when_a_camera_falls_silent(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SILENT_S", 1.0)
    frames = []
    with (
        open_source(f"http://{host}/half") as source,
        pytest.raises(SourceError, match=r"disconnected \(no answer in time\)"),
    ):
        frames.extend(source)
    assert len(frames) == 3


def test_a_wrong_password_is_told_and_not_shown(host: str) -> None:
    with pytest.raises(SourceError, match=r"401.*wrong user name or password") as caught:
        open_source(f"http://admin:wrong{SECRET}@{host}/locked")
    chain = [caught.value, caught.value.__cause__]
    assert caught.value.__suppress_context__
    assert SECRET not in " ".join(map(str, chain))


@pytest.mark.parametrize("password", ["Sup3r[geheim]x", "Sup3r[geheim", "Sup3rgeheim\uff0fx"])
def test_a_password_that_is_no_part_of_an_address_is_not_shown(password: str) -> None:
    with pytest.raises(SourceError, match="cannot be opened") as caught:
        open_source(f"rtsp://admin:{password}@127.0.0.1:1/live")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_refused_connection_is_told(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"{scheme}://admin:{SECRET}@127.0.0.1:{port}/1"
    with pytest.raises(SourceError, match="cannot be opened: Connection refused") as caught:
        open_source(address)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_host_that_accepts_and_never_answers_is_given_up(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "OPEN_TIMEOUT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"{scheme}://admin:{SECRET}@127.0.0.1:{server.getsockname()[1]}/1"
        with pytest.raises(SourceError, match="cannot be opened: no answer in time") as caught:
            open_source(address)
    assert SECRET not in str(caught.value)


@pytest.mark.skipif("cuda" not in hwdevices_available(), reason="this FFmpeg knows no such device")
def test_what_a_device_cannot_decode_is_told_of(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "_opens", lambda _kind: True)  # as with a GPU
    with open_source(f"http://{host}/flash", reading=Reading(hwaccel="cuda")) as source:
        assert source.info.live
        assert source.problems == ["The CPU decodes: the device has no decoder for flv1."]
    with open_source(f"http://{host}/flash") as source:
        assert source.problems == []
