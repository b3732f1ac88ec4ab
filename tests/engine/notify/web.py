"""A web server that takes messages, and can be slow, dead, rude and back again."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


class WebServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0, answers: Sequence[int] = ()) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answers = list(answers)
        """Statuses of the next answers; 200 afterwards."""
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.hangs = Event()
        self.fails_at = b""
        """A body that is always answered with 500."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?from=test"


class _Handler(BaseHTTPRequestHandler):
    server: WebServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        while self.server.hangs.is_set():
            time.sleep(0.02)
        status = self.server.answers.pop(0) if self.server.answers else 200
        if body == self.server.fails_at:
            status = 500
        if status == 200:
            self.server.received.append((dict(self.headers), body))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def web_server(port: int = 0, answers: Sequence[int] = ()) -> Iterator[WebServer]:
    server = WebServer(port, answers)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.hangs.clear()
        server.shutdown()
        thread.join()
        server.server_close()


def eventually(true: object, within_s: float = 20.0) -> None:
    """Wait until something is so."""
    assert callable(true)
    deadline_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline_s, "it did not come to that"
        time.sleep(0.02)
