"""A camera on loopback that speaks RTSP 1.0 (RFC 2326) and fails on demand."""

import base64
import hashlib
import re
import socket
import struct
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Literal

from tests.servers.film import Film
from tests.servers.rtp import CLOCK_HZ, PAYLOAD_TYPE, Packetizer, garbled

_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"
_SESSION = "Session: 1;timeout=60"
_PATIENCE_S = 5.0
_NONCE = "5f0c1b"


@dataclass(frozen=True, slots=True)
class Lock401:
    """User name and password that the camera asks for."""

    user: str
    password: str
    kind: Literal["Basic", "Digest"] = "Basic"

    @property
    def challenge(self) -> str:
        """What a client without them is told."""
        nonce = f', nonce="{_NONCE}"' if self.kind == "Digest" else ""
        return f'WWW-Authenticate: {self.kind} realm="camera"{nonce}'

    def opens(self, method: str, answer: str) -> bool:
        """Whether a client's answer is right."""
        if self.kind == "Basic":
            word = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            return answer == f"Basic {word}"
        said = dict(re.findall(r'(\w+)="([^"]*)"', answer))
        secret = _md5(f"{self.user}:camera:{self.password}")
        asked = _md5(f"{method}:{said.get('uri', '')}")
        return said.get("response") == _md5(f"{secret}:{_NONCE}:{asked}")


class Camera:
    """Plays a film in a loop to whoever connects. Every fault can be set and taken back.

    Attributes:
        url: Where to find it, without a password.
        film: What it plays; another codec is noticed at the next connection only.
        frozen: Sends and answers nothing, but keeps connections open.
        mute: Takes connections and never answers.
        lock: User name and password, or None.
        describe_s: Time before it describes itself.
        garble: So many packets to come carry noise.
        lose: Every so manieth packet is not sent; 0 for none.
        pause_s: The next packet waits so long, over TCP with its beginning sent.
        jump_s: Added to its clock.
        asked: Methods of all requests so far.
        sent: Frames played so far; `sent_s` tells when the latest was.
    """

    def __init__(self, film: Film, *, port: int = 0, on: bool = True) -> None:
        """Take a port, and switch on unless told otherwise."""
        self.film = film
        self.frozen = self.mute = False
        self.lock: Lock401 | None = None
        self.describe_s = self.jump_s = self.pause_s = 0.0
        self.garble = self.lose = self.sent = 0
        self.sent_s: dict[int, float] = {}
        self.asked: list[str] = []
        self.port = port or _free_port()
        self.url = f"rtsp://127.0.0.1:{self.port}/live"
        self._viewers: list[_Viewer] = []
        self._guard = Lock()
        self._off = Event()
        self._off.set()
        self._threads: list[Thread] = []
        if on:
            self.switch_on()

    def __enter__(self) -> "Camera":
        return self

    def __exit__(self, *_: object) -> None:
        self.switch_off()

    def switch_on(self) -> None:
        """Listen and play."""
        self._off.clear()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=16)
        self._threads = [Thread(target=part, daemon=True) for part in (self._listen, self._play)]
        for thread in self._threads:
            thread.start()

    def switch_off(self) -> None:
        """Close every connection and listen no more, as when the power goes."""
        if self._off.is_set():
            return
        self._off.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()
        for thread in self._threads:
            thread.join()

    def drop(self) -> None:
        """Close every connection."""
        with self._guard:
            viewers, self._viewers = self._viewers, []
        for viewer in viewers:
            viewer.close()

    @property
    def watched(self) -> int:
        """How many clients are being played to."""
        with self._guard:
            return sum(viewer.playing for viewer in self._viewers)

    def describe(self) -> str:
        """What it plays, as SDP (RFC 8866)."""
        lines = (
            "v=0",
            "o=- 1 1 IN IP4 127.0.0.1",
            "s=camera",
            "t=0 0",
            f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
            "c=IN IP4 0.0.0.0",
            f"a=rtpmap:{PAYLOAD_TYPE} {self.film.codec}/{CLOCK_HZ}",
            f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1",
            "a=control:track1",
        )
        return "\r\n".join(lines) + "\r\n"

    def _listen(self) -> None:
        while not self._off.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            viewer = _Viewer(self, connection)
            with self._guard:
                self._viewers.append(viewer)
            Thread(target=viewer.serve, daemon=True).start()

    def _play(self) -> None:
        began_s, started = time.monotonic(), self.sent
        place, film = 0, self.film
        while not self._off.wait(
            max(0.0, began_s + (self.sent - started) / film.fps - time.monotonic())
        ):
            if self.film is not film:
                film, place = self.film, 0
                began_s, started = time.monotonic(), self.sent
            stamp = int((self.sent / film.fps + self.jump_s) * CLOCK_HZ)
            self.sent_s[place] = time.monotonic()
            with self._guard:
                viewers = list(self._viewers)
            for viewer in viewers if not self.frozen else ():
                viewer.show(film, place, stamp)
            self.sent += 1
            place = (place + 1) % len(film.units)


