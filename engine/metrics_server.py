"""Answers `/metrics` and `/healthz` over HTTP, on the loopback interface unless told otherwise."""

import hmac
import ipaddress
import json
import logging
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from engine.errors import SettingsError
from engine.metrics import CONTENT_TYPE, Snapshot, exposition, health

_log = logging.getLogger(__name__)
_TIMEOUT_S = 5.0
TOKEN_VARIABLE = "AGESCOPE_METRICS_TOKEN"
_SHORTEST_TOKEN = 16


class MetricsServer:
    """Serves until closed, in threads of its own.

    Attributes:
        address: Host and port it listens on.
    """

    def __init__(
        self, host: str, port: int, look: Callable[[], Snapshot], *, token: str = ""
    ) -> None:
        """Listen and begin to answer.

        Args:
            host: Name or address to listen on.
            port: Port; 0 for any that is free.
            look: Tells how all stands; called for every request.
            token: What clients send as `Authorization: Bearer …`; "" for none.

        Raises:
            SettingsError: The address cannot be used, or needs a token.
        """
        if not _is_loopback(host) and len(token) < _SHORTEST_TOKEN:
            raise SettingsError(
                f"--metrics {host} can be reached from other machines, which takes a token: set "
                f"{TOKEN_VARIABLE} to {_SHORTEST_TOKEN} characters or more, or use 127.0.0.1."
            )
        try:
            self._server = _Server((host, port), look, token)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SettingsError(f"--metrics {host}:{port} cannot be used: {reason}.") from error
        self.address = str(self._server.server_address[0]), int(self._server.server_address[1])
        self._thread = Thread(target=self._server.serve_forever, args=(0.1,), name="metrics")
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def parse_endpoint(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`, `[IPv6]:PORT` or `:PORT`, which is on 127.0.0.1.

    Raises:
        SettingsError: It is none of these.
    """
    host, colon, port = text.rpartition(":")
    is_v6 = ":" in host
    if (
        not (colon and port.isdecimal())
        or int(port) > 65535
        or (is_v6 and not host.startswith("["))
    ):
        raise SettingsError(f"--metrics '{text}' is not understood; give HOST:PORT.")
    return host.strip("[]") or "127.0.0.1", int(port)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 16

    def __init__(self, address: tuple[str, int], look: Callable[[], Snapshot], token: str) -> None:
        self.look, self.token = look, token
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - given
        """A client that breaks off is no event."""
        _log.debug("a request of %s failed", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    timeout = _TIMEOUT_S
    server: _Server
    server_version, sys_version = "agescope", ""

    def do_GET(self) -> None:
        """Answer."""
        path = self.path.split("?")[0]
        if path not in ("/metrics", "/healthz"):
            self._answer(404, "text/plain", "there are /metrics and /healthz\n")
        elif not self._may():
            self._answer(401, "text/plain", "send the token as: Authorization: Bearer …\n")
        elif path == "/metrics":
            self._answer(200, CONTENT_TYPE, exposition(self.server.look()))
        else:
            snapshot = self.server.look()
            body = json.dumps(health(snapshot), indent=2) + "\n"
            self._answer(200 if snapshot.healthy else 503, "application/json", body)

    do_HEAD = do_GET  # noqa: N815 - the name that the server calls

    def _may(self) -> bool:
        if not self.server.token:
            return True
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        sent = given.encode("latin-1")  # as which headers are read, whatever they are in
        return hmac.compare_digest(sent, self.server.token.encode())

    def _answer(self, code: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if code == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its given name
        """Requests come every few seconds; they are not worth a line."""
        _log.debug(format, *args)