class _Viewer:
    """One client."""

    def __init__(self, camera: Camera, connection: socket.socket) -> None:
        self.playing = False
        self._camera = camera
        self._tcp = connection
        self._tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._tcp.setsockopt(  # a client that takes nothing must not hold up the camera
            socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(_PATIENCE_S), 0)
        )
        self._udp: socket.socket | None = None
        self._guard = Lock()
        self._cut = Packetizer(camera.film.codec)
        self._codec = camera.film.codec
        self._began = False
        self._count = 0

    def close(self) -> None:
        """Cut the connection."""
        self.playing = False
        with suppress(OSError):
            self._tcp.shutdown(socket.SHUT_RDWR)

    def show(self, film: Film, place: int, stamp: int) -> None:
        """Send one frame; the first is a key frame."""
        if not self.playing or film.codec != self._codec:
            return
        self._began = self._began or film.is_key(place)
        if not self._began:
            return
        try:
            for packet in self._cut(film.units[place], stamp):
                self._send(packet)
        except OSError:
            self.close()

    def serve(self) -> None:
        """Answer requests until the client leaves."""
        waiting = b""
        with self._tcp, suppress(OSError):
            while chunk := self._tcp.recv(65536):
                waiting = self._take(waiting + chunk)
        self.playing = False
        if self._udp:
            self._udp.close()

    def _send(self, packet: bytes) -> None:
        camera = self._camera
        self._count += 1
        if camera.lose and self._count % camera.lose == 0:
            return
        if camera.garble > 0:
            camera.garble -= 1
            packet = garbled(packet)
        pause_s, camera.pause_s = camera.pause_s, 0.0
        if self._udp:
            time.sleep(pause_s)
            self._udp.send(packet)
        else:
            framed = b"$\0" + struct.pack("!H", len(packet)) + packet
            with self._guard:
                if pause_s:
                    self._tcp.sendall(framed[:20])
                    time.sleep(pause_s)
                    framed = framed[20:]
                self._tcp.sendall(framed)

    def _take(self, waiting: bytes) -> bytes:
        """Answer what is complete and return the rest; the client's reports begin with $."""
        while waiting:
            if waiting[:1] == b"$":
                end = 4 + int.from_bytes(waiting[2:4], "big")
            else:
                end = waiting.find(b"\r\n\r\n") + 4
            if end < 4 or len(waiting) < max(4, end):
                break
            if waiting[:1] != b"$":
                self._answer(waiting[:end].decode())
            waiting = waiting[end:]
        return waiting

    def _answer(self, request: str) -> None:
        method, url, _ = request.split(" ", 2)
        fields = dict(re.findall(r"(?m)^([\w-]+): *(.*?)\r?$", request))
        camera, number = self._camera, fields.get("CSeq", "0")
        camera.asked.append(method)
        if camera.mute or camera.frozen:
            return
        given = fields.get("Authorization", "")
        if camera.lock and method != "OPTIONS" and not camera.lock.opens(method, given):
            self._reply(number, [camera.lock.challenge], code="401 Unauthorized")
        elif method == "DESCRIBE":
            time.sleep(camera.describe_s)
            head = ["Content-Type: application/sdp", f"Content-Base: {url}/"]
            self._reply(number, head, body=camera.describe())
        elif method == "SETUP":
            self._reply(number, [self._set_up(fields["Transport"]), _SESSION])
        else:
            self._reply(number, [_SESSION, f"Public: {_METHODS}"])
            self.playing = method == "PLAY" or (self.playing and method != "TEARDOWN")

    def _set_up(self, wish: str) -> str:
        if "TCP" in wish:
            return "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"
        found = re.search(r"client_port=(\d+)", wish)
        assert found, wish
        port = int(found[1])
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self._udp.connect(("127.0.0.1", port))
        own = self._udp.getsockname()[1]
        ports = f"client_port={port}-{port + 1};server_port={own}-{own + 1}"
        return f"Transport: RTP/AVP;unicast;{ports}"

    def _reply(
        self, number: str, head: Sequence[str], *, code: str = "200 OK", body: str = ""
    ) -> None:
        length = [f"Content-Length: {len(body)}"] if body else []
        lines = [f"RTSP/1.0 {code}", f"CSeq: {number}", *head, *length, "", body]
        with self._guard:
            self._tcp.sendall("\r\n".join(lines).encode())


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
